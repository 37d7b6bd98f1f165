//! A workspace as a maker of many devices might keep it.
//!
//! Devices of about 10 kB with facts, three to five markets, controls with their fields, evidence, entities, claims;
//! what a product line shares stands in `shared/`, and what the maker does in general in a component of its own.
//! Every tenth device is sloppy: things are missing, late, left out or refer to files that are not there. None has an
//! error of syntax, name or type. All names come from the embedded vocabulary.

use super::random::Random;
use super::vocabulary::{Control, Entity, FieldDef, Kind, Market, Scope, Type, Vocabulary};
use super::{Output, Sink};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const SEED: u64 = 20_261_124;

/// Devices a folder, a product line, and a maker's division.
const FOLDER: u32 = 100;
const LINE: u32 = 25;
const DIVISION: u32 = 200;

/// The date on which it is meant to be checked.
pub const AS_OF: &str = "2026-11-24";

const PRODUCTS: [&str; 16] = [
    "ECG patch",
    "Infusion pump",
    "Ventilator",
    "Patient monitor",
    "Glucose meter",
    "Pulse oximeter",
    "Ultrasound scanner",
    "Dialysis machine",
    "Pacemaker programmer",
    "Imaging workstation",
    "Insulin pump",
    "Hearing aid",
    "Anaesthesia machine",
    "Surgical robot console",
    "Sleep therapy device",
    "Laboratory analyser",
];
const MAKERS: [&str; 5] =
    ["Meridian Cardio", "Northlake Devices", "Orchard Medical", "Tamarind Health", "Vantage Care"];
const PHRASES: [&str; 8] = [
    "As the operating manual describes it.",
    "AES-256 in GCM mode, keys in the secure element.",
    "TLS 1.3 between device and gateway, certificates of our own authority.",
    "The service tool signs in with a card and a code.",
    "Version 4.2 of the platform, reviewed each quarter.",
    "Sealed housing; opening it leaves a mark.",
    "The maker's security team decides within two working days.",
    "Reviewed with the clinical advisory board.",
];
const REASONS: [&str; 4] = [
    "The device has no enclosure that a user can open, and no medium that could be taken out.",
    "Nobody signs in: the device has no screen and no account.",
    "The function is provided by the hospital's own network, as the manual requires.",
    "The assessment shows that the risk is acceptable without it.",
];

/// Writes the workspace.
///
/// # Errors
/// What the sink says.
pub fn write(devices: u32, sink: Sink<'_>) -> Result<(), String> {
    let vocabulary = Vocabulary::embedded();
    sink(Output { path: "dossier.toml".to_owned(), text: format!("as_of = {AS_OF}\n") })?;
    let mut shared: BTreeMap<String, Shared> = BTreeMap::new();
    let mut evidence: BTreeMap<String, Vec<Output>> = BTreeMap::new();
    for n in 0..devices {
        let mut included = Vec::new();
        for (what, size) in [("division", DIVISION), ("line", LINE)] {
            let name = format!("{what}_{:03}", n / size);
            if !shared.contains_key(&name) {
                let (component, text, files) =
                    Writer::new(&vocabulary, seed(what, n / size)).component(&name, what);
                sink(Output { path: format!("shared/{name}.dossier"), text })?;
                put_evidence("shared", &files, &mut evidence, sink)?;
                shared.insert(name.clone(), component);
            }
            included.push(name);
        }
        let components: Vec<&Shared> = included.iter().filter_map(|name| shared.get(name)).collect();
        let folder = format!("devices/{:02}", n / FOLDER);
        let (name, text, files) = Writer::new(&vocabulary, seed("device", n)).device(n, &components);
        sink(Output { path: format!("{folder}/{name}.dossier"), text })?;
        put_evidence(&folder, &files, &mut evidence, sink)?;
    }
    Ok(())
}

/// Different streams for different things.
fn seed(what: &str, n: u32) -> u64 {
    what.bytes().fold(SEED, |s, b| s.wrapping_mul(31).wrapping_add(u64::from(b))) % 1_000_003 * 1_000_003
        + u64::from(n)
}

/// Writes evidence files that a folder does not have yet.
fn put_evidence(
    folder: &str,
    files: &[Output],
    there: &mut BTreeMap<String, Vec<Output>>,
    sink: Sink<'_>,
) -> Result<(), String> {
    let there = there.entry(folder.to_owned()).or_default();
    for file in files {
        if !there.contains(file) {
            sink(Output { path: format!("{folder}/{}", file.path), text: file.text.clone() })?;
            there.push(file.clone());
        }
    }
    Ok(())
}

/// What a device includes.
struct Shared {
    name: String,
    controls: BTreeSet<String>,
    evidence: Vec<String>,
}

struct Writer<'v> {
    vocabulary: &'v Vocabulary,
    random: Random,
    out: String,
    depth: usize,
    sloppy: bool,
    /// Evidence declared so far, here or in what is included.
    evidence: Vec<String>,
    files: Vec<Output>,
    /// Names of entities declared so far, by kind.
    entities: BTreeMap<String, Vec<String>>,
    /// What facts hold, for the conditions of others.
    facts: BTreeMap<String, Vec<String>>,
}

/// Fields of a block, to be written in columns.
type Rows = Vec<(String, String)>;

impl<'v> Writer<'v> {
    fn new(vocabulary: &'v Vocabulary, seed: u64) -> Self {
        Self {
            vocabulary,
            random: Random::new(seed),
            out: String::new(),
            depth: 0,
            sloppy: false,
            evidence: Vec::new(),
            files: Vec::new(),
            entities: BTreeMap::new(),
            facts: BTreeMap::new(),
        }
    }

    // ---- layout ------------------------------------------------------------------------------------------------

    fn line(&mut self, text: &str) {
        // Writing to a string does not fail.
        let _ = writeln!(self.out, "{:indent$}{text}", "", indent = self.depth * 2);
    }

    fn gap(&mut self) {
        if !self.out.ends_with("{\n") && !self.out.is_empty() {
            self.out.push('\n');
        }
    }

    fn open(&mut self, head: &str) {
        self.gap();
        self.line(&format!("{head} {{"));
        self.depth += 1;
    }

    fn close(&mut self) {
        self.depth -= 1;
        self.line("}");
    }

    fn rows(&mut self, rows: &Rows) {
        let width = rows.iter().map(|r| r.0.len()).max().unwrap_or(0);
        for (name, value) in rows {
            self.line(&format!("{name:width$} {value}"));
        }
    }

    fn block(&mut self, head: &str, rows: &Rows) {
        self.open(head);
        self.rows(rows);
        self.close();
    }

    // ---- values ------------------------------------------------------------------------------------------------

    fn chance(&mut self, of: f64) -> bool {
        self.random.random() < of
    }

    fn date(&mut self, years: std::ops::Range<usize>) -> String {
        let (year, month, day) =
            (self.random.range(years.start, years.end), self.random.range(1, 13), self.random.range(1, 29));
        format!("{year}-{month:02}-{day:02}")
    }

    fn few(&mut self, of: &[String], most: usize) -> Vec<String> {
        let count = self.random.range(1, most.min(of.len()) + 1);
        let mut few = self.random.sample(of, count);
        few.sort_by_key(|v| of.iter().position(|o| o == v));
        few
    }

    /// A value of a type: as it is written, and what it holds. None for a reference to what is not there.
    fn value(&mut self, ty: &Type) -> Option<(String, Vec<String>)> {
        let number = |n: usize, unit: &str| (format!("{n} {unit}"), Vec::new());
        let quoted = |text: &str| format!("\"{text}\"");
        let list = |values: &[String]| format!("[{}]", values.join(", "));
        Some(match ty.name.as_str() {
            "bool" => {
                let word = if self.chance(0.7) { "yes" } else { "no" };
                (word.to_owned(), vec![word.to_owned()])
            }
            "text" if ty.set => {
                let texts = [self.random.choice(&PHRASES), self.random.choice(&PHRASES)];
                (list(&texts.map(quoted)), Vec::new())
            }
            "text" => (quoted(self.random.choice(&PHRASES)), Vec::new()),
            "number" => (self.random.range(1, 129).to_string(), Vec::new()),
            "percent" => number(self.random.range(50, 100), "%"),
            "date" => (self.date(2022..2026), Vec::new()),
            "duration" => {
                let unit = self.random.choice(&["min", "h", "days"]);
                number(self.random.range(2, 61), unit)
            }
            "period" => {
                let unit = self.random.choice(&["months", "years"]);
                number(self.random.range(2, 13), unit)
            }
            name => {
                let of = self.vocabulary.enums.get(name).or_else(|| self.entities.get(name))?.clone();
                if of.is_empty() {
                    return None;
                }
                if ty.set {
                    let values = self.few(&of, 4);
                    return Some((list(&values), values));
                }
                // `none` says that there is nothing more to tell.
                let telling: Vec<String> = of.iter().filter(|v| *v != "none").cloned().collect();
                let value = self.random.choice(if telling.is_empty() { &of } else { &telling });
                (value.clone(), vec![value])
            }
        })
    }

    fn fields(&mut self, fields: &[FieldDef], rows: &mut Rows) {
        for field in fields {
            if self.chance(if self.sloppy { 0.5 } else { 0.9 }) {
                rows.extend(self.value(&field.ty).map(|(text, _)| (field.name.clone(), text)));
            }
        }
    }

    // ---- what stands in a device -------------------------------------------------------------------------------

    /// The facts of a scope that make sense there.
    fn fact_rows(&mut self, scope: &Scope) -> Rows {
        let vocabulary = self.vocabulary;
        let mut rows = Rows::new();
        for fact in vocabulary.facts.iter().filter(|f| f.scope == *scope) {
            let (text, values) = match fact.name.as_str() {
                "manufacturer" => (format!("\"{}\"", self.random.choice(&MAKERS)), Vec::new()),
                "version" => {
                    let n = [self.random.range(1, 9), self.random.below(12), self.random.below(40)];
                    (format!("\"{}.{}.{}\"", n[0], n[1], n[2]), Vec::new())
                }
                // What is rare stays rare.
                "situations" if self.chance(0.9) => ("[]".to_owned(), Vec::new()),
                _ => match self.value(&fact.ty) {
                    Some(v) => v,
                    None => continue,
                },
            };
            let asked = fact
                .when
                .as_ref()
                .is_none_or(|w| w.holds(&|name| self.facts.get(name).cloned()) == Some(true));
            if asked && !(self.sloppy && self.chance(0.25)) {
                self.facts.insert(fact.name.clone(), values);
                rows.push((fact.name.clone(), text));
            }
        }
        rows
    }

    fn control(&mut self, control: &Control) {
        let mut rows = Rows::new();
        let mut row = |name: &str, value: String| rows.push((name.to_owned(), value));
        match self.random.random() {
            r if r < if self.sloppy { 0.25 } else { 0.06 } => {
                row("status", "planned".to_owned());
                let past = self.sloppy && self.chance(0.5);
                row("due", self.date(if past { 2024..2026 } else { 2027..2029 }));
            }
            r if r > if self.sloppy { 0.75 } else { 0.92 } => {
                row("status", "left_out".to_owned());
                row("because", format!("\"{}\"", self.random.choice(&REASONS)));
            }
            _ => {
                row("status", "implemented".to_owned());
                if self.chance(0.3) {
                    row("since", self.date(2020..2026));
                }
                self.fields(&control.fields, &mut rows);
                if !self.evidence.is_empty() && self.chance(0.5) {
                    let names = self.evidence.clone();
                    let few = self.few(&names, 2);
                    rows.push(("evidence".to_owned(), format!("[{}]", few.join(", "))));
                }
            }
        }
        self.block(&format!("control {}", control.name), &rows);
    }

    fn evidence(&mut self, kind: &Kind) {
        let name = kind.name.clone();
        let mut rows = vec![("kind".to_owned(), kind.name.clone())];
        let planned = self.chance(if self.sloppy { 0.2 } else { 0.04 });
        if planned {
            rows.push(("due".to_owned(), self.date(2027..2028)));
            self.block(&format!("evidence {name}"), &rows);
        } else {
            rows.push(("issued".to_owned(), self.date(2024..2026)));
            if self.chance(0.4) {
                rows.push(("issuer".to_owned(), "\"Independent laboratory\"".to_owned()));
                rows.push(("independent".to_owned(), "yes".to_owned()));
            }
            let parts = kind
                .contents
                .as_ref()
                .and_then(|e| self.vocabulary.enums.get(e))
                .cloned()
                .unwrap_or_default();
            if !parts.is_empty() {
                let parts = self.few(&parts, 6);
                rows.push(("contains".to_owned(), format!("[{}]", parts.join(", "))));
            }
            let file = file_for(kind);
            self.block(&format!("evidence {name} \"{}\"", file.path), &rows);
            if !(self.sloppy && self.chance(0.3)) {
                self.files.push(file);
            }
        }
        self.evidence.push(name);
    }

    fn entity(&mut self, entity: &Entity, number: usize) {
        let name = format!("{}_{number}", entity.name);
        let mut rows = Rows::new();
        self.fields(&entity.fields, &mut rows);
        self.open(&format!("{} {name} \"{} {number}\"", entity.name, entity.name.replace('_', " ")));
        self.rows(&rows);
        let vocabulary = self.vocabulary;
        for held in vocabulary.entities.iter().filter(|e| entity.holds.contains(&e.name)) {
            // Names of what two entities hold do not meet.
            self.entity(held, number * 10);
            self.entity(held, number * 10 + 1);
        }
        self.close();
        self.entities.entry(entity.name.clone()).or_default().push(name);
    }

    fn claims(&mut self, market: &Market) {
        if market.requirements.is_empty() {
            return;
        }
        let few = self.few(&market.requirements, 2);
        for code in few {
            let because = ("because".to_owned(), format!("\"{}\"", self.random.choice(&REASONS)));
            if self.chance(0.5) {
                self.block(&format!("justify {code}"), &vec![because]);
            } else {
                let until = self.date(if self.sloppy { 2024..2026 } else { 2027..2028 });
                let rows = vec![
                    because,
                    ("approved_by".to_owned(), "\"Head of Quality\"".to_owned()),
                    ("until".to_owned(), until),
                ];
                self.block(&format!("waive {code}"), &rows);
            }
        }
    }

    // ---- files -------------------------------------------------------------------------------------------------

    /// A component: of a product line, or of what the maker does in general.
    fn component(mut self, name: &str, what: &str) -> (Shared, String, Vec<Output>) {
        let vocabulary = self.vocabulary;
        let process = what == "division";
        self.line(&format!(
            "/// Shared by the devices of one {}.",
            if process { "division" } else { "product line" }
        ));
        self.line(&format!("component {name} \"{}\" {{", name.replace('_', " ")));
        self.depth += 1;
        for kind in self.random.sample(&vocabulary.kinds, 4) {
            // Evidence of one name in two components would be two.
            let own = Kind { name: kind.name.clone(), ..kind };
            self.evidence_named(&own, &format!("{what}_{}", own.name));
        }
        let mut controls = BTreeSet::new();
        for control in vocabulary.controls.iter().filter(|c| c.process == process) {
            if self.chance(0.25) {
                self.control(control);
                controls.insert(control.name.clone());
            }
        }
        self.close();
        (Shared { name: name.to_owned(), controls, evidence: self.evidence.clone() }, self.out, self.files)
    }

    fn evidence_named(&mut self, kind: &Kind, name: &str) {
        let file = file_for(kind);
        let rows = vec![("kind".to_owned(), kind.name.clone()), ("issued".to_owned(), self.date(2024..2026))];
        self.block(&format!("evidence {name} \"{}\"", file.path), &rows);
        self.files.push(file);
        self.evidence.push(name.to_owned());
    }

    fn device(mut self, n: u32, components: &[&Shared]) -> (String, String, Vec<Output>) {
        let vocabulary = self.vocabulary;
        self.sloppy = n.is_multiple_of(10);
        let product = self.random.choice(&PRODUCTS);
        let name = format!("{}_{n:05}", product.to_lowercase().replace(' ', "_"));
        for c in components {
            self.line(&format!("use \"../../shared/{}.dossier\"", c.name));
        }
        self.gap();
        self.line(&format!("/// {product}, number {n} of the catalogue."));
        self.line(&format!("device {name} \"{product} {n}\" {{"));
        self.depth += 1;
        let rows = self.fact_rows(&Scope::Device);
        self.rows(&rows);
        self.gap();
        let included: Vec<&str> = components.iter().map(|c| c.name.as_str()).collect();
        self.line(&format!("includes [{}]", included.join(", ")));
        self.evidence = components.iter().flat_map(|c| c.evidence.clone()).collect();

        let held: BTreeSet<&String> = vocabulary.entities.iter().flat_map(|e| &e.holds).collect();
        let mut none = Vec::new();
        let mut some = Vec::new();
        for entity in vocabulary.entities.iter().filter(|e| !e.read && !held.contains(&e.name)) {
            match self.random.below(4) {
                0 | 1 => none.push(entity.name.clone()),
                2 => some.push((entity, 1)),
                _ => some.push((entity, 2)),
            }
        }
        if !self.sloppy {
            self.line(&format!("has_no [{}]", none.join(", ")));
        }
        let count = self.random.range(3, 6).min(vocabulary.markets.len());
        let markets = self.random.sample(&vocabulary.markets, count);
        for market in &markets {
            let class = self.random.choice(&market.classes);
            let facts = self.facts.clone();
            let mut rows = vec![("class".to_owned(), class)];
            rows.extend(self.fact_rows(&Scope::EveryMarket));
            rows.extend(self.fact_rows(&Scope::Market(market.code.clone())));
            self.facts = facts;
            self.block(&format!("market {}", market.code), &rows);
        }
        for (entity, count) in some {
            for number in 1..=count {
                self.entity(entity, number);
            }
        }
        let kinds = self.random.range(7, 12);
        for kind in self.random.sample(&vocabulary.kinds, kinds) {
            self.evidence(&kind);
        }
        let declared = |c: &&Control| !components.iter().any(|s| s.controls.contains(&c.name));
        for control in vocabulary.controls.iter().filter(declared) {
            if self.chance(if self.sloppy { 0.12 } else { 0.2 }) {
                self.control(control);
            }
        }
        for market in &markets {
            if self.chance(0.5) {
                self.claims(market);
            }
        }
        self.close();
        (name, self.out, self.files)
    }
}

/// A small file that reads as its kind.
fn file_for(kind: &Kind) -> Output {
    let (end, text) = match kind.format.as_deref() {
        Some("cyclonedx") => (
            "cdx.json",
            "{ \"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"version\": 1, \"components\": [\n  \
             { \"type\": \"library\", \"name\": \"zlib\", \"version\": \"1.3.1\" },\n  \
             { \"type\": \"library\", \"name\": \"mbedtls\", \"version\": \"3.6.0\" }\n] }\n",
        ),
        Some("openvex") => (
            "openvex.json",
            "{ \"@context\": \"https://openvex.dev/ns/v0.2.0\", \"@id\": \"https://example.invalid/vex/1\", \
             \"author\": \"Maker\", \"timestamp\": \"2026-01-05T00:00:00Z\", \"version\": 1, \"statements\": [] }\n",
        ),
        Some("junit") => (
            "xml",
            "<testsuites tests=\"1\" failures=\"0\"><testsuite name=\"security\" tests=\"1\" failures=\"0\">\
             <testcase classname=\"login\" name=\"locks out\"/></testsuite></testsuites>\n",
        ),
        _ => ("pdf", "%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"),
    };
    Output { path: format!("evidence/{}.{end}", kind.name), text: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(devices: u32) -> Vec<Output> {
        let mut files = Vec::new();
        write(devices, &mut |file| {
            files.push(file);
            Ok(())
        })
        .expect("the sink takes all");
        files
    }

    #[test]
    fn it_is_the_same_each_time_and_more_devices_change_none() {
        let few = files(30);
        assert_eq!(few, files(30));
        let more = files(60);
        assert!(few.iter().all(|f| more.contains(f)));
        let mut paths: Vec<&str> = more.iter().map(|f| f.path.as_str()).collect();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), more.len(), "no file is written twice");
    }

    #[test]
    fn devices_are_of_the_size_that_benches_speak_of() {
        let devices: Vec<usize> = files(200)
            .iter()
            .filter(|f| f.path.starts_with("devices/") && f.path.ends_with(".dossier"))
            .map(|f| f.text.len())
            .collect();
        assert_eq!(devices.len(), 200);
        let mean = devices.iter().sum::<usize>() / devices.len();
        assert!((8_500..11_500).contains(&mean), "{mean} bytes a device");
    }

    #[test]
    fn all_of_it_parses() {
        for file in files(40).iter().filter(|f| f.path.ends_with(".dossier")) {
            let parse = dossier_syntax::parse(dossier_base::FileId(0), file.text.as_str());
            assert!(parse.diagnostics.is_empty(), "{}: {:?}", file.path, parse.diagnostics.first());
        }
    }
}
