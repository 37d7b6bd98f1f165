//! `--since`: only what is new or worse is told and fails.

mod common;

use common::Project;
use serde_json::Value;

fn base(p: &Project) {
    p.run(&["check", "--format", "json", "--output", "base.json"]).ends(1);
}

#[test]
fn nothing_new_fails_nothing_in_any_format() {
    let p = Project::lantern();
    base(&p);
    // Lines move, and a count in a message changes nothing.
    let text = p.read("lantern.dossier");
    p.file("lantern.dossier", &format!("// Moved.\n\n{text}"));
    for format in ["human", "plain", "json", "sarif", "junit", "github", "gitlab"] {
        let ran = p.run(&["check", "--since", "base.json", "--format", format]);
        ran.ends(0);
        match format {
            "human" | "plain" => {
                ran.says("0 findings are new");
            }
            "gitlab" => assert_eq!(ran.out.trim(), "[\n]"),
            "junit" => assert!(!ran.out.contains("<failure")),
            "github" => assert!(!ran.out.contains("::error") && !ran.out.contains("::warning")),
            "sarif" => assert!(ran.out.contains("\"unchanged\"") && !ran.out.contains("\"new\"")),
            _ => {}
        }
    }
}

#[test]
fn what_is_new_fails_and_what_is_solved_is_named() {
    let p = Project::lantern();
    base(&p);
    let check: Value = serde_json::from_str(&p.read("base.json")).expect("JSON");
    let verdicts = check["devices"][0]["markets"].as_array().expect("markets").iter();
    let short = verdicts
        .flat_map(|m| m["verdicts"].as_array().expect("verdicts"))
        .filter(|v| ["unmet", "unknown", "planned"].contains(&v["outcome"].as_str().expect("an outcome")))
        .count();
    assert!(short > 1);
    p.change("lantern.dossier", "device lantern \"", "device lantern2 \"");
    let other = p.run(&["check", "--since", "base.json"]);
    other.ends(2).says("a check of other devices");
    p.change("lantern.dossier", "device lantern2 \"", "device lantern \"");
    let text = p.read("lantern.dossier");
    let end = text.rfind('}').expect("the device ends");
    p.file("lantern.dossier", &format!("{}  xa_radoi yes\n}}\n", &text[..end]));
    let ran = p.run(&["check", "--since", "base.json"]);
    ran.ends(1).says("E0101").says("Since the check for 2026-11-23: ");
    let ran = p.run(&["check", "--since", "base.json", "--format", "json"]);
    let now: Value = serde_json::from_str(&ran.out).expect("JSON");
    let new: Vec<&str> = now["diagnostics"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|d| d["since"] == "new")
        .filter_map(|d| d["code"].as_str())
        .collect();
    assert!(new.contains(&"E0101"), "{new:?}");
}

#[test]
fn what_falls_short_of_more_is_worse() {
    let p = Project::new();
    let rules = |more: &str| {
        format!(
            "fact zz_on : bool \"On\"\ninstrument ZZ-P \"Policy\" {{ jurisdiction any  force internal  in_force 2020-01-01 }}\n\
             requirement ZZ-P-1 \"One\" {{ under ZZ-P  clause unverified  source background  strength shall  because \"It is on.\"\n  require zz_on\n  test \"t\" met {{ zz_on yes }} test \"u\" unmet {{ zz_on no }} }}\n{more}"
        )
    };
    p.file("dossier.toml", "as_of = 2026-11-23\nrulebooks = [\"p.rulebook\"]\n");
    p.file("p.rulebook", &rules("")).file("d.dossier", "device d \"D\" { software none }\n");
    base(&p);
    p.run(&["check", "--since", "base.json"]).ends(0).says("Nothing is new or worse.");
    p.file("p.rulebook", &rules("requirement ZZ-P-2 \"Two\" { under ZZ-P  clause unverified  source background  strength shall  because \"It is on, too.\"\n  require zz_on\n  test \"t\" met { zz_on yes } test \"u\" unmet { zz_on no } }\n"));
    p.run(&["check", "--since", "base.json"]).ends(1).says("1 is worse").says("V0101");
    p.file("d.dossier", "device d \"D\" { software none  zz_on yes }\n");
    p.run(&["check", "--since", "base.json"]).ends(0).says("Solved since then, `d` in any: ZZ-P-1.");
}

#[test]
fn what_is_no_earlier_check_is_refused_in_a_sentence() {
    let p = Project::lantern();
    base(&p);
    let whole = p.read("base.json");
    let refuse = |text: &str, why: &str| {
        p.file("b.json", text);
        let ran = p.run(&["check", "--since", "b.json", "--format", "json", "--output", "out.json"]);
        ran.ends(2).says(why);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
        assert!(!p.path("out.json").exists());
    };
    refuse(&whole[..whole.len() / 2], "is no result of");
    refuse("{}", "is no result of");
    refuse("[]", "is no result of");
    refuse(&whole.replacen("\"format\":1", "\"format\":99", 1), "has format 99");
    refuse(&whole.replacen("\"outcome\":\"unmet\"", "\"outcome\":\"bad\"", 1), "has the outcome `bad`");
    p.run(&["check", "--since", "gone.json"]).ends(2).says("gone.json");
}
