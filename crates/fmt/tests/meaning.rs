//! Formatting keeps the meaning and is done after the first time, on every sample and on what can happen to it.

mod common;

use common::{Sample, checked, events, format, meaning, parse, places, samples};
use dossier_fmt::{Refused, WIDTH};
use dossier_syntax::{Kind, Tokens};
use unicode_width::UnicodeWidthStr;

#[test]
fn of_every_sample() {
    for Sample { name, text, .. } in samples() {
        let out = checked(&name, &text);
        assert!(out.ends_with('\n') && !out.ends_with("\n\n"), "{name} ends badly");
        if !text.contains("fmt: off") && parse(&text).diagnostics.is_empty() {
            lines(&name, &out);
        }
    }
}

/// What must hold of the lines of an output of which nothing is verbatim.
fn lines(name: &str, out: &str) {
    let tokens = Tokens::lex(out);
    let mut inside_text = vec![false; out.len() + 1];
    for i in 0..tokens.len() {
        if tokens.kind(i) == Kind::BlockText {
            let range: std::ops::Range<usize> = tokens.range(i).into();
            inside_text[range].fill(true);
        }
    }
    let mut start = 0;
    let mut last = "{";
    for line in out.split_inclusive('\n') {
        let end = start + line.len();
        let line = line.trim_end_matches('\n');
        if !inside_text[start] && !inside_text[end - 1] {
            assert_eq!(line, line.trim_end(), "{name}: white space at the end of a line");
            let indent = line.len() - line.trim_start().len();
            assert!(indent % 2 == 0, "{name}: odd indent of {line:?}");
            assert!(!(last.is_empty() && line.is_empty()), "{name}: two blank lines");
            assert!(!(last.ends_with('{') && line.is_empty()), "{name}: a blank line begins a block");
            assert!(!(last.is_empty() && line.trim() == "}"), "{name}: a blank line ends a block");
            // What is too wide has nowhere to break, or a comment behind it.
            let code = line.split("  //").next().unwrap_or("");
            let is_wide = code.width() > WIDTH as usize;
            let breaks = [" and ", " or ", " implies "].iter().any(|op| without_texts(code).contains(op));
            assert!(!(is_wide && breaks), "{name}: a wide line could be broken: {line}");
        }
        last = line;
        start = end;
    }
}

fn without_texts(line: &str) -> String {
    line.split('"').step_by(2).collect::<Vec<_>>().join("\"\"")
}

#[test]
fn whatever_the_line_ends() {
    for Sample { name, text, .. } in samples() {
        // A text of several lines keeps its bytes, and so does what is not formatted.
        if text.contains("\"\"\"") || text.contains("fmt: off") || !parse(&text).diagnostics.is_empty() {
            continue;
        }
        let plain = checked(&name, &text);
        let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        assert_eq!(checked(&name, &windows), plain, "{name}");
    }
    let text = "device x \"X\" {\r\n  because \"\"\"\r\n    one\r\n  \"\"\"\r\n}\r\n";
    let out = checked("a text of several lines", text);
    assert_eq!(out, "device x \"X\" {\n  because \"\"\"\r\n    one\r\n  \"\"\"\n}\n");
}

#[test]
fn of_fixtures_that_lost_or_doubled_a_token() {
    let (mut formatted, mut tried) = (0, 0);
    for sample in samples().iter().filter(|s| s.is_fixture) {
        let places = places(&sample.text);
        for pair in places.windows(2) {
            let (start, end) = (pair[0].range.end, pair[1].range.start);
            let (before, token, after) =
                (&sample.text[..start], &sample.text[start..end], &sample.text[end..]);
            for input in [format!("{before}{after}"), format!("{before}{token} {token}{after}")] {
                tried += 1;
                match format(&input) {
                    Ok(out) => {
                        formatted += 1;
                        assert_eq!(events(&input), events(&out), "{}\n{input}\n=====\n{out}", sample.name);
                        let (a, b) = (meaning(&parse(&input)), meaning(&parse(&out)));
                        assert_eq!(a, b, "{}\n{input}\n=====\n{out}", sample.name);
                    }
                    Err(Refused::Brackets) => {
                        assert!(!parse(&input).diagnostics.is_empty(), "refused for nothing\n{input}");
                    }
                    Err(why) => panic!("{}: {why}\n{input}", sample.name),
                }
            }
        }
    }
    assert!(formatted * 10 > tried * 8, "{formatted} of {tried} were formatted");
}
