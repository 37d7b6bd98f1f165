//! The traps that others fell into (the table at the head of the list of peers), as far as language and check go: each
//! is a test that names the trap.

use dossier_tests::program::program;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// The project of `fixtures/traps`, in a folder of its own.
struct Project(tempfile::TempDir);

/// What a run gave.
struct Ran {
    status: i32,
    out: String,
    all: String,
}

impl Project {
    fn new() -> Self {
        let project = Self(tempfile::tempdir().expect("a temporary folder"));
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/traps");
        for name in ["dossier.toml", "policy.rulebook", "lamp.dossier"] {
            project.write(name, &std::fs::read_to_string(from.join(name)).expect("a fixture"));
        }
        project
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.path().join(name), text).expect("a file in a temporary folder");
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).expect("a file of the project")
    }

    /// Puts something in place of something that stands there once.
    fn replace(&self, name: &str, this: &str, that: &str) {
        let text = self.text(name);
        assert_eq!(text.matches(this).count(), 1, "`{this}` in {name}");
        self.write(name, &text.replace(this, that));
    }

    /// With these lines more in the device.
    fn says(&self, lines: &str) {
        self.replace("lamp.dossier", "  zz_radio no\n", &format!("  zz_radio no\n{lines}\n"));
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let ran = Command::new(program())
            .args(arguments)
            .current_dir(self.0.path())
            .env("NO_COLOR", "1")
            .env_remove("COLUMNS")
            .output()
            .expect("the program runs");
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        let (out, err) = (text(&ran.stdout), text(&ran.stderr));
        assert!(!err.contains("internal error"), "{err}");
        Ran { status: ran.status.code().expect("a status"), all: format!("{out}{err}"), out }
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let ran = self.run(&[&["check", "--format", "json"], arguments].concat());
        serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {}", ran.all))
    }

    /// Outcomes of the one device in ZZ.
    fn outcomes(&self, arguments: &[&str]) -> BTreeMap<String, String> {
        let json = self.json(arguments);
        let verdicts = json["devices"][0]["markets"][0]["verdicts"].as_array().expect("verdicts");
        let text = |v: &Value| v.as_str().expect("a text").to_owned();
        verdicts.iter().map(|v| (text(&v["requirement"]), text(&v["outcome"]))).collect()
    }

    /// Codes of the diagnostics.
    fn codes(&self, arguments: &[&str]) -> Vec<String> {
        let json = self.json(arguments);
        let all = json["diagnostics"].as_array().expect("diagnostics");
        all.iter().map(|d| d["code"].as_str().expect("a code").to_owned()).collect()
    }
}

impl Ran {
    #[track_caller]
    fn says(&self, what: &str) {
        assert!(self.all.contains(what), "`{what}` is not in\n{}", self.all);
    }
}

#[test]
fn trap_an_unknown_requirement_in_a_waiver_is_ignored_and_everything_passes() {
    for word in ["waive", "justify", "alternative"] {
        let p = Project::new();
        p.says(&format!("  {word} ZZ-ACT-21 {{ because \"So.\" }}"));
        let ran = p.run(&["check"]);
        assert_eq!(ran.status, 1);
        ran.says("ZZ-ACT-21");
        ran.says("did you mean `ZZ-ACT-1`, `ZZ-ACT-2`");
    }
    // The same of a test, of `conforms`, of an exception, of a device and a market that are asked for.
    let p = Project::new();
    p.replace(
        "policy.rulebook",
        "test \"conforms\" met { conforms [ZZ-ACT-2] }",
        "test \"c\" met { conforms [ZZ-ACT-22] }",
    );
    let ran = p.run(&["check"]);
    assert_ne!(ran.status, 0);
    ran.says("ZZ-ACT-22");
    let p = Project::new();
    p.replace("policy.rulebook", "conforms(ZZ-ACT-2) or", "conforms(ZZ-ACT-22) or");
    let ran = p.run(&["check"]);
    assert_ne!(ran.status, 0);
    ran.says("ZZ-ACT-22");
    assert_eq!(p.outcomes(&[])["ZZ-ACT-3"], "unknown", "what cannot be read is not met");
    for arguments in [["--device", "lmp"], ["--market", "XX"]] {
        let ran = Project::new().run(&[&["check"], &arguments[..]].concat());
        assert_eq!(ran.status, 2, "{}", ran.all);
    }
    // And of severities: one for a requirement that does not exist would change nothing.
    let p = Project::new();
    p.write("dossier.toml", "rulebooks = [\"policy.rulebook\"]\nas_of = 2026-11-23\n[severity.requirement]\n\"ZZ-ACT-11\" = \"off\"\n");
    let ran = p.run(&["check"]);
    assert_ne!(ran.status, 0);
    ran.says("ZZ-ACT-11");
}

#[test]
fn trap_a_rulebook_that_does_not_exist_is_ignored() {
    let p = Project::new();
    p.write("dossier.toml", "rulebooks = [\"polici.rulebook\"]\nas_of = 2026-11-23\n");
    let ran = p.run(&["check"]);
    assert_ne!(ran.status, 0);
    ran.says("polici.rulebook");
}

#[test]
fn trap_a_type_error_drops_the_rule_and_the_check_passes() {
    for (this, that) in [
        ("require  control(zz_sign_in)", "require  control(zz_sign_in) where timeout <= 3"),
        ("require  control(zz_sign_in)", "require  zz_radio >= 3"),
        ("require  control(zz_sign_in)", "require  not control(zz_sign_in)"),
        ("require  control(zz_sign_in)", "require  control(zz_sing_in)"),
        ("require  control(zz_sign_in)", "require  control(zz_sign_in"),
        ("require  control(zz_sign_in)", "require"),
    ] {
        let p = Project::new();
        p.replace("policy.rulebook", this, that);
        p.says("  control zz_sign_in { status implemented }");
        let ran = p.run(&["check"]);
        assert_ne!(ran.status, 0, "{that}");
        let outcomes = p.outcomes(&[]);
        assert_eq!(outcomes.len(), 4, "{that}: no requirement is dropped");
        assert_eq!(outcomes["ZZ-ACT-1"], "unknown", "{that}");
    }
    // A condition of the whole instrument that cannot be read makes nothing inapplicable.
    let p = Project::new();
    p.replace(
        "policy.rulebook",
        "  given    { class II }\n",
        "  applies  when zz_radoi\n  given    { class II }\n",
    );
    assert_ne!(p.run(&["check"]).status, 0);
    assert!(p.outcomes(&[]).values().all(|o| o == "unknown"), "{:?}", p.outcomes(&[]));
}

#[test]
fn trap_a_comment_on_the_line_of_a_rule_drops_it() {
    let p = Project::new();
    assert_eq!(p.outcomes(&[]).len(), 4, "each requirement is there, whatever comments stand beside it");
    let ran = p.run(&["rules", "test"]);
    assert_eq!(ran.status, 0, "{}", ran.all);
    // How many are loaded is told, and is what the text holds.
    let json: Value = serde_json::from_str(&p.run(&["rules", "list", "--format", "json"]).out).expect("JSON");
    let of_zz = json.as_array().expect("a list").iter().filter(|r| r["jurisdiction"] == "ZZ").count();
    assert_eq!(of_zz, p.text("policy.rulebook").matches("\nrequirement ").count());
}

#[test]
fn trap_recovery_of_the_parser_yields_a_pass() {
    let p = Project::new();
    p.says("  control zz_sign_in { status implemented }\n  control zz_log { status ] implemented }");
    let outcomes = p.outcomes(&[]);
    assert_eq!(outcomes["ZZ-ACT-1"], "met", "what could be read counts");
    assert_eq!(outcomes["ZZ-ACT-3"], "unknown", "what could not be read is neither there nor absent");
    assert_eq!(p.run(&["check"]).status, 1);
}

#[test]
fn trap_not_applicable_inside_and_fails_inside_or_passes() {
    let p = Project::new();
    let outcomes = p.outcomes(&[]);
    assert_eq!(outcomes["ZZ-ACT-2"], "not_applicable");
    // Nothing that conforms could be shown: `or` does not pass on it.
    assert_eq!(outcomes["ZZ-ACT-3"], "unmet");
    // And a duty whose condition does not hold is not asked, whatever stands in its `and`.
    assert_eq!(outcomes["ZZ-ACT-4"], "not_applicable");
    p.says("  control zz_log { status implemented }");
    assert_eq!(p.outcomes(&[])["ZZ-ACT-3"], "met", "the other side of `or` is enough");
    p.replace("lamp.dossier", "zz_radio no", "zz_radio yes");
    let outcomes = p.outcomes(&[]);
    assert_eq!(
        (&*outcomes["ZZ-ACT-2"], &*outcomes["ZZ-ACT-4"]),
        ("unmet", "unmet"),
        "one side of `and` is not"
    );
}

#[test]
fn trap_not_applicable_is_counted_as_passed() {
    let p = Project::new();
    let json = p.json(&[]);
    let counts = &json["devices"][0]["markets"][0]["counts"];
    assert_eq!((&counts["met"], &counts["not_applicable"]), (&Value::from(0), &Value::from(2)), "{counts}");
    // The share states of how many: those that are asked.
    p.run(&["check"]).says("0 % of 2");
}

#[test]
fn trap_an_expired_exception_holds_in_one_place_and_not_in_another() {
    let p = Project::new();
    let waived = |day: &str| {
        let arguments = ["--as-of", day, "--market", "ZZ"];
        let json = p.outcomes(&arguments)["ZZ-ACT-1"] == "waived";
        let counts = p.json(&arguments)["devices"][0]["markets"][0]["counts"]["waived"] == 1;
        let human = p.run(&[&["check"], &arguments[..]].concat());
        let expired = p.codes(&arguments).iter().any(|c| c == "V0203") || human.all.contains("waiver");
        assert_eq!(json, counts, "{day}: JSON agrees with itself");
        assert_eq!(
            json,
            human.all.contains("the risk of 1 verdict is accepted"),
            "{day}: so do people's eyes"
        );
        assert_eq!(json, !human.all.contains("expired on"), "{day}: {}", human.all);
        (json, expired, human.status)
    };
    let (on_the_day, _, _) = waived("2026-11-23");
    let (day_after, _, status) = waived("2026-11-24");
    assert!(on_the_day && !day_after);
    assert_eq!(status, 1, "what was waived and is not any more fails");
}

#[test]
fn trap_the_last_day_and_the_clock() {
    // Days are calendar days, the last is included, and no clock is asked where a day is given.
    let p = Project::new();
    assert_eq!(p.outcomes(&["--as-of", "2026-11-23"])["ZZ-ACT-1"], "waived");
    assert_eq!(p.outcomes(&["--as-of", "2026-11-24"])["ZZ-ACT-1"], "unmet");
    assert_eq!(p.json(&[])["as_of"], "2026-11-23");
    let ran = p.run(&["check", "--as-of", "yesterday"]);
    assert_eq!(ran.status, 2);
    ran.says("yesterday");
    // The first day of a law is in it, the day before is not.
    assert_eq!(p.outcomes(&["--as-of", "2025-01-01"]).len(), 4);
    assert_eq!(p.outcomes(&["--as-of", "2024-12-31"]).len(), 0);
}

#[test]
fn trap_the_report_changes_the_verdicts() {
    // The same verdicts, counts and exit status in every format, written to a file or not, on any number of threads.
    let p = Project::new();
    let human = p.run(&["check"]);
    for (n, extra) in [&["--threads", "1"][..], &["--threads", "3"], &["--output", "out.json"], &["--all"]]
        .iter()
        .enumerate()
    {
        let ran = p.run(&[&["check", "--format", "json"], *extra].concat());
        assert_eq!(ran.status, human.status, "{extra:?}");
        let text = if n == 2 { p.text("out.json") } else { ran.out };
        let json: Value = serde_json::from_str(&text).expect("JSON");
        let counts = &json["devices"][0]["markets"][0]["counts"];
        for outcome in ["met", "justified", "planned", "waived", "unmet", "unknown", "not_applicable"] {
            let told = p.outcomes(&[]).values().filter(|o| *o == outcome).count();
            assert_eq!(counts[outcome], told, "{outcome} by {extra:?}");
        }
        let summary = &json["summary"];
        human.says(&format!("{} error", summary["errors"]));
    }
}

#[test]
fn trap_an_exception_that_nobody_needs_is_shown_as_if_it_did() {
    let p = Project::new();
    p.says("  control zz_sign_in { status implemented }");
    let ran = p.run(&["check"]);
    ran.says("ZZ-ACT-1");
    assert_eq!(p.outcomes(&[])["ZZ-ACT-1"], "met", "a waiver takes nothing away");
    assert!(ran.all.contains("not needed"), "{}", ran.all);
}

#[test]
fn trap_suppression_is_written_into_each_rule() {
    // Whatever the rule says, one mechanism waives it: also where nothing is accepted in its place.
    let p = Project::new();
    p.replace("policy.rulebook", "  accepts  [justification]\n", "");
    assert_eq!(p.outcomes(&[])["ZZ-ACT-1"], "waived");
}

#[test]
fn trap_branches_of_or_that_do_not_matter_are_reported() {
    let p = Project::new();
    p.says("  control zz_log { status implemented }");
    let json = p.json(&[]);
    let verdicts = json["devices"][0]["markets"][0]["verdicts"].as_array().expect("verdicts");
    let third = verdicts.iter().find(|v| v["requirement"] == "ZZ-ACT-3").expect("a verdict");
    assert_eq!(third["outcome"], "met");
    assert!(!third["rests_on"].to_string().contains("zz_seal"), "{third}");
    assert!(!p.run(&["check", "--all"]).all.contains("ZZ-ACT-3"), "what is met is no finding");
}

#[test]
fn trap_binding_force_is_mixed_with_good_practice() {
    let p = Project::new();
    p.replace("policy.rulebook", "  force    statute\n", "");
    let ran = p.run(&["check"]);
    assert_ne!(ran.status, 0, "an instrument says how it binds");
    ran.says("force");
}

#[test]
fn trap_users_do_not_know_what_a_verdict_means() {
    let p = Project::new();
    let ran = p.run(&["check"]);
    for word in ["waived:", "unmet:", "settled:"] {
        ran.says(word);
    }
    let help = p.run(&["check", "--help"]);
    for word in ["met", "justified", "planned", "waived", "unmet", "unknown", "not applicable"] {
        help.says(word);
    }
}

#[test]
fn trap_one_countrys_law_is_wired_into_the_engine() {
    // Law of a place that nobody has heard of is checked like any other; that the engine's own text names no country
    // is for `cargo xtask tidy`, which is asked here for that alone: no word of the rulebooks stands in the crates.
    let p = Project::new();
    p.says("  control zz_sign_in { status implemented }");
    assert_eq!(p.outcomes(&["--market", "ZZ"])["ZZ-ACT-1"], "met");
}
