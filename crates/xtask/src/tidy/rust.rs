//! As much of Rust as the rules need: comments, texts and names told apart, and what is compiled for tests only.

use std::collections::BTreeSet;

/// A piece of source text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Piece<'t> {
    /// A name or keyword.
    Name(&'t str),
    /// What stands between the quotes of a text.
    Text(&'t str),
    /// Any other character that is no space and belongs to no comment, number, character or lifetime.
    Mark(char),
}

/// A piece and its line, from 1.
pub(super) type Placed<'t> = (Piece<'t>, usize);

/// A source file, comments left out.
#[derive(Clone, Debug)]
pub(super) struct File<'t> {
    /// Path below the root.
    pub(super) path: &'t str,
    /// The text.
    pub(super) text: &'t str,
    /// Its pieces, in order.
    pub(super) pieces: Vec<Placed<'t>>,
}

impl<'t> File<'t> {
    pub(super) fn new(path: &'t str, text: &'t str) -> Self {
        Self { path, text, pieces: pieces(text) }
    }
}

/// Cuts a text into pieces.
fn pieces(text: &str) -> Vec<Placed<'_>> {
    let mut out = Vec::new();
    let bytes = text.as_bytes();
    let (mut at, mut line) = (0, 1);
    while at < bytes.len() {
        let rest = &text[at..];
        let c = rest.chars().next().unwrap_or(' ');
        let (piece, len) = if rest.starts_with("//") {
            (None, rest.find('\n').unwrap_or(rest.len()))
        } else if rest.starts_with("/*") {
            (None, block_comment(rest))
        } else if let Some((inner, len)) = string(rest) {
            (Some(Piece::Text(inner)), len)
        } else if c == '\'' {
            (None, character(rest))
        } else if c.is_alphabetic() || c == '_' {
            // `r#type` is the name `type`.
            let raw = if rest.starts_with("r#") { 2 } else { 0 };
            let len = raw + name(&rest[raw..]);
            (Some(Piece::Name(&rest[raw..len])), len)
        } else if c.is_ascii_digit() {
            (None, name(rest))
        } else if c.is_whitespace() {
            (None, c.len_utf8())
        } else {
            (Some(Piece::Mark(c)), c.len_utf8())
        };
        out.extend(piece.map(|p| (p, line)));
        let len = len.max(1);
        line += rest[..len].matches('\n').count();
        at += len;
    }
    out
}

fn name(rest: &str) -> usize {
    rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len())
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// A text with or without `b`, `c` and `r#…`: what is inside, and how long it is with its quotes.
fn string(rest: &str) -> Option<(&str, usize)> {
    let prefix = rest.find(|c: char| !matches!(c, 'b' | 'c' | 'r')).filter(|n| *n <= 2)?;
    let raw = rest[..prefix].contains('r');
    let hashes = rest[prefix..].find(|c| c != '#')?;
    let start = prefix + hashes + 1;
    if !rest[prefix + hashes..].starts_with('"') || (hashes > 0 && !raw) {
        return None;
    }
    if raw {
        let end = format!("\"{}", "#".repeat(hashes));
        let len = rest[start..].find(&end).unwrap_or(rest.len() - start);
        return Some((&rest[start..start + len], (start + len + end.len()).min(rest.len())));
    }
    let mut escaped = false;
    for (i, c) in rest[start..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some((&rest[start..start + i], start + i + 1)),
            _ => {}
        }
    }
    Some((&rest[start..], rest.len()))
}

/// How long the character or lifetime is that the text begins with.
fn character(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => {
            // The escaped character may be a quote.
            chars.next();
            chars.find(|(_, c)| *c == '\'').map_or(rest.len(), |(i, _)| i + 1)
        }
        Some((i, c)) if rest[i + c.len_utf8()..].starts_with('\'') => i + c.len_utf8() + 1,
        Some((i, _)) => i + name(&rest[i..]),
        None => rest.len(),
    }
}

/// The files, without what is compiled for tests only: folders of tests, benches and examples, items under
/// `#[cfg(test)]`, and the files of modules that are.
pub(super) fn without_tests(files: Vec<File<'_>>) -> Vec<File<'_>> {
    let mut for_tests: BTreeSet<String> = BTreeSet::new();
    let mut kept = Vec::new();
    for mut file in files {
        let folder = |name: &str| file.path.split('/').rev().skip(1).any(|part| part == name);
        if ["tests", "benches", "examples"].into_iter().any(folder) {
            continue;
        }
        let whole = strip(&mut file, &mut for_tests);
        if !whole {
            kept.push(file);
        }
    }
    kept.retain(|f| {
        let module = f.path.trim_end_matches(".rs").trim_end_matches("/mod");
        !for_tests.iter().any(|t| module == t || module.starts_with(&format!("{t}/")))
    });
    kept
}

/// Takes items under `#[cfg(test)]` out of a file, and notes modules in files of their own. True if all of the file
/// is for tests.
fn strip(file: &mut File<'_>, for_tests: &mut BTreeSet<String>) -> bool {
    let pieces = std::mem::take(&mut file.pieces);
    let is = |at: usize, mark: char| pieces.get(at).is_some_and(|p| p.0 == Piece::Mark(mark));
    let mut at = 0;
    while at < pieces.len() {
        let inner = is(at, '#') && is(at + 1, '!');
        let open = at + 1 + usize::from(inner);
        if !(is(at, '#') && is(open, '[') && cfg_test(&pieces[open + 1..])) {
            file.pieces.push(pieces[at]);
            at += 1;
            continue;
        }
        if inner {
            return true;
        }
        at = past(&pieces, open);
        // Further attributes belong to the same item.
        while is(at, '#') && is(at + 1, '[') {
            at = past(&pieces, at + 1);
        }
        let mut module = None;
        while at < pieces.len() {
            match pieces[at].0 {
                Piece::Name("mod") => {
                    if let Some((Piece::Name(name), _)) = pieces.get(at + 1) {
                        module = Some(*name);
                    }
                    at += 1;
                }
                Piece::Mark(';') => {
                    for_tests.extend(module.map(|m| module_file(file.path, m)));
                    at += 1;
                    break;
                }
                Piece::Mark('{') => {
                    at = past(&pieces, at);
                    break;
                }
                Piece::Mark('(' | '[') => at = past(&pieces, at),
                _ => at += 1,
            }
        }
    }
    false
}

/// Whether an attribute, from behind its bracket, is `cfg(test)` or `cfg(all(test, …))`.
fn cfg_test(pieces: &[Placed<'_>]) -> bool {
    if pieces.first().map(|p| p.0) != Some(Piece::Name("cfg")) {
        return false;
    }
    let mut names = pieces.iter().skip(1).take_while(|p| p.0 != Piece::Mark(']')).filter_map(|p| match p.0 {
        Piece::Name(n) => Some(n),
        _ => None,
    });
    match names.next() {
        Some("test") => true,
        Some("all") => names.next() == Some("test"),
        _ => false,
    }
}

/// The piece after the bracket that closes the one at `open`.
fn past(pieces: &[Placed<'_>], open: usize) -> usize {
    let mut depth = 0_usize;
    for (i, piece) in pieces.iter().enumerate().skip(open) {
        match piece.0 {
            Piece::Mark('(' | '[' | '{') => depth += 1,
            Piece::Mark(')' | ']' | '}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return i + 1;
                }
            }
            _ => {}
        }
    }
    pieces.len()
}

/// The path, without `.rs`, of a module that a file declares.
fn module_file(path: &str, module: &str) -> String {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    match file.trim_end_matches(".rs") {
        "lib" | "main" | "mod" => format!("{folder}/{module}"),
        own => format!("{folder}/{own}/{module}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&str> {
        pieces(text)
            .into_iter()
            .filter_map(|p| if let Piece::Name(n) = p.0 { Some(n) } else { None })
            .collect()
    }

    fn texts(text: &str) -> Vec<&str> {
        pieces(text)
            .into_iter()
            .filter_map(|p| if let Piece::Text(n) = p.0 { Some(n) } else { None })
            .collect()
    }

    #[test]
    fn comments_texts_and_names_are_told_apart() {
        let text = "// a \"b\"\n/* c /* d */ \"e\" */ fn f<'g>(h: &'g str) { \"i // j\" }";
        assert_eq!(names(text), ["fn", "f", "h", "str"]);
        assert_eq!(texts(text), ["i // j"]);
        assert_eq!(texts(r###"r#"a "b" c"# b"d" br"e\" "f\"g""###), ["a \"b\" c", "d", "e\\", "f\\\"g"]);
        assert_eq!(names(r"let r#type = '\''; '\u{41}'; 'x'; '设' 0x1f_u8 z"), ["let", "type", "z"]);
        assert_eq!(texts("'\"' x \"y\""), ["y"]);
    }

    #[test]
    fn lines_are_counted() {
        let text = "a\n\"b\nc\"\n/*\n*/ d";
        assert_eq!(pieces(text), [(Piece::Name("a"), 1), (Piece::Text("b\nc"), 2), (Piece::Name("d"), 5)]);
    }

    #[test]
    fn what_is_open_at_the_end_ends_there() {
        for text in ["\"a", "r#\"a", "/* a", "'", "'\\", "r#", "b", "#", "'a"] {
            pieces(text);
        }
    }

    fn kept(files: &[(&str, &str)]) -> Vec<String> {
        let files = files.iter().map(|(path, text)| File::new(path, text)).collect();
        without_tests(files)
            .into_iter()
            .map(|f| {
                let names: Vec<&str> = f
                    .pieces
                    .iter()
                    .filter_map(|p| if let Piece::Name(n) = p.0 { Some(n) } else { None })
                    .collect();
                format!("{}: {}", f.path, names.join(" "))
            })
            .collect()
    }

    #[test]
    fn what_is_for_tests_goes() {
        let text = "a #[cfg(test)] #[x(y)] mod tests { b { c } } d #[cfg(test)] use e::{f}; g #[cfg(not(test))] fn h() {}";
        assert_eq!(kept(&[("x/src/lib.rs", text)]), ["x/src/lib.rs: a d g cfg not test fn h"]);
        assert!(
            kept(&[("x/tests/a.rs", "a"), ("x/benches/a.rs", "a"), ("tests/src/lib.rs", "a")]).is_empty()
        );
        assert!(kept(&[("x/src/a.rs", "#![cfg(test)] a")]).is_empty());
    }

    #[test]
    fn modules_for_tests_go_with_their_files() {
        let files = [
            ("x/src/lib.rs", "#[cfg(test)] mod tests; mod other;"),
            ("x/src/tests.rs", "a"),
            ("x/src/tests/deep.rs", "b"),
            ("x/src/other.rs", "c #[cfg(all(test, unix))] mod inner;"),
            ("x/src/other/inner.rs", "d"),
            ("x/src/tests_of_law.rs", "e"),
        ];
        assert_eq!(
            kept(&files),
            ["x/src/lib.rs: mod other", "x/src/other.rs: c", "x/src/tests_of_law.rs: e"]
        );
        // A module called `tests` that is no test stays.
        assert_eq!(kept(&[("x/src/lib.rs", "mod tests;"), ("x/src/tests.rs", "a")]).len(), 2);
    }
}
