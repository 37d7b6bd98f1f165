//! JSON against its schema, and what it says.

mod common;

use common::Project;
use serde_json::Value;

fn schema(p: &Project, name: &str) -> jsonschema::Validator {
    let ran = p.run(&["schema", name]);
    ran.ends(0);
    let schema: Value = serde_json::from_str(&ran.out).expect("JSON");
    jsonschema::meta::validate(&schema).expect("a JSON Schema");
    jsonschema::validator_for(&schema).expect("a JSON Schema")
}

#[track_caller]
fn valid(validator: &jsonschema::Validator, text: &str) -> Value {
    let value: Value = serde_json::from_str(text).expect("JSON");
    let errors: Vec<String> =
        validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    value
}

fn verdict<'v>(check: &'v Value, market: usize, code: &str) -> &'v Value {
    let list = check["devices"][0]["markets"][market]["verdicts"].as_array().expect("verdicts");
    list.iter().find(|v| v["requirement"] == code).expect("a verdict")
}

#[test]
fn every_output_is_valid() {
    let p = Project::lantern();
    let validator = schema(&p, "check");
    let check = |p: &Project, arguments: &[&str]| {
        let ran = p.run(&[&["check", "--format", "json"], arguments].concat());
        assert_ne!(ran.status, -1);
        valid(&validator, &ran.out)
    };
    check(&p, &[]);
    check(&p, &["--market", "any"]);
    check(&p, &["--as-of", "2024-01-01"]);
    check(&p, &["--all"]);
    // A real device in every market that the embedded rulebooks know.
    let q = Project::new();
    let markets = p.run(&["rules", "list", "--format", "json"]);
    let listed = valid(&schema(&p, "rules"), &markets.out);
    let mut codes: Vec<&str> =
        listed.as_array().expect("a list").iter().filter_map(|r| r["jurisdiction"].as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    let blocks: String = codes
        .iter()
        .filter(|c| **c != "XA" && **c != "any")
        .map(|c| format!("  market {c} {{ status planned }}\n"))
        .collect();
    q.file(
        "lamp.dossier",
        &format!("device lamp \"Lamp\" {{\n  software simd\n  connections [wifi]\n{blocks}}}\n"),
    );
    let big = check(&q, &[]);
    assert!(big["devices"][0]["markets"].as_array().expect("markets").len() >= 4);
    // Whatever is wrong with a file.
    for text in [
        "",
        "device",
        "device x \"\u{1b}\" { a \u{0} }",
        "}}}",
        "use \"../x\"\ndevice \u{202e} {",
        "device x \"x\" {\n  software 二\n",
    ] {
        q.file("lamp.dossier", text);
        check(&q, &[]);
    }
    q.bytes("lamp.dossier", b"\xff\xfe");
    check(&q, &[]);
}

#[test]
fn it_says_what_the_surfaces_promise() {
    let p = Project::lantern();
    let ran = p.run(&["check", "--format", "json"]);
    ran.ends(1);
    let check = valid(&schema(&p, "check"), &ran.out);
    assert_eq!(check["format"], 1);
    assert_eq!(check["as_of"], "2026-11-23");
    let inputs: Vec<&str> =
        check["inputs"].as_array().expect("inputs").iter().filter_map(|i| i["file"].as_str()).collect();
    assert_eq!(inputs, ["dossier.toml", "evidence/lab.txt", "lantern.dossier", "policy.rulebook"]);
    let device = &check["devices"][0];
    assert_eq!(
        (device["id"].as_str(), device["title"].as_str(), device["file"].as_str()),
        (Some("lantern"), Some("Lantern 二型"), Some("lantern.dossier"))
    );
    let counts = &device["markets"][0]["counts"];
    assert_eq!(
        counts,
        &serde_json::json!({ "met": 0, "justified": 0, "planned": 1, "waived": 1, "unmet": 2, "unknown": 1, "not_applicable": 0 })
    );
    assert_eq!(device["markets"][1]["market"], "any");

    let signs_in = verdict(&check, 0, "XA-ACT-1");
    assert_eq!(signs_in["outcome"], "unmet");
    assert_eq!((signs_in["clause"].as_str(), signs_in["force"].as_str()), (Some("第一條"), Some("statute")));
    assert!(signs_in["edition"].is_null());
    let on = &signs_in["rests_on"];
    assert!(on.as_array().expect("a list").iter().any(|r| r["line"] == 10 && r["column"] == 5), "{on}");

    let radio = verdict(&check, 0, "XA-ACT-2");
    assert_eq!(radio["missing"], serde_json::json!([{ "what": "fact", "name": "xa_radio" }]));

    let seal = verdict(&check, 0, "XA-ACT-3");
    assert_eq!((seal["outcome"].as_str(), seal["clause"].as_str()), (Some("waived"), None));
    assert_eq!(
        seal["settled_by"],
        serde_json::json!({ "kind": "waive", "file": "lantern.dossier", "line": 23 })
    );

    let parts = verdict(&check, 0, "XA-ACT-4")["parts"].as_array().expect("parts").clone();
    let told: Vec<(Option<&str>, Option<&str>)> =
        parts.iter().map(|p| (p["about"].as_str(), p["outcome"].as_str())).collect();
    assert_eq!(told, [(Some("wick"), Some("met")), (Some("glass"), Some("unmet"))]);

    let log = verdict(&check, 0, "XA-ACT-5");
    assert_eq!((log["outcome"].as_str(), log["due"].as_str()), (Some("planned"), Some("2027-02-28")));

    // Columns count characters, offsets bytes.
    let label =
        check["diagnostics"].as_array().expect("a list").iter().find(|d| d["code"] == "V0101").expect("one");
    assert_eq!(label["range"]["start"], serde_json::json!({ "line": 2, "column": 8, "offset": 34 }));
    assert_eq!(label["decides"], serde_json::json!(["XA-ACT-2"]));
    let summary = &check["summary"];
    assert_eq!(
        (summary["errors"].as_u64(), summary["warnings"].as_u64(), summary["info"].as_u64()),
        (Some(3), Some(2), Some(1))
    );
}

#[test]
fn a_claim_for_one_edition_prints_no_clause_under_another() {
    let p = Project::lantern();
    let instrument = "  in_force 2025-01-01\n  read     \"full text\"\n  accepts";
    p.change("policy.rulebook", instrument, "  edition \"A\" { in_force 2025-01-01 }\n  edition \"B\" { in_force 2026-01-01 }\n  read     \"full text\"\n  accepts");
    let text =
        p.read("policy.rulebook").replace("  under    XA-ACT\n", "  under    XA-ACT\n  editions all\n");
    p.file("policy.rulebook", &text);
    p.change("policy.rulebook", "  clause   \"Sec 2\"", "  edition \"A\" { clause \"Sec 2\" }");
    let check = |day: &str| {
        let ran = p.run(&["check", "--format", "json", "--as-of", day]);
        serde_json::from_str::<Value>(&ran.out).expect("JSON")
    };
    let (a, b) = (check("2025-06-01"), check("2026-06-01"));
    assert_eq!(verdict(&a, 0, "XA-ACT-2")["clause"], "Sec 2", "{}", a["diagnostics"]);
    assert_eq!(verdict(&a, 0, "XA-ACT-2")["edition"], "A");
    assert!(verdict(&b, 0, "XA-ACT-2")["clause"].is_null());
    assert_eq!(verdict(&b, 0, "XA-ACT-2")["edition"], "B");
    assert_eq!(verdict(&b, 0, "XA-ACT-4")["clause"], "Sec 4", "given for no edition: the plain clause");
}
