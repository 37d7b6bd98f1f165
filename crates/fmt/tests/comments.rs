//! A comment in every gap between two tokens stays between them.

mod common;

use common::{Event, Place, Sample, checked, events, format, parse, places, samples};
use dossier_fmt::Refused;
use std::fmt::Write as _;

/// Ways to write a comment into a gap; each ends its line.
#[derive(Clone, Copy, Debug)]
enum Style {
    /// Behind the token before.
    Trailing,
    /// On a line of its own.
    OwnLine,
    /// On a line of its own, blank lines around, for the declaration below.
    Doc,
}

/// Writes a comment that names the place at the end of each of these gaps.
fn with_comments<'a>(text: &str, places: impl Iterator<Item = &'a Place>, style: Style) -> String {
    let mut out = String::new();
    let mut copied = 0;
    for place in places {
        out.push_str(&text[copied..place.range.end]);
        copied = place.range.end;
        // A gap that ends with a comment at the end of the file has no line of its own yet.
        if text[place.range.clone()].contains("//") && !out.ends_with([' ', '\n']) {
            out.push('\n');
        }
        let n = place.before;
        match style {
            Style::Trailing => writeln!(out, " // mark{n};"),
            Style::OwnLine => writeln!(out, "\n // mark{n};  "),
            Style::Doc => writeln!(out, "\n\n\n/// mark{n};\n"),
        }
        .expect("strings do not fail");
    }
    out.push_str(&text[copied..]);
    out
}

/// Between how many tokens and what follows the comment stands.
fn neighbours(text: &str, comment: &str) -> Option<(usize, Option<String>)> {
    let events = events(text);
    let at = events.iter().position(|e| e.is_comment && e.text.ends_with(comment))?;
    let tokens = |e: &&Event| !e.is_comment;
    let before = events[..at].iter().filter(tokens).count();
    let after = events[at..].iter().find(tokens).map(|e| e.text.clone());
    Some((before, after))
}

/// A comment in one gap: the file may be broken by it, but the comment stays where it is.
fn one(sample: &Sample, text: &str, place: &Place, style: Style) -> bool {
    let input = with_comments(text, std::iter::once(place), style);
    let name = || format!("{} with {style:?} before token {}", sample.name, place.before);
    match format(&input) {
        Ok(out) => {
            let comment = format!(" mark{};", place.before);
            let at = neighbours(&input, &comment);
            if at.is_none() {
                assert!(input.contains("\"Text {"), "{}: the test lost the comment\n{input}", name());
                return true; // it went into a text that is not closed
            }
            assert_eq!(at, neighbours(&out, &comment), "{}\n{input}\n=====\n{out}", name());
            assert_eq!(format(&out).as_ref(), Ok(&out), "{}: not idempotent\n{input}", name());
            true
        }
        Err(Refused::Brackets) => {
            assert!(!parse(&input).diagnostics.is_empty(), "{}: refused for nothing\n{input}", name());
            false
        }
        Err(why) => panic!("{}: {why}\n{input}", name()),
    }
}

/// The pieces of a file that are formatted by themselves: top-level items.
fn pieces(text: &str) -> Vec<&str> {
    let parse = parse(text);
    parse.file.items.iter().map(|item| &text[parse.span_range(item.span)]).collect()
}

#[test]
fn in_every_gap_of_the_fixtures_alone() {
    let (mut formatted, mut tried) = (0, 0);
    for sample in samples().iter().filter(|s| s.is_fixture) {
        for piece in pieces(&sample.text) {
            for place in places(piece) {
                for style in [Style::Trailing, Style::OwnLine, Style::Doc] {
                    tried += 1;
                    formatted += usize::from(one(sample, piece, &place, style));
                }
            }
        }
    }
    assert!(formatted > 3000 && formatted * 10 > tried * 9, "{formatted} of {tried} were formatted");
}

#[test]
fn in_every_gap_between_items_of_the_fixtures() {
    for sample in samples().iter().filter(|s| s.is_fixture) {
        let starts: Vec<usize> = {
            let parse = parse(&sample.text);
            parse.file.items.iter().map(|i| parse.span_range(i.span).start().into()).collect()
        };
        for place in places(&sample.text) {
            let at_top = starts.contains(&place.range.end) || place.range.end == sample.text.len();
            if at_top {
                for style in [Style::Trailing, Style::OwnLine, Style::Doc] {
                    assert!(one(sample, &sample.text, &place, style));
                }
            }
        }
    }
}

/// Long files, many comments at a time: each gap is in one of at most this many versions of its item.
const VERSIONS: usize = 8;

#[test]
fn in_every_gap_where_a_line_may_end() {
    let mut gaps = 0;
    for sample in samples() {
        // A broken item holds its comments verbatim; the tests above have seen to those.
        if !parse(&sample.text).diagnostics.is_empty() {
            continue;
        }
        for piece in pieces(&sample.text) {
            let places: Vec<Place> = places(piece).into_iter().filter(|p| p.is_free).collect();
            let versions = places.len().min(VERSIONS);
            gaps += places.len();
            for version in 0..versions {
                let chosen = || places.iter().skip(version).step_by(versions);
                for style in [Style::Trailing, Style::OwnLine] {
                    let input = with_comments(piece, chosen(), style);
                    assert_eq!(parse(&input).diagnostics, [], "{}: the test broke it\n{input}", sample.name);
                    // The comments' texts name their gaps, so equal events are equal neighbours.
                    let out = checked(&sample.name, &input);
                    assert_eq!(chosen().count(), out.matches("// mark").count());
                }
            }
        }
    }
    assert!(gaps > 5000, "only {gaps} gaps");
}

#[test]
fn in_all_gaps_at_once() {
    for sample in samples() {
        if parse(&sample.text).diagnostics.is_empty() {
            for style in [Style::Trailing, Style::OwnLine, Style::Doc] {
                let places = places(&sample.text);
                let input = with_comments(&sample.text, places.iter().filter(|p| p.is_free), style);
                assert_eq!(parse(&input).diagnostics, [], "{}: the test broke it", sample.name);
                checked(&sample.name, &input);
            }
        }
    }
}
