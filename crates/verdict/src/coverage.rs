//! Modified condition/decision coverage of the tests that rulebooks hold.
//!
//! An atom is what a law's expressions are made of: a comparison, a bare yes or no (a condition by name is one, its
//! inside is not opened), a listed member of `in`, `has …` or `within`, a term (`control`, `considered`,
//! `evidence`), a quantifier, `declared`, `by`, `conforms`. In a test an atom is unmasked if turning its value
//! around, all others held as they are, changes the outcome. It is covered if it is true and unmasked in one test,
//! false and unmasked in another, and the two come out differently. Atoms of a requirement must be covered by its own
//! tests; those of an instrument and of an exception by any.
//!
//! Besides, comparisons with a constant are shown at the boundary and one step to either side, `by` on its last day
//! and the day after, quantifiers and `for` with none, one, and two that disagree.
//!
//! How: an evaluation with a [`Probe`] notes the value of each atom that it comes by, then the test is evaluated
//! again for each with that value turned around. An atom about a bound name or about what `where` narrows is another
//! atom for each thing. What is taken as a whole (facts, other verdicts) is evaluated without the probe, so that
//! nothing turned around ever gets into what is remembered.

use crate::eval::{Bound, Eval, Mode, equal, holds, is_empty};
use crate::tests::{prepare, with_eval};
use crate::{Tri, show};
use dossier_base::Sym;
use dossier_model::Rulebase;
use dossier_model::date::{self, Date};
use dossier_model::expr::{Compare, Expr, ExprId, Over, SetTest, Thing, children};
use dossier_model::hir::{NodeRef, Origin, Tag};
use dossier_model::idx::Id;
use dossier_model::law::{ExceptionId, Expected, InstrumentId, Outcome, Requirement, RequirementId};
use dossier_model::value::{Type, Value, quantity};
use dossier_syntax::literal::{self, Decimal};
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Whose atoms are counted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Subject {
    /// A requirement's `when`, `for … where`, `unless` and `require`; covered by its own tests.
    Requirement(RequirementId),
    /// An instrument's `applies`, `opt_in` and `in_force … when`; covered by the tests of all its requirements.
    Instrument(InstrumentId),
    /// An exception's `when`; covered by the tests of all requirements that it targets.
    Exception(ExceptionId),
}

impl Subject {
    /// The code of the law it is.
    pub fn code(self, rules: &Rulebase) -> Sym {
        match self {
            Subject::Requirement(r) => rules.law.requirements[r].code,
            Subject::Instrument(i) => rules.law.instruments[i].code,
            Subject::Exception(e) => rules.law.exceptions[e].code,
        }
    }
}

/// How far tests cover something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Coverage {
    /// Whose atoms.
    pub subject: Subject,
    /// How many atoms there are; a `for` counts as one.
    pub atoms: usize,
    /// How many of them have no gap.
    pub covered: usize,
    /// What no test shows, in the order of the text.
    pub gaps: Vec<Gap>,
}

/// Something that no test shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gap {
    /// Where the atom stands.
    pub origin: Origin,
    /// What kind of atom it is, and how it reads.
    pub text: String,
    /// What is not shown: "never true and decisive".
    pub why: String,
}

/// How far the tests of rulebooks cover them: an entry for each requirement, instrument and exception, in order.
/// Tests that cannot be run show nothing.
pub fn coverage(rules: &Rulebase) -> Vec<Coverage> {
    let table = Arc::new(Table::new(rules));
    let (tallies, eachs) = run(rules, &table);
    report(rules, &table, &tallies, &eachs)
}

/// Runs all tests: what they show of each atom, and of each requirement's `for`.
fn run(rules: &Rulebase, table: &Arc<Table>) -> (Vec<Tally>, Vec<Shapes>) {
    let mut tallies = vec![Tally::default(); table.atoms.len()];
    let mut eachs = vec![Shapes::default(); rules.law.requirements.len()];
    for (id, requirement) in rules.law.requirements.enumerate() {
        for test in &requirement.tests {
            if let Ok(prepared) = prepare(rules, id, test) {
                with_eval(rules, id, test, &prepared, |e| {
                    measure(e, id, table, &mut tallies);
                    eachs[id.index()].add(e.each_shape(id));
                });
            }
        }
    }
    (tallies, eachs)
}

/// Evaluates a test once as it is and once for each atom with its value turned around.
fn measure(e: &mut Eval<'_>, id: RequirementId, table: &Arc<Table>, tallies: &mut [Tally]) {
    e.probe = Some(Box::new(Probe {
        table: table.clone(),
        seen: Vec::new(),
        numbers: FxHashMap::default(),
        forced: None,
    }));
    let outcome = e.judged_anew(id);
    let seen = e.probe.as_mut().map_or(Vec::new(), |p| std::mem::take(&mut p.seen));
    for Seen { key, value, step, shape } in seen {
        // What an instrument or an exception asks is shown by whatever test reads it.
        let atom = &table.atoms[key.atom as usize];
        if matches!(atom.subject, Subject::Requirement(r) if r != id) {
            continue;
        }
        let tally = &mut tallies[key.atom as usize];
        let flipped = match value {
            Tri::True => {
                tally.ever_true = true;
                Tri::False
            }
            Tri::False => {
                tally.ever_false = true;
                Tri::True
            }
            Tri::Unknown => continue,
        };
        if let Some(p) = &mut e.probe {
            p.forced = Some((key, flipped));
        }
        if e.judged_anew(id) == outcome {
            continue;
        }
        let decisive = if value == Tri::True { &mut tally.when_true } else { &mut tally.when_false };
        *decisive |= bit(outcome);
        if let Some(step) = step {
            tally.steps |= 1 << (step + 1);
        }
        tally.shapes.add(shape);
    }
    e.probe = None;
}

/// One bit for each outcome.
fn bit(outcome: Expected) -> u8 {
    match outcome {
        Expected::Outcome(o) => 1 << Outcome::ALL.iter().position(|x| *x == o).unwrap_or(0),
        Expected::NotInForce => 1 << 7,
    }
}

// ---- what is counted ---------------------------------------------------------------------------------------------

/// All atoms of the law.
#[derive(Debug)]
pub(crate) struct Table {
    atoms: Vec<Atom>,
    /// The first atom of each expression that has some.
    first: Vec<Option<u32>>,
}

/// An atom.
#[derive(Debug)]
struct Atom {
    subject: Subject,
    expr: ExprId,
    /// Which of the listed members; none if it is the whole expression.
    member: Option<usize>,
    /// The bound names around it, outermost first.
    names: Vec<String>,
    /// Which of them it reads.
    slots: u64,
    /// Whether it reads what `where` narrows.
    narrowed: bool,
    /// What it must be shown at besides true and false.
    edge: Option<Edge>,
    /// Whether it is a quantifier, and whether it can run over nothing.
    quantifier: Option<bool>,
}

/// Where a comparison turns.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Edge {
    /// At a constant; the value one step below, the constant, and one step above, as far as they exist.
    Constant { ty: Type, at: [Option<Value>; 3], left: bool },
    /// At the day of another expression: the date of the check stands on the left, or on the right.
    Today { left: bool },
    /// At the last day of a `by`.
    Deadline,
}

impl Edge {
    /// Whether it must be shown one step below, at, one step above.
    fn wanted(&self) -> [bool; 3] {
        match self {
            Edge::Constant { at, .. } => at.each_ref().map(Option::is_some),
            Edge::Today { .. } => [true; 3],
            Edge::Deadline => [false, true, true],
        }
    }
}

impl Table {
    fn new(rules: &Rulebase) -> Self {
        let mut table = Self { atoms: Vec::new(), first: vec![None; rules.exprs.len()] };
        for (id, r) in rules.law.requirements.enumerate() {
            let instrument = &rules.law.instruments[r.instrument];
            if r.broken || instrument.broken {
                continue;
            }
            let names: Vec<String> = r.each.iter().map(|e| e.name.to_string()).collect();
            let filter = r.each.as_ref().and_then(|e| e.filter);
            let walk = Walk {
                rules,
                subject: Subject::Requirement(id),
                of_a_market: instrument.jurisdiction.is_some(),
            };
            for root in filter.into_iter().chain(r.when.iter().chain(&r.unless).copied()).chain([r.require]) {
                walk.expr(root, &mut names.clone(), &mut table);
            }
        }
        for (id, i) in rules.law.instruments.enumerate().filter(|(_, i)| !i.broken) {
            let walk =
                Walk { rules, subject: Subject::Instrument(id), of_a_market: i.jurisdiction.is_some() };
            let editions = i.editions.iter().flat_map(|e| e.in_force.iter().filter_map(|f| f.when));
            for root in i.applies.into_iter().chain(i.opt_in).chain(editions) {
                walk.expr(root, &mut Vec::new(), &mut table);
            }
        }
        for (id, x) in rules.law.exceptions.enumerate() {
            let of_a_market = rules.law.instruments[x.instrument].jurisdiction.is_some();
            let walk = Walk { rules, subject: Subject::Exception(id), of_a_market };
            if let Some(root) = x.when {
                walk.expr(root, &mut Vec::new(), &mut table);
            }
        }
        table
    }

    /// The first atom of an expression, if it has any.
    fn find(&self, e: ExprId) -> Option<usize> {
        self.first.get(e.index()).copied().flatten().map(|n| n as usize)
    }
}

/// Finds the atoms of expressions.
struct Walk<'r> {
    rules: &'r Rulebase,
    subject: Subject,
    /// Whether the law is that of one market, so that a device it is asked of always has a market.
    of_a_market: bool,
}

impl Walk<'_> {
    fn expr(&self, e: ExprId, names: &mut Vec<String>, table: &mut Table) {
        let rules = self.rules;
        match &rules.expr(e).expr {
            Expr::Not(a) => self.expr(*a, names, table),
            Expr::And(a, b) | Expr::Or(a, b) | Expr::Implies(a, b) | Expr::Where(a, b) => {
                self.expr(*a, names, table);
                self.expr(*b, names, table);
            }
            Expr::With(a, b) => {
                if !matches!(rules.expr(*a).expr, Expr::Bound(_)) {
                    self.expr(*a, names, table);
                }
                self.expr(*b, names, table);
            }
            Expr::Compare(op, a, b) => {
                let ordered = !matches!(op, Compare::Eq | Compare::NotEq);
                let counts = is_count(rules, *a) || is_count(rules, *b);
                let edge = if ordered || counts { self.edge(*a, *b) } else { None };
                self.add(e, names, table, None, edge, None);
                self.count(*a, names, table);
                self.count(*b, names, table);
            }
            Expr::In(_, list) => self.members(e, list.len(), names, table),
            Expr::Sets(..) => {
                let n = listed(rules, e).map_or(0, |l| l.len());
                self.members(e, n, names, table);
            }
            Expr::Quantifier { over, slot, filter, body, .. } => {
                let can_be_none = *over != Over::Markets || filter.is_some() || !self.of_a_market;
                self.add(e, names, table, None, None, Some(can_be_none));
                self.bind(e, *slot, names);
                for inner in filter.iter().chain([body]) {
                    self.expr(*inner, names, table);
                }
                names.truncate(usize::from(*slot));
            }
            Expr::By(x, _) => {
                self.add(e, names, table, None, Some(Edge::Deadline), None);
                // A bare term is done or not; one that is narrowed is looked into.
                if matches!(rules.expr(*x).expr, Expr::Where(..) | Expr::With(..)) {
                    self.expr(*x, names, table);
                }
            }
            Expr::Const(_) | Expr::Unreadable => {}
            _ => self.add(e, names, table, None, None, None),
        }
    }

    /// The filter of a `count` is looked into.
    fn count(&self, e: ExprId, names: &mut Vec<String>, table: &mut Table) {
        match &self.rules.expr(e).expr {
            Expr::Count { slot, filter: Some(f), .. } => {
                self.bind(e, *slot, names);
                self.expr(*f, names, table);
                names.truncate(usize::from(*slot));
            }
            Expr::Add(a, b, _) => {
                self.count(*a, names, table);
                self.count(*b, names, table);
            }
            _ => {}
        }
    }

    fn bind(&self, e: ExprId, slot: u8, names: &mut Vec<String>) {
        let binder = self.rules.node(self.rules.expr(e).origin).and_then(|n| n.child(0));
        names.truncate(usize::from(slot));
        names.push(binder.map_or_else(|| "it".to_owned(), |b| b.sym().to_string()));
    }

    fn members(&self, e: ExprId, n: usize, names: &[String], table: &mut Table) {
        if n < 2 {
            return self.add(e, names, table, None, None, None);
        }
        for i in 0..n {
            self.add(e, names, table, Some(i), None, None);
        }
    }

    fn add(
        &self,
        e: ExprId,
        names: &[String],
        table: &mut Table,
        member: Option<usize>,
        edge: Option<Edge>,
        quantifier: Option<bool>,
    ) {
        let mut reads = Reads::default();
        reads.expr(self.rules, e);
        table.first[e.index()].get_or_insert(table.atoms.len() as u32);
        table.atoms.push(Atom {
            subject: self.subject,
            expr: e,
            member,
            names: names.to_vec(),
            slots: reads.slots,
            narrowed: reads.narrowed,
            edge,
            quantifier,
        });
    }

    /// Where an ordered comparison, or one of a count, turns.
    fn edge(&self, a: ExprId, b: ExprId) -> Option<Edge> {
        let rules = self.rules;
        let (x, y) = (&rules.expr(a).expr, &rules.expr(b).expr);
        match (x, y) {
            (Expr::AsOf, _) => return Some(Edge::Today { left: true }),
            (_, Expr::AsOf) => return Some(Edge::Today { left: false }),
            _ => {}
        }
        let (constant, value, left) = match (x, y) {
            (Expr::Const(_), Expr::Const(_)) => return None,
            (_, Expr::Const(v)) => (b, v, true),
            (Expr::Const(v), _) => (a, v, false),
            _ => return None,
        };
        let ty = rules.expr(constant).ty;
        let step = |n: i64| stepped(rules, constant, value, n);
        Some(Edge::Constant { ty, at: [step(-1), step(0), step(1)], left })
    }
}

/// A constant moved by so many steps: of its last decimal, its smallest unit, a day, a rung. None if nothing is there.
fn stepped(rules: &Rulebase, constant: ExprId, value: &Value, n: i64) -> Option<Value> {
    let node = rules.node(rules.expr(constant).origin);
    match (value, rules.expr(constant).ty) {
        (Value::Number(d), _) => {
            let digits = d.digits.checked_add(n.into())?;
            // There is no way to write a number below nothing.
            (digits >= 0).then_some(Value::Number(Decimal { digits, scale: d.scale }))
        }
        (Value::Duration(ms), _) => match step_of(node) {
            Some(Value::Duration(step)) => {
                ms.checked_add(n * step).filter(|ms| *ms >= 0).map(Value::Duration)
            }
            _ => None,
        },
        (Value::Period(months), _) => match step_of(node) {
            Some(Value::Period(step)) => {
                let moved = i64::from(*months) + n * i64::from(step);
                i32::try_from(moved).ok().filter(|m| *m >= 0).map(Value::Period)
            }
            _ => None,
        },
        (Value::Date(d), _) => {
            let n = i32::try_from(n).ok()?;
            d.exact().and_then(|d| date::add_days(d, n)).map(|d| Value::Date(Date::day(d)))
        }
        (Value::Enum(rung), Type::Enum(e)) => {
            let rung = i64::from(*rung) + n;
            let exists =
                rules.vocab.enums[e].ladder && (0..rules.vocab.enums[e].values.len() as i64).contains(&rung);
            exists.then_some(Value::Enum(rung as u16))
        }
        _ => None,
    }
}

/// The unit that a quantity is written in, or the tenth of it and so on if it is written with decimals.
fn step_of(node: Option<NodeRef<'_>>) -> Option<Value> {
    let node = node.filter(|n| n.tag() == Tag::Quantity)?;
    let unit = node.child(0)?.sym();
    let scale = literal::number(node.sym().as_str()).ok()?.scale;
    let one = |scale| quantity(Decimal { digits: 1, scale }, unit.as_str()).map(|(_, v)| v);
    one(scale).or_else(|| one(0))
}

fn is_count(rules: &Rulebase, e: ExprId) -> bool {
    matches!(rules.expr(e).expr, Expr::Count { .. })
}

/// The values listed right of `has …` or `within`, if they are written there.
fn listed(rules: &Rulebase, e: ExprId) -> Option<Vec<Value>> {
    let Expr::Sets(_, _, list) = rules.expr(e).expr else { return None };
    match &rules.expr(list).expr {
        Expr::Const(Value::Set { bits, open: false }) => Some(bits.iter().map(Value::Enum).collect()),
        Expr::List(items) => items
            .iter()
            .map(|i| match &rules.expr(*i).expr {
                Expr::Const(v) => Some(v.clone()),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

/// What of its surroundings an expression reads.
#[derive(Clone, Copy, Default, Debug)]
struct Reads {
    slots: u64,
    narrowed: bool,
}

impl Reads {
    fn slot(&mut self, slot: u8) {
        self.slots |= 1_u64.checked_shl(slot.into()).unwrap_or(0);
    }

    fn expr(&mut self, rules: &Rulebase, e: ExprId) {
        let expr = &rules.expr(e).expr;
        match expr {
            Expr::Bound(slot)
            | Expr::BoundFact(slot, _)
            | Expr::BoundPlace(slot)
            | Expr::Field(Thing::Bound(slot), _)
            | Expr::DeclaredField(Thing::Bound(slot), _) => self.slot(*slot),
            Expr::Field(Thing::Narrowed, _) | Expr::DeclaredField(Thing::Narrowed, _) => self.narrowed = true,
            Expr::Where(term, condition) => {
                let around = self.narrowed;
                self.expr(rules, *condition);
                self.narrowed = around;
                self.expr(rules, *term);
            }
            Expr::Quantifier { over, slot, .. } | Expr::Count { over, slot, .. } => {
                let around = self.slots;
                children(expr).into_iter().for_each(|c| self.expr(rules, c));
                let own = 1_u64.checked_shl((*slot).into()).unwrap_or(0);
                self.slots = (self.slots & !own) | around;
                if let Over::Held(outer, _) = over {
                    self.slot(*outer);
                }
            }
            _ => children(expr).into_iter().for_each(|c| self.expr(rules, c)),
        }
    }
}

// ---- watching an evaluation --------------------------------------------------------------------------------------

/// An atom about certain things.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Key {
    atom: u32,
    /// The things that it reads: bound names, what is narrowed, the holder of a term, the value looked for.
    about: Vec<u64>,
}

/// An atom's value in a test.
#[derive(Debug)]
struct Seen {
    key: Key,
    value: Tri,
    /// How many steps from the boundary, if it is one at most.
    step: Option<i8>,
    shape: Shapes,
}

/// Watches the atoms of an evaluation, and turns one around.
#[derive(Debug)]
pub(crate) struct Probe {
    table: Arc<Table>,
    seen: Vec<Seen>,
    /// Numbers in `seen`.
    numbers: FxHashMap<Key, usize>,
    /// While this is set nothing is noted.
    forced: Option<(Key, Tri)>,
}

/// What a quantifier or a `for` was shown with.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Shapes {
    none: bool,
    one: bool,
    disagree: bool,
}

impl Shapes {
    fn add(&mut self, other: Self) {
        self.none |= other.none;
        self.one |= other.one;
        self.disagree |= other.disagree;
    }
}

impl<'a> Eval<'a> {
    /// The outcome, worked out whatever is remembered of it.
    fn judged_anew(&mut self, id: RequirementId) -> Expected {
        if let Some(judged) = self.outcomes[self.here].get_mut(id.index()) {
            *judged = None;
        }
        let judged = self.judge(id);
        // What came out may be turned around: nobody else may read it.
        self.outcomes[self.here][id.index()] = None;
        judged.map_or(Expected::NotInForce, |j| Expected::Outcome(j.outcome))
    }

    /// The truth of a condition while a probe watches.
    pub(crate) fn probed_truth(&mut self, e: ExprId) -> Tri {
        let rules = self.rules;
        let Some(first) = self.probe.as_ref().and_then(|p| p.table.find(e)) else {
            return self.plain_truth(e);
        };
        let is_listed = self.probe.as_ref().is_some_and(|p| p.table.atoms[first].member.is_some());
        match &rules.expr(e).expr {
            Expr::In(a, list) if is_listed => {
                let Some(have) = self.any_value(*a) else { return Tri::Unknown };
                let mut t = Tri::False;
                for (i, item) in list.iter().enumerate() {
                    let is = self.any_value(*item).map_or(Tri::Unknown, |v| equal(&have, &v));
                    t = t.or(self.watched(first + i, None, is));
                }
                t
            }
            Expr::Sets(test, a, _) if is_listed => {
                let set = self.value(*a);
                self.probed_sets(*test, set.as_ref(), first, &listed(rules, e).unwrap_or_default())
            }
            // Watched where their holder is known.
            Expr::Control(_) | Expr::Considered(_) | Expr::Evidence(_) => self.plain_truth(e),
            _ => {
                let t = self.plain_truth(e);
                self.watched(first, None, t)
            }
        }
    }

    /// `has …` and `within`, member by member.
    fn probed_sets(&mut self, test: SetTest, set: Option<&Value>, first: usize, list: &[Value]) -> Tri {
        if test == SetTest::Within {
            let Some(set) = set else { return Tri::Unknown };
            let (values, open) = elements(set);
            let mut t = if open { Tri::Unknown } else { Tri::True };
            for value in &values {
                let mut is_listed = Tri::False;
                for (i, item) in list.iter().enumerate() {
                    let is = Tri::of(value == item);
                    is_listed = is_listed.or(self.watched(first + i, Some(value_key(value)), is));
                }
                t = t.and(is_listed);
            }
            return t;
        }
        let mut t = Tri::of(test == SetTest::All);
        for (i, item) in list.iter().enumerate() {
            let has = match set {
                Some(s) if is_empty(s) => Tri::False,
                Some(s) => holds(s, item),
                None => Tri::Unknown,
            };
            let has = self.watched(first + i, None, has);
            t = if test == SetTest::All { t.and(has) } else { t.or(has) };
        }
        if test == SetTest::None { !t } else { t }
    }

    /// A term that a holder has or has not.
    pub(crate) fn probed_term(&mut self, term: ExprId, holder: u64, t: Tri) -> Tri {
        match self.probe.as_ref().and_then(|p| p.table.find(term)) {
            Some(atom) => self.watched(atom, Some(holder), t),
            None => t,
        }
    }

    /// Notes the value of an atom; or gives another, if this is the one to be turned around.
    fn watched(&mut self, atom: usize, also: Option<u64>, t: Tri) -> Tri {
        let Some(probe) = &self.probe else { return t };
        let table = probe.table.clone();
        let a = &table.atoms[atom];
        if let Some((key, _)) = &probe.forced
            && key.atom != atom as u32
        {
            return t;
        }
        let slots = (0..64).filter(|s| a.slots >> s & 1 == 1);
        let mut about: Vec<u64> = slots.map(|s| self.bound.get(s).map_or(0, bound_key)).collect();
        if a.narrowed {
            about.push(self.narrowed_key());
        }
        about.extend(also);
        let key = Key { atom: atom as u32, about };
        match &probe.forced {
            Some((forced, value)) if *forced == key => return *value,
            Some(_) => return t,
            None => {}
        }
        // What counts as there only in a plan or by a reason has no value of its own.
        if self.mode != Mode::default() || probe.numbers.contains_key(&key) {
            return t;
        }
        let (step, shape) = self.unprobed(|e| (e.step(a), e.shape(a)));
        if let Some(probe) = &mut self.probe {
            probe.numbers.insert(key.clone(), probe.seen.len());
            probe.seen.push(Seen { key, value: t, step, shape });
        }
        t
    }

    /// How far from its boundary a comparison is.
    fn step(&mut self, atom: &Atom) -> Option<i8> {
        let days = |a: Option<Value>, b: Option<Value>| match (a, b) {
            (Some(Value::Date(a)), Some(Value::Date(b))) => {
                let (a, b) = (a.exact()?, b.exact()?);
                let near = |n| date::add_days(b, n) == Some(a);
                [-1, 0, 1].into_iter().find(|n| near(*n)).map(|n| n as i8)
            }
            _ => None,
        };
        match (atom.edge.as_ref()?, &self.rules.expr(atom.expr).expr) {
            (Edge::Constant { at, left, .. }, Expr::Compare(_, a, b)) => {
                let have = self.value(if *left { *a } else { *b })?;
                let place =
                    at.iter().position(|v| v.as_ref().is_some_and(|v| equal(v, &have) == Tri::True))?;
                Some(place as i8 - 1)
            }
            (Edge::Today { left }, Expr::Compare(_, a, b)) => {
                let (today, other) = if *left { (*a, *b) } else { (*b, *a) };
                days(self.value(today), self.value(other))
            }
            (Edge::Deadline, Expr::By(x, d)) => {
                let (x, d) = (*x, *d);
                let today = Date::day(self.as_of);
                let done = self
                    .doings(x)
                    .0
                    .into_iter()
                    .filter_map(|d| d.1)
                    .filter(|day| day.first <= self.as_of)
                    .min();
                let deadline = self.value(d);
                days(Some(Value::Date(done.unwrap_or(today))), deadline)
            }
            _ => None,
        }
    }

    /// What a quantifier runs over.
    fn shape(&mut self, atom: &Atom) -> Shapes {
        let Expr::Quantifier { over, slot, filter, body, .. } = self.rules.expr(atom.expr).expr else {
            return Shapes::default();
        };
        let (members, closed) = self.members(over);
        let (mut selected, mut holding, mut failing, mut unsure) = (0, 0, 0, !closed);
        for m in members {
            self.bind(slot, m);
            match filter.map_or(Tri::True, |f| self.truth(f)) {
                Tri::False => {}
                Tri::Unknown => unsure = true,
                Tri::True => {
                    selected += 1;
                    match self.truth(body) {
                        Tri::True => holding += 1,
                        Tri::False => failing += 1,
                        Tri::Unknown => {}
                    }
                }
            }
        }
        self.bound.truncate(usize::from(slot));
        Shapes {
            none: selected == 0 && !unsure,
            one: selected == 1 && !unsure,
            disagree: holding > 0 && failing > 0,
        }
    }

    /// What the `for` of a requirement runs over.
    fn each_shape(&mut self, id: RequirementId) -> Shapes {
        let rules = self.rules;
        let r = &rules.law.requirements[id];
        let Some(each) = &r.each else { return Shapes::default() };
        let (asked, _) = self.in_force(id);
        let instrument = &rules.law.instruments[r.instrument];
        let base = instrument.applies.map_or(Tri::True, |a| self.truth(a));
        let opted = instrument.opt_in.is_none_or(|o| self.truth(o) == Tri::True);
        if asked == Tri::False || base == Tri::False || !opted {
            return Shapes::default();
        }
        let (members, closed) = self.members(each.over);
        let parts = self.parts(id, base);
        let mut unsure = !closed;
        let mut selected: Vec<Outcome> = Vec::new();
        for (member, part) in members.into_iter().zip(parts) {
            self.bind(each.slot, member);
            match each.filter.map_or(Tri::True, |f| self.truth(f)) {
                Tri::True => selected.push(part.verdict.outcome),
                Tri::Unknown => unsure = true,
                Tri::False => {}
            }
        }
        self.bound.truncate(usize::from(each.slot));
        let asked: Vec<&Outcome> = selected.iter().filter(|o| **o != Outcome::NotApplicable).collect();
        Shapes {
            none: selected.is_empty() && !unsure,
            one: selected.len() == 1 && !unsure,
            disagree: asked.windows(2).any(|pair| pair[0] != pair[1]),
        }
    }
}

/// The values in a set, and whether there may be others.
fn elements(set: &Value) -> (Vec<Value>, bool) {
    match set {
        Value::Set { bits, open } => (bits.iter().map(Value::Enum).collect(), *open),
        Value::Names(names) => (names.iter().map(|n| Value::Name(*n)).collect(), false),
        Value::Texts(texts) => (texts.iter().map(|t| Value::Text(t.clone())).collect(), false),
        _ => (Vec::new(), true),
    }
}

fn bound_key(bound: &Bound<'_>) -> u64 {
    match bound {
        Bound::Entity(d) => std::ptr::from_ref(*d) as usize as u64,
        Bound::Somebody => u64::MAX,
        Bound::Market(view) => *view as u64,
        Bound::Value(v) => value_key(v),
    }
}

fn value_key(value: &Value) -> u64 {
    match value {
        Value::Enum(n) => u64::from(*n),
        Value::Name(n) => u64::from(n.to_raw()),
        other => {
            let mut hasher = FxHasher::default();
            format!("{other:?}").hash(&mut hasher);
            hasher.finish()
        }
    }
}

// ---- what came of it ---------------------------------------------------------------------------------------------

/// What the tests show of an atom.
#[derive(Clone, Copy, Default, Debug)]
struct Tally {
    ever_true: bool,
    ever_false: bool,
    /// Outcomes of tests in which it is true and decisive.
    when_true: u8,
    when_false: u8,
    /// One bit for a step below the boundary, at it, a step above.
    steps: u8,
    shapes: Shapes,
}

fn report(rules: &Rulebase, table: &Table, tallies: &[Tally], eachs: &[Shapes]) -> Vec<Coverage> {
    let mut by_subject: FxHashMap<Subject, Vec<usize>> = FxHashMap::default();
    for (n, atom) in table.atoms.iter().enumerate() {
        by_subject.entry(atom.subject).or_default().push(n);
    }
    let law = &rules.law;
    let subjects = (law.instruments.ids().map(Subject::Instrument))
        .chain(law.requirements.ids().map(Subject::Requirement))
        .chain(law.exceptions.ids().map(Subject::Exception));
    subjects
        .map(|subject| {
            let mut c = Coverage { subject, atoms: 0, covered: 0, gaps: Vec::new() };
            if let Subject::Requirement(id) = subject
                && !law.requirements[id].broken
            {
                c.each(&law.requirements[id], eachs[id.index()]);
            }
            for n in by_subject.get(&subject).into_iter().flatten() {
                c.atom(rules, &table.atoms[*n], &tallies[*n]);
            }
            c
        })
        .collect()
}

impl Coverage {
    fn count(&mut self, origin: Origin, text: &str, gaps: Vec<String>) {
        self.atoms += 1;
        if gaps.is_empty() {
            self.covered += 1;
        }
        self.gaps.extend(gaps.into_iter().map(|why| Gap { origin, text: text.to_owned(), why }));
    }

    fn each(&mut self, r: &Requirement, shapes: Shapes) {
        let Some(each) = &r.each else { return };
        self.count(each.origin, &format!("`for {} in …`", each.name), missing_shapes(shapes, true));
    }

    fn atom(&mut self, rules: &Rulebase, atom: &Atom, tally: &Tally) {
        self.count(rules.expr(atom.expr).origin, &atom.text(rules), atom.gaps(rules, tally));
    }
}

fn missing_shapes(shapes: Shapes, can_be_none: bool) -> Vec<String> {
    let wanted = [
        (shapes.none || !can_be_none, "never shown with none"),
        (shapes.one, "never shown with exactly one"),
        (shapes.disagree, "never shown with two that disagree"),
    ];
    wanted.into_iter().filter(|(shown, _)| !shown).map(|(_, why)| why.to_owned()).collect()
}

impl Edge {
    fn describe(&self, rules: &Rulebase, place: usize) -> String {
        match self {
            Edge::Constant { ty, at, .. } => {
                let show = |n: usize| at[n].as_ref().map_or(String::new(), |v| show::value(rules, v, *ty));
                match place {
                    0 => format!("one step below {}, at {}", show(1), show(0)),
                    1 => format!("at {}", show(1)),
                    _ => format!("one step above {}, at {}", show(1), show(2)),
                }
            }
            Edge::Today { .. } => ["the day before", "on the day itself", "the day after"][place].to_owned(),
            Edge::Deadline => {
                ["the day before", "on the last day", "the day after the last"][place].to_owned()
            }
        }
    }
}

impl Atom {
    /// What the tests do not show of it.
    fn gaps(&self, rules: &Rulebase, tally: &Tally) -> Vec<String> {
        let mut gaps = Vec::new();
        let side = |decisive: u8, ever: bool, word: &str| {
            (decisive == 0)
                .then(|| if ever { format!("{word}, but never decisive") } else { format!("never {word}") })
        };
        let yes = side(tally.when_true, tally.ever_true, "true");
        let no = side(tally.when_false, tally.ever_false, "false");
        let pair = yes.is_none() && no.is_none();
        gaps.extend(yes.into_iter().chain(no));
        let same = tally.when_true == tally.when_false && tally.when_true.count_ones() == 1;
        if pair && same {
            gaps.push("true and false with the same verdict only".to_owned());
        }
        if let Some(edge) = &self.edge {
            let shown = [0, 1, 2].map(|i| tally.steps >> i & 1 == 1);
            for (i, wanted) in edge.wanted().into_iter().enumerate() {
                if wanted && !shown[i] {
                    gaps.push(format!("not tested {}", edge.describe(rules, i)));
                }
            }
        }
        if let Some(can_be_none) = self.quantifier {
            gaps.extend(missing_shapes(tally.shapes, can_be_none));
        }
        gaps
    }

    fn text(&self, rules: &Rulebase) -> String {
        let whole = show::expr(rules, self.expr, &self.names);
        let expr = &rules.expr(self.expr).expr;
        if let Some(n) = self.member {
            let member = match expr {
                Expr::In(_, list) => list.get(n).map(|i| show::expr(rules, *i, &self.names)),
                Expr::Sets(_, _, list) => {
                    let ty = rules.expr(*list).ty.element().unwrap_or(Type::Error);
                    listed(rules, self.expr).and_then(|l| l.get(n).map(|v| show::value(rules, v, ty)))
                }
                _ => None,
            };
            return format!("member `{}` of `{whole}`", member.unwrap_or_default());
        }
        let kind = match expr {
            Expr::Compare(..) => "comparison",
            Expr::In(..) | Expr::InSet(..) | Expr::Has(..) | Expr::Sets(..) => "member",
            Expr::Control(_) | Expr::Considered(_) | Expr::Evidence(_) => "term",
            Expr::Quantifier { .. } => "quantifier",
            Expr::By(..) => "deadline",
            Expr::Conforms(_) => "verdict of another",
            Expr::DeclaredFact(_) | Expr::DeclaredField(..) => "declaration",
            _ => "yes or no",
        };
        format!("{kind} `{whole}`")
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use dossier_base::FileId;
    use dossier_model::value::Bits;
    use dossier_model::{Rulebook, compile, hir};

    /// Words for made-up law.
    const WORDS: &str = r#"
vocabulary words

enum part "A part" {
  hull "The hull"
  mast "The mast"
  keel "The keel"
}
ladder level "A level" { values [low, middle, high] }
fact wired : bool "It has wires"
fact heavy : bool "It is heavy"
fact afloat : bool "It floats"
fact rank : level "Its rank"
fact parts : set of part "Its parts"
fact spares : set of part "Its spares"
fact crew : number "Its crew"
fact sold_on : date "The day of its sale"
fact told_on : date "The day on which it was told"
fact warranty : period "Its warranty"
fact listed : bool "Listed there" { market all }
control lock "A lock" {
  field timeout : duration "When it locks"
  field strong : bool "Whether it is strong"
}
control bell "A bell"
evidence_kind report "A report" { contents part }
entity sail "A sail" {
  plural sails
  field torn : bool "Whether it is torn"
  field of : part "What it hangs on"
}
derived ready : bool = afloat and not heavy
condition tall = parts has mast

jurisdiction XX "Somewhere" {
  regulator "R" { name "Regulator"  native "Regulator" }
  classes [I, II]
}
jurisdiction YY "Elsewhere" {
  regulator "S" { name "Regulator"  native "Regulator" }
}
"#;

    /// Compiles law on top of [`WORDS`]; nothing may be wrong with it.
    pub(crate) fn rules(law: &str) -> Rulebase {
        let text = format!("{WORDS}\n{law}");
        let parse = dossier_syntax::parse(FileId(0), text.as_str());
        assert!(parse.diagnostics.is_empty(), "{:?}", parse.diagnostics);
        let (summary, map) = hir::lower(&parse);
        let book =
            Rulebook { file: FileId(0), summary: Arc::new(summary), map: Arc::new(map), embedded: true };
        let rules = compile(&[book]);
        let messages: Vec<&str> = rules.diagnostics.iter().map(|d| d.message.as_str()).collect();
        assert!(messages.is_empty(), "{messages:?}");
        rules
    }

    /// An instrument with more fields.
    pub(crate) fn instrument(code: &str, fields: &str) -> String {
        format!(
            "instrument {code} \"A text\" {{\n jurisdiction XX\n issuer \"R\"\n force regulation\n \
             in_force 2025-01-01\n read \"all\"\n {fields}\n}}\n"
        )
    }

    /// A requirement with more fields.
    pub(crate) fn requirement(code: &str, under: &str, fields: &str) -> String {
        format!(
            "requirement {code} \"A duty\" {{\n under {under}\n clause \"1\"\n source seen_primary\n strength shall\n \
             because \"So it is.\"\n {fields}\n}}\n"
        )
    }

    /// The gaps of one law, after making sure that all tests pass.
    fn gaps(law: &str, code: &str) -> Vec<String> {
        let rules = rules(law);
        for id in rules.law.requirements.ids() {
            for run in crate::run_tests(&rules, id) {
                let got = run.got.map_or("nothing", Expected::as_str);
                assert!(run.passed(), "{}: {got}, {:?}", run.title, run.diagnostics);
            }
        }
        let all = coverage(&rules);
        let c = all.iter().find(|c| c.subject.code(&rules).as_str() == code).expect("the law is there");
        assert!(c.covered <= c.atoms && (c.covered == c.atoms) == c.gaps.is_empty());
        c.gaps.iter().map(|g| format!("{}: {}", g.text, g.why)).collect()
    }

    fn of(fields: &str) -> Vec<String> {
        gaps(&(instrument("T", "") + &requirement("T-1", "T", fields)), "T-1")
    }

    const NONE: [&str; 0] = [];

    #[test]
    fn both_sides_of_an_or_must_decide() {
        let law = "require wired or heavy
          test \"both\" met { wired yes  heavy yes }
          test \"neither\" unmet { wired no  heavy no }";
        assert_eq!(
            of(law),
            [
                "yes or no `wired`: true, but never decisive",
                // Once the left holds, nobody looks right.
                "yes or no `heavy`: never true",
            ]
        );
        let more = "
          test \"wires\" met { wired yes  heavy no }
          test \"weight\" met { wired no  heavy yes }";
        assert_eq!(of(&format!("{law}{more}")), NONE);
    }

    #[test]
    fn an_unknown_masks_and_is_no_value() {
        let law = "require wired and heavy
          test \"nobody knows\" unknown { wired yes }
          test \"both\" met { wired yes  heavy yes }
          test \"weight is told only\" unmet { heavy no }";
        // Weight alone turns unmet into unknown, and that is another verdict.
        assert_eq!(of(law), ["yes or no `wired`: never false"]);
        let law = "require wired or heavy
          test \"nobody knows\" unknown { wired no }
          test \"both\" met { wired yes  heavy yes }";
        assert_eq!(
            of(law),
            [
                "yes or no `wired`: true, but never decisive",
                "yes or no `heavy`: never true",
                "yes or no `heavy`: never false"
            ]
        );
    }

    #[test]
    fn atoms_that_differ_in_the_same_verdict_only_are_not_covered() {
        // Turned around, the first becomes unmet and the second met; as they are, nobody can tell.
        let law = "require (wired and heavy) or afloat
          test \"wires\" unknown { wired yes  afloat no }
          test \"weight\" unknown { wired no  heavy yes }";
        let found = of(law);
        assert!(
            found.contains(&"yes or no `wired`: true and false with the same verdict only".to_owned()),
            "{found:?}"
        );
    }

    #[test]
    fn facts_by_name_are_not_opened() {
        let law = "require ready and tall
          test \"it is\" met { afloat yes  heavy no  parts [mast] }
          test \"not ready\" unmet { afloat no  heavy no  parts [mast] }
          test \"not tall\" unmet { afloat yes  heavy no  parts [] }";
        assert_eq!(of(law), NONE);
    }

    #[test]
    fn a_yes_compared_is_one_atom() {
        let law = "require control(lock) where strong == yes
          test \"none\" unmet { }
          test \"strong\" met { control lock { status implemented  strong yes } }
          test \"weak\" unmet { control lock { status implemented  strong no } }";
        let rules = rules(&(instrument("T", "") + &requirement("T-1", "T", law)));
        let c = coverage(&rules).into_iter().find(|c| matches!(c.subject, Subject::Requirement(_))).unwrap();
        assert_eq!((c.atoms, c.covered), (2, 2));
    }

    #[test]
    fn each_listed_member_counts() {
        let law = "require parts has all [hull, mast]
          test \"both\" met { parts [hull, mast] }
          test \"no hull\" unmet { parts [mast] }
          test \"neither\" unmet { parts [] }";
        assert_eq!(of(law), ["member `mast` of `parts has all [hull, mast]`: false, but never decisive"]);
        let law = "require parts within [hull, mast]
          test \"hull\" met { parts [hull] }
          test \"two too many\" unmet { parts [hull, keel] }";
        assert_eq!(of(law), ["member `mast` of `parts within [hull, mast]`: never true"]);
        let law = "require parts has none [hull, mast]
          test \"hull\" unmet { parts [hull] }
          test \"keel\" met { parts [keel] }";
        assert_eq!(of(law), ["member `mast` of `parts has none [hull, mast]`: never true"]);
        let law = "require parts has any [hull, mast]
          test \"both\" met { parts [hull, mast] }
          test \"keel\" unmet { parts [keel] }";
        assert_eq!(
            of(law),
            [
                "member `hull` of `parts has any [hull, mast]`: true, but never decisive",
                "member `mast` of `parts has any [hull, mast]`: true, but never decisive",
            ]
        );
        let law = "require rank in [low, high]
          test \"low\" met { rank low }
          test \"middle\" unmet { rank middle }";
        assert_eq!(of(law), ["member `high` of `rank in [low, high]`: never true"]);
    }

    #[test]
    fn a_missing_control_turned_around_counts_whatever_its_where() {
        let law = "require control(lock) where strong
          test \"none\" unmet { }
          test \"strong\" met { control lock { status implemented  strong yes } }";
        assert_eq!(of(law), ["yes or no `strong`: never false"]);
        let law = "require evidence(report) where contains has hull
          test \"none\" unmet { }
          test \"with\" met { evidence r { kind report  contains [hull] } }
          test \"without\" unmet { evidence r { kind report  contains [mast] } }";
        assert_eq!(of(law), NONE);
    }

    #[test]
    fn what_a_control_lists_counts_apart() {
        let law = "require control(lock) with evidence(report)
          test \"nothing\" unmet { }
          test \"listed\" met { control lock { status implemented  evidence [r] }  evidence r { kind report } }";
        assert_eq!(of(law), ["term `evidence(report)`: never false"]);
    }

    #[test]
    fn evidence_that_does_not_stand_is_none() {
        // Turned around it would stand, and still not hold what it must.
        let law = "require evidence(report) where contains has hull
          test \"it is not there and lacks the hull\" unmet { evidence r { kind report  contains [mast]  stands no } }
          test \"with\" met { evidence r { kind report  contains [hull] } }
          test \"without\" unmet { evidence r { kind report  contains [mast] } }";
        assert_eq!(of(law), ["term `evidence(report)`: false, but never decisive"]);
        let law = "require evidence(report) where contains has hull
          test \"it is not there\" unmet { evidence r { kind report  contains [hull]  stands no } }
          test \"with\" met { evidence r { kind report  contains [hull] } }
          test \"without\" unmet { evidence r { kind report  contains [mast] } }";
        assert_eq!(of(law), NONE);
    }

    #[test]
    fn things_are_told_apart() {
        let law = "require evidence(report) where contains has hull
          test \"none\" unmet { }
          test \"the second\" met { evidence a { kind report  contains [mast] }  evidence b { kind report  contains [hull] } }
          test \"without\" unmet { evidence r { kind report  contains [mast] } }";
        assert_eq!(of(law), NONE);
        let law = "require every s in sails: s with evidence(report)
          test \"none\" met { has_no [sail] }
          test \"one\" met { sail fore { evidence [r] }  evidence r { kind report } }
          test \"one of two\" unmet { sail fore { evidence [r] }  sail main { }  evidence r { kind report } }";
        assert_eq!(of(law), NONE);
    }

    #[test]
    fn a_plan_does_not_make_an_atom_true() {
        let law = "require control(bell) and control(lock)
          test \"planned\" planned {
            control bell { status planned  due 2025-06-30 }
            control lock { status implemented }
          }
          test \"both\" met { control bell { status implemented }  control lock { status implemented } }
          test \"no lock\" unmet { control bell { status implemented } }";
        assert_eq!(of(law), NONE);
        let law = "require control(bell)
          test \"planned\" planned { control bell { status planned  due 2025-06-30 } }";
        assert_eq!(of(law), ["term `control(bell)`: never true"]);
        // The plan evaluates both, but only the bell is looked at today.
        let law = "require control(bell) and control(lock)
          test \"both planned\" planned {
            control bell { status planned  due 2025-06-30 }
            control lock { status planned  due 2025-06-30 }
          }";
        assert_eq!(
            of(law),
            [
                "term `control(bell)`: never true",
                "term `control(bell)`: false, but never decisive",
                "term `control(lock)`: never true",
                "term `control(lock)`: never false",
            ]
        );
    }

    #[test]
    fn quantifiers_run_over_none_one_and_two() {
        let law = "require some s in sails: s.torn
          test \"one\" met { sail fore { torn yes } }
          test \"another\" unmet { sail fore { torn no } }
          test \"two alike\" unmet { sail fore { torn no }  sail main { torn no } }";
        assert_eq!(
            of(law),
            [
                "quantifier `some s in sails: s.torn`: never shown with none",
                "quantifier `some s in sails: s.torn`: never shown with two that disagree",
            ]
        );
        let more = "
          test \"none\" unmet { has_no [sail] }
          test \"two\" met { sail fore { torn no }  sail main { torn yes } }";
        assert_eq!(of(&format!("{law}{more}")), NONE);
    }

    #[test]
    fn only_what_is_selected_disagrees() {
        let law = "require every s in sails where s.of == mast: s.torn
          test \"none\" met { has_no [sail] }
          test \"torn\" met { sail fore { of mast  torn yes } }
          test \"whole\" unmet { sail fore { of mast  torn no } }
          test \"elsewhere\" met { sail fore { of mast  torn yes }  sail main { of keel  torn no } }";
        assert_eq!(
            of(law),
            ["quantifier `every s in sails where s.of == mast: s.torn`: never shown with two that disagree"]
        );
    }

    #[test]
    fn what_may_be_selected_is_not_none() {
        let law = "require every s in sails where s.of == mast: s.torn
          test \"perhaps on the mast\" met { sail fore { torn yes } }
          test \"torn\" met { sail fore { of mast  torn yes } }
          test \"whole\" unmet { sail fore { of mast  torn no } }
          test \"elsewhere\" met { sail fore { of keel  torn no }  sail main { of mast  torn yes } }
          test \"two\" unmet { sail fore { of mast  torn no }  sail main { of mast  torn yes } }";
        assert_eq!(
            of(law),
            ["quantifier `every s in sails where s.of == mast: s.torn`: never shown with none"]
        );
    }

    #[test]
    fn a_device_asked_by_a_market_has_one() {
        let law = "require every k in markets: k.listed
          test \"here\" met { listed yes }
          test \"nowhere\" unmet { listed no }
          test \"here only\" unmet { listed yes  market YY { listed no } }";
        assert_eq!(of(law), NONE);
    }

    #[test]
    fn a_quantifier_that_decides_nothing_is_not_shown() {
        let law = "require (some s in sails: s.torn) and wired
          test \"one\" met { wired yes  sail fore { torn yes } }
          test \"whole\" unmet { wired yes  sail fore { torn no } }
          test \"no wires\" unmet { wired no  sail fore { torn yes } }
          test \"none\" unmet { wired no  has_no [sail] }
          test \"two\" unmet { wired no  sail fore { torn yes }  sail main { torn no } }";
        let whole = "quantifier `some s in sails: s.torn`";
        assert_eq!(
            of(law),
            [
                format!("{whole}: never shown with none"),
                format!("{whole}: never shown with two that disagree")
            ]
        );
    }

    #[test]
    fn a_for_runs_over_none_one_and_two() {
        let law = "for s in sails
          require s.torn
          test \"torn\" met { sail fore { torn yes } }
          test \"whole\" unmet { sail fore { torn no } }
          test \"two alike\" unmet { sail fore { torn no }  sail main { torn no } }";
        assert_eq!(
            of(law),
            ["`for s in …`: never shown with none", "`for s in …`: never shown with two that disagree"]
        );
        let more = "
          test \"none\" not_applicable { has_no [sail] }
          test \"two\" unmet { sail fore { torn no }  sail main { torn yes } }";
        assert_eq!(of(&format!("{law}{more}")), NONE);
    }

    #[test]
    fn a_count_is_shown_on_both_sides_of_its_bound() {
        let law = "require count(p in parts) >= 2
          test \"two\" met { parts [hull, mast] }
          test \"none\" unmet { parts [] }";
        let it = "comparison `count(p in parts) >= 2`";
        assert_eq!(
            of(law),
            [
                format!("{it}: not tested one step below 2, at 1"),
                format!("{it}: not tested one step above 2, at 3")
            ]
        );
        let law = "require count(p in parts where p != keel) == 0
          test \"none\" met { parts [keel] }
          test \"one\" unmet { parts [hull] }";
        assert_eq!(of(law), NONE);
    }

    #[test]
    fn comparisons_are_shown_at_the_boundary_and_a_step_around() {
        let law = "require control(lock) where timeout <= 15 min
          test \"none\" unmet { }
          test \"short\" met { control lock { status implemented  timeout 14 min } }
          test \"half a minute more\" unmet { control lock { status implemented  timeout 930 s } }";
        assert_eq!(
            of(law),
            [
                "comparison `timeout <= 15 min`: not tested at 15 min",
                "comparison `timeout <= 15 min`: not tested one step above 15 min, at 16 min",
            ]
        );
        let law = "require crew >= 1.5
          test \"more\" met { crew 1.6 }
          test \"just\" met { crew 1.5 }
          test \"less\" unmet { crew 1.49 }";
        assert_eq!(of(law), ["comparison `crew >= 1.5`: not tested one step below 1.5, at 1.4"]);
        let law = "require 2 years <= device.warranty
          test \"just\" met { warranty 24 months }
          test \"a month less\" unmet { warranty 23 months }
          test \"a year more\" met { warranty 3 years }";
        assert_eq!(
            of(law),
            ["comparison `2 years <= warranty`: not tested one step below 2 years, at 1 year"]
        );
        let law = "require crew >= 0 or wired
          test \"nobody\" met { crew 0  wired no }
          test \"one\" met { crew 1  wired no }";
        // Below zero there is nothing to test, and nothing that makes it false.
        assert_eq!(
            of(law),
            [
                "comparison `crew >= 0`: never false",
                "yes or no `wired`: never true",
                "yes or no `wired`: never false"
            ]
        );
    }

    #[test]
    fn dates_step_by_days_and_ladders_by_rungs() {
        let law = "require sold_on < 2025-03-01
          test \"the day before\" met { sold_on 2025-02-28 }
          test \"the day\" unmet { sold_on 2025-03-01 }";
        assert_eq!(
            of(law),
            ["comparison `sold_on < 2025-03-01`: not tested one step above 2025-03-01, at 2025-03-02"]
        );
        let law = "require sold_on <= as_of
          test \"the day\" met { at 2025-03-01  sold_on 2025-03-01 }
          test \"the day before\" unmet { at 2025-02-28  sold_on 2025-03-01 }";
        assert_eq!(of(law), ["comparison `sold_on <= as_of`: not tested the day after"]);
        let law = "require rank >= middle
          test \"middle\" met { rank middle }
          test \"low\" unmet { rank low }";
        assert_eq!(of(law), ["comparison `rank >= middle`: not tested one step above middle, at high"]);
        let law = "require rank >= high
          test \"middle\" unmet { rank middle }
          test \"high\" met { rank high }";
        assert_eq!(of(law), NONE);
    }

    #[test]
    fn a_deadline_is_shown_on_its_last_day_and_after() {
        let law = "require told_on by sold_on + 10 days
          test \"early\" met { at 2025-06-01  sold_on 2025-03-01  told_on 2025-03-02 }
          test \"late\" unmet { at 2025-06-01  sold_on 2025-03-01  told_on 2025-03-20 }";
        let it = "deadline `told_on by sold_on + 10 days`";
        assert_eq!(
            of(law),
            [format!("{it}: not tested on the last day"), format!("{it}: not tested the day after the last")]
        );
        let more = "
          test \"the last day\" met { at 2025-06-01  sold_on 2025-03-01  told_on 2025-03-11 }
          test \"a day late, and not told\" unmet { at 2025-03-12  sold_on 2025-03-01 }";
        assert_eq!(of(&format!("{law}{more}")), NONE);
    }

    #[test]
    fn conditions_and_exemptions_count() {
        let law = "when heavy
          unless afloat
          require wired
          test \"asked\" unmet { heavy yes  afloat no  wired no }
          test \"wired\" met { heavy yes  afloat no  wired yes }";
        assert_eq!(of(law), ["yes or no `heavy`: never false", "yes or no `afloat`: never true",]);
    }

    #[test]
    fn instruments_are_covered_by_all_their_tests() {
        let first = requirement(
            "T-1",
            "T",
            "require wired
          test \"wired\" met { heavy yes  wired yes }
          test \"not\" unmet { heavy yes  wired no }",
        );
        let second = requirement(
            "T-2",
            "T",
            "require wired
          test \"light\" not_applicable { heavy no  wired no }
          test \"wired\" met { heavy yes  wired yes }
          test \"not\" unmet { heavy yes  wired no }",
        );
        let text = instrument("T", "applies when heavy");
        assert_eq!(gaps(&format!("{text}{first}"), "T"), ["yes or no `heavy`: never false"]);
        assert_eq!(gaps(&format!("{text}{first}{second}"), "T"), NONE);
    }

    #[test]
    fn opting_in_and_coming_into_force_count() {
        let text = instrument("T", "opt_in when wired")
            .replace("in_force 2025-01-01", "in_force 2025-01-01 when afloat");
        let law = requirement(
            "T-1",
            "T",
            "require heavy
          test \"heavy\" met { at 2025-01-02  afloat yes  wired yes  heavy yes }
          test \"light\" unmet { at 2025-01-02  afloat yes  wired yes  heavy no }
          test \"ashore\" not_in_force { at 2025-01-02  afloat no  wired yes  heavy no }",
        );
        assert_eq!(gaps(&format!("{text}{law}"), "T"), ["yes or no `wired`: never false"]);
    }

    #[test]
    fn exceptions_are_covered_by_the_tests_of_their_targets() {
        let law = |more: &str| {
            instrument("T", "")
                + &requirement(
                    "T-1",
                    "T",
                    &format!(
                        "require wired
          test \"wired\" met {{ afloat no  wired yes }}
          test \"not\" unmet {{ afloat no  wired no }} {more}"
                    ),
                )
                + "exception T-X \"Not at sea\" {
                     under T
                     clause \"2\"
                     source seen_primary
                     exempts [T-1]
                     when afloat
                   }"
        };
        assert_eq!(gaps(&law(""), "T-X"), ["yes or no `afloat`: never true"]);
        assert_eq!(gaps(&law("test \"at sea\" not_applicable { afloat yes  wired no }"), "T-X"), NONE);
    }

    #[test]
    fn verdicts_of_others_are_not_opened_and_remembered_plainly() {
        let law = instrument("T", "")
            + &requirement(
                "T-1",
                "T",
                "require wired
          test \"wired\" met { wired yes }
          test \"not\" unmet { wired no }",
            )
            + &requirement(
                "T-2",
                "T",
                "require conforms(T-1) or wired
          test \"wired\" met { wired yes }
          test \"not\" unmet { wired no }
          test \"said to conform\" met { wired no  conforms [T-1] }",
            );
        // With wires both hold, so that neither decides.
        assert_eq!(gaps(&law, "T-2"), ["yes or no `wired`: never true"]);
        assert_eq!(gaps(&law, "T-1"), NONE);
    }

    #[test]
    fn what_stands_behind_the_verdicts_of_others_is_not_watched() {
        let law = instrument("T", "")
            + &instrument("U", "applies when heavy")
            + &requirement(
                "T-1",
                "T",
                "require wired
          test \"wired\" met { wired yes  afloat no  heavy yes }
          test \"not\" unmet { wired no  afloat no  heavy yes }",
            )
            + &requirement(
                "T-2",
                "T",
                "require conforms(T-1)
          test \"deemed\" met { wired no  afloat yes  heavy yes }
          test \"light\" unmet { wired no  afloat yes  heavy no }",
            )
            + "exception U-X \"At sea\" {
                 under U
                 clause \"2\"
                 source seen_primary
                 deems_met [T-1]
                 when afloat
               }";
        assert_eq!(
            gaps(&law, "U"),
            ["yes or no `heavy`: true, but never decisive", "yes or no `heavy`: never false"]
        );
        assert_eq!(gaps(&law, "T-2"), NONE);
    }

    /// Watching changes no verdict, and nothing that was turned around is remembered.
    #[test]
    fn watching_changes_nothing() {
        let (books, _) = crate::embedded(0);
        let rules = compile(&books);
        let table = Arc::new(Table::new(&rules));
        let mut tallies = vec![Tally::default(); table.atoms.len()];
        for (id, r) in rules.law.requirements.enumerate() {
            for test in &r.tests {
                let Ok(prepared) = prepare(&rules, id, test) else { continue };
                with_eval(&rules, id, test, &prepared, |e| {
                    let plain = e.judge(id);
                    let outcomes = |e: &mut Eval<'_>| -> Vec<_> {
                        rules
                            .law
                            .requirements_of(dossier_model::law::Target::Instrument(r.instrument))
                            .into_iter()
                            .map(|o| e.judge(o))
                            .collect()
                    };
                    let before = outcomes(e);
                    e.probe = Some(Box::new(Probe {
                        table: table.clone(),
                        seen: Vec::new(),
                        numbers: FxHashMap::default(),
                        forced: None,
                    }));
                    let watched = e.judged_anew(id);
                    assert_eq!(
                        watched,
                        plain.map_or(Expected::NotInForce, |j| Expected::Outcome(j.outcome)),
                        "{}",
                        r.code
                    );
                    measure(e, id, &table, &mut tallies);
                    assert_eq!(e.judge(id), plain, "{}", r.code);
                    assert_eq!(outcomes(e), before, "{}", r.code);
                });
            }
        }
    }

    #[test]
    fn the_embedded_law_is_covered() {
        let (books, _) = crate::embedded(0);
        let rules = compile(&books);
        let gaps = coverage(&rules).into_iter().flat_map(|c| {
            let code = c.subject.code(&rules);
            c.gaps.into_iter().map(move |g| format!("{code}: {}: {}", g.text, g.why))
        });
        // `cargo run -p dossier-verdict --example coverage` says where they stand.
        assert_eq!(gaps.collect::<Vec<_>>(), NONE);
    }

    /// What could stand in the place of an atom by mistake: stuck at either value, strict for not strict, one member
    /// short. Each is an expression and what it becomes.
    fn faults(rules: &Rulebase, atom: &Atom) -> Vec<(ExprId, Expr)> {
        let stuck = [true, false].map(|b| (atom.expr, Expr::Const(Value::Bool(b))));
        match (&rules.expr(atom.expr).expr, atom.member) {
            // The inside of a term cannot be told from its outside this way.
            (Expr::Control(_) | Expr::Considered(_) | Expr::Evidence(_), _) => Vec::new(),
            (Expr::In(a, list), Some(n)) => {
                let rest = list.iter().enumerate().filter(|(i, _)| *i != n).map(|(_, e)| *e).collect();
                vec![(atom.expr, Expr::In(*a, rest))]
            }
            (Expr::Sets(_, _, list), Some(n)) => {
                let gone = listed(rules, atom.expr).map(|l| l[n].clone());
                match (&rules.expr(*list).expr, gone) {
                    (Expr::Const(Value::Set { bits, open }), Some(Value::Enum(gone))) => {
                        let bits = Bits(bits.0 & !Bits::default().with(gone).0);
                        vec![(*list, Expr::Const(Value::Set { bits, open: *open }))]
                    }
                    _ => Vec::new(),
                }
            }
            (Expr::Compare(op, a, b), _) if atom.edge.is_some() => {
                let other = match op {
                    Compare::Lt => Compare::LtEq,
                    Compare::LtEq => Compare::Lt,
                    Compare::Gt => Compare::GtEq,
                    Compare::GtEq => Compare::Gt,
                    Compare::Eq => Compare::NotEq,
                    Compare::NotEq => Compare::Eq,
                };
                stuck.into_iter().chain([(atom.expr, Expr::Compare(other, *a, *b))]).collect()
            }
            _ => stuck.to_vec(),
        }
    }

    /// Coverage keeps what it promises: whatever of the law is covered and then changed, a test fails.
    #[test]
    fn a_fault_in_any_covered_atom_fails_a_test() {
        let (books, _) = crate::embedded(0);
        let mut rules = compile(&books);
        let table = Arc::new(Table::new(&rules));
        let (tallies, _) = run(&rules, &table);
        let mut survivors: Vec<String> = Vec::new();
        let mut planted = 0;
        for (atom, tally) in table.atoms.iter().zip(&tallies) {
            if !atom.gaps(&rules, tally).is_empty() {
                continue;
            }
            let of: Vec<RequirementId> = match atom.subject {
                Subject::Requirement(r) => vec![r],
                Subject::Instrument(i) => rules.law.instruments[i].requirements.clone(),
                Subject::Exception(x) => {
                    let targets = &rules.law.exceptions[x].targets;
                    targets.iter().flat_map(|t| rules.law.requirements_of(*t)).collect()
                }
            };
            for (at, wrong) in faults(&rules, atom) {
                planted += 1;
                let right = std::mem::replace(&mut rules.exprs[at].expr, wrong);
                let caught = of.iter().any(|r| crate::run_tests(&rules, *r).iter().any(|t| !t.passed()));
                rules.exprs[at].expr = right;
                if !caught {
                    survivors.push(format!("{}: {}", atom.subject.code(&rules), atom.text(&rules)));
                }
            }
        }
        assert!(planted > 500 && survivors.is_empty(), "{planted} planted, survived: {survivors:#?}");
    }
}
