//! One text through a part of the compiler, with every promise about the result checked. Fuzz targets call these, and
//! so do the tests that replay the corpora. Each panics if a promise is broken.

use crate::world::{World, embedded};
use dossier_base::{Diagnostic, FileId, TextRange};
use dossier_fmt::Refused;
use dossier_model::{Model, ModelFile, Rulebook, compile, hir};
use dossier_syntax::ast::Tok;
use dossier_syntax::nodes::NodeIndex;
use dossier_syntax::{Kind, Parse, Tokens};
use dossier_verdict::{AllStand, Detail, Options};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

const FILE: FileId = FileId(20_000);

/// Every byte is in exactly one token, tokens end where characters end, and looking a byte up finds its token.
///
/// # Panics
/// If not.
pub fn lexer(text: &str) {
    let tokens = Tokens::lex(text);
    let mut end = 0_usize;
    for i in 0..tokens.len() {
        let range = tokens.range(i);
        assert_eq!(usize::from(range.start()), end, "token {i} leaves a gap or overlaps");
        assert!(!range.is_empty(), "token {i} is empty");
        assert!(!matches!(tokens.kind(i), Kind::NewLine | Kind::Eof), "token {i} is not of the table");
        end = range.end().into();
        assert!(text.is_char_boundary(end), "token {i} cuts a character");
        assert_eq!(tokens.at(range.start().into()), Some(i));
        assert_eq!(tokens.at(u32::from(range.end()) - 1), Some(i));
    }
    assert_eq!(end, text.len(), "bytes after the last token");
    assert_eq!(tokens.at(end as u32), None);
}

/// The parser ends, its view holds the table's tokens in order, its tree and diagnostics lie inside the file.
///
/// # Panics
/// If not.
pub fn parser(text: &str) -> Parse {
    let parse = dossier_syntax::parse(FILE, text);
    assert_eq!(&*parse.text, text);
    layout(&parse);
    let index = NodeIndex::new(&parse);
    let whole = TextRange::up_to((text.len() as u32).into());
    for (i, node) in index.nodes().iter().enumerate() {
        assert!(
            node.span.start <= node.span.end && node.span.end.0 as usize <= parse.layout.len(),
            "{node:?}"
        );
        assert!(whole.contains_range(node.range), "{node:?}");
        boundary(text, node.range);
        if let Some(parent) = node.parent {
            assert!((parent as usize) < i, "a parent comes before its children");
            let parent = index.nodes()[parent as usize];
            assert!(
                parent.span.start <= node.span.start && node.span.end <= parent.span.end,
                "{node:?} in {parent:?}"
            );
        }
    }
    for offset in [0, text.len() / 2, text.len()] {
        if let Some(node) = index.node_at(offset as u32) {
            assert!(index.ancestors(node).count() <= index.nodes().len());
        }
    }
    diagnostics(text, &parse.diagnostics);
    let ordered = parse.diagnostics.is_sorted_by_key(|d| d.place);
    assert!(ordered, "diagnostics are not in order");
    parse
}

/// The parser's view against the table.
fn layout(parse: &Parse) {
    let layout = &parse.layout;
    let mut last = None;
    let mut seen = 0;
    for i in 0..layout.len() {
        let tok = Tok(i as u32);
        let table = layout.table(tok);
        let made = layout.kind(tok) == Kind::NewLine || layout.is_inserted(tok);
        if made {
            assert!(last.is_none_or(|l| l <= table), "what is put in stands behind what is before it");
            continue;
        }
        assert!(last.is_none_or(|l| l < table), "tokens are in order, each once");
        assert_eq!(layout.kind(tok), parse.tokens.kind(table));
        assert!(!parse.tokens.kind(table).is_trivia());
        last = Some(table);
        seen += 1;
    }
    let count = parse.tokens.kinds().iter().filter(|k| !k.is_trivia()).count();
    // Only braces too many are left out, each with a diagnostic; or all, of a file that nests too deep.
    if seen < count {
        let told = parse.diagnostics.iter().any(|d| ["stray-brace", "too-deep"].contains(&d.code.name));
        assert!(told, "{} tokens are left out and nothing says so", count - seen);
    }
}

fn boundary(text: &str, range: TextRange) {
    assert!(
        text.is_char_boundary(range.start().into()) && text.is_char_boundary(range.end().into()),
        "{range:?}"
    );
}

fn diagnostics(text: &str, all: &[Diagnostic]) {
    for d in all {
        let edits = d.fixes.iter().flat_map(|f| f.edits.iter().map(|e| e.place));
        for place in d.place.into_iter().chain(d.labels.iter().map(|l| l.place)).chain(edits) {
            // Labels may point into a rulebook.
            if place.file == FILE {
                assert!(place.start() <= place.end() && place.end() as usize <= text.len(), "{d:?}");
                boundary(text, place.text_range());
            }
        }
        assert!(!d.message.is_empty());
    }
}

/// The formatter changes no token and no comment, twice is once, and it refuses only what it may.
///
/// # Panics
/// If not.
pub fn formatter(text: &str) {
    let parse = dossier_syntax::parse(FILE, text);
    let out = match dossier_fmt::format(&parse) {
        Ok(out) => out,
        Err(Refused::Brackets | Refused::Unread) => {
            assert!(!parse.diagnostics.is_empty(), "a sound file was refused");
            return;
        }
        Err(Refused::Proof(broken)) => panic!("the formatter's own proof failed: {broken}"),
    };
    assert_eq!(significant(text), significant(&out), "tokens or comments changed");
    let again = dossier_syntax::parse(FILE, out.as_str());
    assert_eq!(
        dossier_fmt::format(&again).as_deref(),
        Ok(out.as_str()),
        "formatting twice is not formatting once"
    );
    let codes = |p: &Parse| {
        let mut codes: Vec<&str> = p.diagnostics.iter().map(|d| d.code.id).collect();
        codes.sort_unstable();
        codes
    };
    // What is broken may be told otherwise once it is laid out; what was sound must stay so.
    if parse.diagnostics.is_empty() {
        assert_eq!(codes(&parse), codes(&again), "the layout broke it: {out:?}");
    }
}

/// Tokens and comments, without what formatting may change: white space, and commas at the end of lists.
fn significant(text: &str) -> Vec<String> {
    let tokens = Tokens::lex(text);
    let mut out: Vec<String> = Vec::new();
    for i in 0..tokens.len() {
        match tokens.kind(i) {
            Kind::Space | Kind::Comma => {}
            _ => out.push(tokens.text(text, i).trim_end().replace("\r\n", "\n")),
        }
    }
    out
}

/// The corpus' own vocabulary and law, small enough to be compiled with each input.
static SMALL: LazyLock<Vec<Rulebook>> = LazyLock::new(|| {
    let texts = [
        include_str!("../../../tests/corpus/valid/alone/words.rulebook"),
        include_str!("../../../tests/corpus/valid/alone/law.rulebook"),
    ];
    let book = |(n, text): (u32, &str)| {
        let id = FileId(n);
        let (summary, map) = hir::lower(&dossier_syntax::parse(id, text));
        Rulebook { file: id, summary: Arc::new(summary), map: Arc::new(map), embedded: true }
    };
    (0..).zip(texts).map(book).collect()
});

/// Names, types and verdicts: the text as a device file against the embedded law and against the small one, and as
/// a rulebook beside the small one with its tests run.
///
/// # Panics
/// If a part of the compiler does, or if a diagnostic lies outside the file.
pub fn checker(text: &str) {
    let parse = dossier_syntax::parse(FILE, text);
    let (summary, map) = hir::lower(&parse);
    let (summary, map) = (Arc::new(summary), Arc::new(map));
    let book = Rulebook { file: FILE, summary: summary.clone(), map: map.clone(), embedded: false };
    let with_it = Arc::new(compile(&[SMALL.clone(), vec![book]].concat()));
    diagnostics(text, &with_it.diagnostics);
    diagnostics(text, &dossier_verdict::law_diagnostics(&with_it));
    for (id, r) in with_it.law.requirements.enumerate() {
        // What stands in the text, not what it stands beside.
        if r.origin.file == FILE {
            for run in dossier_verdict::run_tests(&with_it, id) {
                diagnostics(text, &run.diagnostics);
            }
        }
    }
    for rules in [embedded(), with_it] {
        let file = Arc::new(ModelFile::new(FILE, summary.clone(), map.clone(), &rules));
        diagnostics(text, &file.diagnostics);
        let missing = |(path, origin): &(Arc<str>, hir::Origin)| {
            (path.clone(), *origin, Err("not in this test".to_owned()))
        };
        let uses = file.devices.uses.iter().map(missing).collect();
        let model =
            Model::new(rules, BTreeMap::from([(FILE, file)]), FxHashMap::from_iter([(FILE, Arc::new(uses))]));
        diagnostics(text, &model.link_diagnostics(FILE));
        check(&model);
    }
}

/// Verdicts of all devices of a model, explained.
fn check(model: &Model) {
    let as_of = jiff::civil::date(2026, 11, 24);
    let options = Options { as_of, markets: &[], detail: Detail::All };
    let units: Vec<_> = model.devices().map(|(id, _)| id).collect();
    for unit in units {
        assert!(dossier_verdict::check_device(model, unit, &AllStand, &options).is_some());
    }
}

/// All of the above for a text.
///
/// # Panics
/// If one does.
pub fn all(text: &str) {
    lexer(text);
    parser(text);
    formatter(text);
    checker(text);
}

/// Verdicts of all devices of a world.
///
/// # Panics
/// If a device cannot be checked.
pub fn world(world: &World) {
    check(&world.model());
}
