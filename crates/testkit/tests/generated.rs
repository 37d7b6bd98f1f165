//! What the generators write is what they say: sound, and as broken as the reference.

use dossier_testkit::world::World;
use dossier_verdict::{AllStand, Detail, Options, check_device};
use dossier_xtask::generate::{Output, workload, workspace};

fn collect(
    write: impl FnOnce(&mut dyn FnMut(Output) -> Result<(), String>) -> Result<(), String>,
) -> Vec<(String, String)> {
    let mut files = Vec::new();
    write(&mut |file| {
        if dossier_testkit::corpus::is_dossier(&file.path) {
            files.push((file.path, file.text));
        }
        Ok(())
    })
    .expect("the sink takes all");
    files
}

fn no_diagnostics(world: &World) {
    let found: Vec<String> = world.diagnostics().iter().map(|d| world.show(d)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_generated_workspace_has_no_error_of_syntax_name_or_type() {
    let world = World::new(collect(|sink| workspace::write(60, sink)), true);
    no_diagnostics(&world);
}

/// How many requirements of the workload fall short.
fn falling_short(world: &World) -> usize {
    let model = world.model();
    let as_of = workload::AS_OF.parse().expect("a date");
    let options = Options { as_of, markets: &[], detail: Detail::Outcomes };
    let checks =
        model.devices().map(|(id, _)| check_device(&model, id, &AllStand, &options).expect("a device"));
    checks.flat_map(|c| c.markets).flat_map(|m| m.rows).filter(|r| r.judgement.outcome.falls_short()).count()
}

#[test]
fn the_workload_breaks_as_many_rules_in_dossier_as_in_the_reference() {
    for (devices, broken) in [(1, 7), (100, 161), (1_000, 1_740)] {
        let files = collect(|sink| workload::write(devices, sink).map(drop));
        let world = World::new(files, false);
        if devices <= 100 {
            no_diagnostics(&world);
        }
        assert_eq!(falling_short(&world), broken, "in {devices} devices");
    }
}

#[test]
fn the_workload_stands_beside_the_embedded_law_and_its_tests_pass() {
    let world = World::new(collect(|sink| workload::write(10, sink).map(drop)), true);
    no_diagnostics(&world);
    let rules = world.rules();
    let mut passed = 0;
    for (id, r) in rules.law.requirements.enumerate().filter(|(_, r)| r.code.as_str().starts_with("WL-")) {
        for run in dossier_verdict::run_tests(rules, id) {
            assert!(run.passed(), "{} \"{}\": {:?}", r.code, run.title, run.got);
            passed += 1;
        }
    }
    assert_eq!(passed, 400);
}
