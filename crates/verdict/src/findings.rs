//! From verdicts to diagnostics: one for each thing to do, listing the verdicts that it decides.
//!
//! A new device has hundreds of open requirements and a handful of causes. Each missing fact, control, field or
//! evidence is one diagnostic, at the place where its author can act; the full list is in the verdicts.

use crate::check::{DeviceCheck, MarketCheck, Remark, Row, describe};
use crate::explain::{Derivation, FieldName, Premise};
use crate::show;
use crate::tri::Tri;
use crate::verdict::Settled;
use dossier_base::{Applicability, Diagnostic, Edit, Place, Severity, Sym, TextRange, codes};
use dossier_model::device::{ClaimKind, Unit};
use dossier_model::hir::Origin;
use dossier_model::law::{Brings, Outcome, RequirementId};
use dossier_model::value::Type;
use dossier_model::vocab::{FactId, Scope};
use dossier_model::{Model, UnitId};
use std::collections::{BTreeMap, BTreeSet};

/// What to do about it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Todo {
    /// Say what is missing.
    Ask(Premise),
    /// See to what falls short.
    Mend(Premise),
    /// Wait for what is planned.
    Wait(Origin),
    /// Accept, until then.
    Accept(Origin),
    /// A requirement of which no single premise falls short.
    See(RequirementId),
}

/// All verdicts that one thing decides.
#[derive(Clone, Debug)]
struct Group {
    severity: Severity,
    decides: BTreeSet<(Sym, RequirementId)>,
    verdicts: usize,
    markets: BTreeSet<Sym>,
    devices: BTreeSet<UnitId>,
    origin: Option<Origin>,
    /// What was asked, where it was asked for more than that the thing is there.
    asked: BTreeSet<String>,
    /// The value at hand.
    value: Option<String>,
    /// How many other ways there would be.
    ways: usize,
    until: Option<String>,
}

/// Chooses the severity of a requirement's shortfall, given the one that law gives it.
pub type Severities<'s> = &'s dyn Fn(RequirementId, Severity) -> Severity;

/// What checked devices have come to so far. Takes them one by one, so that a check of many need not hold them all.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// What rests on a component is one diagnostic there for all devices; the rest is each device's own.
    groups: BTreeMap<(Option<UnitId>, Todo), Group>,
    remarks: Vec<Remark>,
}

impl Findings {
    /// Takes a checked device in; its verdicts must have been explained where they fall short.
    pub fn add(&mut self, model: &Model, check: &DeviceCheck, severities: Severities<'_>) {
        let Some(unit) = model.unit(check.unit) else { return };
        for market in &check.markets {
            for row in &market.rows {
                let Some(severity) = row.severity else { continue };
                let severity = severities(row.requirement, severity);
                let groups = &mut self.groups;
                Collector { model, check, unit, market, row, severity, groups }.row();
            }
        }
        self.remarks.extend(check.remarks.iter().cloned());
    }

    /// The diagnostics, those that decide most first within a file.
    pub fn finish(self, model: &Model) -> Vec<Diagnostic> {
        let mut out: Vec<(usize, Diagnostic)> = self
            .groups
            .into_iter()
            .map(|((_, todo), group)| (group.verdicts, diagnostic(model, &todo, &group)))
            .collect();
        out.extend(self.remarks.iter().map(|r| (0, remark_diagnostic(model, r))));
        // The same remark of a component comes through several devices.
        let mut seen: BTreeSet<(Option<Place>, &'static str, String)> = BTreeSet::new();
        out.retain(|(_, d)| seen.insert((d.place, d.code.id, d.message.clone())));
        out.sort_by(|(n, a), (m, b)| {
            let key = |d: &Diagnostic| (d.place.map(|p| p.file), std::cmp::Reverse(d.severity));
            key(a)
                .cmp(&key(b))
                .then(m.cmp(n))
                .then_with(|| (a.place, a.code.id, &a.message).cmp(&(b.place, b.code.id, &b.message)))
        });
        out.into_iter().map(|(_, d)| d).collect()
    }
}

/// The diagnostics of checked devices, those that decide most first within a file.
pub fn diagnostics(model: &Model, checks: &[DeviceCheck], severities: Severities<'_>) -> Vec<Diagnostic> {
    let mut findings = Findings::default();
    for check in checks {
        findings.add(model, check, severities);
    }
    findings.finish(model)
}

struct Collector<'c> {
    model: &'c Model,
    check: &'c DeviceCheck,
    unit: &'c Unit,
    market: &'c MarketCheck,
    row: &'c Row,
    severity: Severity,
    groups: &'c mut BTreeMap<(Option<UnitId>, Todo), Group>,
}

impl Collector<'_> {
    fn row(&mut self) {
        let Some(x) = &self.row.explained else {
            self.add(Todo::See(self.row.requirement), None, None, None, 0, None);
            return;
        };
        let outcome = self.row.judgement.outcome;
        let mut found = false;
        match outcome {
            Outcome::Unknown => {
                for (premise, origin) in &x.missing {
                    found = true;
                    // Where a scope could not be read whole, what it seems to lack it may well have.
                    let premise = match premise {
                        Premise::NoControl(..) | Premise::NoEvidence(..) => Premise::Broken(self.unit.origin),
                        other => other.clone(),
                    };
                    self.add(Todo::Ask(premise), *origin, None, None, 0, None);
                }
            }
            Outcome::Unmet | Outcome::Planned | Outcome::Waived => {
                for part in x.parts.iter().filter(|p| p.outcome == outcome) {
                    match (outcome, part.settled) {
                        (Outcome::Waived, Some(Settled::Claim(_, origin))) => {
                            found = true;
                            self.add(Todo::Accept(origin), Some(origin), None, None, 0, None);
                        }
                        (Outcome::Planned, _) => {
                            for (d, _) in part.derivation.shortfalls() {
                                if let Some(origin) = d.origin {
                                    found = true;
                                    let day = part.planned.map(|d| d.to_string());
                                    self.add(Todo::Wait(origin), Some(origin), None, None, 0, day);
                                    break;
                                }
                            }
                        }
                        _ => found |= self.mend(&part.derivation),
                    }
                }
            }
            _ => found = true,
        }
        if !found {
            self.add(Todo::See(self.row.requirement), None, None, None, 0, None);
        }
    }

    fn mend(&mut self, derivation: &Derivation) -> bool {
        let rules = &self.model.rules;
        let mut found = false;
        let asked = asked_of(derivation);
        for (d, ways) in derivation.shortfalls() {
            if let Some(premise) = &d.premise {
                found = true;
                let asked = asked.iter().find(|(p, _)| *p == premise).map(|(_, d)| d.text(rules));
                self.add(Todo::Mend(premise.clone()), d.origin, asked, d.value(rules), ways, None);
            }
        }
        found
    }

    fn add(
        &mut self,
        todo: Todo,
        origin: Option<Origin>,
        asked: Option<String>,
        value: Option<String>,
        ways: usize,
        until: Option<String>,
    ) {
        let shared = origin.is_some_and(|o| {
            let own = o.file == self.unit.origin.file && o.tree == self.unit.origin.tree;
            !own && self.model.files.contains_key(&o.file) && !matches!(todo, Todo::Ask(Premise::Fact(..)))
        });
        let key = ((!shared).then_some(self.check.unit), todo);
        let place = self.market.place.unwrap_or_else(|| Sym::new("any"));
        let code = self.model.rules.law.requirements[self.row.requirement].code;
        let group = self.groups.entry(key).or_insert_with(|| Group {
            severity: self.severity,
            decides: BTreeSet::new(),
            verdicts: 0,
            markets: BTreeSet::new(),
            devices: BTreeSet::new(),
            origin,
            asked: BTreeSet::new(),
            value: None,
            ways: 0,
            until: None,
        });
        group.severity = group.severity.max(self.severity);
        let new = group.decides.insert((code, self.row.requirement));
        let new_market = group.markets.insert(place);
        let new_device = group.devices.insert(self.check.unit);
        group.verdicts += usize::from(new || new_market || new_device);
        group.asked.extend(asked);
        group.value = group.value.take().or(value);
        group.ways = group.ways.max(ways);
        group.until = group.until.take().max(until);
        group.origin = group.origin.or(origin);
    }
}

/// For each premise that falls short the condition around it.
fn asked_of(d: &Derivation) -> Vec<(&Premise, &Derivation)> {
    let mut out = Vec::new();
    // A comparison speaks for its operands; the operands alone say nothing of what is asked.
    let compares =
        d.premise.is_none() && !d.children.is_empty() && d.children.iter().all(|x| x.children.is_empty());
    if compares {
        out.extend(d.children.iter().filter_map(|x| x.premise.as_ref()).map(|p| (p, d)));
    }
    out.extend(d.children.iter().flat_map(asked_of));
    out.extend(d.premise.as_ref().map(|p| (p, d)));
    out
}

/// `1 verdict`, `41 verdicts`.
fn verdicts(n: usize) -> String {
    if n == 1 { "1 verdict".to_owned() } else { format!("{n} verdicts") }
}

fn wait(n: usize) -> String {
    if n == 1 { "1 verdict waits for it".to_owned() } else { format!("{n} verdicts wait for it") }
}

fn fall_short(n: usize) -> String {
    if n == 1 { "1 verdict falls short".to_owned() } else { format!("{n} verdicts fall short") }
}

fn diagnostic(model: &Model, todo: &Todo, group: &Group) -> Diagnostic {
    let n = group.verdicts;
    let mut d = match todo {
        Todo::Ask(premise) => ask(model, premise, group),
        Todo::Mend(premise) => mend(model, premise, group),
        Todo::Wait(origin) => {
            let what = model_name(model, *origin);
            let day = group.until.clone().unwrap_or_default();
            codes::planned(model.place(*origin), what, day, fall_short(n)).label("planned")
        }
        Todo::Accept(origin) => codes::waived(model.place(*origin), verdicts(n)),
        Todo::See(r) => {
            let r = &model.rules.law.requirements[*r];
            codes::not_met(act_at(model, group, None), r.code, &r.title)
        }
    };
    d.severity = group.severity;
    d.decides = group.decides.iter().map(|(code, _)| code.to_string()).collect();
    let law = &model.rules.law;
    let list: Vec<RequirementId> = group.decides.iter().map(|(_, r)| *r).collect();
    for r in list.iter().take(2) {
        let r = &law.requirements[*r];
        let clause = r.clause.text.as_ref().map_or(String::new(), |c| format!(" ({c})"));
        d = d.note(format!("{}{clause}: {}", r.code, r.because));
    }
    if list.len() > 2 {
        let rest: Vec<&str> = list[2..].iter().take(8).map(|r| law.requirements[*r].code.as_str()).collect();
        let more = list.len() - 2 - rest.len();
        let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
        d = d.note(format!("also {}{tail}", rest.join(", ")));
    }
    if group.devices.len() > 1 {
        let names: Vec<&str> =
            group.devices.iter().filter_map(|u| model.unit(*u)).map(|u| u.name.as_str()).collect();
        d = d.note(format!("devices: {}", names.join(", ")));
    }
    if group.ways > 0 {
        d = d.note("another way to meet it would do as well: see the requirement");
    }
    if let Some((code, _)) = group.decides.first() {
        d = d.help(format!("`dossier rules show {code}` tells what is asked"));
    }
    let devices: Vec<&str> =
        group.devices.iter().filter_map(|u| model.unit(*u)).map(|u| u.name.as_str()).collect();
    let subject = format!("{} {}", devices.join(","), d.subject);
    d.subject(subject)
}

/// Where the author can act: at the market if there is one, else at the device.
fn act_at(model: &Model, group: &Group, market: Option<Sym>) -> Option<Place> {
    let device = group.devices.first().and_then(|u| model.unit(*u))?;
    let one = market.or_else(|| if group.markets.len() == 1 { group.markets.first().copied() } else { None });
    let market = one.and_then(|m| device.markets.iter().find(|x| x.code == m));
    match market {
        Some(m) => {
            let file = model.files.get(&m.origin.file)?;
            let node = file.summary.node(m.origin);
            Some(node.name().map_or_else(|| model.place(m.origin), |n| model.place(n.origin())))
        }
        None => Some(model.name_place(device)),
    }
}

/// Right behind the brace that opens the block whose name stands at a place, for what is to be put in.
fn inside(model: &Model, group: &Group, market: Option<Sym>) -> Option<Place> {
    let device = group.devices.first().and_then(|u| model.unit(*u))?;
    let origin =
        market.and_then(|m| device.markets.iter().find(|x| x.code == m)).map_or(device.origin, |m| m.origin);
    let file = model.files.get(&origin.file)?;
    let node = file.summary.node(origin);
    let first = node.items().next()?;
    let at = model.place(first.origin()).start();
    Some(Place::new(origin.file, TextRange::empty(at.into())))
}

/// What an origin declares, in a few words.
fn model_name(model: &Model, origin: Origin) -> String {
    let Some(file) = model.files.get(&origin.file) else { return "this".to_owned() };
    let node = file.summary.node(origin);
    match node.name() {
        Some(name) => format!("{} `{}`", node.sym(), name.sym()),
        None => format!("`{}`", node.sym()),
    }
}

fn ask(model: &Model, premise: &Premise, group: &Group) -> Diagnostic {
    let vocab = &model.rules.vocab;
    let n = group.verdicts;
    match premise {
        Premise::Fact(f, market) => {
            let fact = &vocab.facts[*f];
            let at = act_at(model, group, *market)
                .filter(|_| market.is_some())
                .or_else(|| group.devices.first().and_then(|u| model.unit(*u)).map(|u| model.name_place(u)));
            let example = example(model, *f);
            let mut d = codes::missing_fact(at, fact.name, wait(n))
                .subject(fact.name.as_str())
                .label(format!("`{} …` is missing", fact.name));
            if !fact.doc.is_empty() {
                d = d.note(format!("{}: {}", fact.title, fact.doc));
            } else if !fact.title.is_empty() {
                d = d.note(fact.title.to_string());
            }
            if let Some(origin) = group.origin {
                d = d.also(model.place(origin), "given here only in part, or not readable");
            }
            let whose = market.map_or_else(|| "the device".to_owned(), |m| format!("market {m}"));
            d = d.help(format!("say it in {whose}: `{example}`"));
            if let Some(at) = inside(model, group, *market) {
                d = d.fix(
                    format!("add `{}`", fact.name),
                    Applicability::Maybe,
                    vec![Edit { place: at, text: format!("{example}\n") }],
                );
            }
            d
        }
        Premise::Collection(e) => {
            let entity = &vocab.entities[*e];
            let at = act_at(model, group, None);
            codes::missing_entities(at, entity.name, wait(n))
                .subject(entity.name.as_str())
                .label(format!("nothing is said of any {}", entity.name))
                .note(format!("{}. {}", entity.title, entity.doc))
                .help(format!(
                    "declare each: `{} name \"…\" {{ … }}`; if there is none, say `has_no [{}]`",
                    entity.name, entity.name
                ))
        }
        Premise::Held(e, origin) => {
            let entity = &vocab.entities[*e];
            codes::missing_entities(model.place(*origin), entity.name, wait(n))
                .subject(entity.name.as_str())
                .help(format!(
                    "declare each inside it: `{} name {{ … }}`; if there is none, say `has_no [{}]` there",
                    entity.name, entity.name
                ))
        }
        Premise::Files(e) => {
            let entity = &vocab.entities[*e];
            let kind = entity.read_from.map_or("", |k| vocab.kinds[k].name.as_str());
            codes::not_read(act_at(model, group, None), entity.plural, kind, wait(n))
                .subject(entity.name.as_str())
        }
        Premise::Broken(origin) => codes::unknown_for_errors(act_at(model, group, None), verdicts(n))
            .also(model.place(*origin), "this could not be read")
            .help("mend the errors first; then the verdicts can be told"),
        other => {
            let what = describe(&model.rules, other);
            let at = group.origin.map(|o| model.place(o)).or_else(|| act_at(model, group, None));
            let (field, doc) = field_doc(model, other);
            let mut d = codes::missing_answer(at, &what, wait(n)).subject(what.as_str());
            if let Some(doc) = doc {
                d = d.note(doc);
            }
            d.help_if(field)
        }
    }
}

/// How a fact could be written.
fn example(model: &Model, f: FactId) -> String {
    let vocab = &model.rules.vocab;
    let fact = &vocab.facts[f];
    let values = |e: dossier_model::vocab::EnumId, n: usize| -> Vec<String> {
        vocab.enums[e].values.iter().take(n).map(|v| v.name.to_string()).collect()
    };
    let value = match fact.ty {
        Type::Bool => "yes` or `no".to_owned(),
        Type::Text => "\"…\"".to_owned(),
        Type::Number => "1".to_owned(),
        Type::Percent => "95 %".to_owned(),
        Type::Date => "2026-01-31".to_owned(),
        Type::Duration => "10 min".to_owned(),
        Type::Period => "12 months".to_owned(),
        Type::Enum(e) => values(e, 9).join("` or `"),
        Type::EnumSet(e) => format!("[{}]", values(e, 40).join(", ")),
        _ => "…".to_owned(),
    };
    match fact.ty {
        Type::EnumSet(_) => format!("{} {value}", fact.name),
        _ => format!("{} {value}", fact.name),
    }
}

/// What may be written for a field, and what it means.
fn field_doc(model: &Model, p: &Premise) -> (Option<String>, Option<String>) {
    let vocab = &model.rules.vocab;
    let def = match p {
        Premise::ControlField(c, FieldName::Own(n), _) => vocab.controls[*c].fields.get(usize::from(*n)),
        Premise::EntityField(e, _, FieldName::Own(n), _) => vocab.entities[*e].fields.get(usize::from(*n)),
        Premise::ControlField(_, FieldName::BuiltIn(b), _)
        | Premise::EvidenceField(_, FieldName::BuiltIn(b), _)
        | Premise::EntityField(_, _, FieldName::BuiltIn(b), _) => {
            return (Some(format!("add `{} …`", b.name())), None);
        }
        _ => None,
    };
    let Some(def) = def else { return (None, None) };
    let takes = match def.ty {
        Type::Enum(e) => {
            let v: Vec<String> = vocab.enums[e].values.iter().map(|v| format!("`{}`", v.name)).collect();
            format!("one of {}", v.join(", "))
        }
        Type::EnumSet(e) => {
            let v: Vec<String> = vocab.enums[e].values.iter().map(|v| v.name.to_string()).collect();
            format!("those that hold of [{}]", v.join(", "))
        }
        other => other.describe(vocab),
    };
    let doc = if def.doc.is_empty() { def.title.to_string() } else { format!("{}: {}", def.title, def.doc) };
    (Some(format!("add `{} …`: {takes}", def.name)), (!doc.is_empty()).then_some(doc))
}

fn mend(model: &Model, premise: &Premise, group: &Group) -> Diagnostic {
    let vocab = &model.rules.vocab;
    let n = group.verdicts;
    let asked: Vec<String> = group.asked.iter().map(|a| format!("`{a}`")).collect();
    let asked = asked.join(" and ");
    let at_origin = group.origin.map(|o| model.place(o));
    match premise {
        Premise::NoControl(c, holder) => {
            let control = &vocab.controls[*c];
            let at = holder.map(|o| model.place(o)).or_else(|| act_at(model, group, None));
            let mut d = codes::control_missing(at, control.name, fall_short(n))
                .subject(control.name.as_str())
                .label(format!("`control {}` is missing", control.name));
            d = d.note(format!("{}. {}", control.title, control.doc.trim()));
            let fields: Vec<String> = control.fields.iter().map(|f| format!("{} …", f.name)).collect();
            let fields = if fields.is_empty() { String::new() } else { format!("  {}", fields.join("  ")) };
            d.help(format!("if it is there: `control {} {{ status implemented{fields} }}`", control.name))
        }
        Premise::Control(c, origin) => {
            let control = &vocab.controls[*c];
            codes::control_not_there(model.place(*origin), control.name, fall_short(n))
                .subject(control.name.as_str())
        }
        Premise::NoEvidence(k, holder) => {
            let kind = &vocab.kinds[*k];
            let at = holder.map(|o| model.place(o)).or_else(|| act_at(model, group, None));
            let d = codes::evidence_missing(at, kind.name, fall_short(n)).subject(kind.name.as_str());
            let d = d.note(format!("{}. {}", kind.title, kind.doc.trim()));
            match holder {
                Some(o) => d.help(format!(
                    "list it in {}: `evidence [name]`, and declare it: `evidence name \"evidence/name.pdf\" {{ kind {} }}`",
                    model_name(model, *o),
                    kind.name
                )),
                None => d.help(format!("declare it: `evidence name \"evidence/name.pdf\" {{ kind {} }}`", kind.name)),
            }
        }
        Premise::Evidence(_, name, origin) => {
            codes::evidence_does_not_stand(model.place(*origin), name, fall_short(n)).subject(name.as_str())
        }
        Premise::Collection(e) => {
            let entity = &vocab.entities[*e];
            codes::entity_needed(at_origin.or_else(|| act_at(model, group, None)), entity.name, fall_short(n))
                .subject(entity.name.as_str())
                .help(format!("declare it: `{} name \"…\" {{ … }}`", entity.name))
        }
        Premise::Conforms(t) => {
            let code = show::target(&model.rules, *t);
            codes::others_fall_short(act_at(model, group, None), code, fall_short(n)).subject(code.as_str())
        }
        Premise::Fact(f, _) => {
            let fact = &vocab.facts[*f];
            let what = match fact.scope {
                Scope::Device => format!("`{}`", fact.name),
                _ => format!("the market's `{}`", fact.name),
            };
            let at = at_origin.or_else(|| act_at(model, group, None));
            codes::falls_short(at, format!("{what}{}", is(group)), fall_short(n))
                .subject(fact.name.as_str())
                .label(format!("asked: {asked}"))
        }
        other => {
            let what = describe(&model.rules, other);
            let at = at_origin.or_else(|| act_at(model, group, None));
            codes::falls_short(at, format!("{what}{}", is(group)), fall_short(n))
                .subject(what.as_str())
                .label(format!("asked: {asked}"))
        }
    }
}

/// The value at hand, where it is short enough to say.
fn is(group: &Group) -> String {
    group
        .value
        .as_ref()
        .filter(|v| v.chars().count() <= 60)
        .map_or(" is not what is asked".to_owned(), |v| format!(" is {v}"))
}

fn remark_diagnostic(model: &Model, remark: &Remark) -> Diagnostic {
    let vocab = &model.rules.vocab;
    let code = |r: &RequirementId| model.rules.law.requirements[*r].code;
    // A claim, control or evidence is pointed at by its name.
    let name = |o: Origin| {
        let file = model.files.get(&o.file);
        let name = file.and_then(|f| f.summary.node(o).name()).map(|n| n.origin());
        model.place(name.unwrap_or(o))
    };
    match remark {
        Remark::FactNotInUse(f, origin) => {
            let fact = &vocab.facts[*f];
            let value = fact.when.as_ref().map_or(String::new(), |(_, v)| v.show(fact.ty, vocab).to_string());
            codes::not_in_use(model.place(*origin), fact.name, &value)
                .subject(fact.name.as_str())
                .help("remove it, or mend the fact that makes it senseless")
                .help_if(when_text(model, *f))
        }
        Remark::EntityNotInUse(e, origin) => {
            let entity = &vocab.entities[*e];
            codes::not_in_use(name(*origin), entity.name, "none").subject(entity.name.as_str())
        }
        Remark::WaiverExpired(r, origin, until) => codes::waiver_expired(name(*origin), code(r), until)
            .subject(code(r).as_str())
            .help("have it approved again with a new `until`, or remove it and see to the requirement"),
        Remark::ClaimNotNeeded(kind, r, origin, outcome) => {
            let why = match outcome {
                Outcome::Met => "the requirement is met without it",
                Outcome::Justified => "the requirement is justified without it",
                _ => "the requirement is not asked of this device",
            };
            codes::claim_not_needed(name(*origin), kind.as_str(), code(r), why).subject(code(r).as_str()).fix(
                "remove it",
                Applicability::Safe,
                vec![Edit { place: model.place(*origin), text: String::new() }],
            )
        }
        Remark::ClaimNotAccepted(kind, r, origin) => {
            let what = match kind {
                ClaimKind::Justify => "a justification",
                _ => "an alternative",
            };
            codes::claim_not_accepted(name(*origin), code(r), what).subject(code(r).as_str()).help(
                "it changes no verdict; meet the requirement, or accept the risk for a while with `waive`",
            )
        }
        Remark::ClaimLacks(kind, r, origin, brings) => {
            let what = match brings {
                Brings::Kind(k) => format!("evidence of kind `{}`", vocab.kinds[*k].name),
                _ => "evidence".to_owned(),
            };
            codes::claim_lacks(name(*origin), kind.as_str(), code(r), &what)
                .subject(code(r).as_str())
                .help("list it: `evidence [name]`; it must stand on the day of the check")
        }
        Remark::PlanPast(origin, due) => codes::plan_past(name(*origin), model_name(model, *origin), due)
            .subject(model_name(model, *origin))
            .help("say that it is there (`status implemented`), or give a new day"),
        Remark::PlanTooLate(r, origin, deadline) => {
            codes::plan_too_late(name(*origin), model_name(model, *origin), deadline, code(r))
        }
        Remark::Evidence(name, origin, why, stands) => {
            let d = codes::evidence_not_standing(model.place(*origin), name, why).subject(name.as_str());
            if *stands == Tri::Unknown { d.severity(Severity::Warning) } else { d }
        }
    }
}

fn when_text(model: &Model, f: FactId) -> Option<String> {
    let (when, _) = model.rules.vocab.facts[f].when.as_ref()?;
    Some(format!("it makes sense when `{}`", show::expr(&model.rules, *when, &[])))
}
