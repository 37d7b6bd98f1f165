//! `dossier.toml` against its schema, and what is said of mistakes in it.

mod common;

use common::Project;
use dossier_workspace::config::{FailOn, KEYS, Level, SEVERITY_KEYS};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn schema() -> Value {
    let ran = Project::new().run(&["schema", "config"]);
    ran.ends(0);
    serde_json::from_str(&ran.out).expect("JSON")
}

/// TOML as JSON, dates as texts: as editors hand it to a schema.
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(d) => d.to_string().into(),
        toml::Value::Array(list) => list.into_iter().map(json).collect(),
        toml::Value::Table(t) => Value::Object(t.into_iter().map(|(k, v)| (k, json(v))).collect()),
        toml::Value::String(s) => s.into(),
        toml::Value::Integer(n) => n.into(),
        toml::Value::Float(n) => n.into(),
        toml::Value::Boolean(b) => b.into(),
    }
}

fn read(text: &str) -> Value {
    json(toml::Value::Table(text.parse().expect("TOML")))
}

fn below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            below(&path, found);
        } else if path.file_name().is_some_and(|n| n == "dossier.toml") {
            found.push(path);
        }
    }
}

#[test]
fn every_configuration_that_ships_is_valid() {
    let schema = schema();
    jsonschema::meta::validate(&schema).expect("a JSON Schema");
    let validator = jsonschema::validator_for(&schema).expect("a JSON Schema");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    for folder in ["examples", "tests/corpus", "crates/cli/tests/fixtures"] {
        below(&root.join(folder), &mut found);
    }
    assert!(found.len() >= 2, "{found:?}");
    for path in found {
        let text = std::fs::read_to_string(&path).expect("a configuration");
        let errors: Vec<String> = validator.iter_errors(&read(&text)).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", path.display());
    }
}

#[test]
fn the_schema_and_the_program_know_the_same() {
    let schema = schema();
    let keys =
        |v: &Value| -> Vec<String> { v["properties"].as_object().expect("keys").keys().cloned().collect() };
    assert_eq!(keys(&schema), KEYS);
    let severity = &schema["properties"]["severity"];
    assert_eq!(keys(severity), SEVERITY_KEYS);
    let words: Vec<&str> = FailOn::WORDS.iter().map(|w| w.0).collect();
    assert_eq!(schema["properties"]["fail_on"]["enum"], serde_json::json!(words));
    let words: Vec<&str> = Level::WORDS.iter().map(|w| w.0).collect();
    assert_eq!(schema["$defs"]["level"]["enum"], serde_json::json!(words));
    for (name, key) in schema["properties"].as_object().expect("keys") {
        assert!(key["description"].as_str().is_some_and(|d| d.len() > 20), "{name} is documented");
    }
    // What the one refuses, the other does.
    let validator = jsonschema::validator_for(&schema).expect("a JSON Schema");
    let p = Project::lantern();
    for (text, fits) in [
        ("markets = [\"XA\"]\nas_of = 2026-11-23\n", true),
        ("as_of = \"2026-11-23\"\n[severity.code]\nV0101 = \"off\"\n", true),
        ("evidence_root = \"evidence\"\nexclude = [\"old/\"]\nfail_on = \"never\"\n", true),
        ("market = [\"XA\"]\n", false),
        ("markets = \"XA\"\n", false),
        ("markets = [1]\n", false),
        ("as_of = 2026\n", false),
        ("as_of = \"2026-11\"\n", false),
        ("fail_on = \"errors\"\n", false),
        ("exclude = true\n", false),
        ("rulebooks_version = 1.0\n", false),
        ("[severity]\ncodes = {}\n", false),
        ("[severity.code]\nV0101 = \"info\"\n", false),
        ("severity = 1\n", false),
    ] {
        assert_eq!(validator.is_valid(&read(text)), fits, "schema: {text}");
        let rulebooks = if text.starts_with('[') {
            String::new()
        } else {
            "rulebooks = [\"policy.rulebook\"]\n".to_owned()
        };
        p.file("dossier.toml", &format!("{rulebooks}{text}"));
        let ran = p.run(&["check", "--format", "json"]);
        let refused = ran.out.contains("\"E0401\"");
        assert_eq!(refused, !fits, "program: {text}\n{}", ran.out);
        assert_eq!(ran.status == 2, !fits, "{text}");
    }
}

#[test]
fn mistakes_stand_at_their_place_with_a_suggestion() {
    let p = Project::lantern();
    // Each name stands in a comment first, so that a search for it would find the wrong place.
    let comment = "# XB XA-ACT-11 XA-ATC V0199 polcy.rulebook eror 1.0 gone\n";
    let cases = [
        ("markets = [\"any\", \"XB\"]", 19, "did you mean `XA`?", "E0407"),
        ("fail_on = \"eror\"", 11, "did you mean `error`?", "E0401"),
        ("fail_on = \"often\"", 11, "known are `error`, `warning`, `information`, `never`", "E0401"),
        ("severity.requirement.XA-ACT-11 = \"off\"", 22, "did you mean `XA-ACT-1`", "E0407"),
        ("severity.instrument.XA-ATC = \"off\"", 21, "did you mean `XA-ACT`?", "E0407"),
        ("severity.code.V0199 = \"off\"", 15, "did you mean", "E0407"),
        ("severity.code.V0101 = \"warnin\"", 23, "did you mean `warning`?", "E0401"),
        ("severity.cod.V0101 = \"warning\"", 10, "did you mean `code`?", "E0401"),
        ("fial_on = \"error\"", 1, "did you mean `fail_on`?", "E0401"),
        ("rulebooks_version = \"1.0\"", 21, "", "E0406"),
        ("evidence_root = \"gone\"", 17, "there is no folder `gone`", "E0401"),
        ("exclude = [\"a[\"]", 12, "pattern", "E0401"),
        ("severity.code.E0401 = \"off\"", 23, "always an error", "E0401"),
    ];
    for (line, column, says, code) in cases {
        p.file(
            "dossier.toml",
            &format!("{comment}rulebooks = [\"policy.rulebook\"]\nas_of = 2026-11-23\n{line}\n"),
        );
        let ran = p.run(&["check", "--format", "json"]);
        ran.ends(2);
        let check: Value = serde_json::from_str(&ran.out).expect("JSON");
        let all = check["diagnostics"].as_array().expect("a list");
        let d = all.iter().find(|d| d["code"] == code).unwrap_or_else(|| panic!("{line}: {all:?}"));
        assert_eq!(d["file"], "dossier.toml", "{line}");
        assert_eq!(d["range"]["start"]["line"], 4, "{line}: {d}");
        assert_eq!(d["range"]["start"]["column"], column, "{line}: {d}");
        assert!(d.to_string().contains(says), "{line}: {d}");
        // One mistake, and nothing that follows from it: the rest of the file counts.
        assert!(!all.iter().any(|d| d["code"] == "E0103"), "{line}: {all:?}");
    }
}
