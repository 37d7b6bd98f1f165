//! What the tests share. Nothing here uses the formatter's own proof: it is what they test.
#![allow(dead_code)] // each test file uses its part

use dossier_base::FileId;
use dossier_fmt::Refused;
use dossier_syntax::ast::Tok;
use dossier_syntax::{Kind, Parse, Tokens};
use std::path::{Path, PathBuf};

/// A file to test with.
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) text: String,
    /// Whether it is one of ours, made to be hard, and not a rulebook.
    pub(crate) is_fixture: bool,
}

/// Our fixtures and all rulebooks.
pub(crate) fn samples() -> Vec<Sample> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut out = Vec::new();
    for (dir, is_fixture) in [(here.join("tests/fixtures"), true), (here.join("../rulebooks"), false)] {
        let mut files = Vec::new();
        walk(&dir, &mut files);
        files.sort();
        for path in files {
            let text = std::fs::read_to_string(&path).expect("samples are text");
            let name = path.strip_prefix(&dir).expect("below it").display().to_string();
            out.push(Sample { name, text, is_fixture });
        }
    }
    let fixtures = out.iter().filter(|s| s.is_fixture).count();
    assert!(fixtures >= 5 && out.len() > fixtures, "samples are missing: {fixtures} of {}", out.len());
    out
}

fn walk(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|x| x == "dossier" || x == "rulebook") {
            files.push(path);
        }
    }
}

pub(crate) fn parse(text: &str) -> Parse {
    dossier_syntax::parse(FileId(0), text)
}

pub(crate) fn format(text: &str) -> Result<String, Refused> {
    dossier_fmt::format(&parse(text))
}

/// A token or comment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Event {
    pub(crate) is_comment: bool,
    pub(crate) text: String,
}

/// Tokens and comments in order, trailing commas left out.
pub(crate) fn events(text: &str) -> Vec<Event> {
    let tokens = Tokens::lex(text);
    let mut out: Vec<Event> = Vec::new();
    // The comma that is trailing if a bracket comes next.
    let mut comma = None;
    for (i, &kind) in tokens.kinds().iter().enumerate() {
        if kind == Kind::Space {
            continue;
        }
        let is_comment = kind.is_trivia();
        let text = tokens.text(text, i);
        if !is_comment {
            if let (Kind::RBracket, Some(comma)) = (kind, comma) {
                out.remove(comma);
            }
            comma = (kind == Kind::Comma).then_some(out.len());
        }
        let text = if is_comment { text.trim_end() } else { text };
        out.push(Event { is_comment, text: text.to_owned() });
    }
    out
}

/// The tree with texts for token numbers and without spans.
pub(crate) fn meaning(parse: &Parse) -> String {
    let debug = format!("{:?}", parse.file);
    let mut out = String::with_capacity(debug.len());
    let mut rest = debug.as_str();
    loop {
        let span = rest.find("span: Span {");
        let tok = rest.find("Tok(");
        match (span, tok) {
            (Some(s), t) if t.is_none_or(|t| s < t) => {
                out.push_str(&rest[..s]);
                let end = s + rest[s..].find('}').expect("spans end");
                rest = &rest[end + 1..];
            }
            (_, Some(t)) => {
                out.push_str(&rest[..t]);
                let end = t + rest[t..].find(')').expect("numbers end");
                let number: u32 = rest[t + 4..end].parse().expect("a number");
                out.push_str(&format!("`{}`", parse.str(Tok(number))));
                rest = &rest[end + 1..];
            }
            _ => {
                out.push_str(rest);
                return out;
            }
        }
    }
}

/// Formats and checks all that must hold of every output.
pub(crate) fn checked(name: &str, text: &str) -> String {
    let before = parse(text);
    let out = dossier_fmt::format(&before).unwrap_or_else(|why| panic!("{name}: {why}\n{text}"));
    let after = parse(&out);
    assert_eq!(events(text), events(&out), "{name}: tokens or comments changed\n{text}\n=====\n{out}");
    assert_eq!(meaning(&before), meaning(&after), "{name}: the meaning changed\n{text}\n=====\n{out}");
    assert_eq!(dossier_fmt::format(&after).as_ref(), Ok(&out), "{name}: not idempotent\n{text}");
    out
}

/// Whether a line may end between two tokens without ending an item, as the language says; inside lists and
/// parentheses it may everywhere.
pub(crate) fn goes_on(before: Kind, after: Kind) -> bool {
    use Kind::*;
    let operator = |k| matches!(k, And | Or | Implies | Where | With | By | In | Has | Within);
    let more = matches!(
        before,
        Not | Colon | Eq | Arrow | Comma | Dot | EqEq | NotEq | Lt | LtEq | Gt | GtEq | Plus | Minus
    );
    before == LBrace || after == RBrace || operator(before) || operator(after) || more
}

/// A place between two tokens.
pub(crate) struct Place {
    /// Its bytes, white space and comments.
    pub(crate) range: std::ops::Range<usize>,
    /// How many tokens stand before it.
    pub(crate) before: usize,
    /// Whether a line may end here and nothing changes.
    pub(crate) is_free: bool,
}

/// All places between, before and after the tokens of a text.
pub(crate) fn places(text: &str) -> Vec<Place> {
    let tokens = Tokens::lex(text);
    let significant: Vec<usize> = (0..tokens.len()).filter(|&i| !tokens.kind(i).is_trivia()).collect();
    let mut out = Vec::new();
    let mut depth = 0;
    let mut last = (0, None);
    for (nth, &i) in significant.iter().enumerate() {
        let range: std::ops::Range<usize> = tokens.range(i).into();
        let kind = tokens.kind(i);
        let gap = last.0..range.start;
        let has_newline = text[gap.clone()].contains('\n');
        let is_free = last.1.is_none_or(|before| depth > 0 || has_newline || goes_on(before, kind));
        out.push(Place { range: gap, before: nth, is_free });
        match kind {
            Kind::LBracket | Kind::LParen => depth += 1,
            Kind::RBracket | Kind::RParen => depth -= 1,
            _ => {}
        }
        last = (range.end, Some(kind));
    }
    out.push(Place { range: last.0..text.len(), before: significant.len(), is_free: true });
    out
}
