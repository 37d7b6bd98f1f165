//! Why: the expression tree with the value of each part, what it rests on or lacks, and which premises decided.
//!
//! Built only for what is shown. It asks the evaluator for the value of every part, so that it cannot tell another
//! story than the verdict.

use crate::Tri;
use crate::eval::{Bound, Eval, Read, entity_field};
use crate::show;
use dossier_base::Sym;
use dossier_model::Rulebase;
use dossier_model::date::Date;
use dossier_model::device::{ControlDecl, EntityDecl, EvidenceDecl, State};
use dossier_model::expr::{Expr, ExprId, Field, Over, SetTest, Thing};
use dossier_model::hir::Origin;
use dossier_model::idx::Id;
use dossier_model::law::Target;
use dossier_model::value::{Bits, Type, Value};
use dossier_model::vocab::{BuiltIn, ControlId, EntityId, FactId, FactKind, KindId};
use std::sync::Arc;

/// A field of a control, evidence or entity, by name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FieldName {
    /// One that the vocabulary declares.
    Own(u16),
    /// One that the language gives a meaning.
    BuiltIn(BuiltIn),
}

impl From<Field> for FieldName {
    fn from(f: Field) -> Self {
        match f {
            Field::Own(n) => FieldName::Own(n),
            Field::BuiltIn(b) => FieldName::BuiltIn(b),
        }
    }
}

/// What a part of a derivation rests on, or lacks.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Premise {
    /// A fact of the device or (with its code) of a market.
    Fact(FactId, Option<Sym>),
    /// A control that is not declared; of an entity, with where that stands.
    NoControl(ControlId, Option<Origin>),
    /// A control, and its state.
    Control(ControlId, Origin),
    /// A field of a control.
    ControlField(ControlId, FieldName, Origin),
    /// No evidence of a kind; of a control or entity, with where that stands.
    NoEvidence(KindId, Option<Origin>),
    /// Evidence, of that name.
    Evidence(KindId, Sym, Origin),
    /// A field of evidence.
    EvidenceField(Sym, FieldName, Origin),
    /// An entity's field.
    EntityField(EntityId, Sym, FieldName, Origin),
    /// Whether there are (other) entities of a kind.
    Collection(EntityId),
    /// The same, inside another entity.
    Held(EntityId, Origin),
    /// Entities that are read from files.
    Files(EntityId),
    /// A deadline.
    Deadline(Date),
    /// The verdicts of others.
    Conforms(Target),
    /// Something that could not be read.
    Broken(Origin),
}

/// How a part reads. Kept as what it is about, for most derivations are walked and never printed.
#[derive(Clone, Debug)]
pub(crate) enum Text {
    /// An expression, with the names bound around it; before it, who it is about.
    Expr(Option<String>, ExprId, Option<Arc<[String]>>),
    /// Words.
    Plain(String),
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Text::Plain(text)
    }
}

/// The value of an operand.
#[derive(Clone, Debug)]
enum Shown {
    None,
    Value(Value, Type),
    Plain(&'static str),
}

/// How a list falls short of what is asked of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Lack {
    /// All of these are asked, and are not in it.
    Lacks,
    /// One of these is asked, and none is in it.
    NoneOf,
    /// These are in it, and must not be.
    TooMuch,
}

impl Lack {
    /// Between the list and what is lacking.
    pub fn words(self) -> &'static str {
        match self {
            Lack::Lacks => "lacks",
            Lack::NoneOf => "has none of",
            Lack::TooMuch => "must not have",
        }
    }
}

/// A part of a derivation.
#[derive(Clone, Debug)]
pub struct Derivation {
    text: Text,
    /// Its truth; of an operand whether it is known.
    pub truth: Tri,
    value: Shown,
    /// Of evidence that does not stand, why.
    why: Option<Arc<str>>,
    /// Whether it decided.
    pub decisive: bool,
    /// What it rests on or lacks.
    pub premise: Option<Premise>,
    /// Where that was declared.
    pub origin: Option<Origin>,
    /// The day until which something can still be done.
    pub due: Option<Date>,
    /// What it is made of.
    pub children: Vec<Derivation>,
    how: How,
}

/// How the children of a part decide it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum How {
    /// All must hold.
    All,
    /// One is enough.
    One,
    /// The child denied.
    Not,
    /// The first implies the second.
    Implies,
    /// Operands.
    Operands,
    /// A duty and its deadline.
    By,
}

impl Derivation {
    fn new(text: impl Into<Text>, truth: Tri, how: How, children: Vec<Derivation>) -> Self {
        let text = text.into();
        Self {
            text,
            truth,
            value: Shown::None,
            why: None,
            decisive: false,
            premise: None,
            origin: None,
            due: None,
            children,
            how,
        }
    }

    /// How it reads.
    pub fn text(&self, rules: &Rulebase) -> String {
        match &self.text {
            Text::Plain(t) => t.clone(),
            Text::Expr(about, e, names) => {
                let text = show::expr(rules, *e, names.as_deref().unwrap_or(&[]));
                about.as_ref().map_or_else(|| text.clone(), |a| format!("{a}: {text}"))
            }
        }
    }

    /// The value of an operand, if it is known.
    pub fn value(&self, rules: &Rulebase) -> Option<String> {
        match &self.value {
            Shown::None => None,
            Shown::Value(v, ty) => Some(show::value(rules, v, *ty)),
            Shown::Plain(t) => Some((*t).to_owned()),
        }
    }

    /// Why evidence does not stand.
    pub fn why(&self) -> Option<&str> {
        self.why.as_deref()
    }

    /// What the list that a premise gives lacks, or has too much of, for a comparison to hold.
    pub(crate) fn lacks(&self, rules: &Rulebase, premise: &Premise) -> Option<(Lack, Vec<Sym>)> {
        let Text::Expr(_, e, _) = &self.text else { return None };
        let [list, other] = self.children.as_slice() else { return None };
        let (Shown::Value(Value::Set { bits: have, .. }, Type::EnumSet(of)), Some(own)) =
            (&list.value, &list.premise)
        else {
            return None;
        };
        let asked = match &other.value {
            Shown::Value(Value::Set { bits, .. }, _) => *bits,
            Shown::Value(Value::Enum(n), _) => Bits::default().with(*n),
            _ => return None,
        };
        let (lack, bits) = match &rules.expr(*e).expr {
            Expr::Has(..) | Expr::Sets(SetTest::All, ..) => (Lack::Lacks, asked.0 & !have.0),
            Expr::Sets(SetTest::Any, ..) => (Lack::NoneOf, asked.0),
            Expr::Sets(SetTest::None, ..) => (Lack::TooMuch, asked.0 & have.0),
            Expr::Sets(SetTest::Within, ..) => (Lack::TooMuch, have.0 & !asked.0),
            _ => return None,
        };
        if self.truth != Tri::False || own != premise || bits == 0 {
            return None;
        }
        Some((lack, Bits(bits).iter().map(|n| rules.vocab.enums[*of].value_name(n)).collect()))
    }

    fn leaf(text: impl Into<Text>, truth: Tri, premise: Premise, origin: Option<Origin>) -> Self {
        Self { premise: Some(premise), origin, ..Self::new(text, truth, How::Operands, Vec::new()) }
    }

    /// Several that must all hold.
    pub(crate) fn all(text: impl Into<Text>, truth: Tri, children: Vec<Derivation>) -> Self {
        Self::new(text, truth, How::All, children)
    }

    /// A premise by itself.
    pub(crate) fn premise(
        text: impl Into<Text>,
        truth: Tri,
        premise: Premise,
        origin: Option<Origin>,
    ) -> Self {
        Self::leaf(text, truth, premise, origin)
    }

    /// Marks what decided, from the root down.
    pub(crate) fn decide(&mut self) {
        self.decisive = true;
        let truth = self.truth;
        match self.how {
            How::Not => self.children.iter_mut().for_each(Derivation::decide),
            // That the day is past nobody can mend: what was to be done by then is not done.
            How::By if truth == Tri::False => {
                if let Some(first) = self.children.first_mut() {
                    first.decide();
                }
            }
            How::Operands | How::By => {
                // Of what cannot be told the unknown operands are to blame; else all had their part.
                let blame = truth == Tri::Unknown && self.children.iter().any(|c| c.truth == Tri::Unknown);
                self.children
                    .iter_mut()
                    .filter(|c| !blame || c.truth == Tri::Unknown)
                    .for_each(Derivation::decide);
            }
            How::All | How::One => {
                for c in &mut self.children {
                    if c.truth == truth {
                        c.decide();
                    }
                }
            }
            How::Implies => {
                let (first, second) = match self.children.as_mut_slice() {
                    [a, b] => (a, b),
                    _ => return,
                };
                match truth {
                    Tri::True if first.truth == Tri::False => first.decide(),
                    Tri::True => second.decide(),
                    Tri::False => {
                        first.decide();
                        second.decide();
                    }
                    Tri::Unknown => {
                        // If the first cannot be told, it is asked first: false there ends the matter.
                        if first.truth == Tri::Unknown {
                            first.decide();
                        }
                        if second.truth == Tri::Unknown || second.truth == Tri::False {
                            second.decide();
                        }
                    }
                }
            }
        }
    }

    /// The decisive premises, in order.
    pub fn premises(&self) -> Vec<&Derivation> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    /// What a maker has to see to, so that it holds: of parts that must all hold each that does not, of several ways
    /// the first (and how many others there are).
    pub fn shortfalls(&self) -> Vec<(&Derivation, usize)> {
        let mut found = Vec::new();
        self.short(0, &mut found);
        found
    }

    /// Whether it compares what it is made of.
    pub(crate) fn compares(&self) -> bool {
        self.premise.is_none() && self.children.len() > 1 && matches!(self.how, How::Operands | How::By)
    }

    fn short<'d>(&'d self, ways: usize, found: &mut Vec<(&'d Derivation, usize)>) {
        if !self.decisive {
            return;
        }
        let before = found.len();
        match (self.how, self.truth) {
            (How::One, Tri::False) => {
                let others: Vec<&Derivation> = self.children.iter().filter(|c| c.decisive).collect();
                if let Some((first, rest)) = others.split_first() {
                    first.short(ways + rest.len(), found);
                }
            }
            (How::Implies, Tri::False) => {
                if let Some(second) = self.children.get(1) {
                    second.short(ways, found);
                }
            }
            // What the maker says is compared with what follows from the rest: that is to be mended, or the rest is
            // wrong, which stands in the message.
            _ if self.compares() && self.children.iter().any(|c| c.premise.is_some()) => {
                let said = self.children.iter().filter(|c| c.premise.is_some());
                said.for_each(|c| c.short(ways, found));
            }
            _ => self.children.iter().for_each(|c| c.short(ways, found)),
        }
        if found.len() == before && self.premise.is_some() {
            found.push((self, ways));
        }
    }

    fn collect<'d>(&'d self, found: &mut Vec<&'d Derivation>) {
        if !self.decisive {
            return;
        }
        if self.premise.is_some() {
            found.push(self);
        }
        self.children.iter().for_each(|c| c.collect(found));
    }
}

impl<'a> Eval<'a> {
    /// The derivation of a condition. `names` are the bound names around it.
    pub(crate) fn derive(&mut self, e: ExprId, names: &mut Vec<String>) -> Derivation {
        let rules = self.rules;
        let truth = self.truth(e);
        let text = read(e, names);
        match &rules.expr(e).expr {
            Expr::And(a, b) => {
                let mut children = Vec::new();
                self.flatten(*a, e, names, &mut children);
                self.flatten(*b, e, names, &mut children);
                Derivation::new(text, truth, How::All, children)
            }
            Expr::Or(a, b) => {
                let mut children = Vec::new();
                self.flatten(*a, e, names, &mut children);
                self.flatten(*b, e, names, &mut children);
                Derivation::new(text, truth, How::One, children)
            }
            Expr::Not(a) => {
                let child = self.derive(*a, names);
                Derivation::new(text, truth, How::Not, vec![child])
            }
            Expr::Implies(a, b) => {
                let children = vec![self.derive(*a, names), self.derive(*b, names)];
                Derivation::new(text, truth, How::Implies, children)
            }
            Expr::Quantifier { every, over, slot, filter, body } => {
                self.derive_quantifier(text, truth, *every, *over, *slot, *filter, *body, e, names)
            }
            Expr::Control(_) | Expr::Considered(_) | Expr::Evidence(_) | Expr::Where(..) => {
                self.derive_term(e, text, truth, None, names)
            }
            Expr::With(thing, term) => self.derive_with(*thing, *term, text, truth, names),
            Expr::By(x, d) => {
                let (_, due) = self.by(*x, *d);
                let mut children = vec![self.derive_done(*x, names)];
                children.push(self.operand(*d, names));
                let mut out = Derivation::new(text, truth, How::By, children);
                out.due = due;
                out
            }
            Expr::Conforms(t) => Derivation::leaf(text, truth, Premise::Conforms(*t), None),
            Expr::Fact(_) | Expr::Field(..) | Expr::BoundFact(..) => {
                let mut d = self.operand(e, names);
                d.truth = truth;
                d
            }
            Expr::DeclaredFact(f) => {
                let f = *f;
                let origin = self.view().facts[f.index()].origin;
                Derivation::leaf(text, truth, self.fact_premise(f, self.here), origin)
            }
            Expr::DeclaredField(thing, field) => {
                let (premise, origin) = self.field_premise(*thing, *field, e);
                match premise {
                    Some(p) => Derivation::leaf(text, truth, p, origin),
                    None => Derivation::new(text, truth, How::Operands, Vec::new()),
                }
            }
            Expr::Compare(_, a, b) | Expr::InSet(a, b) | Expr::Has(a, b) | Expr::Sets(_, a, b) => {
                let children = vec![self.operand(*a, names), self.operand(*b, names)];
                Derivation::new(text, truth, How::Operands, children)
            }
            Expr::In(a, list) => {
                let mut children = vec![self.operand(*a, names)];
                for item in list {
                    children.push(self.operand(*item, names));
                }
                Derivation::new(text, truth, How::Operands, children)
            }
            Expr::Unreadable => {
                let origin = rules.expr(e).origin;
                Derivation::leaf(text, truth, Premise::Broken(origin), Some(origin))
            }
            _ => Derivation::new(text, truth, How::Operands, Vec::new()),
        }
    }

    /// `a and b and c` is one node with three children.
    fn flatten(&mut self, e: ExprId, parent: ExprId, names: &mut Vec<String>, into: &mut Vec<Derivation>) {
        let rules = self.rules;
        let same = |x: &Expr, y: &Expr| {
            matches!((x, y), (Expr::And(..), Expr::And(..)) | (Expr::Or(..), Expr::Or(..)))
        };
        match &rules.expr(e).expr {
            Expr::And(a, b) | Expr::Or(a, b) if same(&rules.expr(e).expr, &rules.expr(parent).expr) => {
                self.flatten(*a, parent, names, into);
                self.flatten(*b, parent, names, into);
            }
            _ => into.push(self.derive(e, names)),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one quantifier")]
    fn derive_quantifier(
        &mut self,
        text: Text,
        truth: Tri,
        every: bool,
        over: Over,
        slot: u8,
        filter: Option<ExprId>,
        body: ExprId,
        e: ExprId,
        names: &mut Vec<String>,
    ) -> Derivation {
        let bound =
            self.rules.node(self.rules.expr(e).origin).and_then(|n| n.child(0)).map(|b| b.sym().to_string());
        let bound = bound.unwrap_or_else(|| "it".to_owned());
        let (members, closed) = self.members(over);
        let mut children = Vec::new();
        for member in members {
            let label = self.label(&member, over);
            self.bind(slot, member);
            names.truncate(usize::from(slot));
            names.push(bound.clone());
            let mut about = match filter {
                Some(f) => {
                    let selected = self.derive(f, names);
                    let said = self.derive(body, names);
                    let truth = if every {
                        selected.truth.implies(said.truth)
                    } else {
                        selected.truth.and(said.truth)
                    };
                    let how = if every { How::Implies } else { How::All };
                    Derivation::new(Text::Plain(String::new()), truth, how, vec![selected, said])
                }
                None => self.derive(body, names),
            };
            about.text = Text::Expr(Some(label), body, bound_names(names));
            children.push(about);
        }
        self.bound.truncate(usize::from(slot));
        names.truncate(usize::from(slot));
        if !closed {
            children.push(self.open(over));
        }
        if children.is_empty()
            && let Over::Collection(e) = over
        {
            let origin = self.view().collections[e.index()].origin;
            return Derivation::leaf(text, truth, Premise::Collection(e), origin);
        }
        Derivation::new(text, truth, if every { How::All } else { How::One }, children)
    }

    /// The premise that nobody knows whether there are others.
    pub(crate) fn open(&mut self, over: Over) -> Derivation {
        let rules = self.rules;
        match over {
            Over::Collection(e) if rules.vocab.entities[e].read_from.is_some() => {
                let text = format!("the {} have not been read from a file", rules.vocab.entities[e].plural);
                Derivation::leaf(text, Tri::Unknown, Premise::Files(e), None)
            }
            Over::Collection(e) => {
                let text = format!("whether there are other {}", rules.vocab.entities[e].plural);
                Derivation::leaf(text, Tri::Unknown, Premise::Collection(e), None)
            }
            Over::Held(slot, e) => {
                let text = format!("whether there are other {}", rules.vocab.entities[e].plural);
                match self.bound.get(usize::from(slot)) {
                    Some(Bound::Entity(d)) => {
                        Derivation::leaf(text, Tri::Unknown, Premise::Held(e, d.origin), Some(d.origin))
                    }
                    _ => Derivation::leaf(text, Tri::Unknown, Premise::Collection(e), None),
                }
            }
            Over::Values(set) => self.operand(set, &mut Vec::new()),
            Over::Markets => {
                let origin = self.view().unit.origin;
                let text = "whether there are other markets".to_owned();
                Derivation::leaf(text, Tri::Unknown, Premise::Broken(origin), Some(origin))
            }
        }
    }

    /// What a bound thing is called, of those that a name runs `over`.
    pub(crate) fn label(&self, bound: &Bound<'_>, over: Over) -> String {
        match bound {
            Bound::Entity(d) => d.name.to_string(),
            Bound::Somebody => "any other".to_owned(),
            Bound::Market(v) => self.views[*v].place().map_or_else(|| "any".to_owned(), |p| p.to_string()),
            Bound::Value(v) => match v {
                Value::Name(n) => n.to_string(),
                Value::Text(t) => t.to_string(),
                other => {
                    let element = match over {
                        Over::Values(set) => self.rules.expr(set).ty.element(),
                        _ => None,
                    };
                    show::value(self.rules, other, element.unwrap_or(Type::Error))
                }
            },
        }
    }

    fn fact_premise(&self, f: FactId, view: usize) -> Premise {
        use dossier_model::vocab::Scope;
        let market = match self.rules.vocab.facts[f].scope {
            Scope::Device => None,
            Scope::Markets | Scope::Market(_) => self.views[view].place(),
        };
        Premise::Fact(f, market)
    }

    /// An operand: its value and what it rests on. A derived fact that cannot be told shows what it lacks.
    pub(crate) fn operand(&mut self, e: ExprId, names: &mut Vec<String>) -> Derivation {
        let rules = self.rules;
        let node = rules.expr(e);
        let text = read(e, names);
        let (value, known) = if node.ty == Type::Bool {
            match self.truth(e) {
                Tri::True => (Shown::Plain("yes"), true),
                Tri::False => (Shown::Plain("no"), true),
                Tri::Unknown => (Shown::None, false),
            }
        } else {
            match self.value(e) {
                Some(v) => {
                    let open = matches!(v, Value::Set { open: true, .. });
                    (Shown::Value(v, node.ty), !open)
                }
                None => (Shown::None, false),
            }
        };
        let truth = if known { Tri::True } else { Tri::Unknown };
        let mut d = Derivation::new(text, truth, How::Operands, Vec::new());
        d.value = value;
        match &node.expr {
            Expr::Fact(f) => {
                let f = *f;
                d = self.fact_operand(f, self.here, d);
            }
            Expr::BoundFact(slot, f) => {
                let f = *f;
                if let Some(Bound::Market(view)) = self.bound.get(usize::from(*slot)) {
                    let view = *view;
                    d = self.fact_operand(f, view, d);
                }
            }
            Expr::Field(thing, field) => {
                let (premise, origin) = self.field_premise(*thing, *field, e);
                d.premise = premise;
                d.origin = origin;
                if d.truth == Tri::Unknown && self.field(*thing, *field) == Read::Broken {
                    d.premise = d.premise.take().or(origin.map(Premise::Broken));
                }
            }
            Expr::Count { over, slot, filter } => {
                let (over, slot, filter) = (*over, *slot, *filter);
                d.children = self.derive_count(over, slot, filter, e, names);
            }
            Expr::Const(_) | Expr::AsOf | Expr::Bound(_) | Expr::BoundPlace(_) => {}
            other => {
                for child in dossier_model::expr::children(other) {
                    let child = self.operand(child, names);
                    d.children.push(child);
                }
            }
        }
        d
    }

    fn derive_count(
        &mut self,
        over: Over,
        slot: u8,
        filter: Option<ExprId>,
        e: ExprId,
        names: &mut Vec<String>,
    ) -> Vec<Derivation> {
        let bound =
            self.rules.node(self.rules.expr(e).origin).and_then(|n| n.child(0)).map(|b| b.sym().to_string());
        let (members, closed) = self.members(over);
        let mut children = Vec::new();
        for member in members {
            let label = self.label(&member, over);
            self.bind(slot, member);
            names.truncate(usize::from(slot));
            names.push(bound.clone().unwrap_or_else(|| "it".to_owned()));
            if let Some(f) = filter {
                let mut c = self.derive(f, names);
                c.text = Text::Expr(Some(label), f, bound_names(names));
                children.push(c);
            }
        }
        self.bound.truncate(usize::from(slot));
        names.truncate(usize::from(slot));
        if !closed {
            children.push(self.open(over));
        }
        children
    }

    fn fact_operand(&mut self, f: FactId, view: usize, mut d: Derivation) -> Derivation {
        let rules = self.rules;
        let fact = &rules.vocab.facts[f];
        d.premise = Some(self.fact_premise(f, view));
        d.origin = self.views[view].facts[f.index()].origin;
        // A fact of the device that only components give in part is settled on the device.
        if !show::is_derived(&fact.kind) {
            if let Some((when, _)) = &fact.when {
                let when = *when;
                let here = std::mem::replace(&mut self.here, view);
                let bound = std::mem::take(&mut self.bound);
                // First whether it makes sense at all; where it makes none, that is what its value rests on.
                let sense = self.truth(when);
                if sense == Tri::False || (sense == Tri::Unknown && matches!(d.value, Shown::None)) {
                    let child = self.derive(when, &mut Vec::new());
                    d.premise = None;
                    d.children.push(child);
                }
                self.here = here;
                self.bound = bound;
            }
            return d;
        }
        // What follows from others shows those; the one to blame is among them.
        let here = std::mem::replace(&mut self.here, view);
        let bound = std::mem::take(&mut self.bound);
        match &fact.kind {
            FactKind::Derived(e) => {
                let child = if fact.ty == Type::Bool {
                    self.derive(*e, &mut Vec::new())
                } else {
                    self.operand(*e, &mut Vec::new())
                };
                d.children.push(child);
            }
            FactKind::Table(columns, _) => {
                for c in columns {
                    let child = self.operand(*c, &mut Vec::new());
                    d.children.push(child);
                }
            }
            FactKind::Declared | FactKind::Broken => {}
        }
        self.here = here;
        self.bound = bound;
        d.premise = None;
        d
    }

    fn field_premise(&self, thing: Thing, field: Field, at: ExprId) -> (Option<Premise>, Option<Origin>) {
        let _ = at;
        match thing {
            Thing::Bound(slot) => match self.bound.get(usize::from(slot)) {
                Some(Bound::Entity(d)) => {
                    let origin = match field {
                        Field::Own(n) => d.fields.iter().find(|f| f.0 == n).map_or(d.origin, |f| f.2),
                        Field::BuiltIn(_) => d.origin,
                    };
                    (Some(Premise::EntityField(d.entity, d.name, field.into(), d.origin)), Some(origin))
                }
                _ => (None, None),
            },
            Thing::Narrowed => self.narrowed_premise(field),
            Thing::Control(c) => match self.view().control(c) {
                Some(d) => {
                    (Some(Premise::ControlField(c, field.into(), d.origin)), Some(field_origin(d, field)))
                }
                None => (Some(Premise::NoControl(c, None)), None),
            },
        }
    }

    // ---- terms -------------------------------------------------------------------------------------------------

    /// `control(x)`, `considered(x)`, `evidence(k)`, narrowed or not; of an entity, if `entity` is one.
    fn derive_term(
        &mut self,
        e: ExprId,
        text: Text,
        truth: Tri,
        entity: Option<&'a EntityDecl>,
        names: &mut Vec<String>,
    ) -> Derivation {
        let rules = self.rules;
        let (inner, condition) = match rules.expr(e).expr {
            Expr::Where(inner, c) => (inner, Some(c)),
            _ => (e, None),
        };
        match rules.expr(inner).expr {
            Expr::Control(c) | Expr::Considered(c) => {
                let decl = match entity {
                    Some(d) => d.controls.iter().find(|x| x.control == c),
                    None => self.view().control(c),
                };
                let Some(decl) = decl else {
                    return Derivation::leaf(
                        text,
                        truth,
                        Premise::NoControl(c, entity.map(|d| d.origin)),
                        None,
                    );
                };
                let inner_text = read(inner, names);
                let is_control = matches!(rules.expr(inner).expr, Expr::Control(_));
                let state = if is_control {
                    self.implemented(decl)
                } else if decl.state == State::Broken {
                    Tri::Unknown
                } else {
                    Tri::True
                };
                let term =
                    Derivation::leaf(inner_text, state, Premise::Control(c, decl.origin), Some(decl.origin));
                match condition {
                    Some(condition) if state != Tri::False => {
                        let said = self.on_control(decl, |e| e.derive(condition, names));
                        Derivation::new(text, truth, How::All, vec![term, said])
                    }
                    _ => Derivation { text, truth, ..term },
                }
            }
            Expr::Evidence(k) => {
                let listed: Option<Vec<Sym>> =
                    entity.map(|d| d.evidence.iter().flatten().map(|e| e.0).collect());
                self.derive_evidence(
                    k,
                    condition,
                    text,
                    truth,
                    listed.as_deref(),
                    entity.map(|d| d.origin),
                    names,
                )
            }
            _ => Derivation::new(text, truth, How::Operands, Vec::new()),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one term")]
    fn derive_evidence(
        &mut self,
        k: KindId,
        condition: Option<ExprId>,
        text: Text,
        truth: Tri,
        listed: Option<&[Sym]>,
        holder: Option<Origin>,
        names: &mut Vec<String>,
    ) -> Derivation {
        let view = self.view();
        let all: Vec<&'a EvidenceDecl> = view
            .evidence
            .iter()
            .copied()
            .filter(|d| listed.is_none_or(|l| l.contains(&d.name)))
            .filter(|d| d.kinds.contains(&k) || d.broken.iter().any(|n| n.as_str() == "kind"))
            .collect();
        let mut children = Vec::new();
        for d in all {
            let standing = self.stands(d);
            let premise = Premise::Evidence(k, d.name, d.origin);
            let why = if standing.why.is_empty() { String::new() } else { format!(": {}", standing.why) };
            let sure = if d.kinds.contains(&k) { standing.stands } else { standing.stands.and(Tri::Unknown) };
            let mut own =
                Derivation::leaf(format!("evidence {}{why}", d.name), sure, premise, Some(d.origin));
            own.why = (!standing.why.is_empty()).then(|| standing.why.as_str().into());
            if let Some(c) = condition
                && sure != Tri::False
            {
                let said = self.on_evidence(d, k, |e| e.derive(c, names));
                let both = sure.and(said.truth);
                own = Derivation::new(format!("evidence {}", d.name), both, How::All, vec![own, said]);
            }
            children.push(own);
        }
        if children.is_empty() {
            return Derivation::leaf(text, truth, Premise::NoEvidence(k, holder), holder);
        }
        Derivation::new(text, truth, How::One, children)
    }

    fn derive_with(
        &mut self,
        thing: ExprId,
        term: ExprId,
        text: Text,
        truth: Tri,
        names: &mut Vec<String>,
    ) -> Derivation {
        let rules = self.rules;
        if let Expr::Bound(slot) = rules.expr(thing).expr {
            return match self.bound.get(usize::from(slot)) {
                Some(Bound::Entity(d)) => {
                    let d = *d;
                    self.derive_term(term, text, truth, Some(d), names)
                }
                _ => Derivation::new(text, truth, How::Operands, Vec::new()),
            };
        }
        let first = self.derive(thing, names);
        let decl = self.control_of(thing).and_then(|c| self.view().control(c));
        let Some(decl) = decl.filter(|_| first.truth != Tri::False) else {
            return Derivation::new(text, truth, How::All, vec![first]);
        };
        let (inner, condition) = match rules.expr(term).expr {
            Expr::Where(inner, c) => (inner, Some(c)),
            _ => (term, None),
        };
        let Expr::Evidence(k) = rules.expr(inner).expr else {
            return Derivation::new(text, truth, How::All, vec![first]);
        };
        let listed: Vec<Sym> = decl.evidence.iter().map(|e| e.0).collect();
        let term_text = read(term, names);
        let t = self.with_evidence(decl, term);
        let second =
            self.derive_evidence(k, condition, term_text, t, Some(&listed), Some(decl.origin), names);
        Derivation::new(text, truth, How::All, vec![first, second])
    }

    /// Left of `by`: what would have to be done.
    fn derive_done(&mut self, x: ExprId, names: &mut Vec<String>) -> Derivation {
        match self.rules.expr(x).expr {
            Expr::Fact(_) | Expr::Field(..) | Expr::BoundFact(..) => {
                let mut d = self.operand(x, names);
                if let Expr::Field(Thing::Bound(slot), field) = self.rules.expr(x).expr
                    && let Some(Bound::Entity(entity)) = self.bound.get(usize::from(slot))
                    && entity_field(entity, field) == Read::Absent
                {
                    d.value = Shown::Plain("not done");
                    d.truth = Tri::False;
                } else if matches!(d.value, Shown::None) {
                    d.value = Shown::Plain("not done");
                    d.truth = Tri::False;
                }
                d
            }
            _ => {
                let mut d = self.derive(x, names);
                // It is there, but since when nobody says.
                if d.truth == Tri::True {
                    let undated = self.doings_undated(x);
                    if let Some((premise, origin)) = undated {
                        let text = "since when is not said".to_owned();
                        d.children.push(Derivation::leaf(text, Tri::Unknown, premise, Some(origin)));
                        d.truth = Tri::Unknown;
                        d.how = How::All;
                    }
                }
                d
            }
        }
    }

    /// A control without `since` or evidence without `issued` that a deadline asks for.
    fn doings_undated(&mut self, x: ExprId) -> Option<(Premise, Origin)> {
        let rules = self.rules;
        let inner = match rules.expr(x).expr {
            Expr::Where(inner, _) => inner,
            Expr::With(thing, term) if !matches!(rules.expr(thing).expr, Expr::Bound(_)) => {
                return self.doings_undated(term);
            }
            Expr::With(_, term) => term,
            _ => x,
        };
        match rules.expr(inner).expr {
            Expr::Control(c) => {
                let d: &ControlDecl = self.view().control(c)?;
                d.since.is_none().then_some((
                    Premise::ControlField(c, FieldName::BuiltIn(BuiltIn::Since), d.origin),
                    d.origin,
                ))
            }
            Expr::Evidence(k) => {
                let d = self.view().evidence.iter().find(|d| d.kinds.contains(&k) && d.issued.is_none())?;
                Some((
                    Premise::EvidenceField(d.name, FieldName::BuiltIn(BuiltIn::Issued), d.origin),
                    d.origin,
                ))
            }
            _ => None,
        }
    }
}

fn field_origin(d: &ControlDecl, field: Field) -> Origin {
    match field {
        Field::Own(n) => d.fields.iter().find(|f| f.0 == n).map_or(d.origin, |f| f.2),
        Field::BuiltIn(_) => d.origin,
    }
}

/// How an expression will read.
fn read(e: ExprId, names: &[String]) -> Text {
    Text::Expr(None, e, bound_names(names))
}

fn bound_names(names: &[String]) -> Option<Arc<[String]>> {
    (!names.is_empty()).then(|| names.into())
}
