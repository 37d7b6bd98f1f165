//! SARIF 2.1.0, for code scanning.
//!
//! Results are what there is to do; the rules are the codes of diagnostics, with their pages as help. Requirements are
//! a taxonomy: a result names those that it decides, each with its clause. All verdicts stand in the run's properties,
//! so that nothing is lost against the other formats. Columns count UTF-16 code units.

use crate::files::Files;
use crate::json::{clause, value};
use crate::since::{Since, Teller};
use crate::text::Look;
use crate::{Feed, Format, Run};
use dossier_base::{Code, Diagnostic, NoteKind, Place, Severity};
use dossier_model::Model;
use dossier_model::law::Target;
use dossier_verdict::Detail;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What the taxonomy of requirements is called.
const TAXONOMY: &str = "requirements";

/// What stays as it is in the path of a file.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');

/// The format for code scanning.
pub(crate) struct Sarif;

impl Format for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn about(&self) -> &'static str {
        "SARIF 2.1.0, for code scanning"
    }

    fn write(&self, run: &Run<'_>, feed: &mut dyn Feed, _: &Look, out: &mut dyn Write) -> io::Result<()> {
        let mut maker = Maker {
            model: run.model,
            files: Files::new(run.sources),
            teller: Teller::new(run.since, run.model),
            codes: BTreeMap::new(),
            decided: BTreeSet::new(),
        };
        begin(out)?;
        write!(
            out,
            "\"columnKind\":\"utf16CodeUnits\",\n\"properties\":{{\"asOf\":\"{}\",\"failOn\":",
            run.as_of
        )?;
        value(out, &run.fail_on)?;
        out.write_all(b",\"switchedOff\":")?;
        value(out, &run.switched_off)?;
        out.write_all(b",\"verdicts\":[")?;
        let mut verdicts = 0;
        let law = &run.model.rules.law;
        feed.devices(Detail::Shortfalls, &mut |check| {
            let device = run.model.unit(check.unit).map_or("", |u| u.name.as_str());
            for market in &check.markets {
                let place = market.place.map_or("any", |p| p.as_str());
                for row in &market.rows {
                    let r = &law.requirements[row.requirement];
                    let verdict = json!({
                        "device": device,
                        "market": place,
                        "requirement": r.code.as_str(),
                        "outcome": row.judgement.outcome.as_str(),
                        "clause": clause(r, row.judgement.edition),
                    });
                    item(out, &mut verdicts, &verdict)?;
                }
            }
            Ok(())
        })?;
        out.write_all(b"]},\n\"results\":[")?;
        let mut results = 0;
        for d in feed.static_diagnostics() {
            item(out, &mut results, &maker.result(&d))?;
        }
        feed.findings(&mut |finding| item(out, &mut results, &maker.result(&finding.diagnostic())))?;
        out.write_all(b"],\n\"artifacts\":[")?;
        let mut artifacts = 0;
        for (path, sha256) in run.sources.inputs() {
            let artifact = json!({ "location": { "uri": uri(&path) }, "hashes": { "sha-256": sha256 } });
            item(out, &mut artifacts, &artifact)?;
        }
        out.write_all(b"],\n\"taxonomies\":")?;
        value(out, &json!([maker.taxonomy(run)]))?;
        out.write_all(b",\n\"tool\":")?;
        value(out, &tool(run.tool, &maker.codes))?;
        out.write_all(b",\n\"invocations\":[{\"executionSuccessful\":true}]")?;
        end(out)
    }

    fn write_internal_error(&self, tool_version: &str, why: &str, out: &mut dyn Write) -> io::Result<()> {
        begin(out)?;
        out.write_all(b"\"results\":[],\n\"tool\":")?;
        value(out, &tool(tool_version, &BTreeMap::new()))?;
        out.write_all(b",\n\"invocations\":")?;
        let notification = json!({ "level": "error", "message": { "text": why } });
        value(out, &json!([{ "executionSuccessful": false, "toolExecutionNotifications": [notification] }]))?;
        end(out)
    }
}

fn begin(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[{{")
}

fn end(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"}]}\n")
}

/// The next element of an array, on a line of its own.
fn item(out: &mut dyn Write, before: &mut usize, element: &Value) -> io::Result<()> {
    out.write_all(if *before == 0 { b"\n" } else { b",\n" })?;
    *before += 1;
    value(out, element)
}

fn tool(version: &str, codes: &BTreeMap<&'static str, &'static Code>) -> Value {
    let rules: Vec<Value> = codes
        .values()
        .map(|code| {
            let first = code.help.split("\n\n").next().unwrap_or_default().replace('\n', " ");
            json!({
                "id": code.id,
                "name": code.name,
                "shortDescription": { "text": code.message },
                "fullDescription": { "text": first },
                "help": { "text": code.help, "markdown": code.help },
                "defaultConfiguration": { "level": level(code.severity) },
            })
        })
        .collect();
    let taxonomies = if codes.is_empty() { json!([]) } else { json!([{ "name": TAXONOMY, "index": 0 }]) };
    json!({ "driver": {
        "name": "dossier",
        "version": version,
        "semanticVersion": version,
        "rules": rules,
        "supportedTaxonomies": taxonomies,
    } })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Information => "note",
    }
}

fn uri(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

struct Maker<'r> {
    model: &'r Model,
    files: Files<'r>,
    teller: Teller<'r>,
    /// The codes that were raised.
    codes: BTreeMap<&'static str, &'static Code>,
    /// The requirements that results name.
    decided: BTreeSet<String>,
}

impl Maker<'_> {
    fn result(&mut self, d: &Diagnostic) -> Value {
        self.codes.insert(d.code.id, d.code);
        self.decided.extend(d.decides.iter().cloned());
        let (fingerprint, since) = self.teller.tell(d, self.model, &self.files);
        let mut text = d.message.clone();
        for note in &d.notes {
            text.push('\n');
            text.push_str(if note.kind == NoteKind::Help { "→ " } else { "" });
            text.push_str(&note.text);
        }
        let mut result = json!({
            "ruleId": d.code.id,
            "level": level(d.severity),
            "message": { "text": text },
            "partialFingerprints": { "dossier/v1": fingerprint },
        });
        if self.teller.is_since() {
            result["baselineState"] = match since {
                Since::New => "new",
                Since::Worse => "updated",
                Since::Known => "unchanged",
            }
            .into();
        }
        if let Some(at) = d.place.and_then(|p| self.physical(p)) {
            result["locations"] = json!([{ "physicalLocation": at }]);
        }
        let related: Vec<Value> = d
            .labels
            .iter()
            .zip(1..)
            .filter_map(|(label, id)| {
                let at = self.physical(label.place)?;
                Some(json!({ "id": id, "message": { "text": label.text }, "physicalLocation": at }))
            })
            .collect();
        if !related.is_empty() {
            result["relatedLocations"] = related.into();
        }
        let fixes: Vec<Value> = d
            .fixes
            .iter()
            .filter_map(|fix| {
                let mut changes: BTreeMap<String, Vec<Value>> = BTreeMap::new();
                for edit in &fix.edits {
                    let at = self.physical(edit.place)?;
                    let change = json!({
                        "deletedRegion": at["region"],
                        "insertedContent": { "text": edit.text },
                    });
                    changes
                        .entry(at["artifactLocation"]["uri"].as_str()?.to_owned())
                        .or_default()
                        .push(change);
                }
                let changes: Vec<Value> = changes
                    .into_iter()
                    .map(|(uri, list)| json!({ "artifactLocation": { "uri": uri }, "replacements": list }))
                    .collect();
                Some(json!({ "description": { "text": fix.title }, "artifactChanges": changes }))
            })
            .collect();
        if !fixes.is_empty() {
            result["fixes"] = fixes.into();
        }
        if !d.decides.is_empty() {
            let taxa = d
                .decides
                .iter()
                .map(|code| json!({ "id": code, "toolComponent": { "name": TAXONOMY, "index": 0 } }));
            result["taxa"] = taxa.collect();
        }
        result
    }

    /// A place in a file of the project; none in one that comes with the program.
    fn physical(&mut self, place: Place) -> Option<Value> {
        if self.model.rules.files.get(&place.file).is_some_and(|f| f.embedded) {
            return None;
        }
        let spot = self.files.spot_utf16(place)?;
        Some(json!({
            "artifactLocation": { "uri": uri(spot.path) },
            "region": {
                "startLine": spot.start.line,
                "startColumn": spot.start.column,
                "endLine": spot.end.line,
                "endColumn": spot.end.column,
            },
        }))
    }

    /// The requirements that results name.
    fn taxonomy(&self, run: &Run<'_>) -> Value {
        let law = &run.model.rules.law;
        let taxa: Vec<Value> = self
            .decided
            .iter()
            .filter_map(|code| {
                let Some(Target::Requirement(id)) = law.targets.get(&dossier_base::Sym::new(code)) else {
                    return None;
                };
                let r = &law.requirements[*id];
                let instrument = &law.instruments[r.instrument];
                Some(json!({
                    "id": code,
                    "name": code,
                    "shortDescription": { "text": &*r.title },
                    "fullDescription": { "text": &*r.because },
                    "properties": {
                        "instrument": instrument.code.as_str(),
                        "clause": r.clause.text.as_deref(),
                        "force": instrument.force.as_str(),
                        "strength": r.strength.as_str(),
                    },
                }))
            })
            .collect();
        json!({
            "name": TAXONOMY,
            "version": run.rulebooks,
            "shortDescription": { "text": "Requirements of the encoded law" },
            "isComprehensive": false,
            "taxa": taxa,
        })
    }
}
