//! `grammar/dossier.ebnf` and the parser say the same.
//!
//! `DOSSIER_GRAMMAR_CASES` sets how many sentences are made, `DOSSIER_GRAMMAR_SEED` which.

#![allow(clippy::print_stdout)] // Figures are for who runs it.

use dossier_base::FileId;
use dossier_testkit::corpus;
use dossier_testkit::ebnf::{Grammar, Random};

fn grammar() -> Grammar {
    let text =
        std::fs::read_to_string(corpus::root().join("grammar/dossier.ebnf")).expect("the grammar is there");
    Grammar::read(&text).expect("the grammar can be read")
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
}

/// What the parser says first, if it says anything.
fn parsed(text: &str) -> Result<(), String> {
    let parse = dossier_syntax::parse(FileId(0), text);
    parse.diagnostics.first().map_or(Ok(()), |d| Err(format!("{} {}", d.code.id, d.message)))
}

/// Brackets nest a hundred deep, which takes more stack than a test has.
fn deep(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(run).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

/// Both take the text or neither does.
fn agree(grammar: &Grammar, text: &str, problems: &mut Vec<String>) -> bool {
    let (written, real) = (grammar.accepts(text), parsed(text));
    match (&written, &real) {
        (Ok(()), Err(said)) => {
            problems.push(format!("the grammar takes it, the parser says {said}:\n{text}\n"))
        }
        (Err(r), Ok(())) => {
            problems.push(format!("the parser takes it, the grammar stops at {r:?}:\n{text}\n"))
        }
        _ => {}
    }
    written.is_ok()
}

fn report(mut problems: Vec<String>) {
    problems.sort_by_key(String::len);
    assert!(
        problems.is_empty(),
        "{} differences, the first ones:\n{}",
        problems.len(),
        problems[..problems.len().min(6)].join("\n")
    );
}

#[test]
fn every_file_is_in_the_grammar() {
    deep(every_file);
}

#[test]
fn sentences_of_the_grammar_parse() {
    deep(sentences);
}

#[test]
fn damaged_texts_are_refused_by_both_or_neither() {
    deep(damaged);
}

#[test]
fn tokens_are_cut_alike() {
    deep(tokens);
}

/// Files without a syntax error, by path.
fn files() -> Vec<(String, String)> {
    let mut out = Vec::new();
    for folder in ["crates/rulebooks", "examples", "tests/corpus/valid", "tests/corpus/broken"] {
        for file in corpus::files(folder) {
            if corpus::is_dossier(&file.path)
                && let Ok(text) = String::from_utf8(file.bytes)
                && (folder == "tests/corpus/valid" || parsed(&text).is_ok())
            {
                out.push((format!("{folder}/{}", file.path), text));
            }
        }
    }
    out
}

fn every_file() {
    let grammar = grammar();
    let mut problems = Vec::new();
    for (path, text) in files() {
        if let Err(r) = grammar.accepts(&text) {
            let line = text[..r.at].matches('\n').count() + 1;
            problems.push(format!("{path}:{line}: one of {:?} expected", r.expected));
        }
    }
    report(problems);
}

fn sentences() {
    let grammar = grammar();
    let mut random = Random::new(number("DOSSIER_GRAMMAR_SEED", 1));
    let cases = number("DOSSIER_GRAMMAR_CASES", 4_000);
    let (mut problems, mut fit) = (Vec::new(), 0);
    for n in 0..cases {
        let rule = if n % 3 == 0 { "expression" } else { "items" };
        let made = grammar.sentence(rule, 4 + (n % 8) as u32, &mut random);
        let text = if rule == "items" { made } else { format!("x = {}", made.trim()) };
        if text.len() < 1_500 {
            fit += u64::from(agree(&grammar, &text, &mut problems));
        }
    }
    println!("{fit} of {cases} sentences are read as they were made");
    report(problems);
    assert!(fit > cases / 2, "only {fit} of {cases} sentences are in the language");
}

/// Words leave, stand twice or change places, and others come in.
fn damaged() {
    let grammar = grammar();
    let mut random = Random::new(number("DOSSIER_GRAMMAR_SEED", 2));
    let mut texts: Vec<String> = files().into_iter().map(|(_, t)| t).filter(|t| t.len() < 1_500).collect();
    for n in 0..number("DOSSIER_GRAMMAR_CASES", 4_000) / 20 {
        texts.push(grammar.sentence("file", 4 + (n % 8) as u32, &mut random));
    }
    texts.retain(|t| t.len() < 1_500 && !t.trim().is_empty());
    let words = [
        "{", "}", "(", ")", "[", "]", ",", ":", ".", "=", "->", "==", "+", "-", "%", "min", "\"t\"", "KR-1",
        "1", "2026-01",
    ]
    .into_iter()
    .chain("a and or not implies in has within where with by for some every count yes no".split(' '))
    .chain("when applies opt_in in_force exactly table set of all any none \n".split(' '))
    .collect::<Vec<&str>>();
    let (mut problems, mut taken) = (Vec::new(), 0);
    for n in 0..number("DOSSIER_GRAMMAR_CASES", 4_000) as usize {
        let text = &texts[n % texts.len()];
        let Ok(mut tokens) = grammar.tokens(text) else { continue };
        tokens.retain(|t| !t.text.is_empty());
        if tokens.is_empty() {
            continue;
        }
        let at = random.below(tokens.len());
        let cut = |at: usize| tokens[at].start..tokens[at].start + tokens[at].text.len();
        let (own, word) = (cut(at), *random.pick(&words));
        let damaged = match random.below(4) {
            0 => format!("{}{}", &text[..own.start], &text[own.end..]),
            1 => format!("{} {} {}", &text[..own.end], &text[own.clone()], &text[own.end..]),
            2 => format!("{} {word} {}", &text[..own.start], &text[own.end..]),
            _ => format!("{} {word} {}", &text[..own.start], &text[own.start..]),
        };
        taken += usize::from(agree(&grammar, &damaged, &mut problems));
    }
    println!("{taken} damaged texts are still in the language");
    report(problems);
    assert!(taken > 100, "hardly anything was tried: {taken}");
}

/// Single characters change, so that tokens do.
fn tokens() {
    let grammar = grammar();
    let mut random = Random::new(number("DOSSIER_GRAMMAR_SEED", 3));
    let texts: Vec<String> =
        files().into_iter().map(|(_, t)| t).filter(|t| t.len() < 1_500 && !t.is_empty()).collect();
    let mut problems = Vec::new();
    for n in 0..number("DOSSIER_GRAMMAR_CASES", 4_000) as usize {
        let mut chars: Vec<char> = texts[n % texts.len()].chars().collect();
        for _ in 0..1 + random.below(2) {
            let at = random.below(chars.len());
            let new =
                *random.pick(&"\"\\/-_.:#&|!= \n\t\ra1é设́n0u{}\u{feff}\u{a0}".chars().collect::<Vec<_>>());
            if random.once_in(2) {
                chars[at] = new;
            } else {
                chars.insert(at, new);
            }
        }
        agree(&grammar, &chars.into_iter().collect::<String>(), &mut problems);
    }
    // Dates, numbers and texts for themselves.
    for n in 0..number("DOSSIER_GRAMMAR_CASES", 4_000) {
        let most = 1 + random.below(12);
        let alphabet = if n % 2 == 0 { "0123456789-_.2026-02-29" } else { "\"\"\"\\nu{d80041}}x\n" };
        let alphabet: Vec<char> = alphabet.chars().collect();
        let body: String = (0..most).map(|_| *random.pick(&alphabet)).collect();
        let text = if n % 2 == 0 { format!("a {body}") } else { format!("a \"{body}\"") };
        agree(&grammar, &text, &mut problems);
    }
    report(problems);
}
