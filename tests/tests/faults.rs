//! Faults planted in the real evaluator, one at a time: for each, something that runs in CI notices.
//!
//! What notices are the devices of `differential.rs` (fewer of them), the settled cases of `settled.rs`, and the tests
//! in the embedded rulebooks. A fault that nothing notices fails the test.

use dossier_model::law::RequirementId;
use dossier_tests::generator::{Case, case};
use dossier_tests::naive::{Key, Verdict};
use dossier_tests::settled;
use dossier_tests::worlds::{self, World};
use dossier_verdict::{FAULTS, plant, run_tests};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};

/// A case and what the naive evaluator makes of it.
struct Known<'w> {
    world: &'w World,
    case: Case,
    verdicts: BTreeMap<Key, Verdict>,
}

fn known(world: &'static World, count: u64) -> Vec<Known<'static>> {
    (0..count)
        .map(|seed| {
            let case = case(&world.catalog, seed);
            let verdicts = world.naive(&case).expect("the naive evaluator takes it");
            Known { world, case, verdicts }
        })
        .collect()
}

/// The first case on which the evaluators differ.
fn first(cases: &[Known<'_>]) -> Option<usize> {
    cases.iter().position(|k| k.world.real(&k.case).ok().as_ref() != Some(&k.verdicts))
}

/// The first requirement a test of which does not come out as it expects.
fn first_test(world: &World) -> Option<String> {
    let law = &world.real.rules.law;
    let fails = |id: &RequirementId| run_tests(&world.real.rules, *id).iter().any(|run| !run.passed());
    law.requirements.ids().find(fails).map(|id| law.requirements[id].code.to_string())
}

#[test]
fn each_planted_fault_is_caught() {
    assert!(FAULTS.len() >= 20, "twenty faults at least");
    let (made_up, embedded) = (known(worlds::made_up(), 300), known(worlds::embedded(), 120));
    plant(0);
    assert_eq!((first(&made_up), first(&embedded)), (None, None), "nothing is planted, and they differ");
    assert_eq!(first_test(worlds::embedded()), None, "nothing is planted, and a rulebook's test fails");
    assert_eq!(settled::first_wrong(), None, "nothing is planted, and a settled case comes out otherwise");

    let next = AtomicU8::new(1);
    let caught: Vec<(u8, String)> = std::thread::scope(|scope| {
        let work = || {
            let mut caught = Vec::new();
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if usize::from(n) > FAULTS.len() {
                    return caught;
                }
                plant(n);
                let mut by = Vec::new();
                by.extend(settled::first_wrong().map(|what| format!("settled case \"{what}\"")));
                by.extend(first(&made_up).map(|i| format!("made-up law, device {i}")));
                by.extend(first(&embedded).map(|i| format!("embedded law, device {i}")));
                by.extend(first_test(worlds::embedded()).map(|code| format!("rulebook tests of {code}")));
                plant(0);
                caught.push((n, by.join("; ")));
            }
        };
        let others: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        others.into_iter().flat_map(|t| t.join().expect("no fault makes it panic")).collect()
    });
    let mut caught = caught;
    caught.sort();
    for (n, by) in &caught {
        println!(
            "{n:>2} {}\n   {}",
            FAULTS[usize::from(*n) - 1],
            if by.is_empty() { "SURVIVES" } else { by }
        );
    }
    let survive: Vec<u8> = caught.iter().filter(|(_, by)| by.is_empty()).map(|(n, _)| *n).collect();
    assert!(survive.is_empty(), "these faults survive: {survive:?}");
}
