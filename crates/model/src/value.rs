//! Types and values.

use crate::date::Date;
use crate::vocab::{EntityId, EnumId, Vocabulary};
use dossier_base::Sym;
use dossier_syntax::literal::Decimal;
use std::fmt;
use std::sync::Arc;

/// What a fact, a field or an expression holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Type {
    /// Yes or no.
    Bool,
    /// Free text.
    Text,
    /// A number; its unit, if it has one, stands in the declaration.
    Number,
    /// A share of a hundred.
    Percent,
    /// A date.
    Date,
    /// A span of time that a clock measures.
    Duration,
    /// A span of time that a calendar measures: months and years.
    Period,
    /// One of an enum's values.
    Enum(EnumId),
    /// The name of an entity.
    Ref(EntityId),
    /// Some of an enum's values.
    EnumSet(EnumId),
    /// Names of entities.
    RefSet(EntityId),
    /// Texts.
    TextSet,
    /// Unknown because a diagnostic has been given; agrees with everything.
    Error,
}

impl Type {
    /// Of a set, what it is a set of.
    pub fn element(self) -> Option<Self> {
        match self {
            Type::EnumSet(e) => Some(Type::Enum(e)),
            Type::RefSet(e) => Some(Type::Ref(e)),
            Type::TextSet => Some(Type::Text),
            Type::Error => Some(Type::Error),
            _ => None,
        }
    }

    /// Whether values of the two types can be compared.
    pub fn agrees(self, other: Self) -> bool {
        self == other || self == Type::Error || other == Type::Error
    }

    /// The type as a person would say it.
    pub fn describe(self, vocab: &Vocabulary) -> String {
        match self {
            Type::Bool => "yes or no".to_owned(),
            Type::Text => "a text".to_owned(),
            Type::Number => "a number".to_owned(),
            Type::Percent => "a percentage".to_owned(),
            Type::Date => "a date".to_owned(),
            Type::Duration => "a duration such as `10 min` or `30 days`".to_owned(),
            Type::Period => "a period such as `12 months`".to_owned(),
            Type::Enum(e) => format!("one value of `{}`", vocab.enums[e].name),
            Type::EnumSet(e) => format!("a list of values of `{}`", vocab.enums[e].name),
            Type::Ref(e) => format!("the name of a {}", vocab.entities[e].name),
            Type::RefSet(e) => format!("a list of names of {}", vocab.entities[e].plural),
            Type::TextSet => "a list of texts".to_owned(),
            Type::Error => "something that could not be read".to_owned(),
        }
    }
}

/// Some values of an enum, as bits. Packed to words of eight bytes: a [`Value`] is then a third smaller.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[repr(Rust, packed(8))]
pub struct Bits(pub u128);

impl Bits {
    /// How many values an enum may have that sets are made of.
    pub const CAPACITY: usize = 128;

    /// With the `n`th value.
    #[must_use]
    pub fn with(self, n: u16) -> Self {
        Self(self.0 | 1_u128.checked_shl(u32::from(n)).unwrap_or(0))
    }

    /// Whether the `n`th value is in it.
    pub fn has(self, n: u16) -> bool {
        1_u128.checked_shl(u32::from(n)).is_some_and(|b| self.0 & b != 0)
    }

    /// The values in it.
    pub fn iter(self) -> impl Iterator<Item = u16> {
        (0..128).filter(move |&n| self.has(n))
    }
}

/// A value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// Free text.
    Text(Arc<str>),
    /// A number or a percentage.
    Number(Decimal),
    /// A date.
    Date(Date),
    /// Milliseconds.
    Duration(i64),
    /// Months.
    Period(i32),
    /// The number of an enum's value.
    Enum(u16),
    /// Some of an enum's values; `open` where it may have others that nobody has given.
    Set {
        /// Those that are surely in it.
        bits: Bits,
        /// Whether others may be.
        open: bool,
    },
    /// The name of an entity or a code.
    Name(Sym),
    /// Names of entities.
    Names(Arc<[Sym]>),
    /// Texts.
    Texts(Arc<[Arc<str>]>),
    /// Names or texts of which there may be others that nobody has given.
    Some(Arc<Value>),
}

impl Value {
    /// Whether it is a list of any sort.
    pub fn is_list(&self) -> bool {
        matches!(self, Value::Set { .. } | Value::Names(_) | Value::Texts(_) | Value::Some(_))
    }

    /// All that two lists hold, and nothing else; none of what is no list, or no list of the same sort.
    pub fn united(&self, other: &Value) -> Option<Value> {
        match (self, other) {
            (Value::Some(inner), other) | (other, Value::Some(inner)) => inner.united(other),
            (Value::Set { bits: a, .. }, Value::Set { bits: b, .. }) => {
                Some(Value::Set { bits: Bits(a.0 | b.0), open: false })
            }
            (Value::Names(a), Value::Names(b)) => {
                let more = b.iter().filter(|n| !a.contains(n));
                Some(Value::Names(a.iter().chain(more).copied().collect()))
            }
            (Value::Texts(a), Value::Texts(b)) => {
                let more = b.iter().filter(|t| !a.contains(t));
                Some(Value::Texts(a.iter().chain(more).cloned().collect()))
            }
            _ => None,
        }
    }

    /// The same list, of which there may be more.
    #[must_use]
    pub fn opened(self) -> Value {
        match self {
            Value::Set { bits, .. } => Value::Set { bits, open: true },
            Value::Names(_) | Value::Texts(_) => Value::Some(Arc::new(self)),
            other => other,
        }
    }

    /// The value as it would be written in a file.
    pub fn show<'a>(&'a self, ty: Type, vocab: &'a Vocabulary) -> impl fmt::Display + 'a {
        Show { value: self, ty, vocab }
    }
}

struct Show<'a> {
    value: &'a Value,
    ty: Type,
    vocab: &'a Vocabulary,
}

impl fmt::Display for Show<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, items: &mut dyn Iterator<Item = String>| {
            let items: Vec<String> = items.collect();
            write!(f, "[{}]", items.join(", "))
        };
        match (self.value, self.ty) {
            (Value::Bool(b), _) => f.write_str(if *b { "yes" } else { "no" }),
            (Value::Text(t), _) => f.write_str(&dossier_syntax::literal::quote(t)),
            (Value::Number(n), Type::Percent) => write!(f, "{n} %"),
            (Value::Number(n), _) => write!(f, "{n}"),
            (Value::Date(d), _) => write!(f, "{d}"),
            (Value::Duration(ms), _) => f.write_str(&duration(*ms)),
            (Value::Period(m), _) => f.write_str(&period(*m)),
            (Value::Enum(n), Type::Enum(e)) => write!(f, "{}", self.vocab.enums[e].value_name(*n)),
            (Value::Enum(n), _) => write!(f, "#{n}"),
            (Value::Set { bits, open }, Type::EnumSet(e)) => {
                let names = bits.iter().map(|n| self.vocab.enums[e].value_name(n).to_string());
                let more = open.then(|| "…".to_owned());
                list(f, &mut names.chain(more))
            }
            (Value::Set { .. }, _) => f.write_str("[…]"),
            (Value::Name(n), _) => write!(f, "{n}"),
            (Value::Names(n), _) => list(f, &mut n.iter().map(ToString::to_string)),
            (Value::Texts(t), _) => list(f, &mut t.iter().map(|t| dossier_syntax::literal::quote(t))),
            (Value::Some(list), ty) => {
                let shown = list.show(ty, self.vocab).to_string();
                let items = shown.trim_end_matches(']');
                write!(f, "{items}{}…]", if items.len() > 1 { ", " } else { "" })
            }
        }
    }
}

const UNITS: [(&str, i64); 6] = [
    ("weeks", 604_800_000),
    ("days", 86_400_000),
    ("h", 3_600_000),
    ("min", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// A duration with the largest unit that divides it.
pub fn duration(ms: i64) -> String {
    let (name, size) = UNITS
        .into_iter()
        .filter(|(n, _)| *n != "weeks")
        .find(|(_, size)| ms != 0 && ms % size == 0)
        .unwrap_or(("min", 60_000));
    match (ms / size, name) {
        (1, "days") => "1 day".to_owned(),
        (n, name) => format!("{n} {name}"),
    }
}

/// A period in years where it has no odd months.
pub fn period(months: i32) -> String {
    match (months % 12 == 0 && months != 0, months) {
        (true, 12) => "1 year".to_owned(),
        (true, m) => format!("{} years", m / 12),
        (false, 1) => "1 month".to_owned(),
        (false, m) => format!("{m} months"),
    }
}

/// What a number with that unit is: its type and value. None where the unit does not exist or the number is no
/// whole one and the unit asks for one.
pub fn quantity(number: Decimal, unit: &str) -> Option<(Type, Value)> {
    let whole = |size: i64| -> Option<i64> {
        let scaled = number.digits.checked_mul(i128::from(size))?;
        let pow = 10_i128.pow(u32::from(number.scale));
        (scaled % pow == 0).then(|| i64::try_from(scaled / pow).ok()).flatten()
    };
    let duration = |size| whole(size).map(|ms| (Type::Duration, Value::Duration(ms)));
    let period = |size| {
        whole(size)
            .and_then(|m| i32::try_from(m).ok())
            .filter(|m| *m < 120_000)
            .map(|m| (Type::Period, Value::Period(m)))
    };
    match unit {
        "ms" => duration(1),
        "s" => duration(1_000),
        "min" => duration(60_000),
        "h" => duration(3_600_000),
        "day" | "days" => duration(86_400_000),
        "week" | "weeks" => duration(604_800_000),
        "month" | "months" => period(1),
        "year" | "years" => period(12),
        "%" => Some((Type::Percent, Value::Number(number))),
        _ => None,
    }
}

/// Whole days in a duration, begun days counting whole.
pub fn whole_days(ms: i64) -> i32 {
    i32::try_from((ms + 86_399_999).div_euclid(86_400_000)).unwrap_or(i32::MAX)
}
