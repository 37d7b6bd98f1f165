//! Checks paths and prints the diagnostics plainly, for work on the crate itself.
#![allow(clippy::print_stdout)]

use dossier_workspace::{CheckRequest, OpenOptions, Workspace};

fn main() {
    let paths = std::env::args().skip(1).map(Into::into).collect();
    let start = std::time::Instant::now();
    let ws = Workspace::open(&OpenOptions { paths, ..OpenOptions::default() }).expect("paths exist");
    let opened = start.elapsed();
    let as_of = dossier_model::date::Date::parse("2026-11-24").expect("a date").first;
    let detail = dossier_verdict::Detail::Shortfalls;
    let checks = ws.check(&CheckRequest { as_of, devices: Vec::new(), markets: Vec::new(), detail });
    let checked = start.elapsed();
    let mut all = ws.static_diagnostics();
    all.extend(ws.findings(&checks));
    for d in &all {
        let at = d.place.map_or(String::new(), |p| {
            let s = ws.source(p.file).expect("a source");
            let at = dossier_base::Lines::new(&s.text).line_col(p.start());
            format!("{}:{}:{}", s.path, at.line, at.column)
        });
        println!("{at}: {} {}: {}", d.severity.as_str(), d.code.id, d.message);
        for n in &d.notes {
            println!("    {}", n.text);
        }
    }
    for c in &checks {
        for m in &c.markets {
            let mut counts = std::collections::BTreeMap::new();
            for r in &m.rows {
                *counts.entry(r.judgement.outcome.as_str()).or_insert(0) += 1;
            }
            println!("{:?} {counts:?}", m.place);
        }
    }
    println!("open {opened:?}, check {:?}, all {:?}", checked - opened, start.elapsed());
}
