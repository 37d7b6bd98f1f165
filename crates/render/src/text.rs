//! Texts for terminals: made harmless, wrapped, painted.
//!
//! Everything a file says may hold control characters, and a terminal obeys them. What goes to people passes
//! [`clean`] (in running text) or [`picture`] (in excerpts) first.

use std::borrow::Cow;
use std::fmt::Write as _;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Whether a terminal would obey a character instead of showing it, or show what stands beside it in another order; also
/// what is no character.
pub fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        // No characters at all: XML, and so JUnit, cannot hold them.
        || matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// A text with its control characters written out (`\u{1b}`). Line ends stay, tabs become a space.
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c != '\n' && is_control(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => out.push('\n'),
            '\t' => out.push(' '),
            c if is_control(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// As [`clean`], on one line: runs of white space become a space.
pub fn one_line(text: &str) -> String {
    let cleaned = clean(text);
    let mut out = String::with_capacity(cleaned.len());
    for word in cleaned.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// A character that can stand for this one in an excerpt.
pub fn picture(c: char) -> char {
    match c {
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        c if is_control(c) => '\u{fffd}',
        c => c,
    }
}

/// How many columns a text takes.
pub fn columns(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// How many columns a character takes.
pub fn columns_of(c: char) -> usize {
    UnicodeWidthChar::width(c).unwrap_or(0)
}

/// Breaks a text into lines of at most `width` columns, at spaces where there are some; what stands between backticks
/// is kept on one line if that has room for it. Line ends of the text stay.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    for paragraph in clean(text).lines() {
        let mut line = String::new();
        let mut taken = 0;
        for word in words(paragraph, width) {
            let wide = columns(word);
            if taken > 0 && taken + 1 + wide > width {
                lines.push(std::mem::take(&mut line));
                taken = 0;
            }
            if taken > 0 {
                line.push(' ');
                taken += 1;
            }
            if wide <= width {
                line.push_str(word);
                taken += wide;
                continue;
            }
            // No room for it on any line.
            for c in word.chars() {
                let wide = columns_of(c);
                if taken > 0 && taken + wide > width {
                    lines.push(std::mem::take(&mut line));
                    taken = 0;
                }
                line.push(c);
                taken += wide;
            }
        }
        lines.push(line);
    }
    lines
}

/// The words of a paragraph, those between two backticks as one unless it is wider than `width`.
fn words(paragraph: &str, width: usize) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = paragraph.trim_start_matches(' ');
    while !rest.is_empty() {
        let space = |from: usize| rest[from..].find(' ').map_or(rest.len(), |at| from + at);
        let mut end = space(0);
        while rest[..end].matches('`').count() % 2 == 1 {
            match rest[end..].find('`') {
                Some(close) => end = space(end + close),
                None => break,
            }
        }
        if columns(&rest[..end]) > width {
            out.extend(rest[..end].split(' ').filter(|w| !w.is_empty()));
        } else {
            out.push(&rest[..end]);
        }
        rest = rest[end..].trim_start_matches(' ');
    }
    out
}

/// At most `width` columns of a text on one line; what is cut off ends in `…`.
pub fn shorten(text: &str, width: usize) -> String {
    let text = one_line(text);
    if columns(&text) <= width {
        return text;
    }
    let mut out = String::new();
    let mut taken = 0;
    for c in text.chars() {
        if taken + columns_of(c) + 1 > width {
            break;
        }
        taken += columns_of(c);
        out.push(c);
    }
    out.push('…');
    out
}

/// A text filled up with spaces to `width` columns.
pub fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// `1 device`, `2 devices`.
pub fn count(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// A number with a comma at each thousand.
pub fn number(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// What a piece of text is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tint {
    /// As it is.
    Plain,
    /// A heading or a name.
    Bold,
    /// Of less weight.
    Dim,
    /// An error, an unmet requirement.
    Red,
    /// A warning, an unknown.
    Yellow,
    /// All is well.
    Green,
    /// Information; what may be typed.
    Cyan,
}

impl Tint {
    fn sgr(self) -> &'static str {
        match self {
            Tint::Plain => "",
            Tint::Bold => "\u{1b}[1m",
            Tint::Dim => "\u{1b}[2m",
            Tint::Red => "\u{1b}[1;31m",
            Tint::Yellow => "\u{1b}[1;33m",
            Tint::Green => "\u{1b}[32m",
            Tint::Cyan => "\u{1b}[36m",
        }
    }
}

/// How output for people looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Look {
    /// Whether colours may be used.
    pub color: bool,
    /// Columns of a line.
    pub width: usize,
    /// Whether everything is shown, however long.
    pub all: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self { color: false, width: 80, all: false }
    }
}

impl Look {
    /// The columns that running text uses: beyond a hundred, lines are hard to read.
    pub fn text_width(&self) -> usize {
        self.width.clamp(8, 100)
    }

    /// A text in a colour, if colours may be used.
    pub fn paint(&self, tint: Tint, text: &str) -> String {
        if self.color && tint != Tint::Plain && !text.is_empty() {
            format!("{}{text}\u{1b}[0m", tint.sgr())
        } else {
            text.to_owned()
        }
    }

    /// Lines with what stands between backticks in a colour.
    pub fn paint_code(&self, lines: &[String]) -> Vec<String> {
        if !self.color {
            return lines.to_vec();
        }
        let mut inside = false;
        lines
            .iter()
            .map(|line| {
                let mut out = String::new();
                for (i, piece) in line.split('`').enumerate() {
                    if i > 0 {
                        inside = !inside;
                        out.push('`');
                    }
                    out.push_str(&self.paint(if inside { Tint::Cyan } else { Tint::Plain }, piece));
                }
                out
            })
            .collect()
    }

    /// A wrapped paragraph; `first` stands before its first line, as many spaces before the others.
    pub fn paragraph(&self, first: &str, text: &str) -> String {
        let indent = columns(first);
        // A hanging indent that eats the line helps nobody.
        let hang = if indent * 2 > self.text_width() { 2 } else { indent };
        let width = self.text_width().saturating_sub(indent).max(8);
        let lines = self.paint_code(&wrap(text, width));
        let mut out = String::new();
        for (i, line) in lines.iter().enumerate() {
            if i == 0 {
                out.push_str(first);
            } else if !line.is_empty() {
                out.push_str(&" ".repeat(hang));
            }
            out.push_str(line);
            out.push('\n');
        }
        out
    }

    /// A heading with a rule to the end of the line.
    pub fn heading(&self, text: &str, aside: &str) -> String {
        let width = self.text_width();
        let text = shorten(text, width.saturating_sub(3));
        let room = width.saturating_sub(columns(&text) + 4);
        let aside = one_line(aside);
        let aside =
            if aside.is_empty() || columns(&aside) + 3 > room { String::new() } else { format!(" {aside}") };
        let rule = room.saturating_sub(columns(&aside));
        let line = format!(
            "{} {} {}{}",
            self.paint(Tint::Dim, "──"),
            self.paint(Tint::Bold, &text),
            self.paint(Tint::Dim, &"─".repeat(rule)),
            self.paint(Tint::Dim, &aside)
        );
        format!("{}\n", line.trim_end())
    }
}

/// Joins runs of equal colour (or takes all colour out), and takes white space off line ends. Other tools paint each
/// character on its own, and some of it even when told not to.
pub fn squeeze(text: &str, color: bool) -> String {
    let mut out = String::with_capacity(text.len() / 2);
    let (mut shown, mut wanted) = (String::new(), String::new());
    let mut spaces = 0;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(tail) = rest.strip_prefix("\u{1b}[")
            && let Some(end) = tail.find('m')
        {
            let code = &tail[..end];
            if code == "0" || !color {
                wanted.clear();
            } else {
                wanted = format!("\u{1b}[{code}m");
            }
            rest = &tail[end + 1..];
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            ' ' => spaces += 1,
            '\n' => {
                spaces = 0;
                if !shown.is_empty() {
                    out.push_str("\u{1b}[0m");
                    shown.clear();
                }
                out.push('\n');
            }
            c => {
                for _ in 0..std::mem::take(&mut spaces) {
                    out.push(' ');
                }
                if shown != wanted {
                    if !shown.is_empty() {
                        out.push_str("\u{1b}[0m");
                    }
                    out.push_str(&wanted);
                    shown.clone_from(&wanted);
                }
                out.push(c);
            }
        }
    }
    if !shown.is_empty() {
        out.push_str("\u{1b}[0m");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_control_character_reaches_a_terminal() {
        let evil = "a\u{1b}[31mb\u{7}\u{9b}2J\u{202e}c\u{2028}d\te\r";
        for text in [clean(evil).into_owned(), one_line(evil), evil.chars().map(picture).collect::<String>()]
        {
            assert!(!text.chars().any(is_control), "{text:?}");
        }
        assert_eq!(clean("a\u{1b}[0m\nb"), "a\\u{1b}[0m\nb");
        assert!(matches!(clean("plain 二\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn lines_are_wrapped_by_columns() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("二二二 二", 4), ["二二", "二", "二"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("a\n\nb", 9), ["a", "", "b"]);
        assert_eq!(wrap("so `a  b` c", 6), ["so", "`a  b`", "c"]);
        assert_eq!(wrap("so `a b`, `c d`/`e f`.", 10), ["so `a b`,", "`c d`/`e", "f`."]);
        assert_eq!(wrap("an open ` tick", 7), ["an open", "` tick"]);
        assert_eq!(shorten("abcdef", 4), "abc…");
        assert_eq!(number(1_234_567), "1,234,567");
    }

    #[test]
    fn runs_of_a_colour_are_joined() {
        let red = |c: char| format!("\u{1b}[31m{c}\u{1b}[0m");
        let text = format!("{}{} {}x  \n", red('a'), red('b'), red('c'));
        assert_eq!(squeeze(&text, true), "\u{1b}[31mab c\u{1b}[0mx\n");
        assert_eq!(squeeze(&text, false), "ab cx\n");
        assert_eq!(squeeze("plain  \n", true), "plain\n");
    }
}
