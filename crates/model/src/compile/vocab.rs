//! Enums, ladders, entities, controls, evidence kinds and facts.

use super::exprs::Context;
use super::{Compiler, Item, doc, title};
use crate::check;
use crate::expr::ExprId;
use crate::hir::{NodeRef, Tag};
use crate::idx::Id;
use crate::law::{Clause, Jurisdiction, Regulator, Source};
use crate::value::{Bits, Type};
use crate::vocab::{
    CONTROL_FIELDS, Control, ControlId, ENTITY_FIELDS, Entity, EntityId, Enum, EnumId, EnumValue, Fact,
    FactId, FactKind, FieldDef, Kind, Scope, TableRow,
};
use dossier_base::{Sym, codes, spell};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

const TYPES: [&str; 7] = ["bool", "text", "number", "percent", "date", "duration", "period"];

/// Enums that the language makes, besides the classes of each jurisdiction.
const BUILT_IN_ENUMS: [&str; 2] = ["provider", "place"];

/// Names that no fact may have: the language gives them their meaning.
const BUILT_IN_FACTS: [&str; 10] =
    ["class", "as_of", "markets", "market", "device", "row", "includes", "has_no", "at", "conforms"];

/// Names that no entity may have: blocks of a device file that mean something else.
const BUILT_IN_BLOCKS: [&str; 8] =
    ["device", "component", "market", "control", "evidence", "justify", "alternative", "waive"];

/// What heads an item of a rulebook.
const TOP: [&str; 15] = [
    "vocabulary",
    "enum",
    "ladder",
    "fact",
    "derived",
    "condition",
    "control",
    "evidence_kind",
    "entity",
    "jurisdiction",
    "instrument",
    "requirement",
    "family",
    "exception",
    "ledger",
];

impl<'t> Compiler<'t, '_> {
    pub(super) fn vocabulary(&mut self) {
        for i in 0..self.items.len() {
            let node = self.items[i].node;
            if node.tag() != Tag::Error && !TOP.contains(&node.sym().as_str()) {
                self.sink.unknown_item(node, "a rulebook", &["vocabulary"], &TOP[1..]);
            }
        }
        for item in self.headed(&["enum", "ladder"]) {
            self.enumeration(item);
        }
        self.built_in_enums();
        for item in self.headed(&["jurisdiction"]) {
            self.jurisdiction(item);
        }
        self.places();
        self.entities();
        for item in self.headed(&["evidence_kind"]) {
            self.kind(item);
        }
        for item in self.headed(&["control"]) {
            self.control(item);
        }
        self.facts();
    }

    fn enumeration(&mut self, item: Item<'t>) {
        let node = item.node;
        let taken = node
            .name()
            .and_then(|n| self.vocab.enum_names.get(&n.sym()))
            .and_then(|e| self.vocab.enums[*e].origin);
        let Some(name) = self.declare(item, "enum", taken) else { return };
        if TYPES.contains(&name.as_str()) || BUILT_IN_ENUMS.contains(&name.as_str()) {
            self.built_in(node, "type", name);
            return;
        }
        let mut e = Enum {
            name,
            title: title(node),
            doc: doc(node),
            ladder: node.sym() == Sym::new("ladder"),
            holed: holed(node),
            values: Vec::new(),
            by_name: FxHashMap::default(),
            origin: Some(node.origin()),
        };
        for member in node.items() {
            let word = member.sym();
            match (member.tag(), word.as_str()) {
                (Tag::Field, "doc") => {}
                (Tag::Field, "values") => {
                    let Some(list) = member.value().filter(|v| v.tag() == Tag::List) else {
                        if let Some(v) = member.value() {
                            self.sink.wrong_type(v, "values", "a list of names");
                        }
                        continue;
                    };
                    for v in list.children() {
                        if matches!(v.tag(), Tag::Word | Tag::Code | Tag::Number) {
                            self.member(&mut e, v.sym(), Arc::from(""), Arc::from(""), v);
                        } else {
                            self.sink.wrong_type(v, "values", "names");
                        }
                    }
                }
                (Tag::Field, _) => {
                    let text = member.value().filter(|v| v.tag() == Tag::Text).map(|v| v.text().clone());
                    if text.is_none()
                        && let Some(v) = member.value()
                    {
                        self.sink.wrong_type(v, word.as_str(), "a text that says what it means");
                    }
                    self.member(&mut e, word, text.unwrap_or_else(|| Arc::from("")), Arc::from(""), member);
                }
                (Tag::Keyed, _) => {
                    let more = doc(member);
                    self.member(&mut e, word, title(member), more, member);
                }
                (Tag::Error, _) => {}
                _ => self.sink.unknown_item(member, "an enum", &["values", "doc"], &[]),
            }
        }
        let id = self.vocab.enums.push(e);
        self.vocab.enum_names.insert(name, id);
    }

    /// Something declares what the language has made itself.
    fn built_in(&mut self, node: NodeRef<'t>, what: &str, name: Sym) {
        let at = self.sink.name(node);
        self.sink.push(
            codes::clash(at, format!("the built-in {what}"), name)
                .subject(name.as_str())
                .help("the language gives it its meaning; choose another name"),
        );
    }

    fn member(&mut self, e: &mut Enum, name: Sym, title: Arc<str>, doc: Arc<str>, node: NodeRef<'t>) {
        if e.by_name.contains_key(&name) {
            let at = self.sink.at(node);
            self.sink.push(codes::declared_twice(at, format!("value of `{}`", e.name), name));
            return;
        }
        if e.values.len() == Bits::CAPACITY {
            let at = self.sink.at(node);
            self.sink.push(codes::too_many_values(at, e.name));
            return;
        }
        e.by_name.insert(name, e.values.len() as u16);
        e.values.push(EnumValue { name, title, doc, origin: Some(node.origin()) });
    }

    /// An enum that the language makes.
    pub(super) fn make_enum(
        &mut self,
        name: &str,
        title: &str,
        ladder: bool,
        values: &[(Sym, Arc<str>)],
    ) -> EnumId {
        let mut e = Enum {
            name: Sym::new(name),
            title: title.into(),
            doc: Arc::from(""),
            ladder,
            holed: false,
            values: Vec::new(),
            by_name: FxHashMap::default(),
            origin: None,
        };
        for (value, title) in values {
            e.by_name.insert(*value, e.values.len() as u16);
            e.values.push(EnumValue { name: *value, title: title.clone(), doc: Arc::from(""), origin: None });
        }
        let id = self.vocab.enums.push(e);
        self.vocab.enum_names.insert(Sym::new(name), id);
        id
    }

    fn built_in_enums(&mut self) {
        let provider = |v: &str, t: &str| (Sym::new(v), Arc::from(t));
        let values = [
            provider("device", "The device itself"),
            provider("environment", "The environment that it runs in"),
        ];
        let id = self.make_enum("provider", "Who provides a control", false, &values);
        self.vocab.providers = Some(id);
    }

    fn jurisdiction(&mut self, item: Item<'t>) {
        let node = item.node;
        let taken = node
            .name()
            .and_then(|n| self.law.jurisdiction_codes.get(&n.sym()))
            .map(|j| self.law.jurisdictions[*j].origin);
        let Some(code) = self.declare(item, "jurisdiction", taken) else { return };
        let mut j = Jurisdiction {
            code,
            title: title(node),
            regulators: Vec::new(),
            classes: None,
            origin: node.origin(),
        };
        self.sink.doubled(node, &[]);
        for part in node.items() {
            match (part.tag(), part.sym().as_str()) {
                (Tag::Keyed, "regulator") => {
                    self.sink.doubled(part, &[]);
                    for field in part.items() {
                        if !matches!(field.sym().as_str(), "name" | "native") {
                            self.sink.unknown_item(field, "a regulator", &["name", "native"], &[]);
                        }
                    }
                    let text = |f: &str| {
                        let v =
                            part.field(Sym::new(f)).and_then(NodeRef::value).filter(|v| v.tag() == Tag::Text);
                        v.map_or_else(|| Arc::from(""), |v| v.text().clone())
                    };
                    j.regulators.push(Regulator {
                        short: title(part),
                        name: text("name"),
                        native: text("native"),
                    });
                }
                (Tag::Field, "classes") => {
                    let mut values: Vec<(Sym, Arc<str>)> = Vec::new();
                    let list = part.value().and_then(|v| self.sink.list(v, "classes", "names"));
                    for v in list.unwrap_or_default() {
                        if values.iter().any(|known| known.0 == v.sym()) {
                            let at = self.sink.at(v);
                            self.sink.push(codes::declared_twice(at, "class", v.sym()));
                            continue;
                        }
                        values.push((v.sym(), Arc::from("")));
                    }
                    let name = format!("{}_class", code.as_str().to_lowercase());
                    if let Some(first) = self.vocab.enum_names.get(&Sym::new(&name)).copied() {
                        let origin = self.vocab.enums[first].origin.unwrap_or(part.origin());
                        let d = codes::declared_twice(self.sink.place(origin), "enum", &name)
                            .also(self.sink.word(part), "these classes make an enum of that name");
                        self.sink.push(d);
                    }
                    let id = self.make_enum(&name, &format!("Device classes of {}", j.title), true, &values);
                    j.classes = Some(id);
                    self.class_fact(&j, Type::Enum(id), part);
                }
                (Tag::Field, "doc") | (Tag::Error, _) => {}
                _ => self.sink.unknown_item(part, "a jurisdiction", &["classes", "doc"], &["regulator"]),
            }
        }
        if j.classes.is_none() && self.sink.is_holed(node) {
            // The classes may be in what could not be read.
            self.class_fact(&j, Type::Error, node);
        }
        let id = self.law.jurisdictions.push(j);
        self.law.jurisdiction_codes.insert(code, id);
    }

    /// The fact that tells a device's class in a market.
    fn class_fact(&mut self, j: &Jurisdiction, ty: Type, part: NodeRef<'t>) {
        let fact = self.vocab.facts.push(Fact {
            name: Sym::new("class"),
            title: format!("Class of the device in {}", j.title).into(),
            doc: Arc::from(""),
            ty,
            scope: Scope::Market(j.code),
            when: None,
            kind: FactKind::Declared,
            under: None,
            unit: None,
            origin: Some(part.origin()),
        });
        self.vocab.class_facts.insert(j.code, fact);
    }

    fn places(&mut self) {
        let mut codes: Vec<(Sym, Arc<str>)> =
            self.law.jurisdictions.iter().map(|j| (j.code, j.title.clone())).collect();
        codes.sort_by_key(|(c, _)| c.as_str());
        let id = self.make_enum("place", "Where a device is marketed", false, &codes);
        self.vocab.places = Some(id);
    }

    /// The type of a header.
    pub(super) fn header_type(&mut self, node: NodeRef<'t>) -> Type {
        let Some(ty) = node.children().find(|c| matches!(c.tag(), Tag::Type | Tag::SetType)) else {
            let at = self.sink.name(node);
            self.sink.push(codes::missing_field(at, format!("a {}", node.sym()), "a type after `:`"));
            return Type::Error;
        };
        let name = ty.sym();
        let set = ty.tag() == Tag::SetType;
        let plain = match name.as_str() {
            "bool" => Some(Type::Bool),
            "text" => Some(if set { Type::TextSet } else { Type::Text }),
            "number" => Some(Type::Number),
            "percent" => Some(Type::Percent),
            "date" => Some(Type::Date),
            "duration" => Some(Type::Duration),
            "period" => Some(Type::Period),
            _ => None,
        };
        if let Some(plain) = plain {
            if set && plain != Type::TextSet {
                self.sink.wrong_type(
                    ty,
                    node.sym().as_str(),
                    "a set of texts, of an enum's values or of entities",
                );
                return Type::Error;
            }
            return plain;
        }
        if let Some(&e) = self.vocab.enum_names.get(&name) {
            return if set { Type::EnumSet(e) } else { Type::Enum(e) };
        }
        if let Some(&e) = self.vocab.entity_names.get(&name) {
            return if set { Type::RefSet(e) } else { Type::Ref(e) };
        }
        let known: Vec<&str> = TYPES
            .into_iter()
            .chain(self.vocab.enums.iter().map(|e| e.name.as_str()))
            .chain(self.vocab.entities.iter().map(|e| e.name.as_str()))
            .collect();
        self.sink.unknown_name(ty, "type", name.as_str(), known);
        Type::Error
    }

    /// A `field` of a control or an entity.
    fn field_def(&mut self, node: NodeRef<'t>, fields: &mut Vec<FieldDef>, owner: &str, taken: &[&str]) {
        let Some(name) = node.name() else { return };
        let sym = name.sym();
        if taken.contains(&sym.as_str()) {
            let at = self.sink.at(name);
            self.sink.push(
                codes::clash(at, "the built-in field", sym)
                    .help("the language gives this field its meaning; choose another name"),
            );
            return;
        }
        if let Some(first) = fields.iter().find(|f| f.name == sym) {
            let d = codes::declared_twice(self.sink.at(name), format!("field of {owner}"), sym)
                .also(self.sink.place(first.origin), "first declared here");
            self.sink.push(d);
            return;
        }
        let ty = self.header_type(node);
        let unit = text_of(node, "unit");
        for part in node.items() {
            if !matches!(part.sym().as_str(), "doc" | "unit") {
                self.sink.unknown_item(part, "a field", &["doc", "unit"], &[]);
            }
        }
        fields.push(FieldDef {
            name: sym,
            title: title(node),
            doc: doc(node),
            ty,
            unit,
            origin: node.origin(),
        });
    }

    fn entities(&mut self) {
        let items = self.headed(&["entity"]);
        // Names first: fields refer to entities that stand further down.
        let mut made: Vec<(EntityId, Item<'t>)> = Vec::new();
        for item in items {
            let node = item.node;
            let taken = node
                .name()
                .and_then(|n| self.vocab.entity_names.get(&n.sym()))
                .map(|e| self.vocab.entities[*e].origin);
            let Some(name) = self.declare(item, "entity", taken) else { continue };
            if BUILT_IN_BLOCKS.contains(&name.as_str()) {
                self.built_in(node, "block", name);
                continue;
            }
            let plural = node
                .field(Sym::new("plural"))
                .and_then(NodeRef::value)
                .map_or_else(|| Sym::new(&format!("{name}s")), NodeRef::sym);
            let id = self.vocab.entities.push(Entity {
                name,
                title: title(node),
                doc: doc(node),
                plural,
                fields: Vec::new(),
                holds: Vec::new(),
                read_from: None,
                when: None,
                held: false,
                holed: holed(node),
                origin: node.origin(),
            });
            self.vocab.entity_names.insert(name, id);
            self.vocab.plural_names.insert(plural, id);
            made.push((id, item));
        }
        for (id, item) in made {
            let mut fields = Vec::new();
            self.sink.doubled(item.node, &[]);
            for part in item.node.items() {
                match (part.tag(), part.sym().as_str()) {
                    (Tag::Header, "field") => self.field_def(part, &mut fields, "an entity", &ENTITY_FIELDS),
                    (Tag::Field, "holds") => {
                        let list = part.value().and_then(|v| self.sink.list(v, "holds", "entities"));
                        for name in list.unwrap_or_default() {
                            match self.vocab.entity_names.get(&name.sym()) {
                                Some(&held) => {
                                    self.vocab.entities[held].held = true;
                                    self.vocab.entities[id].holds.push(held);
                                }
                                None => {
                                    let known: Vec<&str> =
                                        self.vocab.entities.iter().map(|e| e.name.as_str()).collect();
                                    self.sink.unknown_name(name, "entity", name.sym().as_str(), known);
                                }
                            }
                        }
                    }
                    // Kinds and facts are read later.
                    (Tag::Field, "plural" | "doc" | "read_from" | "when") | (Tag::Error, _) => {}
                    _ => self.sink.unknown_item(
                        part,
                        "an entity",
                        &["plural", "holds", "read_from", "when", "doc"],
                        &["field"],
                    ),
                }
            }
            self.vocab.entities[id].fields = fields;
        }
    }

    fn kind(&mut self, item: Item<'t>) {
        let node = item.node;
        let taken = node
            .name()
            .and_then(|n| self.vocab.kind_names.get(&n.sym()))
            .map(|k| self.vocab.kinds[*k].origin);
        let Some(name) = self.declare(item, "evidence kind", taken) else { return };
        let mut kind = Kind {
            name,
            title: title(node),
            doc: doc(node),
            formats: Vec::new(),
            contents: None,
            url_allowed: false,
            holed: holed(node),
            origin: node.origin(),
        };
        self.sink.doubled(node, &[]);
        for part in node.items() {
            match (part.tag(), part.sym().as_str()) {
                (Tag::Field, "formats") => {
                    let list = part.value().and_then(|v| self.sink.list(v, "formats", "names of formats"));
                    kind.formats = list.unwrap_or_default().into_iter().map(NodeRef::sym).collect();
                }
                (Tag::Field, "contents") => {
                    if let Some(v) = part.value() {
                        kind.contents = self.vocab.enum_names.get(&v.sym()).copied();
                        if kind.contents.is_none() {
                            let known: Vec<&str> = self.vocab.enums.iter().map(|e| e.name.as_str()).collect();
                            self.sink.unknown_name(v, "enum", v.sym().as_str(), known);
                            kind.holed = true;
                        }
                    }
                }
                (Tag::Field, "url") => kind.url_allowed = true,
                (Tag::Field, "doc") | (Tag::Error, _) => {}
                _ => self.sink.unknown_item(
                    part,
                    "an evidence kind",
                    &["formats", "contents", "url", "doc"],
                    &[],
                ),
            }
        }
        let id = self.vocab.kinds.push(kind);
        self.vocab.kind_names.insert(name, id);
    }

    fn control(&mut self, item: Item<'t>) {
        let node = item.node;
        let taken = node
            .name()
            .and_then(|n| self.vocab.control_names.get(&n.sym()))
            .map(|k| self.vocab.controls[*k].origin);
        let Some(name) = self.declare(item, "control", taken) else { return };
        let mut control = Control {
            name,
            holed: holed(node),
            title: title(node),
            doc: doc(node),
            codes: Vec::new(),
            fields: Vec::new(),
            origin: node.origin(),
        };
        self.sink.doubled(node, &[]);
        for part in node.items() {
            match (part.tag(), part.sym().as_str()) {
                (Tag::FieldBlock, "codes") => {
                    for code in part.items() {
                        match code.value().filter(|v| v.tag() == Tag::Text) {
                            Some(v) => control.codes.push((code.sym(), v.text().clone())),
                            None => {
                                let at = self.sink.at(code);
                                self.sink.push(codes::wrong_type(at, code.sym(), "a text", "something else"));
                            }
                        }
                    }
                }
                (Tag::Header, "field") => {
                    self.field_def(part, &mut control.fields, "a control", &CONTROL_FIELDS)
                }
                (Tag::Field, "doc") | (Tag::Error, _) => {}
                _ => {
                    self.sink.unknown_item(part, "a control of the vocabulary", &["doc", "codes"], &["field"])
                }
            }
        }
        let id: ControlId = self.vocab.controls.push(control);
        self.vocab.control_names.insert(name, id);
    }

    fn facts(&mut self) {
        let items = self.headed(&["fact", "derived", "condition"]);
        let mut made: Vec<(FactId, Item<'t>)> = Vec::new();
        for item in items {
            let node = item.node;
            let taken = node
                .name()
                .and_then(|n| self.vocab.fact_names.get(&n.sym()))
                .and_then(|k| self.vocab.facts[*k].origin);
            let Some(name) = self.declare(item, "fact", taken) else { continue };
            if BUILT_IN_FACTS.contains(&name.as_str()) {
                self.built_in(node, "name", name);
                continue;
            }
            if self.vocab.plural_names.contains_key(&name) {
                let at = self.sink.name(node);
                self.sink.push(codes::declared_twice(at, "name", name));
                continue;
            }
            let ty = if node.sym() == Sym::new("condition") { Type::Bool } else { self.header_type(node) };
            let mut scope = Scope::Device;
            if let Some(market) = node.field(Sym::new("market")).and_then(NodeRef::value) {
                let code = market.sym();
                if code == Sym::new("all") {
                    scope = Scope::Markets;
                } else {
                    if !self.law.jurisdiction_codes.contains_key(&code) {
                        let known: Vec<&str> =
                            self.law.jurisdictions.iter().map(|j| j.code.as_str()).collect();
                        self.sink.unknown_name(market, "market", code.as_str(), known);
                    }
                    scope = Scope::Market(code);
                }
            }
            let id = self.vocab.facts.push(Fact {
                name,
                title: title(node),
                doc: doc(node),
                ty,
                scope,
                when: None,
                kind: FactKind::Declared,
                under: None,
                unit: text_of(node, "unit"),
                origin: Some(node.origin()),
            });
            self.vocab.fact_names.insert(name, id);
            made.push((id, item));
        }
        for &(id, item) in &made {
            self.fact_body(id, item.node);
        }
        self.read_from();
        self.circles(&made);
    }

    fn fact_body(&mut self, id: FactId, node: NodeRef<'t>) {
        let declared = node.sym() == Sym::new("fact");
        let is_condition = node.sym() == Sym::new("condition");
        let ty = self.vocab.facts[id].ty;
        let mut when = None;
        let mut otherwise = None;
        self.sink.doubled(node, &[]);
        if let Some(define) = node.children().find(|c| c.tag() == Tag::Define).and_then(NodeRef::value) {
            if declared {
                let at = self.sink.at(define);
                self.sink.push(
                    codes::wrong_type(
                        at,
                        node.name().map_or("", |n| n.sym().as_str()),
                        "no definition",
                        "one",
                    )
                    .help("a fact is declared by the maker; what follows from other facts is `derived`"),
                );
            } else {
                let mut cx = Context::vocabulary(is_condition);
                let e = if ty == Type::Bool {
                    self.condition(define, &mut cx)
                } else {
                    let e = self.expr(define, Some(ty), &mut cx);
                    self.expect_type(e, ty, define);
                    e
                };
                if cx.saw_helpful {
                    self.helpful.insert(id);
                }
                self.vocab.facts[id].kind = FactKind::Derived(e);
            }
        }
        for part in node.items() {
            match (part.tag(), part.sym().as_str()) {
                (Tag::Field, "when") if declared => {
                    let mut cx = Context::vocabulary(false);
                    when = part.value().map(|v| self.condition(v, &mut cx));
                }
                (Tag::Field, "otherwise") if declared => {
                    let name = self.vocab.facts[id].name;
                    if let Some(v) = part.value() {
                        otherwise = check::value(v, ty, name.as_str(), &self.vocab, &mut self.sink);
                    }
                }
                (Tag::FieldTable, "table") if !declared => self.table(id, part),
                (Tag::Field, "market" | "doc" | "unit") | (Tag::Error, _) => {}
                (Tag::Field, "under" | "source" | "clause") | (Tag::Keyed, "clause") if !declared => {}
                _ if declared => {
                    self.sink.unknown_item(
                        part,
                        "a fact",
                        &["when", "otherwise", "market", "doc", "unit"],
                        &[],
                    );
                }
                _ => self.sink.unknown_item(
                    part,
                    "a derived fact",
                    &["under", "clause", "source", "table", "market", "doc"],
                    &[],
                ),
            }
        }
        match (when, otherwise) {
            (Some(w), Some(o)) => self.vocab.facts[id].when = Some((w, o)),
            (Some(_), None) => {
                let at = self.sink.name(node);
                self.sink.missing(&[node], codes::missing_field(at, "a fact with `when`", "otherwise"));
            }
            _ => {}
        }
        if !declared && self.vocab.facts[id].kind == FactKind::Declared {
            let at = self.sink.name(node);
            if !node.broken() {
                self.sink
                    .missing(&[node], codes::missing_field(at, "a derived fact", "= expression` or `table"));
            }
            self.vocab.facts[id].kind = FactKind::Broken;
        }
    }

    fn table(&mut self, id: FactId, node: NodeRef<'t>) {
        let Some(columns) = node.child(0) else { return };
        let mut cx = Context::vocabulary(false);
        let ids: Vec<ExprId> = if columns.tag() == Tag::List {
            columns.children().map(|c| self.expr(c, None, &mut cx)).collect()
        } else {
            vec![self.expr(columns, None, &mut cx)]
        };
        let result_type = self.vocab.facts[id].ty;
        let name = self.vocab.facts[id].name;
        let mut rows = Vec::new();
        // A row that cannot be read may be the one that decides.
        let mut lost = node.broken() || node.items().any(|r| r.tag() != Tag::Row);
        for row in node.items().filter(|r| r.tag() == Tag::Row) {
            let parts: Vec<NodeRef<'t>> = row.children().collect();
            let Some((result, cells)) = parts.split_last() else { continue };
            if cells.len() != ids.len() {
                // A column that could not be read may be two.
                if ids.iter().all(|id| self.exprs[*id].ty != Type::Error) {
                    let at = self.sink.at(row);
                    self.sink.push(codes::bad_row(at, cells.len(), ids.len()));
                }
                lost = true;
                continue;
            }
            let mut read = Vec::new();
            let mut whole = true;
            for (cell, column) in cells.iter().zip(&ids) {
                let ty = self.exprs[*column].ty;
                let is_value = match ty {
                    Type::Enum(e) => self.vocab.enums[e].by_name.contains_key(&cell.sym()),
                    _ => false,
                };
                if cell.tag() == Tag::Word && cell.sym() == Sym::new("any") && !is_value {
                    read.push(None);
                } else {
                    let v = check::value(*cell, ty, "this column", &self.vocab, &mut self.sink);
                    whole &= v.is_some();
                    read.push(v);
                }
            }
            let result = check::value(*result, result_type, name.as_str(), &self.vocab, &mut self.sink);
            match (whole, result) {
                (true, Some(result)) => {
                    rows.push(TableRow { cells: read, result, origin: row.origin() });
                }
                _ => lost = true,
            }
        }
        if !lost {
            self.table_gaps(node, &ids, &rows);
        }
        self.vocab.facts[id].kind = if lost { FactKind::Broken } else { FactKind::Table(ids, rows) };
    }

    /// Entities' `read_from` and `when`, once kinds and facts have names.
    fn read_from(&mut self) {
        for id in self.vocab.entities.ids() {
            let origin = self.vocab.entities[id].origin;
            let Some(item) = self.items.iter().find(|i| i.node.origin() == origin).copied() else { continue };
            if let Some(v) = item.node.field(Sym::new("read_from")).and_then(NodeRef::value) {
                match self.vocab.kind_names.get(&v.sym()) {
                    Some(&k) => self.vocab.entities[id].read_from = Some(k),
                    None => {
                        let known: Vec<&str> = self.vocab.kinds.iter().map(|k| k.name.as_str()).collect();
                        self.sink.unknown_name(v, "evidence kind", v.sym().as_str(), known);
                    }
                }
            }
            if let Some(v) = item.node.field(Sym::new("when")).and_then(NodeRef::value) {
                let mut cx = Context::vocabulary(false);
                let e = self.condition(v, &mut cx);
                self.vocab.entities[id].when = Some(e);
            }
        }
    }

    /// The law behind derived facts, once instruments have names.
    pub(super) fn derived_law(&mut self) {
        for id in self.vocab.facts.ids() {
            let Some(origin) = self.vocab.facts[id].origin else { continue };
            let Some(item) = self.items.iter().find(|i| i.node.origin() == origin).copied() else { continue };
            if let Some(under) = item.node.field(Sym::new("under")).and_then(NodeRef::value) {
                let Some(instrument) = self.instrument_named(under) else { continue };
                let (clause, _) = self.clause(item.node).unwrap_or((Clause::default(), false));
                let source =
                    self.word_field(item.node, "source", Source::from_word, Source::ALL, Source::as_str);
                self.vocab.facts[id].under = Some((instrument, clause, source.unwrap_or(Source::Background)));
            }
        }
    }

    /// A field that holds one of some fixed words.
    pub(super) fn word_field<W: Copy>(
        &mut self,
        node: NodeRef<'t>,
        field: &str,
        from: impl Fn(&str) -> Option<W>,
        all: &[W],
        name: impl Fn(W) -> &'static str,
    ) -> Option<W> {
        let v = node.field(Sym::new(field)).and_then(NodeRef::value)?;
        let found = (v.tag() == Tag::Word).then(|| from(v.sym().as_str())).flatten();
        if found.is_none() {
            let known: Vec<&str> = all.iter().map(|w| name(*w)).collect();
            let written = check::describe(v);
            let word = if v.tag() == Tag::Word { v.sym().as_str() } else { written.as_str() };
            self.sink.unknown_name(v, field, word, known);
        }
        found
    }

    /// Derived facts that read themselves.
    fn circles(&mut self, made: &[(FactId, Item<'t>)]) {
        let mut done: FxHashSet<FactId> = FxHashSet::default();
        for &(id, _) in made {
            while let Some(circle) = self.find_circle(id, &mut Vec::new(), &mut done) {
                let names: Vec<String> =
                    circle.iter().map(|f| format!("`{}`", self.vocab.facts[*f].name)).collect();
                // The one that is looked at may only lead there.
                if let Some((_, item)) = made.iter().find(|(f, _)| *f == circle[0]) {
                    let at = self.sink.name(item.node);
                    self.sink.push(codes::circle(at, "this fact", names.join(" → ")));
                }
                for f in circle {
                    self.vocab.facts[f].kind = FactKind::Broken;
                    self.vocab.facts[f].when = None;
                }
            }
        }
    }

    fn find_circle(
        &self,
        id: FactId,
        path: &mut Vec<FactId>,
        done: &mut FxHashSet<FactId>,
    ) -> Option<Vec<FactId>> {
        if let Some(start) = path.iter().position(|p| *p == id) {
            let mut circle = path[start..].to_vec();
            circle.push(id);
            return Some(circle);
        }
        if done.contains(&id) {
            return None;
        }
        path.push(id);
        let fact = &self.vocab.facts[id];
        let mut roots: Vec<ExprId> = fact.when.iter().map(|w| w.0).collect();
        match &fact.kind {
            FactKind::Derived(e) => roots.push(*e),
            FactKind::Table(columns, _) => roots.extend(columns),
            FactKind::Declared | FactKind::Broken => {}
        }
        for root in roots {
            for read in self.facts_read(root) {
                if let Some(circle) = self.find_circle(read, path, done) {
                    return Some(circle);
                }
            }
        }
        path.pop();
        done.insert(id);
        None
    }

    fn facts_read(&self, root: ExprId) -> Vec<FactId> {
        let mut found = Vec::new();
        let mut stack = vec![root];
        while let Some(e) = stack.pop() {
            let expr = &self.exprs[e].expr;
            match expr {
                crate::expr::Expr::Fact(f)
                | crate::expr::Expr::BoundFact(_, f)
                | crate::expr::Expr::DeclaredFact(f) => found.push(*f),
                _ => {}
            }
            stack.extend(crate::expr::children(expr));
        }
        found.sort_by_key(|f| f.index());
        found.dedup();
        found
    }

    /// Names of facts that are near to one nobody knows.
    pub(super) fn near_facts(&self, name: &str) -> Option<String> {
        spell::did_you_mean(name, self.vocab.facts.iter().map(|f| f.name.as_str()))
    }
}

/// Whether something directly in a declaration could not be read.
fn holed(node: NodeRef<'_>) -> bool {
    node.broken() || node.items().any(|i| i.tag() == Tag::Error)
}

/// The text of a field.
pub(super) fn text_of(node: NodeRef<'_>, field: &str) -> Option<Arc<str>> {
    let v = node.field(Sym::new(field)).and_then(NodeRef::value).filter(|v| v.tag() == Tag::Text)?;
    Some(v.text().clone())
}
