//! What vocabulary and law hold, as far as it helps to make devices that law has something to say of.

use dossier_base::Sym;
use dossier_model::Rulebase;
use dossier_model::date::Day;
use dossier_model::expr::{Expr, ExprId, Over, Thing, children};
use dossier_model::law::{RequirementId, Target};
use dossier_model::value::Value;
use dossier_model::vocab::{ControlId, EntityId, FactId, FactKind, KindId, Scope};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Names that a requirement reads, directly or through others.
#[derive(Clone, Default, Debug)]
pub struct Names {
    /// Facts, those aside that follow from others.
    pub facts: BTreeSet<FactId>,
    /// Controls of the device.
    pub controls: BTreeSet<ControlId>,
    /// Kinds of evidence.
    pub kinds: BTreeSet<KindId>,
    /// Kinds of entities.
    pub entities: BTreeSet<EntityId>,
    /// Controls with the kinds of evidence that they have to list.
    pub with: BTreeSet<(ControlId, KindId)>,
    /// Entities with the kinds of evidence that they have to list.
    pub entity_with: BTreeSet<(EntityId, KindId)>,
    /// Entities with the controls that they have to hold.
    pub entity_controls: BTreeSet<(EntityId, ControlId)>,
    derived: BTreeSet<FactId>,
    visited: BTreeSet<RequirementId>,
}

impl Names {
    /// Takes in what another reads.
    pub fn extend(&mut self, other: &Self) {
        self.facts.extend(&other.facts);
        self.controls.extend(&other.controls);
        self.kinds.extend(&other.kinds);
        self.entities.extend(&other.entities);
        self.with.extend(&other.with);
        self.entity_with.extend(&other.entity_with);
        self.entity_controls.extend(&other.entity_controls);
    }
}

/// A requirement, as far as devices are made for it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its code.
    pub code: Sym,
    /// Where it is asked; none if once.
    pub market: Option<Sym>,
    /// What it is asked of one by one, if that is an entity.
    pub each: Option<EntityId>,
    /// What it reads.
    pub names: Names,
}

/// Vocabulary and law.
#[derive(Clone, Debug)]
pub struct Catalog {
    /// Both as they were compiled.
    pub rules: Arc<Rulebase>,
    /// What is asked.
    pub requirements: Vec<Asked>,
    /// The codes of all markets.
    pub markets: Vec<Sym>,
    /// Days on which law begins, ends or draws a line.
    pub days: Vec<Day>,
    /// Values that law compares with.
    pub consts: Vec<Value>,
    /// Facts that a device may declare, by whose they are.
    pub device_facts: Vec<FactId>,
    /// Facts of markets with the market, or none if they are every market's.
    pub market_facts: Vec<(FactId, Option<Sym>)>,
}

impl Catalog {
    /// Looks through vocabulary and law.
    pub fn new(rules: &Arc<Rulebase>) -> Self {
        let law = &rules.law;
        let mut days: BTreeSet<Day> = BTreeSet::new();
        let mut consts: Vec<Value> = Vec::new();
        for node in rules.exprs.iter() {
            match &node.expr {
                Expr::Const(Value::Date(d)) => days.extend([d.first, d.last]),
                Expr::Const(v) if !consts.contains(v) => consts.push(v.clone()),
                _ => {}
            }
        }
        for instrument in law.instruments.iter() {
            for edition in &instrument.editions {
                let from = edition.in_force.iter().filter_map(|f| f.from);
                days.extend(from.chain(edition.until).flat_map(|d| [d.first, d.last]));
            }
        }
        let windows = law.requirements.iter().map(|r| (r.in_force, r.until));
        let windows = windows.chain(law.exceptions.iter().map(|e| (e.in_force, e.until)));
        for (from, until) in windows {
            days.extend(from.into_iter().chain(until).flat_map(|d| [d.first, d.last]));
        }
        let declared = |f: &FactId| rules.vocab.facts[*f].kind == FactKind::Declared;
        let all: Vec<FactId> = rules.vocab.facts.ids().filter(declared).collect();
        let requirements = law
            .requirements
            .enumerate()
            .map(|(id, r)| {
                let mut names = Names::default();
                requirement(rules, id, &mut names);
                let market = law.instruments[r.instrument].jurisdiction.map(|j| law.jurisdictions[j].code);
                let each = r.each.as_ref().and_then(|e| of_entity(e.over));
                Asked { code: r.code, market, each, names }
            })
            .collect();
        let mut markets: Vec<Sym> = law.jurisdictions.iter().map(|j| j.code).collect();
        markets.sort_by_key(|m| m.as_str());
        Self {
            rules: rules.clone(),
            requirements,
            markets,
            days: days.into_iter().collect(),
            consts,
            device_facts: all
                .iter()
                .copied()
                .filter(|f| rules.vocab.facts[*f].scope == Scope::Device)
                .collect(),
            market_facts: all
                .iter()
                .filter_map(|f| match rules.vocab.facts[*f].scope {
                    Scope::Device => None,
                    Scope::Markets => Some((*f, None)),
                    Scope::Market(m) => Some((*f, Some(m))),
                })
                .collect(),
        }
    }
}

/// What an expression reads.
pub fn names_of(rules: &Rulebase, e: ExprId) -> Names {
    let mut names = Names::default();
    expr(rules, e, &mut Vec::new(), &mut names);
    names
}

fn of_entity(over: Over) -> Option<EntityId> {
    match over {
        Over::Collection(e) | Over::Held(_, e) => Some(e),
        Over::Markets | Over::Values(_) => None,
    }
}

fn requirement(rules: &Rulebase, id: RequirementId, names: &mut Names) {
    if !names.visited.insert(id) {
        return;
    }
    let law = &rules.law;
    let r = &law.requirements[id];
    let instrument = &law.instruments[r.instrument];
    let of_instrument = |i: dossier_model::law::InstrumentId| {
        let i = &law.instruments[i];
        let editions = i.editions.iter().flat_map(|e| &e.in_force).filter_map(|f| f.when);
        i.applies.into_iter().chain(i.opt_in).chain(editions).collect::<Vec<_>>()
    };
    let mut outside = of_instrument(r.instrument);
    outside.extend(instrument.superseded_by.into_iter().flat_map(of_instrument));
    for e in &r.exceptions {
        let e = &law.exceptions[*e];
        outside.extend(of_instrument(e.instrument));
        outside.extend(e.when);
    }
    for e in outside {
        expr(rules, e, &mut Vec::new(), names);
    }
    let mut bound = Vec::new();
    if let Some(each) = &r.each {
        over(rules, each.over, &mut bound, names);
        bound.push(of_entity(each.over));
        each.filter.into_iter().for_each(|f| expr(rules, f, &mut bound, names));
    }
    for e in r.when.iter().chain(&r.unless).chain([&r.require]) {
        expr(rules, *e, &mut bound, names);
    }
}

fn over(rules: &Rulebase, over: Over, bound: &mut Vec<Option<EntityId>>, names: &mut Names) {
    match over {
        Over::Collection(e) | Over::Held(_, e) => {
            names.entities.insert(e);
            if let Some(w) = rules.vocab.entities[e].when {
                expr(rules, w, &mut Vec::new(), names);
            }
        }
        Over::Values(set) => expr(rules, set, bound, names),
        Over::Markets => {}
    }
}

fn fact(rules: &Rulebase, id: FactId, names: &mut Names) {
    if !names.derived.insert(id) {
        return;
    }
    let fact = &rules.vocab.facts[id];
    let mut roots: Vec<ExprId> = fact.when.iter().map(|w| w.0).collect();
    match &fact.kind {
        FactKind::Declared => {
            names.facts.insert(id);
        }
        FactKind::Derived(e) => roots.push(*e),
        FactKind::Table(columns, _) => roots.extend(columns),
        FactKind::Broken => {}
    }
    for e in roots {
        expr(rules, e, &mut Vec::new(), names);
    }
}

fn expr(rules: &Rulebase, id: ExprId, bound: &mut Vec<Option<EntityId>>, names: &mut Names) {
    let e = &rules.expr(id).expr;
    match e {
        Expr::Fact(f) | Expr::BoundFact(_, f) | Expr::DeclaredFact(f) => fact(rules, *f, names),
        Expr::Control(c) | Expr::Considered(c) => {
            names.controls.insert(*c);
        }
        Expr::DeclaredField(Thing::Control(c), _) => {
            names.controls.insert(*c);
        }
        Expr::Evidence(k) => {
            names.kinds.insert(*k);
        }
        Expr::With(thing, term) => {
            let mut inner = Names::default();
            expr(rules, *term, bound, &mut inner);
            names.facts.extend(&inner.facts);
            names.kinds.extend(&inner.kinds);
            if let Expr::Bound(slot) = rules.expr(*thing).expr {
                if let Some(Some(e)) = bound.get(usize::from(slot)) {
                    names.entity_with.extend(inner.kinds.iter().map(|k| (*e, *k)));
                    names.entity_controls.extend(inner.controls.iter().map(|c| (*e, *c)));
                }
            } else {
                let mut outer = Names::default();
                expr(rules, *thing, bound, &mut outer);
                for c in &outer.controls {
                    names.with.extend(inner.kinds.iter().map(|k| (*c, *k)));
                }
                names.extend(&outer);
            }
            return;
        }
        Expr::Conforms(target) => {
            let list = match target {
                Target::Requirement(r) => vec![*r],
                other => rules.law.requirements_of(*other),
            };
            list.into_iter().for_each(|r| requirement(rules, r, names));
        }
        Expr::Quantifier { over: o, slot, filter, body, .. } => {
            over(rules, *o, bound, names);
            bound.truncate(usize::from(*slot));
            bound.push(of_entity(*o));
            filter.iter().chain([body]).for_each(|e| expr(rules, *e, bound, names));
            bound.truncate(usize::from(*slot));
            return;
        }
        Expr::Count { over: o, slot, filter } => {
            over(rules, *o, bound, names);
            bound.truncate(usize::from(*slot));
            bound.push(of_entity(*o));
            filter.iter().for_each(|e| expr(rules, *e, bound, names));
            bound.truncate(usize::from(*slot));
            return;
        }
        _ => {}
    }
    for child in children(e) {
        expr(rules, child, bound, names);
    }
}
