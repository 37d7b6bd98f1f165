//! The naive and the real evaluator agree.
use dossier_tests::generator::*;
use dossier_tests::{naive, real};
use std::collections::BTreeMap;
use std::sync::Arc;

#[test]
fn probe() {
    let files = real::embedded();
    let law = real::Law::read(&files);
    assert!(law.diagnostics.is_empty());
    let naive = naive::Law::read(&files);
    let catalog = Arc::new(Catalog::new(&law.rules));
    println!("requirements {} days {}", catalog.requirements.len(), catalog.days.len());
    let mut dist: BTreeMap<String, usize> = BTreeMap::new();
    let n: u64 = std::env::var("N").ok().and_then(|n| n.parse().ok()).unwrap_or(100);
    let (mut tn, mut tr) = (0.0, 0.0);
    let mut differ = 0;
    let mut invalid: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..n {
        let case = case(&catalog, seed);
        let texts = case.texts();
        let t = std::time::Instant::now();
        let got = law.verdicts(&texts, case.as_of, stands);
        tr += t.elapsed().as_secs_f64();
        let got = match got { Ok(g) => g, Err(e) => { for e in e { *invalid.entry(format!("{seed} {e}")).or_default() += 1; } continue } };
        let t = std::time::Instant::now();
        let want = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| naive.verdicts(&texts, case.as_of, &stands)));
        tn += t.elapsed().as_secs_f64();
        let Ok(want) = want else { println!("seed {seed} naive panics"); continue };
        for v in got.values() { *dist.entry(v.outcome.clone()).or_default() += 1; }
        if want != got {
            differ += 1;
            for (k, w) in &want { if got.get(k) != Some(w) { println!("seed {seed} {k:?} naive {w:?} real {:?}", got.get(k)); } }
            for k in got.keys() { if !want.contains_key(k) { println!("seed {seed} {k:?} naive none real {:?}", got.get(k)); } }
        }
    }
    let total: usize = dist.values().sum();
    for (k, v) in &dist { println!("{k:16} {v:8} {:.2} %", *v as f64 * 100.0 / total as f64); }
    println!("differ {differ} of {n}; naive {:.2} ms real {:.2} ms", tn * 1000.0 / n as f64, tr * 1000.0 / n as f64);
    for (k, v) in invalid.iter().take(40) { println!("{v} {k}"); }
}

#[test]
fn shrink() {
    use proptest::strategy::ValueTree;
    let Ok(seeds) = std::env::var("SEED") else { return };
    let files = real::embedded();
    let law = real::Law::read(&files);
    let naive = naive::Law::read(&files);
    let catalog = Arc::new(Catalog::new(&law.rules));
    std::panic::set_hook(Box::new(|_| {}));
    let differs = |case: &Case| -> Option<String> {
        let texts = case.texts();
        let got = law.verdicts(&texts, case.as_of, stands).ok()?;
        let want = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| naive.verdicts(&texts, case.as_of, &stands))).ok()?;
        let mut out = String::new();
        for (k, w) in &want { if got.get(k) != Some(w) { out += &format!("{k:?} naive {w:?} real {:?}\n", got.get(k)); } }
        for k in got.keys() { if !want.contains_key(k) { out += &format!("{k:?} naive none real {:?}\n", got.get(k)); } }
        (!out.is_empty()).then_some(out)
    };
    for seed in seeds.split(',') {
        let mut tree = Shrinking::new(case(&catalog, seed.parse().expect("a number")));
        while tree.simplify() {
            if differs(&tree.current()).is_none() { tree.complicate(); }
        }
        println!("==== seed {seed}\n{:?}{}", tree.current(), differs(&tree.current()).unwrap_or_default());
    }
}
