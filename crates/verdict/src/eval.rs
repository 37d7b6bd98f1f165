//! Evaluates expressions over the views of one device.

use crate::Tri;
use crate::coverage::Probe;
use crate::evidence::{EvidenceFiles, Standing};
use crate::explain::Premise;
use crate::faults::fault;
use crate::verdict::Judgement;
use dossier_base::Sym;
use dossier_model::Rulebase;
use dossier_model::date::{self, Date, Day};
use dossier_model::device::{ControlDecl, EntityDecl, EvidenceDecl, Slot, State};
use dossier_model::expr::{Compare, Expr, ExprId, Field, Over, SetTest, Thing, children};
use dossier_model::hir::Origin;
use dossier_model::idx::Id;
use dossier_model::law::{Brings, Outcome, RequirementId, Strength, Target};
use dossier_model::value::{Bits, Type, Value, whole_days};
use dossier_model::view::{View, held};
use dossier_model::vocab::{BuiltIn, ControlId, EntityId, FactId, FactKind, KindId};
use dossier_syntax::literal::Decimal;
use rustc_hash::FxHashSet;

/// How what is not there yet is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Mode {
    /// Planned controls and evidence whose day comes no later count as there.
    pub(crate) plan_until: Option<Day>,
    /// Controls left out with a reason count as implemented, with all that is asked of them, if their own evidence
    /// brings this.
    pub(crate) left_out: Option<Brings>,
}

/// What a name is bound to.
#[derive(Clone, Debug)]
pub(crate) enum Bound<'a> {
    /// An entity.
    Entity(&'a EntityDecl),
    /// An entity that may exist and of which nothing is known.
    Somebody,
    /// A market, by the number of its view.
    Market(usize),
    /// A value.
    Value(Value),
}

/// What `where` narrows.
#[derive(Clone, Copy, Debug)]
enum Narrowed<'a> {
    Control(&'a ControlDecl),
    Evidence(&'a EvidenceDecl),
}

/// Whose controls and evidence a term reads.
#[derive(Clone, Copy, Debug)]
enum Holder<'a> {
    /// The view's.
    View,
    /// Those inside an entity, or that it lists.
    Entity(&'a EntityDecl),
    /// Evidence that a control lists.
    Listed(&'a [(Sym, Origin)]),
    /// An entity of which nothing is known.
    Somebody,
}

impl Holder<'_> {
    /// A number that tells holders of one device from each other.
    fn key(self) -> u64 {
        match self {
            // One place in a rulebook reads the lists of one control only.
            Holder::View | Holder::Listed(_) => 0,
            Holder::Entity(d) => std::ptr::from_ref(d) as usize as u64,
            Holder::Somebody => u64::MAX,
        }
    }
}

/// Something that was done: whether it surely counts, and its day.
pub(crate) type Doing = (Tri, Option<Date>);

/// A field's or fact's value, and if it has none, why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// It is given.
    Value(Value),
    /// Nobody gave it.
    Absent,
    /// It was given and could not be read.
    Broken,
}

impl Read {
    fn known(self) -> Option<Value> {
        match self {
            Read::Value(v) => Some(v),
            Read::Absent | Read::Broken => None,
        }
    }
}

/// Evaluates over one device.
pub(crate) struct Eval<'a> {
    pub(crate) rules: &'a Rulebase,
    /// One for each market of the device, and last the one without a market.
    pub(crate) views: &'a [View<'a>],
    /// The view at hand.
    pub(crate) here: usize,
    pub(crate) as_of: Day,
    pub(crate) files: &'a dyn EvidenceFiles,
    pub(crate) mode: Mode,
    pub(crate) bound: Vec<Bound<'a>>,
    narrowed: Option<Narrowed<'a>>,
    /// The kind of the evidence that is narrowed; its `contains` is read as that kind's.
    kind_at_hand: Option<KindId>,
    /// Facts already worked out, by view and fact; only for the plain mode.
    facts: Vec<Vec<Option<Option<Value>>>>,
    /// Outcomes already worked out, by view and requirement; only for the plain mode.
    pub(crate) outcomes: Vec<Vec<Option<Option<Judgement>>>>,
    /// The days of the plans of each view, once they were asked for.
    pub(crate) plan_days: Vec<Option<std::rc::Rc<[Day]>>>,
    /// Whether any control of each view is left out, once that was asked for.
    pub(crate) some_left_out: Vec<Option<bool>>,
    /// What a test stipulates to conform.
    pub(crate) stipulated: &'a [Target],
    /// Watches the atoms of requirements; only while coverage is measured.
    pub(crate) probe: Option<Box<Probe>>,
}

impl<'a> Eval<'a> {
    pub(crate) fn new(
        rules: &'a Rulebase,
        views: &'a [View<'a>],
        as_of: Day,
        files: &'a dyn EvidenceFiles,
        stipulated: &'a [Target],
    ) -> Self {
        Self {
            rules,
            views,
            here: 0,
            as_of,
            files,
            mode: Mode::default(),
            bound: Vec::new(),
            narrowed: None,
            kind_at_hand: None,
            facts: vec![Vec::new(); views.len()],
            outcomes: vec![Vec::new(); views.len()],
            plan_days: vec![None; views.len()],
            some_left_out: vec![None; views.len()],
            stipulated,
            probe: None,
        }
    }

    pub(crate) fn view(&self) -> &'a View<'a> {
        &self.views[self.here]
    }

    /// Evaluates in another mode.
    pub(crate) fn in_mode<R>(&mut self, mode: Mode, f: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.mode, mode);
        let r = f(self);
        self.mode = before;
        r
    }

    /// Evaluates as another market sees it, without bound names.
    fn elsewhere<R>(&mut self, view: usize, f: impl FnOnce(&mut Self) -> R) -> R {
        let here = std::mem::replace(&mut self.here, view);
        let bound = std::mem::take(&mut self.bound);
        let narrowed = self.narrowed.take();
        let r = self.unprobed(f);
        self.here = here;
        self.bound = bound;
        self.narrowed = narrowed;
        r
    }

    /// Evaluates what knows none of the names bound here; it counts its own from the first slot on.
    pub(crate) fn unbound<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        let bound = std::mem::take(&mut self.bound);
        let r = f(self);
        self.bound = bound;
        r
    }

    /// Evaluates what coverage takes as a whole and does not look into.
    pub(crate) fn unprobed<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        let probe = self.probe.take();
        let r = f(self);
        self.probe = probe;
        r
    }

    // ---- facts -------------------------------------------------------------------------------------------------

    /// A fact's value in a view.
    pub(crate) fn fact(&mut self, view: usize, fact: FactId) -> Option<Value> {
        let memo = self.mode == Mode::default();
        if memo {
            let row = &mut self.facts[view];
            if row.is_empty() {
                row.resize(self.rules.vocab.facts.len(), None);
            }
            if let Some(v) = &row[fact.index()] {
                return v.clone();
            }
        }
        let value = self.elsewhere(view, |e| e.work_fact_out(fact));
        if memo {
            self.facts[view][fact.index()] = Some(value.clone());
        }
        value
    }

    /// Whether a condition reads, itself or through derived facts, something that was declared and could not be read.
    pub(crate) fn reads_broken(&self, e: ExprId) -> bool {
        let mut seen = FxHashSet::default();
        let mut todo = vec![e];
        while let Some(e) = todo.pop() {
            let expr = &self.rules.expr(e).expr;
            let broken = match expr {
                Expr::Unreadable => true,
                Expr::Fact(f) | Expr::DeclaredFact(f) => {
                    self.fact_is_broken(self.view(), *f, &mut seen, &mut todo)
                }
                Expr::BoundFact(_, f) => {
                    self.views.iter().any(|v| self.fact_is_broken(v, *f, &mut seen, &mut todo))
                }
                Expr::Quantifier { over: Over::Collection(kind), .. }
                | Expr::Count { over: Over::Collection(kind), .. } => {
                    let collection = &self.view().collections[kind.index()];
                    collection.doubtful || collection.members.iter().any(|m| entity_is_broken(m))
                }
                _ => false,
            };
            if broken {
                return true;
            }
            todo.extend(children(expr));
        }
        false
    }

    /// The same of a fact; what it is derived from is still `todo`.
    fn fact_is_broken(
        &self,
        view: &View<'_>,
        f: FactId,
        seen: &mut FxHashSet<FactId>,
        todo: &mut Vec<ExprId>,
    ) -> bool {
        let fact = &self.rules.vocab.facts[f];
        let cell = &view.facts[f.index()];
        if cell.broken || (view.broken && cell.value.is_none()) {
            return true;
        }
        if seen.insert(f) {
            todo.extend(fact.when.iter().map(|w| w.0));
            match &fact.kind {
                FactKind::Derived(e) => todo.push(*e),
                FactKind::Table(columns, _) => todo.extend(columns),
                FactKind::Declared => {}
                FactKind::Broken => return true,
            }
        }
        false
    }

    fn work_fact_out(&mut self, id: FactId) -> Option<Value> {
        let rules = self.rules;
        let fact = &rules.vocab.facts[id];
        match &fact.kind {
            FactKind::Declared => {
                if let Some((when, otherwise)) = &fact.when
                    && self.truth(*when) == Tri::False
                {
                    return Some(otherwise.clone());
                }
                let cell = &self.view().facts[id.index()];
                if cell.broken { None } else { cell.value.clone() }
            }
            FactKind::Derived(e) if fact.ty == Type::Bool => match self.truth(*e) {
                Tri::True => Some(Value::Bool(true)),
                Tri::False => Some(Value::Bool(false)),
                Tri::Unknown => None,
            },
            FactKind::Derived(e) => self.value(*e),
            FactKind::Table(columns, rows) => {
                let have: Vec<Option<Value>> = columns.iter().map(|c| self.any_value(*c)).collect();
                let mut result: Option<&Value> = None;
                for row in rows {
                    let fits =
                        row.cells.iter().zip(&have).fold(Tri::True, |t, (cell, have)| match (cell, have) {
                            (None, _) => t,
                            (Some(_), None) => t.and(Tri::Unknown),
                            (Some(c), Some(h)) => t.and(equal(h, c)),
                        });
                    if fits == Tri::False {
                        continue;
                    }
                    // Rows that may still match must agree.
                    if result.is_some_and(|r| *r != row.result) {
                        return None;
                    }
                    result = Some(&row.result);
                    if fits == Tri::True || fault(23) {
                        break;
                    }
                }
                result.cloned()
            }
            FactKind::Broken => None,
        }
    }

    /// A value of any type; of a condition its truth.
    pub(crate) fn any_value(&mut self, e: ExprId) -> Option<Value> {
        if self.rules.expr(e).ty == Type::Bool {
            match self.truth(e) {
                Tri::True => Some(Value::Bool(true)),
                Tri::False => Some(Value::Bool(false)),
                Tri::Unknown => None,
            }
        } else {
            self.value(e)
        }
    }

    // ---- values ------------------------------------------------------------------------------------------------

    /// The value of an expression that is no condition.
    pub(crate) fn value(&mut self, e: ExprId) -> Option<Value> {
        let rules = self.rules;
        match &rules.expr(e).expr {
            Expr::Const(v) => Some(v.clone()),
            Expr::Fact(f) => self.fact(self.here, *f),
            Expr::Bound(slot) => match self.bound.get(usize::from(*slot))? {
                Bound::Entity(d) => Some(Value::Name(d.name)),
                Bound::Value(v) => Some(v.clone()),
                Bound::Market(_) | Bound::Somebody => None,
            },
            Expr::BoundFact(slot, f) => match self.bound.get(usize::from(*slot))? {
                Bound::Market(view) => {
                    let (view, f) = (*view, *f);
                    self.fact(view, f)
                }
                _ => None,
            },
            Expr::BoundPlace(slot) => match self.bound.get(usize::from(*slot))? {
                Bound::Market(view) => {
                    let place = self.views[*view].place()?;
                    let places = &rules.vocab.enums[rules.vocab.places?];
                    places.by_name.get(&place).copied().map(Value::Enum)
                }
                _ => None,
            },
            Expr::Field(thing, field) => self.field(*thing, *field).known(),
            Expr::AsOf => Some(Value::Date(Date::day(self.as_of))),
            Expr::EndOf(unit, d) => match self.value(*d)? {
                Value::Date(d) => d.map(|d| Some(date::end_of(*unit, d))).map(Value::Date),
                _ => None,
            },
            Expr::Add(a, b, minus) => {
                let (a, b) = (self.value(*a)?, self.value(*b)?);
                add(a, b, *minus)
            }
            Expr::Count { .. } => {
                let (low, high) = self.range(e)?;
                (high == Some(low)).then(|| Value::Number(Decimal { digits: low.into(), scale: 0 }))
            }
            Expr::List(items) => {
                // A list with a part that is not known is not known.
                let mut names: Vec<Sym> = Vec::new();
                let mut texts: Vec<std::sync::Arc<str>> = Vec::new();
                let mut bits = Bits::default();
                for item in items {
                    match self.value(*item)? {
                        Value::Enum(n) => bits = bits.with(n),
                        Value::Name(n) => names.push(n),
                        Value::Text(t) => texts.push(t),
                        _ => return None,
                    }
                }
                Some(match rules.expr(e).ty {
                    Type::EnumSet(_) => Value::Set { bits, open: false },
                    Type::TextSet => Value::Texts(texts.into()),
                    _ => Value::Names(names.into()),
                })
            }
            _ => self.any_truth_as_value(e),
        }
    }

    fn any_truth_as_value(&mut self, e: ExprId) -> Option<Value> {
        if self.rules.expr(e).ty != Type::Bool {
            return None;
        }
        match self.truth(e) {
            Tri::True => Some(Value::Bool(true)),
            Tri::False => Some(Value::Bool(false)),
            Tri::Unknown => None,
        }
    }

    /// A field, and if it has no value, why.
    pub(crate) fn field(&mut self, thing: Thing, field: Field) -> Read {
        match thing {
            Thing::Bound(slot) => match self.bound.get(usize::from(slot)) {
                Some(Bound::Entity(d)) => entity_field(d, field),
                _ => Read::Broken,
            },
            Thing::Narrowed => match self.narrowed {
                Some(Narrowed::Control(d)) => match self.carried_out(d, field) {
                    Some(since) => Read::Value(Value::Date(since)),
                    None => control_field(d, field),
                },
                Some(Narrowed::Evidence(d)) => self.evidence_field(d, field),
                None => Read::Broken,
            },
            Thing::Control(c) => match self.view().control(c) {
                Some(d) => control_field(d, field),
                None if self.view().broken => Read::Broken,
                None => Read::Absent,
            },
        }
    }

    /// Since when a planned control that is looked at as carried out is there.
    fn carried_out(&self, d: &ControlDecl, field: Field) -> Option<Date> {
        let done = field == Field::BuiltIn(BuiltIn::Since)
            && d.state == State::Planned
            && d.due.is_some_and(|due| self.planned_by(due.last) == Tri::True);
        if done { d.due } else { None }
    }

    fn evidence_field(&self, d: &EvidenceDecl, field: Field) -> Read {
        let Field::BuiltIn(b) = field else { return Read::Broken };
        let value = match b {
            BuiltIn::Due => d.due.map(Value::Date),
            BuiltIn::Issued => self.issued(d).map(Value::Date),
            BuiltIn::Expires => d.expires.map(Value::Date),
            BuiltIn::Issuer => d.issuer.clone().map(Value::Text),
            BuiltIn::Url => d.url.clone().map(Value::Text),
            BuiltIn::Independent => d.independent.map(Value::Bool),
            BuiltIn::Contains => d.contains.as_ref().map(|parts| {
                let mut bits = Bits::default();
                for kind in &d.kinds {
                    let Some(e) = self.rules.vocab.kinds[*kind].contents else { continue };
                    let parts = parts.iter().filter_map(|p| self.rules.vocab.enums[e].by_name.get(p));
                    // Kinds of one evidence may list parts of different enums; each reads its own.
                    if self.narrowed_kind_enum().is_none_or(|n| n == e) {
                        bits = parts.fold(bits, |b, n| b.with(*n));
                    }
                }
                Value::Set { bits, open: false }
            }),
            _ => None,
        };
        match value {
            Some(v) => Read::Value(v),
            None if d.broken.iter().any(|n| n.as_str() == b.name()) => Read::Broken,
            None => Read::Absent,
        }
    }

    fn narrowed_kind_enum(&self) -> Option<dossier_model::vocab::EnumId> {
        self.kind_at_hand.and_then(|k| self.rules.vocab.kinds[k].contents)
    }

    // ---- truth -------------------------------------------------------------------------------------------------

    /// The truth of a condition.
    pub(crate) fn truth(&mut self, e: ExprId) -> Tri {
        if self.probe.is_some() { self.probed_truth(e) } else { self.plain_truth(e) }
    }

    /// The truth of a condition, not watched itself.
    pub(crate) fn plain_truth(&mut self, e: ExprId) -> Tri {
        let rules = self.rules;
        match &rules.expr(e).expr {
            Expr::Not(a) => !self.truth(*a),
            Expr::And(a, b) => match self.truth(*a) {
                Tri::False => Tri::False,
                t => t.and(self.truth(*b)),
            },
            Expr::Or(a, b) => match self.truth(*a) {
                Tri::True => Tri::True,
                t => t.or(self.truth(*b)),
            },
            Expr::Implies(a, b) => match self.truth(*a) {
                Tri::False => Tri::True,
                t => t.implies(self.truth(*b)),
            },
            Expr::Compare(op, a, b) => self.compare(*op, *a, *b),
            Expr::In(a, list) => {
                let Some(have) = self.any_value(*a) else { return Tri::Unknown };
                let mut t = Tri::False;
                for item in list {
                    t = t.or(match self.any_value(*item) {
                        Some(v) => equal(&have, &v),
                        None => Tri::Unknown,
                    });
                }
                t
            }
            Expr::InSet(a, set) | Expr::Has(set, a) => {
                let set = self.value(*set);
                match &set {
                    // An empty list holds nothing, whatever is looked for.
                    Some(s) if is_empty(s) => return Tri::False,
                    _ => {}
                }
                match (set, self.any_value(*a)) {
                    (Some(set), Some(v)) => holds(&set, &v),
                    _ => Tri::Unknown,
                }
            }
            Expr::Sets(test, a, b) => {
                let (a, b) = (self.value(*a), self.value(*b));
                sets(*test, a.as_ref(), b.as_ref())
            }
            Expr::Control(_) | Expr::Considered(_) | Expr::Evidence(_) => self.narrow(e, None, Holder::View),
            Expr::Where(term, condition) => self.narrow(*term, Some(*condition), Holder::View),
            Expr::With(thing, term) => self.with(*thing, *term),
            Expr::By(x, d) => self.by(*x, *d).0,
            Expr::Quantifier { every, over, slot, filter, body } => {
                self.quantifier(*every, *over, *slot, *filter, *body)
            }
            Expr::Conforms(target) => self.conforms(*target),
            Expr::DeclaredFact(f) => {
                let cell = &self.view().facts[f.index()];
                Tri::of(cell.value.is_some() && !cell.broken)
            }
            Expr::DeclaredField(thing, field) => {
                Tri::of(matches!(self.field(*thing, *field), Read::Value(_)))
            }
            Expr::Unreadable => Tri::Unknown,
            _ => match self.value(e) {
                Some(Value::Bool(b)) => Tri::of(b),
                None if fault(3) => Tri::False,
                _ => Tri::Unknown,
            },
        }
    }

    fn compare(&mut self, op: Compare, a: ExprId, b: ExprId) -> Tri {
        let rules = self.rules;
        let is_count = |e: ExprId| matches!(rules.expr(e).expr, Expr::Count { .. });
        if is_count(a) || is_count(b) {
            let (Some(x), Some(y)) = (self.number_range(a), self.number_range(b)) else {
                return Tri::Unknown;
            };
            return compare_ranges(op, x, y);
        }
        let (Some(x), Some(y)) = (self.any_value(a), self.any_value(b)) else { return Tri::Unknown };
        match op {
            Compare::Eq => equal(&x, &y),
            Compare::NotEq => !equal(&x, &y),
            Compare::Lt => less(&x, &y),
            Compare::GtEq => !less(&x, &y),
            Compare::Gt => less(&y, &x),
            Compare::LtEq => !less(&y, &x),
        }
    }

    /// The least and the greatest that a number can be; no greatest if there is no end.
    fn number_range(&mut self, e: ExprId) -> Option<(Decimal, Option<Decimal>)> {
        let whole = |n: i64| Decimal { digits: n.into(), scale: 0 };
        if matches!(self.rules.expr(e).expr, Expr::Count { .. }) {
            let (low, high) = self.range(e)?;
            return Some((whole(low), high.map(whole)));
        }
        match self.value(e)? {
            Value::Number(n) => Some((n, Some(n))),
            _ => None,
        }
    }

    fn range(&mut self, e: ExprId) -> Option<(i64, Option<i64>)> {
        let Expr::Count { over, slot, filter } = self.rules.expr(e).expr else { return None };
        let (members, closed) = self.members(over);
        let (mut low, mut high) = (0, 0);
        for m in members {
            self.bind(slot, m);
            match filter.map_or(Tri::True, |f| self.truth(f)) {
                Tri::True => {
                    low += 1;
                    high += 1;
                }
                Tri::Unknown => high += 1,
                Tri::False => {}
            }
        }
        self.bound.truncate(usize::from(slot));
        Some((low, (closed && !fault(16)).then_some(high)))
    }

    pub(crate) fn bind(&mut self, slot: u8, to: Bound<'a>) {
        self.bound.truncate(usize::from(slot));
        self.bound.push(to);
    }

    /// What a bound name runs over, and whether there is nothing else.
    pub(crate) fn members(&mut self, over: Over) -> (Vec<Bound<'a>>, bool) {
        match over {
            Over::Markets => {
                let all = (0..self.views.len()).filter(|v| self.views[*v].market.is_some());
                // What could not be read of the device may be a market's block.
                (all.map(Bound::Market).collect(), !self.view().unit.may_have_more_markets())
            }
            Over::Collection(e) => {
                let (members, closed) = self.collection(e);
                (members.into_iter().map(Bound::Entity).collect(), closed)
            }
            Over::Held(_, e) if !self.makes_sense(e) => (Vec::new(), true),
            Over::Held(slot, e) => match self.bound.get(usize::from(slot)) {
                Some(Bound::Entity(d)) => {
                    let (members, closed) = held(d, e);
                    (members.into_iter().map(Bound::Entity).collect(), closed)
                }
                _ => (Vec::new(), false),
            },
            Over::Values(set) => match self.value(set) {
                Some(Value::Set { bits, open }) => {
                    (bits.iter().map(|n| Bound::Value(Value::Enum(n))).collect(), !open)
                }
                Some(Value::Names(names)) => {
                    (names.iter().map(|n| Bound::Value(Value::Name(*n))).collect(), true)
                }
                Some(Value::Texts(texts)) => {
                    (texts.iter().map(|t| Bound::Value(Value::Text(t.clone()))).collect(), true)
                }
                Some(Value::Some(list)) => (elements(&list).map(Bound::Value).collect(), false),
                _ => (Vec::new(), false),
            },
        }
    }

    /// Whether there can be entities of a kind here, as far as is known.
    fn makes_sense(&mut self, e: EntityId) -> bool {
        let when = self.rules.vocab.entities[e].when;
        when.is_none_or(|w| self.elsewhere(self.here, |e| e.truth(w)) != Tri::False)
    }

    /// The entities of a kind, and whether there are no others.
    pub(crate) fn collection(&mut self, e: EntityId) -> (Vec<&'a EntityDecl>, bool) {
        let entity = &self.rules.vocab.entities[e];
        if !self.makes_sense(e) {
            return (Vec::new(), true);
        }
        let view = self.view();
        let collection = &view.collections[e.index()];
        let members: Vec<&EntityDecl> = collection.members.iter().map(AsRef::as_ref).collect();
        let closed = match entity.read_from {
            None => collection.closed,
            Some(_) if !self.files.reads(e) => false,
            // As long as files of the kind that were read stand, they are all there are.
            Some(kind) => {
                let mut files = view.evidence.iter().filter(|d| d.kinds.contains(&kind)).peekable();
                match files.peek() {
                    Some(_) => files.any(|d| self.stands(d).stands == Tri::True),
                    None => collection.closed,
                }
            }
        };
        (members, closed)
    }

    fn quantifier(&mut self, every: bool, over: Over, slot: u8, filter: Option<ExprId>, body: ExprId) -> Tri {
        let (members, closed) = self.members(over);
        let mut t = Tri::of(every);
        for m in members {
            self.bind(slot, m);
            let selected = filter.map_or(Tri::True, |f| self.truth(f));
            if every {
                if selected != Tri::False {
                    t = t.and(selected.implies(self.truth(body)));
                }
                if t == Tri::False {
                    break;
                }
            } else {
                if selected != Tri::False {
                    t = t.or(selected.and(self.truth(body)));
                }
                if t == Tri::True {
                    break;
                }
            }
        }
        self.bound.truncate(usize::from(slot));
        if closed || (every && fault(22)) {
            t
        } else if every {
            t.and(Tri::Unknown)
        } else {
            t.or(Tri::Unknown)
        }
    }

    // ---- controls and evidence ---------------------------------------------------------------------------------

    fn control_decl(&self, c: ControlId, holder: Holder<'a>) -> Option<&'a ControlDecl> {
        match holder {
            Holder::View => self.view().control(c),
            Holder::Entity(d) => d.controls.iter().find(|x| x.control == c),
            Holder::Listed(_) | Holder::Somebody => None,
        }
    }

    fn absent(&self, holder: Holder<'a>) -> Tri {
        let unknown = match holder {
            Holder::View => self.view().broken,
            Holder::Entity(d) => d.broken,
            Holder::Listed(_) => self.view().broken,
            Holder::Somebody => true,
        };
        if unknown { Tri::Unknown } else { Tri::False }
    }

    /// From when a control counts as implemented, if it does in this mode.
    pub(crate) fn implemented(&self, d: &ControlDecl) -> Tri {
        match d.state {
            State::Broken => Tri::Unknown,
            // What could not be read of its days may say that it is not there yet.
            State::Implemented if is_broken(d, BuiltIn::Since) => Tri::Unknown,
            State::Implemented => match d.since {
                Some(since) if since.first > self.as_of => self.planned_by(since.first),
                _ => Tri::True,
            },
            State::Planned => d.due.map_or(Tri::False, |due| self.planned_by(due.last)),
            State::LeftOut => self.excused(d),
        }
    }

    fn planned_by(&self, day: Day) -> Tri {
        Tri::of((day >= self.as_of || fault(7)) && self.mode.plan_until.is_some_and(|until| day <= until))
    }

    /// Whether a control is left out with its reason, and its evidence brings what a justification must.
    fn excused(&self, d: &ControlDecl) -> Tri {
        match self.mode.left_out {
            Some(brings) if d.state == State::LeftOut && (d.because.is_some() || fault(18)) => {
                self.brought(brings, d.evidence.iter().map(|e| e.0))
            }
            _ => Tri::False,
        }
    }

    /// Whether a left-out control is taken as implemented with all that is asked of it.
    fn assumed(&self, d: &ControlDecl) -> bool {
        self.excused(d) != Tri::False
    }

    fn control(&self, c: ControlId, holder: Holder<'a>) -> Tri {
        match self.control_decl(c, holder) {
            Some(d) => self.implemented(d),
            None => self.absent(holder),
        }
    }

    fn considered(&self, c: ControlId, holder: Holder<'a>) -> Tri {
        match self.control_decl(c, holder) {
            Some(d) if d.state == State::Broken => Tri::Unknown,
            Some(_) => Tri::True,
            None => self.absent(holder),
        }
    }

    /// Evidence of a kind that a holder has, and whether it is surely of that kind.
    fn evidence_of(&self, k: KindId, holder: Holder<'a>) -> Vec<(&'a EvidenceDecl, Tri)> {
        let fits = |d: &EvidenceDecl| {
            if d.kinds.contains(&k) {
                Tri::True
            } else if d.broken.iter().any(|n| n.as_str() == "kind") {
                Tri::Unknown
            } else {
                Tri::False
            }
        };
        let view = self.view();
        let mut found = Vec::new();
        let take = |d: &'a EvidenceDecl| {
            let fits = fits(d);
            if fits != Tri::False {
                found.push((d, fits));
            }
        };
        match holder {
            Holder::View => view.evidence.iter().copied().for_each(take),
            Holder::Entity(d) => {
                let names = d.evidence.iter().flatten();
                names.filter_map(|(n, _)| view.evidence_named(*n)).for_each(take);
            }
            Holder::Listed(names) => names.iter().filter_map(|(n, _)| view.evidence_named(*n)).for_each(take),
            Holder::Somebody => {}
        }
        found
    }

    /// Whether evidence stands on the day of the check.
    pub(crate) fn stands(&self, d: &EvidenceDecl) -> Standing {
        if d.stands == Some(false) {
            return Standing::no("a test stipulates that it does not stand");
        }
        if !d.broken.is_empty() {
            return Standing::unknown("its declaration could not be read");
        }
        if self.view().doubtful.contains(&d.name) {
            return Standing::unknown("something that may change it could not be read");
        }
        if let Some(issued) = d.issued
            && issued.first > self.as_of
            && !is_planned(d)
        {
            return Standing::no(format!("it is issued on {issued} only"));
        }
        if let Some(expires) = d.expires
            && expires.last < self.as_of
            && !fault(6)
        {
            return Standing::no(format!("it expired on {expires}"));
        }
        if is_planned(d)
            && let Some(due) = d.due
        {
            return match self.planned_by(due.last) {
                Tri::True => Standing::yes(),
                _ => Standing::no(format!("it is planned for {due}")),
            };
        }
        if d.path.is_none() && d.url.is_some() {
            // An address is recorded and never fetched.
            return Standing::yes();
        }
        self.files.file(d)
    }

    /// When evidence was issued; planned evidence on its day, once that is looked at as come.
    fn issued(&self, d: &EvidenceDecl) -> Option<Date> {
        match self.mode.plan_until {
            Some(_) if is_planned(d) => d.due,
            _ => d.issued,
        }
    }

    fn evidence(&mut self, term: ExprId, k: KindId, holder: Holder<'a>, condition: Option<ExprId>) -> Tri {
        let found = self.evidence_of(k, holder);
        let forced = self.forced_evidence(term, &found, holder);
        if let Some(forced) = forced
            && (!forced || found.is_empty())
        {
            return Tri::of(forced);
        }
        let mut t = Tri::False;
        for (d, fits) in found {
            let standing = if forced.is_some() { Tri::True } else { fits.and(self.stands(d).stands) };
            if standing == Tri::False {
                continue;
            }
            let holds = match condition {
                Some(c) => standing.and(self.narrowed_to(Narrowed::Evidence(d), Some(k), c)),
                None => standing,
            };
            t = t.or(holds);
        }
        if t == Tri::False { self.absent(holder) } else { t }
    }

    /// While coverage is measured: what the probe makes of there being evidence that stands, if it differs.
    fn forced_evidence(
        &mut self,
        term: ExprId,
        found: &[(&'a EvidenceDecl, Tri)],
        holder: Holder<'a>,
    ) -> Option<bool> {
        self.probe.as_ref()?;
        let any =
            found.iter().fold(self.absent(holder), |t, (d, fits)| t.or(fits.and(self.stands(d).stands)));
        match (any, self.probed_term(term, holder.key(), any)) {
            (before, now) if before == now => None,
            (_, now) => Some(now == Tri::True),
        }
    }

    fn narrowed_to(&mut self, narrowed: Narrowed<'a>, kind: Option<KindId>, condition: ExprId) -> Tri {
        let before = self.narrowed.replace(narrowed);
        let kind_before = std::mem::replace(&mut self.kind_at_hand, kind);
        let t = self.truth(condition);
        self.narrowed = before;
        self.kind_at_hand = kind_before;
        t
    }

    /// A term, narrowed or not, of a holder.
    fn narrow(&mut self, term: ExprId, condition: Option<ExprId>, holder: Holder<'a>) -> Tri {
        match self.rules.expr(term).expr {
            Expr::Control(c) | Expr::Considered(c) => {
                let is_control = matches!(self.rules.expr(term).expr, Expr::Control(_));
                let mut t = if is_control { self.control(c, holder) } else { self.considered(c, holder) };
                if self.probe.is_some() {
                    t = self.probed_term(term, holder.key(), t);
                }
                match (condition, self.control_decl(c, holder)) {
                    (Some(condition), Some(d)) if t != Tri::False && !self.assumed(d) => {
                        t.and(self.narrowed_to(Narrowed::Control(d), None, condition))
                    }
                    _ => t,
                }
            }
            Expr::Evidence(k) => self.evidence(term, k, holder, condition),
            Expr::Where(inner, condition) => self.narrow(inner, Some(condition), holder),
            _ => Tri::Unknown,
        }
    }

    fn with(&mut self, thing: ExprId, term: ExprId) -> Tri {
        let rules = self.rules;
        if let Expr::Bound(slot) = rules.expr(thing).expr {
            let holder = match self.bound.get(usize::from(slot)) {
                Some(Bound::Entity(d)) => Holder::Entity(d),
                _ => Holder::Somebody,
            };
            return self.narrow(term, None, holder);
        }
        let t = self.truth(thing);
        if t == Tri::False {
            return Tri::False;
        }
        let Some(c) = self.control_of(thing) else { return Tri::Unknown };
        let Some(d) = self.view().control(c) else { return t };
        if self.assumed(d) {
            return t;
        }
        if d.broken.iter().any(|n| n.as_str() == "evidence") {
            return t.and(Tri::Unknown);
        }
        let holder = if fault(21) { Holder::View } else { Holder::Listed(&d.evidence) };
        t.and(self.narrow(term, None, holder))
    }

    /// The control that a term is about.
    pub(crate) fn control_of(&self, e: ExprId) -> Option<ControlId> {
        match self.rules.expr(e).expr {
            Expr::Control(c) | Expr::Considered(c) => Some(c),
            Expr::Where(inner, _) | Expr::With(inner, _) => self.control_of(inner),
            _ => None,
        }
    }

    // ---- for explanations: the same steps, one at a time ---------------------------------------------------------

    /// Runs something inside the `where` of a control.
    pub(crate) fn on_control<R>(&mut self, d: &'a ControlDecl, f: impl FnOnce(&mut Self) -> R) -> R {
        let before = self.narrowed.replace(Narrowed::Control(d));
        let r = f(self);
        self.narrowed = before;
        r
    }

    /// Runs something inside the `where` of evidence of a kind.
    pub(crate) fn on_evidence<R>(
        &mut self,
        d: &'a EvidenceDecl,
        k: KindId,
        f: impl FnOnce(&mut Self) -> R,
    ) -> R {
        let before = self.narrowed.replace(Narrowed::Evidence(d));
        let kind = self.kind_at_hand.replace(k);
        let r = f(self);
        self.narrowed = before;
        self.kind_at_hand = kind;
        r
    }

    /// Whether a control lists evidence that a term asks for.
    pub(crate) fn with_evidence(&mut self, d: &'a ControlDecl, term: ExprId) -> Tri {
        self.narrow(term, None, Holder::Listed(&d.evidence))
    }

    /// What the field of what is narrowed rests on.
    pub(crate) fn narrowed_premise(&self, field: Field) -> (Option<Premise>, Option<Origin>) {
        match self.narrowed {
            Some(Narrowed::Control(d)) => {
                let origin = match field {
                    Field::Own(n) => d.fields.iter().find(|f| f.0 == n).map_or(d.origin, |f| f.2),
                    Field::BuiltIn(_) => d.origin,
                };
                (Some(Premise::ControlField(d.control, field.into(), d.origin)), Some(origin))
            }
            Some(Narrowed::Evidence(d)) => {
                (Some(Premise::EvidenceField(d.name, field.into(), d.origin)), Some(d.origin))
            }
            None => (None, None),
        }
    }

    /// A number that tells what `where` narrows from others of one device.
    pub(crate) fn narrowed_key(&self) -> u64 {
        match self.narrowed {
            Some(Narrowed::Control(d)) => std::ptr::from_ref(d) as usize as u64,
            Some(Narrowed::Evidence(d)) => std::ptr::from_ref(d) as usize as u64,
            None => 0,
        }
    }

    // ---- deadlines ---------------------------------------------------------------------------------------------

    /// Whether something was or still can be done by a day; and the day, if it is not done yet.
    pub(crate) fn by(&mut self, x: ExprId, d: ExprId) -> (Tri, Option<Date>) {
        let Some(Value::Date(deadline)) = self.value(d) else { return (Tri::Unknown, None) };
        let (doings, perhaps) = self.doings(x);
        let mut t = if perhaps { Tri::Unknown } else { Tri::False };
        let mut undone = !perhaps;
        for (holds, day) in doings {
            let in_time = match day {
                // A day after the check: not done yet.
                Some(day) if day.first > self.as_of => continue,
                Some(day) => !less(&Value::Date(deadline), &Value::Date(day)),
                None => Tri::Unknown,
            };
            undone = false;
            t = t.or(holds.and(in_time));
        }
        // As long as the day is not past, what is done was done by it, and the rest still can be.
        if !fault(17) {
            t = t.or(!less(&Value::Date(deadline), &Value::Date(Date::day(self.as_of))));
        }
        (t, (undone && t == Tri::True).then_some(deadline))
    }

    /// What was done: whether it surely counts, and the day (no day where none is given). Also whether something
    /// perhaps was done besides.
    pub(crate) fn doings(&mut self, x: ExprId) -> (Vec<Doing>, bool) {
        let rules = self.rules;
        let of_date = |r: Read| match r {
            Read::Value(Value::Date(d)) => (vec![(Tri::True, Some(d))], false),
            Read::Absent => (Vec::new(), false),
            _ => (Vec::new(), true),
        };
        match &rules.expr(x).expr {
            Expr::Fact(f) => {
                let f = *f;
                let broken = self.view().facts[f.index()].broken;
                let v = self.fact(self.here, f);
                of_date(v.map_or(if broken { Read::Broken } else { Read::Absent }, Read::Value))
            }
            Expr::BoundFact(..) => {
                let v = self.value(x);
                of_date(v.map_or(Read::Absent, Read::Value))
            }
            Expr::Field(thing, field) => {
                let r = self.field(*thing, *field);
                of_date(r)
            }
            Expr::Control(_) | Expr::Evidence(_) | Expr::Where(..) => self.term_doings(x, Holder::View),
            Expr::With(thing, term) => {
                if let Expr::Bound(slot) = rules.expr(*thing).expr {
                    let holder = match self.bound.get(usize::from(slot)) {
                        Some(Bound::Entity(d)) => Holder::Entity(d),
                        _ => Holder::Somebody,
                    };
                    return self.term_doings(*term, holder);
                }
                let t = self.truth(*thing);
                let decl = self.control_of(*thing).and_then(|c| self.view().control(c));
                match (t, decl) {
                    (Tri::False, _) | (_, None) => (Vec::new(), t == Tri::Unknown),
                    (t, Some(d)) if self.assumed(d) => (vec![(t, None)], false),
                    (t, Some(d)) => {
                        // Both must be done: the later day counts.
                        let since = if d.state == State::Planned { d.due } else { d.since };
                        let (listed, perhaps) = self.term_doings(*term, Holder::Listed(&d.evidence));
                        (
                            listed.into_iter().map(|(l, day)| (t.and(l), self.later(day, since))).collect(),
                            perhaps,
                        )
                    }
                }
            }
            _ => (Vec::new(), true),
        }
    }

    /// The later of two days of which either may not be given: it is some day up to the check then.
    fn later(&self, a: Option<Date>, b: Option<Date>) -> Option<Date> {
        let (a, b) = match (a, b) {
            (Some(a), Some(b)) => (a, b),
            (Some(day), None) | (None, Some(day)) => (day, Date { first: day.first, last: self.as_of }),
            (None, None) => return None,
        };
        Some(Date { first: a.first.max(b.first), last: a.last.max(b.last) })
    }

    fn term_doings(&mut self, term: ExprId, holder: Holder<'a>) -> (Vec<Doing>, bool) {
        let rules = self.rules;
        let (inner, condition) = match rules.expr(term).expr {
            Expr::Where(inner, condition) => (inner, Some(condition)),
            _ => (term, None),
        };
        match rules.expr(inner).expr {
            Expr::Control(c) => match (self.narrow(inner, condition, holder), self.control_decl(c, holder)) {
                (Tri::False, _) => (Vec::new(), false),
                (t, Some(d)) if d.state != State::Broken => {
                    let since = if d.state == State::Planned { d.due } else { d.since };
                    (vec![(t, since)], false)
                }
                _ => (Vec::new(), true),
            },
            Expr::Evidence(k) => {
                let mut days = Vec::new();
                let perhaps = self.absent(holder) == Tri::Unknown;
                let found = self.evidence_of(k, holder);
                let forced = self.forced_evidence(inner, &found, holder);
                if let Some(forced) = forced
                    && (!forced || found.is_empty())
                {
                    return (if forced { vec![(Tri::True, None)] } else { Vec::new() }, false);
                }
                for (d, fits) in found {
                    let standing = if forced.is_some() { Tri::True } else { fits.and(self.stands(d).stands) };
                    let t = match (standing, condition) {
                        (Tri::False, _) | (_, None) => standing,
                        (s, Some(c)) => s.and(self.narrowed_to(Narrowed::Evidence(d), Some(k), c)),
                    };
                    if t != Tri::False {
                        days.push((t, self.issued(d)));
                    }
                }
                (days, perhaps)
            }
            _ => (Vec::new(), true),
        }
    }

    // ---- other verdicts ----------------------------------------------------------------------------------------

    fn conforms(&mut self, target: Target) -> Tri {
        if self.stipulated.contains(&target) {
            return Tri::True;
        }
        let mut any = false;
        let mut unknown = false;
        for r in self.rules.law.requirements_of(target) {
            if self.rules.law.requirements[r].strength == Strength::May {
                continue;
            }
            match self.outcome_of(r) {
                None => {}
                Some(Outcome::NotApplicable) => any |= fault(20),
                Some(Outcome::Met | Outcome::Justified) => any = true,
                Some(Outcome::Unknown) => {
                    any = true;
                    unknown = true;
                }
                Some(Outcome::Waived | Outcome::Planned | Outcome::Unmet) => return Tri::False,
            }
        }
        match (any, unknown) {
            (false, _) => Tri::False,
            (true, true) => Tri::Unknown,
            (true, false) => Tri::True,
        }
    }

    /// The outcome of another requirement, as this market sees it; of one that is asked once, without a market.
    fn outcome_of(&mut self, r: RequirementId) -> Option<Outcome> {
        let instrument = self.rules.law.requirements[r].instrument;
        let view = match self.rules.law.instruments[instrument].jurisdiction {
            None => self.views.len() - 1,
            Some(j) if self.view().jurisdiction() == Some(j) => self.here,
            Some(_) => return None,
        };
        // What is left out excuses the requirement that is looked at, not those whose verdicts it reads.
        let mode = Mode { left_out: None, ..self.mode };
        self.in_mode(mode, |e| e.elsewhere(view, |e| e.judge(r))).map(|j| j.outcome)
    }
}

/// Whether evidence is still to come: it has a day, and neither file nor address.
fn is_planned(d: &EvidenceDecl) -> bool {
    d.path.is_none() && d.url.is_none() && d.due.is_some()
}

/// Whether a field of a control could not be read.
fn is_broken(d: &ControlDecl, field: BuiltIn) -> bool {
    d.broken.iter().any(|n| n.as_str() == field.name())
}

fn entity_is_broken(d: &EntityDecl) -> bool {
    d.broken || d.fields.iter().any(|f| f.1 == Slot::Broken) || d.held.iter().any(entity_is_broken)
}

/// A field of an entity.
pub(crate) fn entity_field(d: &EntityDecl, field: Field) -> Read {
    let Field::Own(n) = field else { return Read::Absent };
    match d.fields.iter().find(|f| f.0 == n) {
        Some((_, Slot::Known(v), _)) => Read::Value(v.clone()),
        Some((_, Slot::Broken, _)) => Read::Broken,
        None if d.broken => Read::Broken,
        None => Read::Absent,
    }
}

fn control_field(d: &ControlDecl, field: Field) -> Read {
    match field {
        Field::Own(n) => match d.fields.iter().find(|f| f.0 == n) {
            Some((_, Slot::Known(v), _)) => Read::Value(v.clone()),
            Some((_, Slot::Broken, _)) => Read::Broken,
            None if d.broken.is_empty() => Read::Absent,
            None => Read::Broken,
        },
        Field::BuiltIn(b) => {
            let value = match b {
                BuiltIn::Due => d.due.map(Value::Date),
                BuiltIn::Since => d.since.map(Value::Date),
                BuiltIn::Because => d.because.clone().map(Value::Text),
                BuiltIn::ProvidedBy => d.provided_by.map(Value::Enum),
                _ => None,
            };
            match value {
                Some(v) => Read::Value(v),
                None if d.broken.iter().any(|n| n.as_str() == b.name()) => Read::Broken,
                None => Read::Absent,
            }
        }
    }
}

fn add(a: Value, b: Value, minus: bool) -> Option<Value> {
    let sign = if minus { -1 } else { 1 };
    match (a, b) {
        (Value::Date(d), Value::Period(m)) => d.map(|d| date::add_months(d, sign * m)).map(Value::Date),
        (Value::Date(d), Value::Duration(ms)) => {
            d.map(|d| date::add_days(d, sign * whole_days(ms))).map(Value::Date)
        }
        (Value::Duration(x), Value::Duration(y)) => x.checked_add(i64::from(sign) * y).map(Value::Duration),
        (Value::Period(x), Value::Period(y)) => x.checked_add(sign * y).map(Value::Period),
        (Value::Number(x), Value::Number(y)) => {
            let scale = x.scale.max(y.scale);
            let at = |d: Decimal| d.digits.checked_mul(10_i128.pow(u32::from(scale - d.scale)));
            let digits = at(x)?.checked_add(i128::from(sign) * at(y)?)?;
            Some(Value::Number(Decimal { digits, scale }))
        }
        _ => None,
    }
}

pub(crate) fn equal(a: &Value, b: &Value) -> Tri {
    match (a, b) {
        (Value::Date(x), Value::Date(y)) => match (x.exact(), y.exact()) {
            (Some(x), Some(y)) => Tri::of(x == y),
            _ if x.last < y.first || y.last < x.first => Tri::False,
            _ => Tri::Unknown,
        },
        (Value::Set { bits: x, open: p }, Value::Set { bits: y, open: q }) => {
            if !p && !q {
                Tri::of(x == y)
            } else {
                // What one surely holds and the other surely does not settles it.
                let differ = (!p && y.0 & !x.0 != 0) || (!q && x.0 & !y.0 != 0);
                if differ { Tri::False } else { Tri::Unknown }
            }
        }
        (Value::Number(x), Value::Number(y)) => Tri::of(x.cmp(y).is_eq()),
        // In whatever order they are listed.
        (Value::Names(_) | Value::Texts(_) | Value::Some(_), _) => {
            subset(Some(a), Some(b)).and(subset(Some(b), Some(a)))
        }
        _ => Tri::of(a == b),
    }
}

/// Whether one is less than the other.
fn less(a: &Value, b: &Value) -> Tri {
    match (a, b) {
        (Value::Date(x), Value::Date(y)) if fault(24) => Tri::of(x.first < y.first),
        (Value::Date(x), Value::Date(y)) => {
            if x.last < y.first {
                Tri::True
            } else if x.first >= y.last {
                Tri::False
            } else {
                Tri::Unknown
            }
        }
        (Value::Number(x), Value::Number(y)) => Tri::of(x < y),
        (Value::Duration(x), Value::Duration(y)) => Tri::of(x < y),
        (Value::Period(x), Value::Period(y)) => Tri::of(x < y),
        (Value::Enum(x), Value::Enum(y)) => Tri::of(x < y),
        _ => Tri::Unknown,
    }
}

fn compare_ranges(op: Compare, a: (Decimal, Option<Decimal>), b: (Decimal, Option<Decimal>)) -> Tri {
    let less = |x: (Decimal, Option<Decimal>), y: (Decimal, Option<Decimal>)| {
        if x.1.is_some_and(|high| high < y.0) {
            Tri::True
        } else if y.1.is_some_and(|high| x.0 >= high) {
            Tri::False
        } else {
            Tri::Unknown
        }
    };
    let equal = || {
        if a.1 == Some(a.0) && b.1 == Some(b.0) {
            Tri::of(a.0.cmp(&b.0).is_eq())
        } else if less(a, b) == Tri::True || less(b, a) == Tri::True {
            Tri::False
        } else {
            Tri::Unknown
        }
    };
    match op {
        Compare::Lt => less(a, b),
        Compare::GtEq => !less(a, b),
        Compare::Gt => less(b, a),
        Compare::LtEq => !less(b, a),
        Compare::Eq => equal(),
        Compare::NotEq => !equal(),
    }
}

/// What a list of names or texts holds.
fn elements(list: &Value) -> impl Iterator<Item = Value> + '_ {
    let (names, texts): (&[Sym], &[std::sync::Arc<str>]) = match list {
        Value::Names(n) => (n, &[]),
        Value::Texts(t) => (&[], t),
        _ => (&[], &[]),
    };
    names.iter().map(|n| Value::Name(*n)).chain(texts.iter().map(|t| Value::Text(t.clone())))
}

pub(crate) fn is_empty(set: &Value) -> bool {
    match set {
        Value::Set { bits, open } => bits.0 == 0 && !open,
        Value::Names(n) => n.is_empty(),
        Value::Texts(t) => t.is_empty(),
        _ => false,
    }
}

pub(crate) fn holds(set: &Value, value: &Value) -> Tri {
    match (set, value) {
        (Value::Set { bits, open }, Value::Enum(n)) => {
            if bits.has(*n) {
                Tri::True
            } else if *open && !fault(8) {
                Tri::Unknown
            } else {
                Tri::False
            }
        }
        (Value::Names(names), Value::Name(n)) => Tri::of(names.contains(n)),
        (Value::Texts(texts), Value::Text(t)) => Tri::of(texts.contains(t)),
        (Value::Some(list), value) => holds(list, value).or(Tri::Unknown),
        _ => Tri::Unknown,
    }
}

fn sets(test: SetTest, a: Option<&Value>, b: Option<&Value>) -> Tri {
    match test {
        SetTest::All => subset(b, a),
        SetTest::Within => subset(a, b),
        SetTest::Any => overlap(a, b),
        SetTest::None => !overlap(a, b),
    }
}

/// Whether all of one is in the other.
fn subset(inner: Option<&Value>, outer: Option<&Value>) -> Tri {
    match (inner, outer) {
        (Some(i), _) if is_empty(i) => Tri::True,
        (Some(Value::Set { bits: i, open: p }), Some(Value::Set { bits: o, open: q })) => {
            if i.0 & !o.0 != 0 {
                if *q { Tri::Unknown } else { Tri::False }
            } else if *p {
                Tri::Unknown
            } else {
                Tri::True
            }
        }
        (Some(Value::Some(i)), o) => subset(Some(i), o).and(Tri::Unknown),
        (i, Some(Value::Some(o))) => subset(i, Some(o)).or(Tri::Unknown),
        (Some(Value::Names(i)), Some(Value::Names(o))) => Tri::of(i.iter().all(|n| o.contains(n))),
        (Some(Value::Texts(i)), Some(Value::Texts(o))) => Tri::of(i.iter().all(|t| o.contains(t))),
        _ => Tri::Unknown,
    }
}

/// Whether they share anything.
fn overlap(a: Option<&Value>, b: Option<&Value>) -> Tri {
    match (a, b) {
        (Some(x), _) if is_empty(x) => Tri::False,
        (_, Some(x)) if is_empty(x) => Tri::False,
        (Some(Value::Set { bits: x, open: p }), Some(Value::Set { bits: y, open: q })) => {
            if x.0 & y.0 != 0 {
                Tri::True
            } else if *p || *q {
                Tri::Unknown
            } else {
                Tri::False
            }
        }
        (Some(Value::Some(x)), y) => overlap(Some(x), y).or(Tri::Unknown),
        (x, Some(Value::Some(y))) => overlap(x, Some(y)).or(Tri::Unknown),
        (Some(Value::Names(x)), Some(Value::Names(y))) => Tri::of(x.iter().any(|n| y.contains(n))),
        (Some(Value::Texts(x)), Some(Value::Texts(y))) => Tri::of(x.iter().any(|t| y.contains(t))),
        _ => Tri::Unknown,
    }
}
