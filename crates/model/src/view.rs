//! A device as one market sees it: components, then the device, then the market.

use crate::compile::Rulebase;
use crate::device::{
    Claim, ControlDecl, EntityDecl, EvidenceDecl, Given, MarketDecl, ScopeDecl, Slot, State, Unit, extend,
};
use crate::hir::Origin;
use crate::idx::Id;
use crate::law::JurisdictionId;
use crate::value::Value;
use crate::vocab::{ControlId, EntityId, FactId};
use dossier_base::Sym;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// A fact as the view has it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Cell {
    /// Its value, if it is known.
    pub value: Option<Value>,
    /// Whether it was given but could not be read.
    pub broken: bool,
    /// Where it was given.
    pub origin: Option<Origin>,
}

/// The entities of a kind.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Collection<'d> {
    /// Those that are there.
    pub members: Vec<Cow<'d, EntityDecl>>,
    /// Whether there are no others.
    pub closed: bool,
    /// Whether there may be others in what could not be read.
    pub doubtful: bool,
    /// Where it was said that there are none.
    pub origin: Option<Origin>,
}

impl<'d> Collection<'d> {
    /// Adds what a component or the device declares. Of two of one name nobody knows which is meant.
    fn add(&mut self, entity: &'d EntityDecl) {
        match self.members.iter_mut().find(|m| m.name == entity.name) {
            Some(member) => member.to_mut().forget(),
            None => self.members.push(Cow::Borrowed(entity)),
        }
    }

    /// What could not be read may declare more of them.
    fn reopen(&mut self) {
        self.closed = false;
        self.doubtful = true;
    }
}

/// A device as one market sees it, or (for law that is asked once) as it is without a market.
#[derive(Clone, Debug)]
pub struct View<'d> {
    /// The device.
    pub unit: &'d Unit,
    /// The market's block.
    pub market: Option<&'d MarketDecl>,
    /// Facts, by id.
    pub facts: Vec<Cell>,
    /// Controls, by id.
    controls: Vec<Option<Cow<'d, ControlDecl>>>,
    /// Evidence, in the order of declaration.
    pub evidence: Vec<&'d EvidenceDecl>,
    /// Entities, by kind.
    pub collections: Vec<Collection<'d>>,
    /// Claims of device and market.
    pub claims: Vec<&'d Claim>,
    /// Whether what is not given is unknown, because something could not be read.
    pub broken: bool,
    /// Evidence that nobody may rely on: an inner scope may say otherwise, in what could not be read, or components
    /// differ on it.
    pub doubtful: Vec<Sym>,
    /// Which component said first what counts of a fact, a control, a name of evidence.
    said_by: FxHashMap<Said, Sym>,
}

/// What of one name the innermost says alone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Said {
    Fact(FactId),
    Control(ControlId),
    Evidence(Sym),
}

/// A conflict between two components that the device does not settle.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Conflict {
    /// The two.
    pub components: (Sym, Sym),
    /// Whether they differ on an entity, which nobody can settle.
    pub is_entity: bool,
    /// On what they differ.
    pub name: Sym,
    /// Where the first says what.
    pub first: Origin,
    /// Where the second does.
    pub second: Origin,
}

impl<'d> View<'d> {
    /// The view of a device in a market. `components` are all that it includes, each once, in order.
    pub fn new(
        rules: &Rulebase,
        unit: &'d Unit,
        components: &[&'d Unit],
        market: Option<&'d MarketDecl>,
    ) -> Self {
        Self::of(rules, unit, components, false, market)
    }

    /// The same where components may be `missing`: they may say anything, and add to every set and collection.
    pub fn of(
        rules: &Rulebase,
        unit: &'d Unit,
        components: &[&'d Unit],
        missing: bool,
        market: Option<&'d MarketDecl>,
    ) -> Self {
        let vocab = &rules.vocab;
        let mut view = View {
            unit,
            market,
            facts: vec![Cell::default(); vocab.facts.len()],
            controls: vec![None; vocab.controls.len()],
            evidence: Vec::new(),
            collections: vec![Collection::default(); vocab.entities.len()],
            claims: Vec::new(),
            broken: missing,
            doubtful: Vec::new(),
            said_by: FxHashMap::default(),
        };
        for (i, component) in components.iter().enumerate() {
            let under =
                |other| components[..i].iter().any(|c| c.name == other && includes(c, component, components));
            view.component(component, &under, &|fact| hidden(unit, component, fact, components));
        }
        view.device(&unit.scope);
        if let Some(market) = market {
            view.enter_market(&market.scope);
        }
        for kind in components.iter().flat_map(|c| &c.scope.open) {
            view.collections[kind.index()].reopen();
        }
        if view.broken {
            view.collections.iter_mut().for_each(Collection::reopen);
        }
        view
    }

    /// The code of the market.
    pub fn place(&self) -> Option<Sym> {
        self.market.map(|m| m.code)
    }

    /// The jurisdiction of the market.
    pub fn jurisdiction(&self) -> Option<JurisdictionId> {
        self.market.map(|m| m.jurisdiction)
    }

    /// Whether any control, the view's or one inside an entity, is of a sort.
    pub fn any_control(&self, of: impl Fn(&ControlDecl) -> bool) -> bool {
        fn inside(d: &EntityDecl, of: &dyn Fn(&ControlDecl) -> bool) -> bool {
            d.controls.iter().any(of) || d.held.iter().any(|h| inside(h, of))
        }
        let own = self.controls().any(&of);
        own || self.collections.iter().flat_map(|c| &c.members).any(|m| inside(m, &of))
    }

    /// A control of the view itself, if it is declared.
    pub fn control(&self, control: ControlId) -> Option<&ControlDecl> {
        self.controls[control.index()].as_deref()
    }

    /// The controls of the view itself.
    pub fn controls(&self) -> impl Iterator<Item = &ControlDecl> {
        self.controls.iter().filter_map(Option::as_deref)
    }

    /// The evidence of a name.
    pub fn evidence_named(&self, name: Sym) -> Option<&'d EvidenceDecl> {
        self.evidence.iter().find(|e| e.name == name).copied()
    }

    /// Takes a component in. `under` tells whether it is included by an earlier one of that name, which then wins;
    /// `hidden` whether those who include it have settled a set without it.
    fn component(&mut self, unit: &'d Unit, under: &dyn Fn(Sym) -> bool, hidden: &dyn Fn(FactId) -> bool) {
        let scope = &unit.scope;
        self.claims.extend(&scope.claims);
        for given in &scope.facts {
            let settled = self.said_by.get(&Said::Fact(given.fact)).is_some_and(|by| under(*by));
            let cell = &mut self.facts[given.fact.index()];
            match (&given.slot, &mut cell.value) {
                (Slot::Broken, _) => cell.broken = true,
                // Sets unite; a set that only components give is known in part.
                (Slot::Known(v), _) if v.is_list() && hidden(given.fact) => {}
                (Slot::Known(v), have) if v.is_list() => {
                    let all = have.as_ref().and_then(|h| h.united(v)).unwrap_or_else(|| v.clone());
                    *have = Some(all.opened());
                    cell.origin = cell.origin.or(Some(given.origin));
                }
                (Slot::Known(v), None) => {
                    cell.value = Some(v.clone());
                    cell.origin = Some(given.origin);
                    self.said_by.insert(Said::Fact(given.fact), unit.name);
                }
                (Slot::Known(_), Some(_)) if settled => {}
                // Two components that differ: the first, until the diagnostic is dealt with nobody may rely on it.
                (Slot::Known(v), Some(have)) => cell.broken |= v != have,
            }
        }
        for control in &scope.controls {
            let by = self.said_by.entry(Said::Control(control.control)).or_insert(unit.name);
            match &mut self.controls[control.control.index()] {
                Some(_) if under(*by) => {}
                // On what two components say differently nobody may rely until the device settles it.
                Some(first) if !same_control(first, control) => first.to_mut().state = State::Broken,
                Some(_) => {}
                none => *none = Some(Cow::Borrowed(control)),
            }
        }
        for evidence in &scope.evidence {
            let by = self.said_by.entry(Said::Evidence(evidence.name)).or_insert(unit.name);
            if self.evidence.iter().all(|e| e.name != evidence.name) {
                self.evidence.push(evidence);
            } else if !under(*by) {
                self.doubtful.push(evidence.name);
            }
        }
        for entity in &scope.entities {
            self.collections[entity.entity.index()].add(entity);
        }
        self.broken |= scope.broken;
    }

    fn device(&mut self, scope: &'d ScopeDecl) {
        // Of what could not be read of components anything may be in a set.
        let perhaps_more = self.broken;
        if scope.broken {
            self.forget(scope);
        }
        for given in &scope.facts {
            let cell = &mut self.facts[given.fact.index()];
            let open = (perhaps_more || cell.broken) && !given.exactly;
            let united = match (&given.slot, &cell.value) {
                (Slot::Known(v), Some(have)) if !given.exactly => have.united(v),
                _ => None,
            };
            match united {
                Some(all) => {
                    cell.value = Some(all);
                    cell.broken = false;
                    cell.origin = Some(given.origin);
                }
                None => set(cell, given),
            }
            if open {
                cell.value = cell.value.take().map(Value::opened);
            }
        }
        self.inner(scope);
        for entity in &scope.entities {
            let collection = &mut self.collections[entity.entity.index()];
            collection.closed = true;
            collection.add(entity);
        }
        self.close(scope);
    }

    fn enter_market(&mut self, scope: &'d ScopeDecl) {
        if scope.broken {
            self.forget(scope);
            self.collections.iter_mut().for_each(doubt_all);
        }
        for kind in &scope.open {
            doubt_all(&mut self.collections[kind.index()]);
        }
        for given in &scope.facts {
            set(&mut self.facts[given.fact.index()], given);
        }
        self.inner(scope);
        for entity in &scope.entities {
            let collection = &mut self.collections[entity.entity.index()];
            match collection.members.iter_mut().find(|m| m.name == entity.name) {
                Some(member) => {
                    let mut merged = member.clone().into_owned();
                    let title = merged.title.clone();
                    doubt(&mut merged, entity);
                    stay_open(&mut merged, entity);
                    extend(&mut merged, entity.clone());
                    merged.title = entity.title.clone().or(title);
                    *member = Cow::Owned(merged);
                }
                // With a title it is this market's own; without one a diagnostic says that the device lacks it,
                // and it does not count.
                None if entity.title.is_some() => collection.members.push(Cow::Borrowed(entity)),
                None => collection.reopen(),
            }
        }
        self.close(scope);
    }

    /// Controls, evidence and claims: of one name the innermost wins whole.
    fn inner(&mut self, scope: &'d ScopeDecl) {
        for control in &scope.controls {
            self.controls[control.control.index()] = Some(Cow::Borrowed(control));
        }
        self.doubtful.retain(|name| !scope.evidence.iter().any(|e| e.name == *name));
        for evidence in &scope.evidence {
            match self.evidence.iter_mut().find(|e| e.name == evidence.name) {
                Some(before) => *before = evidence,
                None => self.evidence.push(evidence),
            }
        }
        self.claims.extend(&scope.claims);
    }

    fn close(&mut self, scope: &ScopeDecl) {
        for (entity, origin) in &scope.has_no {
            let collection = &mut self.collections[entity.index()];
            collection.closed = true;
            collection.origin = Some(*origin);
        }
        for entity in &scope.open {
            self.collections[entity.index()].reopen();
        }
    }

    /// Something in a scope could not be told apart: what it does not give itself is unknown.
    fn forget(&mut self, scope: &ScopeDecl) {
        self.broken = true;
        let given = |i: usize| scope.facts.iter().any(|g| g.fact.index() == i);
        for (_, cell) in self.facts.iter_mut().enumerate().filter(|(i, _)| !given(*i)) {
            cell.value = None;
            cell.broken = true;
        }
        self.controls.fill(None);
        self.doubtful = self.evidence.iter().map(|e| e.name).collect();
        self.evidence.clear();
        self.claims.clear();
        self.collections.iter_mut().for_each(Collection::reopen);
    }
}

fn doubt_all(collection: &mut Collection<'_>) {
    collection.members.iter_mut().for_each(|m| m.to_mut().forget());
}

/// The same for what an extension could not be read of.
fn doubt(under: &mut EntityDecl, over: &EntityDecl) {
    if over.broken {
        under.forget();
    }
    for held in &over.held {
        if let Some(same) = under.held.iter_mut().find(|h| h.entity == held.entity && h.name == held.name) {
            doubt(same, held);
        }
    }
}

/// What a market adds inside an entity does not say that there is nothing else.
fn stay_open(under: &mut EntityDecl, over: &EntityDecl) {
    for held in &over.held {
        let told = |e: &EntityDecl| {
            e.held.iter().any(|h| h.entity == held.entity) || e.has_no.iter().any(|h| h.0 == held.entity)
        };
        if !told(under) {
            under.open.push(held.entity);
        }
        if let Some(same) = under.held.iter_mut().find(|h| h.entity == held.entity && h.name == held.name) {
            stay_open(same, held);
        }
    }
}

fn set(cell: &mut Cell, given: &Given) {
    match &given.slot {
        Slot::Known(v) => {
            cell.value = Some(v.clone());
            cell.broken = false;
        }
        Slot::Broken => {
            cell.value = None;
            cell.broken = true;
        }
    }
    cell.origin = Some(given.origin);
}

/// Where components differ and the device does not say which is right.
pub fn conflicts(rules: &Rulebase, unit: &Unit, components: &[&Unit]) -> Vec<Conflict> {
    let mut found = Vec::new();
    for (i, a) in components.iter().enumerate() {
        for b in &components[i + 1..] {
            if includes(a, b, components) || includes(b, a, components) {
                // Who includes another has the last word.
                continue;
            }
            let settled = |f: FactId| unit.scope.facts.iter().any(|g| g.fact == f);
            for x in &a.scope.facts {
                let other = b.scope.facts.iter().find(|y| y.fact == x.fact);
                if let Some(y) = other
                    && x.slot != y.slot
                    && !matches!(&x.slot, Slot::Known(v) if v.is_list())
                    && !settled(x.fact)
                {
                    found.push(Conflict {
                        components: (a.name, b.name),
                        is_entity: false,
                        name: rules.vocab.facts[x.fact].name,
                        first: x.origin,
                        second: y.origin,
                    });
                }
            }
            for x in &a.scope.controls {
                let other = b.scope.controls.iter().find(|y| y.control == x.control);
                let settled = unit.scope.controls.iter().any(|c| c.control == x.control);
                if let Some(y) = other
                    && !settled
                    && !same_control(x, y)
                {
                    found.push(Conflict {
                        components: (a.name, b.name),
                        is_entity: false,
                        name: rules.vocab.controls[x.control].name,
                        first: x.origin,
                        second: y.origin,
                    });
                }
            }
            for x in &a.scope.evidence {
                let other = b.scope.evidence.iter().find(|y| y.name == x.name);
                let settled = unit.scope.evidence.iter().any(|e| e.name == x.name);
                if let Some(y) = other
                    && !settled
                {
                    found.push(Conflict {
                        components: (a.name, b.name),
                        is_entity: false,
                        name: x.name,
                        first: x.origin,
                        second: y.origin,
                    });
                }
            }
        }
    }
    // An entity is declared once, and extended by markets only.
    for (i, a) in components.iter().enumerate() {
        for b in &components[i + 1..] {
            for x in &a.scope.entities {
                let other = b.scope.entities.iter().find(|y| y.entity == x.entity && y.name == x.name);
                if let Some(y) = other {
                    found.push(Conflict {
                        components: (a.name, b.name),
                        is_entity: true,
                        name: x.name,
                        first: x.origin,
                        second: y.origin,
                    });
                }
            }
        }
    }
    found
}

/// Whether one component includes another, itself or through others.
fn includes(a: &Unit, b: &Unit, all: &[&Unit]) -> bool {
    let mut queue: Vec<Sym> = a.includes.iter().map(|i| i.0).collect();
    let mut at = 0;
    while at < queue.len() {
        let name = queue[at];
        at += 1;
        if name == b.name {
            return true;
        }
        for unit in all.iter().filter(|u| u.name == name) {
            let more: Vec<Sym> = unit.includes.iter().map(|i| i.0).filter(|n| !queue.contains(n)).collect();
            queue.extend(more);
        }
    }
    false
}

/// Whether a component's set does not reach the device, because on every way to it a component that includes it says
/// what the set is exactly.
fn hidden(unit: &Unit, component: &Unit, fact: FactId, all: &[&Unit]) -> bool {
    let settles = |u: &Unit| u.scope.facts.iter().any(|g| g.fact == fact && g.exactly);
    if !all.iter().any(|u| settles(u)) {
        return false;
    }
    let mut queue: Vec<Sym> = unit.includes.iter().map(|i| i.0).collect();
    let mut at = 0;
    while at < queue.len() {
        let name = queue[at];
        at += 1;
        if name == component.name {
            return false;
        }
        for u in all.iter().filter(|u| u.name == name && !settles(u)) {
            let more: Vec<Sym> = u.includes.iter().map(|i| i.0).filter(|n| !queue.contains(n)).collect();
            queue.extend(more);
        }
    }
    true
}

/// Whether two declarations say the same of a control, wherever they stand.
fn same_control(a: &ControlDecl, b: &ControlDecl) -> bool {
    let names = |c: &ControlDecl| c.evidence.iter().map(|e| e.0).collect::<Vec<_>>();
    let fields = |c: &ControlDecl| c.fields.iter().map(|f| (f.0, f.1.clone())).collect::<Vec<_>>();
    a.state == b.state
        && a.due == b.due
        && a.since == b.since
        && a.because == b.because
        && a.provided_by == b.provided_by
        && names(a) == names(b)
        && fields(a) == fields(b)
}

/// The entities of a kind inside another, and whether there are no others.
pub fn held(entity: &EntityDecl, kind: EntityId) -> (Vec<&EntityDecl>, bool) {
    let members: Vec<&EntityDecl> = entity.held.iter().filter(|h| h.entity == kind).collect();
    let given = !members.is_empty() && !entity.open.contains(&kind);
    let closed = !entity.broken && (given || entity.has_no.iter().any(|h| h.0 == kind));
    (members, closed)
}
