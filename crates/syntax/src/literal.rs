//! What literals hold.

/// The text between the quotes, escapes undone; of a `"""` text without the indent that its lines share.
/// Escapes: `\"`, `\\`, `\n`, `\u{…}`. What is no escape stays as it is written (a diagnostic says so).
pub fn unquote(token: &str) -> String {
    if let Some(inner) = token.strip_prefix("\"\"\"") {
        let inner = inner.strip_suffix("\"\"\"").unwrap_or(inner);
        return unescape(&dedent(inner));
    }
    let inner = token.strip_prefix('"').unwrap_or(token);
    unescape(inner.strip_suffix('"').unwrap_or(inner))
}

fn dedent(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let mut lines: Vec<&str> = text.split('\n').collect();
    if lines.first().is_some_and(|l| l.trim().is_empty()) {
        lines.remove(0);
    }
    if lines.last().is_some_and(|l| l.trim().is_empty()) {
        lines.pop();
    }
    let indent = lines
        .iter()
        .filter(|l| !l.trim().is_empty())
        .map(|l| l.len() - l.trim_start().len())
        .min()
        .unwrap_or(0);
    let lines: Vec<&str> = lines.iter().map(|l| l.get(indent..).unwrap_or("").trim_end()).collect();
    lines.join("\n")
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (c, used) = escape(&rest[at..]).unwrap_or(('\\', 1));
        out.push(c);
        rest = &rest[at + used..];
    }
    out.push_str(rest);
    out
}

/// The character of the escape that `text` begins with, and how many bytes it takes.
fn escape(text: &str) -> Option<(char, usize)> {
    match text.as_bytes().get(1)? {
        b'"' => Some(('"', 2)),
        b'\\' => Some(('\\', 2)),
        b'n' => Some(('\n', 2)),
        b'u' => {
            let digits = text[2..].strip_prefix('{')?;
            let (digits, _) = digits.split_once('}')?;
            // `from_str_radix` takes a sign, too.
            if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
                return None;
            }
            let c = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
            Some((c, digits.len() + 4))
        }
        _ => None,
    }
}

/// Byte offset in a text token of the first `\` that begins no escape.
pub fn bad_escape(token: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(next) = token[at..].find('\\') {
        let found = at + next;
        match escape(&token[found..]) {
            Some((_, used)) => at = found + used,
            None => return Some(found),
        }
    }
    None
}

/// A text as it would be written: quoted, on one line.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A calendar date of which the month or the day may not be known. No day is checked for existing before it is
/// made: [`date`] does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DateParts {
    /// Year, 1 to 9999.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: Option<u8>,
    /// Day of the month.
    pub day: Option<u8>,
}

/// Reads `2026-03-04`, `2025-05` or `2024`.
///
/// # Errors
/// Says in a few words what is wrong: the form, the month or the day.
pub fn date(token: &str) -> Result<DateParts, String> {
    let form =
        || "a date is written `2026-03-04`, or `2026-03` or `2026` where only that is known".to_owned();
    let parts: Vec<&str> = token.split('-').collect();
    if parts[0].len() != 4 || parts[1..].iter().any(|p| p.len() != 2) || parts.len() > 3 {
        return Err(form());
    }
    let year: u16 = parts[0].parse().map_err(|_| form())?;
    if year == 0 {
        return Err("there is no year 0".to_owned());
    }
    let part = |i: usize| parts.get(i).map(|p| p.parse::<u8>().map_err(|_| form())).transpose();
    let (month, day) = (part(1)?, part(2)?);
    if let Some(m) = month
        && !(1..=12).contains(&m)
    {
        return Err(format!("there is no month {m}"));
    }
    if let (Some(m), Some(d)) = (month, day) {
        let last = days_in_month(year, m);
        if d == 0 || d > last {
            return Err(format!("{year:04}-{m:02} has {last} days"));
        }
    }
    Ok(DateParts { year, month, day })
}

/// How many days a month has.
pub fn days_in_month(year: u16, month: u8) -> u8 {
    let leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// An exact decimal number. Packed to words of eight bytes: a value that may be one is then a third smaller.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(Rust, packed(8))]
pub struct Decimal {
    /// The digits as a whole number.
    pub digits: i128,
    /// How many of them stand behind the point.
    pub scale: u8,
}

/// Reads `120_000` or `0.85`. Trailing zeros behind the point do not count: `0.50` is `0.5`.
///
/// # Errors
/// If the number has more than 30 digits, or an underscore stands where it separates nothing.
pub fn number(token: &str) -> Result<Decimal, String> {
    let (whole, fraction) = token.split_once('.').unwrap_or((token, ""));
    let misplaced = |p: &str| p.starts_with('_') || p.ends_with('_') || p.contains("__");
    if misplaced(whole) || misplaced(fraction) {
        return Err("an underscore separates digits, as in `120_000`".to_owned());
    }
    let fraction = fraction.trim_end_matches('0');
    let digits: String = whole.chars().chain(fraction.chars()).filter(|c| *c != '_').collect();
    let scale = fraction.chars().filter(|c| *c != '_').count();
    if digits.len() > 30 {
        return Err("a number has at most 30 digits".to_owned());
    }
    let digits = digits.parse().map_err(|_| "this is not a number".to_owned())?;
    Ok(Decimal { digits, scale: scale as u8 })
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        // 30 digits each: either side times the other's power of ten may not fit, so whole parts go first.
        let pow = |s: u8| 10_i128.pow(u32::from(s));
        let (a, b) = (self.digits / pow(self.scale), other.digits / pow(other.scale));
        a.cmp(&b).then_with(|| {
            let common = self.scale.max(other.scale);
            let rest = |d: &Self| (d.digits % pow(d.scale)) * pow(common - d.scale);
            rest(self).cmp(&rest(other))
        })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.scale == 0 {
            return write!(f, "{}", { self.digits });
        }
        let pow = 10_i128.pow(u32::from(self.scale));
        write!(f, "{}.{:0width$}", self.digits / pow, self.digits % pow, width = usize::from(self.scale))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        assert_eq!(unquote(r#""a \"b\" \\ \n \u{8bbe}""#), "a \"b\" \\ \n 设");
        assert_eq!(unquote("\"\"\"one\n    two\"\"\""), "one\n    two");
        assert_eq!(unquote("\"\"\"\n    one\n      two\n    \"\"\""), "one\n  two");
        assert_eq!(bad_escape(r#""a\qb""#), Some(2));
        assert_eq!(bad_escape(r#""a\\b\n""#), None);
        for escape in ["\\u{+41}", "\\u{}", "\\u{d800}", "\\u{4 1}", "\\u41"] {
            assert_eq!(bad_escape(&format!("\"{escape}\"")), Some(1), "{escape}");
        }
        for text in ["", "a \"b\" \\ \n 设", "\t"] {
            assert_eq!(unquote(&quote(text)), text);
        }
    }

    #[test]
    fn dates() {
        assert_eq!(date("2024-02-29").map(|d| d.day), Ok(Some(29)));
        assert_eq!(date("2026-02-30"), Err("2026-02 has 28 days".to_owned()));
        assert_eq!(date("2026-13"), Err("there is no month 13".to_owned()));
        assert!(date("26-1-1").is_err());
        assert_eq!(date("2024").map(|d| (d.month, d.day)), Ok((None, None)));
    }

    #[test]
    fn numbers() {
        assert_eq!(number("120_000").map(|n| n.digits), Ok(120_000));
        assert_eq!(number("0.50"), number("0.5"));
        assert!(number("0.5") < number("0.51"));
        assert!(number("2") > number("1.999"));
        assert!(number("1__0").is_err());
        assert_eq!(number("12.05").map(|n| n.to_string()), Ok("12.05".to_owned()));
    }
}
