//! For who writes law: reads the rulebooks of a folder as if they came with the program, runs their tests and prints
//! what is wrong, what fails and what no test covers. Nothing needs to be built again after an edit.
//!
//! `cargo run --release -p dossier-verdict --example law -- crates/rulebooks KR-SEC`: the second argument keeps the
//! law whose code begins with it.
#![allow(clippy::print_stdout, clippy::expect_used)]

use dossier_base::{FileId, Lines};
use dossier_model::hir::{self, Origin};
use dossier_model::{Rulebook, compile};
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn main() {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "crates/rulebooks".to_owned());
    let prefix = std::env::args().nth(2).unwrap_or_default();
    let mut paths = Vec::new();
    rulebooks(Path::new(&folder), &mut paths);
    paths.sort();
    let texts: Vec<String> = paths.iter().map(|p| std::fs::read_to_string(p).expect("a rulebook")).collect();
    let mut syntax = Vec::new();
    let books: Vec<Rulebook> = (0..)
        .zip(&texts)
        .map(|(n, text)| {
            let parse = dossier_syntax::parse(FileId(n), text.as_str());
            let (summary, map) = hir::lower(&parse);
            syntax.extend(parse.diagnostics);
            Rulebook { file: FileId(n), summary: Arc::new(summary), map: Arc::new(map), embedded: true }
        })
        .collect();
    let rules = compile(&books);
    let at = |place: dossier_base::Place| {
        let file = place.file.0 as usize;
        let start = Lines::new(&texts[file]).line_col(place.start());
        format!("{}:{}:{}", paths[file].display(), start.line, start.column)
    };
    let stands = |origin: Origin| at(rules.place(origin));
    let unread = dossier_verdict::unread(&rules);
    let analysis = dossier_verdict::law_diagnostics(&rules);
    for d in syntax.iter().chain(&rules.diagnostics).chain(&analysis).chain(&unread) {
        let notes: String = d.notes.iter().map(|n| format!(" [{}]", n.text)).collect();
        println!("{}: {} {}{notes}", d.place.map_or_else(String::new, at), d.code.id, d.message);
    }
    let (mut passed, mut failed) = (0, 0);
    for (id, r) in rules.law.requirements.enumerate() {
        if !r.code.as_str().starts_with(&prefix) {
            continue;
        }
        for t in dossier_verdict::run_tests(&rules, id) {
            if t.passed() {
                passed += 1;
                continue;
            }
            failed += 1;
            let got = t.got.map_or("nothing", |g| g.as_str());
            let place = stands(t.origin);
            println!("{place}: {} \"{}\": expects {}, got {got}", r.code, t.title, t.expects.as_str());
            for d in &t.diagnostics {
                println!("  {}: {} {}", d.place.map_or_else(String::new, at), d.code.id, d.message);
            }
        }
    }
    let (mut atoms, mut covered) = (0, 0);
    for c in dossier_verdict::coverage(&rules) {
        let code = c.subject.code(&rules);
        if !code.as_str().starts_with(&prefix) {
            continue;
        }
        atoms += c.atoms;
        covered += c.covered;
        for gap in c.gaps {
            println!("{}: {code}: {}: {}", stands(gap.origin), gap.text, gap.why);
        }
    }
    let all = rules.law.requirements.len();
    println!(
        "{passed} passed, {failed} failed; {covered} of {atoms} atoms covered; {all} requirements in all"
    );
}

fn rulebooks(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rulebooks(&path, into);
        } else if path.extension().is_some_and(|e| e == "rulebook") {
            into.push(path);
        }
    }
}
