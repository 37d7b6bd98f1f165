//! Device files, and what of them holds in a market.

use super::law::Law;
use super::tree::{self, Expr, Item, Type, Value, words_of};
use super::value::{Val, When, typed};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A control as declared.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Control {
    pub(crate) name: String,
    /// `status` aside.
    pub(crate) fields: BTreeMap<String, Val>,
    pub(crate) status: String,
    pub(crate) evidence: Vec<String>,
}

/// Evidence as declared.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Evidence {
    pub(crate) name: String,
    /// The file that declares it.
    pub(crate) file: String,
    pub(crate) path: Option<String>,
    pub(crate) kinds: BTreeSet<String>,
    pub(crate) fields: BTreeMap<String, Val>,
    /// `stands no`, in a test.
    pub(crate) stands_no: bool,
}

/// `justify`, `alternative` or `waive`.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Plea {
    pub(crate) what: String,
    pub(crate) code: String,
    pub(crate) evidence: Vec<String>,
    pub(crate) until: Option<When>,
}

/// Entities by kind and name.
pub(crate) type Entities = BTreeMap<String, BTreeMap<String, Arc<Entity>>>;

/// A thing of which a device has several.
#[derive(Clone, PartialEq, Default, Debug)]
pub(crate) struct Entity {
    pub(crate) word: String,
    /// `model:m/dataset:d`, the path from the device.
    pub(crate) id: String,
    pub(crate) fields: BTreeMap<String, Val>,
    pub(crate) evidence: Option<Vec<String>>,
    pub(crate) controls: BTreeMap<String, Control>,
    pub(crate) held: Entities,
    /// Kinds of which it holds none but those.
    pub(crate) closed: BTreeSet<String>,
    pub(crate) pleas: Vec<Plea>,
}

/// The block of a device, component or market as written.
#[derive(Clone, Default, Debug)]
pub(crate) struct Scope {
    /// With `exactly` or without.
    facts: BTreeMap<String, (Val, bool)>,
    controls: BTreeMap<String, Control>,
    evidence: BTreeMap<String, Evidence>,
    /// The entity blocks, read when it is known what they extend; whether they have a title.
    entities: Vec<(String, String, bool, Vec<Item>)>,
    has_no: BTreeSet<String>,
    pleas: Vec<Plea>,
    includes: Vec<String>,
    markets: BTreeMap<String, Scope>,
}

/// A device or component.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) is_component: bool,
    pub(crate) scope: Scope,
}

/// What of a device holds in a market, or without one.
#[derive(Clone, Default, Debug)]
pub(crate) struct View {
    pub(crate) facts: BTreeMap<String, Val>,
    pub(crate) controls: BTreeMap<String, Control>,
    pub(crate) evidence: BTreeMap<String, Evidence>,
    pub(crate) entities: Entities,
    /// Kinds of entity of which there are none but those.
    pub(crate) closed: BTreeSet<String>,
    pub(crate) pleas: Vec<Plea>,
    /// What two components say differently and nobody has settled.
    conflicts: BTreeSet<String>,
    /// Which component says what of facts, controls and evidence counts.
    by: BTreeMap<String, String>,
}

/// The devices and components of the device files among `files`.
pub(crate) fn read(law: &Law, files: &[(String, String)]) -> BTreeMap<String, Device> {
    let mut devices = BTreeMap::new();
    for (path, text) in files.iter().filter(|(path, _)| !path.ends_with(".rulebook")) {
        for item in tree::read(path, text) {
            match item {
                Item::Field { word, .. } if word == "use" => {}
                Item::Decl { word, name, items, .. } if word == "device" || word == "component" => {
                    let scope = Scope::read(law, path, None, &items.unwrap_or_default());
                    let device = Device { is_component: word == "component", scope };
                    let twice = devices.insert(name.clone(), device);
                    assert!(twice.is_none(), "{path}: `{name}` stands twice");
                }
                other => panic!("{path}: {other:?}"),
            }
        }
    }
    devices
}

/// The device of a test: the facts of the instrument's market stand flat.
pub(crate) fn of_test(law: &Law, market: Option<&str>, items: &[Item]) -> Device {
    let is_of_market = |i: &Item| matches!(i, Item::Field { word, .. } if law.is_of_markets(word));
    let (of_market, mut own): (Vec<Item>, Vec<Item>) = items.iter().cloned().partition(is_of_market);
    let title = Some(String::new());
    match market {
        Some(market) => {
            let block = |i: &&mut Item| matches!(i, Item::Decl { word, name, .. } if word == "market" && name == market);
            match own.iter_mut().find(block) {
                Some(Item::Decl { items: Some(items), .. }) => items.extend(of_market),
                _ => own.push(Item::Decl {
                    word: "market".to_owned(),
                    name: market.to_owned(),
                    title,
                    items: Some(of_market),
                }),
            }
        }
        None => assert!(of_market.is_empty(), "a market's fact where there is no market: {of_market:?}"),
    }
    Device { is_component: false, scope: Scope::read(law, "test", None, &own) }
}

impl Device {
    /// Its markets.
    pub(crate) fn markets(&self) -> Vec<String> {
        self.scope.markets.keys().cloned().collect()
    }

    /// What of it holds in a market: of its components, then of itself, then of the market.
    pub(crate) fn view(&self, law: &Law, all: &BTreeMap<String, Device>, market: Option<&str>) -> View {
        let mut view = View::default();
        for name in &self.scope.includes {
            view.unite(all, component(law, all, name));
        }
        view.open();
        view.overlay(law, &self.scope);
        assert!(view.conflicts.is_empty(), "components differ: {:?}", view.conflicts);
        if let Some(market) = market {
            view.market(law, &self.scope.markets[market]);
        }
        view.link(law);
        view
    }
}

/// A component with what it includes.
fn component(law: &Law, all: &BTreeMap<String, Device>, name: &str) -> View {
    let found = all.get(name).unwrap_or_else(|| panic!("no component `{name}`"));
    let mut view = View::default();
    for inner in &found.scope.includes {
        view.unite(all, component(law, all, inner));
    }
    view.overlay(law, &found.scope);
    let said = |kind: &str, name: &String| (format!("{kind} {name}"), name_of(all, found));
    view.by.extend(found.scope.facts.keys().map(|n| said("fact", n)));
    view.by.extend(found.scope.controls.keys().map(|n| said("control", n)));
    view.by.extend(found.scope.evidence.keys().map(|n| said("evidence", n)));
    view
}

fn name_of(all: &BTreeMap<String, Device>, device: &Device) -> String {
    let same = all.iter().find(|(_, d)| std::ptr::eq(*d, device));
    same.map(|(name, _)| name.clone()).expect("a component of these files")
}

/// Whether one component includes another, itself or through others.
fn includes(all: &BTreeMap<String, Device>, outer: &str, inner: &str) -> bool {
    all[outer].scope.includes.iter().any(|i| i == inner || includes(all, i, inner))
}

fn names(list: Option<&Val>) -> Vec<String> {
    match list {
        Some(Val::Set { has, .. }) => has.iter().cloned().collect(),
        None => Vec::new(),
        other => panic!("{other:?} is no list"),
    }
}

fn simple(name: &str) -> Type {
    Type { set: false, name: name.to_owned() }
}

/// The types of fields that the language itself gives to controls, evidence and pleas.
fn built_in(name: &str) -> Option<Type> {
    Some(match name {
        "due" | "since" | "issued" | "expires" | "until" => simple("date"),
        "because" | "issuer" | "sha256" | "approved_by" | "url" => simple("text"),
        "independent" | "stands" => simple("bool"),
        "status" | "provided_by" => simple(name),
        "evidence" => Type { set: true, name: "evidence".to_owned() },
        "kind" => Type { set: true, name: "evidence_kind".to_owned() },
        "contains" => Type { set: true, name: "contents".to_owned() },
        _ => return None,
    })
}

/// The fields of a block, all of them plain.
fn plain(what: &str, items: &[Item], ty: impl Fn(&str) -> Option<Type>) -> BTreeMap<String, Val> {
    let mut out = BTreeMap::new();
    for item in items {
        let Item::Field { word, value: Value::Expr(e) } = item else { panic!("{what}: {item:?}") };
        let ty =
            ty(word).or_else(|| built_in(word)).unwrap_or_else(|| panic!("{what} has no field `{word}`"));
        out.insert(word.clone(), typed(&ty, e));
    }
    out
}

fn control(law: &Law, name: &str, items: &[Item]) -> Control {
    let types = law.controls.get(name).unwrap_or_else(|| panic!("no control `{name}`"));
    let mut fields = plain(name, items, |f| types.get(f).cloned());
    let evidence = names(fields.remove("evidence").as_ref());
    let Some(Val::Word(_, status)) = fields.remove("status") else { panic!("control {name} has no status") };
    Control { name: name.to_owned(), fields, status, evidence }
}

fn evidence(law: &Law, file: &str, name: &str, path: Option<String>, items: &[Item]) -> Evidence {
    let all = |f: &str| law.kinds.values().find_map(|k| k.fields.get(f).cloned());
    let mut fields = plain(name, items, all);
    let kinds: BTreeSet<String> = names(fields.get("kind")).into_iter().collect();
    for kind in &kinds {
        let kind = law.kinds.get(kind).unwrap_or_else(|| panic!("no evidence kind `{kind}`"));
        assert!(
            kind.url || !fields.contains_key("url"),
            "evidence {name}: an address stands for no such kind"
        );
    }
    let stands_no = fields.remove("stands") == Some(Val::Bool(false));
    Evidence { name: name.to_owned(), file: file.to_owned(), path, kinds, fields, stands_no }
}

fn plea(what: &str, code: &str, items: &[Item]) -> Plea {
    let fields = plain(code, items, |_| None);
    let until = match fields.get("until") {
        Some(Val::Date(d)) => Some(*d),
        _ => None,
    };
    Plea { what: what.to_owned(), code: code.to_owned(), evidence: names(fields.get("evidence")), until }
}

impl Scope {
    fn read(law: &Law, file: &str, market: Option<&str>, items: &[Item]) -> Self {
        let mut scope = Self::default();
        for item in items {
            match item {
                Item::Field { word, value: Value::Expr(e) } if word == "has_no" => {
                    scope.has_no.extend(words_of(e));
                }
                Item::Field { word, value: Value::Expr(e) } if word == "includes" => {
                    scope.includes.extend(words_of(e));
                }
                Item::Decl { word, name, .. } if word == "includes" => scope.includes.push(name.clone()),
                Item::Field { word, value: Value::Expr(e) } => scope.fact(law, market, word, e, false),
                Item::Field { word, value: Value::Exactly(e) } => scope.fact(law, market, word, e, true),
                Item::Decl { word, name, title, items } => {
                    let items = items.as_deref().unwrap_or_default();
                    scope.decl(law, file, word, name, title.as_ref(), items);
                }
                other => panic!("{file}: {other:?}"),
            }
        }
        scope
    }

    fn fact(&mut self, law: &Law, market: Option<&str>, word: &str, e: &Expr, exactly: bool) {
        let ty = law.fact_type(word, market).unwrap_or_else(|| panic!("no fact `{word}`"));
        assert!(market.is_some() || !law.is_of_markets(word), "`{word}` is a fact of markets");
        let twice = self.facts.insert(word.to_owned(), (typed(&ty, e), exactly));
        assert!(twice.is_none(), "`{word}` stands twice");
    }

    fn decl(
        &mut self,
        law: &Law,
        file: &str,
        word: &str,
        name: &str,
        title: Option<&String>,
        items: &[Item],
    ) {
        match word {
            "market" => {
                let inner = Self::read(law, file, Some(name), items);
                self.markets.insert(name.to_owned(), inner);
            }
            "control" => {
                self.controls.insert(name.to_owned(), control(law, name, items));
            }
            "evidence" => {
                self.evidence.insert(name.to_owned(), evidence(law, file, name, title.cloned(), items));
            }
            "justify" | "alternative" | "waive" => self.pleas.push(plea(word, name, items)),
            entity if law.entities.contains_key(entity) => {
                let block = (entity.to_owned(), name.to_owned(), title.is_some(), items.to_vec());
                self.entities.push(block);
            }
            other => panic!("{file}: `{other} {name}`"),
        }
    }
}

/// Puts an entity block into a collection: field by field over what is there under that name.
fn put_entity(law: &Law, into: &mut Entities, word: &str, name: &str, items: &[Item], close: bool) {
    let named = into.entry(word.to_owned()).or_default();
    // What a market adds is closed by its own block like a device's entity; what it extends is not.
    let close = close || !named.contains_key(name);
    let entity = Arc::make_mut(named.entry(name.to_owned()).or_default());
    entity.word = word.to_owned();
    let kind = &law.entities[word];
    for item in items {
        match item {
            Item::Field { word: f, value: Value::Expr(e) } if f == "has_no" => {
                entity.closed.extend(words_of(e));
            }
            Item::Field { word: f, value: Value::Expr(e) } if f == "evidence" => {
                entity.evidence = Some(words_of(e));
            }
            Item::Field { word: f, value: Value::Expr(e) } => {
                let ty = kind.fields.get(f).unwrap_or_else(|| panic!("{word} {name} has no field `{f}`"));
                entity.fields.insert(f.clone(), typed(ty, e));
            }
            Item::Decl { word: w, name: n, title, items } => {
                let items = items.as_deref().unwrap_or_default();
                match w.as_str() {
                    "control" => {
                        entity.controls.insert(n.clone(), control(law, n, items));
                    }
                    "justify" | "alternative" | "waive" => entity.pleas.push(plea(w, n, items)),
                    inner => {
                        assert!(kind.holds.iter().any(|h| h == inner), "{word} {name} holds `{inner} {n}`");
                        let there = entity.held.get(inner).is_some_and(|h| h.contains_key(n));
                        assert!(
                            close || there || title.is_some(),
                            "a market extends `{inner} {n}`, which is not there"
                        );
                        put_entity(law, &mut entity.held, inner, n, items, close);
                        if close {
                            entity.closed.insert(inner.to_owned());
                        }
                    }
                }
            }
            other => panic!("{word} {name}: {other:?}"),
        }
    }
}

impl View {
    /// Takes in a component. Of two that differ the one that includes the other has the last word.
    fn unite(&mut self, all: &BTreeMap<String, Device>, other: Self) {
        for (name, val) in other.facts {
            let what = format!("fact {name}");
            match (self.facts.get_mut(&name), val) {
                (Some(Val::Set { has, .. }), Val::Set { has: more, .. }) => has.extend(more),
                (Some(there), val) if *there != val => {
                    if self.gives_way(all, &what, &other.by) {
                        self.facts.insert(name, val);
                    }
                }
                (_, val) => {
                    self.facts.insert(name, val);
                    self.by.extend(other.by.get(&what).map(|by| (what.clone(), by.clone())));
                }
            }
        }
        for (name, control) in other.controls {
            let differs = self.controls.get(&name).is_some_and(|there| *there != control);
            if !differs || self.gives_way(all, &format!("control {name}"), &other.by) {
                let what = format!("control {name}");
                self.by.extend(other.by.get(&what).map(|by| (what.clone(), by.clone())));
                self.controls.insert(name, control);
            }
        }
        for (name, evidence) in other.evidence {
            let differs = self.evidence.get(&name).is_some_and(|there| *there != evidence);
            if !differs || self.gives_way(all, &format!("evidence {name}"), &other.by) {
                let what = format!("evidence {name}");
                self.by.extend(other.by.get(&what).map(|by| (what.clone(), by.clone())));
                self.evidence.insert(name, evidence);
            }
        }
        for (word, entities) in other.entities {
            for (name, entity) in entities {
                let here = self.entities.entry(word.clone()).or_default();
                assert!(here.get(&name).is_none_or(|e| *e == entity), "two entities `{word} {name}`");
                here.insert(name, entity);
            }
        }
        self.pleas.extend(other.pleas);
        self.conflicts.extend(other.conflicts);
    }

    /// Whether what is there gives way to what another component says of it; if neither does they are in conflict.
    fn gives_way(
        &mut self,
        all: &BTreeMap<String, Device>,
        what: &str,
        other: &BTreeMap<String, String>,
    ) -> bool {
        let (mine, theirs) = (self.by[what].clone(), other[what].clone());
        if includes(all, &theirs, &mine) {
            self.by.insert(what.to_owned(), theirs);
            return true;
        }
        if !includes(all, &mine, &theirs) {
            self.conflicts.insert(what.to_owned());
        }
        false
    }

    /// Each scope closes only itself: what components say is known in part.
    fn open(&mut self) {
        for val in self.facts.values_mut() {
            if let Val::Set { closed, .. } = val {
                *closed = false;
            }
        }
        self.closed.clear();
    }

    /// Lays what a device or component says itself over what it includes.
    fn overlay(&mut self, law: &Law, own: &Scope) {
        for (name, (val, exactly)) in &own.facts {
            self.conflicts.remove(&format!("fact {name}"));
            let val = match (val, self.facts.get(name)) {
                (Val::Set { of, has, .. }, Some(Val::Set { has: more, .. })) if !exactly => {
                    Val::Set { of: of.clone(), has: has.union(more).cloned().collect(), closed: true }
                }
                (val, _) => val.clone(),
            };
            self.facts.insert(name.clone(), val);
        }
        self.answers(own);
        for (word, name, _, items) in &own.entities {
            let there = self.entities.get(word).is_some_and(|e| e.contains_key(name));
            assert!(!there, "two entities `{word} {name}`");
            assert!(!own.has_no.contains(word), "`has_no [{word}]` beside `{word} {name}`");
            put_entity(law, &mut self.entities, word, name, items, true);
            self.closed.insert(word.clone());
        }
        self.closed.extend(own.has_no.iter().cloned());
    }

    /// Lays a market's block over the device: its facts replace, its entity blocks extend.
    fn market(&mut self, law: &Law, own: &Scope) {
        for (name, (val, _)) in &own.facts {
            self.facts.insert(name.clone(), val.clone());
        }
        self.answers(own);
        for (word, name, titled, items) in &own.entities {
            let there = self.entities.get(word).is_some_and(|e| e.contains_key(name));
            assert!(there || *titled, "a market extends `{word} {name}`, which is not there");
            put_entity(law, &mut self.entities, word, name, items, false);
        }
        for word in &own.has_no {
            let some = self.entities.get(word).is_some_and(|e| !e.is_empty());
            assert!(!some, "`has_no [{word}]` in a market that has one");
            self.closed.insert(word.clone());
        }
    }

    fn answers(&mut self, own: &Scope) {
        for (name, control) in &own.controls {
            self.conflicts.remove(&format!("control {name}"));
            self.controls.insert(name.clone(), control.clone());
        }
        for (name, evidence) in &own.evidence {
            self.conflicts.remove(&format!("evidence {name}"));
            self.evidence.insert(name.clone(), evidence.clone());
        }
        self.pleas.extend(own.pleas.iter().cloned());
    }

    /// Gives entities their ids, and references to entities the id of what they mean: the innermost of that name.
    fn link(&mut self, law: &Law) {
        let names = self.entities.clone();
        for (word, entities) in &mut self.entities {
            for (name, entity) in entities {
                link(law, Arc::make_mut(entity), &format!("{word}:{name}"), &[("", &names)]);
            }
        }
        let outer = [("", &names)];
        self.facts.values_mut().for_each(|v| refer(law, v, &outer));
        for control in self.controls.values_mut() {
            control.fields.values_mut().for_each(|v| refer(law, v, &outer));
        }
    }

    /// The entity of an id.
    pub(crate) fn entity(&self, id: &str) -> &Arc<Entity> {
        let mut entities = &self.entities;
        let mut found = None;
        for part in id.split('/') {
            let (word, name) = part.split_once(':').unwrap_or_else(|| panic!("`{id}` is no entity"));
            let entity = &entities[word][name];
            entities = &entity.held;
            found = Some(entity);
        }
        found.expect("an id has a part")
    }
}

fn link(law: &Law, entity: &mut Entity, id: &str, outer: &[(&str, &Entities)]) {
    entity.id = id.to_owned();
    let names = entity.held.clone();
    let mut scopes = vec![(id, &names)];
    scopes.extend(outer);
    entity.fields.values_mut().for_each(|v| refer(law, v, &scopes));
    for control in entity.controls.values_mut() {
        control.fields.values_mut().for_each(|v| refer(law, v, &scopes));
    }
    for (word, entities) in &mut entity.held {
        for (name, inner) in entities {
            link(law, Arc::make_mut(inner), &format!("{id}/{word}:{name}"), &scopes);
        }
    }
}

fn refer(law: &Law, val: &mut Val, scopes: &[(&str, &Entities)]) {
    let find = |word: &str, name: &str| {
        let holds = |e: &Entities| e.get(word).is_some_and(|e| e.contains_key(name));
        match scopes.iter().find(|(_, e)| holds(e)) {
            Some(("", _)) => format!("{word}:{name}"),
            Some((id, _)) => format!("{id}/{word}:{name}"),
            None => panic!("no {word} `{name}`"),
        }
    };
    match val {
        Val::Word(ty, name) if law.entities.contains_key(ty) => *name = find(ty, name),
        Val::Set { of, has, .. } if law.entities.contains_key(of) => {
            *has = has.iter().map(|n| find(of, n)).collect();
        }
        _ => {}
    }
}
