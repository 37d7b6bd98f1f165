//! `dossier rules`

mod common;

use common::Project;
use serde_json::Value;

#[test]
fn list_filters() {
    let p = Project::lantern();
    let ids = |arguments: &[&str]| {
        let ran = p.run(&[&["rules", "list", "--format", "json"], arguments].concat());
        ran.ends(0);
        let list: Value = serde_json::from_str(&ran.out).expect("JSON");
        let list = list.as_array().expect("a list").clone();
        list.iter().map(|r| r["id"].as_str().expect("an id").to_owned()).collect::<Vec<_>>()
    };
    let all = ["XA-ACT-1", "XA-ACT-2", "XA-ACT-3", "XA-ACT-4", "XA-ACT-5"];
    assert_eq!(ids(&["--market", "XA"]), all);
    assert_eq!(ids(&["--instrument", "XA-ACT"]), all);
    assert_eq!(ids(&["--force", "internal"]), ["OWN-POLICY-1"]);
    assert_eq!(ids(&["--market", "any"]), ["OWN-POLICY-1"]);
    assert_eq!(ids(&["--control", "xa_seal"]), ["XA-ACT-3"]);
    assert!(ids(&["--market", "XA", "--date", "2024-12-31"]).is_empty());
    assert_eq!(ids(&["--market", "XA", "--date", "2025-01-01"]).len(), 5);
    assert!(ids(&[]).len() > 100);
    let ran = p.run(&["rules", "list", "--market", "XA", "--format", "json"]);
    let list: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(
        list[0],
        serde_json::json!({
            "id": "XA-ACT-1", "title": "Users sign in", "jurisdiction": "XA", "instrument": "XA-ACT", "clause": "第一條",
            "source": "seen_primary", "gate": "none", "force": "statute", "strength": "shall", "family": null, "editions": [],
            "in_force": [{ "edition": null, "date": "2025-01-01", "when": null }], "until": null, "supersedes": [],
            "covers": [], "reading": null, "controls": ["xa_sign_in"], "facts": ["class"], "evidence": ["xa_report"],
            "because": "Nobody uses a lantern without signing in, and a session ends after ten idle minutes.",
            "clauses": [], "conditions": ["applies when class == II"], "require": "control(xa_sign_in) where timeout <= 10 min",
            "definitions": {}, "exceptions": [],
            "accepts": ["a justification (a reason is enough)", "an alternative with evidence of kind `xa_report`"]
        })
    );
    assert!(list[2]["clause"].is_null());
}

#[test]
fn list_for_people() {
    let p = Project::lantern();
    let ran = p.run(&["rules", "list", "--market", "XA"]);
    ran.ends(0).says("XA · Atlantis").says("XA-ACT · Act on lanterns").says("5 requirements in 1 instrument");
}

#[test]
fn show_tells_about_everything_that_has_a_name() {
    let p = Project::lantern();
    let cases = [
        ("XA-ACT-1", "control(xa_sign_in) where timeout <= 10 min"),
        ("XA-ACT-2", "and if        `xa_radio`"),
        ("XA-ACT-3", "not verified"),
        ("XA-ACT-4", "for each      `p in xa_parts`"),
        ("XA-ACT", "亞特蘭提斯"),
        ("XA", "燈籠法"),
        ("OWN-POLICY-1", "every device, whatever its markets"),
        ("xa_radio", "Read by 1 requirement"),
        ("xa_sign_in", "`timeout` (a duration"),
        ("xa_report", "What a laboratory found."),
        ("xa_part", "has_no [xa_part]"),
        ("xa_parts", "has_no [xa_part]"),
        ("class", "Read by"),
    ];
    for (name, says) in cases {
        let (name, says) = match name {
            // The two names of this pair stand on each other's page.
            "XA-ACT" => ("XA-ACT", "燈籠法"),
            "XA" => ("XA", "亞特蘭提斯"),
            _ => (name, says),
        };
        p.run(&["rules", "show", name]).ends(0).says(says);
    }
    insta::assert_snapshot!(p.run(&["rules", "show", "XA-ACT-1"]).out);
}

/// Every code and name of the embedded rulebooks has a page.
#[test]
fn every_requirement_has_a_page() {
    let p = Project::new();
    let ran = p.run(&["rules", "list", "--format", "json"]);
    let list: Value = serde_json::from_str(&ran.out).expect("JSON");
    let mut names: Vec<String> = Vec::new();
    for r in list.as_array().expect("a list").iter().step_by(9) {
        names.extend(
            ["id", "instrument", "family", "jurisdiction"]
                .iter()
                .filter_map(|k| r[*k].as_str().map(str::to_owned)),
        );
        for key in ["controls", "facts", "evidence"] {
            names.extend(
                r[key].as_array().expect("a list").iter().filter_map(|c| c.as_str().map(str::to_owned)),
            );
        }
    }
    names.sort();
    names.dedup();
    names.retain(|n| n != "any");
    for name in names {
        let ran = p.run(&["rules", "show", &name]);
        ran.ends(0);
        assert!(!ran.out.contains("row."), "{}", ran.out);
    }
}

#[test]
fn tests_of_rulebooks_run() {
    let p = Project::lantern();
    let own = ["rules", "test", "policy.rulebook"];
    p.run(&own).ends(0).says("17 passed, 0 failed; 6 requirements");
    p.run(&["rules", "test", "--requirement", "XA-ACT-1"]).ends(0).says("4 passed, 0 failed");
    p.change("policy.rulebook", "test \"a long session\" unmet", "test \"a long session\" met");
    let ran = p.run(&own);
    ran.ends(1).says("16 passed, 1 failed").says("expected met, got unmet, on 2025-01-01");
    assert!(ran.out.starts_with("policy.rulebook:55: XA-ACT-1 \"a long session\"\n"), "{}", ran.out);
    p.change("policy.rulebook", "timeout 11 min } }", "timout 11 min } }");
    p.run(&own).ends(1).says("it could not be run").says("did you mean `timeout`?");
}

#[test]
fn coverage_tells_what_no_test_shows() {
    let p = Project::lantern();
    let ran = p.run(&["rules", "coverage", "policy.rulebook"]);
    ran.ends(1).says("XA-ACT-1").says("timeout <= 10 min").says("conditions shown to decide on their own");
    p.run(&["rules", "coverage", "--requirement", "XA-ACT-5"])
        .ends(0)
        .says("100 % of 1 condition")
        .says("0 gaps");
}
