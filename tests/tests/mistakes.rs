//! A mistake in a declaration is told, and never makes a verdict that passes: what it is about is unknown.

use dossier_tests::generator::stands;
use dossier_tests::real::{Law, describe};

const LAW: &str = r#"
enum way "Ways" { door "Door"  window "Window" }
ladder aim "Aims" { values [none, low, high] }
fact remote : bool "Remote"
fact ways : set of way "Ways"
fact aim : aim "Aim"
control lock "Lock" { field timeout : duration "Timeout" }
evidence_kind scan "Scan" { doc "" }
entity unit "Unit" {
  plural units
  field active : bool "Active"
  holds  [piece]
}
entity piece "Piece" {
  plural pieces
  field size : number "Size"
}
jurisdiction XX "X-land" { classes [I, II] }
jurisdiction YY "Y-land"
instrument XX-ACT "Act" { jurisdiction XX  force statute  in_force 2020-01-01 }
instrument XX-MARK "Mark" { jurisdiction XX  force voluntary  in_force 2020-01-01  opt_in when aim >= low }
instrument XX-MORE "More" { jurisdiction XX  force voluntary  in_force 2020-01-01  opt_in when some u in units: u.active }
family XX-ALL "All" {
  under XX-ACT  clause unverified  source background  strength shall
  because "It is so."
  requirement XX-REMOTE "r" { require remote  test "t" met { remote yes } }
  requirement XX-WAYS "w" { require ways has none [window]  test "t" met { ways [door] } }
  requirement XX-LOCK "l" { require control(lock)  test "t" met { control lock { status implemented } } }
  requirement XX-QUICK "q" { require control(lock) where timeout <= 10 min  test "t" unmet { } }
  requirement XX-SCAN "s" { require evidence(scan)  test "t" unmet { } }
  requirement XX-UNITS "u" { require every u in units: u.active  test "t" met { has_no [unit] } }
  requirement XX-PIECES "p" { for u in units  require every p in u.pieces: p.size > 1  test "t" not_applicable { has_no [unit] } }
  requirement XX-ALONE "m" { require count(m in markets where m.place == YY) == 0  test "t" met { } }
}
requirement XX-MARK-1 "mark" {
  under XX-MARK  clause unverified  source background  strength shall  because "It is so."
  require control(lock)
  test "t" not_applicable { aim none }
}
requirement XX-MORE-1 "more" {
  under XX-MORE  clause unverified  source background  strength shall  because "It is so."
  require control(lock)
  test "t" not_applicable { has_no [unit] }
}
"#;

/// What is wrong, and what the device `d` says; the codes of what is told, and what becomes of a requirement.
const MISTAKES: &[(&str, &str, &[&str], &str, &str)] = &[
    ("a fact twice", "remote no  remote yes", &["E0104"], "XX-REMOTE", "unknown"),
    ("a fact twice, the other way", "remote yes\n  remote no", &["E0104"], "XX-REMOTE", "unknown"),
    ("a value of another type", "remote 3", &["E0105"], "XX-REMOTE", "unknown"),
    ("no such value in a set", "ways [dor]", &["E0103"], "XX-WAYS", "unknown"),
    ("a set without brackets", "ways door", &["E0105"], "XX-WAYS", "unknown"),
    (
        "a control twice",
        "control lock { status left_out  because \"x\" }  control lock { status implemented }",
        &["E0104"],
        "XX-LOCK",
        "unknown",
    ),
    (
        "a status twice",
        "control lock { status planned  status implemented }",
        &["E0104"],
        "XX-LOCK",
        "unknown",
    ),
    (
        "a field twice",
        "control lock { status implemented  timeout 1 h  timeout 1 min }",
        &["E0104"],
        "XX-QUICK",
        "unknown",
    ),
    (
        "a field that is none",
        "control lock { status implemented  timeut 1 min }",
        &["E0101"],
        "XX-LOCK",
        "unknown",
    ),
    ("a status that is none", "control lock { status done }", &["E0103"], "XX-LOCK", "unknown"),
    ("a control that is none", "control look { status implemented }", &["E0103"], "XX-LOCK", "unknown"),
    (
        "a block that is none",
        "unitt v \"V\" { active no }  unit u \"U\" { active yes }",
        &["E0102"],
        "XX-UNITS",
        "unknown",
    ),
    (
        "an entity twice",
        "unit u \"U\" { active no }  unit u \"U\" { active yes }",
        &["E0104"],
        "XX-UNITS",
        "unknown",
    ),
    (
        "a field of an entity twice",
        "unit u \"U\" { active no  active yes }",
        &["E0104"],
        "XX-UNITS",
        "unknown",
    ),
    (
        "a held entity twice",
        "unit u \"U\" { active yes  piece p \"P\" { size 0 }  piece p \"P\" { size 2 } }",
        &["E0104"],
        "XX-PIECES",
        "unknown",
    ),
    (
        "a held block that is none",
        "unit u \"U\" { active yes  piece p \"P\" { size 2 }  pice q \"Q\" { size 0 } }",
        &["E0102"],
        "XX-PIECES",
        "unknown",
    ),
    (
        "a device that has none and has one",
        "has_no [unit]  unit u \"U\" { active no }",
        &["E0301"],
        "XX-UNITS",
        "unmet",
    ),
    (
        "evidence twice",
        "evidence e \"missing.pdf\" { kind scan }  evidence e \"there.pdf\" { kind scan }",
        &["E0104"],
        "XX-SCAN",
        "unknown",
    ),
    ("a kind twice", "evidence e \"there.pdf\" { kind scan  kind scan }", &["E0104"], "XX-SCAN", "unknown"),
    ("a market of no place", "market YYY { }", &["E0103"], "XX-ALONE", "unknown"),
    ("a market's block that is none", "markt YY { }", &["E0102"], "XX-ALONE", "unknown"),
    ("opting in with a value that is none", "aim hgh", &["E0103"], "XX-MARK-1", "unknown"),
    ("opting in twice", "aim none  aim high", &["E0104"], "XX-MARK-1", "unknown"),
    ("opting in by something misspelt", "aimm high", &["E0101"], "XX-MARK-1", "unknown"),
    ("opting in by a block misspelt", "unitt u \"U\" { active yes }", &["E0102"], "XX-MORE-1", "unknown"),
    (
        "opting in by an entity's broken field",
        "unit u \"U\" { active 3 }",
        &["E0105"],
        "XX-MORE-1",
        "unknown",
    ),
    ("not opting in", "", &[], "XX-MARK-1", "not_applicable"),
    (
        "a waiver that says no day",
        "remote no  waive XX-REMOTE { because \"x\"  approved_by \"y\" }",
        &["E0106"],
        "XX-REMOTE",
        "unmet",
    ),
    (
        "a waiver with two days",
        "remote no  waive XX-REMOTE { because \"x\"  approved_by \"y\"  until 2020-01-01  until 2030-01-01 }",
        &["E0104"],
        "XX-REMOTE",
        "unmet",
    ),
];

/// The same, of whole files; `M` stands for a market block.
const FILES: &[(&str, &str, &[&str], &str, &str)] = &[
    (
        "components differ on a fact",
        "component a \"A\" { remote no }  component b \"B\" { remote yes }  device d \"D\" { includes [a, b]  M }",
        &["E0306"],
        "XX-REMOTE",
        "unknown",
    ),
    (
        "components differ on a control",
        "component a \"A\" { control lock { status implemented } }
         component b \"B\" { control lock { status left_out  because \"x\" } }
         device d \"D\" { includes [a, b]  M }",
        &["E0306"],
        "XX-LOCK",
        "unknown",
    ),
    (
        "components differ on evidence",
        "component a \"A\" { evidence e \"there.pdf\" { kind scan } }
         component b \"B\" { evidence e \"missing.pdf\" { kind scan } }
         device d \"D\" { includes [a, b]  M }",
        &["E0306"],
        "XX-SCAN",
        "unknown",
    ),
    (
        "the device has an entity of a component's name",
        "component a \"A\" { unit u \"U\" { active no } }
         device d \"D\" { includes [a]  unit u \"U\" { active yes }  M }",
        &["E0104"],
        "XX-UNITS",
        "unknown",
    ),
    (
        "the device settles what components differ on",
        "component a \"A\" { remote no }  component b \"B\" { remote yes }
         device d \"D\" { includes [a, b]  remote yes  M }",
        &[],
        "XX-REMOTE",
        "met",
    ),
    (
        "a component that includes another has the last word",
        "component a \"A\" { control lock { status left_out  because \"x\" } }
         component b \"B\" { includes [a]  control lock { status implemented } }
         device d \"D\" { includes [a, b]  M }",
        &[],
        "XX-LOCK",
        "met",
    ),
    (
        "a component that nobody knows",
        "device d \"D\" { includes [a]  M }",
        &["E0305"],
        "XX-REMOTE",
        "unknown",
    ),
    (
        "a market twice",
        "device d \"D\" { remote yes  market XX { class I }  market XX { class II } }",
        &["E0104"],
        "XX-REMOTE",
        "unknown",
    ),
];

#[test]
fn a_mistake_between_declarations_is_told_and_never_passes() {
    let law = Law::read(&[("law.rulebook".to_owned(), LAW.to_owned())]);
    let mut faults = String::new();
    for (what, text, told, code, outcome) in FILES {
        let text = text.replace('M', "market XX { }").replace("\n         ", "\n");
        let project = law.project(&[("d.dossier".to_owned(), text)]);
        let codes: Vec<&str> = project.diagnostics.iter().map(|d| d.code.id).collect();
        let verdicts = project.verdicts((2026, 6, 15), stands);
        let found = verdicts.iter().find(|(k, _)| k.1 == "XX" && k.2 == *code);
        let found = found.map_or("not in force", |(_, v)| v.outcome.as_str());
        if codes != *told || found != *outcome {
            faults += &format!("{what}: {codes:?} for {told:?}, {found} for {outcome}\n");
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn a_mistake_is_told_and_never_passes() {
    let law = Law::read(&[("law.rulebook".to_owned(), LAW.to_owned())]);
    let wrong: Vec<String> = law.diagnostics.iter().map(describe).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let mut faults = String::new();
    for (what, says, told, code, outcome) in MISTAKES {
        for (place, text) in [
            ("in the device", format!("device d \"D\" {{\n  {says}\n  market XX {{ }}\n}}\n")),
            (
                "in a component",
                format!(
                    "component c \"C\" {{\n  {says}\n}}\ndevice d \"D\" {{\n  includes [c]\n  market XX {{ }}\n}}\n"
                ),
            ),
        ] {
            let in_component = place == "in a component";
            if in_component && (says.contains("mark") || says.contains("has_no")) {
                continue;
            }
            let project = law.project(&[("d.dossier".to_owned(), text.clone())]);
            let codes: Vec<&str> = project.diagnostics.iter().map(|d| d.code.id).collect();
            let verdicts = project.verdicts((2026, 6, 15), stands);
            let found = verdicts.iter().find(|(k, _)| k.1 == "XX" && k.2 == *code);
            let found = found.map_or("not in force", |(_, v)| v.outcome.as_str());
            // What a component says of entities never closes them, so more may be unknown there.
            let fits =
                found == *outcome || (in_component && found == "unknown" && *outcome != "not_applicable");
            if codes != *told || !fits {
                faults += &format!("{what}, {place}: {codes:?} for {told:?}, {found} for {outcome}\n");
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
}
