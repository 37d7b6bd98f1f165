//! Random white space, random tokens.

mod common;

use common::{Place, checked, events, format, parse, places, samples};
use dossier_fmt::Refused;
use dossier_syntax::Kind;
use proptest::prelude::*;
use proptest::sample::select;
use std::fmt::Write as _;

/// Counts what random cases were like, so that a test that tries nothing fails.
#[derive(Default)]
struct Counter(std::cell::Cell<usize>);

impl Counter {
    fn add(&self, one: bool) {
        self.0.set(self.0.get() + usize::from(one));
    }
}

/// Top-level items of the samples that say the same whatever their white space, one in `n` of the rulebooks'.
fn items(n: usize) -> Vec<String> {
    let mut out = Vec::new();
    for sample in samples() {
        let parse = parse(&sample.text);
        if parse.diagnostics.is_empty() {
            let items: Vec<&str> =
                parse.file.items.iter().map(|item| &sample.text[parse.span_range(item.span)]).collect();
            // Pairs, so that gaps between items are among the gaps.
            let pairs = items.chunks(2).map(|pair| pair.join("\n\n"));
            let kept = |i: usize, text: &str| sample.is_fixture || i.is_multiple_of(n) && text.len() < 4000;
            out.extend(pairs.enumerate().filter(|(i, t)| kept(*i, t)).map(|(_, t)| t));
        }
    }
    out.retain(|text| !text.contains("fmt: off"));
    assert!(out.len() > 50);
    out
}

/// What is between two tokens is drawn anew from these numbers, so that the lines stay what they are.
fn respaced(text: &str, numbers: &[u8]) -> String {
    let mut numbers = numbers.iter().copied().cycle();
    let mut draw = move |below: u8| numbers.next().unwrap_or(0) % below;
    let (mut out, mut last) = (String::new(), 0);
    let windows = draw(4) == 0;
    let newline = if windows { "\r\n" } else { "\n" };
    let blanks = ["", " ", "  ", "\t", " \t  ", "             "];
    for Place { range, .. } in places(text) {
        out.push_str(&text[last..range.start]);
        let (before, after) = (out.chars().last(), text[range.end..].chars().next());
        let gap = &text[range.clone()];
        // Lists and operators take any line end; a line end is put in where one is free to stand.
        if gap.contains("//") {
            for (nth, line) in gap.split('\n').enumerate() {
                if nth > 0 {
                    out.push_str(newline);
                }
                let line = line.trim();
                out.push_str(blanks[draw(6) as usize]);
                out.push_str(line);
                out.push_str(blanks[draw(6) as usize]);
            }
        } else if gap.contains('\n') {
            // One blank line says as much as several.
            let lines = if gap.matches('\n').count() > 1 { 2 + draw(3) } else { 1 };
            for _ in 0..lines {
                write!(out, "{}{newline}", blanks[draw(6) as usize]).expect("strings do not fail");
            }
            out.push_str(blanks[draw(6) as usize]);
        } else {
            let bracket = |c: Option<char>| c.is_none_or(|c| "{}[](),".contains(c));
            let may_be_empty = bracket(before) || bracket(after) || gap.is_empty();
            out.push_str(blanks[if may_be_empty { draw(6) } else { 1 + draw(5) } as usize]);
        }
        last = range.end;
    }
    out
}

/// Line ends put into lists that no one-line block holds, where they mean nothing.
fn with_list_breaks(text: &str, numbers: &[u8]) -> String {
    let mut numbers = numbers.iter().copied().cycle();
    let (mut out, mut last, mut open) = (String::new(), 0, Vec::new());
    for Place { range, .. } in places(text) {
        let token = &text[last..range.start];
        out.push_str(token);
        match token.trim() {
            "{" => {
                let line = text[last..].split('\n').next().unwrap_or("");
                open.push(if line.matches('{').count() == line.matches('}').count() { '1' } else { '{' });
            }
            "[" => open.push('['),
            "(" => open.push('('),
            "}" | "]" | ")" => drop(open.pop()),
            _ => {}
        }
        let gap = &text[range.clone()];
        out.push_str(gap);
        let is_free = open.last() == Some(&'[') && !open.contains(&'1') && !gap.contains(['/', '\n']);
        // A break at an operator is kept, and tells where the author wants one.
        let next = text[range.end..].split_whitespace().next().unwrap_or("");
        let operator = |t: &str| ["and", "or", "implies", "where", "with", "by"].contains(&t);
        if is_free && !operator(next) && !operator(token) && numbers.next().is_some_and(|n| n % 3 == 0) {
            out.push_str(" \n ");
        }
        last = range.end;
    }
    out
}

#[test]
fn white_space_does_not_matter() {
    let config = ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() };
    let numbers = prop::collection::vec(any::<u8>(), 1..400);
    let differ = Counter::default();
    proptest!(config, |(text in select(items(7)), numbers in numbers)| {
        let out = checked("as written", &text);
        let other = respaced(&text, &numbers);
        differ.add(other != text);
        // Texts keep their line ends; they are not white space.
        prop_assert_eq!(&checked("respaced", &other), &out, "respaced\n{}", other);
        let other = with_list_breaks(&text, &numbers);
        differ.add(other != text);
        prop_assert_eq!(&checked("lists broken", &other), &out, "lists broken\n{}", other);
    });
    assert!(differ.0.get() > 400, "white space was changed {} times only", differ.0.get());
}

/// Everything the lexer knows, and what it does not.
fn token() -> impl Strategy<Value = String> {
    let fixed = [
        "a",
        "bcd",
        "status",
        "m",
        "device",
        "applies",
        "opt_in",
        "in_force",
        "when",
        "exactly",
        "table",
        "set",
        "of",
        "min",
        "days",
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
        "KR-1",
        "12",
        "0.5",
        "2025-05",
        "\"t\"",
        "\"设备\"",
        "\"a text that takes more room than most, so that lines overflow\"",
        "\"\"\"b\"\"\"",
        "\"\"\"b\n  c\"\"\"",
        "{",
        "}",
        "{",
        "}",
        "[",
        "]",
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
        "?",
        "\"open",
        "// c",
        "// fmt: off",
        "// fmt: on",
        "/// d",
        "\n",
        "\n",
        "\n",
        "\n\n",
        "\n  ",
    ];
    select(fixed.map(str::to_owned).to_vec())
}

#[test]
fn token_soup_neither_panics_nor_changes() {
    let config = ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() };
    let formatted = Counter::default();
    proptest!(config, |(soup in prop::collection::vec((token(), " |  |\n"), 0..40))| {
        let text: String = soup.iter().flat_map(|(a, b)| [a.as_str(), b.as_str()]).collect();
        formatted.add(sound(&text)?);
    });
    assert!(formatted.0.get() > 4000, "{} were formatted", formatted.0.get());
}

/// Expressions and items that the grammar knows, so that what is whole is tried, too.
fn expr() -> impl Strategy<Value = String> {
    let leaf = select(
        [
            "a",
            "long_name_of_a_fact",
            "m.kind",
            "yes",
            "12",
            "10 min",
            "12.5 %",
            "2026-03-04",
            "KR-1",
            "\"t\"",
            "\"设备安全\"",
            "\"\"\"b\n  c\"\"\"",
            "// c\n a",
            "[]",
            "[ // c\n]",
            "\"a text that takes some room\"",
        ]
        .map(str::to_owned)
        .to_vec(),
    );
    // Operators of one kind in a chain: `and` beside `or` is another file's test.
    let gap = || select([" ", " ", " ", "\n", " // c\n", "\n\n // c\n"].to_vec());
    leaf.prop_recursive(6, 60, 5, move |inner| {
        let inner = || inner.clone();
        let chain = (select(["and", "or", "implies"].to_vec()), prop::collection::vec((inner(), gap(), gap()), 1..5))
            .prop_map(|(op, parts)| {
                let parts: Vec<String> = parts.iter().map(|(e, a, b)| format!("({e}){a}{op}{b}")).collect();
                format!("{}z", parts.concat())
            });
        let compare = (inner(), select(["==", "<=", "in", "has", "has any", "within"].to_vec()), inner())
            .prop_map(|(a, op, b)| format!("({a}) {op} [{b}]"));
        let joined = (inner(), select(["where", "with", "by"].to_vec()), gap(), inner())
            .prop_map(|(a, op, g, b)| format!("({a}){g}{op} ({b})"));
        let list = (prop::collection::vec((gap(), inner(), gap()), 0..5), any::<bool>()).prop_map(|(parts, comma)| {
            let parts: Vec<String> = parts.iter().map(|(a, e, b)| format!("{a}{e}{b}")).collect();
            let comma = if comma && !parts.is_empty() { "," } else { "" };
            format!("[{}{comma} ]", parts.join(","))
        });
        let call = (prop::collection::vec(inner(), 0..3), gap())
            .prop_map(|(args, g)| format!("call({g}{})", args.join(&format!(",{g}"))));
        let quantified = (inner(), gap(), inner())
            .prop_map(|(f, g, b)| format!("every m in models{g}where {f}:{g}{b}"));
        let count = inner().prop_map(|f| format!("count(m in models where {f})"));
        let not = inner().prop_map(|e| format!("not ({e})"));
        prop_oneof![2 => chain, 1 => compare, 1 => joined, 2 => list, 1 => call, 1 => quantified, 1 => count, 1 => not]
    })
}

fn item() -> impl Strategy<Value = String> {
    let name = || {
        select(["a", "status", "a_much_longer_name", "name_beyond_any_column_of_others_around_it"].to_vec())
    };
    let field = (name(), expr()).prop_map(|(n, e)| format!("{n} {e}"));
    let special = (
        select(["applies when", "in_force 2025-01-01 when", "x exactly", "for m in ms where"].to_vec()),
        expr(),
    )
        .prop_map(|(n, e)| format!("{n} {e}"));
    let header = (name(), expr(), select(["", " { }", " { a b }"].to_vec()))
        .prop_map(|(n, e, b)| format!("field {n} : set of t \"T\" = {e}{b}"));
    let row = (prop::collection::vec(select(["a", "bcd", "(x)", "[a, b]"].to_vec()), 1..4), expr());
    let table = prop::collection::vec(row, 0..4).prop_map(|rows| {
        let rows: Vec<String> = rows.iter().map(|(cells, e)| format!("{} -> {e}", cells.join(" "))).collect();
        format!("table [a] {{\n{}\n}}", rows.join("\n"))
    });
    let leaf = prop_oneof![4 => field, 1 => special, 2 => header, 1 => table];
    leaf.prop_recursive(3, 30, 5, |inner| {
        let gap = select(
            [
                "\n",
                "\n",
                "\n\n\n",
                "  ",
                " // c\n",
                "\n // c\n",
                "\n /// d\n",
                "\n// fmt: off\n",
                "\n// fmt: on\n",
            ]
            .to_vec(),
        );
        let head = select(
            ["market KR ", "control x \"X\" ", "edition \"e\" ", "test \"t\" met ", "given ", "fact f : t "]
                .to_vec(),
        );
        (head, select([" ", "\n", " // c\n"].to_vec()), prop::collection::vec((inner, gap), 0..6)).prop_map(
            |(head, open, items)| {
                let items: String = items.iter().flat_map(|(i, g)| [i.as_str(), g]).collect();
                format!("{head}{{{open}{items}}}")
            },
        )
    })
}

#[test]
fn what_the_grammar_can_say_is_formatted() {
    let config = ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() };
    let gap =
        select(["\n", "\n\n\n", " ", " // c\n", "\n // c\n", "\n// fmt: off\n", "\n// fmt: on\n"].to_vec());
    let (clean, cases) = (Counter::default(), Counter::default());
    proptest!(config, |(items in prop::collection::vec((item(), gap), 1..4))| {
        let text: String = items.iter().flat_map(|(i, g)| [i.as_str(), g]).collect();
        cases.add(true);
        clean.add(parse(&text).diagnostics.is_empty());
        sound(&text)?;
    });
    let (clean, cases) = (clean.0.get(), cases.0.get());
    assert!(clean * 10 > cases * 7, "{clean} of {cases} were clean");
}

/// Whether it was formatted; then it says the same and stays.
fn sound(text: &str) -> Result<bool, TestCaseError> {
    let before = parse(text);
    match dossier_fmt::format(&before) {
        Ok(out) => {
            prop_assert_eq!(events(text), events(&out), "{}\n=====\n{}", text, out);
            prop_assert_eq!(&format(&out), &Ok(out), "not idempotent\n{}", text);
            Ok(true)
        }
        Err(Refused::Proof(why)) => Err(TestCaseError::fail(format!("{why}\n{text}"))),
        Err(_) => {
            let clean =
                before.diagnostics.is_empty() && before.tokens.kinds().iter().all(|k| *k != Kind::Unknown);
            prop_assert!(!clean, "refused for nothing\n{}", text);
            Ok(false)
        }
    }
}
