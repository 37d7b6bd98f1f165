//! What messages lead to: advice that can be written down as it stands, and the thing that is to be mended.

mod common;

use common::Project;
use serde_json::Value;

const LAW: &str = r#"
enum way "Ways" { door "Door"  window "Window"  roof "Roof" }
fact remote : bool "Remote"
fact ways   : set of way "Ways"
fact way    : way "Way"
fact born   : date "Day"
fact hatch  : bool "It has a hatch" {
  when      ways has roof
  otherwise no
}
control lock "Lock"
instrument ACME-LAW "Law" { jurisdiction any  force internal  in_force 2026-01-01 }
"#;

/// A project with a requirement.
fn project(requirement: &str, device: &str) -> Project {
    let p = Project::new();
    p.file("dossier.toml", "as_of = 2026-11-23\nrulebooks = [\"law.rulebook\"]\n");
    let head =
        "under ACME-LAW  clause unverified  source background  strength shall\n  because \"It is so.\"";
    p.file("law.rulebook", &format!("{LAW}requirement ACME-1 \"One\" {{\n  {head}\n  {requirement}\n}}\n"));
    p.file("house.dossier", &format!("device house \"House\" {{\n{device}\n}}\n"));
    p
}

fn json(p: &Project, arguments: &[&str]) -> Value {
    let ran = p.run(&[&["check", "--format", "json"], arguments].concat());
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}\n{}{}", ran.out, ran.err))
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// The diagnostics of a code.
fn of<'v>(check: &'v Value, code: &str) -> Vec<&'v Value> {
    list(check, "diagnostics").iter().filter(|d| d["code"] == code).collect()
}

fn only_verdict(check: &Value) -> &Value {
    &check["devices"][0]["markets"][0]["verdicts"][0]
}

#[test]
fn what_a_fix_writes_can_be_read() {
    let facts = "require remote or ways has roof or way == door or born <= 2026-01-01\n  test \"x\" met { remote yes }";
    let device = "  version \"1\"";
    let p = project(facts, device);
    let before = p.read("house.dossier");
    let check = json(&p, &[]);
    let mut tried = Vec::new();
    for d in of(&check, "V0101") {
        for fix in list(d, "fixes") {
            let edit = &list(fix, "edits")[0];
            let at = edit["range"]["start"]["offset"].as_u64().expect("an offset") as usize;
            let text = edit["text"].as_str().expect("a text");
            p.file("house.dossier", &format!("{}{text}{}", &before[..at], &before[at..]));
            let after = json(&p, &[]);
            let errors: Vec<&Value> = list(&after, "diagnostics")
                .iter()
                .filter(|d| d["code"].as_str().is_some_and(|c| c.starts_with('E')))
                .collect();
            assert!(errors.is_empty(), "{text}: {errors:?}");
            tried.push(text.trim().to_owned());
        }
    }
    tried.sort();
    // A day cannot be guessed.
    assert_eq!(tried, ["remote no", "remote yes", "way door", "way roof", "way window", "ways []"]);
}

#[test]
fn a_fact_that_makes_no_sense_leads_to_what_makes_it_so() {
    let p = project(
        "when hatch\n  require control(lock)\n  test \"x\" not_applicable { ways [] }",
        "  ways [door]",
    );
    let check = json(&p, &[]);
    let verdict = only_verdict(&check);
    assert_eq!(verdict["outcome"], "not_applicable");
    let rests: Vec<&str> = list(verdict, "rests_on").iter().filter_map(|r| r["what"].as_str()).collect();
    assert_eq!(rests, ["fact ways"], "{verdict}");
}

#[test]
fn values_are_called_by_their_names() {
    let p = project(
        "for w in ways\n  require w == door or control(lock)\n  test \"x\" met { ways [door] }",
        "  ways [door, roof]",
    );
    let check = json(&p, &[]);
    let text = only_verdict(&check).to_string();
    assert!(text.contains("roof") && !text.contains("Enum("), "{text}");
}

#[test]
fn a_deadline_is_not_to_blame() {
    let p =
        project("require control(lock) by born\n  test \"x\" unmet { born 2026-01-01 }", "  born 2026-01-01");
    let check = json(&p, &[]);
    assert_eq!(of(&check, "V0111").len(), 1);
    assert!(of(&check, "V0113").is_empty(), "the day itself is not wrong");
}

#[test]
fn what_was_not_looked_at_is_not_called_needless() {
    let p = project(
        "require control(lock)\n  test \"x\" unmet { }",
        "  market KR { class 2 }\n  waive KR-SEC-2 { because \"So.\"  approved_by \"Me\"  until 2027-01-01 }",
    );
    assert!(of(&json(&p, &["--market", "any"]), "V0202").is_empty());
    // Looked at, the claim about a market that the device does not have is needless.
    let q = project(
        "require control(lock)\n  test \"x\" unmet { }",
        "  waive KR-SEC-2 { because \"So.\"  approved_by \"Me\"  until 2027-01-01 }",
    );
    assert_eq!(of(&json(&q, &[]), "V0202").len(), 1);
}

#[test]
fn what_is_switched_off_counts_and_is_said() {
    let p = project("require control(lock)\n  test \"x\" unmet { }", "  born 2026-01-01");
    let toml = p.read("dossier.toml");
    for key in ["requirement]\nACME-1", "instrument]\nACME-LAW"] {
        p.file("dossier.toml", &format!("{toml}[severity.{key} = \"off\"\n"));
        let check = json(&p, &[]);
        assert!(of(&check, "V0111").is_empty(), "{key}");
        assert_eq!(check["devices"][0]["markets"][0]["counts"]["unmet"], 1, "{key}");
        p.run(&["check"]).ends(0).says("switches off").says("unmet");
    }
}

#[test]
fn a_value_that_cannot_be_read_is_asked_for_where_it_stands() {
    let p = project(
        "require control(lock)\n  test \"x\" unmet { }",
        "  software samd\n  situations []\n  has_no [model]\n  market KR {\n    class 2\n    connections [ether]\n  }",
    );
    let check = json(&p, &["--market", "KR"]);
    let asked: Vec<&Value> = of(&check, "V0101")
        .into_iter()
        .filter(|d| d["message"].as_str().is_some_and(|m| m.contains("`connections` could not be read")))
        .collect();
    assert_eq!(asked.len(), 1, "{check}");
    assert_eq!(asked[0]["range"]["start"]["line"], 7);
}

#[test]
fn what_is_said_is_compared_with_what_follows() {
    let p = project(
        "require way == device.wanted\n  test \"x\" met { remote yes  way door }\n}\nderived wanted : way {\n  table [remote] {\n    yes -> door\n    no  -> roof\n  }",
        "  remote no\n  way window",
    );
    let check = json(&p, &[]);
    let found = of(&check, "V0113");
    assert_eq!(found.len(), 1, "the answers behind it are not told one by one: {found:?}");
    let text = found[0].to_string();
    assert!(text.contains("`wanted` is `roof`, from `remote`"), "{text}");
}
