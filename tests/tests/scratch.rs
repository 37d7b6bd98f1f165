//! Scratch.
use dossier_tests::generator::*;
use dossier_tests::{naive, real};
use proptest::strategy::ValueTree;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

fn books() -> Vec<(String, String)> {
    if std::env::var("SYN").is_ok() {
        ["vocabulary", "law"]
            .iter()
            .map(|n| {
                let path = format!("{}/fixtures/law/{n}.rulebook", env!("CARGO_MANIFEST_DIR"));
                (path.clone(), std::fs::read_to_string(path).unwrap())
            })
            .collect()
    } else {
        real::embedded()
    }
}
static PANIC: Mutex<String> = Mutex::new(String::new());
fn diff(
    naive: &naive::Law,
    law: &real::Law,
    case: &Case,
) -> Result<(BTreeMap<naive::Key, naive::Verdict>, Vec<(naive::Key, String)>), String> {
    let texts = case.texts();
    let got = law.verdicts(&texts, case.as_of, stands).map_err(|e| format!("invalid {}", e.join("; ")))?;
    let want = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        naive.verdicts(&texts, case.as_of, &stands)
    }))
    .map_err(|_| format!("panic {}", PANIC.lock().unwrap()))?;
    let mut out = Vec::new();
    let show = |v: Option<&naive::Verdict>| {
        v.map_or("none".to_owned(), |v| {
            format!("{}{}", v.outcome, v.planned.map_or(String::new(), |p| format!(" {p:?}")))
        })
    };
    let keys: std::collections::BTreeSet<_> = want.keys().chain(got.keys()).collect();
    for k in keys {
        if want.get(k) != got.get(k) {
            out.push((k.clone(), format!("naive {} real {}", show(want.get(k)), show(got.get(k)))));
        }
    }
    Ok((got, out))
}

#[test]
fn scratch() {
    std::panic::set_hook(Box::new(|i| {
        *PANIC.lock().unwrap() = format!(
            "{} {}",
            i.location().unwrap(),
            i.payload().downcast_ref::<String>().cloned().unwrap_or_default()
        );
    }));
    let files = books();
    let law = real::Law::read(&files);
    for d in &law.diagnostics {
        println!("{} {:?}", real::describe(d), d.subject);
    }
    let naive = naive::Law::read(&files);
    let catalog = Arc::new(Catalog::new(&law.rules));
    let n: u64 = std::env::var("N").ok().and_then(|n| n.parse().ok()).unwrap_or(100);
    let from: u64 = std::env::var("FROM").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut dist: BTreeMap<String, usize> = BTreeMap::new();
    let mut by: BTreeMap<String, (usize, u64, String)> = BTreeMap::new();
    let mut bad: BTreeMap<String, (usize, u64)> = BTreeMap::new();
    let mut per: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    let t = std::time::Instant::now();
    for seed in from..from + n {
        let case = case(&catalog, seed);
        match diff(&naive, &law, &case) {
            Ok((got, d)) => {
                for (k, v) in &got {
                    *per.entry(k.2.clone()).or_default().entry(v.outcome.clone()).or_default() += 1;
                }
                for v in got.values() {
                    *dist.entry(v.outcome.clone()).or_default() += 1;
                }
                for (k, text) in d {
                    let e = by.entry(k.2.clone()).or_insert((0, seed, text));
                    e.0 += 1;
                }
            }
            Err(e) => {
                let e: String = e.chars().take(200).collect();
                bad.entry(e).or_insert((0, seed)).0 += 1;
            }
        }
    }
    let total: usize = dist.values().sum();
    for (k, v) in &dist {
        println!("{k:16} {v:8} {:.2} %", *v as f64 * 100.0 / total as f64);
    }
    println!("{n} cases, {:.1} s", t.elapsed().as_secs_f64());
    for (k, v) in &bad {
        println!("BAD {v:?} {k}");
    }
    for (k, v) in &by {
        println!("DIFF {k} {v:?}");
    }
    if std::env::var("PER").is_ok() {
        for r in &catalog.requirements {
            let m = per.remove(r.code.as_str()).unwrap_or_default();
            let lacks: Vec<&str> = ["met", "unmet", "unknown"]
                .into_iter()
                .filter(|o| m.get(*o).copied().unwrap_or(0) == 0)
                .collect();
            if !lacks.is_empty() {
                println!("LACKS {} {:?} {m:?}", r.code, lacks);
            }
        }
    }
    if std::env::var("SHRINK").is_ok() {
        let mut done = 0;
        for (code, (_, seed, _)) in &by {
            if let Ok(only) = std::env::var("ONLY")
                && !only.split(',').any(|o| o == code)
            {
                continue;
            }
            let differs = |case: &Case| {
                diff(&naive, &law, case).ok().and_then(|(_, d)| d.into_iter().find(|(k, _)| k.2 == *code))
            };
            let mut tree = Shrinking::new(case(&catalog, *seed));
            while tree.simplify() {
                if differs(&tree.current()).is_none() {
                    tree.complicate();
                }
            }
            println!("==== seed {seed}\n{:?}{:?}", tree.current(), differs(&tree.current()));
            done += 1;
            if done > 12 {
                break;
            }
        }
    }
}
