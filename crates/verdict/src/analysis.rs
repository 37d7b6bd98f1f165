//! What can be said of law without any device: conditions that are always true or never, and vocabulary that no law
//! reads.

use crate::show;
use dossier_base::{Diagnostic, Sym, codes};
use dossier_model::Rulebase;
use dossier_model::date;
use dossier_model::expr::{Compare, Expr, ExprId, Field, Over, SetTest, Thing, children};
use dossier_model::idx::Id;
use dossier_model::law::RequirementId;
use dossier_model::value::{Type, Value};
use dossier_model::vocab::FactKind;
use dossier_syntax::literal::Decimal;
use rustc_hash::{FxHashMap, FxHashSet};

/// Conditions of law that can never be true, or never be false. Decided on the atoms of one law: comparisons of the
/// same operand are reasoned about together, all else is independent. A condition of more than some 16 independent
/// atoms that is not decided early on is passed over.
pub fn diagnostics(rules: &Rulebase) -> Vec<Diagnostic> {
    let mut found = Found { rules, diagnostics: Vec::new(), places: FxHashSet::default() };
    for i in rules.law.instruments.iter().filter(|i| !i.broken) {
        let names: &[String] = &[];
        if let Some(root) = i.applies {
            found.check("`applies`", i.code, root, names);
        }
        if let Some(root) = i.opt_in {
            found.check("`opt_in`", i.code, root, names);
        }
        for root in i.editions.iter().flat_map(|e| e.in_force.iter().filter_map(|f| f.when)) {
            found.check("`in_force … when`", i.code, root, names);
        }
    }
    for id in rules.law.requirements.ids() {
        found.requirement(id);
    }
    for x in rules.law.exceptions.iter() {
        if let Some(root) = x.when {
            found.check("`when`", x.code, root, &[]);
        }
    }
    found.diagnostics
}

/// Facts and controls of the embedded vocabulary that no requirement, derived fact or condition reads. Meant for those
/// who write rulebooks: of no concern when a device is checked.
pub fn unread(rules: &Rulebase) -> Vec<Diagnostic> {
    let vocab = &rules.vocab;
    let mut facts = vec![false; vocab.facts.len()];
    let mut controls = vec![false; vocab.controls.len()];
    // Every expression belongs to a law, a derived fact, a condition, or says when a fact or an entity makes sense.
    for node in rules.exprs.iter() {
        match &node.expr {
            Expr::Fact(f) | Expr::BoundFact(_, f) | Expr::DeclaredFact(f) => facts[f.index()] = true,
            Expr::Control(c)
            | Expr::Considered(c)
            | Expr::Field(Thing::Control(c), _)
            | Expr::DeclaredField(Thing::Control(c), _) => controls[c.index()] = true,
            _ => {}
        }
    }
    let mut diagnostics = Vec::new();
    for (id, fact) in vocab.facts.enumerate() {
        if let Some(origin) = fact.origin
            && !facts[id.index()]
            && fact.kind != FactKind::Broken
            // Classes are a jurisdiction's, whether its law reads them or not.
            && fact.name.as_str() != "class"
            && rules.is_embedded(origin)
        {
            diagnostics.push(codes::unread_fact(rules.place(origin), fact.name).subject(fact.name.as_str()));
        }
    }
    for (id, control) in vocab.controls.enumerate() {
        if !controls[id.index()] && rules.is_embedded(control.origin) {
            let at = rules.place(control.origin);
            diagnostics.push(codes::unread_control(at, control.name).subject(control.name.as_str()));
        }
    }
    diagnostics
}

struct Found<'r> {
    rules: &'r Rulebase,
    diagnostics: Vec<Diagnostic>,
    /// What has been told; members of a family share what it says.
    places: FxHashSet<(dossier_base::Place, &'static str)>,
}

impl Found<'_> {
    fn requirement(&mut self, id: RequirementId) {
        let rules = self.rules;
        let r = &rules.law.requirements[id];
        let instrument = &rules.law.instruments[r.instrument];
        if r.broken || instrument.broken {
            return;
        }
        let names: Vec<String> = r.each.iter().map(|e| e.name.to_string()).collect();
        let before = self.diagnostics.len();
        let filter = r.each.as_ref().and_then(|e| e.filter);
        if let Some(root) = filter {
            self.check("`for … where`", r.code, root, &names);
        }
        for root in &r.when {
            self.check("`when`", r.code, *root, &names);
        }
        // Whether it can be asked at all. That it can be not asked follows from the single conditions.
        let all: Vec<ExprId> =
            instrument.applies.into_iter().chain(filter).chain(r.when.iter().copied()).collect();
        if self.diagnostics.len() == before
            && let [_, .., last] = all.as_slice()
        {
            self.never("`applies`, `for … where` and `when` together", r.code, &all, *last, &names, true);
        }
        for root in &r.unless {
            self.check("`unless`", r.code, *root, &names);
        }
        self.check("`require`", r.code, r.require, &names);
    }

    fn check(&mut self, what: &str, code: Sym, root: ExprId, names: &[String]) {
        self.never(what, code, &[root], root, names, true);
        self.never(what, code, &[root], root, names, false);
    }

    /// Tells if all of these together can never have a value.
    fn never(&mut self, what: &str, code: Sym, roots: &[ExprId], at: ExprId, names: &[String], value: bool) {
        let rules = self.rules;
        let Some(clash) = clash(rules, roots, value, &Scope::default(), 0) else { return };
        let mut texts: Vec<String> =
            clash.iter().map(|e| format!("`{}`", show::expr(rules, *e, names))).collect();
        texts.dedup();
        let repeated = clash.len() > texts.len();
        let why = match (texts.as_slice(), value) {
            ([], true) => "nothing that a device declares makes it so".to_owned(),
            ([], false) => "nothing that a device declares makes it otherwise".to_owned(),
            ([one], true) if repeated => format!("{one} would have to be both true and false"),
            ([one], false) if repeated => format!("{one} may be true or false"),
            ([one], true) => format!("{one} never holds"),
            ([one], false) => format!("{one} always holds"),
            ([first @ .., last], true) => format!("{} and {last} exclude each other", first.join(", ")),
            ([first @ .., last], false) => format!("{} and {last} leave nothing out", first.join(", ")),
        };
        let place = rules.place(rules.expr(at).origin);
        let mut d = if value {
            codes::never_true(place, what, code, why)
        } else {
            codes::never_false(place, what, code, why)
        };
        if self.places.insert((place, d.code.id)) {
            for e in clash {
                d = d.also(rules.place(rules.expr(e).origin), "");
            }
            self.diagnostics.push(d.subject(code.as_str()));
        }
    }
}

// ---- whether a condition can have a value ------------------------------------------------------------------------

/// How many steps are taken before a condition is passed over: all there are for 16 independent atoms.
const STEPS: usize = 1 << 17;
/// How many different comparisons of one operand are told apart.
const TESTS: usize = 16;
/// How many classes of members of one set.
const CLASSES: usize = 8;

/// Whose fields a bare name means.
#[derive(Clone, Default, Debug)]
struct Scope {
    narrowed: String,
}

/// What stands in the way of all roots together having a value (the comparisons that clash; none if there is nothing to
/// name). None if they can, or if that was not found out.
fn clash(
    rules: &Rulebase,
    roots: &[ExprId],
    value: bool,
    scope: &Scope,
    depth: usize,
) -> Option<Vec<ExprId>> {
    let mut problem =
        Problem { rules, groups: Vec::new(), occurrences: Vec::new(), by_key: FxHashMap::default(), depth };
    let mut formula = Formula::Const(true);
    for root in roots {
        let one = problem.formula(*root, scope)?;
        formula = Formula::And(Box::new(formula), Box::new(one));
    }
    let signatures: Vec<Vec<u64>> = problem.groups.iter().map(|g| g.signatures()).collect::<Option<_>>()?;
    if problem.can(&formula, value, &signatures, None)? {
        return None;
    }
    // An operand is to blame if the condition could have the value, were its comparisons independent of each other.
    let mut blamed: Vec<ExprId> = Vec::new();
    for (g, group) in problem.groups.iter().enumerate() {
        let n = group.tests.len();
        let mut freed = signatures.clone();
        freed[g] = (0..1 << n).collect();
        let all: Vec<(usize, ExprId)> = problem
            .occurrences
            .iter()
            .enumerate()
            .filter(|(_, o)| o.group == g)
            .map(|(i, o)| (i, o.expr))
            .collect();
        let alone: Vec<ExprId> = all
            .iter()
            .filter(|(i, _)| problem.can(&formula, value, &signatures, Some(*i)) == Some(true))
            .map(|(_, e)| *e)
            .collect();
        let together = alone.len() < 2 && problem.can(&formula, value, &freed, None) == Some(true);
        blamed.extend(if together { all.into_iter().map(|(_, e)| e).collect() } else { alone });
    }
    Some(blamed)
}

/// A condition over occurrences of atoms.
#[derive(Debug)]
enum Formula {
    Const(bool),
    Atom(usize),
    Not(Box<Formula>),
    And(Box<Formula>, Box<Formula>),
    Or(Box<Formula>, Box<Formula>),
}

impl Formula {
    /// Its value, if what is known of the atoms settles it.
    fn value(&self, atoms: &[Option<bool>]) -> Option<bool> {
        match self {
            Formula::Const(b) => Some(*b),
            Formula::Atom(n) => atoms[*n],
            Formula::Not(a) => a.value(atoms).map(|b| !b),
            Formula::And(a, b) => match a.value(atoms) {
                Some(false) => Some(false),
                Some(true) => b.value(atoms),
                None => b.value(atoms).filter(|b| !b),
            },
            Formula::Or(a, b) => match a.value(atoms) {
                Some(true) => Some(true),
                Some(false) => b.value(atoms),
                None => b.value(atoms).filter(|b| *b),
            },
        }
    }
}

/// An atom at one place.
#[derive(Debug)]
struct Occurrence {
    group: usize,
    /// Which test of the group's operand it is.
    test: usize,
    expr: ExprId,
}

/// All atoms about one operand.
#[derive(Debug)]
struct Group {
    operand: Operand,
    tests: Vec<Test>,
}

/// What an operand can be.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Operand {
    /// True or false.
    Yes,
    /// Settled by itself.
    Only(bool),
    /// One of so many values.
    One(usize),
    /// A value of an order: `whole` if there is nothing between neighbours, `floor` if nothing is below zero.
    Line { whole: bool, floor: bool },
    /// A text or a name.
    Word,
    /// Some of so many values; of no known number if there is none.
    Set(Option<usize>),
    /// How two operands compare; `false` if neither can be greater.
    Pair(bool),
    /// Two operands that are the same.
    Same,
}

/// What is asked of an operand.
#[derive(Clone, PartialEq, Debug)]
enum Test {
    Holds,
    Compare(Compare, Value),
    OneOf(Vec<Value>),
    Sets(SetTest, Vec<Value>),
    Equals(Vec<Value>),
    Order(Compare),
}

impl Group {
    /// The ways in which the tests can come out together, one bit a test. None if there are too many to tell.
    fn signatures(&self) -> Option<Vec<u64>> {
        if self.tests.len() > TESTS {
            return None;
        }
        let mut all: Vec<u64> = match &self.operand {
            Operand::Yes => vec![self.sign(|_| true), 0],
            Operand::Only(b) => vec![self.sign(|_| *b)],
            Operand::Same => vec![self.sign(|t| t.order(std::cmp::Ordering::Equal))],
            Operand::Pair(ordered) => {
                use std::cmp::Ordering::{Equal, Greater, Less};
                let states: &[_] = if *ordered { &[Less, Equal, Greater] } else { &[Less, Equal] };
                states.iter().map(|o| self.sign(|t| t.order(*o))).collect()
            }
            Operand::One(n) => (0..*n).map(|v| self.sign(|t| t.value(&Value::Enum(v as u16)))).collect(),
            Operand::Word => {
                let mentioned = self.mentioned();
                let other = self.sign(|t| matches!(t, Test::Compare(Compare::NotEq, _)));
                mentioned.iter().map(|v| self.sign(|t| t.value(v))).chain([other]).collect()
            }
            Operand::Line { whole, floor } => self.line(*whole, *floor),
            Operand::Set(size) => {
                // Members that the same tests list are alike: all that counts is whether none, some or all are in.
                let mentioned = self.mentioned();
                let mut classes: Vec<(u64, usize)> = Vec::new();
                for v in &mentioned {
                    let listed = self.sign(|t| t.lists(v));
                    match classes.iter_mut().find(|c| c.0 == listed) {
                        Some(class) => class.1 += 1,
                        None => classes.push((listed, 1)),
                    }
                }
                if classes.len() > CLASSES {
                    return None;
                }
                let mut states: Vec<Vec<In>> = vec![Vec::new()];
                for (_, size) in &classes {
                    let ways: &[In] =
                        if *size == 1 { &[In::None, In::All] } else { &[In::None, In::Some, In::All] };
                    states = states
                        .iter()
                        .flat_map(|s| ways.iter().map(|w| [s.as_slice(), &[*w]].concat()))
                        .collect();
                }
                let others: &[bool] =
                    if size.is_some_and(|n| n <= mentioned.len()) { &[false] } else { &[false, true] };
                let signature = |state: &[In], other: bool| {
                    self.tests.iter().enumerate().fold(0, |s, (i, t)| {
                        let members = classes.iter().zip(state).map(|(c, has)| (c.0 >> i & 1 == 1, *has));
                        s | u64::from(t.set(members, other)) << i
                    })
                };
                states.iter().flat_map(|s| others.iter().map(|o| signature(s, *o))).collect()
            }
        };
        all.sort_unstable();
        all.dedup();
        Some(all)
    }

    /// One bit for each test that holds.
    fn sign(&self, holds: impl Fn(&Test) -> bool) -> u64 {
        self.tests.iter().enumerate().fold(0, |s, (i, t)| s | u64::from(holds(t)) << i)
    }

    /// The values that tests name.
    fn mentioned(&self) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        for test in &self.tests {
            let values: &[Value] = match test {
                Test::Compare(_, v) => std::slice::from_ref(v),
                Test::OneOf(v) | Test::Sets(_, v) | Test::Equals(v) => v,
                Test::Holds | Test::Order(_) => &[],
            };
            for v in values {
                if !all.contains(v) {
                    all.push(v.clone());
                }
            }
        }
        all
    }

    /// Positions on a line: at each value that a test names, and between neighbours where something can be.
    fn line(&self, whole: bool, floor: bool) -> Vec<u64> {
        let mut cuts = self.mentioned();
        cuts.sort_by(order);
        cuts.dedup_by(|a, b| order(a, b).is_eq());
        let place = |v: &Value| cuts.iter().position(|c| order(c, v).is_eq()).map_or(0, |i| 2 * i + 1);
        let possible = |p: usize| match (p % 2, p / 2) {
            (1, i) => !whole || !matches!(cuts[i], Value::Number(d) if d.scale > 0),
            (_, 0) => !floor || cuts.first().is_none_or(|c| !is_zero(c)),
            (_, i) if i == cuts.len() => true,
            (_, i) => !neighbours(&cuts[i - 1], &cuts[i], whole),
        };
        (0..=2 * cuts.len())
            .filter(|p| possible(*p))
            .map(|p| {
                self.sign(|t| match t {
                    Test::Compare(op, v) => holds(*op, p.cmp(&place(v))),
                    Test::OneOf(list) => list.iter().any(|v| p == place(v)),
                    _ => false,
                })
            })
            .collect()
    }
}

impl Test {
    fn order(&self, o: std::cmp::Ordering) -> bool {
        matches!(self, Test::Order(op) if holds(*op, o))
    }

    fn value(&self, v: &Value) -> bool {
        match self {
            Test::Compare(Compare::Eq, w) => v == w,
            Test::Compare(Compare::NotEq, w) => v != w,
            Test::Compare(op, w) => holds(*op, order(v, w)),
            Test::OneOf(list) => list.contains(v),
            _ => false,
        }
    }

    /// Whether a value stands in its list.
    fn lists(&self, v: &Value) -> bool {
        match self {
            Test::Sets(_, list) | Test::Equals(list) => list.contains(v),
            _ => false,
        }
    }

    /// Of a set: for each class of members whether this lists it and what of it is in the set; whether any other is.
    fn set(&self, mut classes: impl Iterator<Item = (bool, In)>, other: bool) -> bool {
        match self {
            Test::Sets(SetTest::All, _) => classes.all(|(listed, has)| !listed || has == In::All),
            Test::Sets(SetTest::Any, _) => classes.any(|(listed, has)| listed && has != In::None),
            Test::Sets(SetTest::None, _) => classes.all(|(listed, has)| !listed || has == In::None),
            Test::Sets(SetTest::Within, _) => {
                !other && classes.all(|(listed, has)| listed || has == In::None)
            }
            Test::Equals(_) => {
                !other && classes.all(|(listed, has)| has == if listed { In::All } else { In::None })
            }
            _ => false,
        }
    }
}

/// What of a class of members is in a set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum In {
    None,
    Some,
    All,
}

fn holds(op: Compare, o: std::cmp::Ordering) -> bool {
    match op {
        Compare::Eq => o.is_eq(),
        Compare::NotEq => o.is_ne(),
        Compare::Lt => o.is_lt(),
        Compare::LtEq => o.is_le(),
        Compare::Gt => o.is_gt(),
        Compare::GtEq => o.is_ge(),
    }
}

/// The comparison as it reads from the other side.
fn mirrored(op: Compare) -> Compare {
    match op {
        Compare::Lt => Compare::Gt,
        Compare::LtEq => Compare::GtEq,
        Compare::Gt => Compare::Lt,
        Compare::GtEq => Compare::LtEq,
        same => same,
    }
}

fn order(a: &Value, b: &Value) -> std::cmp::Ordering {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) => x.cmp(y),
        (Value::Duration(x), Value::Duration(y)) => x.cmp(y),
        (Value::Period(x), Value::Period(y)) => x.cmp(y),
        (Value::Date(x), Value::Date(y)) => x.cmp(y),
        (Value::Enum(x), Value::Enum(y)) => x.cmp(y),
        _ => std::cmp::Ordering::Equal,
    }
}

fn is_zero(v: &Value) -> bool {
    match v {
        Value::Number(d) => d.digits == 0,
        Value::Duration(ms) => *ms == 0,
        Value::Period(m) => *m == 0,
        _ => false,
    }
}

/// Whether nothing lies between two values.
fn neighbours(a: &Value, b: &Value, whole: bool) -> bool {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) => {
            let floor = |d: &Decimal| d.digits.div_euclid(10_i128.pow(d.scale.into()));
            whole && floor(y) + i128::from(y.scale > 0) <= floor(x) + 1
        }
        (Value::Duration(x), Value::Duration(y)) => x + 1 == *y,
        (Value::Period(x), Value::Period(y)) => x + 1 == *y,
        (Value::Date(x), Value::Date(y)) => date::add_days(x.first, 1) == Some(y.first),
        _ => false,
    }
}

struct Problem<'r> {
    rules: &'r Rulebase,
    groups: Vec<Group>,
    occurrences: Vec<Occurrence>,
    by_key: FxHashMap<String, usize>,
    /// How many conditions this one stands in.
    depth: usize,
}

impl Problem<'_> {
    /// Whether a formula can have a value; `free` is an occurrence that may be anything. None if it was not found out.
    fn can(
        &self,
        formula: &Formula,
        value: bool,
        signatures: &[Vec<u64>],
        free: Option<usize>,
    ) -> Option<bool> {
        let mut search = Search {
            problem: self,
            formula,
            value,
            signatures,
            free,
            atoms: vec![None; self.occurrences.len()],
            steps: 0,
        };
        let can = search.from(0);
        (search.steps <= STEPS).then_some(can)
    }

    /// The formula of a condition. None if it could not be read.
    fn formula(&mut self, e: ExprId, scope: &Scope) -> Option<Formula> {
        let rules = self.rules;
        let expr = &rules.expr(e).expr;
        let both = |a, b| (Box::new(a), Box::new(b));
        Some(match expr {
            Expr::Unreadable => return None,
            Expr::Const(Value::Bool(b)) => Formula::Const(*b),
            Expr::Not(a) => Formula::Not(Box::new(self.formula(*a, scope)?)),
            Expr::And(a, b) => {
                let (a, b) = both(self.formula(*a, scope)?, self.formula(*b, scope)?);
                Formula::And(a, b)
            }
            Expr::Or(a, b) => {
                let (a, b) = both(self.formula(*a, scope)?, self.formula(*b, scope)?);
                Formula::Or(a, b)
            }
            Expr::Implies(a, b) => {
                let (a, b) = both(Formula::Not(Box::new(self.formula(*a, scope)?)), self.formula(*b, scope)?);
                Formula::Or(a, b)
            }
            Expr::Compare(op, a, b) => self.compare(e, *op, *a, *b, scope)?,
            Expr::In(a, list) => {
                let values: Option<Vec<Value>> = list.iter().map(|i| self.constant(*i)).collect();
                match (self.operand(*a), values) {
                    (Some(operand), Some(values)) => {
                        self.atom(e, &key(rules, *a, scope), operand, Test::OneOf(values))
                    }
                    _ => self.free(e, scope),
                }
            }
            Expr::Has(set, a) | Expr::InSet(a, set) => match (self.set(*set), self.constant(*a)) {
                (Some(operand), Some(v)) => {
                    self.atom(e, &key(rules, *set, scope), operand, Test::Sets(SetTest::All, vec![v]))
                }
                _ => self.free(e, scope),
            },
            Expr::Sets(test, set, list) => match (self.set(*set), self.constants(*list)) {
                (Some(operand), Some(values)) => {
                    self.atom(e, &key(rules, *set, scope), operand, Test::Sets(*test, values))
                }
                _ => self.free(e, scope),
            },
            Expr::Where(term, condition) => match rules.expr(*term).expr {
                // There is one such control, so its fields are the same wherever it is named.
                Expr::Control(c) | Expr::Considered(c) => {
                    let inner = Scope { narrowed: format!("{} control {}", scope.narrowed, c.index()) };
                    let (a, b) = both(self.formula(*term, scope)?, self.formula(*condition, &inner)?);
                    Formula::And(a, b)
                }
                // Of evidence there may be several: all that counts is that one may be as it says.
                _ => self.exists(e, &[*condition], scope),
            },
            Expr::With(thing, term) => {
                let listed = match rules.expr(*term).expr {
                    Expr::Where(_, condition) => self.exists(e, &[condition], scope),
                    _ => self.free(e, scope),
                };
                if matches!(rules.expr(*thing).expr, Expr::Bound(_)) {
                    listed
                } else {
                    let (a, b) = both(self.formula(*thing, scope)?, listed);
                    Formula::And(a, b)
                }
            }
            Expr::Quantifier { every: false, filter, body, .. } => {
                let inner: Vec<ExprId> = filter.iter().chain([body]).copied().collect();
                self.exists(e, &inner, scope)
            }
            Expr::Quantifier { every: true, body, .. } => {
                let always = self.depth < 8 && clash(rules, &[*body], false, scope, self.depth + 1).is_some();
                if always { self.only(e, true) } else { self.free(e, scope) }
            }
            _ => self.free(e, scope),
        })
    }

    fn compare(&mut self, e: ExprId, op: Compare, a: ExprId, b: ExprId, scope: &Scope) -> Option<Formula> {
        let rules = self.rules;
        let ty = rules.expr(a).ty;
        let (x, op, v) = match (self.constant(a), self.constant(b)) {
            (None, Some(v)) => (a, op, v),
            (Some(v), None) => (b, mirrored(op), v),
            (Some(_), Some(_)) => return Some(self.free(e, scope)),
            (None, None) => {
                let ordered = !matches!(ty, Type::Bool | Type::Text | Type::Ref(_))
                    && ty.element().is_none()
                    && !matches!(ty, Type::Enum(e) if !rules.vocab.enums[e].ladder);
                let (k, l) = (key(rules, a, scope), key(rules, b, scope));
                let (operand, op) = match k.cmp(&l) {
                    std::cmp::Ordering::Equal => (Operand::Same, op),
                    std::cmp::Ordering::Less => (Operand::Pair(ordered), op),
                    std::cmp::Ordering::Greater => (Operand::Pair(ordered), mirrored(op)),
                };
                let pair = if k < l { format!("{k} to {l}") } else { format!("{l} to {k}") };
                return Some(self.atom(e, &pair, operand, Test::Order(op)));
            }
        };
        if let (Value::Bool(yes), Compare::Eq | Compare::NotEq) = (&v, op) {
            let inner = self.formula(x, scope)?;
            let same = *yes == (op == Compare::Eq);
            return Some(if same { inner } else { Formula::Not(Box::new(inner)) });
        }
        if let Some(operand) = self.set(x) {
            let Some(values) = elements(&v) else { return Some(self.free(e, scope)) };
            let equals = self.atom(e, &key(rules, x, scope), operand, Test::Equals(values));
            return Some(if op == Compare::Eq { equals } else { Formula::Not(Box::new(equals)) });
        }
        // A date of which only the month is known divides nothing cleanly.
        let vague = matches!(&v, Value::Date(d) if d.exact().is_none());
        Some(match self.operand(x) {
            Some(operand) if !vague => self.atom(e, &key(rules, x, scope), operand, Test::Compare(op, v)),
            _ => self.free(e, scope),
        })
    }

    /// What a single value can be.
    fn operand(&self, e: ExprId) -> Option<Operand> {
        let rules = self.rules;
        let node = rules.expr(e);
        let declared = match &node.expr {
            Expr::Fact(f) | Expr::BoundFact(_, f) => rules.vocab.facts[*f].kind == FactKind::Declared,
            Expr::Field(..) | Expr::Count { .. } => true,
            _ => false,
        };
        match node.ty {
            Type::Enum(x) => Some(Operand::One(rules.vocab.enums[x].values.len())),
            Type::Number | Type::Percent | Type::Duration | Type::Period | Type::Date => {
                Some(Operand::Line {
                    whole: matches!(node.expr, Expr::Count { .. }),
                    // Nothing below zero can be written; sums may come out there.
                    floor: declared && node.ty != Type::Date,
                })
            }
            Type::Text | Type::Ref(_) => Some(Operand::Word),
            _ => None,
        }
    }

    /// What a set can be.
    fn set(&self, e: ExprId) -> Option<Operand> {
        match self.rules.expr(e).ty {
            Type::EnumSet(x) => Some(Operand::Set(Some(self.rules.vocab.enums[x].values.len()))),
            Type::RefSet(_) | Type::TextSet => Some(Operand::Set(None)),
            _ => None,
        }
    }

    fn constant(&self, e: ExprId) -> Option<Value> {
        match &self.rules.expr(e).expr {
            Expr::Const(v) => Some(v.clone()),
            _ => None,
        }
    }

    fn constants(&self, list: ExprId) -> Option<Vec<Value>> {
        match &self.rules.expr(list).expr {
            Expr::Const(v) => elements(v),
            Expr::List(items) => items.iter().map(|i| self.constant(*i)).collect(),
            _ => None,
        }
    }

    /// Something that is true or false whatever else is.
    fn free(&mut self, e: ExprId, scope: &Scope) -> Formula {
        self.atom(e, &key(self.rules, e, scope), Operand::Yes, Test::Holds)
    }

    /// Something that its inside settles.
    fn only(&mut self, e: ExprId, value: bool) -> Formula {
        self.atom(e, &format!("settled {}", e.index()), Operand::Only(value), Test::Holds)
    }

    /// That there is one thing of which conditions hold.
    fn exists(&mut self, e: ExprId, conditions: &[ExprId], scope: &Scope) -> Formula {
        let never = self.depth < 8 && clash(self.rules, conditions, true, scope, self.depth + 1).is_some();
        if never { self.only(e, false) } else { self.free(e, scope) }
    }

    fn atom(&mut self, e: ExprId, key: &str, operand: Operand, test: Test) -> Formula {
        // Operands of one text and two natures are two operands.
        let key = format!("{operand:?} {key}");
        let groups = &mut self.groups;
        let group = *self.by_key.entry(key).or_insert_with(|| {
            groups.push(Group { operand, tests: Vec::new() });
            groups.len() - 1
        });
        let tests = &mut self.groups[group].tests;
        let n = tests.iter().position(|t| *t == test).unwrap_or_else(|| {
            tests.push(test);
            tests.len() - 1
        });
        self.occurrences.push(Occurrence { group, test: n, expr: e });
        Formula::Atom(self.occurrences.len() - 1)
    }
}

/// The single values of a set.
fn elements(set: &Value) -> Option<Vec<Value>> {
    match set {
        Value::Set { bits, open: false } => Some(bits.iter().map(Value::Enum).collect()),
        Value::Names(names) => Some(names.iter().map(|n| Value::Name(*n)).collect()),
        Value::Texts(texts) => Some(texts.iter().map(|t| Value::Text(t.clone())).collect()),
        _ => None,
    }
}

/// Tries the ways in which groups can come out, one group after the other.
struct Search<'p> {
    problem: &'p Problem<'p>,
    formula: &'p Formula,
    value: bool,
    signatures: &'p [Vec<u64>],
    free: Option<usize>,
    atoms: Vec<Option<bool>>,
    steps: usize,
}

impl Search<'_> {
    fn from(&mut self, group: usize) -> bool {
        self.steps += 1;
        if self.steps > STEPS {
            return false;
        }
        if let Some(free) = self.free
            && group == self.signatures.len()
        {
            return [false, true].into_iter().any(|b| {
                self.atoms[free] = Some(b);
                let found = self.formula.value(&self.atoms) == Some(self.value);
                self.atoms[free] = None;
                found
            });
        }
        match self.formula.value(&self.atoms) {
            Some(v) => return v == self.value,
            None if group == self.signatures.len() => return false,
            None => {}
        }
        let mine: Vec<(usize, usize)> = self
            .problem
            .occurrences
            .iter()
            .enumerate()
            .filter(|(i, o)| o.group == group && Some(*i) != self.free)
            .map(|(i, o)| (i, o.test))
            .collect();
        for n in 0..self.signatures[group].len() {
            let signature = self.signatures[group][n];
            for (i, test) in &mine {
                self.atoms[*i] = Some(signature >> test & 1 == 1);
            }
            if self.from(group + 1) {
                return true;
            }
        }
        for (i, _) in &mine {
            self.atoms[*i] = None;
        }
        false
    }
}

/// A text that two expressions share exactly if they say the same.
fn key(rules: &Rulebase, e: ExprId, scope: &Scope) -> String {
    let expr = &rules.expr(e).expr;
    let own = |what: String| {
        let inner: Vec<String> = children(expr).into_iter().map(|c| key(rules, c, scope)).collect();
        format!("{what}({})", inner.join(", "))
    };
    let field = |f: &Field| format!("{}.{f:?}", scope.narrowed);
    match expr {
        Expr::Field(Thing::Narrowed, f) => field(f),
        Expr::DeclaredField(Thing::Narrowed, f) => format!("declared {}", field(f)),
        Expr::EndOf(unit, _) => own(format!("end of {unit:?}")),
        Expr::Add(_, _, minus) => own(format!("add {minus}")),
        Expr::Compare(op, ..) => own(format!("{op:?}")),
        Expr::In(..) => own("in".to_owned()),
        Expr::InSet(..) => own("in set".to_owned()),
        Expr::Has(..) => own("has".to_owned()),
        Expr::Sets(test, ..) => own(format!("sets {test:?}")),
        Expr::List(_) => own("list".to_owned()),
        Expr::Not(_) => own("not".to_owned()),
        Expr::And(..) => own("and".to_owned()),
        Expr::Or(..) => own("or".to_owned()),
        Expr::Implies(..) => own("implies".to_owned()),
        Expr::Where(..) => own("where".to_owned()),
        Expr::With(..) => own("with".to_owned()),
        Expr::By(..) => own("by".to_owned()),
        Expr::Quantifier { every, over, slot, filter, .. } => {
            own(format!("every {every} {} {slot} {}", over_key(*over), filter.is_some()))
        }
        Expr::Count { over, slot, .. } => own(format!("count {} {slot}", over_key(*over))),
        leaf => format!("{leaf:?}"),
    }
}

fn over_key(over: Over) -> String {
    match over {
        // What it runs over is among the children.
        Over::Values(_) => "values".to_owned(),
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::tests::{instrument, requirement, rules};

    const TEST: &str = "test \"none\" unknown { }";

    /// What is told of a requirement.
    fn of(fields: &str) -> Vec<String> {
        let law = rules(&(instrument("T", "") + &requirement("T-1", "T", &format!("{fields}\n{TEST}"))));
        messages(&law)
    }

    fn messages(law: &Rulebase) -> Vec<String> {
        diagnostics(law).into_iter().map(|d| format!("{} {}", d.code.id, d.message)).collect()
    }

    fn never_true(why: &str) -> Vec<String> {
        vec![format!("E0221 `require` of `T-1` can never be true: {why}")]
    }

    fn never_false(why: &str) -> Vec<String> {
        vec![format!("E0222 `require` of `T-1` can never be false: {why}")]
    }

    const NOTHING: [&str; 0] = [];

    #[test]
    fn numbers_exclude_each_other() {
        assert_eq!(
            of("require crew > 3 and crew < 2"),
            never_true("`crew > 3` and `crew < 2` exclude each other")
        );
        assert_eq!(
            of("require crew > 3 and 2 > device.crew and wired"),
            never_true("`crew > 3` and `2 > crew` exclude each other")
        );
        assert_eq!(of("require crew >= 3 and crew <= 3"), NOTHING);
        assert_eq!(of("require crew > 2 and crew < 3"), NOTHING);
        assert_eq!(
            of("require crew in [1, 2] and crew > 2"),
            never_true("`crew in [1, 2]` and `crew > 2` exclude each other")
        );
        assert_eq!(of("require crew in [1, 2] and crew > 1"), NOTHING);
        assert_eq!(of("require crew < 0"), never_true("`crew < 0` never holds"));
    }

    #[test]
    fn between_days_and_whole_numbers_nothing_lies() {
        let days = "require sold_on > 2025-01-01 and sold_on < 2025-01-02";
        assert_eq!(
            of(days),
            never_true("`sold_on > 2025-01-01` and `sold_on < 2025-01-02` exclude each other")
        );
        assert_eq!(of("require sold_on > 2025-01-01 and sold_on < 2025-01-03"), NOTHING);
        let count = "require count(p in parts) > 1 and count(p in parts) < 2";
        assert_eq!(
            of(count),
            never_true("`count(p in parts) > 1` and `count(p in parts) < 2` exclude each other")
        );
        assert_eq!(
            of("require count(p in parts) >= 0"),
            never_false("`count(p in parts) >= 0` always holds")
        );
        assert_eq!(of("require warranty > 1 month and warranty < 2 months").len(), 1);
    }

    #[test]
    fn rungs_and_values_run_out() {
        assert_eq!(of("require rank >= low"), never_false("`rank >= low` always holds"));
        assert_eq!(of("require rank > high"), never_true("`rank > high` never holds"));
        assert_eq!(of("require rank < middle and rank != low").len(), 1);
        assert_eq!(
            of("require rank in [low, middle] or rank == high"),
            never_false("`rank in [low, middle]` and `rank == high` leave nothing out")
        );
        assert_eq!(of("require rank in [low, middle] or rank == middle"), NOTHING);
    }

    #[test]
    fn sets_are_reasoned_about_by_member() {
        assert_eq!(
            of("require parts has mast and parts within [hull, keel]"),
            never_true("`parts has mast` and `parts within [hull, keel]` exclude each other")
        );
        assert_eq!(of("require parts has mast and spares within [hull, keel]"), NOTHING);
        assert_eq!(of("require parts has all [hull, mast] and parts has none [mast, keel]").len(), 1);
        assert_eq!(
            of("require parts within [hull, mast, keel]"),
            never_false("`parts within [hull, mast, keel]` always holds")
        );
        assert_eq!(of("require parts within [hull, mast]"), NOTHING);
        assert_eq!(of("require parts has any [hull, mast] or parts has none [hull]").len(), 1);
        assert_eq!(of("require parts has any [hull, mast] or parts has none [keel]"), NOTHING);
        // One of two alike, and not both.
        let one = "parts has any [mast, keel] and not (parts has all [mast, keel])";
        assert_eq!(of(&format!("require {one}")), NOTHING);
        assert_eq!(of(&format!("require {one} and parts within [hull]")).len(), 1);
    }

    #[test]
    fn what_reads_alike_is_the_same() {
        assert_eq!(
            of("require wired and not wired"),
            never_true("`wired` would have to be both true and false")
        );
        assert_eq!(of("require wired or not wired"), never_false("`wired` may be true or false"));
        assert_eq!(of("require wired == yes and wired == no").len(), 1);
        assert_eq!(of("require wired or control(bell) or not wired").len(), 1);
        assert_eq!(of("require sold_on < device.told_on and told_on <= device.sold_on").len(), 1);
        assert_eq!(of("require sold_on <= device.told_on and told_on <= device.sold_on"), NOTHING);
        assert_eq!(of("require told_on >= device.told_on"), never_false("`told_on >= told_on` always holds"));
        assert_eq!(of("require control(bell) or control(lock)"), NOTHING);
    }

    #[test]
    fn a_control_has_one_value_and_evidence_has_many() {
        assert_eq!(of("require control(lock) where (timeout > 5 min and timeout < 5 min)").len(), 1);
        assert_eq!(
            of("require control(lock) where timeout > 5 min and control(lock) where timeout < 5 min"),
            never_true("`timeout > 5 min` and `timeout < 5 min` exclude each other")
        );
        assert_eq!(
            of(
                "require evidence(report) where contains has mast and evidence(report) where contains has none [mast]"
            ),
            NOTHING
        );
        let inside = "evidence(report) where (contains has mast and contains has none [mast])";
        assert_eq!(of(&format!("require {inside}")), never_true(&format!("`{inside}` never holds")));
    }

    #[test]
    fn quantifiers_are_looked_into() {
        assert_eq!(of("require some s in sails: (s.of == mast and s.of == hull)").len(), 1);
        assert_eq!(of("require some s in sails where s.of == mast: s.of == hull").len(), 1);
        assert_eq!(of("require every s in sails: (s.torn or not s.torn)").len(), 1);
        assert_eq!(of("require every s in sails: (s.of == mast and s.of == hull)"), NOTHING);
        assert_eq!(of("require (some s in sails: s.torn) and (some s in sails: not s.torn)"), NOTHING);
        let both = "require (some s in sails: s.torn) or not wired";
        assert_eq!(of(both), NOTHING);
    }

    #[test]
    fn when_a_requirement_is_asked_is_taken_together() {
        let law = |applies: &str, fields: &str| {
            rules(
                &(instrument("T", applies)
                    + &requirement("T-1", "T", &format!("{fields} require wired\n{TEST}"))),
            )
        };
        assert_eq!(messages(&law("applies when rank == low", "when rank == low")), NOTHING);
        assert_eq!(
            messages(&law("applies when rank == low", "when rank == high")),
            [
                "E0221 `applies`, `for … where` and `when` together of `T-1` can never be true: `rank == low` and \
             `rank == high` exclude each other"
            ]
        );
        assert_eq!(messages(&law("", "for s in sails where (s.of == mast and s.of != mast)")).len(), 1);
        assert_eq!(messages(&law("", "for s in sails where s.of == mast when s.of == hull")).len(), 1);
        assert_eq!(
            messages(&law("applies when rank >= low", "")),
            ["E0222 `applies` of `T` can never be false: `rank >= low` always holds"]
        );
        assert_eq!(messages(&law("", "unless rank >= low")).len(), 1);
    }

    #[test]
    fn the_clash_is_pointed_at() {
        let law = rules(
            &(instrument("T", "")
                + &requirement(
                    "T-1",
                    "T",
                    &format!("require crew > 3 and (wired or heavy) and crew < 2\n{TEST}"),
                )),
        );
        let all = diagnostics(&law);
        let [d] = all.as_slice() else { panic!("{all:?}") };
        let width = |p: dossier_base::Place| p.end() - p.start();
        assert_eq!(d.place.map(width), Some("crew > 3 and (wired or heavy) and crew < 2".len() as u32));
        assert_eq!(d.labels.iter().map(|l| width(l.place)).collect::<Vec<_>>(), [8, 8]);
        assert_eq!(d.subject, "T-1");
    }

    #[test]
    fn sixteen_atoms_are_tried_and_many_more_passed_over() {
        // Nothing is settled before the last atom is: all or `last`, none without `last`, and not `last`.
        let law = |n: usize| {
            let facts: String = (0..n).map(|i| format!("fact f{i} : bool \"It\"\n")).collect();
            let some: Vec<String> = (0..n).map(|i| format!("f{i}")).collect();
            let none: Vec<String> = (0..n).map(|i| format!("(not f{i} or wired)")).collect();
            let all =
                format!("require ({} or wired) and {} and not wired", some.join(" or "), none.join(" and "));
            rules(&(facts + &instrument("T", "") + &requirement("T-1", "T", &format!("{all}\n{TEST}"))))
        };
        assert_eq!(messages(&law(15)).len(), 1);
        assert_eq!(messages(&law(40)), NOTHING);
    }

    #[test]
    fn what_no_law_reads_is_told() {
        let law = rules(
            &(instrument("T", "applies when wired")
                + &requirement("T-1", "T", &format!("require control(bell)\n{TEST}"))),
        );
        let told: Vec<String> =
            unread(&law).into_iter().map(|d| format!("{} {}", d.code.id, d.subject)).collect();
        assert!(
            told.contains(&"W0202 lock".to_owned()) && !told.contains(&"W0202 bell".to_owned()),
            "{told:?}"
        );
        assert!(
            told.contains(&"W0201 crew".to_owned()) && !told.contains(&"W0201 wired".to_owned()),
            "{told:?}"
        );
        assert!(!told.contains(&"W0201 class".to_owned()), "{told:?}");
        // A derived fact reads them.
        assert!(!told.contains(&"W0201 afloat".to_owned()), "{told:?}");
        assert!(told.contains(&"W0201 ready".to_owned()), "{told:?}");
    }

    #[test]
    fn the_embedded_law_can_be_true_and_false() {
        let (books, _) = crate::embedded(0);
        assert_eq!(messages(&dossier_model::compile(&books)), NOTHING);
    }
}
