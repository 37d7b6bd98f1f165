//! Values, days and logic with three values.

use super::device::Entity;
use super::tree::{Expr, Op, Type};
use dossier_syntax::literal::{self, Decimal};
use std::collections::BTreeSet;
use std::sync::Arc;

/// True, false, or unknown.
pub(crate) type Tri = Option<bool>;

pub(crate) fn not(a: Tri) -> Tri {
    a.map(|a| !a)
}

pub(crate) fn and(a: Tri, b: Tri) -> Tri {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

pub(crate) fn or(a: Tri, b: Tri) -> Tri {
    not(and(not(a), not(b)))
}

/// Whether all hold; of none: true.
pub(crate) fn all(them: impl IntoIterator<Item = Tri>) -> Tri {
    let mut so_far = Some(true);
    for one in them {
        so_far = and(so_far, one);
    }
    so_far
}

/// Whether any holds; of none: false.
pub(crate) fn any(them: impl IntoIterator<Item = Tri>) -> Tri {
    not(all(them.into_iter().map(not)))
}

/// A calendar day, by its number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Day(pub(crate) i64);

impl Day {
    /// Before all others: since when something without a verified date counts as in force.
    pub(crate) const EVER: Self = Self(i64::MIN / 4);

    pub(crate) fn new(year: i64, month: i64, day: i64) -> Self {
        // Count from 1 March, so that the leap day is the last of its year.
        let year = if month <= 2 { year - 1 } else { year };
        let month = (month + 9) % 12;
        let before = 365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        Self(before + (month * 306 + 5) / 10 + day - 1)
    }

    pub(crate) fn parts(self) -> (i64, i64, i64) {
        let mut year = self.0 / 366;
        while Self::new(year + 1, 1, 1) <= self {
            year += 1;
        }
        let mut month = 1;
        while month < 12 && Self::new(year, month + 1, 1) <= self {
            month += 1;
        }
        (year, month, self.0 - Self::new(year, month, 1).0 + 1)
    }

    fn last_of(year: i64, month: i64) -> i64 {
        let next = if month == 12 { Self::new(year + 1, 1, 1) } else { Self::new(year, month + 1, 1) };
        next.0 - Self::new(year, month, 1).0
    }

    /// Keeps the day of the month or takes the month's last.
    pub(crate) fn plus_months(self, months: i64) -> Self {
        let (year, month, day) = self.parts();
        let count = year * 12 + month - 1 + months;
        let (year, month) = (count.div_euclid(12), count.rem_euclid(12) + 1);
        Self::new(year, month, day.min(Self::last_of(year, month)))
    }

    pub(crate) fn plus_days(self, days: i64) -> Self {
        Self(self.0 + days)
    }

    pub(crate) fn end_of(self, unit: &str) -> Self {
        let (year, month, _) = self.parts();
        let month = match unit {
            "month" => month,
            "quarter" => (month + 2) / 3 * 3,
            "year" => 12,
            other => panic!("end_of({other}, …)"),
        };
        Self::new(year, month, Self::last_of(year, month))
    }
}

/// A date and the last day it may be: known to the month, it may be any day of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct When {
    pub(crate) first: Day,
    pub(crate) last: Day,
}

impl When {
    pub(crate) fn on(day: Day) -> Self {
        Self { first: day, last: day }
    }

    pub(crate) fn read(token: &str) -> Self {
        let parts = literal::date(token).unwrap_or_else(|e| panic!("{token}: {e}"));
        let year = i64::from(parts.year);
        match (parts.month.map(i64::from), parts.day.map(i64::from)) {
            (Some(m), Some(d)) => Self::on(Day::new(year, m, d)),
            (Some(m), None) => {
                Self { first: Day::new(year, m, 1), last: Day::new(year, m, 1).end_of("month") }
            }
            (None, _) => Self { first: Day::new(year, 1, 1), last: Day::new(year, 12, 31) },
        }
    }

    pub(crate) fn each(self, f: impl Fn(Day) -> Day) -> Self {
        Self { first: f(self.first), last: f(self.last) }
    }
}

/// What a fact, a field or an expression can be. Unknown is no value: it is `None` around it.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Val {
    Bool(bool),
    Number(Decimal),
    Percent(Decimal),
    /// At least and at most (no upper end where the collection is open).
    Count(usize, Option<usize>),
    Date(When),
    /// At least and at most, in milliseconds: the difference of imprecise dates is a range.
    Duration(i128, i128),
    /// In months.
    Period(i64),
    Text(String),
    /// A value of an enum, or a reference to an entity by its id: of which, and which.
    Word(String, String),
    /// Members that are surely in; whether there may be others.
    Set {
        of: String,
        has: BTreeSet<String>,
        closed: bool,
    },
    Entity(Arc<Entity>),
    /// A market of the device.
    Market(String),
    /// Entities, or markets; whether there may be others.
    Items {
        members: Vec<Val>,
        closed: bool,
    },
}

const HOUR: i128 = 3_600_000;
const DAY: i128 = 24 * HOUR;

/// A number with its unit.
pub(crate) fn quantity(number: &str, unit: &str) -> Val {
    let decimal = literal::number(number).unwrap_or_else(|e| panic!("{number}: {e}"));
    if unit == "%" {
        return Val::Percent(decimal);
    }
    let times = |factor: i128| {
        let scale = 10_i128.pow(u32::from(decimal.scale));
        let product = decimal.digits * factor;
        assert!(product % scale == 0, "{number} {unit} is no whole number of the least unit");
        product / scale
    };
    let months = |factor| Val::Period(i64::try_from(times(factor)).expect("a period of sane length"));
    let duration = |factor| Val::Duration(times(factor), times(factor));
    match unit {
        "ms" => duration(1),
        "s" => duration(1000),
        "min" => duration(60_000),
        "h" => duration(HOUR),
        "day" | "days" => duration(DAY),
        "week" | "weeks" => duration(7 * DAY),
        "month" | "months" => months(1),
        "year" | "years" => months(12),
        other => panic!("unit `{other}`"),
    }
}

/// A written value of a type.
pub(crate) fn typed(ty: &Type, expr: &Expr) -> Val {
    if ty.set {
        let has = match expr {
            Expr::List(list) => list.iter().map(super::tree::word_of).collect(),
            one => [super::tree::word_of(one)].into(),
        };
        return Val::Set { of: ty.name.clone(), has, closed: true };
    }
    match (ty.name.as_str(), expr) {
        ("bool", Expr::Bool(b)) => Val::Bool(*b),
        ("text", Expr::Text(t)) => Val::Text(t.clone()),
        ("number", Expr::Number(n)) => Val::Number(literal::number(n).unwrap_or_else(|e| panic!("{n}: {e}"))),
        ("date", Expr::Date(d) | Expr::Number(d)) => Val::Date(When::read(d)),
        ("percent" | "duration" | "period", Expr::Quantity(n, unit)) => quantity(n, unit),
        ("bool" | "text" | "number" | "date" | "percent" | "duration" | "period", other) => {
            panic!("{other:?} is no {}", ty.name)
        }
        (name, Expr::Name(v) | Expr::Number(v) | Expr::Code(v)) => Val::Word(name.to_owned(), v.clone()),
        (name, other) => panic!("{other:?} is no {name}"),
    }
}

/// Compares two ranges.
pub(crate) fn compare<T: Ord>(op: Op, a: (T, T), b: (T, T)) -> Tri {
    match op {
        Op::Lt if a.1 < b.0 => Some(true),
        Op::Lt if a.0 >= b.1 => Some(false),
        Op::LtEq if a.1 <= b.0 => Some(true),
        Op::LtEq if a.0 > b.1 => Some(false),
        Op::Eq if a.0 == a.1 && b.0 == b.1 && a.0 == b.0 => Some(true),
        Op::Eq if a.1 < b.0 || a.0 > b.1 => Some(false),
        Op::Lt | Op::LtEq | Op::Eq => None,
        Op::Gt => compare(Op::Lt, b, a),
        Op::GtEq => compare(Op::LtEq, b, a),
        Op::NotEq => not(compare(Op::Eq, a, b)),
        other => panic!("{other:?} is no comparison"),
    }
}

/// `a <= b` of dates.
pub(crate) fn not_after(a: When, b: When) -> Tri {
    compare(Op::LtEq, (a.first, a.last), (b.first, b.last))
}

/// `a + b`, or `a - b`.
pub(crate) fn sum(a: &Val, b: &Val, minus: bool) -> Val {
    let sign = |n: i64| if minus { -n } else { n };
    match (a, b) {
        (Val::Date(d), Val::Duration(low, high)) => {
            assert!(low == high, "an imprecise duration is added to a date");
            assert!(low % HOUR == 0, "minutes or seconds are added to a date");
            let days = low.div_euclid(DAY) + i128::from(low.rem_euclid(DAY) != 0);
            let days = i64::try_from(days).expect("a duration of sane length");
            Val::Date(d.each(|day| day.plus_days(sign(days))))
        }
        (Val::Date(d), Val::Period(months)) => Val::Date(d.each(|day| day.plus_months(sign(*months)))),
        (Val::Date(a), Val::Date(b)) if minus => {
            let days = |from: Day, to: Day| i128::from(to.0 - from.0) * DAY;
            Val::Duration(days(b.last, a.first), days(b.first, a.last))
        }
        (Val::Number(a), Val::Number(b)) => Val::Number(total(*a, *b, minus)),
        (Val::Percent(a), Val::Percent(b)) => Val::Percent(total(*a, *b, minus)),
        (Val::Duration(a, z), Val::Duration(b, y)) if minus => Val::Duration(a - y, z - b),
        (Val::Duration(a, z), Val::Duration(b, y)) => Val::Duration(a + b, z + y),
        (Val::Period(a), Val::Period(b)) => Val::Period(a + sign(*b)),
        (Val::Duration(..) | Val::Period(_), Val::Date(_)) if !minus => sum(b, a, false),
        (a, b) => panic!("{a:?} {} {b:?}", if minus { "-" } else { "+" }),
    }
}

fn total(a: Decimal, b: Decimal, minus: bool) -> Decimal {
    let scale = a.scale.max(b.scale);
    let at = |d: Decimal| d.digits * 10_i128.pow(u32::from(scale - d.scale));
    Decimal { digits: if minus { at(a) - at(b) } else { at(a) + at(b) }, scale }
}

/// By what a value is told from others of its kind.
pub(crate) fn key(val: &Val) -> String {
    match val {
        Val::Word(_, w) | Val::Market(w) | Val::Text(w) => w.clone(),
        Val::Entity(e) => e.id.clone(),
        Val::Number(n) => n.to_string(),
        other => panic!("{other:?} stands where a member of a set is meant"),
    }
}
