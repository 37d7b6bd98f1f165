//! Times the stages of a check of a folder, one after the other: `… --example bench -- DIR [THREADS]`.
#![allow(clippy::print_stdout)]

use dossier_base::FileId;
use dossier_verdict::Detail;
use dossier_workspace::{CheckRequest, OpenOptions, Workspace};
use std::time::Instant;

fn main() {
    let mut args = std::env::args().skip(1);
    let dir = args.next().expect("a folder");
    let threads = args.next().and_then(|t| t.parse().ok()).unwrap_or(1);
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().expect("first pool");
    let mut files = Vec::new();
    let mut stack = vec![std::path::PathBuf::from(&dir)];
    while let Some(path) = stack.pop() {
        for entry in std::fs::read_dir(&path).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                stack.push(path);
            } else if path.extension().is_some_and(|e| e == "dossier") {
                files.push(path);
            }
        }
    }
    let t = Instant::now();
    let texts: Vec<std::sync::Arc<str>> =
        files.iter().map(|f| std::fs::read_to_string(f).expect("text").into()).collect();
    let bytes: usize = texts.iter().map(|t| t.len()).sum();
    let mb = |d: std::time::Duration| bytes as f64 / d.as_secs_f64() / 1e6;
    println!("read  {:?} ({} files, {} bytes)", t.elapsed(), files.len(), bytes);
    let t = Instant::now();
    let tokens: usize = texts.iter().map(|t| dossier_syntax::Tokens::lex(t).len()).sum();
    println!("lex   {:?} {:.0} MB/s, {tokens} tokens", t.elapsed(), mb(t.elapsed()));
    let t = Instant::now();
    let parses: Vec<_> = texts.iter().map(|t| dossier_syntax::parse(FileId(0), t.clone())).collect();
    println!("parse {:?} {:.0} MB/s", t.elapsed(), mb(t.elapsed()));
    let t = Instant::now();
    let lowered: Vec<_> = parses.iter().map(dossier_model::hir::lower).collect();
    println!("lower {:?} {:.0} MB/s", t.elapsed(), mb(t.elapsed()));
    let (books, _) = dossier_verdict::embedded(1);
    let rules = dossier_model::compile(&books);
    let t = Instant::now();
    let models: Vec<_> = lowered
        .into_iter()
        .map(|(s, m)| dossier_model::ModelFile::new(FileId(0), s.into(), m.into(), &rules))
        .collect();
    println!("names {:?} {:.0} MB/s", t.elapsed(), mb(t.elapsed()));
    drop((models, parses));
    let t = Instant::now();
    let ws =
        Workspace::open(&OpenOptions { paths: vec![dir.into()], ..OpenOptions::default() }).expect("there");
    println!("open  {:?} {:.0} MB/s", t.elapsed(), mb(t.elapsed()));
    let as_of = dossier_model::date::Date::parse("2026-11-24").expect("a date").first;
    let request = |detail| CheckRequest { as_of, devices: Vec::new(), markets: Vec::new(), detail };
    let t = Instant::now();
    let n: usize = ws
        .check(&request(Detail::Outcomes))
        .iter()
        .map(|c| c.markets.iter().map(|m| m.rows.len()).sum::<usize>())
        .sum();
    println!("judge {:?}, {n} verdicts, {:?} each", t.elapsed(), t.elapsed() / n.max(1) as u32);
    let t = Instant::now();
    let checks = ws.check(&request(Detail::Shortfalls));
    println!("explain {:?}", t.elapsed());
    let t = Instant::now();
    let found = ws.findings(&checks).len();
    println!("findings {:?}, {found}", t.elapsed());
}
