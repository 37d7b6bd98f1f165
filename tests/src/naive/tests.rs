//! Small made-up law and devices, with outcomes worked out by hand from `design/language.md`. The day is 2026-06-15.

use super::{Law, RuleTest, rulebook_tests};
use std::collections::BTreeMap;

const VOCABULARY: &str = r#"
vocabulary made_up

enum software_form "Form" {
  none "None"
  simd "Inside"
  samd "Standalone"
}
enum connection "Ways" {
  wifi     "Wi-Fi"
  usb      "USB"
  internet "Internet"
}
enum part "Parts" {
  a "A"
  b "B"
  c "C"
}
enum market_status "Status" {
  planned    "Planned"
  registered "Registered"
}
ladder level "Level" { values [low, mid, high] }

fact software : software_form "Software"
fact connections : set of connection "Connections" {
  when      software != none
  otherwise []
}
fact level : level "Level"
fact remote : bool "Remote"
fact attended : bool "Attended" {
  when      remote
  otherwise yes
}
fact count_of_users : number "Users" { unit "users" }
fact support_until : date "Support"
fact status : market_status "Status" { market all }
fact sold_on : date "Sold" { market all }
fact only_yy : bool "Of YY" { market YY }

derived connected : bool = connections has any [wifi, internet]
derived risk : level "Risk" {
  under XX-A
  clause unverified
  table [level, remote] {
    high any -> high
    mid  yes -> high
    mid  no  -> mid
    any  any -> low
  }
}
condition has_high_model = some m in models: m.grade == high

control lock "Lock" {
  field timeout  : duration "Timeout"
  field interval : period "Interval"
  field length   : number "Length" { unit "characters" }
  field steps    : set of part "Steps"
  field note     : text "Note"
}
control guard "Guard" { doc "" }
control watch "Watch" { doc "" }

evidence_kind report "Report" { contents part }
evidence_kind scan "Scan" { doc "" }
evidence_kind policy "Policy" { url allowed }
evidence_kind sbom "SBOM" { formats [spdx] }

entity model "Model" {
  plural models
  when   software != none
  field grade      : level "Grade"
  field trained_on : date "Trained on"
  field best       : dataset "Best"
  field note       : text "Note"
  holds [dataset]
}
entity dataset "Dataset" {
  plural datasets
  field size          : number "Size" { unit "records" }
  field disjoint_from : set of dataset "Disjoint"
}
entity incident "Incident" {
  plural incidents
  field nature   : set of part "Nature"
  field known_on : date "Known"
  field told_on  : date "Told"
}
entity package "Package" {
  plural packages
  read_from sbom
  field license : text "License"
}

jurisdiction XX "X-land" { classes [I, II, III] }
jurisdiction YY "Y-land" { classes [1, 2, 3] }

instrument XX-A "Act" {
  jurisdiction XX
  in_force     2020-01-01
}
instrument XX-G "Guidance" {
  jurisdiction XX
  in_force     2020-01-01
  accepts      [justification, alternative with evidence]
}
"#;

const TODAY: (u16, u8, u8) = (2026, 6, 15);

/// Verdicts on the device `d`, by market and requirement. Paths that begin with `missing` are not there.
fn judge(law: &str, files: &str) -> BTreeMap<(String, String), super::Verdict> {
    let law = Law::read(&[("v.rulebook".into(), VOCABULARY.into()), ("l.rulebook".into(), law.into())]);
    let stands = |_: &str, path: &str| !path.starts_with("missing");
    let verdicts = law.verdicts(&[("d.dossier".into(), files.into())], TODAY, &stands);
    verdicts.into_iter().map(|((_, market, code), v)| ((market, code), v)).collect()
}

fn outcome(law: &str, files: &str, market: &str, code: &str) -> String {
    let verdicts = judge(law, files);
    verdicts.get(&(market.into(), code.into())).map_or("-".into(), |v| v.outcome.clone())
}

/// A device in XX, of which `items` says more.
fn device(items: &str) -> String {
    format!("device d \"D\" {{\n{items}\nmarket XX {{ class II\n status planned }}\n}}\n")
}

/// Each case is a requirement's fields, a device's items and the outcome.
fn cases(cases: &[(&str, &str, &str)]) {
    for (fields, items, expected) in cases {
        let law = format!("requirement XX-1 \"One\" {{\nunder XX-G\n{fields}\n}}\n");
        let got = outcome(&law, &device(items), "XX", "XX-1");
        assert_eq!(got, *expected, "\nrequirement: {fields}\ndevice: {items}");
    }
}

#[test]
fn absent_is_unknown_and_logic_is_kleenes() {
    cases(&[
        ("require remote", "remote yes", "met"),
        ("require remote", "remote no", "unmet"),
        ("require remote", "", "unknown"),
        ("require not remote", "", "unknown"),
        ("require remote or level == high", "level high", "met"),
        ("require remote or level == high", "level low", "unknown"),
        ("require remote and level == high", "level low", "unmet"),
        ("require remote and level == high", "level high", "unknown"),
        ("require level == high implies remote", "level low", "met"),
        ("require level == high implies remote", "level high\nremote no", "unmet"),
        ("require remote implies level == high", "level high", "met"),
        // Not left-associative: a -> (b -> c).
        ("require remote implies level == high implies software == simd", "remote no", "met"),
    ]);
}

#[test]
fn ladders_are_ordered_and_classes_are_ladders() {
    cases(&[
        ("require level >= mid", "level mid", "met"),
        ("require level > mid", "level mid", "unmet"),
        ("require level < high", "level mid", "met"),
        ("require level in [low, high]", "level mid", "unmet"),
        ("require level != low", "level mid", "met"),
        ("require class >= II", "", "met"),
        ("require class > II", "", "unmet"),
        ("require class in [I, II]", "", "met"),
        ("require market.class == II and device.level == mid", "level mid", "met"),
    ]);
}

#[test]
fn numbers_and_durations_compare_exactly() {
    let lock = |fields: &str| format!("control lock {{\nstatus implemented\n{fields}\n}}");
    let case = |require: &str, fields: &str, expected: &str| {
        cases(&[(&format!("require {require}"), &lock(fields), expected)]);
    };
    case("control(lock) where timeout <= 15 min", "timeout 900 s", "met");
    case("control(lock) where timeout <= 15 min", "timeout 0.5 h", "unmet");
    case("control(lock) where timeout <= 15 min", "", "unknown");
    case("control(lock) where interval <= 1 years", "interval 12 months", "met");
    case("control(lock) where interval < 1 years", "interval 12 months", "unmet");
    case("control(lock) where length >= 12", "length 12.0", "met");
    case("control(lock) where (length >= 12 and timeout < 1 h)", "length 11", "unmet");
    case("control(lock) where (length >= 12 and timeout < 1 h)", "length 12", "unknown");
    cases(&[("require control(lock) where timeout <= 15 min", "", "unmet")]);
    cases(&[("require count_of_users <= 1_000", "count_of_users 1_000", "met")]);
}

#[test]
fn a_set_that_is_given_is_complete() {
    let base = "software simd\n";
    for (require, list, expected) in [
        ("connections has wifi", "connections [wifi]", "met"),
        ("connections has wifi", "connections []", "unmet"),
        ("connections has wifi", "", "unknown"),
        ("connections has all [wifi, usb]", "connections [wifi]", "unmet"),
        ("connections has any [wifi, usb]", "connections [wifi]", "met"),
        ("connections has none [wifi, usb]", "connections [internet]", "met"),
        ("connections has none [wifi, usb]", "connections [usb]", "unmet"),
        ("connections within [wifi, usb]", "connections [usb]", "met"),
        ("connections within [wifi, usb]", "connections [usb, internet]", "unmet"),
        ("every c in connections: c in [wifi, usb]", "connections [wifi, internet]", "unmet"),
        ("some c in connections: c == usb", "connections [wifi, usb]", "met"),
        ("count(c in connections where c != usb) >= 2", "connections [wifi, usb]", "unmet"),
        ("connected", "connections [usb]", "unmet"),
        ("connected", "connections [internet]", "met"),
    ] {
        cases(&[(&format!("require {require}"), &format!("{base}{list}"), expected)]);
    }
}

#[test]
fn a_fact_outside_its_when_has_the_value_given_there() {
    cases(&[
        ("require connections has none [wifi]", "software none", "met"),
        ("require connections has none [wifi]", "", "unknown"),
        // While `when` is unknown, a declared value counts.
        ("require connections has none [wifi]", "connections [usb]", "met"),
        ("require attended", "remote no", "met"),
        ("require attended", "remote yes", "unknown"),
        ("require attended", "remote yes\nattended no", "unmet"),
        ("require attended", "attended no", "unmet"),
    ]);
}

#[test]
fn a_table_takes_the_first_row_and_is_unknown_unless_all_that_may_match_agree() {
    cases(&[
        ("require risk == high", "level high", "met"),
        ("require risk == high", "level mid\nremote yes", "met"),
        ("require risk == high", "level mid\nremote no", "unmet"),
        // `high`, `mid` and the last row may match.
        ("require risk == high", "level mid", "unknown"),
        ("require risk == low", "level low", "met"),
        ("require risk == low", "remote no", "unknown"),
    ]);
}

#[test]
fn components_unite_sets_and_close_only_themselves() {
    let law = r#"
requirement XX-WIFI "W" {
  under XX-G
  require connections has wifi
}
requirement XX-NOUSB "U" {
  under XX-G
  require connections has none [usb]
}
requirement XX-NET "I" {
  under XX-G
  require connections has internet
}
"#;
    let files = |inner: &str, own: &str| {
        format!(
            r#"
component chip "Chip" {{ connections [wifi] }}
component gateway "Gateway" {{
  includes chip
  {inner}
}}
device d "D" {{
  software simd
  includes [gateway, chip]
  {own}
  market XX {{ class I }}
}}
"#
        )
    };
    let all = |inner: &str, own: &str| {
        ["XX-WIFI", "XX-NOUSB", "XX-NET"].map(|code| outcome(law, &files(inner, own), "XX", code))
    };
    assert_eq!(all("connections [internet]", ""), ["met", "unknown", "met"]);
    assert_eq!(all("connections [internet]", "connections []"), ["met", "met", "met"]);
    assert_eq!(all("connections [internet]", "connections [usb]"), ["met", "unmet", "met"]);
    assert_eq!(all("connections [internet]", "connections exactly [usb]"), ["unmet", "unmet", "unmet"]);
    // What the gateway settles for itself does not reach the chip that the device includes beside it.
    assert_eq!(all("connections exactly [internet]", "connections []"), ["met", "met", "met"]);
}

#[test]
fn of_single_values_and_controls_the_innermost_wins_whole() {
    let law = r#"
requirement XX-1 "1" {
  under XX-G
  require control(lock) where timeout <= 15 min
}
requirement XX-2 "2" {
  under XX-G
  require level == high
}
"#;
    let files = |device: &str, market: &str| {
        format!(
            r#"
component base "Base" {{
  level low
  control lock {{
    status  implemented
    timeout 10 min
  }}
}}
device d "D" {{
  includes base
  {device}
  market XX {{
    class I
    {market}
  }}
}}
"#
        )
    };
    let both = |device: &str, market: &str| {
        ["XX-1", "XX-2"].map(|code| outcome(law, &files(device, market), "XX", code))
    };
    assert_eq!(both("", ""), ["met", "unmet"]);
    assert_eq!(both("level high", ""), ["met", "met"]);
    assert_eq!(both("level high", "level mid"), ["met", "unmet"]);
    // Whole: the component's timeout does not shine through.
    assert_eq!(both("control lock { status implemented }", ""), ["unknown", "unmet"]);
    assert_eq!(both("", "control lock { status left_out\n because \"so\" }"), ["justified", "unmet"]);
}

#[test]
fn a_markets_set_replaces_and_a_market_is_asked_for_itself() {
    let law = r#"
requirement XX-1 "1" {
  under XX-G
  require connections has usb
}
instrument YY-A "Y" {
  jurisdiction YY
  in_force     2021-01-01
}
requirement YY-1 "1" {
  under YY-A
  require connections has usb and class == 2 and only_yy
}
requirement YY-2 "2" {
  under YY-A
  require some k in markets: k.place == XX and k.class == III
}
"#;
    let files = r#"
device d "D" {
  software simd
  connections [usb]
  market XX { class III
    connections [wifi] }
  market YY { class 2
    only_yy yes }
}
"#;
    assert_eq!(outcome(law, files, "XX", "XX-1"), "unmet");
    assert_eq!(outcome(law, files, "YY", "YY-1"), "met");
    assert_eq!(outcome(law, files, "YY", "YY-2"), "met");
    assert_eq!(judge(law, files).len(), 3, "XX is not asked of YY's law");
}

#[test]
fn entities_are_complete_once_one_is_declared() {
    let every = "require every m in models: m.grade < high";
    let some = "require some m in models: m.grade == high";
    let two = "require count(m in models where m.grade == high) >= 2";
    cases(&[
        (every, "software simd", "unknown"),
        (every, "software none", "met"),
        (every, "software simd\nhas_no [model]", "met"),
        (some, "software simd\nhas_no [model]", "unmet"),
        (every, "software simd\nmodel m \"M\" { grade mid }", "met"),
        (every, "software simd\nmodel m \"M\" { grade high }", "unmet"),
        (every, "software simd\nmodel m \"M\" { note \"n\" }", "unknown"),
        (some, "software simd\nmodel m \"M\" { note \"n\" }\nmodel n \"N\" { grade high }", "met"),
        ("require has_high_model", "software simd\nmodel n \"N\" { grade high }", "met"),
        (two, "software simd", "unknown"),
        (two, "software simd\nmodel n \"N\" { grade high }\nmodel m \"M\" { grade low }", "unmet"),
        (two, "software simd\nmodel n \"N\" { grade high }\nmodel m \"M\" { note \"n\" }", "unknown"),
        (two, "software simd\nmodel n \"N\" { grade high }\nmodel m \"M\" { grade high }", "met"),
        // What is known decides over an open collection.
        ("require count(m in models where m.grade == high) >= 0", "software simd", "met"),
    ]);
}

#[test]
fn entities_of_components_are_there_but_close_nothing() {
    let law = r#"
requirement XX-1 "1" {
  under XX-G
  require every m in models: m.grade == low
}
"#;
    let files = |grade: &str, own: &str| {
        format!(
            "component c \"C\" {{\n model x \"X\" {{ grade {grade} }}\n has_no [incident]\n}}\n\
             device d \"D\" {{\n software simd\n includes c\n {own}\n market XX {{ class I }}\n}}\n"
        )
    };
    assert_eq!(outcome(law, &files("low", ""), "XX", "XX-1"), "unknown");
    assert_eq!(outcome(law, &files("high", ""), "XX", "XX-1"), "unmet");
    assert_eq!(outcome(law, &files("low", "has_no [model]"), "XX", "XX-1"), "met");
    assert_eq!(outcome(law, &files("low", "model y \"Y\" { grade low }"), "XX", "XX-1"), "met");
    let none = "requirement XX-1 \"1\" {\n under XX-G\n require every i in incidents: i.nature has a\n}";
    assert_eq!(outcome(none, &files("low", ""), "XX", "XX-1"), "unknown", "`has_no` of a component");
}

#[test]
fn held_entities_and_references_between_them() {
    let apart = "require every m in models: every s in m.datasets: every t in m.datasets: (s == t or s.disjoint_from has t)";
    let m = |inner: &str| format!("software simd\nmodel m \"M\" {{\n{inner}\n}}");
    let two = "dataset s \"S\" { disjoint_from [t] }\ndataset t \"T\" { disjoint_from [s] }";
    let one_way = "dataset s \"S\" { disjoint_from [t] }\ndataset t \"T\" { disjoint_from [] }";
    cases(&[
        (apart, &m(two), "met"),
        (apart, &m(one_way), "unmet"),
        (apart, &m("has_no [dataset]"), "met"),
        (apart, &m("grade low"), "unknown"),
        ("require every m in models: m.best.size >= 10", &m("best s\ndataset s \"S\" { size 10 }"), "met"),
        ("require every m in models: m.best.size >= 10", &m("best s\ndataset s \"S\" { size 9 }"), "unmet"),
        ("require every m in models: m.best.size >= 10", &m("has_no [dataset]"), "unknown"),
    ]);
}

#[test]
fn a_market_extends_an_entity_or_adds_one() {
    let law = "requirement XX-1 \"1\" {\n under XX-G\n require every m in models: m.grade == low\n}";
    let files = |market: &str| {
        format!(
            "device d \"D\" {{\n software simd\n model m \"M\" {{ grade low }}\n market XX {{\n class I\n {market}\n }}\n}}"
        )
    };
    assert_eq!(outcome(law, &files(""), "XX", "XX-1"), "met");
    assert_eq!(outcome(law, &files("model m { note \"n\" }"), "XX", "XX-1"), "met");
    assert_eq!(outcome(law, &files("model m { grade high }"), "XX", "XX-1"), "unmet");
    assert_eq!(outcome(law, &files("model n \"N\" { grade high }"), "XX", "XX-1"), "unmet");
}

#[test]
fn controls_are_there_or_not() {
    let control = "require control(lock)";
    let considered = "require considered(lock)";
    cases(&[
        (control, "", "unmet"),
        (control, "control lock { status implemented }", "met"),
        (control, "control lock { status implemented\n provided_by environment }", "met"),
        (control, "control lock { status planned\n due 2027-01-01 }", "planned"),
        (control, "control lock { status planned\n due 2026-06-15 }", "planned"),
        // A plan whose day is past is no plan.
        (control, "control lock { status planned\n due 2026-06-14 }", "unmet"),
        (control, "control lock { status planned\n due 2026-05 }", "unmet"),
        (control, "control lock { status planned\n due 2026-06 }", "planned"),
        (control, "control lock { status implemented\n since 2026-06-15 }", "met"),
        (control, "control lock { status implemented\n since 2026-06 }", "met"),
        (control, "control lock { status implemented\n since 2026-06-16 }", "planned"),
        (considered, "", "unmet"),
        (considered, "control lock { status planned\n due 2027-01-01 }", "met"),
        (considered, "control lock { status left_out\n because \"so\" }", "met"),
        (
            "require considered(lock) where status != left_out",
            "control lock { status planned\n due 2027-01-01 }",
            "met",
        ),
        (
            "require considered(lock) where status != left_out",
            "control lock { status left_out\n because \"so\" }",
            "justified",
        ),
        (
            "accepts []\nrequire considered(lock) where status != left_out",
            "control lock { status left_out\n because \"so\" }",
            "unmet",
        ),
        (
            "require control(lock) where provided_by == environment",
            "control lock { status implemented\n provided_by environment }",
            "met",
        ),
        // Only what is declared for a thing counts for it, and the other way round.
        (control, "software simd\nmodel m \"M\" { control lock { status implemented } }", "unmet"),
        (
            "require every m in models: m with control(lock)",
            "software simd\nmodel m \"M\" { grade low }\ncontrol lock { status implemented }",
            "unmet",
        ),
        (
            "require every m in models: m with control(lock) where timeout < 1 h",
            "software simd\nmodel m \"M\" { control lock { status implemented\n timeout 1 min } }",
            "met",
        ),
        (
            "require declared(lock.note)",
            "control lock { status planned\n due 2027-01-01\n note \"n\" }",
            "met",
        ),
        ("require declared(lock.note)", "control lock { status implemented }", "unmet"),
        ("require control(lock) where declared(note)", "control lock { status implemented }", "unmet"),
        ("require declared(device.level)", "", "unmet"),
        ("require declared(level)", "level low", "met"),
    ]);
}

#[test]
fn evidence_stands_within_its_dates() {
    let report = "require evidence(report)";
    let all = "require evidence(report) where contains has all [a, b]";
    let e = |fields: &str| format!("evidence e \"e.pdf\" {{\nkind report\n{fields}\n}}");
    cases(&[
        (report, "", "unmet"),
        (report, &e(""), "met"),
        (report, "evidence e \"missing.pdf\" { kind report }", "unmet"),
        (report, "evidence e \"e.pdf\" { kind [scan, report] }", "met"),
        (report, &e("issued 2026-06-15"), "met"),
        (report, &e("issued 2026-06-16"), "unmet"),
        (report, &e("issued 2026-06"), "met"),
        (report, &e("expires 2026-06-15"), "met"),
        (report, &e("expires 2026-06-14"), "unmet"),
        (report, &e("expires 2026-06"), "met"),
        (report, "evidence e { kind report\n due 2026-12-01 }", "planned"),
        (report, "evidence e { kind report\n due 2026-06-01 }", "unmet"),
        (all, &e("contains [a, b]"), "met"),
        (all, &e("contains [a]"), "unmet"),
        (all, &e(""), "unknown"),
        (
            all,
            &format!("{}\nevidence f \"f.pdf\" {{\nkind report\ncontains [a, b]\n}}", e("contains [a]")),
            "met",
        ),
        // The `or` over what stands: one alone must hold all.
        (
            all,
            &format!("{}\nevidence f \"f.pdf\" {{\nkind report\ncontains [b]\n}}", e("contains [a]")),
            "unmet",
        ),
        ("require evidence(report) where independent", &e("independent yes"), "met"),
        ("require evidence(policy)", "evidence p { kind policy\n url \"https://example.invalid\" }", "met"),
        // With an address it is there, planned or not.
        (
            "require evidence(policy)",
            "evidence p { kind policy\n url \"https://example.invalid\"\n due 2027-01-01 }",
            "met",
        ),
    ]);
}

#[test]
fn with_asks_what_the_thing_itself_lists() {
    let with = "require control(lock) with evidence(scan)";
    let scan = "evidence s \"s.pdf\" { kind scan\n issued 2026-01-10 }";
    let lock = "control lock { status implemented\n evidence [s] }";
    cases(&[
        (with, scan, "unmet"),
        (with, &format!("{scan}\ncontrol lock {{ status implemented }}"), "unmet"),
        (with, &format!("{scan}\n{lock}"), "met"),
        (with, &format!("evidence s {{ kind scan\n due 2026-09-01 }}\n{lock}"), "planned"),
        (with, &format!("evidence s \"missing\" {{ kind scan }}\n{lock}"), "unmet"),
        (&format!("{with} where issued >= 2026-01-10"), &format!("{scan}\n{lock}"), "met"),
        (&format!("{with} where issued >= 2026-01-11"), &format!("{scan}\n{lock}"), "unmet"),
        (&format!("{with} where expires >= as_of"), &format!("{scan}\n{lock}"), "unknown"),
        (
            "require every m in models: m with evidence(scan)",
            &format!("{scan}\nsoftware simd\nmodel m \"M\" {{ evidence [s] }}"),
            "met",
        ),
        (
            "require every m in models: m with evidence(scan)",
            &format!("{scan}\nsoftware simd\nmodel m \"M\" {{ grade low }}"),
            "unmet",
        ),
        (
            "require (control(lock) where timeout <= 1 h) with evidence(scan)",
            &format!("{scan}\ncontrol lock {{ status implemented\n timeout 2 h\n evidence [s] }}"),
            "unmet",
        ),
    ]);
}

#[test]
fn dates_and_their_missing_days() {
    let supported = |until: &str| format!("support_until {until}");
    cases(&[
        ("require support_until >= as_of", &supported("2026-06-15"), "met"),
        ("require support_until >= as_of", &supported("2026-06-14"), "unmet"),
        ("require support_until >= as_of", &supported("2026-06"), "unknown"),
        ("require support_until >= as_of", &supported("2026-07"), "met"),
        ("require support_until >= as_of", &supported("2026"), "unknown"),
        ("require support_until >= as_of", &supported("2025"), "unmet"),
        ("require support_until >= end_of(month, as_of)", &supported("2026-06-30"), "met"),
        ("require support_until >= end_of(quarter, as_of)", &supported("2026-06-29"), "unmet"),
        ("require support_until >= end_of(year, as_of)", &supported("2026-12-31"), "met"),
        // The missing day does not decide.
        ("require end_of(year, support_until) == 2026-12-31", &supported("2026-06"), "met"),
        ("require support_until - as_of >= 30 days", &supported("2026-07-15"), "met"),
        ("require support_until - as_of >= 30 days", &supported("2026-07-14"), "unmet"),
        // 2027-01-31 + 1 month is the month's last day, 2027-02-28.
        ("require support_until + 1 months == 2027-02-28", &supported("2027-01-31"), "met"),
        ("require support_until + 12 months == 2025-02-28", &supported("2024-02-29"), "met"),
        // 25 hours are two days.
        ("require support_until + 25 h == 2026-06-17", &supported("2026-06-15"), "met"),
        ("require support_until - 2 weeks == 2026-06-01", &supported("2026-06-15"), "met"),
    ]);
}

#[test]
fn by_is_a_duty_with_a_day() {
    let told = "require every i in incidents: i.told_on by i.known_on + 30 days";
    let i = |fields: &str| format!("incident i \"I\" {{\n{fields}\n}}");
    cases(&[
        (told, &i("known_on 2026-04-01\ntold_on 2026-05-01"), "met"),
        (told, &i("known_on 2026-04-01\ntold_on 2026-05-02"), "unmet"),
        (told, &i("known_on 2026-05-16"), "met"),
        (told, &i("known_on 2026-05-15"), "unmet"),
        (told, &i("told_on 2026-05-01"), "unknown"),
        (told, &i("known_on 2026-04-10\ntold_on 2026-05"), "unknown"),
        (told, &i("known_on 2026-05\ntold_on 2026-07-30"), "unknown"),
        (told, "has_no [incident]", "met"),
        // Not past: holds without anything.
        ("require evidence(report) by 2026-06-15", "", "met"),
        ("require evidence(report) by 2026-06-14", "", "unmet"),
        (
            "require evidence(report) by 2026-01-31",
            "evidence e \"e\" { kind report\n issued 2026-01-31 }",
            "met",
        ),
        (
            "require evidence(report) by 2026-01-31",
            "evidence e \"e\" { kind report\n issued 2026-02-01 }",
            "unmet",
        ),
        ("require evidence(report) by 2026-01-31", "evidence e \"e\" { kind report }", "unknown"),
        (
            "require evidence(report) by 2026-01-31",
            "evidence e \"e\" { kind report\n issued 2026-02-01 }\nevidence f \"f\" { kind report\n issued 2026-01-01 }",
            "met",
        ),
        (
            "require control(lock) by 2026-01-31",
            "control lock { status implemented\n since 2026-01-31 }",
            "met",
        ),
        (
            "require control(lock) by 2026-01-31",
            "control lock { status implemented\n since 2026-02-01 }",
            "unmet",
        ),
        ("require control(lock) by 2026-01-31", "control lock { status implemented }", "unknown"),
        ("require control(lock) by 2026-01-31", "control lock { status planned\n due 2026-07-01 }", "unmet"),
        ("require control(lock) by support_until", "control lock { status implemented }", "unknown"),
        // The missing day would decide.
        ("require control(lock) by 2026", "", "unknown"),
        ("require control(lock) by 2027", "", "met"),
    ]);
}

#[test]
fn whether_it_applies_comes_first() {
    let fields = "when remote\nrequire control(lock)";
    let unless = "unless level == low\nrequire control(lock)";
    cases(&[
        (fields, "remote no", "not_applicable"),
        (fields, "remote no\ncontrol lock { status implemented }", "not_applicable"),
        (fields, "", "unknown"),
        // Whatever else is declared.
        (fields, "control lock { status implemented }", "unknown"),
        (fields, "remote yes\ncontrol lock { status implemented }", "met"),
        (unless, "level low", "not_applicable"),
        // An unknown exemption does not exempt.
        (unless, "", "unmet"),
        ("when remote\nunless level == low\nrequire control(lock)", "level low", "not_applicable"),
        (
            "unless control(guard)\nrequire control(lock)",
            "control guard { status implemented }",
            "not_applicable",
        ),
        // It would be exempt: planned.
        (
            "unless control(guard)\nrequire control(lock)",
            "control guard { status planned\n due 2027-01-01 }",
            "planned",
        ),
    ]);
}

#[test]
fn for_makes_parts_and_the_worst_counts() {
    let fields = "for m in models where m.grade >= mid\nrequire m with control(lock)";
    let locked = "control lock { status implemented }";
    let m = |name: &str, inner: &str| format!("model {name} \"M\" {{\n{inner}\n}}\n");
    let simd = "software simd\n";
    let a = |inner: &str| format!("{simd}{}", m("a", inner));
    let ab = |one: &str, two: &str| format!("{simd}{}{}", m("a", one), m("b", two));
    cases(&[
        (fields, simd, "unknown"),
        (fields, "software none", "not_applicable"),
        (fields, &format!("{simd}has_no [model]"), "not_applicable"),
        (fields, &a("grade low"), "not_applicable"),
        (fields, &a("grade mid"), "unmet"),
        (fields, &a(&format!("grade mid\n{locked}")), "met"),
        (fields, &a(locked), "unknown"),
        (fields, &ab(&format!("grade mid\n{locked}"), "grade low"), "met"),
        (fields, &ab(&format!("grade mid\n{locked}"), "note \"n\""), "unknown"),
        (fields, &ab("grade mid", "note \"n\""), "unmet"),
        (
            fields,
            &ab(
                &format!("grade mid\n{locked}"),
                "grade high\ncontrol lock { status planned\n due 2027-01-01 }",
            ),
            "planned",
        ),
        // `when` and `unless` are judged for each.
        (
            "for m in models\nunless m.grade == low\nrequire m with control(lock)",
            &ab("grade low", locked),
            "met",
        ),
        (
            "for m in models\nwhen m.grade == high\nrequire m with control(lock)",
            &a("grade low"),
            "not_applicable",
        ),
        // Whatever models there are, it is not asked.
        (
            "for m in models\nwhen remote\nrequire m with control(lock)",
            "software simd\nremote no",
            "not_applicable",
        ),
        // A waiver inside an entity covers that part only.
        (fields, &a("grade mid\nwaive XX-1 { because \"b\"\n until 2027-01-01 }"), "waived"),
        (fields, &ab("grade mid\nwaive XX-1 { because \"b\"\n until 2027-01-01 }", "grade mid"), "unmet"),
        (fields, &a("grade mid\njustify XX-1 { because \"b\" }"), "justified"),
    ]);
}

#[test]
fn justified_needs_acceptance_and_what_that_demands() {
    let plain = "require control(lock)";
    let kind = "accepts [justification with evidence(report)]\nrequire control(lock)";
    let nothing = "accepts []\nrequire control(lock)";
    let justify = "justify XX-1 { because \"b\" }";
    let with = "justify XX-1 { because \"b\"\n evidence [e] }";
    let alternative = "alternative XX-1 { because \"b\"\n evidence [e] }";
    let e = "evidence e \"e\" { kind report }\n";
    let gone = "evidence e \"missing\" { kind report }\n";
    let later = "evidence e { kind report\n due 2026-09-01 }\n";
    cases(&[
        (plain, justify, "justified"),
        (nothing, justify, "unmet"),
        (kind, justify, "unmet"),
        (kind, &format!("{e}{with}"), "justified"),
        (kind, &format!("evidence e \"e\" {{ kind scan }}\n{with}"), "unmet"),
        (plain, "alternative XX-1 { because \"b\" }", "unmet"),
        (plain, &format!("{e}{alternative}"), "justified"),
        (plain, &format!("{gone}{alternative}"), "unmet"),
        (plain, &format!("{later}{alternative}"), "planned"),
        // Before "unknown whether it holds", after "unknown whether it applies".
        ("require remote", justify, "justified"),
        ("when remote\nrequire control(lock)", justify, "unknown"),
        (plain, "justify XX-2 { because \"b\" }", "unmet"),
        (plain, &format!("{justify}\ncontrol lock {{ status implemented }}"), "met"),
    ]);
    let act = "requirement XX-1 \"1\" {\n under XX-A\n require control(lock)\n}";
    assert_eq!(outcome(act, &device(justify), "XX", "XX-1"), "unmet", "no `accepts`");
}

#[test]
fn left_out_with_a_reason_justifies_where_a_justification_is_accepted() {
    let out = "control lock { status left_out\n because \"so\" }";
    let with_e =
        "evidence e \"e\" { kind report }\ncontrol lock { status left_out\n because \"so\"\n evidence [e] }";
    cases(&[
        ("require control(lock)", out, "justified"),
        ("require control(lock) where timeout < 1 h", out, "justified"),
        ("require control(lock) with evidence(scan)", out, "justified"),
        ("require control(lock) and control(guard)", out, "unmet"),
        ("require control(lock) and remote", out, "unknown"),
        ("require control(lock) and remote", &format!("{out}\nremote yes"), "justified"),
        ("accepts []\nrequire control(lock)", out, "unmet"),
        ("accepts [justification with evidence(report)]\nrequire control(lock)", out, "unmet"),
        ("accepts [justification with evidence(report)]\nrequire control(lock)", with_e, "justified"),
        ("accepts [alternative]\nrequire control(lock)", out, "unmet"),
        (
            "require control(lock) and control(guard)",
            &format!("{out}\ncontrol guard {{ status planned\n due 2027-01-01 }}"),
            "planned",
        ),
        (
            "for m in models\nrequire m with control(lock)",
            "software simd\nmodel m \"M\" { control lock { status left_out\n because \"so\" } }",
            "justified",
        ),
    ]);
}

#[test]
fn waivers_cover_what_is_false_until_they_end() {
    let waive = |until: &str| format!("waive XX-1 {{ because \"b\"\n approved_by \"q\"\n until {until} }}");
    cases(&[
        ("require control(lock)", &waive("2026-06-15"), "waived"),
        ("require control(lock)", &waive("2026-06-14"), "unmet"),
        ("require control(lock)", &waive("2026-06"), "waived"),
        ("require remote", &waive("2027-01-01"), "unknown"),
        // Waived comes before planned.
        (
            "require control(lock)",
            &format!("{}\ncontrol lock {{ status planned\n due 2027-01-01 }}", waive("2027-01-01")),
            "waived",
        ),
    ]);
    let law = "requirement XX-1 \"1\" {\n under XX-G\n require control(lock)\n}\n\
               instrument YY-A \"Y\" {\n jurisdiction YY\n in_force 2020-01-01\n}\n\
               requirement YY-1 \"1\" {\n under YY-A\n require control(lock)\n}";
    let files = "device d \"D\" {\n market XX { class I\n waive XX-1 { because \"b\"\n until 2027-01-01 } }\n\
                 market YY { class 1\n waive XX-1 { because \"b\"\n until 2027-01-01 } }\n}";
    assert_eq!(outcome(law, files, "XX", "XX-1"), "waived");
    assert_eq!(outcome(law, files, "YY", "YY-1"), "unmet");
}

#[test]
fn planned_names_the_earliest_day() {
    let planned = |require: &str| {
        let law = format!("requirement XX-1 \"1\" {{\n under XX-G\n require {require}\n}}");
        let items = "control lock { status planned\n due 2026-09-01\n evidence [s] }\n\
                     control guard { status planned\n due 2026-12 }\n\
                     control watch { status implemented\n since 2027-03-05 }\n\
                     evidence s { kind scan\n due 2027-02-01 }";
        let verdicts = judge(&law, &device(items));
        let verdict = &verdicts[&("XX".to_owned(), "XX-1".to_owned())];
        (verdict.outcome.clone(), verdict.planned)
    };
    let on = |y, m, d| ("planned".to_owned(), Some((y, m, d)));
    assert_eq!(planned("control(lock)"), on(2026, 9, 1));
    assert_eq!(planned("control(lock) or control(guard)"), on(2026, 9, 1));
    assert_eq!(planned("control(lock) and control(guard)"), on(2026, 12, 31));
    assert_eq!(planned("control(lock) with evidence(scan)"), on(2027, 2, 1));
    assert_eq!(planned("control(watch)"), on(2027, 3, 5));
    assert_eq!(planned("control(lock) and evidence(report)"), ("unmet".to_owned(), None));
    // As implemented it would be unknown, no longer false.
    assert_eq!(planned("control(lock) where timeout < 1 h"), on(2026, 9, 1));
    // The plan comes too late.
    assert_eq!(planned("control(lock) where since < 2026-09-01"), ("unmet".to_owned(), None));
}

#[test]
fn editions_begin_on_a_condition_and_end_with_the_next() {
    let law = |editions: &str, extra: &str| {
        format!(
            r#"
instrument XX-E "E" {{
  jurisdiction XX
  edition "1" {{ in_force 2020-01-01 }}
  edition "2" {{
    in_force 2026-01-01 when remote
    in_force 2026-12-01
  }}
  edition "3" {{ in_force 2030-01-01 }}
}}
requirement XX-1 "1" {{
  under    XX-E
  editions {editions}
  {extra}
  require  level == high
}}
"#
        )
    };
    let got = |editions: &str, extra: &str, items: &str| {
        outcome(&law(editions, extra), &device(&format!("level high\n{items}")), "XX", "XX-1")
    };
    assert_eq!(got("all", "", "remote yes"), "met");
    assert_eq!(got("[\"1\"]", "", "remote yes"), "-");
    assert_eq!(got("[\"2\"]", "", "remote yes"), "met");
    assert_eq!(got("[\"1\"]", "", "remote no"), "met");
    assert_eq!(got("[\"2\"]", "", "remote no"), "-");
    assert_eq!(got("[\"3\"]", "", "remote no"), "-");
    // Which edition it is, is unknown.
    assert_eq!(got("all", "", ""), "met");
    assert_eq!(got("[\"1\", \"2\"]", "", ""), "met");
    assert_eq!(got("[\"2\"]", "", ""), "unknown");
    assert_eq!(got("[\"3\"]", "", ""), "-");
    // The requirement's own window narrows.
    assert_eq!(got("all", "in_force 2026-06-16", "remote yes"), "-");
    assert_eq!(got("all", "in_force 2026-06-15", "remote yes"), "met");
    assert_eq!(got("all", "until 2026-06-14", "remote yes"), "-");
    assert_eq!(got("all", "until 2026-06", "remote yes"), "met");
    assert_eq!(got("all", "in_force unverified", "remote yes"), "met");
}

#[test]
fn an_instrument_ends_the_day_before_what_supersedes_it() {
    let law = |day: &str| {
        format!(
            "instrument XX-N \"N\" {{\n jurisdiction XX\n in_force {day}\n supersedes XX-A\n}}\n\
             requirement XX-1 \"1\" {{\n under XX-A\n require remote\n}}"
        )
    };
    let got = |day: &str, items: &str| outcome(&law(day), &device(items), "XX", "XX-1");
    assert_eq!(got("2026-06-16", "remote yes"), "met");
    assert_eq!(got("2026-06-15", "remote yes"), "-");
    assert_eq!(got("2026-06-15 when level == high", "remote yes"), "unknown");
    assert_eq!(got("2026-06-15 when level == high", "remote yes\nlevel low"), "met");
}

#[test]
fn applies_and_opt_in() {
    let law = r#"
instrument XX-V "V" {
  jurisdiction XX
  in_force     2020-01-01
  applies      when software != none
  opt_in       when remote
}
requirement XX-1 "1" {
  under XX-V
  require control(lock)
}
"#;
    let got = |items: &str| outcome(law, &device(items), "XX", "XX-1");
    assert_eq!(got("software simd\nremote yes"), "unmet");
    assert_eq!(got("software simd\nremote no"), "not_applicable");
    assert_eq!(got("software simd"), "not_applicable");
    assert_eq!(got("software none\nremote yes"), "not_applicable");
    assert_eq!(got("remote yes"), "unknown");
}

#[test]
fn exceptions_exempt_or_deem_met() {
    let law = |kind: &str, extra: &str| {
        format!(
            r#"
instrument XX-X "X" {{
  jurisdiction XX
  in_force     2020-01-01
  applies      when software != none
}}
requirement XX-1 "1" {{
  under XX-G
  when remote
  require control(lock)
}}
exception XX-EX "E" {{
  under {{under}}
  clause unverified
  {kind} [XX-1]
  when control(guard) and level == low
  {extra}
}}
"#
        )
        .replace("{under}", "XX-X")
    };
    let guard = "control guard { status implemented }";
    let got = |kind: &str, extra: &str, items: &str| {
        outcome(&law(kind, extra), &device(&format!("remote yes\n{items}")), "XX", "XX-1")
    };
    let all = format!("software simd\nlevel low\n{guard}");
    assert_eq!(got("exempts", "", &all), "not_applicable");
    assert_eq!(got("deems_met", "", &all), "met");
    assert_eq!(got("deems_met", "until 2026-01-01", &all), "unmet");
    // Unknown has no effect, nor has an exception whose instrument does not surely apply.
    assert_eq!(got("exempts", "", &format!("software simd\n{guard}")), "unmet");
    assert_eq!(got("exempts", "", &format!("level low\n{guard}")), "unmet");
    assert_eq!(got("exempts", "", &format!("software none\nlevel low\n{guard}")), "unmet");
    let planned = "software simd\nlevel low\ncontrol guard { status planned\n due 2027-01-01 }";
    assert_eq!(got("deems_met", "", planned), "planned");
    // Deemed met says nothing while it is unknown whether it applies.
    assert_eq!(outcome(&law("deems_met", ""), &device(&all), "XX", "XX-1"), "unknown");
}

#[test]
fn conforms_reads_other_verdicts() {
    let law = r#"
instrument XX-S "S" {
  jurisdiction XX
  in_force     2020-01-01
  accepts      [justification]
}
requirement XX-S1 "1" {
  under XX-S
  strength shall
  require control(lock)
}
requirement XX-S2 "2" {
  under XX-S
  strength shall
  when level == high
  require control(guard)
}
requirement XX-S3 "3" {
  under XX-S
  strength may
  require control(watch)
}
instrument XX-P "P" {
  jurisdiction any
  in_force     2020-01-01
}
requirement XX-P1 "Policy" {
  under XX-P
  strength shall
  require control(watch)
}
requirement XX-1 "1" {
  under XX-G
  require conforms(XX-S)
}
requirement XX-2 "2" {
  under XX-G
  require conforms(XX-P)
}
requirement XX-3 "3" {
  under XX-G
  require conforms(XX-S2)
}
"#;
    let got = |code: &str, items: &str| outcome(law, &device(items), "XX", code);
    let lock = "control lock { status implemented }";
    assert_eq!(got("XX-1", &format!("level low\n{lock}")), "met");
    assert_eq!(got("XX-1", "level low"), "unmet");
    assert_eq!(got("XX-1", lock), "unknown");
    assert_eq!(got("XX-1", ""), "unmet", "a false one decides before an unknown one");
    assert_eq!(got("XX-1", "level low\ncontrol lock { status left_out\n because \"so\" }"), "met");
    assert_eq!(got("XX-1", "level low\nwaive XX-S1 { because \"b\"\n until 2027-01-01 }"), "unmet");
    assert_eq!(got("XX-1", "level low\ncontrol lock { status planned\n due 2027-01-01 }"), "planned");
    assert_eq!(got("XX-3", &format!("level low\n{lock}")), "unmet", "nothing applies");
    assert_eq!(got("XX-2", "control watch { status implemented }"), "met");
    let verdicts = judge(law, &device(""));
    assert_eq!(verdicts[&("any".to_owned(), "XX-P1".to_owned())].outcome, "unmet");
    assert!(!verdicts.contains_key(&("XX".to_owned(), "XX-P1".to_owned())));
}

#[test]
fn packages_are_unknown_until_they_are_read() {
    let free = "require every p in packages: declared(p.license)";
    cases(&[
        (free, "", "unknown"),
        (free, "evidence s \"s.json\" { kind sbom }", "unknown"),
        (free, "has_no [package]", "unknown"),
    ]);
}

fn run(rules: &str) -> Vec<RuleTest> {
    rulebook_tests(&[("v.rulebook".into(), VOCABULARY.into()), ("l.rulebook".into(), rules.into())])
}

#[test]
fn families_fill_their_rows_and_share_what_they_say() {
    let tests = run(r#"
instrument XX-F "F" {
  jurisdiction XX
  in_force     2024-01-01
  accepts      [justification]
  given        { level low  remote yes }
}
family XX-FAM "Family" {
  under   XX-F
  when    remote
  unless  level == high
  require control(row.what) where row.limit
  given   { class II }
  test "there" met { control row.what { status implemented  timeout 1 min } }
  test "absent" unmet { }
  test "not remote" not_applicable { remote no }
  test "high" not_applicable { level high }
  test "says why" justified { justify row.code { because "b" } }
  requirement XX-F1 "One" {
    what  lock
    unless class == III
    require control(row.what) where timeout <= 5 min
    test "slow" unmet { control lock { status implemented  timeout 6 min } }
    test "III" not_applicable { class III }
    test "old" not_in_force { at 2023-12-31 }
  }
}
"#);
    assert_eq!(tests.len(), 8);
    for t in tests {
        assert_eq!(t.got, t.expected, "{}", t.title);
    }
}

#[test]
fn tests_run_on_the_first_day_and_evidence_in_them_stands() {
    let tests = run(r#"
instrument XX-T "T" {
  jurisdiction XX
  edition "1" { in_force 2020-01-01 }
  edition "2" {
    in_force 2024-01-01 when level == high
    in_force 2025-01-01
  }
  given { has_no [package, incident]  class I }
}
requirement XX-T1 "1" {
  under    XX-T
  editions all
  require  support_until >= as_of and evidence(report)
  given    { level low  evidence e { kind report } }
  test "that day" met { support_until 2025-01-01 }
  test "the day before" unmet { support_until 2024-12-31 }
  test "earlier for high" unmet { support_until 2023-12-31  level high }
  test "that earlier day" met { support_until 2024-01-01  level high }
  test "on another day" unmet { support_until 2025-01-01  at 2025-01-02 }
  test "does not stand" unmet { support_until 2025-01-01  evidence e { stands no } }
  test "not yet issued" unmet { support_until 2025-01-01  evidence e { issued 2025-01-02 } }
  test "planned" planned { support_until 2025-01-01  evidence e { due 2025-01-02 } }
}
requirement XX-T2 "2" {
  under    XX-T
  editions all
  require  every p in packages: declared(p.license)
  test "none" met { }
  test "one" unmet { evidence s { kind sbom }  package p { } }
  test "one with license" met { evidence s { kind sbom }  package p { license "MIT" } }
  test "not read" unknown { has_no []  evidence s { kind sbom  stands no }  package p { license "MIT" } }
  test "read, and empty" met { has_no []  evidence s { kind sbom } }
  test "nothing said" unknown { has_no [] }
}
requirement XX-T3 "3" {
  under    XX-T
  editions all
  require  conforms(XX-T2) and some k in markets: k.place == YY and k.only_yy
  given    { has_no [] }
  test "stipulated" met { conforms [XX-T2]  market YY { only_yy yes } }
  test "unknown" unknown { market YY { only_yy yes } }
  test "elsewhere lower" unmet { conforms [XX-T2]  market YY { only_yy no } }
}
"#);
    assert_eq!(tests.len(), 17);
    for t in tests {
        assert_eq!(t.got, t.expected, "{} {}", t.requirement, t.title);
    }
}

#[test]
fn what_cannot_be_interpreted_is_named() {
    let tests =
        run("requirement XX-1 \"1\" {\n under XX-G\n require magic(level)\n test \"t\" met { class I }\n}");
    assert_eq!(tests[0].got, "cannot interpret: `magic(…)` is nothing that can be called");
}
