//! The lines of a file that a diagnostic points at, drawn by ariadne.
//!
//! Ariadne is asked as little as can be: it gets a text of its own for each report, made of the lines in question
//! only (harmless, and cut to the width), with ranges in characters of that text. So no range can fall inside a
//! character, and a file of one line of a million characters costs no more than any other.

use crate::files::Files;
use crate::text::{self, Look};
use ariadne::{Cache, Color, Config, IndexType, Label, Report, ReportKind, Source};
use dossier_base::{Diagnostic, FileId, Place, Severity};
use std::fmt;
use std::ops::Range;

/// A report drawn, and what found no room in it.
pub(super) struct Drawn {
    /// Location and lines; without the closing rule.
    pub(super) text: String,
    /// How many columns its margin takes.
    pub(super) margin: usize,
    /// Words that belong to a place but did not fit beside it.
    pub(super) left_over: Vec<String>,
}

/// A label, its place in lines.
struct Spotted<'d> {
    file: usize,
    line: usize,
    /// Bytes in the file's text, on one line.
    bytes: Range<usize>,
    words: &'d str,
    primary: bool,
}

/// Draws a diagnostic with its lines. None if it has no place or there is no room.
pub(super) fn draw(d: &Diagnostic, files: &mut Files<'_>, look: &Look) -> Option<Drawn> {
    let primary = d.place?;
    files.file(primary.file)?;
    let mut ids: Vec<FileId> = vec![primary.file];
    let mut spotted: Vec<Spotted<'_>> = Vec::new();
    let all = std::iter::once((primary, d.label.as_str(), true))
        .chain(d.labels.iter().map(|l| (l.place, l.text.as_str(), false)));
    for (place, words, is_primary) in all {
        let Some(found) = spot(place, words, is_primary, files, &mut ids) else { continue };
        // The same words at the same place twice say nothing more.
        if !spotted.iter().any(|s| s.file == found.file && s.bytes == found.bytes && s.words == found.words) {
            spotted.push(found);
        }
    }
    spotted.sort_by_key(|s| (s.file, s.bytes.start, s.bytes.end, !s.primary));
    let last_line = spotted.iter().map(|s| s.line + 1).max().unwrap_or(1);
    let margin = last_line.to_string().len() + 3;
    let room = look.width.checked_sub(margin + 2).filter(|r| *r >= 40)?;

    let mut left_over = Vec::new();
    let mut texts: Vec<Built> = ids.iter().map(|_| Built::default()).collect();
    let mut labels: Vec<(usize, Range<usize>, Option<String>, bool)> = Vec::new();
    let mut at = 0;
    while at < spotted.len() {
        let (file, line) = (spotted[at].file, spotted[at].line);
        let len = spotted[at..].iter().take_while(|s| s.file == file && s.line == line).count();
        let here = &spotted[at..at + len];
        at += len;
        let source = files.file(ids[file])?.text;
        let shown = Line::cut(source, here, room);
        // All arrows of a line end in the same column.
        let arrows =
            here.iter().map(|s| shown.column(s.bytes.end.max(s.bytes.start + 1))).max().unwrap_or(0) + 3;
        let built = &mut texts[file];
        let start = built.line(line, &shown.text);
        let first = labels.len();
        for s in here {
            let from = start + shown.position(s.bytes.start);
            // What has no width is shown as wide as a character; behind the line there is room for one.
            let to = (start + shown.position(s.bytes.end)).max(from + 1);
            let words = text::one_line(s.words);
            let fits = arrows + text::columns(&words) <= room;
            if !fits {
                let what = if s.primary { words.clone() } else { format!("line {}: {words}", s.line + 1) };
                left_over.push(what);
            }
            labels.push((file, from..to, Some(words).filter(|w| fits && !w.is_empty()), s.primary));
        }
        // Ariadne underlines only if the first label of a line has words; those without come last.
        labels[first..].sort_by_key(|l| l.2.is_none());
        if let Some((_, _, words, _)) = labels.get_mut(first) {
            words.get_or_insert_default();
        }
    }

    let color = match d.severity {
        Severity::Error => Color::Red,
        Severity::Warning => Color::Yellow,
        Severity::Information => Color::Cyan,
    };
    let first = labels.iter().find(|l| l.3).map(|l| (l.0, l.1.clone()))?;
    let config = Config::new().with_index_type(IndexType::Char).with_color(look.color).with_tab_width(1);
    let mut report = Report::build(ReportKind::Custom("", color), first).with_config(config);
    for (order, (file, range, words, is_primary)) in labels.into_iter().enumerate() {
        let mut label = Label::new((file, range))
            .with_color(if is_primary { color } else { Color::Blue })
            .with_order(i32::try_from(order).unwrap_or(i32::MAX));
        if let Some(words) = words {
            label = label.with_message(words);
        }
        report = report.with_label(label);
    }
    let names =
        ids.iter().map(|id| files.file(*id).map_or(String::new(), |f| text::one_line(f.path))).collect();
    let sources = texts.into_iter().map(|b| Source::from(b.text)).collect();
    let mut out = Vec::new();
    report.finish().write_for_stdout(Texts { names, sources }, &mut out).ok()?;
    let drawn = text::squeeze(&without_idle_arrows(&String::from_utf8_lossy(&out)), look.color);
    // The header is ours; the closing rule comes after the notes, which are ours too.
    let (_, body) = drawn.trim_end_matches('\n').split_once('\n')?;
    let (body, rule) = body.rsplit_once('\n')?;
    let margin = rule.chars().filter(|c| *c == '─').count();
    Some(Drawn { text: format!("{body}\n"), margin, left_over })
}

/// Takes out arrows that lead to no words (there is at most one a line), and leaves the underline.
fn without_idle_arrows(drawn: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in drawn.lines() {
        let bare = text::squeeze(line, false);
        let after_bar = bare.split_once('│').map_or("", |(_, rest)| rest.trim());
        let idle = after_bar.starts_with('╰') && after_bar.chars().skip(1).all(|c| c == '─');
        match lines.last_mut() {
            Some(before) if idle && before.matches('┬').count() == 1 => *before = before.replace('┬', "─"),
            _ => lines.push(line.to_owned()),
        }
    }
    lines.join("\n") + "\n"
}

fn spot<'d>(
    place: Place,
    words: &'d str,
    primary: bool,
    files: &mut Files<'_>,
    ids: &mut Vec<FileId>,
) -> Option<Spotted<'d>> {
    let spot = files.spot(place)?;
    let text = files.file(place.file)?.text;
    let file = ids.iter().position(|f| *f == place.file).unwrap_or_else(|| {
        ids.push(place.file);
        ids.len() - 1
    });
    // A range of several lines points at its first.
    let (from, to) = (spot.from as usize, spot.to as usize);
    let line_end = text[from..].find('\n').map_or(text.len(), |n| from + n);
    let line_end = from + text[from..line_end].trim_end().len();
    Some(Spotted {
        file,
        line: spot.start.line as usize - 1,
        bytes: from..to.min(line_end).max(from),
        words,
        primary,
    })
}

/// A text of our own for ariadne: the lines in question, at their numbers.
#[derive(Default)]
struct Built {
    text: String,
    chars: usize,
    lines: usize,
}

impl Built {
    /// Adds a line, farther down than all before; gives the position of its first character.
    fn line(&mut self, number: usize, text: &str) -> usize {
        while self.lines < number {
            self.text.push('\n');
            self.chars += 1;
            self.lines += 1;
        }
        let start = self.chars;
        self.text.push_str(text);
        self.text.push_str(" \n");
        self.chars += text.chars().count() + 2;
        self.lines += 1;
        start
    }
}

/// A line as it is shown.
struct Line {
    text: String,
    /// For each character shown, the byte of the file that it stands for, and its column.
    cells: Vec<(usize, usize)>,
    columns: usize,
}

/// How far around its labels a line is looked at, in bytes. No terminal is wider.
const NEAR: usize = 4_000;

impl Line {
    /// The line that labels stand on, cut so that they are seen.
    fn cut(source: &str, here: &[Spotted<'_>], room: usize) -> Self {
        let first = here[0].bytes.start;
        let line_start = source[..first].rfind('\n').map_or(0, |n| n + 1);
        let line_end = source[first..].find('\n').map_or(source.len(), |n| first + n);
        let line_end = line_start + source[line_start..line_end].trim_end().len();
        let from = source.ceil_char_boundary(line_start.max(first.saturating_sub(NEAR)));
        let to = source.floor_char_boundary(line_end.max(first).min(first + NEAR)).max(from);
        let mut cells: Vec<(char, usize, usize)> = Vec::new();
        for (at, c) in source[from..to].char_indices() {
            let c = if c == '\t' { ' ' } else { text::picture(c) };
            // Ariadne underlines each character by a column at least, those that take none of their own, too.
            cells.push((c, from + at, text::columns_of(c).max(1)));
        }
        let total: usize = cells.iter().map(|c| c.2).sum();
        let before: usize = cells.iter().take_while(|c| c.1 < first).map(|c| c.2).sum();
        let last = here.iter().map(|s| s.bytes.end).max().unwrap_or(first);
        let upto: usize = cells.iter().take_while(|c| c.1 < last).map(|c| c.2).sum();
        let room = room.saturating_sub(2);
        let mut skip = 0;
        if total > room && upto + 1 > room {
            // The labels a third into the line, farther left if they are long.
            skip = before.saturating_sub(room / 3).min(total.saturating_sub(room));
        }
        let mut line = Self { text: String::new(), cells: Vec::new(), columns: 0 };
        let mut passed = 0;
        if skip > 0 || from > line_start {
            line.push('…', from, 1);
        }
        let mut cut = to < line_end;
        for (c, at, wide) in cells {
            passed += wide;
            if passed <= skip {
                continue;
            }
            if line.columns + wide > room {
                cut = true;
                break;
            }
            line.push(c, at, wide);
        }
        if cut {
            let end = line.cells.last().map_or(to, |c| c.0 + 1);
            line.push('…', end, 1);
        }
        line
    }

    fn push(&mut self, c: char, at: usize, wide: usize) {
        self.cells.push((at, self.columns));
        self.text.push(c);
        self.columns += wide;
    }

    /// The number of the character that shows a byte.
    fn position(&self, byte: usize) -> usize {
        // The mark of what is cut off at the left stands for all of it.
        self.cells.iter().position(|c| c.0 >= byte).unwrap_or(self.cells.len())
    }

    /// The column of a byte.
    fn column(&self, byte: usize) -> usize {
        self.cells.get(self.position(byte)).map_or(self.columns, |c| c.1)
    }
}

/// The texts of a report, for ariadne.
struct Texts {
    names: Vec<String>,
    sources: Vec<Source<String>>,
}

impl Cache<usize> for Texts {
    type Storage = String;

    fn fetch(&mut self, id: &usize) -> Result<&Source<String>, impl fmt::Debug> {
        self.sources.get(*id).ok_or("a report names only its own texts")
    }

    fn display<'a>(&self, id: &'a usize) -> Option<impl fmt::Display + 'a> {
        self.names.get(*id).cloned()
    }
}
