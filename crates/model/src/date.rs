//! Calendar days, and dates of which only the month or the year is known.

use dossier_syntax::literal::{self, DateParts};
use jiff::civil;
use std::fmt;

/// A calendar day. No time of day and no time zone: law counts days.
pub type Day = civil::Date;

/// A date as a person wrote it: a day, a month or a year. Its first and last day differ unless it is a day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Date {
    /// The earliest day that it can mean.
    pub first: Day,
    /// The latest.
    pub last: Day,
}

impl Date {
    /// A date that is known to the day.
    pub fn day(day: Day) -> Self {
        Self { first: day, last: day }
    }

    /// Reads a date as it is written in a file.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let DateParts { year, month, day } = literal::date(text)?;
        let (year, none) = (year as i16, "no such day".to_owned());
        let make = |m: u8, d: u8| civil::Date::new(year, m as i8, d as i8).map_err(|_| none.clone());
        let first = make(month.unwrap_or(1), day.unwrap_or(1))?;
        let last = match (month, day) {
            (Some(_), Some(_)) => first,
            (Some(_), None) => first.last_of_month(),
            _ => first.last_of_year(),
        };
        Ok(Self { first, last })
    }

    /// The day, if it is known to the day.
    pub fn exact(self) -> Option<Day> {
        (self.first == self.last).then_some(self.first)
    }

    /// Both ends moved by the same rule.
    pub fn map(self, f: impl Fn(Day) -> Option<Day>) -> Option<Self> {
        Some(Self { first: f(self.first)?, last: f(self.last)? })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let d = self.first;
        if self.first == self.last {
            write!(f, "{:04}-{:02}-{:02}", d.year(), d.month(), d.day())
        } else if self.first.month() == self.last.month() && self.first.year() == self.last.year() {
            write!(f, "{:04}-{:02}", d.year(), d.month())
        } else {
            write!(f, "{:04}", d.year())
        }
    }
}

/// Adds months; the day of the month stays or becomes the month's last. None past the year 9999.
pub fn add_months(day: Day, months: i32) -> Option<Day> {
    day.checked_add(jiff::Span::new().try_months(months).ok()?).ok()
}

/// Adds days. None past the year 9999.
pub fn add_days(day: Day, days: i32) -> Option<Day> {
    day.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// The last day of the month, quarter or year that holds a day.
pub fn end_of(unit: Unit, day: Day) -> Day {
    match unit {
        Unit::Month => day.last_of_month(),
        Unit::Year => day.last_of_year(),
        Unit::Quarter => {
            let last_month = (day.month() - 1) / 3 * 3 + 3;
            civil::Date::new(day.year(), last_month, 1).map_or(day, civil::Date::last_of_month)
        }
    }
}

/// What `end_of` can end.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Unit {
    /// A calendar month.
    Month,
    /// Three of them, from January on.
    Quarter,
    /// A calendar year.
    Year,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(s: &str) -> Day {
        Date::parse(s).unwrap().first
    }

    #[test]
    fn periods_keep_the_day_or_take_the_last() {
        assert_eq!(add_months(d("2024-01-31"), 1), Some(d("2024-02-29")));
        assert_eq!(add_months(d("2024-02-29"), 12), Some(d("2025-02-28")));
        assert_eq!(add_months(d("2024-01-15"), -2), Some(d("2023-11-15")));
    }

    #[test]
    fn quarters_end() {
        assert_eq!(end_of(Unit::Quarter, d("2024-02-10")), d("2024-03-31"));
        assert_eq!(end_of(Unit::Quarter, d("2024-12-31")), d("2024-12-31"));
        assert_eq!(end_of(Unit::Month, d("2024-02-01")), d("2024-02-29"));
    }

    #[test]
    fn dates_print_as_written() {
        for text in ["2026-03-04", "2025-05", "2024"] {
            assert_eq!(Date::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Date::parse("2025-05").unwrap().last, d("2025-05-31"));
    }
}
