//! `dossier rules diff`

mod common;

use common::{Project, Ran};
use serde_json::Value;
use std::collections::BTreeSet;

/// Made-up law in which everything that a date can do happens once.
const LAW: &str = r#"vocabulary dates

fact xd_fast : bool "Fast" { doc "Yes, if it is fast." }

control xd_bell "Bell" { doc "It has a bell." }

control xd_lamp "Lamp" { doc "It has a lamp." }

evidence_kind xd_paper "Paper" { doc "A paper." }

jurisdiction XD "Datia" { classes [I, II] }

instrument XD-OLD "Old ordinance" {
  jurisdiction XD  force guidance  in_force 2015-01-01  read "full text"
}

requirement XD-OLD-1 "Old" {
  under XD-OLD  clause "1"  source seen_primary  strength should
  require control(xd_bell)
  because "It has a bell."
  test "bell" met { at 2020-01-01  control xd_bell { status implemented } }
  test "none" unmet { at 2020-01-01 }
}

instrument XD-ACT "Act on bells" {
  jurisdiction XD
  force        statute
  read         "full text"
  supersedes   [XD-OLD]
  accepts      [justification]
  edition "A" { in_force 2025-03-01 }
  edition "B" {
    in_force 2026-01-10 when xd_fast
    in_force 2026-07-01
  }
  edition "C" { in_force 2027-01  until 2028-12-31 }
}

requirement XD-ALL "In all" {
  under XD-ACT  source seen_primary  strength shall  editions all
  clause unverified
  edition "A" { clause "Sec 1" }
  edition "C" { clause "Sec 9" }
  require control(xd_bell)
  because "It has a bell."
  test "bell" met { control xd_bell { status implemented } }
  test "none" unmet { }
}

requirement XD-B "Only in B" {
  under XD-ACT  source seen_primary  strength shall  clause "Sec 2"  editions ["B"]
  require control(xd_lamp)
  because "It has a lamp."
  test "lamp" met { xd_fast yes  control xd_lamp { status implemented } }
  test "none" unmet { xd_fast yes }
}

requirement XD-SHORT "For a while" {
  under XD-ACT  source seen_primary  strength should  clause "Sec 3"  editions all
  in_force 2025-06-01
  until    2025-08-31
  require control(xd_lamp)
  because "It has a lamp for a while."
  test "lamp" met { at 2025-07-01  control xd_lamp { status implemented } }
  test "none" unmet { at 2025-07-01 }
}

requirement XD-DAY "From a day on" {
  under XD-ACT  source seen_primary  strength shall  clause "Sec 4"  editions all
  when    as_of >= 2026-03-15
  require control(xd_bell)
  because "From a day on it has a bell."
  test "bell" met { at 2026-04-01  control xd_bell { status implemented } }
  test "none" unmet { at 2026-04-01 }
  test "before" not_applicable { at 2026-03-14 }
}

requirement XD-PAPER "A paper" {
  under XD-ACT  source seen_primary  strength should  clause "Sec 5"  editions all
  require evidence(xd_paper)
  because "There is a paper."
  test "paper" met { evidence p { kind xd_paper } }
  test "none" unmet { }
}

exception XD-GRACE "Grace" {
  under XD-ACT  clause "Sec 6"  source seen_primary  editions all
  exempts [XD-PAPER]
  when    xd_fast
  until   2026-05-31
}
"#;

const DEVICE: &str = r#"device cart "Cart" {
  xd_fast yes

  market XD { class I }

  control xd_bell { status implemented }

  control xd_lamp {
    status planned
    due    2026-09-30
  }

  waive XD-PAPER {
    because     "The paper comes."
    approved_by "Head of Quality"
    until       2027-02-28
  }
}
"#;

fn project() -> Project {
    let p = Project::new();
    p.file("dossier.toml", "as_of = 2026-11-23\nrulebooks = [\"law.rulebook\"]\n");
    p.file("law.rulebook", LAW).file("cart.dossier", DEVICE);
    p
}

/// Between two days, as JSON that has been held against its schema.
fn json(p: &Project, arguments: &[&str]) -> Value {
    let ran = p.run(&[&["rules", "diff", "--format", "json"], arguments].concat());
    ran.ends(0);
    assert_eq!(ran.err, "");
    let value: Value = serde_json::from_str(&ran.out).expect("JSON");
    let schema = p.run(&["schema", "diff"]);
    let schema: Value = serde_json::from_str(&schema.ends(0).out).expect("JSON");
    jsonschema::meta::validate(&schema).expect("a JSON Schema");
    let validator = jsonschema::validator_for(&schema).expect("a JSON Schema");
    let errors: Vec<String> =
        validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert_eq!(errors, Vec::<String>::new(), "{}", ran.out);
    value
}

/// Ids with what becomes of them.
fn changes(diff: &Value) -> Vec<(&str, &str)> {
    let list = diff["requirements"].as_array().expect("a list").iter();
    list.map(|r| (r["id"].as_str().expect("an id"), r["change"].as_str().expect("a change"))).collect()
}

fn one<'d>(diff: &'d Value, id: &str) -> &'d Value {
    let list = diff["requirements"].as_array().expect("a list");
    list.iter().find(|r| r["id"] == id).unwrap_or_else(|| panic!("`{id}` is not in {diff}"))
}

#[test]
fn what_begins_ends_and_changes_between_two_days() {
    let p = project();
    let market = ["--market", "XD"];
    let between = |from, to| json(&p, &[&[from, to], &market[..]].concat());

    let first = between("2025-02-28", "2025-03-01");
    assert_eq!(
        changes(&first),
        [("XD-ALL", "begins"), ("XD-DAY", "begins"), ("XD-PAPER", "begins"), ("XD-OLD-1", "ends")]
    );
    let steps = &one(&first, "XD-ALL")["steps"];
    assert_eq!((&steps[0]["in_force"], &steps[1]["in_force"]), (&false.into(), &true.into()));
    assert_eq!(steps[1]["date"], "2025-03-01");
    assert_eq!(steps[1]["editions"][0]["clause"], "Sec 1");
    assert_eq!(steps[1]["editions"][0]["condition"], Value::Null);

    // In force on neither day is not the same as never.
    let short = between("2025-05-31", "2025-09-01");
    assert_eq!(changes(&short), [("XD-SHORT", "begins_and_ends")]);
    let dates: Vec<&str> = one(&short, "XD-SHORT")["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .filter_map(|s| s["date"].as_str())
        .collect();
    assert_eq!(dates, ["2025-05-31", "2025-06-01", "2025-09-01"]);
    // The last day counts, the next does not.
    assert!(changes(&between("2025-06-01", "2025-08-31")).is_empty());
    assert_eq!(changes(&between("2025-08-31", "2025-09-01")), [("XD-SHORT", "ends")]);

    // First for some devices, then for all.
    let some = between("2026-01-09", "2026-01-10");
    assert!(changes(&some).contains(&("XD-B", "begins")), "{some}");
    let editions = &one(&some, "XD-B")["steps"][1]["editions"];
    assert_eq!((&editions[0]["edition"], &editions[0]["condition"]), (&"B".into(), &"if `xd_fast`".into()));
    assert_eq!((&editions[1]["edition"], &editions[1]["asks"]), (&"A".into(), &false.into()));
    let all = between("2026-06-30", "2026-07-01");
    assert_eq!(one(&all, "XD-B")["change"], "changes");
    assert_eq!(one(&all, "XD-B")["steps"][1]["editions"].as_array().expect("editions").len(), 1);
    assert_eq!(one(&all, "XD-ALL")["steps"][0]["editions"][1]["clause"], "Sec 1");
    assert_eq!(one(&all, "XD-ALL")["steps"][1]["editions"][0]["clause"], Value::Null);

    // A month is told as a month.
    let next = between("2026-12-31", "2027-01-01");
    assert_eq!(one(&next, "XD-B")["change"], "ends");
    assert_eq!(one(&next, "XD-ALL")["steps"][1]["date"], "2027-01");
    assert_eq!(one(&next, "XD-ALL")["steps"][1]["editions"][0]["clause"], "Sec 9");
    let end = between("2028-12-31", "2029-01-01");
    assert_eq!(changes(&end), [("XD-ALL", "ends"), ("XD-DAY", "ends"), ("XD-PAPER", "ends")]);

    // A day that stands in a condition, and an exception that ends.
    assert_eq!(changes(&between("2026-03-14", "2026-03-15")), [("XD-DAY", "day_comes")]);
    assert!(changes(&between("2026-03-16", "2026-03-20")).is_empty());
    let grace = between("2026-05-31", "2026-06-01");
    assert_eq!(changes(&grace), [("XD-PAPER", "changes")]);
    assert_eq!(one(&grace, "XD-PAPER")["steps"][0]["exceptions"][0], "XD-GRACE");
    assert_eq!(one(&grace, "XD-PAPER")["steps"][1]["exceptions"], serde_json::json!([]));
}

#[test]
fn for_people_and_for_documents() {
    let p = project();
    let arguments = ["rules", "diff", "2025-02-28", "2027-03-01", "--market", "XD", "--device", "cart"];
    let ran = p.run(&arguments);
    ran.ends(0);
    assert!(ran.out.lines().all(|l| l.chars().count() <= 80), "{}", ran.out);
    insta::assert_snapshot!("human", ran.out);
    insta::assert_snapshot!("markdown", p.run(&[&arguments[..], &["--format", "markdown"]].concat()).out);
    // Filters hold for devices, too.
    let few =
        p.run(&["rules", "diff", "2025-02-28", "2027-03-01", "--control", "xd_lamp", "--device", "cart"]);
    few.ends(0).says("XD-B").says("XD-SHORT");
    assert!(!few.out.contains("XD-ALL") && !few.out.contains("XD-PAPER"), "{}", few.out);
    p.run(&["rules", "diff", "2025-02-28", "2027-03-01", "--force", "guidance", "--market", "XD"])
        .ends(0)
        .says("1 requirement ends");
    p.run(&["rules", "diff", "2026-03-16", "2026-03-20", "--instrument", "XD-ACT", "--device", "cart"])
        .ends(0)
        .says("No requirement begins, ends or changes between the two days.")
        .says("XD Datia: no verdict moves; 4 are as before.");
}

/// Each verdict that `check` gives on the two days, and no other, is in the difference.
#[test]
fn verdicts_that_move_are_those_of_check() {
    let p = project();
    let outcomes = |day: &str| {
        let ran = p.run(&["check", "--format", "json", "--as-of", day, "--market", "XD"]);
        let check: Value = serde_json::from_str(&ran.out).expect("JSON");
        let rows = check["devices"][0]["markets"][0]["verdicts"].as_array().expect("verdicts").clone();
        rows.iter().map(|v| (v["requirement"].to_string(), v["outcome"].to_string())).collect::<BTreeSet<_>>()
    };
    let days =
        ["2025-02-28", "2025-07-01", "2026-01-10", "2026-03-20", "2026-06-01", "2026-10-01", "2027-03-01"];
    let mut moved = 0;
    for pair in days.windows(2) {
        let (before, after) = (outcomes(pair[0]), outcomes(pair[1]));
        let diff = json(&p, &[pair[0], pair[1], "--market", "XD", "--device", "cart"]);
        let market = &diff["devices"][0]["markets"][0];
        let verdicts = market["verdicts"].as_array().expect("verdicts");
        let side = |name: &str| {
            let given = verdicts.iter().filter(|v| !v[name].is_null());
            given
                .map(|v| (v["requirement"].to_string(), v[name]["outcome"].to_string()))
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(side("before"), before.difference(&after).cloned().collect(), "{pair:?}");
        assert_eq!(side("after"), after.difference(&before).cloned().collect(), "{pair:?}");
        assert_eq!(market["same"], before.intersection(&after).count(), "{pair:?}");
        moved += verdicts.len();
    }
    assert!(moved > 10, "{moved}");
}

#[test]
fn the_reasons_are_told() {
    let p = project();
    let verdict = |from: &str, to: &str, id: &str| {
        let diff = json(&p, &[from, to, "--device", "cart", "--market", "XD"]);
        let list = diff["devices"][0]["markets"][0]["verdicts"].as_array().expect("verdicts").clone();
        list.into_iter().find(|v| v["requirement"] == id).unwrap_or_else(|| panic!("`{id}` does not move"))
    };
    // A plan whose day passes.
    let b = verdict("2026-09-30", "2026-10-01", "XD-B");
    assert_eq!((&b["before"]["outcome"], &b["before"]["due"]), (&"planned".into(), &"2026-09-30".into()));
    assert_eq!(b["after"]["outcome"], "unmet");
    assert_eq!(b["after"]["reasons"], serde_json::json!(["control xd_lamp is not implemented"]));
    // An exception, a waiver, and nothing any more.
    let paper = verdict("2026-05-31", "2026-06-01", "XD-PAPER");
    assert_eq!(
        (&paper["before"]["outcome"], &paper["after"]["outcome"]),
        (&"not_applicable".into(), &"waived".into())
    );
    assert_eq!(paper["before"]["settled_by"], "exception XD-GRACE");
    assert_eq!(paper["after"]["settled_by"], "`waive` in cart.dossier, line 13");
    let paper = verdict("2027-02-28", "2027-03-01", "XD-PAPER");
    assert_eq!(
        (&paper["before"]["outcome"], &paper["after"]["outcome"]),
        (&"waived".into(), &"unmet".into())
    );
    assert_eq!(paper["after"]["reasons"], serde_json::json!(["there is no evidence of kind xd_paper"]));
    // The day itself.
    let day = verdict("2026-03-14", "2026-03-15", "XD-DAY");
    assert_eq!(day["before"]["reasons"], serde_json::json!(["`as_of >= 2026-03-15` does not hold"]));
    assert_eq!(day["after"]["outcome"], "met");
    // Law that comes into force.
    let first = verdict("2025-02-28", "2025-03-01", "XD-ALL");
    assert_eq!(first["before"], Value::Null);
    assert_eq!((&first["after"]["edition"], &first["after"]["clause"]), (&"A".into(), &"Sec 1".into()));
}

fn list(p: &Project, path: &str, arguments: &[&str]) -> Ran {
    let ran = p.run(&[&["rules", "list", "--format", "json"], arguments].concat());
    ran.ends(0);
    p.file(path, &ran.out);
    ran
}

#[test]
fn against_an_earlier_list() {
    let p = project();
    list(&p, "before.json", &[]);
    let same = p.run(&["rules", "diff", "before.json"]);
    same.ends(0).says("Every requirement is as it was in the earlier list.");
    assert!(json(&p, &["before.json"])["requirements"].as_array().expect("a list").is_empty());

    // Whatever of a requirement is changed is told.
    let field = |from: &str, to: &str, id: &str| {
        let q = project();
        q.file("before.json", &p.read("before.json")).change("law.rulebook", from, to);
        let diff = json(&q, &["before.json"]);
        assert_eq!(diff["earlier"], "before.json");
        let list = diff["requirements"].as_array().expect("a list").clone();
        assert!(!list.is_empty(), "`{to}` is passed over in silence");
        let fields: Vec<String> = one(&diff, id)["fields"]
            .as_array()
            .expect("fields")
            .iter()
            .filter_map(|f| f["field"].as_str().map(str::to_owned))
            .collect();
        let said = q.run(&["rules", "diff", "before.json"]);
        said.ends(0).says("said otherwise").says(id);
        (fields.join(" "), list.len())
    };
    let one_field = |name: &str| (name.to_owned(), 1);
    assert_eq!(field("clause \"Sec 2\"", "clause \"Sec 2a\"", "XD-B"), one_field("clause"));
    assert_eq!(
        field("edition \"A\" { clause \"Sec 1\" }", "edition \"A\" { clause \"1\" }", "XD-ALL"),
        one_field("clauses")
    );
    assert_eq!(field("when xd_fast\n    in", "when not xd_fast\n    in", "XD-B"), ("in_force".to_owned(), 5));
    assert_eq!(field("force        statute", "force        regulation", "XD-ALL"), ("force".to_owned(), 5));
    assert_eq!(
        field("strength should  clause \"Sec 5\"", "strength needs  clause \"Sec 5\"", "XD-PAPER"),
        one_field("strength")
    );
    assert_eq!(field("\"It has a lamp for a while.\"", "\"A lamp.\"", "XD-SHORT"), one_field("because"));
    assert_eq!(field("until    2025-08-31", "until    2025-09-30", "XD-SHORT"), one_field("until"));
    assert_eq!(
        field("when    as_of >= 2026-03-15", "when    as_of >= 2026-03-16", "XD-DAY"),
        one_field("conditions")
    );
    assert_eq!(field("until   2026-05-31", "until   2026-06-30", "XD-PAPER"), one_field("exceptions"));
    assert_eq!(
        field("accepts      [justification]", "accepts      [justification with evidence]", "XD-B"),
        ("accepts".to_owned(), 5)
    );
    assert_eq!(
        field("require evidence(xd_paper)", "require evidence(xd_paper) or control(xd_bell)", "XD-PAPER"),
        ("controls require".to_owned(), 1)
    );
}

#[test]
fn what_a_name_means_is_compared() {
    let p = project();
    p.change("law.rulebook", "fact xd_fast", "condition xd_quick = xd_fast\n\nfact xd_fast");
    p.change("law.rulebook", "  when    xd_fast\n", "  when    xd_quick\n");
    list(&p, "before.json", &[]);
    p.change("law.rulebook", "xd_quick = xd_fast", "xd_quick = not xd_fast");
    let diff = json(&p, &["before.json"]);
    assert_eq!(changes(&diff), [("XD-PAPER", "differs")]);
    assert_eq!(one(&diff, "XD-PAPER")["fields"][0]["field"], "definitions");
    p.run(&["rules", "diff", "before.json"]).ends(0).says("meaning of `xd_quick`");
}

#[test]
fn what_is_new_or_gone_and_what_could_not_be_compared() {
    let p = project();
    list(&p, "before.json", &["--market", "XD"]);
    let start = LAW.find("requirement XD-SHORT").expect("it is there");
    let end = LAW.find("requirement XD-DAY").expect("it is there");
    let gone = format!("{}{}", &LAW[..start], &LAW[end..]).replace("XD-DAY", "XD-DATE");
    p.file("law.rulebook", &gone);
    let diff = json(&p, &["before.json", "--market", "XD"]);
    assert_eq!(changes(&diff), [("XD-DATE", "added"), ("XD-DAY", "removed"), ("XD-SHORT", "removed")]);
    p.run(&["rules", "diff", "before.json", "--market", "XD"])
        .ends(0)
        .says("1 requirement is new, 2 requirements are gone.");

    // A list of a version that said less.
    let mut old: Value = serde_json::from_str(&p.read("before.json")).expect("JSON");
    for r in old.as_array_mut().expect("a list") {
        let r = r.as_object_mut().expect("an object");
        r.remove("because").expect("it was there");
        r.remove("require").expect("it was there");
    }
    p.file("old.json", &old.to_string()).file("law.rulebook", LAW);
    let diff = json(&p, &["old.json", "--market", "XD"]);
    assert_eq!(diff["not_compared"], serde_json::json!(["because", "require"]));
    p.run(&["rules", "diff", "old.json", "--market", "XD"]).ends(0).says("because, require");
}

#[test]
fn what_cannot_be_used_is_told_in_a_sentence() {
    let p = project();
    list(&p, "list.json", &[]);
    let twice: Vec<Value> = serde_json::from_str(&p.read("list.json")).expect("JSON");
    let twice = Value::Array(vec![twice[0].clone(), twice[0].clone()]);
    p.file("twice.json", &twice.to_string());
    p.file("broken.json", "[{").file("check.json", "{\"format\": 1}").file("other.json", "[{\"id\": \"X\"}]");
    p.file("numbers.json", "[1]");
    let cases: [(&[&str], &str); 17] = [
        (&["2026-11-01", "2026-01-01"], "name the earlier day first"),
        (&["2026-11-01", "2026-11-01"], "the two days are the same"),
        (&["2026-02-30", "2026-11-01"], "`2026-02-30` is none"),
        (&["2026-01-01", "tomorrow"], "takes a day such as 2026-11-23"),
        (&["2026", "2027-01-01"], "not only a month or year"),
        (&["list.json", "2027-01-01"], "takes a day such as 2026-11-23"),
        (&["2026-01-01"], "`2026-01-01` is one day; name a second one"),
        (&["missing.json"], "cannot read `missing.json`"),
        (&["."], "it is not a file"),
        (&["broken.json"], "`broken.json` is no result of `dossier rules list --format json`"),
        (&["check.json"], "it is not a list"),
        (&["other.json"], "`X` has no `title`"),
        (&["numbers.json"], "entry 1 has no `id`"),
        (&["twice.json"], "twice"),
        (&["list.json", "--device", "cart"], "`--device` takes two days"),
        (
            &["2026-01-01", "2027-01-01", "--device", "card"],
            "there is no device `card`; did you mean `cart`?",
        ),
        (&["2026-01-01", "2027-01-01", "--market", "XE"], "no market `XE` is known"),
    ];
    for (arguments, says) in cases {
        let ran = p.run(&[&["rules", "diff"], arguments].concat());
        ran.ends(2).says(says);
        assert_eq!(ran.out, "", "{arguments:?}");
        assert_eq!(ran.err.trim_end().lines().count(), 1, "{}", ran.err);
    }
    // What is broken in the device's own file is not passed over.
    p.change("cart.dossier", "xd_fast yes", "xd_fast perhaps");
    let ran = p.run(&["rules", "diff", "2026-01-01", "2027-01-01", "--device", "cart"]);
    ran.ends(0);
    assert!(ran.err.contains("1 error in the files of these devices"), "{}", ran.err);
}

/// An earlier list is somebody's text, and a terminal is not to obey it.
#[test]
fn an_evil_list_is_not_obeyed() {
    let p = project();
    list(&p, "before.json", &["--market", "XD"]);
    let text = p
        .read("before.json")
        .replace("\"Old\"", "\"O\\u001b[2Jl\\u202ed\"")
        .replace("XD-B\"", "XD\\u001b[0m\"");
    p.file("before.json", &text);
    for format in ["human", "json", "markdown"] {
        let ran = p.run(&["rules", "diff", "before.json", "--format", format]);
        ran.ends(0);
        assert!(
            !ran.all().contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'),
            "{}",
            ran.out
        );
    }
}

/// In each market whose law has a day, that day is told.
#[test]
fn the_embedded_law_begins_where_it_says() {
    let p = Project::new();
    let ran = p.run(&["rules", "list", "--format", "json"]);
    let all: Value = serde_json::from_str(&ran.out).expect("JSON");
    let mut dated: BTreeSet<(String, String)> = BTreeSet::new();
    for r in all.as_array().expect("a list") {
        let first =
            r["in_force"].as_array().expect("entries").iter().filter_map(|e| e["date"].as_str()).min();
        let whole = r["in_force"].as_array().expect("entries").iter().all(|e| e["date"].is_string());
        if let Some(day) = first.filter(|d| whole && d.len() == 10) {
            dated.insert((r["jurisdiction"].as_str().expect("a market").to_owned(), day.to_owned()));
        }
    }
    let markets: BTreeSet<&String> = dated.iter().map(|d| &d.0).collect();
    assert!(markets.len() >= 4, "{markets:?}");
    for (market, day) in &dated {
        let date: jiff::civil::Date = day.parse().expect("a day");
        let before = date.yesterday().expect("a day").to_string();
        let diff = json(&p, &[&before, day, "--market", market]);
        let begun = changes(&diff).iter().filter(|c| c.1 == "begins").count();
        assert!(begun > 0, "{market} {day}: {diff}");
    }
    // Over the years since, as people see it.
    let ran = p.run(&["rules", "diff", "2024-06-01", "2026-11-01"]);
    ran.ends(0).says("requirements begin").says("requirements change");
    assert!(ran.out.lines().all(|l| l.chars().count() <= 80), "{}", ran.out);
    let earlier = json(&p, &["2024-06-01", "2025-12-01"]);
    let later = json(&p, &["2025-12-01", "2026-11-01"]);
    let whole = json(&p, &["2024-06-01", "2026-11-01"]);
    let begun = |d: &Value| {
        let list = changes(d).into_iter().filter(|c| c.1 == "begins");
        list.map(|c| c.0.to_owned()).collect::<BTreeSet<_>>()
    };
    assert!(!begun(&earlier).is_empty() && !begun(&later).is_empty());
    assert_eq!(begun(&whole), begun(&earlier).union(&begun(&later)).cloned().collect());
}

/// A device in every market: what comes into force comes for it.
#[test]
fn a_device_under_the_embedded_law() {
    let p = Project::new();
    let days = ["2024-06-01", "2026-11-01"];
    let law = json(&p, &days);
    let list = law["requirements"].as_array().expect("a list");
    let markets: BTreeSet<&str> = list
        .iter()
        .filter(|r| r["change"] == "begins")
        .filter_map(|r| r["jurisdiction"].as_str())
        .filter(|m| *m != "any")
        .collect();
    assert!(markets.len() >= 3, "{markets:?}");
    let blocks: String = markets.iter().map(|m| format!("  market {m} {{ status planned }}\n")).collect();
    p.file(
        "lamp.dossier",
        &format!("device lamp \"Lamp\" {{\n  software samd\n  connections [wifi]\n{blocks}}}\n"),
    );
    let diff = json(&p, &[&days[..], &["--device", "lamp"]].concat());
    for market in diff["devices"][0]["markets"].as_array().expect("markets") {
        if market["market"] == "any" {
            continue;
        }
        let come = market["verdicts"].as_array().expect("verdicts").iter().filter(|v| v["before"].is_null());
        assert!(come.count() > 0, "{market}");
    }
}
