//! `dossier init`

mod common;

use common::Project;

/// No mistake in the file, whatever law says of the device.
#[track_caller]
fn well_formed(p: &Project, file: &str) {
    p.run(&["fmt", "--check", file]).ends(0);
    let ran = p.run(&["check", file, "--format", "json"]);
    let check: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let codes: Vec<&str> =
        check["diagnostics"].as_array().expect("a list").iter().filter_map(|d| d["code"].as_str()).collect();
    assert!(codes.iter().all(|c| c.starts_with('V')), "{codes:?}\n{}", p.read(file));
}

#[test]
fn a_first_file_has_no_mistake_and_asks_what_the_markets_ask() {
    let p = Project::new();
    let markets = p.run(&["rules", "list", "--format", "json"]);
    let listed: serde_json::Value = serde_json::from_str(&markets.out).expect("JSON");
    let mut codes: Vec<&str> =
        listed.as_array().expect("a list").iter().filter_map(|r| r["jurisdiction"].as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.retain(|c| *c != "any");
    assert!(codes.len() >= 4);
    let mut arguments = vec!["init", "pump.dossier", "--title", "Pump \"3\" {\n// x"];
    arguments.extend(codes.iter().flat_map(|c| ["--market", c]));
    p.run(&arguments).ends(0).says("Next: `dossier check pump.dossier`");
    let text = p.read("pump.dossier");
    well_formed(&p, "pump.dossier");
    assert!(text.contains("device pump \"Pump \\\"3\\\" {\\n// x\" {"), "{text}");
    for code in &codes {
        assert!(text.contains(&format!("\n  market {code} {{")), "{code}: {text}");
    }
    // What most verdicts wait for comes first.
    let first = text.lines().find(|l| l.contains(" verdicts):")).expect("a question");
    assert!(first.contains("Kind of software"), "{first}");
    for bare in
        [vec!["init", "--name", "bare"], vec!["init", "set.dossier", "--set", "software=none", "--yes"]]
    {
        p.run(&bare).ends(0);
    }
    well_formed(&p, "bare.dossier");
    well_formed(&p, "set.dossier");
    assert!(p.read("set.dossier").contains("\n  software none\n"));
}

#[test]
fn files_beside_it_are_declared_by_what_they_hold() {
    let p = Project::new();
    p.file("sbom/app.json", "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[]}");
    p.file("other.json", "{\"a\":1}");
    p.run(&["init", "app.dossier"]).ends(0);
    well_formed(&p, "app.dossier");
    let text = p.read("app.dossier");
    assert!(text.contains("evidence sbom \"sbom/app.json\" { kind sbom }"), "{text}");
    assert!(!text.contains("other.json"), "{text}");
}

#[test]
fn what_cannot_be_is_said_and_nothing_written() {
    let p = Project::new();
    let refuse = |arguments: &[&str], why: &str| {
        let ran = p.run(&[&["init", "a.dossier"], arguments].concat());
        ran.ends(2).says(why);
        assert!(!p.path("a.dossier").exists());
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    };
    refuse(&["--market", "QQ"], "no market `QQ` is known");
    refuse(&["--name", "a b"], "such as `a_b`");
    refuse(&["--set", "software"], "`fact=value`");
    refuse(&["--set", "softwear=none"], "did you mean `software`");
    refuse(&["--set", "software=hard"], "unknown value");
    refuse(&["--set", "SG.class=A"], "add `--market SG`");
    refuse(&["--set", "version=\"1\" } device x \"X\" {"], "--set");
    p.file("a.dossier", "mine");
    p.run(&["init", "a.dossier"]).ends(2).says("is there already");
    assert_eq!(p.read("a.dossier"), "mine");
}
