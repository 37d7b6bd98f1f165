//! Expressions.

use super::device::{Control, Device, Entity, Evidence, View};
use super::law::{Brings, How, Law};
use super::tree::{Binder, Expr, Op, Quantifier, word_of};
use super::value::{
    Day, Tri, Val, When, all, and, any, compare, key, not, not_after, or, quantity, sum, typed,
};
use super::verdict::Verdict;
use dossier_syntax::literal::{self, Decimal};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Whether the file behind a path is there: declaring file, path.
pub(crate) type Stands<'a> = &'a dyn Fn(&str, &str) -> bool;

/// Market, requirement, and the day until which plans are taken as carried out.
pub(crate) type Asked = (Option<String>, String, Option<Day>);

/// A device on a day.
pub(crate) struct World<'a> {
    pub(crate) law: &'a Law,
    pub(crate) as_of: Day,
    pub(crate) stands: Stands<'a>,
    /// In a test of a rulebook, where evidence stands without a file.
    pub(crate) in_test: bool,
    /// What a test stipulates to be conformed to.
    pub(crate) conforms: BTreeSet<String>,
    /// Without a market, and in each.
    pub(crate) views: BTreeMap<Option<String>, View>,
    /// Verdicts that were asked for, by market, requirement and the plans taken as carried out.
    pub(crate) verdicts: RefCell<BTreeMap<Asked, Option<Verdict>>>,
}

/// In what an expression is evaluated.
#[derive(Clone, Default, Debug)]
pub(crate) struct Env {
    pub(crate) market: Option<String>,
    /// Bound names; without a value: something of which nothing is known.
    pub(crate) bound: BTreeMap<String, Option<Val>>,
    /// Inside `where`: the fields of what is narrowed.
    pub(crate) fields: Option<Fields>,
    /// Plans due by this day are taken as carried out.
    pub(crate) plan: Option<Day>,
    /// Controls left out are taken as implemented if their evidence brings one of these.
    pub(crate) left_out: Vec<Brings>,
}

#[derive(Clone, Debug)]
pub(crate) struct Fields {
    /// Those that it may have.
    known: BTreeSet<String>,
    values: BTreeMap<String, Val>,
}

/// One way in which a term such as `control(x) with evidence(k)` holds.
#[derive(Clone, Debug)]
struct Way {
    holds: Tri,
    /// The days on which what it takes was done; None of an undated one.
    done: Vec<Option<When>>,
    thing: Thing,
}

#[derive(Clone, Debug)]
enum Thing {
    Control(Control),
    Evidence(Evidence),
    Entity(Arc<Entity>),
    /// A control left out that is taken as implemented, whatever is asked of it.
    LeftOut,
    Unknown,
}

/// What a control counts as on the day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    Implemented,
    /// Until that day.
    Planned(Day),
    LeftOut,
}

impl<'a> World<'a> {
    pub(crate) fn new(
        law: &'a Law,
        all: &BTreeMap<String, Device>,
        device: &Device,
        as_of: Day,
        stands: Stands<'a>,
    ) -> Self {
        let markets = device.markets().into_iter().map(Some);
        let views = [None]
            .into_iter()
            .chain(markets)
            .map(|m| (m.clone(), device.view(law, all, m.as_deref())))
            .collect();
        Self {
            law,
            as_of,
            stands,
            in_test: false,
            conforms: BTreeSet::new(),
            views,
            verdicts: RefCell::default(),
        }
    }

    fn view(&self, market: &Option<String>) -> &View {
        self.views.get(market).unwrap_or_else(|| panic!("no market {market:?}"))
    }

    fn today(&self) -> When {
        When::on(self.as_of)
    }

    // ------------------------------------------------------------ logic

    /// Whether an expression holds.
    pub(crate) fn truth(&self, expr: &Expr, env: &Env) -> Tri {
        match self.value(expr, env) {
            None => None,
            Some(Val::Bool(b)) => Some(b),
            Some(other) => panic!("{expr:?} is {other:?}, not true or false"),
        }
    }

    /// What an expression is; None if that is unknown.
    fn value(&self, expr: &Expr, env: &Env) -> Option<Val> {
        let bool = |t: Tri| t.map(Val::Bool);
        match expr {
            Expr::Bool(b) => Some(Val::Bool(*b)),
            Expr::Number(n) => Some(Val::Number(literal::number(n).unwrap_or_else(|e| panic!("{n}: {e}")))),
            Expr::Quantity(n, unit) => Some(quantity(n, unit)),
            Expr::Date(d) => Some(Val::Date(When::read(d))),
            Expr::Text(t) => Some(Val::Text(t.clone())),
            Expr::Code(c) => panic!("the code {c} stands where a value is meant"),
            Expr::List(_) => panic!("a list stands left of an operator: {expr:?}"),
            Expr::Name(name) => self.name(name, env),
            Expr::Path(base, field) => self.path(base, field, env),
            Expr::Not(inner) => bool(not(self.truth(inner, env))),
            Expr::Binary(Op::And, a, b) => bool(and(self.truth(a, env), self.truth(b, env))),
            Expr::Binary(Op::Or, a, b) => bool(or(self.truth(a, env), self.truth(b, env))),
            Expr::Binary(Op::Implies, a, b) => bool(or(not(self.truth(a, env)), self.truth(b, env))),
            Expr::Binary(Op::Add, a, b) => Some(sum(&self.value(a, env)?, &self.value(b, env)?, false)),
            Expr::Binary(Op::Sub, a, b) => Some(sum(&self.value(a, env)?, &self.value(b, env)?, true)),
            Expr::Binary(Op::By, what, day) => bool(self.by(what, day, env)),
            Expr::Binary(Op::With | Op::Where, ..) => bool(self.term(expr, env)),
            Expr::Binary(op, a, b) => bool(self.compare(*op, a, b, env)),
            Expr::Quantifier(q, binder, body) => bool(self.quantifier(*q, binder, body, env)),
            Expr::Count(binder) => Some(self.count(binder, env)),
            Expr::Call(name, args) => match name.as_str() {
                "control" | "considered" | "evidence" => bool(self.term(expr, env)),
                "conforms" => bool(self.conforms(&word_of(only(args, name)), env)),
                "declared" => Some(Val::Bool(self.declared(only(args, name), env))),
                "end_of" => match args.as_slice() {
                    [unit, date] => match self.value(date, env)? {
                        Val::Date(d) => Some(Val::Date(d.each(|day| day.end_of(&word_of(unit))))),
                        other => panic!("end_of({unit:?}, {other:?})"),
                    },
                    _ => panic!("end_of takes a unit and a date"),
                },
                other => panic!("`{other}(…)` is nothing that can be called"),
            },
        }
    }

    fn compare(&self, op: Op, left: &Expr, right: &Expr, env: &Env) -> Tri {
        let left = self.value(left, env)?;
        let right = self.right(right, &left, env)?;
        match op {
            Op::In => contains(&right, &key(&left)),
            Op::Has => contains(&left, &key(&right)),
            Op::HasAll => within(&right, &left),
            Op::HasAny => not(disjoint(&left, &right)),
            Op::HasNone => disjoint(&left, &right),
            Op::Within => within(&left, &right),
            _ => self.order(op, &left, &right),
        }
    }

    fn order(&self, op: Op, left: &Val, right: &Val) -> Tri {
        let exactly = |n: usize| Decimal { digits: n as i128, scale: 0 };
        let range = |v: &Val| match v {
            Val::Number(n) => (*n, *n),
            Val::Count(low, high) => (exactly(*low), exactly(high.unwrap_or(usize::MAX))),
            other => panic!("{other:?} is no number"),
        };
        match (left, right) {
            (Val::Number(_) | Val::Count(..), Val::Number(_) | Val::Count(..)) => {
                compare(op, range(left), range(right))
            }
            (Val::Percent(a), Val::Percent(b)) => compare(op, (a, a), (b, b)),
            (Val::Date(a), Val::Date(b)) => compare(op, (a.first, a.last), (b.first, b.last)),
            (Val::Duration(a, z), Val::Duration(b, y)) => compare(op, (a, z), (b, y)),
            (Val::Period(a), Val::Period(b)) => compare(op, (a, a), (b, b)),
            (Val::Word(ty, a), Val::Word(_, b)) if op != Op::Eq && op != Op::NotEq => {
                let ladder = self.law.enums.get(ty).unwrap_or_else(|| panic!("`{ty}` has no order"));
                let place = |v: &String| {
                    ladder.iter().position(|x| x == v).unwrap_or_else(|| panic!("`{ty}` has no `{v}`"))
                };
                let (a, b) = (place(a), place(b));
                compare(op, (a, a), (b, b))
            }
            (Val::Bool(a), Val::Bool(b)) => equal(op, Some(a == b)),
            (Val::Set { .. }, Val::Set { .. }) => equal(op, and(within(left, right), within(right, left))),
            (Val::Text(_), Val::Text(_))
            | (
                Val::Word(..) | Val::Entity(_) | Val::Market(_),
                Val::Word(..) | Val::Entity(_) | Val::Market(_),
            ) => equal(op, Some(key(left) == key(right))),
            (a, b) => panic!("{a:?} {op:?} {b:?}"),
        }
    }

    /// What stands right of a comparison: a bare word is a bound name, else a value of the left side's type.
    fn right(&self, expr: &Expr, left: &Val, env: &Env) -> Option<Val> {
        let ty = match left {
            Val::Word(ty, _) | Val::Set { of: ty, .. } => Some(ty.clone()),
            Val::Entity(e) => Some(e.word.clone()),
            Val::Market(_) => Some("code".to_owned()),
            Val::Number(_) => Some("number".to_owned()),
            Val::Text(_) => Some("text".to_owned()),
            _ => None,
        };
        match expr {
            Expr::Name(n) if env.bound.contains_key(n) => env.bound[n].clone(),
            Expr::Name(v) | Expr::Number(v) | Expr::Code(v)
                if matches!(left, Val::Word(..) | Val::Set { .. } | Val::Entity(_) | Val::Market(_)) =>
            {
                Some(Val::Word(ty?, v.clone()))
            }
            Expr::Number(year) if matches!(left, Val::Date(_)) => Some(Val::Date(When::read(year))),
            Expr::List(list) => {
                let members: Vec<Option<String>> =
                    list.iter().map(|e| self.right(e, left, env).map(|v| key(&v))).collect();
                let closed = members.iter().all(Option::is_some);
                let of = ty.unwrap_or_else(|| panic!("{left:?} beside a list"));
                Some(Val::Set { of, has: members.into_iter().flatten().collect(), closed })
            }
            other => self.value(other, env),
        }
    }

    // ------------------------------------------------------------ names

    fn name(&self, name: &str, env: &Env) -> Option<Val> {
        if let Some(bound) = env.bound.get(name) {
            return bound.clone();
        }
        if name == "as_of" {
            return Some(Val::Date(self.today()));
        }
        if let Some(fields) = &env.fields {
            assert!(fields.known.contains(name), "`{name}` is no field of what `where` narrows");
            return fields.values.get(name).cloned();
        }
        self.fact(name, env)
    }

    /// A fact, derived fact, condition or collection. Nothing bound reaches into it.
    fn fact(&self, name: &str, env: &Env) -> Option<Val> {
        let env = &Env { bound: BTreeMap::new(), fields: None, ..env.clone() };
        if let Some(condition) = self.law.conditions.get(name) {
            return self.truth(condition, env).map(Val::Bool);
        }
        if let Some(derived) = self.law.derived.get(name) {
            return match &derived.how {
                How::Expr(e) => self.value(e, env),
                How::Table(columns, rows) => self.table(columns, rows, env).map(|r| typed(&derived.ty, r)),
            };
        }
        if name == "markets" {
            let members = self.views.keys().flatten().cloned().map(Val::Market).collect();
            return Some(Val::Items { members, closed: true });
        }
        if let Some(word) = self.law.entities.iter().find(|(_, e)| e.plural == name).map(|(word, _)| word) {
            return Some(self.collection(word, env));
        }
        let given = self.view(&env.market).facts.get(name).cloned();
        if name == "class" {
            assert!(env.market.is_some(), "`class` is read without a market");
            return given;
        }
        let fact = self.law.facts.get(name).unwrap_or_else(|| panic!("nothing is called `{name}`"));
        if !fact.markets.is_empty() {
            assert!(env.market.is_some(), "`{name}`, a fact of markets, is read without one");
        }
        match &fact.when {
            Some(when) if self.truth(when, env) == Some(false) => {
                let otherwise =
                    fact.otherwise.as_ref().unwrap_or_else(|| panic!("`{name}` has no `otherwise`"));
                Some(typed(&fact.ty, otherwise))
            }
            _ => given,
        }
    }

    /// The result on which all rows that may match agree, up to the first that surely does.
    fn table<'t>(&self, columns: &[Expr], rows: &'t [(Vec<Expr>, Expr)], env: &Env) -> Option<&'t Expr> {
        let columns: Vec<Option<Val>> = columns.iter().map(|c| self.value(c, env)).collect();
        let mut candidates = Vec::new();
        for (cells, result) in rows {
            let mut matches = Some(true);
            for (cell, column) in cells.iter().zip(&columns) {
                let cell_matches = match (cell, column) {
                    (Expr::Name(any), _) if any == "any" => Some(true),
                    (_, None) => None,
                    (list @ Expr::List(_), Some(val)) => {
                        self.right(list, val, env).and_then(|set| contains(&set, &key(val)))
                    }
                    (cell, Some(val)) => self.right(cell, val, env).and_then(|c| self.order(Op::Eq, val, &c)),
                };
                matches = and(matches, cell_matches);
            }
            if matches != Some(false) {
                candidates.push(result);
            }
            if matches == Some(true) {
                break;
            }
        }
        let first = candidates.first().copied()?;
        candidates.iter().all(|c| *c == first).then_some(first)
    }

    fn path(&self, base: &Expr, field: &str, env: &Env) -> Option<Val> {
        if let Expr::Name(name) = base
            && !env.bound.contains_key(name)
        {
            match name.as_str() {
                "device" | "market" => {
                    assert!(name == "device" || env.market.is_some(), "`market.{field}` without a market");
                    if name == "market" && field == "place" {
                        return env.market.clone().map(|m| Val::Word("code".to_owned(), m));
                    }
                    return self.fact(field, env);
                }
                "row" => panic!("`row.{field}` outside a family"),
                _ => {}
            }
        }
        match self.value(base, env)? {
            Val::Market(place) if field == "place" => Some(Val::Word("code".to_owned(), place)),
            Val::Market(place) => self.fact(field, &Env { market: Some(place), ..env.clone() }),
            Val::Entity(entity) => self.field(&entity, field, env),
            Val::Word(ty, id) if self.law.entities.contains_key(&ty) => {
                let entity = self.view(&env.market).entity(&id).clone();
                self.field(&entity, field, env)
            }
            other => panic!("{other:?} has no `.{field}`"),
        }
    }

    fn field(&self, entity: &Entity, field: &str, env: &Env) -> Option<Val> {
        let kind = &self.law.entities[&entity.word];
        if kind.fields.contains_key(field) {
            return entity.fields.get(field).cloned();
        }
        let held = kind.holds.iter().find(|h| self.law.entities[*h].plural == field);
        let held = held.unwrap_or_else(|| panic!("{} has no `{field}`", entity.word));
        if self.makes_no_sense(held, env) {
            return Some(Val::Items { members: Vec::new(), closed: true });
        }
        let members = entity.held.get(held).into_iter().flat_map(|e| e.values().cloned()).map(Val::Entity);
        Some(Val::Items { members: members.collect(), closed: entity.closed.contains(held) })
    }

    /// Whether the vocabulary says that there can be no such entity here.
    fn makes_no_sense(&self, word: &str, env: &Env) -> bool {
        let env = Env { bound: BTreeMap::new(), fields: None, ..env.clone() };
        self.law.entities[word].when.as_ref().is_some_and(|w| self.truth(w, &env) == Some(false))
    }

    /// The device's entities of a kind.
    fn collection(&self, word: &str, env: &Env) -> Val {
        if self.makes_no_sense(word, env) {
            return Val::Items { members: Vec::new(), closed: true };
        }
        let view = self.view(&env.market);
        let members: Vec<Val> =
            view.entities.get(word).into_iter().flat_map(|e| e.values().cloned()).map(Val::Entity).collect();
        let mut closed = view.closed.contains(word);
        if let Some(kind) = &self.law.entities[word].read_from {
            let files: Vec<&Evidence> = view.evidence.values().filter(|e| e.kinds.contains(kind)).collect();
            let stands = files.iter().any(|e| self.stands(e, env));
            if !files.is_empty() && !stands {
                return Val::Items { members: Vec::new(), closed: false };
            }
            // In a test what is written out is what was read; elsewhere nothing was.
            closed = self.in_test && (closed || stands);
        }
        Val::Items { members, closed }
    }

    /// Whether it was said at all.
    fn declared(&self, what: &Expr, env: &Env) -> bool {
        let view = self.view(&env.market);
        match what {
            Expr::Name(name) => match &env.fields {
                Some(fields) => {
                    assert!(fields.known.contains(name), "declared({name}): no such field");
                    fields.values.contains_key(name)
                }
                None => {
                    let known = self.law.facts.contains_key(name) || name == "class";
                    assert!(known, "declared({name}): no such fact");
                    view.facts.contains_key(name)
                }
            },
            Expr::Path(base, field) => {
                if let Expr::Name(name) = &**base
                    && !env.bound.contains_key(name)
                {
                    if name == "device" || name == "market" {
                        let outside = Env { fields: None, ..env.clone() };
                        return self.declared(&Expr::Name(field.clone()), &outside);
                    }
                    if let Some(types) = self.law.controls.get(name) {
                        let known = types.contains_key(field) || CONTROL_FIELDS.contains(&field.as_str());
                        assert!(known, "declared({name}.{field}): no such field");
                        return view.controls.get(name).is_some_and(|c| c.fields.contains_key(field));
                    }
                }
                let entity = match self.value(base, env) {
                    None => return false,
                    Some(Val::Market(place)) => {
                        return self.views[&Some(place)].facts.contains_key(field);
                    }
                    Some(Val::Entity(e)) => e,
                    Some(Val::Word(_, id)) => view.entity(&id).clone(),
                    Some(other) => panic!("declared(….{field}) of {other:?}"),
                };
                match field.as_str() {
                    "evidence" => entity.evidence.is_some(),
                    field => {
                        let known = self.law.entities[&entity.word].fields.contains_key(field);
                        assert!(known, "declared({}.{field}): no such field", entity.word);
                        entity.fields.contains_key(field)
                    }
                }
            }
            other => panic!("declared({other:?})"),
        }
    }

    // ------------------------------------------------------------ binders

    /// What a binder runs over; whether there may be more.
    pub(crate) fn over(&self, binder: &Binder, env: &Env) -> (Vec<Val>, bool) {
        match self.value(&binder.over, env) {
            None => (Vec::new(), false),
            Some(Val::Items { members, closed }) => (members, closed),
            Some(Val::Set { of, has, closed }) => {
                (has.into_iter().map(|v| Val::Word(of.clone(), v)).collect(), closed)
            }
            Some(other) => panic!("`{} in {other:?}`", binder.name),
        }
    }

    pub(crate) fn bind(&self, binder: &Binder, val: Option<Val>, env: &Env) -> Env {
        let mut env = env.clone();
        env.bound.insert(binder.name.clone(), val);
        env
    }

    pub(crate) fn selects(&self, binder: &Binder, env: &Env) -> Tri {
        binder.filter.as_ref().map_or(Some(true), |f| self.truth(f, env))
    }

    fn quantifier(&self, quantifier: Quantifier, binder: &Binder, body: &Expr, env: &Env) -> Tri {
        let (members, closed) = self.over(binder, env);
        // `every` is no counter-example.
        let every = quantifier == Quantifier::Every;
        let mut found = if closed { Some(false) } else { None };
        for member in members {
            let env = self.bind(binder, Some(member), env);
            let holds = self.truth(body, &env);
            let holds = if every { not(holds) } else { holds };
            found = or(found, and(self.selects(binder, &env), holds));
        }
        if every { not(found) } else { found }
    }

    fn count(&self, binder: &Binder, env: &Env) -> Val {
        let (members, closed) = self.over(binder, env);
        let selects: Vec<Tri> =
            members.into_iter().map(|m| self.selects(binder, &self.bind(binder, Some(m), env))).collect();
        let low = selects.iter().filter(|s| **s == Some(true)).count();
        let high = selects.iter().filter(|s| **s != Some(false)).count();
        Val::Count(low, closed.then_some(high))
    }

    // ------------------------------------------------------------ answers

    fn term(&self, expr: &Expr, env: &Env) -> Tri {
        any(self.ways(expr, env).into_iter().map(|way| way.holds))
    }

    /// `X by D`
    fn by(&self, what: &Expr, day: &Expr, env: &Env) -> Tri {
        let day = match day {
            Expr::Number(year) => When::read(year),
            day => match self.value(day, env)? {
                Val::Date(d) => d,
                other => panic!("by {other:?}"),
            },
        };
        let done = match what {
            Expr::Call(..) | Expr::Binary(Op::With | Op::Where, ..) => {
                any(self.ways(what, env).into_iter().map(|way| {
                    let in_time = way.done.iter().map(|d| d.and_then(|d| not_after(d, day)));
                    and(way.holds, all(in_time))
                }))
            }
            date => match self.value(date, env) {
                None => Some(false),
                Some(Val::Date(d)) => not_after(d, day),
                Some(other) => panic!("{other:?} by a day"),
            },
        };
        // A day that is not past has not been missed.
        or(not_after(self.today(), day), done)
    }

    fn ways(&self, expr: &Expr, env: &Env) -> Vec<Way> {
        let view = self.view(&env.market);
        match expr {
            Expr::Call(call, args) if call == "control" || call == "considered" => {
                let name = word_of(only(args, call));
                assert!(self.law.controls.contains_key(&name), "no control `{name}`");
                self.control_ways(view.controls.get(&name), call, env)
            }
            Expr::Call(call, args) if call == "evidence" => {
                let all: Vec<&Evidence> = view.evidence.values().collect();
                self.evidence_ways(&all, Some(&word_of(only(args, call))), env)
            }
            Expr::Binary(Op::Where, term, condition) => {
                let ways = self.ways(term, env);
                self.narrow(ways, condition, env)
            }
            Expr::Binary(Op::With, term, with) => {
                let mut out = Vec::new();
                for way in self.ways(term, env) {
                    if matches!(way.thing, Thing::LeftOut) {
                        out.push(way);
                        continue;
                    }
                    for listed in self.listed(&way.thing, with, env) {
                        out.push(Way {
                            holds: and(way.holds, listed.holds),
                            done: way.done.iter().chain(&listed.done).copied().collect(),
                            thing: way.thing.clone(),
                        });
                    }
                }
                out
            }
            Expr::Name(_) | Expr::Path(..) => {
                let entity = match self.value(expr, env) {
                    Some(Val::Entity(e)) => Some(e),
                    Some(Val::Word(ty, id)) if self.law.entities.contains_key(&ty) => {
                        Some(view.entity(&id).clone())
                    }
                    None => None,
                    Some(other) => panic!("{other:?} with …"),
                };
                vec![match entity {
                    Some(e) => Way { holds: Some(true), done: Vec::new(), thing: Thing::Entity(e) },
                    None => Way { holds: None, done: Vec::new(), thing: Thing::Unknown },
                }]
            }
            other => panic!("{other:?} stands where a control, evidence or a thing is meant"),
        }
    }

    /// What of a thing's own is asked for right of `with`.
    fn listed(&self, thing: &Thing, with: &Expr, env: &Env) -> Vec<Way> {
        if let Thing::Unknown = thing {
            return vec![Way { holds: None, done: Vec::new(), thing: Thing::Unknown }];
        }
        match with {
            Expr::Call(call, args) if call == "control" || call == "considered" => {
                let Thing::Entity(entity) = thing else { panic!("{thing:?} with {with:?}") };
                let name = word_of(only(args, call));
                assert!(self.law.controls.contains_key(&name), "no control `{name}`");
                self.control_ways(entity.controls.get(&name), call, env)
            }
            Expr::Call(call, args) if call == "evidence" => {
                self.evidence_ways(&self.own_evidence(thing, env), Some(&word_of(only(args, call))), env)
            }
            Expr::Name(name) if name == "evidence" => {
                self.evidence_ways(&self.own_evidence(thing, env), None, env)
            }
            Expr::Binary(Op::Where, inner, condition) => {
                let ways = self.listed(thing, inner, env);
                self.narrow(ways, condition, env)
            }
            Expr::Binary(Op::With, inner, with) => {
                let mut out = Vec::new();
                for way in self.listed(thing, inner, env) {
                    if matches!(way.thing, Thing::LeftOut) {
                        out.push(way);
                        continue;
                    }
                    for listed in self.listed(&way.thing, with, env) {
                        out.push(Way {
                            holds: and(way.holds, listed.holds),
                            done: way.done.iter().chain(&listed.done).copied().collect(),
                            thing: way.thing.clone(),
                        });
                    }
                }
                out
            }
            other => panic!("with {other:?}"),
        }
    }

    fn own_evidence(&self, thing: &Thing, env: &Env) -> Vec<&Evidence> {
        let names = match thing {
            Thing::Control(c) => c.evidence.clone(),
            Thing::Entity(e) => e.evidence.clone().unwrap_or_default(),
            other => panic!("{other:?} lists no evidence"),
        };
        self.evidence_of(&names, env)
    }

    fn evidence_of(&self, names: &[String], env: &Env) -> Vec<&Evidence> {
        let view = self.view(&env.market);
        names.iter().map(|n| view.evidence.get(n).unwrap_or_else(|| panic!("no evidence `{n}`"))).collect()
    }

    fn narrow(&self, ways: Vec<Way>, condition: &Expr, env: &Env) -> Vec<Way> {
        ways.into_iter()
            .map(|way| {
                let fields = match &way.thing {
                    Thing::LeftOut | Thing::Unknown => return way,
                    Thing::Control(c) => Fields {
                        known: self.law.controls[&c.name]
                            .keys()
                            .cloned()
                            .chain(CONTROL_FIELDS.map(str::to_owned))
                            .collect(),
                        values: c.fields.clone(),
                    },
                    Thing::Evidence(e) => Fields {
                        known: e
                            .kinds
                            .iter()
                            .flat_map(|k| self.law.kinds[k].fields.keys().cloned())
                            .chain(EVIDENCE_FIELDS.map(str::to_owned))
                            .collect(),
                        values: e.fields.clone(),
                    },
                    Thing::Entity(e) => panic!("`where` after {}", e.id),
                };
                let env = Env { fields: Some(fields), ..env.clone() };
                Way { holds: and(way.holds, self.truth(condition, &env)), ..way }
            })
            .collect()
    }

    fn control_ways(&self, control: Option<&Control>, call: &str, env: &Env) -> Vec<Way> {
        let Some(control) = control else { return Vec::new() };
        let state = self.state(control);
        let mut control = control.clone();
        let implemented = match state {
            State::Implemented => true,
            State::Planned(due) => {
                let carried_out = self.carried_out(due, env);
                if carried_out && control.status == "planned" {
                    let due = control.fields["due"].clone();
                    control.fields.insert("since".to_owned(), due);
                }
                carried_out
            }
            State::LeftOut if self.excuses(&control, env) => {
                return vec![Way { holds: Some(true), done: vec![None], thing: Thing::LeftOut }];
            }
            State::LeftOut => false,
        };
        if !implemented && call == "control" {
            return Vec::new();
        }
        let status = match state {
            _ if implemented => "implemented",
            State::LeftOut => "left_out",
            _ => "planned",
        };
        control.fields.insert("status".to_owned(), Val::Word("status".to_owned(), status.to_owned()));
        vec![Way {
            holds: Some(true),
            done: vec![when(control.fields.get("since"))],
            thing: Thing::Control(control),
        }]
    }

    fn evidence_ways(&self, among: &[&Evidence], kind: Option<&str>, env: &Env) -> Vec<Way> {
        if let Some(kind) = kind {
            assert!(self.law.kinds.contains_key(kind), "no evidence kind `{kind}`");
        }
        among
            .iter()
            .filter(|e| kind.is_none_or(|k| e.kinds.contains(k)) && self.stands(e, env))
            .map(|e| {
                let mut evidence = (*e).clone();
                if self.is_planned(e) {
                    let due = evidence.fields["due"].clone();
                    evidence.fields.insert("issued".to_owned(), due);
                }
                // Each kind reads what belongs to it of what is contained.
                if let (Some(kind), Some(Val::Set { has, .. })) = (kind, evidence.fields.get_mut("contains"))
                {
                    let parts = self.law.kinds[kind].contents.as_ref().map(|e| &self.law.enums[e]);
                    has.retain(|part| parts.is_some_and(|p| p.contains(part)));
                }
                Way {
                    holds: Some(true),
                    done: vec![when(evidence.fields.get("issued"))],
                    thing: Thing::Evidence(evidence),
                }
            })
            .collect()
    }

    /// What a control counts as.
    pub(crate) fn state(&self, control: &Control) -> State {
        match control.status.as_str() {
            "implemented" => match when(control.fields.get("since")) {
                Some(since) if since.first > self.as_of => State::Planned(since.first),
                _ => State::Implemented,
            },
            "planned" => {
                let due = when(control.fields.get("due"));
                State::Planned(due.unwrap_or_else(|| panic!("planned {} has no due", control.name)).last)
            }
            "left_out" => State::LeftOut,
            other => panic!("control {}: status {other}", control.name),
        }
    }

    /// Whether a plan due on that day is taken as carried out. One whose day is past never is.
    fn carried_out(&self, due: Day, env: &Env) -> bool {
        due >= self.as_of && env.plan.is_some_and(|plan| due <= plan)
    }

    fn excuses(&self, control: &Control, env: &Env) -> bool {
        let reason = |v: &Val| matches!(v, Val::Text(text) if !text.trim().is_empty());
        control.fields.get("because").is_some_and(reason)
            && env.left_out.iter().any(|brings| self.brings(&control.evidence, brings, env))
    }

    /// Whether the evidence listed is what is demanded.
    pub(crate) fn brings(&self, listed: &[String], brings: &Brings, env: &Env) -> bool {
        let listed = self.evidence_of(listed, env);
        match brings {
            Brings::Nothing => true,
            Brings::Evidence => !self.evidence_ways(&listed, None, env).is_empty(),
            Brings::Kind(kind) => !self.evidence_ways(&listed, Some(kind), env).is_empty(),
        }
    }

    fn is_planned(&self, evidence: &Evidence) -> bool {
        evidence.path.is_none() && !is_at_address(evidence) && evidence.fields.contains_key("due")
    }

    fn stands(&self, evidence: &Evidence, env: &Env) -> bool {
        if evidence.stands_no {
            return false;
        }
        let expired = when(evidence.fields.get("expires")).is_some_and(|d| d.last < self.as_of);
        if self.is_planned(evidence) {
            let due = when(evidence.fields.get("due")).expect("planned evidence has a due");
            return self.carried_out(due.last, env) && !expired;
        }
        let issued = when(evidence.fields.get("issued")).is_none_or(|d| d.first <= self.as_of);
        let is_there = self.in_test
            || match &evidence.path {
                Some(path) => (self.stands)(&evidence.file, path),
                // An address is recorded and never fetched.
                None => is_at_address(evidence),
            };
        issued && !expired && is_there
    }

    /// All days on which a plan that is not past is due.
    pub(crate) fn plans(&self, market: &Option<String>) -> BTreeSet<Day> {
        let mut days = BTreeSet::new();
        for view in [self.view(market), self.view(&None)] {
            view.controls.values().for_each(|c| self.plan(c, &mut days));
            view.entities.values().flat_map(|e| e.values()).for_each(|e| self.plans_of(e, &mut days));
            for evidence in view.evidence.values().filter(|e| self.is_planned(e)) {
                days.extend(when(evidence.fields.get("due")).map(|d| d.last));
            }
        }
        days.retain(|d| *d >= self.as_of);
        days
    }

    fn plans_of(&self, entity: &Entity, days: &mut BTreeSet<Day>) {
        entity.controls.values().for_each(|c| self.plan(c, days));
        entity.held.values().flat_map(|e| e.values()).for_each(|e| self.plans_of(e, days));
    }

    fn plan(&self, control: &Control, days: &mut BTreeSet<Day>) {
        if let State::Planned(due) = self.state(control) {
            days.insert(due);
        }
    }
}

fn is_at_address(evidence: &Evidence) -> bool {
    evidence.fields.contains_key("url")
}

const CONTROL_FIELDS: [&str; 5] = ["status", "due", "because", "since", "provided_by"];
const EVIDENCE_FIELDS: [&str; 9] =
    ["kind", "issued", "expires", "issuer", "independent", "due", "contains", "sha256", "url"];

fn only<'e>(args: &'e [Expr], call: &str) -> &'e Expr {
    match args {
        [one] => one,
        _ => panic!("{call}(…) takes one thing"),
    }
}

fn when(val: Option<&Val>) -> Option<When> {
    match val {
        None => None,
        Some(Val::Date(d)) => Some(*d),
        Some(other) => panic!("{other:?} is no date"),
    }
}

fn set(val: &Val) -> (&BTreeSet<String>, bool) {
    match val {
        Val::Set { has, closed, .. } => (has, *closed),
        other => panic!("{other:?} is no set"),
    }
}

/// `set has member`
fn contains(val: &Val, member: &str) -> Tri {
    let (has, closed) = set(val);
    if has.contains(member) {
        Some(true)
    } else if closed {
        Some(false)
    } else {
        None
    }
}

/// `a within b`
fn within(a: &Val, b: &Val) -> Tri {
    let (has, closed) = set(a);
    let others = if closed { Some(true) } else { None };
    and(others, all(has.iter().map(|member| contains(b, member))))
}

fn disjoint(a: &Val, b: &Val) -> Tri {
    let ((has, closed), (_, b_closed)) = (set(a), set(b));
    let (also, _) = set(b);
    let mut common = Some(false);
    for member in has.union(also) {
        common = or(common, and(contains(a, member), contains(b, member)));
    }
    // Two sets that may both have other members may share one.
    if !closed && !b_closed {
        common = or(common, None);
    }
    not(common)
}

fn equal(op: Op, same: Tri) -> Tri {
    match op {
        Op::Eq => same,
        Op::NotEq => not(same),
        other => panic!("{other:?} of what has no order"),
    }
}
