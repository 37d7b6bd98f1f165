//! `dossier rules diff`: which requirements begin, end or change between two days, or against an earlier list, and
//! which verdicts of devices move with the days. Made once; the page and JSON (`schema/diff.schema.json`) both read it.

use super::moved::Moved;
use super::page::{Medium, Page};
use super::timeline::{self, State, Step, Way};
use super::{Filter, Reads, json};
use crate::json::{clause, value};
use crate::{Sources, text};
use dossier_model::Rulebase;
use dossier_model::date::Day;
use dossier_model::law::RequirementId;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// The version of the shape. Fields may be added under one number, none renamed or taken away.
const FORMAT: u32 = 1;

/// What an earlier list must have said of each requirement since the first version that wrote one.
const ALWAYS: [&str; 19] = [
    "id",
    "title",
    "jurisdiction",
    "instrument",
    "clause",
    "source",
    "gate",
    "force",
    "strength",
    "family",
    "editions",
    "in_force",
    "until",
    "supersedes",
    "covers",
    "reading",
    "controls",
    "facts",
    "evidence",
];

/// What is different.
#[derive(Clone, PartialEq, Debug)]
pub struct Diff {
    compared: Compared,
    requirements: Vec<Changed>,
    /// What is compared now and the earlier list did not say.
    not_compared: Vec<String>,
    devices: Vec<Moved>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Compared {
    Days(Day, Day),
    /// The name of a file.
    Earlier(String),
}

/// What becomes of a requirement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Begins,
    Ends,
    BeginsAndEnds,
    Changes,
    /// Only that a day comes which it names.
    DayComes,
    Added,
    Removed,
    Differs,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
struct Changed {
    id: String,
    title: String,
    jurisdiction: String,
    instrument: String,
    force: String,
    strength: String,
    change: Kind,
    /// Against a list: what is said otherwise.
    fields: Vec<Field>,
    /// Between days: how it stands on the first, and from each day on that changes it.
    steps: Vec<StepJson>,
    /// Days that it names and that come.
    days: Vec<String>,
}

/// What of a requirement is said otherwise.
#[derive(Clone, PartialEq, Debug, Serialize)]
struct Field {
    field: String,
    before: Value,
    after: Value,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
struct StepJson {
    date: String,
    in_force: bool,
    editions: Vec<EditionJson>,
    replaced_by: Vec<ReplacedJson>,
    exceptions: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
struct EditionJson {
    edition: Option<String>,
    clause: Option<String>,
    /// Whether this edition has the requirement.
    asks: bool,
    /// For which devices; none for all (that no edition before it in the list has taken).
    condition: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
struct ReplacedJson {
    instrument: String,
    condition: String,
}

#[derive(Serialize)]
struct DiffJson<'a> {
    format: u32,
    tool: ToolJson<'a>,
    from: Option<String>,
    to: Option<String>,
    earlier: Option<&'a str>,
    not_compared: &'a [String],
    requirements: &'a [Changed],
    devices: &'a [Moved],
}

#[derive(Serialize)]
struct ToolJson<'a> {
    name: &'a str,
    version: &'a str,
    rulebooks: &'a str,
}

impl Diff {
    /// Between two days, under the rulebooks of today. The filter's date does not count.
    pub fn between(rules: &Rulebase, sources: &dyn Sources, filter: &Filter, from: Day, to: Day) -> Self {
        let filter = Filter { date: None, ..filter.clone() };
        let requirements =
            filter.requirements(rules).into_iter().filter_map(|id| on_days(rules, sources, id, from, to));
        Self {
            compared: Compared::Days(from, to),
            requirements: requirements.collect(),
            not_compared: Vec::new(),
            devices: Vec::new(),
        }
    }

    /// Against what `dossier rules list --format json` wrote before. What passes the filter now or did then counts.
    ///
    /// # Errors
    /// Half a sentence that says why the text cannot be used.
    pub fn since(
        rules: &Rulebase,
        sources: &dyn Sources,
        filter: &Filter,
        file: &str,
        text: &str,
    ) -> Result<Self, String> {
        let before = read(text)?;
        let law = &rules.law;
        let now: BTreeMap<&str, RequirementId> =
            law.requirements.enumerate().map(|(id, r)| (r.code.as_str(), id)).collect();
        let mut not_compared: BTreeSet<String> = BTreeSet::new();
        let mut requirements = Vec::new();
        let ids: BTreeSet<&str> = now.keys().copied().chain(before.keys().map(String::as_str)).collect();
        for id in ids {
            let (was, is) = (before.get(id), now.get(id).copied());
            let counts =
                was.is_some_and(|w| passed(filter, w)) || is.is_some_and(|n| filter.passes(rules, n));
            if !counts {
                continue;
            }
            let after = is.map(|n| json::one(rules, sources, n));
            requirements.extend(against(was, after.as_ref(), &mut not_compared));
        }
        requirements.sort_by(|a, b| {
            let key = |c: &Changed| (c.jurisdiction == "any", c.jurisdiction.clone(), c.instrument.clone());
            // What is gone has no place in the text any more, and stands last.
            let place = |c: &Changed| (c.change == Kind::Removed, now.get(c.id.as_str()).copied());
            (key(a), place(a), &a.id).cmp(&(key(b), place(b), &b.id))
        });
        Ok(Self {
            compared: Compared::Earlier(file.to_owned()),
            requirements,
            not_compared: not_compared.into_iter().collect(),
            devices: Vec::new(),
        })
    }

    /// Takes in which verdicts of a device move.
    pub fn device(&mut self, moved: Moved) {
        self.devices.push(moved);
    }

    /// As a page.
    pub fn page(&self, rules: &Rulebase, medium: Medium<'_>) -> String {
        let (head, same) = match &self.compared {
            Compared::Days(from, to) => (
                format!("From {from} to {to}"),
                "No requirement begins, ends or changes between the two days.",
            ),
            Compared::Earlier(file) => {
                (format!("Since {file}"), "Every requirement is as it was in the earlier list.")
            }
        };
        let what = if self.requirements.is_empty() { same.to_owned() } else { self.counts() };
        let mut page = Page::new(medium, &head, "what changes in the rulebooks", &what);
        if !self.not_compared.is_empty() {
            page.text(&format!(
                "The earlier list does not say this of every requirement, so it could not be compared there: {}.",
                self.not_compared.join(", ")
            ));
        }
        for group in self.requirements.chunk_by(|a, b| a.instrument == b.instrument) {
            page.section(&instrument(rules, &group[0]));
            let mut leads: Vec<(Kind, String)> = Vec::new();
            for c in group {
                let lead = (c.change, c.lead());
                if !leads.contains(&lead) {
                    leads.push(lead);
                }
            }
            leads.sort_by_key(|l| l.0);
            for (kind, lead) in leads {
                let some: Vec<&Changed> =
                    group.iter().filter(|c| c.change == kind && c.lead() == lead).collect();
                page.text(format!("{}. {lead}", kind.counted(some.len())).trim_end());
                some.iter().for_each(|c| page.item(&c.item()));
            }
        }
        for moved in &self.devices {
            moved.tell(rules, &mut page);
        }
        page.end()
    }

    /// As JSON. `tool` and `rulebooks` are versions.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn json(&self, tool: &str, rulebooks: &str, out: &mut dyn Write) -> io::Result<()> {
        let (from, to, earlier) = match &self.compared {
            Compared::Days(a, b) => (Some(a.to_string()), Some(b.to_string()), None),
            Compared::Earlier(file) => (None, None, Some(file.as_str())),
        };
        let all = DiffJson {
            format: FORMAT,
            tool: ToolJson { name: "dossier", version: tool, rulebooks },
            from,
            to,
            earlier,
            not_compared: &self.not_compared,
            requirements: &self.requirements,
            devices: &self.devices,
        };
        value(out, &all)?;
        out.write_all(b"\n")
    }

    fn counts(&self) -> String {
        let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
        for c in &self.requirements {
            *counts.entry(c.change).or_default() += 1;
        }
        let words: Vec<String> = counts.iter().map(|(kind, n)| kind.counted(*n)).collect();
        format!("{}.", words.join(", "))
    }
}

impl Kind {
    /// "3 requirements begin"
    fn counted(self, n: usize) -> String {
        let (one, many) = match self {
            Kind::Begins => ("begins", "begin"),
            Kind::Ends => ("ends", "end"),
            Kind::BeginsAndEnds => ("begins and ends again", "begin and end again"),
            Kind::Changes => ("changes", "change"),
            Kind::DayComes => ("names a day that comes", "name a day that comes"),
            Kind::Added => ("is new", "are new"),
            Kind::Removed => ("is gone", "are gone"),
            Kind::Differs => ("is said otherwise", "are said otherwise"),
        };
        format!("{} {}", text::count(n, "requirement", "requirements"), if n == 1 { one } else { many })
    }
}

impl Changed {
    /// What it has in common with those told beside it.
    fn lead(&self) -> String {
        if self.change == Kind::DayComes {
            return format!("It is {}.", self.days.join(", "));
        }
        let mut words: Vec<String> = Vec::new();
        for (n, step) in self.steps.iter().enumerate() {
            match (n, step.in_force) {
                (0, false) => {}
                (0, true) if self.change == Kind::Ends => {}
                (0, true) => words.push(format!("At first: {}.", step.words())),
                _ => words.push(format!("From {}: {}.", step.date, step.words())),
            }
        }
        words.join(" ")
    }

    /// It, and what else is to be said of it.
    fn item(&self) -> String {
        let mut out = format!("{}: {}", self.id, self.title);
        if self.steps.is_empty() {
            self.fields.iter().for_each(|f| out.push_str(&format!("; {}", f.words())));
        }
        let clauses = clauses(&self.steps);
        // Where it only changes, its clause is told if that changes, too.
        let all = !matches!(self.change, Kind::Changes | Kind::DayComes);
        match clauses.as_slice() {
            [] => {}
            [(clause, _)] if all => out.push_str(&format!("; clause {clause}")),
            [_] => {}
            several => {
                let each: Vec<String> = several
                    .iter()
                    .map(|(clause, editions)| {
                        let word = if editions.len() == 1 { "edition" } else { "editions" };
                        format!("{clause} ({word} {})", editions.join(", "))
                    })
                    .collect();
                out.push_str(&format!("; clause {}", each.join(", ")));
            }
        }
        if self.change != Kind::DayComes && !self.days.is_empty() {
            out.push_str(&format!("; a day that it names comes: {}", self.days.join(", ")));
        }
        out
    }
}

impl StepJson {
    /// "edition 2025-05 if `x`; else edition 2023; exception XX-E"
    fn words(&self) -> String {
        if !self.in_force {
            return "not in force".to_owned();
        }
        let mut words: Vec<String> = Vec::new();
        for (n, e) in self.editions.iter().enumerate() {
            let name = e.edition.as_ref().map_or_else(|| "in force".to_owned(), |n| format!("edition {n}"));
            let not = if e.asks { "" } else { ", which does not have it" };
            let only = e.condition.as_ref().map_or_else(String::new, |c| format!(" {c}"));
            words.push(format!("{}{name}{only}{not}", if n > 0 { "else " } else { "" }));
        }
        words
            .extend(self.replaced_by.iter().map(|r| format!("replaced by {} {}", r.instrument, r.condition)));
        if !self.exceptions.is_empty() {
            words.push(format!("under exception {}", self.exceptions.join(", ")));
        }
        words.join("; ")
    }
}

/// The clauses in the order in which they come to count, each with the editions that have it.
fn clauses(steps: &[StepJson]) -> Vec<(&str, Vec<&str>)> {
    let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
    // Of the editions of one day the older one was there first.
    for e in steps.iter().flat_map(|s| s.editions.iter().rev()).filter(|e| e.asks) {
        let clause = e.clause.as_deref().unwrap_or("not verified");
        let edition = e.edition.as_deref().unwrap_or("without a name");
        match found.iter_mut().find(|f| f.0 == clause) {
            Some((_, editions)) if editions.contains(&edition) => {}
            Some((_, editions)) => editions.push(edition),
            None => found.push((clause, vec![edition])),
        }
    }
    found
}

impl Field {
    fn words(&self) -> String {
        let name = match self.field.as_str() {
            "in_force" => "in force",
            "because" => "what is asked",
            "require" => "what meets it",
            "conditions" => "of whom",
            "facts" => "facts that it reads",
            "controls" => "controls that it reads",
            "evidence" => "kinds of evidence that it reads",
            "accepts" => "accepted in its place",
            "source" => "how it is known",
            "reading" => "read so",
            "jurisdiction" => "market",
            other => other,
        };
        match (&self.before, &self.after) {
            (Value::Object(before), Value::Object(after)) => {
                let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
                let differ: Vec<String> = names
                    .into_iter()
                    .filter(|n| before.get(*n) != after.get(*n))
                    .map(|n| format!("`{n}`"))
                    .collect();
                format!("meaning of {}", differ.join(", "))
            }
            (Value::Array(before), Value::Array(after)) => {
                let only = |a: &[Value], b: &[Value]| -> Vec<String> {
                    a.iter().filter(|v| !b.contains(v)).map(word).collect()
                };
                let (gone, new) = (only(before, after), only(after, before));
                let mut words = Vec::new();
                words.extend((!gone.is_empty()).then(|| format!("without {}", gone.join(", "))));
                words.extend((!new.is_empty()).then(|| format!("now with {}", new.join(", "))));
                if words.is_empty() {
                    words.push("in another order".to_owned());
                }
                format!("{name}: {}", words.join("; "))
            }
            (before, after) => {
                let word = |v: &Value| match (v, name) {
                    (Value::Null, "clause") => "not verified".to_owned(),
                    (Value::Null, _) => "nothing".to_owned(),
                    _ => word(v),
                };
                format!("{name}: was {}, now {}", word(before), word(after))
            }
        }
    }
}

/// A value in words.
fn word(v: &Value) -> String {
    match v {
        Value::Null => "nothing".to_owned(),
        Value::String(s) => s.clone(),
        Value::Array(list) => list.iter().map(word).collect::<Vec<_>>().join(", "),
        Value::Object(map) => {
            // Of what lists hold: what is given, each with its name.
            let given = map.iter().filter(|(_, v)| !v.is_null());
            given.map(|(k, v)| format!("{k} {}", word(v))).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

/// Under which heading it is told.
fn instrument(rules: &Rulebase, c: &Changed) -> String {
    let law = &rules.law;
    let title = law.instruments.iter().find(|i| i.code.as_str() == c.instrument).map_or("", |i| &*i.title);
    let place = law.jurisdictions.iter().find(|j| j.code.as_str() == c.jurisdiction);
    let place = place.map_or_else(|| c.jurisdiction.clone(), |j| format!("{} {}", j.code, j.title));
    let mut words = vec![place, c.instrument.clone()];
    words.extend((!title.is_empty()).then(|| title.to_owned()));
    words.join(" · ")
}

// ---- two days ------------------------------------------------------------------------------------------------------

fn on_days(
    rules: &Rulebase,
    sources: &dyn Sources,
    id: RequirementId,
    from: Day,
    to: Day,
) -> Option<Changed> {
    let steps = timeline::timeline(rules, id, from, to);
    let [first, .., last] = steps.as_slice() else {
        return steps
            .first()
            .filter(|s| s.state.is_some())
            .and_then(|s| day_comes(rules, sources, id, s, from, to));
    };
    let change = match (&first.state, &last.state) {
        (None, Some(_)) => Kind::Begins,
        (Some(_), None) => Kind::Ends,
        (None, None) => Kind::BeginsAndEnds,
        (Some(_), Some(_)) => Kind::Changes,
    };
    let steps = steps.iter().map(|s| step(rules, sources, id, s)).collect();
    Some(changed(rules, id, change, steps, named_days(rules, id, from, to)))
}

/// What is told of a requirement between two days.
fn changed(
    rules: &Rulebase,
    id: RequirementId,
    change: Kind,
    steps: Vec<StepJson>,
    days: Vec<String>,
) -> Changed {
    let law = &rules.law;
    let r = &law.requirements[id];
    let i = &law.instruments[r.instrument];
    Changed {
        id: r.code.to_string(),
        title: r.title.to_string(),
        jurisdiction: i.jurisdiction.map_or("any", |j| law.jurisdictions[j].code.as_str()).to_owned(),
        instrument: i.code.to_string(),
        force: i.force.as_str().to_owned(),
        strength: r.strength.as_str().to_owned(),
        change,
        fields: Vec::new(),
        steps,
        days,
    }
}

/// A requirement that stands as it did, but names a day that comes.
fn day_comes(
    rules: &Rulebase,
    sources: &dyn Sources,
    id: RequirementId,
    at: &Step,
    from: Day,
    to: Day,
) -> Option<Changed> {
    let days = named_days(rules, id, from, to);
    (!days.is_empty()).then(|| changed(rules, id, Kind::DayComes, vec![step(rules, sources, id, at)], days))
}

/// Days with which it compares the date of the check, or by which something is to be done, and that come.
fn named_days(rules: &Rulebase, id: RequirementId, from: Day, to: Day) -> Vec<String> {
    let days = Reads::with_dates(rules, &rules.law.requirements[id]).days;
    days.into_iter().filter(|d| d.first <= to && from <= d.last).map(|d| d.to_string()).collect()
}

fn step(rules: &Rulebase, sources: &dyn Sources, id: RequirementId, step: &Step) -> StepJson {
    let law = &rules.law;
    let r = &law.requirements[id];
    let i = &law.instruments[r.instrument];
    let empty = State { ways: Vec::new(), replaced: Vec::new(), exceptions: Vec::new() };
    let state = step.state.as_ref().unwrap_or(&empty);
    let edition = |w: &Way| EditionJson {
        edition: i.editions[w.edition].name.as_deref().map(str::to_owned),
        clause: clause(r, Some(w.edition)).filter(|_| w.has).map(str::to_owned),
        asks: w.has,
        condition: Some(w.begun.words(rules, sources)).filter(|c| !c.is_empty()),
    };
    StepJson {
        date: step.date.to_string(),
        in_force: step.state.is_some(),
        editions: state.ways.iter().map(edition).collect(),
        replaced_by: state
            .replaced
            .iter()
            .map(|(i, begun)| ReplacedJson {
                instrument: law.instruments[*i].code.to_string(),
                condition: begun.words(rules, sources),
            })
            .collect(),
        exceptions: state.exceptions.iter().map(|x| law.exceptions[*x].code.to_string()).collect(),
    }
}

// ---- an earlier list -----------------------------------------------------------------------------------------------

/// An earlier list by ids.
fn read(text: &str) -> Result<BTreeMap<String, Value>, String> {
    let is_other = |why: &str| format!("is no result of `dossier rules list --format json`: {why}");
    let all: Value = serde_json::from_str(text).map_err(|e| is_other(&e.to_string()))?;
    let Value::Array(list) = all else { return Err(is_other("it is not a list")) };
    let mut found = BTreeMap::new();
    for (n, one) in list.into_iter().enumerate() {
        let Some(id) = one.get("id").and_then(Value::as_str).map(text::one_line) else {
            return Err(is_other(&format!("entry {} has no `id`", n + 1)));
        };
        if let Some(lacks) = ALWAYS.iter().find(|f| one.get(**f).is_none()) {
            return Err(is_other(&format!("`{id}` has no `{lacks}`")));
        }
        let texts = ["title", "jurisdiction", "instrument", "force", "strength"];
        if let Some(other) = texts.iter().find(|f| !one[**f].is_string()) {
            return Err(is_other(&format!("`{other}` of `{id}` is no text")));
        }
        if found.insert(id.clone(), one).is_some() {
            return Err(is_other(&format!("it has `{id}` twice")));
        }
    }
    Ok(found)
}

/// Whether a requirement of an earlier list passes a filter.
fn passed(filter: &Filter, was: &Value) -> bool {
    let is = |field: &str, wanted: &str| was[field].as_str() == Some(wanted);
    filter.market.as_ref().is_none_or(|m| is("jurisdiction", m))
        && filter.instrument.as_ref().is_none_or(|i| is("instrument", i))
        && filter.force.is_none_or(|f| is("force", f.as_str()))
        && filter.control.as_ref().is_none_or(|c| {
            was["controls"].as_array().is_some_and(|list| list.iter().any(|x| x.as_str() == Some(c)))
        })
}

/// A requirement as it was against how it is.
fn against(was: Option<&Value>, is: Option<&Value>, not_compared: &mut BTreeSet<String>) -> Option<Changed> {
    let mut fields = Vec::new();
    let change = match (was, is) {
        (None, Some(_)) => Kind::Added,
        (Some(_), None) => Kind::Removed,
        (None, None) => return None,
        (Some(was), Some(is)) => {
            for (name, after) in is.as_object()? {
                match was.get(name) {
                    None => {
                        not_compared.insert(name.clone());
                    }
                    Some(before) if before != after => {
                        let (before, after) = (before.clone(), after.clone());
                        fields.push(Field { field: name.clone(), before, after });
                    }
                    Some(_) => {}
                }
            }
            if fields.is_empty() {
                return None;
            }
            Kind::Differs
        }
    };
    let one = is.or(was)?;
    let text = |field: &str| one[field].as_str().unwrap_or_default().to_owned();
    Some(Changed {
        id: text("id"),
        title: text("title"),
        jurisdiction: text("jurisdiction"),
        instrument: text("instrument"),
        force: text("force"),
        strength: text("strength"),
        change,
        fields,
        steps: Vec::new(),
        days: Vec::new(),
    })
}
