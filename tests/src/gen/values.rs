//! Random values of a type, near to those that law compares with.

use super::catalog::Catalog;
use super::rng::Rng;
use dossier_model::date::{self, Day};
use dossier_model::value::{Type, Value, duration, period};
use dossier_syntax::literal::{Decimal, quote};

/// A day so many days away.
pub fn shifted(day: Day, days: i64) -> Day {
    date::add_days(day, i32::try_from(days).expect("a few days")).unwrap_or(day)
}

/// A day as it is written, now and then only its month or year.
pub fn written(day: Day, rng: &mut Rng) -> String {
    match rng.below(20) {
        0 => format!("{:04}", day.year()),
        1 | 2 => format!("{:04}-{:02}", day.year(), day.month()),
        _ => exact(day),
    }
}

/// A day as it is written.
pub fn exact(day: Day) -> String {
    format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day())
}

const NEAR: [i64; 22] =
    [0, 0, 1, 1, 2, 5, 10, 14, 15, 20, 29, 30, 31, 45, 60, 90, 91, 180, 300, 365, 366, 730];

/// A day before the day of the check, or that day itself.
pub fn past(as_of: Day, rng: &mut Rng) -> Day {
    shifted(as_of, -*rng.pick(&NEAR))
}

/// A day after the day of the check, or that day itself.
pub fn future(as_of: Day, rng: &mut Rng) -> Day {
    shifted(as_of, *rng.pick(&NEAR))
}

/// Any day: near the check, or near a day of law.
pub fn any_day(catalog: &Catalog, as_of: Day, rng: &mut Rng) -> Day {
    match rng.below(10) {
        0..=3 => past(as_of, rng),
        4..=6 => future(as_of, rng),
        _ if catalog.days.is_empty() => as_of,
        _ => {
            let day = *rng.pick(&catalog.days);
            shifted(day, rng.between(-1, 1))
        }
    }
}

/// A value; none of a type that is made elsewhere (references).
pub fn value(catalog: &Catalog, ty: Type, as_of: Day, rng: &mut Rng) -> Option<String> {
    let consts = &catalog.consts;
    let vocab = &catalog.rules.vocab;
    Some(match ty {
        Type::Bool => if rng.chance(65) { "yes" } else { "no" }.to_owned(),
        Type::Text => text(catalog, rng),
        Type::Number => number(near_number(consts, rng)),
        Type::Percent => format!("{} %", number(near_number(consts, rng))),
        Type::Date => written(any_day(catalog, as_of, rng), rng),
        Type::Duration => {
            let all: Vec<i64> = pick_all(consts, |v| match v {
                Value::Duration(ms) => Some(*ms),
                _ => None,
            });
            let base = if all.is_empty() || rng.chance(15) { 60_000 } else { *rng.pick(&all) };
            duration((base + [0, 0, -1, 1][rng.below(4)] * base.min(60_000)).max(1_000))
        }
        Type::Period => {
            let all: Vec<i32> = pick_all(consts, |v| match v {
                Value::Period(m) => Some(*m),
                _ => None,
            });
            let base = if all.is_empty() || rng.chance(15) { 12 } else { *rng.pick(&all) };
            period((base + [0, 0, -1, 1][rng.below(4)]).max(1))
        }
        Type::Enum(e) => {
            let values = &vocab.enums[e].values;
            if values.is_empty() {
                return None;
            }
            rng.pick(values).name.to_string()
        }
        Type::EnumSet(_) | Type::TextSet | Type::Ref(_) | Type::RefSet(_) | Type::Error => return None,
    })
}

/// The elements of a set; none of a type that is no set, or of references.
pub fn elements(catalog: &Catalog, ty: Type, rng: &mut Rng) -> Option<Vec<String>> {
    match ty {
        Type::EnumSet(e) => {
            let all: Vec<String> =
                catalog.rules.vocab.enums[e].values.iter().map(|v| v.name.to_string()).collect();
            let percent = [0, 12, 30, 60, 60, 90, 100][rng.below(7)];
            Some(rng.some(&all, percent))
        }
        Type::TextSet => {
            let mut all: Vec<String> = (0..rng.below(4)).map(|_| text(catalog, rng)).collect();
            all.sort();
            all.dedup();
            Some(all)
        }
        _ => None,
    }
}

fn text(catalog: &Catalog, rng: &mut Rng) -> String {
    let all: Vec<String> = pick_all(&catalog.consts, |v| match v {
        Value::Text(t) => Some(t.to_string()),
        _ => None,
    });
    if all.is_empty() || rng.chance(50) {
        quote(["a", "b", "a \"quoted\" one", "ü"][rng.below(4)])
    } else {
        quote(rng.pick(&all).as_str())
    }
}

fn near_number(consts: &[Value], rng: &mut Rng) -> Decimal {
    let all: Vec<Decimal> = pick_all(consts, |v| match v {
        Value::Number(n) => Some(*n),
        _ => None,
    });
    let base = if all.is_empty() || rng.chance(15) {
        Decimal { digits: i128::from(rng.between(0, 20)), scale: 0 }
    } else {
        *rng.pick(&all)
    };
    let moved = base.digits + i128::from(rng.between(-1, 1));
    Decimal { digits: moved.max(0), scale: base.scale }
}

fn number(n: Decimal) -> String {
    n.to_string()
}

fn pick_all<T>(consts: &[Value], f: impl Fn(&Value) -> Option<T>) -> Vec<T> {
    consts.iter().filter_map(f).collect()
}
