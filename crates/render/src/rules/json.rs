//! `dossier rules list --format json`: an array, one requirement a line, its shape in `schema/rules.schema.json`.

use super::{Filter, Reads, accepted, editions, expr_text, text_at, until, with_row};
use crate::Sources;
use crate::json::value;
use dossier_model::Rulebase;
use dossier_model::expr::ExprId;
use dossier_model::law::{Effect, ExceptionId, Gate, Requirement, RequirementId};
use dossier_model::vocab::FactKind;
use serde::Serialize;
use std::collections::BTreeMap;
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
    because: &'a str,
    clauses: Vec<ClauseJson<'a>>,
    conditions: Vec<String>,
    require: String,
    definitions: BTreeMap<&'a str, String>,
    exceptions: Vec<ExceptionJson<'a>>,
    accepts: Vec<String>,
}

/// The clause under one edition, where they differ.
#[derive(Serialize)]
struct ClauseJson<'a> {
    edition: Option<&'a str>,
    clause: Option<&'a str>,
}

#[derive(Serialize)]
struct ExceptionJson<'a> {
    id: &'a str,
    effect: &'a str,
    when: Option<String>,
    in_force: Option<String>,
    until: Option<String>,
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

/// One of them, as a value.
pub(super) fn one(rules: &Rulebase, sources: &dyn Sources, id: RequirementId) -> serde_json::Value {
    // Strings, lists and maps with strings for keys: nothing in it that JSON could not hold.
    serde_json::to_value(listed(rules, sources, id)).unwrap_or_default()
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
        because: &r.because,
        clauses: r
            .edition_clauses
            .iter()
            .map(|(n, c)| ClauseJson {
                edition: i.editions.get(*n).and_then(|e| e.name.as_deref()),
                clause: c.text.as_deref(),
            })
            .collect(),
        conditions: conditions(rules, sources, r),
        require: with_row(rules, sources, &expr_text(rules, sources, r.require), r),
        definitions: definitions(rules, sources, &Reads::with_dates(rules, r)),
        exceptions: r.exceptions.iter().map(|x| exception(rules, sources, *x)).collect(),
        accepts: accepted(rules, r.accepts.as_ref().unwrap_or(&i.accepts)),
    }
}

/// Of whom it is asked, as the rulebook says it.
fn conditions(rules: &Rulebase, sources: &dyn Sources, r: &Requirement) -> Vec<String> {
    let i = &rules.law.instruments[r.instrument];
    let say = |word: &str, e: ExprId| {
        format!("{word} {}", with_row(rules, sources, &expr_text(rules, sources, e), r))
    };
    let mut all = Vec::new();
    all.extend(i.applies.map(|e| say("applies when", e)));
    all.extend(i.opt_in.map(|e| say("opt_in when", e)));
    all.extend(r.each.as_ref().map(|each| format!("for {}", text_at(sources, rules.place(each.origin)))));
    all.extend(r.when.iter().map(|e| say("when", *e)));
    all.extend(r.unless.iter().map(|e| say("unless", *e)));
    all
}

/// What the names mean that stand for conditions or tables.
fn definitions<'r>(rules: &'r Rulebase, sources: &dyn Sources, reads: &Reads) -> BTreeMap<&'r str, String> {
    let mut all = BTreeMap::new();
    for f in &reads.facts {
        let fact = &rules.vocab.facts[*f];
        let meaning = match &fact.kind {
            FactKind::Derived(e) => expr_text(rules, sources, *e),
            FactKind::Table(..) => fact.origin.map_or_else(String::new, |o| text_at(sources, rules.place(o))),
            FactKind::Declared | FactKind::Broken => continue,
        };
        all.insert(fact.name.as_str(), meaning);
    }
    all
}

fn exception<'r>(rules: &'r Rulebase, sources: &dyn Sources, id: ExceptionId) -> ExceptionJson<'r> {
    let x = &rules.law.exceptions[id];
    ExceptionJson {
        id: x.code.as_str(),
        effect: match x.effect {
            Effect::Exempts => "exempts",
            Effect::DeemsMet => "deems_met",
        },
        when: x.when.map(|e| expr_text(rules, sources, e)),
        in_force: x.in_force.map(|d| d.to_string()),
        until: x.until.map(|d| d.to_string()),
    }
}
