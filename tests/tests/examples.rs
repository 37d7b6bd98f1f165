//! The examples: what their READMEs promise, checked through the crates that the program uses.

use dossier_base::FileId;
use dossier_model::law::Outcome;
use dossier_verdict::Detail;
use dossier_workspace::{CheckRequest, OpenOptions, Workspace};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// By device, market and requirement.
type Verdicts = BTreeMap<String, BTreeMap<String, BTreeMap<String, Outcome>>>;

/// The outcomes in the order in which READMEs count them.
const COLUMNS: [Outcome; 7] = [
    Outcome::Met,
    Outcome::Justified,
    Outcome::Planned,
    Outcome::Waived,
    Outcome::Unmet,
    Outcome::Unknown,
    Outcome::NotApplicable,
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

fn open() -> Workspace {
    let options = OpenOptions { paths: vec![folder()], ..OpenOptions::default() };
    Workspace::open(&options).expect("the examples are there")
}

fn verdicts(ws: &Workspace) -> Verdicts {
    let as_of = ws.config().as_of.expect("`dossier.toml` names the day of the check");
    let request = CheckRequest { as_of, devices: Vec::new(), markets: Vec::new(), detail: Detail::Outcomes };
    let law = &ws.model().rules.law;
    let mut out = Verdicts::new();
    for check in ws.check(&request) {
        let unit = ws.model().unit(check.unit).expect("a device that was checked");
        for market in check.markets {
            let place = market.place.map_or("any", |p| p.as_str()).to_owned();
            let rows = market
                .rows
                .iter()
                .map(|r| (law.requirements[r.requirement].code.as_str().to_owned(), r.judgement.outcome));
            out.entry(unit.name.as_str().to_owned()).or_default().insert(place, rows.collect());
        }
    }
    out
}

fn count(rows: &BTreeMap<String, Outcome>) -> Vec<usize> {
    COLUMNS.iter().map(|c| rows.values().filter(|o| *o == c).count()).collect()
}

/// The files below a folder with one of these endings.
fn files(dir: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(dir).expect("a folder").map(|e| e.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            out.extend(files(&path, endings));
        } else if path.extension().and_then(|e| e.to_str()).is_some_and(|e| endings.contains(&e)) {
            out.push(path);
        }
    }
    out
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a readable file")
}

/// The cells of the tables of a page, without their back quotes.
fn rows(markdown: &str) -> Vec<Vec<String>> {
    let lines = markdown.lines().filter(|l| l.starts_with('|'));
    lines.map(|l| l.trim_matches('|').split('|').map(|c| c.trim().replace('`', "")).collect()).collect()
}

#[test]
fn nothing_in_them_is_wrong_but_what_they_declare() {
    let told: Vec<String> = open().static_diagnostics().into_iter().map(|d| d.message).collect();
    assert_eq!(told, Vec::<String>::new());
}

#[test]
fn verdicts_are_as_they_were() {
    for (device, markets) in verdicts(&open()) {
        let mut text = String::new();
        for (market, rows) in markets {
            let _ = writeln!(text, "{market}");
            for (requirement, outcome) in rows {
                let _ = writeln!(text, "  {:<14} {requirement}", outcome.as_str());
            }
        }
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(device, text);
        });
    }
}

#[test]
fn all_seven_outcomes_occur() {
    let all = verdicts(&open());
    let seen: BTreeSet<&str> =
        all.values().flat_map(BTreeMap::values).flat_map(BTreeMap::values).map(|o| o.as_str()).collect();
    let expected: BTreeSet<&str> = COLUMNS.iter().map(|o| o.as_str()).collect();
    assert_eq!(seen, expected);
}

/// The page of all examples names one verdict of each kind: `outcome | REQUIREMENT of device in MARKET | why`.
#[test]
fn the_readme_names_one_verdict_of_each_kind() {
    let all = verdicts(&open());
    let page = rows(&read(&folder().join("README.md")));
    for row in &page {
        let [outcome, place, _] = &row[..] else { continue };
        let Some(expected) = COLUMNS.iter().find(|o| o.as_str() == outcome) else { continue };
        let words: Vec<&str> = place.split_whitespace().collect();
        let [requirement, "of", device, "in", market] = words[..] else {
            panic!("`{place}` names no verdict")
        };
        assert_eq!(&all[device][market][requirement], expected, "{place}");
    }
    for outcome in COLUMNS {
        assert!(page.iter().any(|r| r[0] == outcome.as_str()), "no example of `{}`", outcome.as_str());
    }
}

/// A device's page has a table of counts, and names requirements behind the outcome that they have.
#[test]
fn the_readmes_say_what_comes_out() {
    let ws = open();
    let all = verdicts(&ws);
    let (mut counted, mut promised, mut expected) = (0, 0, 0);
    for (_, unit) in ws.devices() {
        let file = ws.source(unit.origin.file).expect("the device's file");
        let page = folder().join(&file.path).with_file_name("README.md");
        let text = read(&page);
        let markets = &all[unit.name.as_str()];
        // Where there is no software, nothing is asked and there is nothing to count.
        if unit.name.as_str() != "gravity_set_180" {
            expected += markets.len();
        }
        for row in rows(&text).into_iter().filter(|r| r.len() == 8) {
            let place = row[0].split(' ').next().unwrap_or("");
            let Some(verdicts) = markets.get(place) else { continue };
            let written: Vec<usize> = row[1..].iter().map(|c| c.parse().expect("a count")).collect();
            assert_eq!(written, count(verdicts), "{place} in {}", page.display());
            counted += 1;
        }
        for (outcome, code) in promises(&text) {
            let found: Vec<Outcome> = markets.values().filter_map(|m| m.get(&code)).copied().collect();
            assert_eq!(found, [outcome], "{code} in {}", page.display());
            promised += 1;
        }
    }
    assert_eq!(counted, expected, "each market of each device with software has a line");
    assert!(promised >= 90, "{promised} requirements are named with their outcome");
}

/// What a page's list says: an item that begins with an outcome in bold, and each requirement named in it.
fn promises(page: &str) -> Vec<(Outcome, String)> {
    let mut out = Vec::new();
    let mut outcome = None;
    for line in page.lines() {
        if let Some(rest) = line.strip_prefix("* ") {
            let word =
                rest.strip_prefix("**").and_then(|r| r.split("**").next()).map(|w| w.replace(' ', "_"));
            outcome = COLUMNS.into_iter().find(|o| word.as_deref() == Some(o.as_str()));
        } else if !line.starts_with("  ") {
            outcome = None;
        }
        let Some(outcome) = outcome else { continue };
        let codes = line.split('`').skip(1).step_by(2);
        let is_code = |c: &&str| {
            c.matches('-').count() > 1 && c.chars().all(|c| matches!(c, 'A'..='Z' | '0'..='9' | '-'))
        };
        out.extend(codes.filter(is_code).map(|c| (outcome, c.to_owned())));
    }
    out
}

#[test]
fn they_are_large_enough_to_be_believed() {
    let ws = open();
    for (_, unit) in ws.devices().into_iter().filter(|(_, u)| u.name.as_str() != "gravity_set_180") {
        let source = ws.source(unit.origin.file).expect("the device's file");
        let own = unit.scope.evidence.iter().filter(|e| e.path.is_some()).count();
        let pinned = unit.scope.evidence.iter().filter(|e| e.sha256.is_some()).count();
        assert!(source.text.lines().count() >= 150, "{}", unit.name);
        assert!(unit.scope.controls.len() >= 15, "{}", unit.name);
        assert!(own >= 5, "{}: {own} files", unit.name);
        assert!(pinned >= 2, "{}: {pinned} pinned files", unit.name);
        assert!(unit.markets.len() >= 3, "{}", unit.name);
    }
}

/// What the viewer's page says of its bill of materials: a tool's own output, without addresses of downloads or folders.
#[test]
fn the_viewers_bill_of_materials_is_real() {
    let path = folder().join("ct-viewer/sbom/lumen-ct-2.2.0.cdx.json");
    let text = read(&path);
    assert!(text.len() < 300_000, "{} bytes", text.len());
    let bill: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let tools = bill["metadata"]["tools"]["components"].as_array().expect("the tools");
    assert!(tools.iter().any(|t| t["name"] == "cyclonedx-npm"), "{tools:?}");
    for key in ["\"externalReferences\"", "\"properties\""] {
        assert!(!text.contains(key), "{key} was to be taken out");
    }

    let mut components = Vec::new();
    components_below(&bill, &mut components);
    let page = read(&folder().join("ct-viewer/README.md"));
    assert!(page.contains(&format!("bring {} in all", components.len())), "{} components", components.len());
    let text_of = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
    let known: BTreeSet<String> = components
        .iter()
        .copied()
        .chain([&bill["metadata"]["component"]])
        .map(|c| text_of(&c["bom-ref"]))
        .collect();
    assert_eq!(known.len(), components.len() + 1, "each component has an address of its own");
    for dependency in bill["dependencies"].as_array().expect("dependencies") {
        for end in dependency["dependsOn"].as_array().into_iter().flatten().chain([&dependency["ref"]]) {
            assert!(known.contains(&text_of(end)), "{end}");
        }
    }

    // What device file and page say of single components.
    let version = |name: &str| {
        let found: Vec<String> =
            components.iter().filter(|c| c["name"] == name).map(|c| text_of(&c["version"])).collect();
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        found.concat()
    };
    let device = read(&folder().join("ct-viewer/lumen-ct.dossier"));
    for name in ["express", "onnxruntime-web"] {
        assert!(device.contains(&format!("item_version  \"{}\"", version(name))), "{name}");
    }
    for name in ["path-to-regexp", "protobufjs"] {
        assert!(page.contains(&format!("`{name}` {}", version(name))), "{name}");
    }
}

/// Components of components, too: a package manager nests what two packages want in two versions.
fn components_below<'a>(of: &'a serde_json::Value, out: &mut Vec<&'a serde_json::Value>) {
    for component in of["components"].as_array().into_iter().flatten() {
        out.push(component);
        components_below(component, out);
    }
}

/// The rulebooks of the examples keep to the rules of the embedded ones.
#[test]
fn the_company_tests_its_law() {
    let ws = open();
    let rules = &ws.model().rules;
    let own = |origin: dossier_model::hir::Origin| ws.source(origin.file).is_some_and(|s| !s.embedded);
    let mut run = 0;
    for (id, requirement) in rules.law.requirements.enumerate() {
        if !own(requirement.origin) {
            continue;
        }
        for test in dossier_verdict::run_tests(rules, id) {
            assert!(test.passed(), "{} \"{}\" came out as {:?}", requirement.code, test.title, test.got);
            run += 1;
        }
    }
    assert!(run >= 90, "{run} tests");
    let mut gaps = Vec::new();
    for covered in dossier_verdict::coverage(rules) {
        gaps.extend(covered.gaps.iter().filter(|g| own(g.origin)).map(|g| format!("{}: {}", g.text, g.why)));
    }
    assert_eq!(gaps, Vec::<String>::new());
    let never: Vec<String> = dossier_verdict::law_diagnostics(rules)
        .iter()
        .filter(|d| d.place.is_some_and(|p| ws.source(p.file).is_some_and(|s| !s.embedded)))
        .map(|d| d.message.clone())
        .collect();
    assert_eq!(never, Vec::<String>::new());
}

#[test]
fn they_are_laid_out() {
    let all = files(&folder(), &["dossier", "rulebook"]);
    assert!(all.len() >= 8);
    for path in all {
        let text = read(&path);
        let parse = dossier_syntax::parse(FileId(0), text.as_str());
        assert_eq!(parse.diagnostics.len(), 0, "{}", path.display());
        let formatted = dossier_fmt::format(&parse).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert!(formatted == text, "{} is not laid out: run `dossier fmt examples`", path.display());
    }
}
