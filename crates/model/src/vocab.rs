//! The vocabulary: everything that a field may be called and the values it takes.
//!
//! All of it comes from rulebooks. The few names that the language itself gives a meaning are in [`BuiltIn`].

use crate::expr::ExprId;
use crate::hir::Origin;
use crate::id;
use crate::idx::IdVec;
use crate::law::{Clause, InstrumentId, Source};
use crate::value::{Type, Value};
use dossier_base::Sym;
use rustc_hash::FxHashMap;
use std::sync::Arc;

id!(
    /// An enum or a ladder.
    EnumId
);
id!(
    /// A fact: declared, derived, or a condition.
    FactId
);
id!(
    /// A control.
    ControlId
);
id!(
    /// An evidence kind.
    KindId
);
id!(
    /// A kind of entity.
    EntityId
);

/// A value of an enum.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnumValue {
    /// Its name, or its digits.
    pub name: Sym,
    /// What it means.
    pub title: Arc<str>,
    /// More about it.
    pub doc: Arc<str>,
    /// Where it is declared.
    pub origin: Option<Origin>,
}

/// An enum; a ladder if its values are ordered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Enum {
    /// Its name.
    pub name: Sym,
    /// What it is.
    pub title: Arc<str>,
    /// More about it.
    pub doc: Arc<str>,
    /// Whether the order of the values counts.
    pub ladder: bool,
    /// The values, in order.
    pub values: Vec<EnumValue>,
    /// Numbers of the values by name.
    pub by_name: FxHashMap<Sym, u16>,
    /// Whether something in it could not be read: it may have more values.
    pub holed: bool,
    /// Where it is declared; none for those that the language makes.
    pub origin: Option<Origin>,
}

impl Enum {
    /// The name of the `n`th value.
    pub fn value_name(&self, n: u16) -> Sym {
        self.values.get(usize::from(n)).map_or_else(|| Sym::new("?"), |v| v.name)
    }
}

/// Whose a fact is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scope {
    /// The device's; a market may say otherwise for itself.
    Device,
    /// Every market's.
    Markets,
    /// One market's, by its code.
    Market(Sym),
}

/// Where a fact's value comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FactKind {
    /// The maker.
    Declared,
    /// An expression.
    Derived(ExprId),
    /// A table: columns, and rows of cells with a result. `None` in a cell matches everything.
    Table(Vec<ExprId>, Vec<TableRow>),
    /// Not read: a diagnostic says why. Always unknown.
    Broken,
}

/// A row of a derived table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TableRow {
    /// What each column must hold; `None` matches everything.
    pub cells: Vec<Option<Value>>,
    /// What the table then gives.
    pub result: Value,
    /// Where it stands.
    pub origin: Origin,
}

/// A fact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fact {
    /// Its name.
    pub name: Sym,
    /// What it is.
    pub title: Arc<str>,
    /// What to write.
    pub doc: Arc<str>,
    /// What it holds.
    pub ty: Type,
    /// Whose it is.
    pub scope: Scope,
    /// When it makes sense, and what it is otherwise.
    pub when: Option<(ExprId, Value)>,
    /// Where it comes from.
    pub kind: FactKind,
    /// The law behind a derived fact.
    pub under: Option<(InstrumentId, Clause, Source)>,
    /// Unit of a number.
    pub unit: Option<Arc<str>>,
    /// Where it is declared; none for the class of a market.
    pub origin: Option<Origin>,
}

/// A field of a control or an entity.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldDef {
    /// Its name.
    pub name: Sym,
    /// What it is.
    pub title: Arc<str>,
    /// What to write.
    pub doc: Arc<str>,
    /// What it holds.
    pub ty: Type,
    /// Unit of a number.
    pub unit: Option<Arc<str>>,
    /// Where it is declared.
    pub origin: Origin,
}

/// A control.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Control {
    /// Its name.
    pub name: Sym,
    /// What it is.
    pub title: Arc<str>,
    /// What it takes.
    pub doc: Arc<str>,
    /// Codes in standards: the standard's key and the code.
    pub codes: Vec<(Sym, Arc<str>)>,
    /// Its own fields.
    pub fields: Vec<FieldDef>,
    /// Whether something in it could not be read: it may have more fields.
    pub holed: bool,
    /// Where it is declared.
    pub origin: Origin,
}

/// An evidence kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kind {
    /// Its name.
    pub name: Sym,
    /// What it is.
    pub title: Arc<str>,
    /// What it should be.
    pub doc: Arc<str>,
    /// Formats that a reader knows.
    pub formats: Vec<Sym>,
    /// Of what parts a maker may state that it contains them.
    pub contents: Option<EnumId>,
    /// Whether an address may stand for a file.
    pub url_allowed: bool,
    /// Whether something in it could not be read: it may have more of them.
    pub holed: bool,
    /// Where it is declared.
    pub origin: Origin,
}

/// A kind of entity.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entity {
    /// Its name.
    pub name: Sym,
    /// What it is.
    pub title: Arc<str>,
    /// What to write.
    pub doc: Arc<str>,
    /// What several are called.
    pub plural: Sym,
    /// Its fields.
    pub fields: Vec<FieldDef>,
    /// Entities that stand inside it.
    pub holds: Vec<EntityId>,
    /// The evidence kind whose files it is read from.
    pub read_from: Option<KindId>,
    /// When it makes sense.
    pub when: Option<ExprId>,
    /// Whether it stands only inside others.
    pub held: bool,
    /// Whether something in it could not be read: it may have more fields.
    pub holed: bool,
    /// Where it is declared.
    pub origin: Origin,
}

/// Fields that the language itself gives a meaning.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum BuiltIn {
    /// When a planned control or evidence will be there.
    Due,
    /// Why.
    Because,
    /// Since when a control is implemented.
    Since,
    /// Who provides a control.
    ProvidedBy,
    /// When evidence was issued.
    Issued,
    /// The last day on which evidence stands.
    Expires,
    /// Who issued it.
    Issuer,
    /// Whether the issuer is independent.
    Independent,
    /// The parts that it contains.
    Contains,
    /// Its address.
    Url,
}

impl BuiltIn {
    /// All of them.
    pub const ALL: [BuiltIn; 10] = [
        BuiltIn::Due,
        BuiltIn::Because,
        BuiltIn::Since,
        BuiltIn::ProvidedBy,
        BuiltIn::Issued,
        BuiltIn::Expires,
        BuiltIn::Issuer,
        BuiltIn::Independent,
        BuiltIn::Contains,
        BuiltIn::Url,
    ];

    /// The name in a file.
    pub fn name(self) -> &'static str {
        match self {
            BuiltIn::Due => "due",
            BuiltIn::Because => "because",
            BuiltIn::Since => "since",
            BuiltIn::ProvidedBy => "provided_by",
            BuiltIn::Issued => "issued",
            BuiltIn::Expires => "expires",
            BuiltIn::Issuer => "issuer",
            BuiltIn::Independent => "independent",
            BuiltIn::Contains => "contains",
            BuiltIn::Url => "url",
        }
    }

    /// Whether controls have it.
    pub fn of_control(self) -> bool {
        matches!(self, BuiltIn::Due | BuiltIn::Because | BuiltIn::Since | BuiltIn::ProvidedBy)
    }

    /// Whether evidence has it.
    pub fn of_evidence(self) -> bool {
        !matches!(self, BuiltIn::Because | BuiltIn::Since | BuiltIn::ProvidedBy)
    }
}

/// Words that no control of a vocabulary may use for a field, because the language gives them their meaning.
pub const CONTROL_FIELDS: [&str; 6] = ["status", "due", "because", "since", "evidence", "provided_by"];

/// The same for entities.
pub const ENTITY_FIELDS: [&str; 2] = ["evidence", "has_no"];

/// Everything that has a name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Vocabulary {
    /// Enums and ladders.
    pub enums: IdVec<EnumId, Enum>,
    /// Facts, derived facts and conditions.
    pub facts: IdVec<FactId, Fact>,
    /// Controls.
    pub controls: IdVec<ControlId, Control>,
    /// Evidence kinds.
    pub kinds: IdVec<KindId, Kind>,
    /// Entities.
    pub entities: IdVec<EntityId, Entity>,
    /// Enums by name.
    pub enum_names: FxHashMap<Sym, EnumId>,
    /// Facts by name. The class of a market is under [`Vocabulary::class_facts`].
    pub fact_names: FxHashMap<Sym, FactId>,
    /// The fact `class` of each jurisdiction, by its code.
    pub class_facts: FxHashMap<Sym, FactId>,
    /// Controls by name.
    pub control_names: FxHashMap<Sym, ControlId>,
    /// Evidence kinds by name.
    pub kind_names: FxHashMap<Sym, KindId>,
    /// Entities by name.
    pub entity_names: FxHashMap<Sym, EntityId>,
    /// Entities by plural.
    pub plural_names: FxHashMap<Sym, EntityId>,
    /// The enum of all places, in order of their codes.
    pub places: Option<EnumId>,
    /// `device` or `environment`.
    pub providers: Option<EnumId>,
}

impl Vocabulary {
    /// The fact of that name as seen from a market (or from none): its own, every market's, or the device's.
    pub fn fact(&self, name: Sym, market: Option<Sym>) -> Option<FactId> {
        if name == Sym::new("class") {
            return market.and_then(|m| self.class_facts.get(&m).copied());
        }
        self.fact_names.get(&name).copied()
    }
}
