//! The naive and the real evaluator agree on random devices: the outcome of every requirement in every market, and
//! the day of what is planned.
//!
//! `DOSSIER_CASES=20000` runs more of them; `DOSSIER_SEED=7` others. A case on which they differ is made as small as
//! it gets, and printed.

#![allow(clippy::print_stdout)] // Figures are for who runs it.

use dossier_tests::generator::{Case, Cases};
use dossier_tests::worlds::{self, World, cases, differences};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use std::cell::RefCell;
use std::collections::BTreeMap;

const OUTCOMES: [&str; 7] = ["met", "justified", "planned", "waived", "unmet", "unknown", "not_applicable"];

/// Outcomes by requirement.
type Seen = BTreeMap<String, BTreeMap<String, usize>>;

fn runner(cases: u32) -> TestRunner {
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 1_000_000,
        max_global_rejects: cases,
        ..Config::default()
    };
    let seed: u64 = std::env::var("DOSSIER_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// Runs cases; gives what came of them.
fn agree(world: &World, count: u32) -> Seen {
    let seen: RefCell<Seen> = RefCell::default();
    let check = |case: Case| {
        // What is taken out of a case may leave a name without its declaration: no case then.
        let real = world.real(&case).map_err(TestCaseError::reject)?;
        let naive = world.naive(&case).map_err(TestCaseError::fail)?;
        let differ: Vec<String> = differences(&naive, &real).iter().map(ToString::to_string).collect();
        if !differ.is_empty() {
            return Err(TestCaseError::fail(differ.join("\n")));
        }
        let mut seen = seen.borrow_mut();
        for ((_, _, code), verdict) in real {
            *seen.entry(code).or_default().entry(verdict.outcome).or_default() += 1;
        }
        Ok(())
    };
    match runner(count).run(&Cases(world.catalog.clone()), check) {
        Ok(()) => {}
        Err(TestError::Fail(why, case)) => panic!("they differ:\n{why}\n\n{case:?}"),
        Err(TestError::Abort(why)) => panic!("cases that are not well formed: {why}"),
    }
    seen.into_inner()
}

/// Prints what came of the cases; that each outcome is at least a hundredth of them.
fn spread(what: &str, count: u32, seen: &Seen) {
    let total: usize = seen.values().flat_map(BTreeMap::values).sum();
    let of = |outcome: &str| -> usize { seen.values().filter_map(|s| s.get(outcome)).sum() };
    let percent = |outcome: &str| 100.0 * of(outcome) as f64 / total as f64;
    println!("{what}: {count} devices, {total} verdicts on {} requirements", seen.len());
    for outcome in OUTCOMES {
        println!("  {outcome:<15}{:>8}{:>8.2} %", of(outcome), percent(outcome));
    }
    for outcome in OUTCOMES {
        assert!(
            percent(outcome) >= 1.0,
            "{what}: {outcome} is only {:.2} % of the verdicts",
            percent(outcome)
        );
    }
}

#[test]
fn they_agree_on_the_embedded_law() {
    let world = worlds::embedded();
    let count = cases(1_000);
    let seen = agree(world, count);
    spread("embedded law", count, &seen);
    let silent: Vec<&str> = world
        .catalog
        .requirements
        .iter()
        .map(|r| r.code.as_str())
        .filter(|c| !seen.contains_key(*c))
        .collect();
    assert!(silent.is_empty(), "never asked: {silent:?}");
}

#[test]
fn they_agree_on_made_up_law_that_uses_every_construct() {
    let world = worlds::made_up();
    let count = cases(2_500);
    let seen = agree(world, count);
    spread("made-up law", count, &seen);
    // Of each requirement it is seen that it is met, and that it is not.
    let mut one_sided = Vec::new();
    for r in &world.catalog.requirements {
        let outcomes = seen.get(r.code.as_str());
        let comes_out = |o: &str| outcomes.is_some_and(|s| s.contains_key(o));
        if !comes_out("met") || !comes_out("unmet") {
            one_sided.push(r.code.as_str());
        }
    }
    // Those that no device can answer, or that all do.
    assert_eq!(one_sided, ["YY-T25", "YY-T37", "YY-T38", "OWN-2"]);
}

#[test]
fn they_agree_on_the_tests_of_all_rulebooks() {
    for world in [worlds::embedded(), worlds::made_up()] {
        let law = &world.real.rules.law;
        let mut naive: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        for test in world.naive.tests() {
            naive.entry((test.requirement, test.title)).or_default().push(test.got);
        }
        let mut wrong = Vec::new();
        let mut ran = 0;
        for id in law.requirements.ids() {
            let mut real: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
            for run in dossier_verdict::run_tests(&world.real.rules, id) {
                ran += 1;
                let key = (law.requirements[id].code.to_string(), run.title.to_string());
                let got = run.got.map_or("it could not be run", |g| g.as_str());
                if got != run.expects.as_str() {
                    wrong.push(format!(
                        "{} \"{}\": expected {}, got {got}",
                        key.0,
                        key.1,
                        run.expects.as_str()
                    ));
                }
                real.entry(key).or_default().push(got.to_owned());
            }
            for (key, got) in real {
                if naive.get(&key) != Some(&got) {
                    wrong.push(format!("{} \"{}\": real {got:?}, naive {:?}", key.0, key.1, naive.get(&key)));
                }
            }
        }
        println!("{ran} tests of rulebooks");
        assert!(ran > 100 && wrong.is_empty(), "{} of {ran}:\n{}", wrong.len(), wrong.join("\n"));
    }
}
