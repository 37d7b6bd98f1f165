//! Properties of the front end on random input.

use dossier_base::FileId;
use dossier_syntax::ast::ItemKind;
use dossier_testkit::{corpus, drive};
use proptest::prelude::*;
use proptest::sample::select;
use std::sync::LazyLock;

/// Pieces of the language and of what is nearly it.
const PIECES: &[&str] = &[
    "device",
    "component",
    "market",
    "control",
    "evidence",
    "fact",
    "requirement",
    "test",
    "x",
    "KR-1",
    "A-B-2",
    "status",
    "implemented",
    "applies",
    "opt_in",
    "in_force",
    "when",
    "exactly",
    "table",
    "set",
    "of",
    "all",
    "any",
    "none",
    "and",
    "or",
    "not",
    "implies",
    "in",
    "has",
    "within",
    "where",
    "with",
    "by",
    "for",
    "some",
    "every",
    "count",
    "yes",
    "no",
    "1",
    "2_000",
    "0.5",
    "1__0",
    "10 min",
    "5 %",
    "3 years",
    "2026-03-04",
    "2026-02-30",
    "2025-05",
    "\"text\"",
    "\"a\\q\"",
    "\"open",
    "\"\"\"block\"\"\"",
    "\"\"\"",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ",",
    ":",
    ".",
    "=",
    "->",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "+",
    "-",
    "%",
    "// note\n",
    "/// doc\n",
    ";",
    "&",
    "#",
    "'",
    "\\",
    "é",
    "設備",
    "\u{301}",
    "\u{feff}",
    "\0",
    "\t",
    "\r",
    "\r\n",
    "control(x)",
    "m in ms:",
    "row.x",
];

/// Texts of valid files, each with where its top-level items stand.
static VALID: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let folders = ["tests/corpus/valid", "examples", "crates/rulebooks"];
    let files = folders.into_iter().flat_map(corpus::files).filter(|f| corpus::is_dossier(&f.path));
    files.filter_map(|f| Some((f.path, String::from_utf8(f.bytes).ok()?))).collect()
});

/// Top-level items of valid files, as texts.
static ITEMS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut items = Vec::new();
    for (path, text) in VALID.iter().filter(|(path, _)| !path.starts_with("cn/")) {
        let parse = dossier_syntax::parse(FileId(0), text.as_str());
        assert!(parse.diagnostics.is_empty(), "{path}: {:?}", parse.diagnostics[0]);
        items.extend(parse.file.items.iter().map(|i| text[parse.span_range(i.span)].to_owned()));
    }
    items
});

fn soup() -> impl Strategy<Value = String> {
    let gap = select(&["", " ", " ", " ", "\n", "\n  ", "\n\n"][..]);
    prop::collection::vec((select(PIECES), gap), 0..120)
        .prop_map(|pieces| pieces.into_iter().flat_map(|(piece, gap)| [piece, gap]).collect())
}

/// A valid file with some of its characters changed, gone or doubled.
fn noise() -> impl Strategy<Value = String> {
    let files: Vec<&'static str> =
        VALID.iter().map(|(_, t)| t.as_str()).filter(|t| t.len() < 9_000).collect();
    (select(files), prop::collection::vec((any::<prop::sample::Index>(), select(PIECES), 0..3_usize), 1..6))
        .prop_map(|(text, changes)| {
            let mut text: Vec<char> = text.chars().collect();
            for (at, piece, how) in changes {
                if text.is_empty() {
                    break;
                }
                let at = at.index(text.len());
                match how {
                    0 => drop(text.remove(at)),
                    1 => text.insert(at, text[at]),
                    _ => drop(text.splice(at..at, piece.chars())),
                }
            }
            text.into_iter().collect()
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tokens_hold_every_byte_of_any_text(text in "(?s).{0,200}") {
        drive::lexer(&text);
    }

    #[test]
    fn tokens_hold_every_byte_of_what_is_nearly_a_file(text in soup()) {
        drive::lexer(&text);
    }

    #[test]
    fn any_text_is_parsed_and_formatted(text in "(?s)[ -~\n]{0,120}") {
        drive::parser(&text);
        drive::formatter(&text);
    }

    #[test]
    fn token_soup_is_parsed_and_formatted(text in soup()) {
        drive::parser(&text);
        drive::formatter(&text);
    }

    #[test]
    fn noise_in_valid_files_is_parsed_and_formatted(text in noise()) {
        drive::parser(&text);
        drive::formatter(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn token_soup_is_checked(text in soup()) {
        drive::checker(&text);
    }

    #[test]
    fn noise_in_valid_files_is_checked(text in noise()) {
        drive::checker(&text);
    }

    #[test]
    fn the_parser_reads_the_same_with_recovery_as_without(items in prop::collection::vec(select(ITEMS.as_slice()), 1..8)) {
        same_with_recovery(&items.join("\n\n"));
    }
}

#[test]
fn valid_files_read_the_same_with_recovery_as_without() {
    for (path, text) in VALID.iter() {
        println!("{path}"); // shown if it fails
        same_with_recovery(text);
    }
}

/// A line behind the file that nothing can be made of makes the parser read all of it again with recovery, and a
/// bracket in it makes the layout look for what is missing, too: what stands before that line must come out as it did.
fn same_with_recovery(text: &str) {
    let lean = dossier_syntax::parse(FileId(0), text);
    assert!(lean.diagnostics.is_empty(), "{:?}", lean.diagnostics[0]);
    for line in ["%", ")"] {
        let rich = dossier_syntax::parse(FileId(0), format!("{text}\n{line}\n"));
        assert!(!rich.diagnostics.is_empty());
        let (last, before) = rich.file.items.split_last().expect("the broken line is an item");
        assert_eq!(last.kind, ItemKind::Error, "with `{line}` behind it");
        assert!(
            before == lean.file.items.as_slice(),
            "with `{line}` behind it the file reads otherwise:\n{text}"
        );
    }
}
