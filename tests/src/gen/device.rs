//! Makes a device with its components and markets.

use super::catalog::{Catalog, Names};
use super::doc::Node;
use super::rng::Rng;
use super::values::{any_day, elements, exact, future, past, shifted, value, written};
use super::{Case, values};
use crate::real::date;
use dossier_base::Sym;
use dossier_model::date::Day;
use dossier_model::value::Type;
use dossier_model::vocab::{ControlId, EntityId, FactId, FieldDef, KindId};
use dossier_syntax::literal::quote;
use std::collections::BTreeSet;

/// The case of a number.
pub fn case(catalog: &Catalog, seed: u64) -> Case {
    case_named(catalog, seed, "d")
}

/// The case of a number, its device of that name and its components named after it.
pub fn case_named(catalog: &Catalog, seed: u64, name: &str) -> Case {
    Maker::new(catalog, seed, name).case()
}

/// Where a block stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Level {
    Component,
    Device,
    Market(Sym),
}

/// Evidence that may be listed: its name and kinds.
type Listed = Vec<(String, Vec<KindId>)>;

/// How freely things are declared, in so many of a hundred cases.
#[derive(Clone, Debug)]
struct Knobs {
    fact: usize,
    fact_in_focus: usize,
    control: usize,
    control_in_focus: usize,
    implemented: usize,
    field: usize,
    evidence: usize,
    entity: usize,
}

/// An entity that was declared, with what it holds.
#[derive(Clone, Debug)]
struct Made {
    kind: EntityId,
    name: String,
    held: Vec<(EntityId, String)>,
}

/// A component with what it declares itself.
#[derive(Clone, Debug)]
struct Component {
    node: Node,
    includes: Vec<usize>,
    evidence: Listed,
    made: Vec<Made>,
    said: Said,
}

/// Of what something is said.
#[derive(Clone, Default, Debug)]
struct Said {
    facts: BTreeSet<FactId>,
    controls: BTreeSet<ControlId>,
}

/// Some components and all that they include, each once.
fn within(all: &[Component], some: &[usize]) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut queue = some.to_vec();
    while let Some(i) = queue.pop() {
        if found.insert(i) {
            queue.extend(&all[i].includes);
        }
    }
    found
}

/// Makes one case. Its parts are public for tests that add to a case.
pub struct Maker<'c> {
    catalog: &'c Catalog,
    /// Where its choices come from.
    pub rng: Rng,
    as_of: Day,
    name: String,
    focus: Names,
    knobs: Knobs,
    markets: Vec<Sym>,
    /// Facts and controls of which several of the components at hand say something: who includes them settles it.
    settle: Said,
    /// What the component at hand says something of.
    said: Said,
    made: Vec<Made>,
    evidence: Listed,
    counter: usize,
}

impl<'c> Maker<'c> {
    /// For the case of a number.
    pub fn new(catalog: &'c Catalog, seed: u64, name: &str) -> Self {
        let mut rng = Rng::new(seed);
        let as_of = as_of(catalog, &mut rng);
        let knobs = Knobs {
            fact: *rng.pick(&[25, 60, 90, 97]),
            fact_in_focus: *rng.pick(&[80, 95, 100, 100]),
            control: *rng.pick(&[2, 2, 30, 75]),
            control_in_focus: *rng.pick(&[50, 85, 95, 100]),
            implemented: *rng.pick(&[20, 45, 70, 90]),
            field: *rng.pick(&[60, 85, 98, 100]),
            evidence: *rng.pick(&[1, 3, 10]),
            entity: *rng.pick(&[5, 20, 50]),
        };
        let mut all = catalog.markets.clone();
        rng.shuffle(&mut all);
        let count = *rng.pick(&[0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4]);
        all.truncate(count);
        let mut focus = Names::default();
        let asked: Vec<_> =
            catalog.requirements.iter().filter(|r| r.market.is_none_or(|m| all.contains(&m))).collect();
        if !asked.is_empty() {
            for _ in 0..*rng.pick(&[1, 3, 8, 20, 60]) {
                focus.extend(&rng.pick(&asked).names);
            }
        }
        Self {
            catalog,
            rng,
            as_of,
            name: name.to_owned(),
            focus,
            knobs,
            markets: all,
            settle: Said::default(),
            said: Said::default(),
            made: Vec::new(),
            evidence: Vec::new(),
            counter: 0,
        }
    }

    /// The case.
    pub fn case(mut self) -> Case {
        let components = self.components();
        // Now and then one comes in only through another.
        let all: Vec<usize> = (0..components.len()).collect();
        let mut included = self.rng.some(&all, 80);
        self.rng.shuffle(&mut included);
        if included.is_empty() {
            included.extend(all.last());
        }
        self.take_in(&components, &included);
        let mut items = self.scope(Level::Device);
        let names: Vec<String> = included.iter().map(|i| self.component_name(*i)).collect();
        match names.as_slice() {
            [] => {}
            [one] if self.rng.chance(50) => items.push(Node::line("includes", one)),
            all => items.push(Node::list("includes", all.to_vec())),
        }
        for market in self.markets.clone() {
            let inner = self.scope(Level::Market(market));
            items.push(Node::block(format!("market {market}"), inner));
        }
        if self.rng.chance(70) {
            self.rng.shuffle(&mut items);
        }
        let device = Node::block(format!("device {} {}", self.name, quote("A device")), items);
        let mut blocks: Vec<Node> = components.into_iter().map(|c| c.node).collect();
        let files = if !blocks.is_empty() && self.rng.chance(40) {
            let path = format!("parts/{}.dossier", self.name);
            let main = vec![Node::line("use", quote(&path)), device];
            vec![(format!("{}.dossier", self.name), main), (path, blocks)]
        } else {
            blocks.push(device);
            vec![(format!("{}.dossier", self.name), blocks)]
        };
        Case { files, as_of: date(self.as_of) }
    }

    // ------------------------------------------------------------ components

    fn component_name(&self, i: usize) -> String {
        format!("{}_part{i}", self.name)
    }

    /// The first includes none; others may include those before them.
    fn components(&mut self) -> Vec<Component> {
        let count = *self.rng.pick(&[0, 0, 0, 1, 1, 2, 3]);
        let mut out: Vec<Component> = Vec::new();
        for i in 0..count {
            let before: Vec<usize> = (0..i).collect();
            let includes = self.rng.some(&before, 35);
            // What it includes it may name, too.
            self.take_in(&out, &includes);
            let (evidence, made) = (self.evidence.len(), self.made.len());
            let mut items = self.scope(Level::Component);
            if !includes.is_empty() {
                let names: Vec<String> = includes.iter().map(|n| self.component_name(*n)).collect();
                items.push(Node::list("includes", names));
            }
            let head = format!("component {} {}", self.component_name(i), quote("A part"));
            out.push(Component {
                node: Node::block(head, items),
                includes,
                evidence: self.evidence.split_off(evidence),
                made: self.made.split_off(made),
                said: std::mem::take(&mut self.said),
            });
            self.evidence.clear();
            self.made.clear();
        }
        out
    }

    /// What stands in components may be named by who includes them, and what two of them say has to be settled.
    fn take_in(&mut self, components: &[Component], included: &[usize]) {
        let (mut once, mut twice) = (Said::default(), Said::default());
        for i in within(components, included) {
            let c = &components[i];
            self.evidence.extend(c.evidence.iter().cloned());
            self.made.extend(c.made.iter().cloned());
            twice.facts.extend(c.said.facts.iter().filter(|f| !once.facts.insert(**f)));
            twice.controls.extend(c.said.controls.iter().filter(|f| !once.controls.insert(**f)));
        }
        self.settle = twice;
    }

    // ------------------------------------------------------------ scopes

    fn scope(&mut self, level: Level) -> Vec<Node> {
        let mut out = Vec::new();
        let before = self.evidence.clone();
        self.facts(level, &mut out);
        self.evidences(level, &mut out);
        self.controls(level, &mut out);
        self.entities(level, &mut out);
        self.claims(level, &mut out);
        if let Level::Market(_) = level {
            self.evidence = before;
        }
        out
    }

    fn facts(&mut self, level: Level, out: &mut Vec<Node>) {
        let mut wanted: Vec<(FactId, usize)> = Vec::new();
        for f in &self.catalog.device_facts {
            let in_focus = self.focus.facts.contains(f);
            let percent = match (level, in_focus) {
                (Level::Device | Level::Component, _) if self.settle.facts.contains(f) => 100,
                (Level::Device, true) => self.knobs.fact_in_focus,
                (Level::Device, false) => self.knobs.fact,
                (Level::Component, true) => 12,
                (Level::Component, false) => 3,
                (Level::Market(_), true) => 8,
                (Level::Market(_), false) => 1,
            };
            wanted.push((*f, percent));
        }
        if let Level::Market(here) = level {
            for (f, of) in &self.catalog.market_facts {
                if of.is_none_or(|m| m == here) {
                    let in_focus = self.focus.facts.contains(f);
                    let percent = if in_focus { self.knobs.fact_in_focus } else { self.knobs.fact.max(60) };
                    wanted.push((*f, percent));
                }
            }
        }
        for (f, percent) in wanted {
            if !self.rng.chance(percent) {
                continue;
            }
            if let Some(node) = self.fact(f, true) {
                if level == Level::Component {
                    let is_set = matches!(self.catalog.rules.vocab.facts[f].ty, Type::EnumSet(_));
                    if !is_set {
                        self.said.facts.insert(f);
                    }
                }
                out.push(node);
            }
        }
    }

    /// A fact with a value.
    pub fn fact(&mut self, f: FactId, may_say_exactly: bool) -> Option<Node> {
        let catalog = self.catalog;
        let fact = &catalog.rules.vocab.facts[f];
        let names: Vec<(EntityId, String)> = self.made.iter().map(|m| (m.kind, m.name.clone())).collect();
        let exactly = if may_say_exactly && self.rng.chance(15) { " exactly" } else { "" };
        self.typed(fact.name.as_str(), fact.ty, &names, exactly)
    }

    /// A field or fact with a value of its type.
    fn typed(&mut self, name: &str, ty: Type, names: &[(EntityId, String)], exactly: &str) -> Option<Node> {
        let of = |kind: EntityId| {
            names.iter().filter(|(k, _)| *k == kind).map(|(_, n)| n.clone()).collect::<Vec<_>>()
        };
        match ty {
            Type::Ref(kind) => {
                let there = of(kind);
                (!there.is_empty()).then(|| Node::line(name, self.rng.pick(&there)))
            }
            Type::RefSet(kind) => {
                let percent = *self.rng.pick(&[0, 50, 100, 100]);
                let some = self.rng.some(&of(kind), percent);
                Some(Node::list(format!("{name}{exactly}"), some))
            }
            Type::EnumSet(_) | Type::TextSet => {
                let all = elements(self.catalog, ty, &mut self.rng)?;
                Some(Node::list(format!("{name}{exactly}"), all))
            }
            ty => value(self.catalog, ty, self.as_of, &mut self.rng).map(|v| Node::line(name, v)),
        }
    }

    fn fields(&mut self, defs: &[FieldDef], names: &[(EntityId, String)], out: &mut Vec<Node>) {
        for def in defs {
            if self.rng.chance(self.knobs.field) {
                out.extend(self.typed(def.name.as_str(), def.ty, names, ""));
            }
        }
    }

    // ------------------------------------------------------------ evidence

    fn evidences(&mut self, level: Level, out: &mut Vec<Node>) {
        let kinds: Vec<KindId> = self.catalog.rules.vocab.kinds.ids().collect();
        for kind in kinds {
            let in_focus = self.focus.kinds.contains(&kind)
                || self.focus.with.iter().any(|w| w.1 == kind)
                || self.focus.entity_with.iter().any(|w| w.1 == kind);
            let percent = match (level, in_focus) {
                (Level::Device, true) => 80,
                (Level::Device, false) => self.knobs.evidence,
                (Level::Component, true) => 15,
                (Level::Market(_), true) => 12,
                _ => 0,
            };
            while self.rng.chance(percent) {
                let mut kinds = vec![kind];
                if self.rng.chance(12) {
                    let all: Vec<KindId> = self.catalog.rules.vocab.kinds.ids().collect();
                    kinds.push(*self.rng.pick(&all));
                    kinds.dedup();
                }
                self.counter += 1;
                let name = format!("e{}", self.counter);
                out.push(self.evidence_block(&name, &kinds));
                self.evidence.push((name, kinds));
                if self.rng.chance(60) {
                    break;
                }
            }
        }
        // Of one name the innermost wins whole.
        if level != Level::Component && !self.evidence.is_empty() && self.rng.chance(25) {
            let before = self.evidence.clone();
            let (name, kinds) = self.rng.pick(&before).clone();
            let head = format!("evidence {name}");
            if !out.iter().any(|n| n.head() == head || n.head().starts_with(&format!("{head} "))) {
                out.push(self.evidence_block(&name, &kinds));
            }
        }
    }

    /// An evidence block.
    pub fn evidence_block(&mut self, name: &str, kinds: &[KindId]) -> Node {
        let vocab = &self.catalog.rules.vocab;
        let mut items = Vec::new();
        let names: Vec<String> = kinds.iter().map(|k| vocab.kinds[*k].name.to_string()).collect();
        items.push(match names.as_slice() {
            [one] if self.rng.chance(70) => Node::line("kind", one),
            all => Node::list("kind", all.to_vec()),
        });
        let url = kinds.iter().all(|k| vocab.kinds[*k].url_allowed) && self.rng.chance(40);
        let planned = !url && self.rng.chance(12);
        let mut head = format!("evidence {name}");
        let (as_of, rng) = (self.as_of, &mut self.rng);
        if url {
            items.push(Node::line("url", quote("https://example.invalid/x")));
        }
        if planned {
            let due = if rng.chance(80) { future(as_of, rng) } else { past(as_of, rng) };
            items.push(Node::line("due", written(due, rng)));
        } else if !url {
            let path = match rng.below(20) {
                0 | 1 => "missing.pdf",
                2 | 3 => "beside/report.pdf",
                _ => "there.pdf",
            };
            head = format!("{head} {}", quote(path));
        }
        if (rng.chance(55) && !planned) || rng.chance(2) {
            let issued = match rng.below(10) {
                0..=5 => past(as_of, rng),
                6 => future(as_of, rng),
                _ => any_day(self.catalog, as_of, rng),
            };
            items.push(Node::line("issued", written(issued, rng)));
        }
        if rng.chance(30) {
            let expires = match rng.below(10) {
                0..=1 => past(as_of, rng),
                2..=6 => future(as_of, rng),
                7 => shifted(as_of, -1),
                _ => any_day(self.catalog, as_of, rng),
            };
            items.push(Node::line("expires", written(expires, rng)));
        }
        if rng.chance(50) {
            items.push(Node::line("independent", if rng.chance(65) { "yes" } else { "no" }));
        }
        if rng.chance(40) {
            items.push(Node::line("issuer", quote(["Lab", "a"][rng.below(2)])));
        }
        if rng.chance(4) {
            items.push(Node::line("sha256", quote(&"ab".repeat(32))));
        }
        if !planned && rng.chance(3) {
            let due = any_day(self.catalog, as_of, rng);
            items.push(Node::line("due", written(due, rng)));
        }
        let parts: BTreeSet<String> = kinds
            .iter()
            .filter_map(|k| vocab.kinds[*k].contents)
            .flat_map(|e| vocab.enums[e].values.iter().map(|v| v.name.to_string()))
            .collect();
        let parts: Vec<String> = parts.into_iter().collect();
        if !parts.is_empty() && rng.chance(88) {
            let percent = *rng.pick(&[0, 40, 80, 95, 100, 100, 100]);
            items.push(Node::list("contains", rng.some(&parts, percent)));
        }
        Node::block(head, items)
    }

    /// Evidence to list: that of the kinds wanted, and now and then another.
    fn list(&mut self, wanted: &BTreeSet<KindId>) -> Option<Vec<String>> {
        let mut names: Vec<String> = Vec::new();
        let there = self.evidence.clone();
        for (name, kinds) in &there {
            let percent = if kinds.iter().any(|k| wanted.contains(k)) { 75 } else { 1 };
            if self.rng.chance(percent) {
                names.push(name.clone());
            }
        }
        if !there.is_empty() && self.rng.chance(5) {
            let (other, _) = self.rng.pick(&there);
            if !names.contains(other) {
                names.push(other.clone());
            }
        }
        (!names.is_empty() || self.rng.chance(3)).then_some(names)
    }

    // ------------------------------------------------------------ controls

    fn controls(&mut self, level: Level, out: &mut Vec<Node>) {
        let controls: Vec<ControlId> = self.catalog.rules.vocab.controls.ids().collect();
        for c in controls {
            let in_focus = self.focus.controls.contains(&c);
            let percent = match (level, in_focus) {
                (Level::Device | Level::Component, _) if self.settle.controls.contains(&c) => 100,
                (Level::Device, true) => self.knobs.control_in_focus,
                (Level::Device, false) => self.knobs.control,
                (Level::Component, true) => 15,
                (Level::Component, false) => 1,
                (Level::Market(_), true) => 8,
                (Level::Market(_), false) => 1,
            };
            if !self.rng.chance(percent) {
                continue;
            }
            if level == Level::Component {
                self.said.controls.insert(c);
            }
            out.push(self.control_block(c, None));
        }
    }

    /// A control block, of the device or inside an entity.
    pub fn control_block(&mut self, c: ControlId, inside: Option<EntityId>) -> Node {
        let catalog = self.catalog;
        let control = &catalog.rules.vocab.controls[c];
        let mut items = Vec::new();
        let as_of = self.as_of;
        let rng = &mut self.rng;
        let state = rng.below(100);
        if state < self.knobs.implemented {
            items.push(Node::line("status", "implemented"));
            if rng.chance(35) {
                let since = match rng.below(10) {
                    0..=5 => past(as_of, rng),
                    6..=7 => future(as_of, rng),
                    _ => any_day(catalog, as_of, rng),
                };
                items.push(Node::line("since", written(since, rng)));
            }
        } else if state.is_multiple_of(2) {
            items.push(Node::line("status", "planned"));
            let due = if rng.chance(80) { future(as_of, rng) } else { past(as_of, rng) };
            items.push(Node::line("due", written(due, rng)));
        } else {
            items.push(Node::line("status", "left_out"));
            items.push(Node::line("because", quote("There is nothing to lock.")));
        }
        if rng.chance(10) {
            items.push(Node::line("provided_by", rng.pick(&["device", "environment"])));
        }
        let names: Vec<(EntityId, String)> = self.made.iter().map(|m| (m.kind, m.name.clone())).collect();
        self.fields(&control.fields, &names, &mut items);
        let wanted: BTreeSet<KindId> = match inside {
            None => self.focus.with.iter().filter(|w| w.0 == c).map(|w| w.1).collect(),
            Some(_) => BTreeSet::new(),
        };
        if let Some(list) = self.list(&wanted) {
            items.push(Node::list("evidence", list));
        }
        Node::block(format!("control {}", control.name), items)
    }

    // ------------------------------------------------------------ entities

    fn entities(&mut self, level: Level, out: &mut Vec<Node>) {
        let catalog = self.catalog;
        let mut has_no: Vec<String> = Vec::new();
        let mut made_here: Vec<Made> = Vec::new();
        for (kind, entity) in catalog.rules.vocab.entities.enumerate() {
            if entity.held {
                continue;
            }
            if entity.read_from.is_some() {
                if level == Level::Device && self.rng.chance(3) {
                    has_no.push(entity.name.to_string());
                }
                continue;
            }
            let in_focus = self.focus.entities.contains(&kind);
            let there: Vec<Made> = self.made.iter().filter(|m| m.kind == kind).cloned().collect();
            let count = match level {
                Level::Device if self.rng.chance(if in_focus { 92 } else { self.knobs.entity }) => {
                    *self.rng.pick(&[0, 1, 1, 1, 2, 2, 3])
                }
                Level::Component if self.rng.chance(if in_focus { 15 } else { 2 }) => 1,
                Level::Market(_) => {
                    if !there.is_empty() && self.rng.chance(25) {
                        let before = self.rng.pick(&there).clone();
                        out.push(self.extension(&before));
                    }
                    match (there.is_empty(), self.rng.below(100)) {
                        (_, 0..=6) => 1,
                        (true, 7..=14) => {
                            has_no.push(entity.name.to_string());
                            continue;
                        }
                        _ => continue,
                    }
                }
                _ => continue,
            };
            if count == 0 {
                has_no.push(entity.name.to_string());
                continue;
            }
            for _ in 0..count {
                self.counter += 1;
                let name = format!("{}{}", entity.name.as_str().chars().next().unwrap_or('x'), self.counter);
                made_here.push(Made { kind, name, held: Vec::new() });
            }
        }
        // Names first: they refer to each other. A market's own are that market's only.
        let before = self.made.len();
        self.made.extend(made_here.iter().cloned());
        for i in before..self.made.len() {
            let Made { kind, name, .. } = self.made[i].clone();
            let outer: Vec<(EntityId, String)> = self.made.iter().map(|m| (m.kind, m.name.clone())).collect();
            let (node, held) = self.entity_block(kind, &name, true, &outer, 0);
            self.made[i].held = held;
            out.push(node);
        }
        if let Level::Market(_) = level {
            self.made.truncate(before);
        }
        if !has_no.is_empty() {
            out.push(Node::list("has_no", has_no));
        }
    }

    /// An entity's block; also what it holds.
    fn entity_block(
        &mut self,
        kind: EntityId,
        name: &str,
        titled: bool,
        outer: &[(EntityId, String)],
        depth: usize,
    ) -> (Node, Vec<(EntityId, String)>) {
        let catalog = self.catalog;
        let entity = &catalog.rules.vocab.entities[kind];
        let mut held: Vec<(EntityId, String)> = Vec::new();
        let mut none: Vec<String> = Vec::new();
        for inner in &entity.holds {
            if depth > 2 {
                break;
            }
            match self.rng.below(10) {
                0..=2 => {}
                3..=4 => none.push(catalog.rules.vocab.entities[*inner].name.to_string()),
                n => {
                    for i in 0..(n - 3) / 2 {
                        // The same names in different entities: each holds its own.
                        held.push((*inner, format!("h{}{i}", inner.0)));
                    }
                }
            }
        }
        let mut scope: Vec<(EntityId, String)> = held.clone();
        scope.extend(outer.iter().cloned());
        let mut items = Vec::new();
        self.fields(&entity.fields, &scope, &mut items);
        self.entity_answers(kind, &mut items);
        for (inner, name) in &held {
            let (node, _) = self.entity_block(*inner, name, true, &scope, depth + 1);
            items.push(node);
        }
        if !none.is_empty() {
            items.push(Node::list("has_no", none));
        }
        let title = if titled { format!(" {}", quote("One of them")) } else { String::new() };
        (Node::block(format!("{} {name}{title}", entity.name), items), held)
    }

    /// What a market says more of an entity.
    fn extension(&mut self, of: &Made) -> Node {
        let catalog = self.catalog;
        let entity = &catalog.rules.vocab.entities[of.kind];
        let mut scope: Vec<(EntityId, String)> = of.held.clone();
        scope.extend(self.made.iter().map(|m| (m.kind, m.name.clone())));
        let mut items = Vec::new();
        let some: Vec<FieldDef> = self.rng.some(&entity.fields, 30);
        self.fields(&some, &scope, &mut items);
        if self.rng.chance(30) {
            self.entity_answers(of.kind, &mut items);
        }
        for (inner, name) in of.held.clone() {
            if self.rng.chance(20) {
                let fields: Vec<FieldDef> = self.rng.some(&catalog.rules.vocab.entities[inner].fields, 50);
                let mut more = Vec::new();
                self.fields(&fields, &scope, &mut more);
                items.push(Node::block(format!("{} {name}", catalog.rules.vocab.entities[inner].name), more));
            }
        }
        if self.rng.chance(15)
            && let Some(inner) = entity.holds.first()
        {
            self.counter += 1;
            // None of those that the entity may hold already.
            let name = format!("more{}", self.counter);
            items.push(self.entity_block(*inner, &name, true, &scope, 2).0);
        }
        Node::block(format!("{} {}", entity.name, of.name), items)
    }

    /// Evidence, controls and claims of an entity.
    fn entity_answers(&mut self, kind: EntityId, items: &mut Vec<Node>) {
        let wanted: BTreeSet<KindId> =
            self.focus.entity_with.iter().filter(|w| w.0 == kind).map(|w| w.1).collect();
        if let Some(list) = self.list(&wanted) {
            items.push(Node::list("evidence", list));
        }
        let mut controls: Vec<ControlId> =
            self.focus.entity_controls.iter().filter(|w| w.0 == kind).map(|w| w.1).collect();
        controls.retain(|_| self.rng.chance(80));
        if self.rng.chance(3) {
            let all: Vec<ControlId> = self.catalog.rules.vocab.controls.ids().collect();
            let other = *self.rng.pick(&all);
            if !controls.contains(&other) {
                controls.push(other);
            }
        }
        for c in controls {
            items.push(self.control_block(c, Some(kind)));
        }
        let about: Vec<Sym> =
            self.catalog.requirements.iter().filter(|r| r.each == Some(kind)).map(|r| r.code).collect();
        if !about.is_empty() && self.rng.chance(12) {
            let code = *self.rng.pick(&about);
            items.push(self.claim(code));
        }
    }

    // ------------------------------------------------------------ claims

    fn claims(&mut self, level: Level, out: &mut Vec<Node>) {
        let here = match level {
            Level::Market(m) => Some(m),
            _ => None,
        };
        let markets = self.markets.clone();
        let about: Vec<Sym> = self
            .catalog
            .requirements
            .iter()
            .filter(|r| match (here, r.market) {
                (Some(h), m) => m == Some(h),
                (None, m) => m.is_none_or(|m| markets.contains(&m)),
            })
            .map(|r| r.code)
            .collect();
        if about.is_empty() {
            return;
        }
        let count = match level {
            Level::Component => *self.rng.pick(&[0, 0, 0, 1]),
            Level::Device => about.len() * *self.rng.pick(&[0, 5, 10, 20, 40]) / 100,
            Level::Market(_) => about.len() * *self.rng.pick(&[0, 0, 2, 8]) / 100,
        };
        let mut seen = BTreeSet::new();
        for _ in 0..count {
            let code = *self.rng.pick(&about);
            if seen.insert(code.as_str()) {
                out.push(self.claim(code));
            }
        }
    }

    /// A claim about a requirement.
    pub fn claim(&mut self, code: Sym) -> Node {
        let mut items = vec![Node::line("because", quote("It is so."))];
        let kind = self.rng.below(10);
        if kind < 6 {
            let until = match self.rng.below(10) {
                0 => self.as_of,
                1 => shifted(self.as_of, -1),
                2..=3 => past(self.as_of, &mut self.rng),
                _ => future(self.as_of, &mut self.rng),
            };
            items.push(Node::line("approved_by", quote("Head of Quality")));
            items.push(Node::line("until", values::written(until, &mut self.rng)));
            return Node::block(format!("waive {code}"), items);
        }
        let there = self.evidence.clone();
        if !there.is_empty() && self.rng.chance(70) {
            items.push(Node::list("evidence", [self.rng.pick(&there).0.clone()]));
        }
        let word = if kind < 9 { "justify" } else { "alternative" };
        Node::block(format!("{word} {code}"), items)
    }

    /// The day of the check, as it is written.
    pub fn today(&self) -> String {
        exact(self.as_of)
    }
}

fn as_of(catalog: &Catalog, rng: &mut Rng) -> Day {
    let base = Day::constant(2024, 1, 1);
    if catalog.days.is_empty() || rng.chance(55) {
        return shifted(base, rng.between(0, 1500));
    }
    let day = *rng.pick(&catalog.days);
    let day = shifted(day, *rng.pick(&[-1, 0, 0, 1, 10, 40, 400]));
    // Days of law that make sense as days of a check.
    if (2015..2035).contains(&day.year()) { day } else { base }
}
