//! From verdicts to diagnostics: one for each thing to do, listing the verdicts that it decides.
//!
//! A new device has hundreds of open requirements and a handful of causes. Each missing fact, control, field or
//! evidence is one diagnostic, at the place where its author can act; the full list is in the verdicts.

use crate::advice;
use crate::check::{DeviceCheck, MarketCheck, Remark, Row};
use crate::declared;
use crate::explain::{Derivation, Lack, Premise};
use crate::show;
use crate::tri::Tri;
use crate::verdict::Settled;
use dossier_base::{Applicability, Code, Diagnostic, Edit, Place, Severity, Sym, TextRange, codes};
use dossier_model::date::{Date, Day};
use dossier_model::device::{ClaimKind, EvidenceDecl, Given, Slot, State, Unit};
use dossier_model::hir::Origin;
use dossier_model::law::{Brings, Outcome, RequirementId, Target};
use dossier_model::vocab::{ControlId, FactId, Scope};
use dossier_model::{Model, Rulebase, UnitId};
use rustc_hash::FxHashSet;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// What to do about it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Todo {
    /// Say what is missing; what is declared there and cannot be relied on stands at its place.
    Ask(Premise, Option<Origin>),
    /// See to what falls short.
    Mend(Premise),
    /// Wait for what is planned.
    Wait(Origin),
    /// Accept, until then.
    Accept(Origin),
    /// A requirement of which no single premise falls short.
    See(RequirementId),
}

/// A set of a few things, in order. Thousands are held at a time.
#[derive(Clone, Debug)]
struct Few<T>(Vec<T>);

impl<T: Ord> Few<T> {
    /// Adds something; whether it is new.
    fn insert(&mut self, thing: T) -> bool {
        match self.0.binary_search(&thing) {
            Ok(_) => false,
            Err(at) => {
                self.0.insert(at, thing);
                true
            }
        }
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> std::ops::Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

/// All verdicts that one thing decides.
#[derive(Clone, Debug)]
struct Group {
    severity: Severity,
    decides: Few<(Sym, RequirementId)>,
    verdicts: usize,
    markets: Few<Sym>,
    /// In the order in which they were checked, and once all are there in that of their ids.
    devices: Vec<UnitId>,
    origin: Option<Origin>,
    /// What was asked, where it was asked for more than that the thing is there.
    asked: Few<String>,
    /// What of it is lacking or too much.
    lacks: BTreeMap<Lack, BTreeSet<Sym>>,
    /// The value at hand; of evidence, why it does not stand.
    value: Option<String>,
    /// How many other ways there would be.
    ways: usize,
    until: Option<String>,
}

/// Chooses the severity of a requirement's shortfall, given the one that law gives it; none where it is switched off.
pub type Severities<'s> = &'s dyn Fn(RequirementId, Severity) -> Option<Severity>;

/// What checked devices have come to so far. Takes them one by one, so that a check of many need not hold them all.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// What rests on a component is one diagnostic there for all devices.
    shared: BTreeMap<Todo, Group>,
    /// The rest is each device's own and does not grow once the device has been taken in.
    own: Vec<(UnitId, Todo, Group)>,
    remarks: Vec<Remark>,
}

/// Something found, as small as it can be held: the diagnostic is made of it when it is asked for. Of many devices
/// many more are found than shown.
pub struct Finding<'m> {
    /// Where.
    pub place: Option<Place>,
    /// What kind it is.
    pub code: &'static Code,
    /// How much it weighs here.
    pub severity: Severity,
    verdicts: usize,
    /// Many things stand at one place, told apart only by what is said of them.
    message: Box<str>,
    what: What,
    model: &'m Model,
}

enum What {
    Group(Todo, Box<Group>),
    Remark(Remark),
}

impl<'m> Finding<'m> {
    fn new(model: &'m Model, verdicts: usize, what: What) -> Self {
        let d = what.diagnostic(model);
        let message = d.message.into();
        Self { place: d.place, code: d.code, severity: d.severity, verdicts, message, what, model }
    }

    /// The first requirement that it decides, if it decides any.
    pub fn decides(&self) -> Option<Sym> {
        match &self.what {
            What::Group(_, group) => group.decides.first().map(|d| d.0),
            What::Remark(_) => None,
        }
    }

    /// All there is to say of it.
    pub fn diagnostic(&self) -> Diagnostic {
        Diagnostic { severity: self.severity, ..self.what.diagnostic(self.model) }
    }
}

impl What {
    fn diagnostic(&self, model: &Model) -> Diagnostic {
        match self {
            What::Group(todo, group) => diagnostic(model, todo, group),
            What::Remark(remark) => remark_diagnostic(model, remark),
        }
    }
}

impl Findings {
    /// Takes a checked device in; its verdicts must have been explained where they fall short.
    pub fn add(&mut self, model: &Model, check: &DeviceCheck, severities: Severities<'_>) {
        let Some(unit) = model.unit(check.unit) else { return };
        let mut own = BTreeMap::new();
        for market in &check.markets {
            for row in &market.rows {
                let Some(severity) = row.severity.and_then(|s| severities(row.requirement, s)) else {
                    continue;
                };
                let (shared, own) = (&mut self.shared, &mut own);
                Collector { model, check, unit, market, row, severity, shared, own }.row();
            }
        }
        self.own.extend(own.into_iter().map(|(todo, group)| (check.unit, todo, group)));
        self.remarks.extend(check.remarks.iter().cloned());
    }

    /// The diagnostics, those that decide most first within a file.
    pub fn finish(self, model: &Model) -> Vec<Diagnostic> {
        self.sorted(model).map(|f| f.diagnostic()).collect()
    }

    /// The same one by one.
    pub fn sorted(self, model: &Model) -> impl Iterator<Item = Finding<'_>> {
        let Self { mut shared, mut own, remarks } = self;
        // In whatever order devices were checked.
        own.sort_by_key(|o| o.0);
        shared.values_mut().for_each(|g| g.devices.sort_unstable());
        // What is told with the verdicts that it decides is not told once more.
        let mends = shared.keys().chain(own.iter().map(|o| &o.1)).filter_map(|todo| match todo {
            Todo::Mend(Premise::Control(_, origin) | Premise::Evidence(_, _, origin)) => Some(*origin),
            _ => None,
        });
        let mut told: FxHashSet<Origin> = mends.collect();
        let paths: Vec<Origin> = told
            .iter()
            .filter_map(|o| declared::evidence(model, *o).map(|d| d.path_origin.unwrap_or(d.origin)))
            .collect();
        told.extend(paths);
        let is_told = |r: &Remark| match r {
            Remark::PlanPast(origin, _) | Remark::Evidence(_, origin, _, Tri::False) => told.contains(origin),
            _ => false,
        };
        let groups = shared.into_iter().chain(own.into_iter().map(|(_, todo, group)| (todo, group)));
        let groups = groups.map(|(todo, group)| {
            // What rests on other verdicts follows of itself once those are seen to.
            let follows =
                matches!(todo, Todo::Ask(Premise::Conforms(_), _) | Todo::Mend(Premise::Conforms(_)));
            let verdicts = if follows { 0 } else { group.verdicts };
            Finding::new(model, verdicts, What::Group(todo, Box::new(group)))
        });
        let remarks = remarks.into_iter().filter(|r| !is_told(r));
        let remarks = remarks.map(|r| Finding::new(model, 0, What::Remark(r)));
        let mut list: Vec<Finding<'_>> = groups.chain(remarks).collect();
        without_doubles(&mut list);
        let key = |f: &Finding<'_>| {
            (f.place.map(|p| p.file), Reverse(f.severity), Reverse(f.verdicts), f.place, f.code.id)
        };
        list.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message)));
        list.into_iter()
    }
}

/// The same remark of a component comes through several devices: of what says the same at the same place the first.
fn without_doubles(list: &mut Vec<Finding<'_>>) {
    let mut order: Vec<usize> = (0..list.len()).collect();
    order.sort_by_key(|i| (list[*i].place, list[*i].code.id));
    let mut keep = vec![true; list.len()];
    for same in
        order.chunk_by(|a, b| (list[*a].place, list[*a].code.id) == (list[*b].place, list[*b].code.id))
    {
        if same.len() > 1 {
            let mut seen = FxHashSet::default();
            for i in same {
                keep[*i] = seen.insert(&*list[*i].message);
            }
        }
    }
    let mut keep = keep.into_iter();
    list.retain(|_| keep.next().unwrap_or(true));
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
    shared: &'c mut BTreeMap<Todo, Group>,
    own: &'c mut BTreeMap<Todo, Group>,
}

/// What is known of a premise besides that it is to be seen to.
#[derive(Default)]
struct Known {
    origin: Option<Origin>,
    asked: Option<String>,
    lacks: Option<(Lack, Vec<Sym>)>,
    value: Option<String>,
    ways: usize,
    until: Option<String>,
}

impl Known {
    fn at(origin: Option<Origin>) -> Self {
        Self { origin, ..Self::default() }
    }
}

impl Collector<'_> {
    fn row(&mut self) {
        let Some(x) = &self.row.explained else {
            self.add(Todo::See(self.row.requirement), Known::default());
            return;
        };
        let outcome = self.row.judgement.outcome;
        let mut found = false;
        match outcome {
            Outcome::Unknown => {
                for (premise, origin) in &x.missing {
                    found = true;
                    self.add(self.question(premise, *origin), Known::at(*origin));
                }
            }
            Outcome::Unmet | Outcome::Planned | Outcome::Waived => {
                for part in x.parts.iter().filter(|p| p.outcome == outcome) {
                    match (outcome, part.settled) {
                        (Outcome::Waived, Some(Settled::Claim(_, origin))) => {
                            found = true;
                            self.add(Todo::Accept(origin), Known::at(Some(origin)));
                        }
                        (Outcome::Planned, _) => found |= self.wait(&part.derivation, part.planned),
                        _ => found |= self.mend(&part.derivation),
                    }
                }
            }
            _ => found = true,
        }
        if !found {
            self.add(Todo::See(self.row.requirement), Known::default());
        }
    }

    /// How what is missing is asked for.
    fn question(&self, premise: &Premise, origin: Option<Origin>) -> Todo {
        match premise {
            // Where a scope could not be read whole, what it seems to lack it may well have.
            Premise::NoControl(..) | Premise::NoEvidence(..) => {
                Todo::Ask(Premise::Broken(self.broken_scope()), None)
            }
            // What the device itself says and nobody can rely on is another question than what it does not say.
            Premise::Fact(..) => match origin.filter(|o| self.own(*o)) {
                Some(o) if declared::fact(self.model, o).is_some_and(|g| g.slot != Slot::Broken) => {
                    Todo::Ask(Premise::Broken(self.broken_scope()), None)
                }
                own => Todo::Ask(premise.clone(), own),
            },
            Premise::Control(_, o) => Todo::Ask(Premise::Broken(*o), None),
            Premise::Evidence(_, _, o) => match declared::evidence(self.model, *o) {
                Some(d) if !d.broken.is_empty() => {
                    Todo::Ask(Premise::Broken(declared::broken_field(self.model, *o, &d.broken)), None)
                }
                _ => Todo::Ask(premise.clone(), None),
            },
            other => Todo::Ask(other.clone(), None),
        }
    }

    /// What is planned and makes an end of the shortfall on that day.
    fn wait(&mut self, derivation: &Derivation, day: Option<Day>) -> bool {
        let premises = derivation.premises();
        let planned: Vec<(Origin, Date)> = premises
            .iter()
            .filter_map(|d| {
                let due = declared::due(self.model, d.premise.as_ref()?)?;
                Some((d.origin?, due))
            })
            .collect();
        // Of several the last to come decides.
        let last = |due: &Date| day.is_some_and(|d| due.last == d || due.first == d);
        let mut found = false;
        for (origin, due) in planned.iter().filter(|p| last(&p.1)) {
            found = true;
            let until = Some(due.to_string());
            self.add(Todo::Wait(*origin), Known { until, ..Known::at(Some(*origin)) });
        }
        if found {
            return true;
        }
        for d in premises {
            if let Some(premise @ Premise::Conforms(_)) = &d.premise {
                found = true;
                let until = day.map(|d| d.to_string());
                self.add(Todo::Mend(premise.clone()), Known { until, ..Known::at(d.origin) });
            }
        }
        found
    }

    fn mend(&mut self, derivation: &Derivation) -> bool {
        let rules = &self.model.rules;
        let mut found = false;
        let asked = asked_of(derivation);
        for (d, ways) in derivation.shortfalls() {
            if let Some(premise) = &d.premise {
                found = true;
                if declared::lacks_a_field(self.model, premise) {
                    // An error stands there already and says what to write.
                    continue;
                }
                let around = asked.iter().find(|(p, _)| *p == premise).map(|(_, d)| *d);
                let known = Known {
                    origin: d.origin,
                    asked: around.map(|d| condition(d, premise, rules)),
                    lacks: around.and_then(|d| d.lacks(rules, premise)),
                    value: d.why().map(str::to_owned).or_else(|| d.value(rules)),
                    ways,
                    until: None,
                };
                self.add(Todo::Mend(premise.clone()), known);
            }
        }
        found
    }

    /// The block in which something could not be read that may say otherwise than the rest: the market's, else the
    /// device's, where components are included.
    fn broken_scope(&self) -> Origin {
        let market = self.unit.markets.iter().find(|m| Some(m.code) == self.market.place);
        market.filter(|m| m.scope.broken).map_or(self.unit.origin, |m| m.origin)
    }

    /// Whether something stands in the device's own block.
    fn own(&self, o: Origin) -> bool {
        o.file == self.unit.origin.file && o.tree == self.unit.origin.tree
    }

    fn add(&mut self, todo: Todo, known: Known) {
        let shared = known.origin.is_some_and(|o| {
            !self.own(o)
                && self.model.files.contains_key(&o.file)
                && !matches!(todo, Todo::Ask(Premise::Fact(..), _))
        });
        let groups = if shared { &mut *self.shared } else { &mut *self.own };
        let place = self.market.place.unwrap_or_else(|| Sym::new("any"));
        let code = self.model.rules.law.requirements[self.row.requirement].code;
        let group = groups.entry(todo).or_insert_with(|| Group {
            severity: self.severity,
            decides: Few::default(),
            verdicts: 0,
            markets: Few::default(),
            devices: Vec::with_capacity(1),
            origin: known.origin,
            asked: Few::default(),
            lacks: BTreeMap::new(),
            value: None,
            ways: 0,
            until: None,
        });
        group.severity = group.severity.max(self.severity);
        let new = group.decides.insert((code, self.row.requirement));
        let new_market = group.markets.insert(place);
        // Devices are taken in one after the other.
        let new_device = group.devices.last() != Some(&self.check.unit);
        if new_device {
            group.devices.push(self.check.unit);
        }
        group.verdicts += usize::from(new || new_market || new_device);
        if let Some(asked) = known.asked {
            group.asked.insert(asked);
        }
        if let Some((lack, names)) = known.lacks {
            group.lacks.entry(lack).or_default().extend(names);
        }
        group.value = group.value.take().or(known.value);
        group.ways = group.ways.max(known.ways);
        group.until = group.until.take().max(known.until);
        group.origin = group.origin.or(known.origin);
    }
}

/// The condition around a premise, and what the other side of a comparison comes to.
fn condition(d: &Derivation, premise: &Premise, rules: &Rulebase) -> String {
    let mut out = format!("`{}`", d.text(rules));
    if d.compares() {
        for other in d.children.iter().filter(|c| c.premise.as_ref() != Some(premise)) {
            let text = other.text(rules);
            if let Some(value) = other.value(rules).filter(|v| *v != text) {
                let from: BTreeSet<String> = match other.premise {
                    Some(_) => BTreeSet::new(),
                    None => other
                        .premises()
                        .into_iter()
                        .filter_map(|d| fact_name(d.premise.as_ref()?, rules))
                        .collect(),
                };
                let from: Vec<&str> = from.iter().map(String::as_str).collect();
                let from = if from.is_empty() {
                    String::new()
                } else {
                    format!(", from {}", advice::listed(&from, 6))
                };
                out.push_str(&format!(" (`{text}` is `{value}`{from})"));
            }
        }
    }
    out
}

fn fact_name(premise: &Premise, rules: &Rulebase) -> Option<String> {
    match premise {
        Premise::Fact(f, _) => Some(rules.vocab.facts[*f].name.to_string()),
        _ => None,
    }
}

/// For each premise that falls short the condition around it.
fn asked_of(d: &Derivation) -> Vec<(&Premise, &Derivation)> {
    let mut out = Vec::new();
    // A comparison speaks for its operands; the operands alone say nothing of what is asked.
    if d.compares() {
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
        Todo::Ask(premise, at) => ask(model, premise, *at, group),
        Todo::Mend(premise) => mend(model, premise, group),
        Todo::Wait(origin) => {
            let what = model_name(model, *origin);
            let day = group.until.clone().unwrap_or_default();
            let then = if declared::evidence(model, *origin).is_some() {
                "nothing to write until then; once it is there, name its file"
            } else if declared::control(model, *origin).is_some_and(|d| d.state == State::Implemented) {
                "nothing to write: it counts from its `since` on"
            } else {
                "nothing to write until then; once it is there, say `status implemented`"
            };
            codes::planned(declared::name_place(model, *origin), what, day, fall_short(n)).help(then)
        }
        Todo::Accept(origin) => {
            let until = declared::claim(model, *origin).and_then(|c| c.until);
            let until = until.map_or_else(|| "its last day".to_owned(), |d| d.to_string());
            codes::waived(declared::name_place(model, *origin), verdicts(n), until)
        }
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
    let Some(node) = declared::node(model, origin) else { return "this".to_owned() };
    match node.name() {
        Some(name) => format!("{} `{}`", node.sym(), name.sym()),
        None => format!("`{}`", node.sym()),
    }
}

fn ask(model: &Model, premise: &Premise, own: Option<Origin>, group: &Group) -> Diagnostic {
    let vocab = &model.rules.vocab;
    let n = group.verdicts;
    match premise {
        Premise::Fact(f, market) => ask_fact(model, *f, *market, own, group),
        Premise::Collection(e) => {
            let entity = &vocab.entities[*e];
            let device = group.devices.first().and_then(|u| model.unit(*u));
            let at = device.map(|u| model.name_place(u));
            codes::missing_entities(at, entity.name, wait(n))
                .subject(entity.name.as_str())
                .label(format!("nothing is said of any {}", entity.name))
                .note(format!("{}. {}", entity.title, entity.doc))
                .help(format!(
                    "declare each in the device: `{} name \"…\" {{ … }}`; if there is none, say there `has_no [{}]`",
                    entity.name, entity.name
                ))
        }
        Premise::Held(e, origin) => {
            let entity = &vocab.entities[*e];
            codes::missing_entities(declared::name_place(model, *origin), entity.name, wait(n))
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
        Premise::Broken(origin) => {
            let help = "mend the errors first; then the verdicts can be told";
            let Some(node) = declared::node(model, *origin) else {
                // In a rulebook: what can be told is told where the verdicts are.
                return codes::unknown_for_errors(act_at(model, group, None), verdicts(n))
                    .also(model.place(*origin), "this could not be read")
                    .help(help);
            };
            let label = match node.sym().as_str() {
                "device" | "component" | "market" => {
                    "something in this block, or in what it uses, could not be read"
                }
                _ => "this could not be read",
            };
            codes::unknown_for_errors(declared::name_place(model, *origin), verdicts(n))
                .label(label)
                .help(help)
        }
        Premise::Conforms(t) => {
            let code = show::target(&model.rules, *t);
            codes::others_fall_short(act_at(model, group, None), code, wait(n))
                .subject(code.as_str())
                .help(see_to(t, code))
        }
        other => {
            let at =
                group.origin.map(|o| declared::name_place(model, o)).or_else(|| act_at(model, group, None));
            let (help, doc) = advice::answer(model, other);
            let mut d = codes::missing_answer(at, advice::told(&model.rules, other), wait(n))
                .subject(crate::check::describe(&model.rules, other));
            if let Some(doc) = doc {
                d = d.note(doc);
            }
            d.help_if(help)
        }
    }
}

fn ask_fact(model: &Model, f: FactId, market: Option<Sym>, own: Option<Origin>, group: &Group) -> Diagnostic {
    let vocab = &model.rules.vocab;
    let fact = &vocab.facts[f];
    let device = group.devices.first().and_then(|u| model.unit(*u));
    let unreadable = |g: &Given| g.slot == Slot::Broken;
    let state = match own.or(group.origin).map(|o| declared::fact(model, o).is_some_and(unreadable)) {
        None => "is missing",
        Some(true) => "could not be read",
        Some(false) if fact.ty.element().is_some() => "is known only in part",
        Some(false) => "is not settled",
    };
    let at = match own {
        Some(o) => Some(model.place(o)),
        None => act_at(model, group, market)
            .filter(|_| market.is_some())
            .or_else(|| device.map(|u| model.name_place(u))),
    };
    let mut d = codes::missing_fact(at, fact.name, state, wait(group.verdicts)).subject(fact.name.as_str());
    if own.is_some() {
        // What is wrong there has a message of its own.
        return d.help("mend the error there first; then these verdicts can be told");
    }
    d = d.label(format!("`{} …` {state}", fact.name));
    if !fact.doc.is_empty() {
        d = d.note(format!("{}: {}", fact.title, fact.doc));
    } else if !fact.title.is_empty() {
        d = d.note(fact.title.to_string());
    }
    if let Some(origin) = group.origin {
        d = d.also(model.place(origin), "a component gives this");
    }
    let whose = match (market, device) {
        (Some(m), _) => format!("market `{m}`"),
        (None, Some(u)) => format!("device `{}`", u.name),
        (None, None) => "the device".to_owned(),
    };
    d = d.help(format!(
        "write in {whose}: {}",
        advice::written(vocab, fact.name, fact.ty, fact.unit.as_deref())
    ));
    if let Some(at) = inside(model, group, market) {
        for value in advice::choices(vocab, fact.ty) {
            let text = format!("{} {value}", fact.name);
            let edits = vec![Edit { place: at, text: format!("{text}\n") }];
            d = d.fix(format!("add `{text}`"), Applicability::Maybe, edits);
        }
    }
    d
}

fn mend(model: &Model, premise: &Premise, group: &Group) -> Diagnostic {
    let vocab = &model.rules.vocab;
    let n = group.verdicts;
    let asked: Vec<&str> = group.asked.iter().map(String::as_str).collect();
    let asked = asked.join(" and ");
    let whose = whose(model, group);
    match premise {
        Premise::NoControl(c, holder) => {
            let control = &vocab.controls[*c];
            let at = holder.map(|o| declared::name_place(model, o)).or_else(|| act_at(model, group, None));
            let whose = holder.map_or(whose, |o| model_name(model, o));
            let d = codes::control_missing(at, control.name, fall_short(n))
                .subject(control.name.as_str())
                .label(format!("`control {}` is missing", control.name))
                .note(format!("{}. {}", control.title, control.doc.trim()));
            let fields: Vec<String> = control.fields.iter().map(|f| advice::blank(f.name, f.ty)).collect();
            let fields = if fields.is_empty() { String::new() } else { format!("   {}", fields.join("   ")) };
            let excuse = if excuses(model, group).is_some() {
                "; if it is not needed: `status left_out   because \"…\"`"
            } else {
                ""
            };
            d.help(format!(
                "if it is there, write in {whose}: `control {} {{ status implemented{fields} }}`",
                control.name
            ))
            .help(format!("if not yet: `status planned   due 2027-03-31`{excuse}"))
        }
        Premise::Control(c, origin) => {
            let d = codes::control_not_there(
                declared::name_place(model, *origin),
                vocab.controls[*c].name,
                fall_short(n),
            );
            let d = d.subject(vocab.controls[*c].name.as_str());
            not_implemented(model, *c, *origin, group).into_iter().fold(d, Diagnostic::help)
        }
        Premise::NoEvidence(k, holder) => {
            let kind = &vocab.kinds[*k];
            let at = holder.map(|o| declared::name_place(model, o)).or_else(|| act_at(model, group, None));
            let mut d = codes::evidence_missing(at, kind.name, fall_short(n))
                .subject(kind.name.as_str())
                .note(format!("{}. {}", kind.title, kind.doc.trim()));
            if let Some(o) = holder {
                d = d.help(format!("list it in {}: `evidence [name]`", model_name(model, *o)));
            }
            let formats: Vec<&str> = kind.formats.iter().map(|f| f.as_str()).collect();
            let (file, read) = if formats.is_empty() {
                ("name.pdf", String::new())
            } else {
                ("FILE", format!("; a file in the format {}", formats.join(" or ")))
            };
            d = d.help(format!(
                "declare it in {whose}: `evidence name \"evidence/{file}\" {{ kind {} }}`{read}",
                kind.name
            ));
            if kind.url_allowed {
                d = d.help(format!(
                    "or by its address, which is recorded and never fetched: `evidence name {{ kind {}   url \"https://…\" }}`",
                    kind.name
                ));
            }
            d.help("if it is still to be made, leave the file out and say `due 2027-03-31`")
        }
        Premise::Evidence(_, name, origin) => {
            let why = group.value.clone().unwrap_or_else(|| "see its declaration".to_owned());
            let decl = declared::evidence(model, *origin);
            let at = decl
                .and_then(|d| d.path_origin)
                .map_or_else(|| declared::name_place(model, *origin), |o| model.place(o));
            codes::evidence_does_not_stand(at, name, &why, fall_short(n))
                .subject(name.as_str())
                .help_if(decl.and_then(|d| stand(model, d, &why)))
        }
        Premise::Collection(e) => {
            let entity = &vocab.entities[*e];
            let at = group.origin.map(|o| model.place(o)).or_else(|| act_at(model, group, None));
            codes::entity_needed(at, entity.name, fall_short(n))
                .subject(entity.name.as_str())
                .help(format!("declare it in {whose}: `{} name \"…\" {{ … }}`", entity.name))
        }
        Premise::Conforms(t) => {
            let code = show::target(&model.rules, *t);
            let d = codes::others_fall_short(act_at(model, group, None), code, fall_short(n));
            let d = d.subject(code.as_str());
            match &group.until {
                Some(day) => {
                    d.help(format!("what is planned there settles it on {day}; nothing to write until then"))
                }
                None => d.help(see_to(t, code)),
            }
        }
        other => {
            let what = match other {
                Premise::Fact(f, _) => {
                    let fact = &vocab.facts[*f];
                    match fact.scope {
                        Scope::Device => format!("`{}`", fact.name),
                        _ => format!("the market's `{}`", fact.name),
                    }
                }
                other => advice::told(&model.rules, other),
            };
            let at = declared::field_origin(model, other).or(group.origin).map(|o| model.place(o));
            let at = at.or_else(|| act_at(model, group, None));
            let subject = match other {
                Premise::Fact(f, _) => vocab.facts[*f].name.to_string(),
                other => crate::check::describe(&model.rules, other),
            };
            codes::falls_short(at, format!("{what}{}", is(group)), fall_short(n))
                .subject(subject)
                .note(format!("asked: {asked}"))
        }
    }
}

fn see_to(t: &Target, code: Sym) -> String {
    match t {
        Target::Requirement(_) => format!("see to `{code}` first; it has a message of its own"),
        _ => format!("see to the requirements of `{code}` first; each has a message of its own"),
    }
}

/// What is at hand: what it lacks, or its value where it is short enough to say.
fn is(group: &Group) -> String {
    if !group.lacks.is_empty() {
        let parts: Vec<String> = group
            .lacks
            .iter()
            .map(|(lack, names)| {
                let names: Vec<&str> = names.iter().map(|n| n.as_str()).collect();
                format!("{} {}", lack.words(), advice::listed(&names, 12))
            })
            .collect();
        return format!(" {}", parts.join(" and "));
    }
    group
        .value
        .as_ref()
        .filter(|v| v.chars().count() <= 60)
        .map_or(" is not what is asked".to_owned(), |v| format!(" is `{v}`"))
}

/// The block in which what is missing is to be written.
fn whose(model: &Model, group: &Group) -> String {
    match group.devices.first().and_then(|u| model.unit(*u)) {
        Some(u) => format!("device `{}`", u.name),
        None => "the device".to_owned(),
    }
}

/// What must come with a control that is left out for a reason, if the law of all that the group decides accepts one.
fn excuses(model: &Model, group: &Group) -> Option<Brings> {
    let law = &model.rules.law;
    let mut brings = None;
    for (_, r) in group.decides.iter() {
        let r = &law.requirements[*r];
        let accepts = r.accepts.as_ref().unwrap_or(&law.instruments[r.instrument].accepts);
        brings = Some(accepts.justification?);
    }
    brings
}

/// What to write where a control is declared and not implemented.
fn not_implemented(model: &Model, c: ControlId, origin: Origin, group: &Group) -> Vec<String> {
    let code = group.decides.first().map_or("CODE", |(code, _)| code.as_str());
    let waive = format!(
        "or accept the risk for a while: `waive {code} {{ because \"…\"   approved_by \"…\"   until 2027-03-31 }}`"
    );
    let name = model.rules.vocab.controls[c].name;
    let first = match declared::control(model, origin).map(|d| (d.state, d.due)) {
        Some((State::Planned, Some(due))) => format!(
            "it was planned for {due}: if it is there, say `status implemented`; if not, give `due` a day to come"
        ),
        Some((State::LeftOut, _)) => match excuses(model, group) {
            Some(Brings::Evidence) => format!(
                "a reason is accepted here with evidence that stands: list it in `control {name}`: `evidence [name]`"
            ),
            Some(Brings::Kind(k)) => format!(
                "a reason is accepted here with evidence of kind `{}` that stands: list it in `control {name}`: `evidence [name]`",
                model.rules.vocab.kinds[k].name
            ),
            _ => "no reason for leaving it out is accepted here: say `status implemented` once it is there, or plan it: `status planned   due 2027-03-31`".to_owned(),
        },
        _ => "say `status implemented` once it is there".to_owned(),
    };
    vec![first, waive]
}

/// What to do about evidence that does not stand, and why that is.
fn stand(model: &Model, d: &EvidenceDecl, why: &str) -> Option<String> {
    let Some(path) = d.path.as_deref() else {
        let due = d.due.filter(|_| d.url.is_none());
        return due.map(|_| {
            format!(
                "if it is there, name its file: `evidence {} \"evidence/{}.pdf\" {{ … }}`; if not, give `due` a day to come",
                d.name, d.name
            )
        });
    };
    if path.starts_with("https://") || path.starts_with("http://") {
        let closed = d.kinds.iter().map(|k| &model.rules.vocab.kinds[*k]).find(|k| !k.url_allowed);
        return Some(match closed {
            None => {
                format!("an address has a field of its own: `evidence {} {{ …   url \"{path}\" }}`", d.name)
            }
            Some(kind) => format!(
                "evidence of kind `{}` must be a file: save it into the project and name that",
                kind.name
            ),
        });
    }
    let help = if why == "there is no such file" {
        "put the file there; paths are relative to the file that declares them. If it is still to be made, leave the path out and say `due 2027-03-31`"
    } else if why.starts_with("it expired") {
        "declare newer evidence, or correct `expires`"
    } else if why.contains("SHA-256") {
        "if the file is right as it is now, pin it anew: `sha256sum FILE` prints what to write"
    } else {
        return None;
    };
    Some(help.to_owned())
}

fn remark_diagnostic(model: &Model, remark: &Remark) -> Diagnostic {
    let vocab = &model.rules.vocab;
    let code = |r: &RequirementId| model.rules.law.requirements[*r].code;
    let name = |o: Origin| declared::name_place(model, o);
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
                // On another day it may be needed.
                Applicability::Maybe,
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
            let title = &model.rules.law.requirements[*r].title;
            let due = declared::planned_at(model, *origin);
            let due = due.map_or_else(|| "a day".to_owned(), |d| d.to_string());
            codes::plan_too_late(name(*origin), model_name(model, *origin), due, deadline, code(r))
                .subject(model_name(model, *origin))
                .note(format!("{}: {title}", code(r)))
                .help(format!(
                    "bring it forward to {deadline} or earlier; `dossier rules show {}` tells what is asked",
                    code(r)
                ))
        }
        Remark::Evidence(name, origin, why, stands) => {
            let decl = declared::evidence_at(model, *origin);
            let d = codes::evidence_not_standing(model.place(*origin), name, why)
                .subject(name.as_str())
                .help_if(decl.and_then(|d| stand(model, d, why)));
            if *stands == Tri::Unknown { d.severity(Severity::Warning) } else { d }
        }
    }
}

fn when_text(model: &Model, f: FactId) -> Option<String> {
    let (when, _) = model.rules.vocab.facts[f].when.as_ref()?;
    Some(format!("it makes sense when `{}`", show::expr(&model.rules, *when, &[])))
}
