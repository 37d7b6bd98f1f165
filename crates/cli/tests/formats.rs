//! The formats of a check say the same, each in its own way.

mod common;

use common::Project;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Device, market, requirement and outcome.
type Verdicts = BTreeSet<(String, String, String, String)>;

/// The lantern with every outcome that its law can give, and mistakes of every weight.
fn project() -> Project {
    let p = Project::lantern();
    p.file(
        "odd name, with\u{4e8c}%.dossier",
        "device kettle \"Kettle <&\\\"> \u{1F525}\" {\n  xa_radio yes   // \u{1F525}\u{1F525}\n  xa_radoi no\n  market XA { }\n}\n",
    );
    p
}

fn run(p: &Project, format: &str, more: &[&str]) -> String {
    let ran = p.run(&[&["check", "--format", format], more].concat());
    ran.ends(1);
    ran.out
}

fn json(p: &Project) -> Value {
    serde_json::from_str(&run(p, "json", &[])).expect("JSON")
}

fn text(v: &Value) -> String {
    v.as_str().expect("a text").to_owned()
}

fn list(v: &Value) -> &Vec<Value> {
    v.as_array().expect("a list")
}

fn of_json(check: &Value) -> Verdicts {
    let mut all = Verdicts::new();
    for device in list(&check["devices"]) {
        for market in list(&device["markets"]) {
            for v in list(&market["verdicts"]) {
                all.insert((
                    text(&device["id"]),
                    text(&market["market"]),
                    text(&v["requirement"]),
                    text(&v["outcome"]),
                ));
            }
        }
    }
    all
}

fn of_sarif(sarif: &Value) -> Verdicts {
    let verdicts = list(&sarif["runs"][0]["properties"]["verdicts"]).iter();
    verdicts
        .map(|v| (text(&v["device"]), text(&v["market"]), text(&v["requirement"]), text(&v["outcome"])))
        .collect()
}

fn of_junit(xml: &str) -> Verdicts {
    let doc = roxmltree::Document::parse(xml).expect("XML");
    let mut all = Verdicts::new();
    for case in doc.descendants().filter(|n| n.has_tag_name("testcase")) {
        let Some(outcome) =
            case.descendants().find(|n| n.has_tag_name("property") && n.attribute("name") == Some("outcome"))
        else {
            continue;
        };
        let class: Vec<&str> = case.attribute("classname").expect("a class").split('.').collect();
        all.insert((
            class[0].to_owned(),
            class[1].to_owned(),
            case.attribute("name").expect("a name").to_owned(),
            outcome.attribute("value").expect("a value").to_owned(),
        ));
    }
    all
}

fn of_github(out: &str) -> Verdicts {
    let folded = out.lines().skip_while(|l| !l.starts_with("::group::")).skip(1);
    folded
        .take_while(|l| *l != "::endgroup::")
        .map(|l| {
            let w: Vec<&str> = l.split(' ').collect();
            (w[0].to_owned(), w[1].to_owned(), w[2].to_owned(), w[3].to_owned())
        })
        .collect()
}

fn of_plain(out: &str) -> Verdicts {
    let mut all = Verdicts::new();
    let (mut device, mut market, mut line) = (String::new(), String::new(), String::new());
    // A line that stands deeper than a list begins goes on with it.
    let mut lines: Vec<String> = Vec::new();
    for l in out.lines() {
        match (l.strip_prefix("      "), lines.last_mut()) {
            (Some(rest), Some(last)) => *last += &format!(" {rest}"),
            _ => lines.push(l.to_owned()),
        }
    }
    for l in lines {
        line.clone_from(&l);
        if let Some(rest) = line.strip_prefix("Device ") {
            device = rest.split([',', '.']).next().expect("a name").to_owned();
        } else if let Some(rest) = line.strip_prefix("  Market ") {
            market = rest.split(':').next().expect("a code").to_owned();
        } else if line.starts_with("  Asked once") {
            market = "any".to_owned();
        } else if let Some(rest) = line.strip_prefix("    ")
            && let Some((head, codes)) = rest.split_once(": ")
            && let Some((_, outcome)) = head.split_once(' ')
        {
            for code in codes.trim_end_matches('.').split(", ") {
                all.insert((device.clone(), market.clone(), code.to_owned(), outcome.replace(' ', "_")));
            }
        }
    }
    all
}

#[test]
fn every_format_has_the_same_verdicts() {
    let p = project();
    let wanted = of_json(&json(&p));
    let outcomes: BTreeSet<&str> = wanted.iter().map(|v| v.3.as_str()).collect();
    assert!(outcomes.len() >= 4 && wanted.len() > 10, "{outcomes:?}, {} verdicts", wanted.len());
    assert_eq!(of_sarif(&serde_json::from_str(&run(&p, "sarif", &[])).expect("JSON")), wanted, "sarif");
    assert_eq!(of_junit(&run(&p, "junit", &[])), wanted, "junit");
    assert_eq!(of_github(&run(&p, "github", &[])), wanted, "github");
    assert_eq!(of_plain(&run(&p, "plain", &[])), wanted, "plain");
}

/// How often each code stands with each fingerprint.
fn told(pairs: impl Iterator<Item = (String, String)>) -> BTreeMap<(String, String), usize> {
    pairs.fold(BTreeMap::new(), |mut all, pair| {
        *all.entry(pair).or_default() += 1;
        all
    })
}

#[test]
fn every_format_has_the_same_findings() {
    let p = project();
    let check = json(&p);
    let wanted =
        told(list(&check["diagnostics"]).iter().map(|d| (text(&d["code"]), text(&d["fingerprint"]))));
    assert!(
        wanted.len() > 5 && wanted.values().all(|n| *n == 1),
        "fingerprints tell findings apart: {wanted:?}"
    );
    let gitlab: Value = serde_json::from_str(&run(&p, "gitlab", &[])).expect("JSON");
    assert_eq!(told(list(&gitlab).iter().map(|i| (text(&i["check_name"]), text(&i["fingerprint"])))), wanted);
    let sarif: Value = serde_json::from_str(&run(&p, "sarif", &[])).expect("JSON");
    let results = list(&sarif["runs"][0]["results"]);
    let of = |r: &Value| (text(&r["ruleId"]), text(&r["partialFingerprints"]["dossier/v1"]));
    assert_eq!(told(results.iter().map(of)), wanted);
    let codes = |all: Vec<&str>| {
        all.into_iter().fold(BTreeMap::<String, usize>::new(), |mut n, c| {
            *n.entry(c.to_owned()).or_default() += 1;
            n
        })
    };
    let by_code = codes(wanted.keys().map(|k| k.0.as_str()).collect());
    let github = run(&p, "github", &[]);
    let titles =
        github.lines().filter_map(|l| l.split_once("title=dossier ")).filter_map(|l| l.1.split_once("::"));
    assert_eq!(codes(titles.map(|t| t.0).collect()), by_code, "github");
    let plain = run(&p, "plain", &[]);
    let heads = plain.lines().filter(|l| ["Error ", "Warning ", "Note "].iter().any(|w| l.starts_with(w)));
    assert_eq!(codes(heads.filter_map(|l| l.split([' ', ':']).nth(1)).collect()), by_code, "plain");
}

#[test]
fn sarif_counts_utf16_and_encodes_paths() {
    let p = project();
    let sarif: Value = serde_json::from_str(&run(&p, "sarif", &[])).expect("JSON");
    let result =
        list(&sarif["runs"][0]["results"]).iter().find(|r| r["ruleId"] == "E0101").expect("a result");
    let at = &result["locations"][0]["physicalLocation"];
    assert_eq!(at["artifactLocation"]["uri"], "odd%20name%2C%20with%E4%BA%8C%25.dossier");
    assert_eq!(at["region"]["startLine"], 3);
    assert_eq!(at["region"]["startColumn"], 3);
    // Two flames are four units.
    p.change(
        "odd name, with\u{4e8c}%.dossier",
        "   // \u{1F525}\u{1F525}\n",
        " labl \"\u{1F525}\u{1F525}\" ",
    );
    let sarif: Value = serde_json::from_str(&run(&p, "sarif", &[])).expect("JSON");
    let results = list(&sarif["runs"][0]["results"]);
    let second = results.iter().find(|r| {
        r["ruleId"] == "E0101" && r["message"]["text"].as_str().is_some_and(|t| t.contains("radoi"))
    });
    let region = &second.expect("a result")["locations"][0]["physicalLocation"]["region"];
    assert_eq!(region["startColumn"], 30, "{region}");
    let taxa = list(&sarif["runs"][0]["taxonomies"][0]["taxa"]);
    assert!(
        !taxa.is_empty() && taxa.iter().all(|t| t["id"].is_string() && t["properties"]["force"].is_string())
    );
}

#[test]
fn fingerprints_stay_when_lines_move_and_counts_change() {
    let p = project();
    let before =
        told(list(&json(&p)["diagnostics"]).iter().map(|d| (text(&d["code"]), text(&d["fingerprint"]))));
    let moved = format!("\n\n// A line.\n{}", p.read("lantern.dossier"));
    p.file("lantern.dossier", &moved);
    std::fs::rename(p.path("odd name, with\u{4e8c}%.dossier"), p.path("kettle.dossier")).expect("renamed");
    let after =
        told(list(&json(&p)["diagnostics"]).iter().map(|d| (text(&d["code"]), text(&d["fingerprint"]))));
    assert_eq!(before, after);
}

#[test]
fn junit_fails_what_fails_the_run() {
    let p = Project::lantern();
    let failures = |fail_on: &str| {
        let ran = p.run(&["check", "--format", "junit", "--fail-on", fail_on]);
        let doc = roxmltree::Document::parse(&ran.out).expect("XML");
        let n = doc.descendants().filter(|n| n.has_tag_name("failure")).count();
        for suite in doc.descendants().filter(|n| n.has_tag_name("testsuite")) {
            let count = |tag: &str| suite.descendants().filter(|n| n.has_tag_name(tag)).count().to_string();
            assert_eq!(suite.attribute("tests"), Some(&*count("testcase")));
            assert_eq!(suite.attribute("failures"), Some(&*count("failure")));
            assert_eq!(suite.attribute("skipped"), Some(&*count("skipped")));
        }
        assert_eq!(ran.status == 0, n == 0, "{fail_on}: {n} failures, status {}", ran.status);
        n
    };
    let (never, errors, all) = (failures("never"), failures("error"), failures("information"));
    assert!(never == 0 && errors > 0 && all >= errors, "{never}, {errors}, {all}");
}

#[test]
fn plain_keeps_to_80_columns_and_draws_nothing() {
    let p = project();
    for line in run(&p, "plain", &[]).lines() {
        assert!(line.chars().count() <= 80, "{line}");
        assert!(!line.chars().any(|c| ('\u{2500}'..='\u{25ff}').contains(&c) || c == '\u{1b}'), "{line}");
    }
}

#[test]
fn github_says_one_command_a_finding_whatever_texts_hold() {
    let p = project();
    p.change("lantern.dossier", "device lantern \"", "device lantern \"::error::x %0A, ");
    let out = run(&p, "github", &[]);
    for line in out.lines().filter(|l| l.starts_with("::")) {
        let fits = ["::error ", "::warning ", "::notice ", "::group::", "::endgroup::"];
        assert!(fits.iter().any(|f| line.starts_with(f)), "{line}");
    }
    assert!(out.contains("file=odd name%2C with\u{4e8c}%25.dossier,"), "{out}");
}
