//! Devices and components: what a maker declares, names resolved, values typed.

use crate::check::{self, Sink};
use crate::compile::Rulebase;
use crate::date::Date;
use crate::hir::{NodeRef, Origin, Tag};
use crate::law::{JurisdictionId, RequirementId, Target};
use crate::value::{Type, Value};
use crate::vocab::{ControlId, EntityId, Fact, FactId, FactKind, KindId, Scope};
use dossier_base::{Applicability, Edit, Place, Sym, TextRange, codes, spell};
use std::sync::Arc;

/// What was written for a fact or a field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Slot {
    /// A value.
    Known(Value),
    /// Something that could not be read; unknown, whatever other scopes say.
    Broken,
}

/// A fact as one scope gives it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Given {
    /// Which.
    pub fact: FactId,
    /// What.
    pub slot: Slot,
    /// Whether it stands alone, without what components add.
    pub exactly: bool,
    /// Where.
    pub origin: Origin,
}

/// The state of a control.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum State {
    /// It is there.
    Implemented,
    /// It will be.
    Planned,
    /// It will not be, for a reason.
    LeftOut,
    /// It could not be read.
    Broken,
}

/// A control as one scope declares it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ControlDecl {
    /// Which.
    pub control: ControlId,
    /// Its state.
    pub state: State,
    /// Own fields, by number.
    pub fields: Vec<(u16, Slot, Origin)>,
    /// When a planned one will be there.
    pub due: Option<Date>,
    /// Since when it is implemented.
    pub since: Option<Date>,
    /// Why it is left out.
    pub because: Option<Arc<str>>,
    /// Number of the value of `provider`.
    pub provided_by: Option<u16>,
    /// Names of the evidence that it lists.
    pub evidence: Vec<(Sym, Origin)>,
    /// Fields that could not be read, by name.
    pub broken: Vec<Sym>,
    /// Where.
    pub origin: Origin,
}

/// Evidence as one scope declares it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EvidenceDecl {
    /// Its name.
    pub name: Sym,
    /// Its file, relative to the declaring one.
    pub path: Option<Arc<str>>,
    /// Where the path stands.
    pub path_origin: Option<Origin>,
    /// What it is.
    pub kinds: Vec<KindId>,
    /// When it was issued.
    pub issued: Option<Date>,
    /// The last day on which it stands.
    pub expires: Option<Date>,
    /// Who issued it.
    pub issuer: Option<Arc<str>>,
    /// Whether the issuer is independent.
    pub independent: Option<bool>,
    /// What its bytes hash to, in lower-case hexadecimal.
    pub sha256: Option<Arc<str>>,
    /// When planned evidence will be there.
    pub due: Option<Date>,
    /// The parts that the maker states it contains.
    pub contains: Option<Vec<Sym>>,
    /// Its address, recorded and never fetched.
    pub url: Option<Arc<str>>,
    /// What a test stipulates.
    pub stands: Option<bool>,
    /// Fields that could not be read, by name; `kind` among them if it cannot be told what it is.
    pub broken: Vec<Sym>,
    /// Where.
    pub origin: Origin,
}

/// An entity as one scope declares it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EntityDecl {
    /// Its kind.
    pub entity: EntityId,
    /// Its name.
    pub name: Sym,
    /// Its title; in a market, an entity with one is that market's own.
    pub title: Option<Arc<str>>,
    /// Fields, by number.
    pub fields: Vec<(u16, Slot, Origin)>,
    /// Names of the evidence that it lists.
    pub evidence: Option<Vec<(Sym, Origin)>>,
    /// Controls inside it.
    pub controls: Vec<ControlDecl>,
    /// Entities inside it.
    pub held: Vec<EntityDecl>,
    /// Kinds of which it says that it holds none.
    pub has_no: Vec<(EntityId, Origin)>,
    /// Kinds of which it holds some and perhaps others.
    pub open: Vec<EntityId>,
    /// Claims about its part.
    pub claims: Vec<Claim>,
    /// Whether something in it could not be told apart: all that it does not give is unknown.
    pub broken: bool,
    /// Where.
    pub origin: Origin,
}

/// What a claim does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ClaimKind {
    /// Says why something is not needed.
    Justify,
    /// Says what stands in its place.
    Alternative,
    /// Accepts the risk for a while.
    Waive,
}

impl ClaimKind {
    /// The word in files.
    pub fn as_str(self) -> &'static str {
        match self {
            ClaimKind::Justify => "justify",
            ClaimKind::Alternative => "alternative",
            ClaimKind::Waive => "waive",
        }
    }
}

/// `justify`, `alternative` or `waive`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    /// What it does.
    pub kind: ClaimKind,
    /// About which requirement.
    pub requirement: RequirementId,
    /// Why.
    pub because: Option<Arc<str>>,
    /// Names of the evidence behind it.
    pub evidence: Vec<(Sym, Origin)>,
    /// Who accepted the risk.
    pub approved_by: Option<Arc<str>>,
    /// The last day of a waiver.
    pub until: Option<Date>,
    /// Whether it could not be read whole: it has no effect then.
    pub broken: bool,
    /// Where.
    pub origin: Origin,
}

/// What stands in a device, component or market.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ScopeDecl {
    /// Facts.
    pub facts: Vec<Given>,
    /// Controls.
    pub controls: Vec<ControlDecl>,
    /// Evidence.
    pub evidence: Vec<EvidenceDecl>,
    /// Entities.
    pub entities: Vec<EntityDecl>,
    /// Kinds of which it says that there are none.
    pub has_no: Vec<(EntityId, Origin)>,
    /// Whether it says `has_no` at all.
    pub says_has_no: bool,
    /// Claims.
    pub claims: Vec<Claim>,
    /// Kinds of entity of which one could not be read.
    pub open: Vec<EntityId>,
    /// Whether something in it could not be told apart: all that it does not give is unknown.
    pub broken: bool,
}

/// A market block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MarketDecl {
    /// Which.
    pub jurisdiction: JurisdictionId,
    /// Its code.
    pub code: Sym,
    /// What stands in it.
    pub scope: ScopeDecl,
    /// Where.
    pub origin: Origin,
}

/// A device or a component.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unit {
    /// Whether it is a device.
    pub is_device: bool,
    /// Its name.
    pub name: Sym,
    /// Its title.
    pub title: Arc<str>,
    /// Its documentation.
    pub doc: Arc<str>,
    /// What stands in it.
    pub scope: ScopeDecl,
    /// Its markets, in order.
    pub markets: Vec<MarketDecl>,
    /// Components that it includes.
    pub includes: Vec<(Sym, Origin)>,
    /// Whether it could not be read what it includes.
    pub includes_broken: bool,
    /// Whether a market's block could not be told apart: the device may have more markets than these.
    pub markets_broken: bool,
    /// Where.
    pub origin: Origin,
}

impl Unit {
    /// Whether what could not be read of it may be a market's block.
    pub fn may_have_more_markets(&self) -> bool {
        self.scope.broken || self.markets_broken
    }
}

/// What a device file declares.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DeviceFile {
    /// Files that it uses: the paths as written.
    pub uses: Vec<(Arc<str>, Origin)>,
    /// Its devices and components.
    pub units: Vec<Unit>,
    /// Whether something at its top level could not be read.
    pub broken: bool,
    /// Items that were reported as having no business where they stand, in order.
    pub lost: Vec<Origin>,
}

impl EntityDecl {
    /// Of an entity that what could not be read may change nothing is known but that it is there.
    pub(crate) fn forget(&mut self) {
        self.broken = true;
        self.fields.clear();
        self.controls.clear();
        self.evidence = None;
        self.held.iter_mut().for_each(EntityDecl::forget);
    }
}

/// Reads the roots of a device file.
pub fn device_file<'t>(
    roots: impl Iterator<Item = NodeRef<'t>>,
    rules: &Rulebase,
    sink: &mut Sink<'_>,
) -> DeviceFile {
    let mut file = DeviceFile::default();
    for node in roots {
        match (node.tag(), node.sym().as_str()) {
            (Tag::Error, word) => {
                file.broken = true;
                // A device of which not even the block could be read is there all the same, unknown in all.
                if let ("device" | "component", Some(name)) = (word, node.name()) {
                    let mut unit = empty_unit(node, name.sym(), word == "device");
                    unit.scope.broken = true;
                    file.units.push(unit);
                }
            }
            (Tag::Field, "use") => match node.value().filter(|v| v.tag() == Tag::Text) {
                Some(v) => file.uses.push((v.text().clone(), v.origin())),
                None => {
                    if let Some(v) = node.value() {
                        sink.wrong_type(v, "use", "the path of a file, as a text");
                    }
                }
            },
            (Tag::Decl, word @ ("device" | "component")) => {
                if let Some(unit) = unit(node, word == "device", rules, sink) {
                    file.units.push(unit);
                }
            }
            _ => {
                file.broken = true;
                outside(node, rules, sink);
            }
        }
    }
    file
}

/// What stands outside of any device and has no business there.
fn outside(node: NodeRef<'_>, rules: &Rulebase, sink: &mut Sink<'_>) {
    if !sink.lose(node) {
        return;
    }
    let (word, vocab) = (node.sym(), &rules.vocab);
    let name = node.name().map_or("…", |n| n.sym().as_str());
    let block = BLOCKS.contains(&word.as_str()) || vocab.entity_names.contains_key(&word);
    let written = if block {
        format!("{word} {name} {{ … }}")
    } else if vocab.fact_names.contains_key(&word) || matches!(word.as_str(), "class" | "includes" | "has_no")
    {
        format!("{word} …")
    } else {
        return sink.unknown_item(node, "a device file", &["use"], &["device", "component"]);
    };
    let market = |f: &FactId| vocab.facts[*f].scope != Scope::Device;
    let inside = if word.as_str() == "class" || vocab.fact_names.get(&word).is_some_and(market) {
        format!("device name \"…\" {{ market CODE {{ {written} }} }}")
    } else {
        format!("device name \"…\" {{ {written} }}")
    };
    let at = sink.word(node);
    let d = if node.is_field() {
        codes::unknown_field(at, word, "a device file")
    } else {
        codes::unknown_block(at, word, "a device file")
    };
    sink.push(d.subject(word.as_str()).help(format!("it stands inside a device: `{inside}`")));
}

fn empty_unit(node: NodeRef<'_>, name: Sym, is_device: bool) -> Unit {
    Unit {
        is_device,
        name,
        title: node.title().map_or_else(|| Arc::from(""), |t| t.text().clone()),
        doc: node.doc().cloned().unwrap_or_else(|| Arc::from("")),
        scope: ScopeDecl::default(),
        markets: Vec::new(),
        includes: Vec::new(),
        includes_broken: false,
        markets_broken: false,
        origin: node.origin(),
    }
}

fn unit(node: NodeRef<'_>, is_device: bool, rules: &Rulebase, sink: &mut Sink<'_>) -> Option<Unit> {
    let name = node.name()?;
    let mut unit = empty_unit(node, name.sym(), is_device);
    let place = if is_device { Standing::Device } else { Standing::Component };
    let mut reader = Reader { rules, sink, place, row: None };
    reader.scope(node.items(), &mut unit.scope);
    unit.scope.broken |= node.broken();
    for item in node.items() {
        match (item.tag(), item.sym().as_str()) {
            (Tag::Decl, "market") if is_device => {
                match reader.market(item).and_then(|_| reader.market_again(item)) {
                    Some(market) => reader.declare(&mut unit.markets, market, "market", item),
                    None => unit.markets_broken = true,
                }
            }
            (Tag::Error, "market") if is_device => {
                // Of a market that could not be read nothing is known, but that it is there.
                let code = item.name().map(NodeRef::sym);
                if let Some(code) = code
                    && let Some(&jurisdiction) = rules.law.jurisdiction_codes.get(&code)
                {
                    let scope = ScopeDecl { broken: true, ..ScopeDecl::default() };
                    match unit.markets.iter_mut().find(|m| m.code == code) {
                        Some(market) => market.spoil(),
                        None => {
                            unit.markets.push(MarketDecl { jurisdiction, code, scope, origin: item.origin() })
                        }
                    }
                } else {
                    unit.scope.broken = true;
                }
            }
            (Tag::Error, "includes") => unit.includes_broken = true,
            (Tag::Field, "includes") => {
                unit.includes_broken |= item.broken();
                for name in reader.list(item) {
                    unit.includes.push((name.sym(), name.origin()));
                }
            }
            _ => {}
        }
    }
    unit.scope.shrink();
    unit.markets.iter_mut().for_each(|m| m.scope.shrink());
    Some(unit)
}

impl ScopeDecl {
    /// Gives back what lists took in advance. Thousands of devices are held at a time, and none grows again.
    fn shrink(&mut self) {
        self.facts.shrink_to_fit();
        self.controls.shrink_to_fit();
        self.controls.iter_mut().for_each(ControlDecl::shrink);
        self.evidence.shrink_to_fit();
        self.evidence.iter_mut().for_each(|e| e.kinds.shrink_to_fit());
        self.entities.shrink_to_fit();
        self.entities.iter_mut().for_each(EntityDecl::shrink);
        self.claims.shrink_to_fit();
    }
}

impl ControlDecl {
    fn shrink(&mut self) {
        self.fields.shrink_to_fit();
        self.evidence.shrink_to_fit();
    }
}

impl EntityDecl {
    fn shrink(&mut self) {
        self.fields.shrink_to_fit();
        self.evidence.iter_mut().for_each(Vec::shrink_to_fit);
        self.controls.shrink_to_fit();
        self.controls.iter_mut().for_each(ControlDecl::shrink);
        self.held.shrink_to_fit();
        self.held.iter_mut().for_each(EntityDecl::shrink);
    }
}

/// What a scope is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Standing {
    Device,
    Component,
    Market(Sym),
    /// The device of a test, in which the facts of a market stand flat.
    Test(Option<Sym>),
}

impl Standing {
    fn describe(self) -> &'static str {
        match self {
            Standing::Device => "a device",
            Standing::Component => "a component",
            Standing::Market(_) => "a market",
            Standing::Test(_) => "a test",
        }
    }

    fn market(self) -> Option<Sym> {
        match self {
            Standing::Market(m) => Some(m),
            Standing::Test(m) => m,
            _ => None,
        }
    }
}

/// Reads the device of a test: the blocks of instrument, family, requirement and test, in that order, as one. `own`
/// is the market of the instrument.
pub fn test_device<'r>(
    layers: &[NodeRef<'r>],
    own: Option<(Sym, JurisdictionId)>,
    rules: &'r Rulebase,
    row: Option<NodeRef<'r>>,
    sink: &mut Sink<'_>,
) -> Unit {
    let first = layers[layers.len() - 1];
    let mut unit = empty_unit(first, Sym::new("test"), true);
    for layer in layers {
        let mut scope = ScopeDecl::default();
        let mut reader = Reader { rules, sink, place: Standing::Test(own.map(|o| o.0)), row };
        reader.scope(layer.items(), &mut scope);
        overlay(&mut unit.scope, scope);
        for item in layer.items().filter(|i| i.tag() == Tag::Decl && i.sym() == Sym::new("market")) {
            let mut reader = Reader { rules, sink, place: Standing::Test(own.map(|o| o.0)), row };
            let Some(market) = reader.market(item).and_then(|_| reader.market_again(item)) else { continue };
            match unit.markets.iter_mut().find(|m| m.code == market.code) {
                Some(before) => overlay(&mut before.scope, market.scope),
                None => unit.markets.push(market),
            }
        }
    }
    if let Some((code, jurisdiction)) = own
        && !unit.markets.iter().any(|m| m.code == code)
    {
        // The market at hand is a market of the device; what it says stands flat.
        let scope = ScopeDecl::default();
        unit.markets.insert(0, MarketDecl { jurisdiction, code, scope, origin: first.origin() });
    }
    unit
}

/// Lays one scope over another, field by field; lists are replaced.
fn overlay(under: &mut ScopeDecl, over: ScopeDecl) {
    for fact in over.facts {
        under.facts.retain(|f| f.fact != fact.fact);
        under.facts.push(fact);
    }
    for control in over.controls {
        under.controls.retain(|c| c.control != control.control);
        under.controls.push(control);
    }
    for evidence in over.evidence {
        under.evidence.retain(|e| e.name != evidence.name);
        under.evidence.push(evidence);
    }
    if over.says_has_no {
        under.says_has_no = true;
        under.has_no.clear();
    }
    for (entity, origin) in over.has_no {
        // Saying that there are none takes back those that were given.
        under.entities.retain(|e| e.entity != entity);
        under.has_no.push((entity, origin));
    }
    for entity in over.entities {
        under.has_no.retain(|h| h.0 != entity.entity);
        match under.entities.iter_mut().find(|e| e.entity == entity.entity && e.name == entity.name) {
            Some(before) => extend(before, entity),
            None => under.entities.push(entity),
        }
    }
    for claim in over.claims {
        under.claims.retain(|c| c.kind != claim.kind || c.requirement != claim.requirement);
        under.claims.push(claim);
    }
    under.open.extend(over.open);
    under.broken |= over.broken;
}

/// Extends an entity by what another of its name says: fields one by one, lists replaced.
pub fn extend(under: &mut EntityDecl, over: EntityDecl) {
    for field in over.fields {
        under.fields.retain(|f| f.0 != field.0);
        under.fields.push(field);
    }
    if over.evidence.is_some() {
        under.evidence = over.evidence;
    }
    if over.title.is_some() {
        under.title = over.title;
    }
    for control in over.controls {
        under.controls.retain(|c| c.control != control.control);
        under.controls.push(control);
    }
    for (entity, origin) in over.has_no {
        under.held.retain(|e| e.entity != entity);
        under.has_no.push((entity, origin));
    }
    for held in over.held {
        under.has_no.retain(|h| h.0 != held.entity);
        match under.held.iter_mut().find(|e| e.entity == held.entity && e.name == held.name) {
            Some(before) => extend(before, held),
            None => under.held.push(held),
        }
    }
    under.claims.extend(over.claims);
    under.broken |= over.broken;
}

/// What may be declared once in a scope.
trait Declared {
    /// Whether both declare the same.
    fn same(&self, other: &Self) -> bool;
    /// Where it stands.
    fn origin(&self) -> Origin;
    /// Makes what it says unknown.
    fn spoil(&mut self);
}

impl Declared for ControlDecl {
    fn same(&self, other: &Self) -> bool {
        self.control == other.control
    }

    fn origin(&self) -> Origin {
        self.origin
    }

    fn spoil(&mut self) {
        self.state = State::Broken;
    }
}

impl Declared for EvidenceDecl {
    fn same(&self, other: &Self) -> bool {
        self.name == other.name
    }

    fn origin(&self) -> Origin {
        self.origin
    }

    fn spoil(&mut self) {
        self.broken.push(Sym::new("kind"));
    }
}

impl Declared for MarketDecl {
    fn same(&self, other: &Self) -> bool {
        self.code == other.code
    }

    fn origin(&self) -> Origin {
        self.origin
    }

    fn spoil(&mut self) {
        self.scope.broken = true;
    }
}

impl Declared for EntityDecl {
    fn same(&self, other: &Self) -> bool {
        self.entity == other.entity && self.name == other.name
    }

    fn origin(&self) -> Origin {
        self.origin
    }

    fn spoil(&mut self) {
        self.forget();
    }
}

struct Reader<'r, 's, 'p> {
    rules: &'r Rulebase,
    sink: &'s mut Sink<'p>,
    place: Standing,
    /// In the tests of a family: the member whose plain fields `row.x` reads.
    row: Option<NodeRef<'r>>,
}

const BLOCKS: [&str; 6] = ["market", "control", "evidence", "justify", "alternative", "waive"];

impl<'r> Reader<'r, '_, '_> {
    fn market(&mut self, item: NodeRef<'_>) -> Option<MarketDecl> {
        let name = item.name()?;
        let code = name.sym();
        let Some(&jurisdiction) = self.rules.law.jurisdiction_codes.get(&code) else {
            let known = &self.rules.law.jurisdictions;
            let codes = known.iter().map(|j| j.code.as_str());
            let all: Vec<String> = known.iter().map(|j| format!("`{}` ({})", j.code, j.title)).collect();
            let at = self.sink.at(name);
            // Who writes out a market's name means its code.
            let named = known.iter().find(|j| j.title.eq_ignore_ascii_case(code.as_str()));
            let near = named.map(|j| j.code.as_str()).into_iter().chain(spell::nearest(code.as_str(), codes));
            let mut d = codes::unknown_name(at, "market", code)
                .subject(code.as_str())
                .help(format!("known are {}", all.join(", ")));
            if let Some(one) = near.take(1).next() {
                d = d.fix(
                    format!("replace `{code}` by `{one}`"),
                    Applicability::Maybe,
                    vec![Edit { place: at, text: one.to_owned() }],
                );
            }
            self.sink.push(d);
            return None;
        };
        Some(MarketDecl { jurisdiction, code, scope: ScopeDecl::default(), origin: item.origin() })
    }

    /// The market with its contents.
    fn market_again(&mut self, item: NodeRef<'_>) -> Option<MarketDecl> {
        let name = item.name()?;
        let jurisdiction = *self.rules.law.jurisdiction_codes.get(&name.sym())?;
        let mut market =
            MarketDecl { jurisdiction, code: name.sym(), scope: ScopeDecl::default(), origin: item.origin() };
        let before = std::mem::replace(&mut self.place, Standing::Market(name.sym()));
        self.scope(item.items(), &mut market.scope);
        market.scope.broken |= item.broken();
        self.place = before;
        Some(market)
    }

    /// What a family's member says, where a test says `row.x`.
    fn resolve<'n>(&self, node: NodeRef<'n>) -> NodeRef<'n>
    where
        'r: 'n,
    {
        let is_row = node.tag() == Tag::Path && node.child(0).is_some_and(|b| b.sym() == Sym::new("row"));
        let found = self.row.filter(|_| is_row).and_then(|r| r.field(node.sym())).and_then(NodeRef::value);
        found.unwrap_or(node)
    }

    /// The elements of a field's list, or its one value.
    fn list<'n>(&self, item: NodeRef<'n>) -> Vec<NodeRef<'n>>
    where
        'r: 'n,
    {
        let Some(v) = item.value().map(|v| self.resolve(v)) else { return Vec::new() };
        match v.tag() {
            Tag::List => v.children().map(|c| self.resolve(c)).collect(),
            _ => vec![v],
        }
    }

    fn scope<'t>(&mut self, items: impl Iterator<Item = NodeRef<'t>>, scope: &mut ScopeDecl) {
        for item in items {
            let word = item.sym();
            let is_test = matches!(self.place, Standing::Test(_));
            match (item.tag(), word.as_str()) {
                (Tag::Error, _) => self.error(item, scope),
                (Tag::Decl, "control") => {
                    if let Some(decl) = self.control(item) {
                        self.declare(&mut scope.controls, decl, "control", item);
                    } else {
                        scope.broken = true;
                    }
                }
                (Tag::Decl, "evidence") => {
                    if let Some(decl) = self.evidence(item) {
                        self.declare(&mut scope.evidence, decl, "evidence", item);
                    }
                }
                (Tag::Decl, "justify" | "alternative" | "waive") => {
                    if let Some(claim) = self.claim(item) {
                        scope.claims.push(claim);
                    }
                }
                (Tag::Decl, "market") if matches!(self.place, Standing::Device | Standing::Test(_)) => {}
                (Tag::Field, "includes") if matches!(self.place, Standing::Device | Standing::Component) => {}
                (Tag::Field, "has_no") => {
                    scope.says_has_no = true;
                    self.has_no(item, &mut scope.has_no, None);
                }
                (Tag::Field, "at" | "conforms") if is_test => {}
                (Tag::Decl, name) if self.rules.vocab.entity_names.contains_key(&Sym::new(name)) => {
                    let id = self.rules.vocab.entity_names[&word];
                    if let Some(kind) = self.rules.vocab.entities[id].read_from
                        && !is_test
                    {
                        let at = self.sink.word(item);
                        let kind = self.rules.vocab.kinds[kind].name;
                        self.sink.push(codes::read_not_written(at, name, kind).subject(name));
                        scope.open.push(id);
                        continue;
                    }
                    match self.entity(item, id) {
                        Some(decl) => self.declare(&mut scope.entities, decl, name, item),
                        None => scope.open.push(id),
                    }
                }
                (Tag::Field | Tag::FieldExactly, name) => self.fact(item, name, scope),
                _ => {
                    scope.broken = true;
                    self.unknown_item(item);
                }
            }
        }
        self.contradictions(scope);
    }

    /// Adds a declaration to those of its sort. Of two of one name nobody can tell which was meant: what either says
    /// is not to be relied on.
    fn declare<T: Declared>(&mut self, list: &mut Vec<T>, decl: T, what: &str, item: NodeRef<'_>) {
        let Some(first) = list.iter_mut().find(|t| t.same(&decl)) else {
            list.push(decl);
            return;
        };
        let name = item.name().map_or("", |n| n.sym().as_str());
        let d = codes::declared_twice(self.sink.name(item), what, name)
            .subject(name)
            .also(self.sink.place(first.origin()), "first declared here");
        self.sink.push(d);
        first.spoil();
    }

    fn contradictions(&mut self, scope: &ScopeDecl) {
        for (entity, origin) in &scope.has_no {
            if let Some(first) = scope.entities.iter().find(|e| e.entity == *entity) {
                let name = self.rules.vocab.entities[*entity].name;
                let d = codes::has_no_but_has(self.sink.place(*origin), name)
                    .subject(name.as_str())
                    .also(self.sink.place(first.origin), "here is one");
                self.sink.push(d);
            }
        }
    }

    fn unknown_item(&mut self, item: NodeRef<'_>) {
        if !self.sink.lose(item) {
            return;
        }
        let vocab = &self.rules.vocab;
        let market = self.place.market();
        let blocks: Vec<&str> = BLOCKS
            .into_iter()
            .filter(|b| *b != "market" || self.place == Standing::Device)
            .chain(vocab.entities.iter().filter(|e| !e.held).map(|e| e.name.as_str()))
            .collect();
        // Those of the market itself are the likelier ones there.
        let mut facts: Vec<&Fact> = vocab
            .facts
            .iter()
            .filter(|f| f.kind == FactKind::Declared)
            .filter(|f| match f.scope {
                Scope::Device => true,
                Scope::Markets => market.is_some(),
                Scope::Market(m) => market == Some(m),
            })
            .collect();
        facts.sort_by_key(|f| match f.scope {
            Scope::Market(_) => 0,
            Scope::Markets => 1,
            Scope::Device => 2,
        });
        let facts: Vec<&str> =
            facts.into_iter().map(|f| f.name.as_str()).chain(["has_no", "includes"]).collect();
        let word = item.sym().as_str();
        if item.is_field() && vocab.control_names.contains_key(&item.sym()) {
            let at = self.sink.word(item);
            self.sink.push(
                codes::unknown_field(at, word, self.place.describe())
                    .subject(word)
                    .help(format!("`{word}` is a control: `control {word} {{ status implemented }}`")),
            );
            return;
        }
        if item.tag() == Tag::Decl && vocab.control_names.contains_key(&item.sym()) {
            let at = self.sink.word(item);
            self.sink.push(
                codes::unknown_block(at, word, self.place.describe())
                    .subject(word)
                    .help(format!("a control is declared `control {word} {{ … }}`")),
            );
            return;
        }
        if let Some(&f) = vocab
            .fact_names
            .get(&item.sym())
            .or_else(|| (item.sym() == Sym::new("class")).then(|| vocab.class_facts.values().min()).flatten())
        {
            let at = self.sink.word(item);
            let fact = &vocab.facts[f];
            if !matches!(fact.kind, FactKind::Declared) {
                self.sink.push(codes::derived_declared(at, word).subject(word));
                return;
            }
            if item.is_field() {
                let owner = match fact.scope {
                    Scope::Market(m) if word != "class" => format!("market `{m}`"),
                    _ => "a market".to_owned(),
                };
                self.sink.push(
                    codes::unknown_field(at, word, self.place.describe())
                        .subject(word)
                        .help(format!("it is a fact of {owner}: write it in that block")),
                );
                return;
            }
        }
        self.sink.unknown_item(item, self.place.describe(), &facts, &blocks);
    }

    /// What could not be read leaves its target unknown.
    fn error(&mut self, item: NodeRef<'_>, scope: &mut ScopeDecl) {
        let vocab = &self.rules.vocab;
        let word = item.sym();
        let name = item.name().map(NodeRef::sym);
        match (word.as_str(), name) {
            ("control", Some(name)) if vocab.control_names.contains_key(&name) => {
                let control = vocab.control_names[&name];
                scope.controls.push(ControlDecl { state: State::Broken, ..empty_control(control, item) });
            }
            ("evidence", Some(name)) => {
                let mut e = empty_evidence(name, item);
                e.broken.push(Sym::new("kind"));
                scope.evidence.push(e);
            }
            // A claim that could not be read claims nothing; a market is handled by the device.
            ("justify" | "alternative" | "waive", Some(_)) | ("market", _) => {}
            _ => {
                if let Some(&e) = vocab.entity_names.get(&word) {
                    scope.open.push(e);
                } else if let Some(f) = vocab.fact(word, self.place.market()) {
                    scope.facts.push(Given {
                        fact: f,
                        slot: Slot::Broken,
                        exactly: false,
                        origin: item.origin(),
                    });
                } else {
                    scope.broken = true;
                }
            }
        }
    }

    fn fact(&mut self, item: NodeRef<'_>, name: &str, scope: &mut ScopeDecl) {
        let vocab = &self.rules.vocab;
        let market = self.place.market();
        let found = vocab.fact(Sym::new(name), market).filter(|f| {
            let fact = &vocab.facts[*f];
            fact.kind == FactKind::Declared
                && match fact.scope {
                    Scope::Device => true,
                    Scope::Markets => market.is_some(),
                    Scope::Market(m) => market == Some(m),
                }
        });
        let Some(f) = found else {
            scope.broken = true;
            self.unknown_item(item);
            return;
        };
        if let Some(first) = scope.facts.iter_mut().find(|g| g.fact == f) {
            // Nobody can tell which of the two was meant.
            if first.slot != Slot::Broken {
                let d = codes::declared_twice(self.sink.word(item), "fact", name)
                    .subject(name)
                    .also(self.sink.place(first.origin), "first declared here");
                self.sink.push(d);
            }
            first.slot = Slot::Broken;
            return;
        }
        let ty = vocab.facts[f].ty;
        let exactly = item.tag() == Tag::FieldExactly;
        let slot = match item.value() {
            None => Slot::Broken,
            Some(v) => {
                let v = self.resolve(v);
                let found = check::value(v, ty, name, vocab, self.sink);
                found.filter(|_| !item.broken()).map_or(Slot::Broken, Slot::Known)
            }
        };
        if exactly && ty.element().is_none() {
            let at = self.sink.word(item);
            self.sink.push(codes::wrong_type(at, "exactly", "a list", ty.describe(vocab)));
        }
        scope.facts.push(Given { fact: f, slot, exactly, origin: item.origin() });
    }

    fn has_no(&mut self, item: NodeRef<'_>, into: &mut Vec<(EntityId, Origin)>, within: Option<EntityId>) {
        for name in self.list(item) {
            let vocab = &self.rules.vocab;
            let known: Vec<&str> = match within {
                Some(e) => vocab.entities[e].holds.iter().map(|h| vocab.entities[*h].name.as_str()).collect(),
                None => vocab.entities.iter().filter(|e| !e.held).map(|e| e.name.as_str()).collect(),
            };
            match vocab.entity_names.get(&name.sym()).or_else(|| vocab.plural_names.get(&name.sym())) {
                Some(&e) if known.contains(&vocab.entities[e].name.as_str()) => into.push((e, name.origin())),
                _ => self.sink.unknown_name(name, "kind of entity", name.sym().as_str(), known),
            }
        }
    }

    /// The name that a declaration gives; `row.x` is what the family's member says for `x`.
    fn decl_name(&self, item: NodeRef<'_>) -> Option<Sym> {
        let name = item.name()?;
        match name.tag() {
            Tag::RowName => {
                self.row.and_then(|r| r.field(name.sym())).and_then(NodeRef::value).map(NodeRef::sym)
            }
            _ => Some(name.sym()),
        }
    }

    fn control(&mut self, item: NodeRef<'_>) -> Option<ControlDecl> {
        let vocab = &self.rules.vocab;
        let sym = self.decl_name(item)?;
        let Some(&control) = vocab.control_names.get(&sym) else {
            if let Some(name) = item.name() {
                let known: Vec<&str> = vocab.controls.iter().map(|c| c.name.as_str()).collect();
                self.sink.unknown_name(name, "control", sym.as_str(), known);
            }
            return None;
        };
        let mut decl = empty_control(control, item);
        let mut status = None;
        let mut status_seen = false;
        let mut unsure = false;
        decl.broken = self.sink.doubled(item, &[]);
        unsure |= decl.broken.contains(&Sym::new("status"));
        for part in item.items() {
            let word = part.sym();
            if part.tag() == Tag::Error {
                let own = vocab.controls[control].fields.iter().any(|f| f.name == word);
                unsure |= !own && !matches!(word.as_str(), "due" | "because" | "evidence" | "provided_by");
                status_seen |= word == Sym::new("status");
                decl.broken.push(word);
                continue;
            }
            // What could not be read goes on from here: what stands on the line is a guess.
            unsure |= part.broken() && part.is_field();
            match (part.tag(), word.as_str()) {
                (Tag::Field, "status") => {
                    status_seen = true;
                    status = self.word(
                        part,
                        &[
                            ("implemented", State::Implemented),
                            ("planned", State::Planned),
                            ("left_out", State::LeftOut),
                        ],
                    );
                }
                (Tag::Field, "due") => decl.due = self.date(part, &mut decl.broken),
                (Tag::Field, "since") => decl.since = self.date(part, &mut decl.broken),
                (Tag::Field, "because") => decl.because = self.text(part, &mut decl.broken),
                (Tag::Field, "provided_by") => {
                    let ty = vocab.providers.map_or(Type::Error, Type::Enum);
                    if let Some(v) = part.value()
                        && let Some(Value::Enum(n)) = check::value(v, ty, "provided_by", vocab, self.sink)
                    {
                        decl.provided_by = Some(n);
                    } else {
                        decl.broken.push(word);
                    }
                }
                (Tag::Field, "evidence") => decl.evidence = self.names(part, "evidence"),
                (Tag::Field, _) => {
                    let fields = &vocab.controls[control].fields;
                    match fields.iter().position(|f| f.name == word) {
                        Some(n) => {
                            let slot = self.slot(part, fields[n].ty);
                            let slot = if decl.broken.contains(&word) { Slot::Broken } else { slot };
                            decl.fields.retain(|f| f.0 != n as u16);
                            decl.fields.push((n as u16, slot, part.origin()));
                        }
                        None => {
                            // It may have been meant for any field, `since` among them.
                            unsure = true;
                            decl.broken.push(word);
                            let known: Vec<&str> =
                                ["status", "due", "because", "since", "evidence", "provided_by"]
                                    .into_iter()
                                    .chain(fields.iter().map(|f| f.name.as_str()))
                                    .collect();
                            if !vocab.controls[control].holed {
                                self.sink.unknown_item(part, &format!("control `{sym}`"), &known, &[]);
                            }
                        }
                    }
                }
                _ => {
                    unsure = true;
                    decl.broken.push(word);
                    self.sink.unknown_item(part, &format!("control `{sym}`"), &["status"], &[]);
                }
            }
        }
        decl.state = match status {
            Some(s) => s,
            None => {
                if !status_seen && !item.broken() && decl.broken.is_empty() {
                    let at = self.sink.name(item);
                    let end = self.block_start(item);
                    let mut d = codes::missing_field(at, format!("control `{sym}`"), "status")
                        .subject(sym.as_str())
                        .help("say `status implemented`, `status planned` (with `due`) or `status left_out` (with `because`)");
                    if let Some(at) = end {
                        d = d.fix(
                            "say that it is implemented",
                            Applicability::Maybe,
                            vec![Edit { place: at, text: " status implemented ".to_owned() }],
                        );
                    }
                    self.sink.missing(&[item], d);
                }
                State::Broken
            }
        };
        if item.broken() || unsure {
            decl.state = State::Broken;
        }
        if decl.state == State::Planned && decl.due.is_none() && decl.broken.is_empty() {
            let at = self.sink.name(item);
            self.sink.missing(
                &[item],
                codes::missing_field(at, format!("planned control `{sym}`"), "due")
                    .subject(sym.as_str())
                    .help("say when it will be there: `due 2027-03-31`"),
            );
        }
        // An empty reason is none.
        decl.because = decl.because.filter(|b| !b.trim().is_empty());
        if decl.state == State::LeftOut && decl.because.is_none() && decl.broken.is_empty() {
            let at = self.sink.name(item);
            self.sink.missing(
                &[item],
                codes::missing_field(at, format!("left-out control `{sym}`"), "because")
                    .subject(sym.as_str())
                    .help("say why: `because \"…\"`"),
            );
        }
        Some(decl)
    }

    /// Right behind the brace that opens an item's block.
    fn block_start(&self, item: NodeRef<'_>) -> Option<Place> {
        let name = item.title().or_else(|| item.name())?;
        let (whole, name) = (self.sink.at(item), self.sink.at(name));
        // `control x { … }`: the brace is the next visible thing behind the name, one space away as `fmt` writes it.
        let brace = name.end() + 2;
        (brace <= whole.end()).then(|| Place::new(whole.file, TextRange::empty(brace.into())))
    }

    fn word<W: Copy>(&mut self, part: NodeRef<'_>, words: &[(&str, W)]) -> Option<W> {
        let v = part.value()?;
        let found =
            words.iter().find(|(w, _)| v.tag() == Tag::Word && *w == v.sym().as_str()).map(|(_, x)| *x);
        if found.is_none() {
            if v.tag() == Tag::Word {
                let what = format!("value of `{}`", part.sym());
                self.sink.unknown_name(v, &what, v.sym().as_str(), words.iter().map(|(w, _)| *w));
            } else {
                let known: Vec<String> = words.iter().map(|(w, _)| format!("`{w}`")).collect();
                self.sink.wrong_type(v, part.sym().as_str(), &known.join(", "));
            }
        }
        found
    }

    fn slot(&mut self, part: NodeRef<'_>, ty: Type) -> Slot {
        let word = part.sym();
        match part.value() {
            Some(v) => {
                let v = self.resolve(v);
                let found = check::value(v, ty, word.as_str(), &self.rules.vocab, self.sink);
                // What could not be read goes on from here: what stands on the line is a guess.
                found.filter(|_| !part.broken()).map_or(Slot::Broken, Slot::Known)
            }
            None => Slot::Broken,
        }
    }

    fn date(&mut self, part: NodeRef<'_>, broken: &mut Vec<Sym>) -> Option<Date> {
        match self.slot(part, Type::Date) {
            Slot::Known(Value::Date(d)) => Some(d),
            _ => {
                broken.push(part.sym());
                None
            }
        }
    }

    fn text(&mut self, part: NodeRef<'_>, broken: &mut Vec<Sym>) -> Option<Arc<str>> {
        match self.slot(part, Type::Text) {
            Slot::Known(Value::Text(t)) => Some(t),
            _ => {
                broken.push(part.sym());
                None
            }
        }
    }

    fn names(&mut self, part: NodeRef<'_>, what: &str) -> Vec<(Sym, Origin)> {
        let mut found = Vec::new();
        for name in self.list(part) {
            if name.tag() == Tag::Word {
                found.push((name.sym(), name.origin()));
            } else {
                self.sink.wrong_type(name, what, "names");
            }
        }
        found
    }

    fn evidence(&mut self, item: NodeRef<'_>) -> Option<EvidenceDecl> {
        let vocab = &self.rules.vocab;
        let name = self.decl_name(item)?;
        let mut decl = empty_evidence(name, item);
        decl.path = item.title().map(|t| t.text().clone());
        decl.path_origin = item.title().map(NodeRef::origin);
        let mut kind_seen = false;
        let known =
            ["kind", "issued", "expires", "issuer", "independent", "sha256", "due", "contains", "url"];
        let mut contains: Option<NodeRef<'_>> = None;
        decl.broken = self.sink.doubled(item, &[]);
        for part in item.items() {
            let word = part.sym();
            if part.tag() == Tag::Error {
                kind_seen |= word == Sym::new("kind");
                decl.broken.push(word);
                continue;
            }
            if part.broken() {
                decl.broken.push(word);
            }
            match (part.tag(), word.as_str()) {
                (Tag::Field, "kind") => {
                    kind_seen = true;
                    for v in self.list(part) {
                        match vocab.kind_names.get(&v.sym()) {
                            Some(&k) => decl.kinds.push(k),
                            None => {
                                decl.broken.push(Sym::new("kind"));
                                let known: Vec<&str> = vocab.kinds.iter().map(|k| k.name.as_str()).collect();
                                self.sink.unknown_name(v, "evidence kind", v.sym().as_str(), known);
                            }
                        }
                    }
                }
                (Tag::Field, "issued") => decl.issued = self.date(part, &mut decl.broken),
                (Tag::Field, "expires") => decl.expires = self.date(part, &mut decl.broken),
                (Tag::Field, "due") => decl.due = self.date(part, &mut decl.broken),
                (Tag::Field, "issuer") => decl.issuer = self.text(part, &mut decl.broken),
                (Tag::Field, "url") => decl.url = self.text(part, &mut decl.broken),
                (Tag::Field, "sha256") => {
                    decl.sha256 = self.text(part, &mut decl.broken);
                    if let Some(hash) = &decl.sha256
                        && (hash.len() != 64 || !hash.bytes().all(|b| b.is_ascii_hexdigit()))
                        && let Some(v) = part.value()
                    {
                        let at = self.sink.at(v);
                        self.sink.push(
                            codes::bad_hash(at, name)
                                .subject(name.as_str())
                                .help("`sha256sum FILE` prints it; without the line the file is not pinned"),
                        );
                        decl.broken.push(word);
                    }
                }
                (Tag::Field, "independent") => match self.slot(part, Type::Bool) {
                    Slot::Known(Value::Bool(b)) => decl.independent = Some(b),
                    _ => decl.broken.push(word),
                },
                (Tag::Field, "stands") if matches!(self.place, Standing::Test(_)) => {
                    if let Slot::Known(Value::Bool(b)) = self.slot(part, Type::Bool) {
                        decl.stands = Some(b);
                    }
                }
                (Tag::Field, "contains") => contains = Some(part),
                _ => {
                    decl.broken.push(word);
                    self.sink.unknown_item(part, "evidence", &known, &[]);
                }
            }
        }
        if let Some(part) = contains {
            let enums: Vec<_> = decl.kinds.iter().filter_map(|k| vocab.kinds[*k].contents).collect();
            let mut parts = Vec::new();
            let mut whole = true;
            for v in self.list(part) {
                if enums.iter().any(|e| vocab.enums[*e].by_name.contains_key(&v.sym())) {
                    parts.push(v.sym());
                } else if !kind_seen
                    || decl.broken.contains(&Sym::new("kind"))
                    || decl.kinds.iter().any(|k| vocab.kinds[*k].holed)
                    || enums.iter().any(|e| vocab.enums[*e].holed)
                {
                    // Which parts it may have cannot be told.
                    whole = false;
                } else {
                    whole = false;
                    let known: Vec<&str> = enums
                        .iter()
                        .flat_map(|e| vocab.enums[*e].values.iter().map(|v| v.name.as_str()))
                        .collect();
                    self.sink.unknown_name(v, "part", v.sym().as_str(), known);
                }
            }
            if whole { decl.contains = Some(parts) } else { decl.broken.push(part.sym()) }
        }
        if !kind_seen && !decl.broken.is_empty() {
            // It may be in what could not be read.
            decl.broken.push(Sym::new("kind"));
        } else if !kind_seen && !item.broken() {
            let at = self.sink.name(item);
            let known = spell::did_you_mean(name.as_str(), vocab.kinds.iter().map(|k| k.name.as_str()));
            self.sink.missing(
                &[item],
                codes::missing_field(at, format!("evidence `{name}`"), "kind")
                    .subject(name.as_str())
                    .help("say what it is: `kind penetration_test_report`")
                    .help_if(known),
            );
            decl.broken.push(Sym::new("kind"));
        }
        if item.broken() {
            decl.broken.push(Sym::new("kind"));
        }
        let is_test = matches!(self.place, Standing::Test(_));
        if decl.path.is_none()
            && decl.url.is_none()
            && decl.due.is_none()
            && !is_test
            && decl.broken.is_empty()
        {
            let at = self.sink.name(item);
            let open = !decl.kinds.is_empty() && decl.kinds.iter().all(|k| vocab.kinds[*k].url_allowed);
            let by_address =
                open.then(|| "evidence of this kind may also be an address: `url \"https://…\"`".to_owned());
            self.sink.missing(
                &[item],
                codes::missing_field(at, format!("evidence `{name}`"), "a file")
                    .subject(name.as_str())
                    .help(format!("give its path: `evidence {name} \"evidence/{name}.pdf\" {{ … }}`, or `due 2027-03-31` if it is planned"))
                    .help_if(by_address),
            );
        }
        // It stands for each of the kinds, so each must allow it.
        if decl.url.is_some()
            && let Some(kind) = decl.kinds.iter().find(|k| !vocab.kinds[**k].url_allowed)
        {
            let url = item.field(Sym::new("url")).and_then(NodeRef::value);
            let at = url.map_or_else(|| self.sink.name(item), |v| self.sink.at(v));
            let kind = vocab.kinds[*kind].name;
            self.sink.push(
                codes::url_not_allowed(at, kind).subject(name.as_str()).help(format!(
                    "save it into the project and name the file: `evidence {name} \"evidence/{name}.pdf\" {{ kind {kind} }}`"
                )),
            );
            decl.broken.push(Sym::new("url"));
        }
        Some(decl)
    }

    fn claim(&mut self, item: NodeRef<'_>) -> Option<Claim> {
        let kind = match item.sym().as_str() {
            "justify" => ClaimKind::Justify,
            "alternative" => ClaimKind::Alternative,
            _ => ClaimKind::Waive,
        };
        let name = item.name()?;
        let law = &self.rules.law;
        let requirement = match law.targets.get(&name.sym()) {
            Some(Target::Requirement(r)) => *r,
            other => {
                let mut known: Vec<&str> = law.requirements.iter().map(|r| r.code.as_str()).collect();
                known.sort_unstable();
                if other.is_some() {
                    let at = self.sink.at(name);
                    self.sink.push(
                        codes::unknown_name(at, "requirement", name.sym())
                            .subject(name.sym().as_str())
                            .help("it names several requirements; name one"),
                    );
                } else {
                    self.sink.unknown_name(name, "requirement", name.sym().as_str(), known);
                }
                return None;
            }
        };
        let mut claim = Claim {
            kind,
            requirement,
            because: None,
            evidence: Vec::new(),
            approved_by: None,
            until: None,
            broken: item.broken(),
            origin: item.origin(),
        };
        let known: &[&str] = match kind {
            ClaimKind::Waive => &["because", "approved_by", "until"],
            _ => &["because", "evidence"],
        };
        let mut broken = self.sink.doubled(item, &[]);
        for part in item.items() {
            let word = part.sym().as_str();
            match (part.tag(), word) {
                (Tag::Error, _) => broken.push(part.sym()),
                _ if part.broken() => broken.push(part.sym()),
                (Tag::Field, "because") => claim.because = self.text(part, &mut broken),
                (Tag::Field, "evidence") if known.contains(&word) => {
                    claim.evidence = self.names(part, "evidence")
                }
                (Tag::Field, "approved_by") if known.contains(&word) => {
                    claim.approved_by = self.text(part, &mut broken);
                }
                (Tag::Field, "until") if known.contains(&word) => claim.until = self.date(part, &mut broken),
                _ => {
                    broken.push(part.sym());
                    self.sink.unknown_item(part, &format!("`{}`", kind.as_str()), known, &[]);
                }
            }
        }
        let mut needs: Vec<&str> = Vec::new();
        if claim.because.as_ref().is_none_or(|b| b.trim().is_empty()) {
            needs.push("because");
        }
        if kind == ClaimKind::Waive && claim.approved_by.is_none() {
            needs.push("approved_by");
        }
        if kind == ClaimKind::Waive && claim.until.is_none() {
            needs.push("until");
        }
        for field in needs {
            if broken.is_empty() {
                let at = self.sink.name(item);
                let help = match field {
                    "approved_by" => "say who accepted the risk: `approved_by \"Head of Quality\"`",
                    "until" => "say the last day on which the risk is accepted: `until 2027-03-31`",
                    _ => "say why: `because \"…\"`",
                };
                self.sink.missing(
                    &[item],
                    codes::missing_field(at, format!("`{}`", kind.as_str()), field)
                        .subject(name.sym().as_str())
                        .help(help),
                );
            }
            claim.broken = true;
        }
        claim.broken |= !broken.is_empty();
        Some(claim)
    }

    fn entity(&mut self, item: NodeRef<'_>, id: EntityId) -> Option<EntityDecl> {
        let vocab = &self.rules.vocab;
        let name = self.decl_name(item)?;
        let mut decl = EntityDecl {
            entity: id,
            name,
            title: item.title().map(|t| t.text().clone()),
            fields: Vec::new(),
            evidence: None,
            controls: Vec::new(),
            held: Vec::new(),
            has_no: Vec::new(),
            open: Vec::new(),
            claims: Vec::new(),
            broken: item.broken(),
            origin: item.origin(),
        };
        let entity = &vocab.entities[id];
        let doubled = self.sink.doubled(item, &[]);
        decl.broken |= doubled.iter().any(|f| entity.fields.iter().all(|own| own.name != *f));
        for part in item.items() {
            let word = part.sym();
            match (part.tag(), word.as_str()) {
                (Tag::Error, _) => {
                    match entity.fields.iter().position(|f| f.name == word) {
                        Some(n) => decl.fields.push((n as u16, Slot::Broken, part.origin())),
                        None => decl.broken = true,
                    };
                }
                (Tag::Field, "evidence") => decl.evidence = Some(self.names(part, "evidence")),
                (Tag::Field, "has_no") => self.has_no(part, &mut decl.has_no, Some(id)),
                (Tag::Decl, "control") => match self.control(part) {
                    Some(c) => self.declare(&mut decl.controls, c, "control", part),
                    None => decl.broken = true,
                },
                (Tag::Decl, "justify" | "alternative" | "waive") => decl.claims.extend(self.claim(part)),
                (Tag::Decl, inner)
                    if entity.holds.iter().any(|h| vocab.entities[*h].name.as_str() == inner) =>
                {
                    let held = vocab.entity_names[&word];
                    match self.entity(part, held) {
                        Some(e) => self.declare(&mut decl.held, e, inner, part),
                        None => decl.broken = true,
                    }
                }
                (Tag::Field, _) => match entity.fields.iter().position(|f| f.name == word) {
                    Some(n) => {
                        let slot = self.slot(part, entity.fields[n].ty);
                        let slot = if doubled.contains(&word) { Slot::Broken } else { slot };
                        decl.fields.retain(|f| f.0 != n as u16);
                        decl.fields.push((n as u16, slot, part.origin()));
                    }
                    None => {
                        decl.broken = true;
                        self.unknown_in_entity(part, id);
                    }
                },
                _ => {
                    decl.broken = true;
                    self.unknown_in_entity(part, id);
                }
            }
        }
        for (held, origin) in &decl.has_no {
            if decl.held.iter().any(|e| e.entity == *held) {
                let d = codes::has_no_but_has(self.sink.place(*origin), vocab.entities[*held].name);
                self.sink.push(d);
            }
        }
        Some(decl)
    }

    fn unknown_in_entity(&mut self, part: NodeRef<'_>, id: EntityId) {
        let vocab = &self.rules.vocab;
        let entity = &vocab.entities[id];
        if entity.holed {
            return;
        }
        let fields: Vec<&str> =
            entity.fields.iter().map(|f| f.name.as_str()).chain(["evidence", "has_no"]).collect();
        let blocks: Vec<&str> = entity
            .holds
            .iter()
            .map(|h| vocab.entities[*h].name.as_str())
            .chain(["control", "justify", "alternative", "waive"])
            .collect();
        self.sink.unknown_item(part, &format!("a {}", entity.name), &fields, &blocks);
    }
}

fn empty_control(control: ControlId, item: NodeRef<'_>) -> ControlDecl {
    ControlDecl {
        control,
        state: State::Broken,
        fields: Vec::new(),
        due: None,
        since: None,
        because: None,
        provided_by: None,
        evidence: Vec::new(),
        broken: Vec::new(),
        origin: item.origin(),
    }
}

fn empty_evidence(name: Sym, item: NodeRef<'_>) -> EvidenceDecl {
    EvidenceDecl {
        name,
        path: None,
        path_origin: None,
        kinds: Vec::new(),
        issued: None,
        expires: None,
        issuer: None,
        independent: None,
        sha256: None,
        due: None,
        contains: None,
        url: None,
        stands: None,
        broken: Vec::new(),
        origin: item.origin(),
    }
}
