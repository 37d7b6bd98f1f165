//! scratch
#![allow(clippy::print_stdout)]
fn main() {
    let files: Vec<(String, String)> = std::env::args().skip(1).map(|p| (p.clone(), std::fs::read_to_string(&p).unwrap())).collect();
    let law = dossier_tests::naive::Law::read(&files);
    let t = std::time::Instant::now();
    let v = law.verdicts(&files, (2026, 11, 24), &|_, _| true);
    println!("{:?}", t.elapsed());
    let mut n = std::collections::BTreeMap::new();
    for ((d, m, r), v) in &v { println!("{d} {m} {r} {} {:?}", v.outcome, v.planned); *n.entry(v.outcome.clone()).or_insert(0) += 1; }
    println!("{n:?}");
}
