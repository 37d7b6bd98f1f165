//! `dossier rules list --format json`: an array, one requirement a line, its shape in `schema/rules.schema.json`.

use super::{Filter, Reads, editions, expr_text, until};
use crate::Sources;
use crate::json::value;
use dossier_model::Rulebase;
use dossier_model::law::{Gate, RequirementId};
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    title: &'a str,
    jurisdiction: &'a str,
    instrument: &'a str,
    clause: Option<&'a str>,
    source: &'a str,
    gate: &'a str,
    force: &'a str,
    strength: &'a str,
    family: Option<&'a str>,
    editions: Vec<&'a str>,
    in_force: Vec<InForceJson<'a>>,
    until: Option<String>,
    supersedes: Vec<&'a str>,
    covers: Vec<&'a str>,
    reading: Option<&'a str>,
    controls: Vec<&'a str>,
    facts: Vec<&'a str>,
    evidence: Vec<&'a str>,
}

#[derive(Serialize)]
struct InForceJson<'a> {
    edition: Option<&'a str>,
    /// None where the day was not verified: it counts as in force.
    date: Option<String>,
    when: Option<String>,
}

/// Writes the requirements that pass a filter.
///
/// # Errors
/// If they cannot be written.
pub fn list(rules: &Rulebase, sources: &dyn Sources, filter: &Filter, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"[")?;
    for (n, id) in filter.requirements(rules).into_iter().enumerate() {
        out.write_all(if n == 0 { b"\n" } else { b",\n" })?;
        value(out, &listed(rules, sources, id))?;
    }
    out.write_all(b"]\n")
}

fn listed<'r>(rules: &'r Rulebase, sources: &dyn Sources, id: RequirementId) -> Listed<'r> {
    let law = &rules.law;
    let r = &law.requirements[id];
    let i = &law.instruments[r.instrument];
    let reads = Reads::of(rules, r);
    let mut in_force = Vec::new();
    for (_, edition) in editions(i, r) {
        for entry in &edition.in_force {
            // A day of the requirement's own narrows.
            let date = match (entry.from, r.in_force) {
                (Some(a), Some(b)) => Some(a.max(b)),
                (a, b) => a.or(b),
            };
            in_force.push(InForceJson {
                edition: edition.name.as_deref(),
                date: date.map(|d| d.to_string()),
                when: entry.when.map(|w| expr_text(rules, sources, w)),
            });
        }
    }
    let mut controls: Vec<&str> =
        reads.controls.iter().map(|c| rules.vocab.controls[*c].name.as_str()).collect();
    let mut evidence: Vec<&str> = reads.kinds.iter().map(|k| rules.vocab.kinds[*k].name.as_str()).collect();
    controls.sort_unstable();
    evidence.sort_unstable();
    Listed {
        id: r.code.as_str(),
        title: &r.title,
        jurisdiction: i.jurisdiction.map_or("any", |j| law.jurisdictions[j].code.as_str()),
        instrument: i.code.as_str(),
        // Of several clauses, each for one edition, that of the last.
        clause: match r.edition_clauses.last() {
            Some((_, c)) => c.text.as_deref(),
            None => r.clause.text.as_deref(),
        },
        source: r.source.as_str(),
        gate: if i.gate == Gate::None { "none" } else { i.gate.as_str() },
        force: i.force.as_str(),
        strength: r.strength.as_str(),
        family: r.family.map(|f| law.families[f].code.as_str()),
        editions: editions(i, r).filter_map(|(_, e)| e.name.as_deref()).collect(),
        in_force,
        until: until(i, r).map(|d| d.to_string()),
        supersedes: i.supersedes.iter().map(|s| law.instruments[*s].code.as_str()).collect(),
        covers: r.covers.iter().map(|c| c.as_str()).collect(),
        reading: r.reading.as_deref(),
        controls,
        facts: reads.declared(rules),
        evidence,
    }
}
