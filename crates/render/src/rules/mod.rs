//! The rulebooks as people and programs browse them.

mod diff;
mod json;
mod list;
mod moved;
mod page;
mod show;
mod timeline;

use crate::Sources;
use dossier_base::{Place, Sym, spell};
use dossier_model::Rulebase;
use dossier_model::date::{Date, Day};
use dossier_model::expr::{Expr, ExprId, Over, Thing, children};
use dossier_model::law::{Accepts, Brings, Edition, Force, Instrument, Requirement, RequirementId, Target};
use dossier_model::value::Value;
use dossier_model::vocab::{ControlId, EntityId, FactId, FactKind, KindId};
use std::collections::BTreeSet;

pub use diff::Diff;
pub use json::list as list_json;
pub use list::list;
pub use moved::Moved;
pub use page::Medium;
pub use show::{names, show};

/// Which requirements are listed. What is not given does not matter.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    /// The code of a market, or `any`.
    pub market: Option<String>,
    /// The code of an instrument.
    pub instrument: Option<String>,
    /// How the instrument binds.
    pub force: Option<Force>,
    /// A day on which it is in force, for some device at least.
    pub date: Option<Day>,
    /// A control that it reads.
    pub control: Option<String>,
}

impl Filter {
    /// Says what is named and does not exist.
    ///
    /// # Errors
    /// One sentence, with the nearest names.
    pub fn check(&self, rules: &Rulebase) -> Result<(), String> {
        let law = &rules.law;
        if let Some(m) = &self.market {
            known_market(rules, m)?;
        }
        if let Some(i) = &self.instrument {
            known(i, "instrument", law.instruments.iter().map(|i| i.code.as_str()))?;
        }
        if let Some(c) = &self.control {
            known(c, "control", rules.vocab.controls.iter().map(|c| c.name.as_str()))?;
        }
        Ok(())
    }

    /// The requirements that pass, in order of market, instrument and text.
    pub fn requirements(&self, rules: &Rulebase) -> Vec<RequirementId> {
        let law = &rules.law;
        let mut found: Vec<RequirementId> = law
            .requirements
            .enumerate()
            .filter(|(id, _)| self.passes(rules, *id))
            .map(|(id, _)| id)
            .collect();
        found.sort_by_key(|id| {
            let r = &law.requirements[*id];
            let i = &law.instruments[r.instrument];
            let code = i.jurisdiction.map(|j| law.jurisdictions[j].code);
            (code.is_none(), code, i.code, *id)
        });
        found
    }

    /// Whether a requirement passes.
    pub fn passes(&self, rules: &Rulebase, id: RequirementId) -> bool {
        let law = &rules.law;
        let r = &law.requirements[id];
        let i = &law.instruments[r.instrument];
        let market = i.jurisdiction.map_or("any", |j| law.jurisdictions[j].code.as_str());
        self.market.as_ref().is_none_or(|m| m == market)
            && self.instrument.as_ref().is_none_or(|c| c == i.code.as_str())
            && self.force.is_none_or(|f| f == i.force)
            && self.date.is_none_or(|d| timeline::state(rules, id, d).is_some())
            && self.control.as_ref().is_none_or(|c| {
                let reads = Reads::of(rules, r);
                reads.controls.iter().any(|x| rules.vocab.controls[*x].name.as_str() == c)
            })
    }
}

/// Says that a market does not exist, with the nearest and all that do.
///
/// # Errors
/// One sentence.
pub fn known_market(rules: &Rulebase, market: &str) -> Result<(), String> {
    let mut codes: Vec<&str> = rules.law.jurisdictions.iter().map(|j| j.code.as_str()).collect();
    codes.sort_unstable();
    codes.push("any");
    if codes.contains(&market) {
        return Ok(());
    }
    let near = spell::did_you_mean(market, codes.iter().copied()).map_or(String::new(), |n| format!(" {n}"));
    let list: Vec<String> = codes.iter().map(|c| format!("`{c}`")).collect();
    Err(format!(
        "no market `{}` is known;{near} the rulebooks have {}",
        crate::text::one_line(market),
        list.join(", ")
    ))
}

/// Says that a name does not exist, with the nearest.
///
/// # Errors
/// One sentence.
pub fn known<'a>(name: &str, what: &str, all: impl Iterator<Item = &'a str> + Clone) -> Result<(), String> {
    if all.clone().any(|a| a == name) {
        return Ok(());
    }
    let near = spell::did_you_mean(name, all).map_or(String::new(), |n| format!("; {n}"));
    Err(format!("no {what} `{}` is known{near}", crate::text::one_line(name)))
}

/// The editions that have a requirement.
fn editions<'r>(
    instrument: &'r Instrument,
    r: &'r Requirement,
) -> impl Iterator<Item = (usize, &'r Edition)> {
    let has = |n: &usize| r.editions.as_ref().is_none_or(|e| e.contains(n));
    instrument.editions.iter().enumerate().filter(move |(n, _)| has(n))
}

/// When a requirement ends: its own last day, or that of the last edition that has it.
fn until(instrument: &Instrument, r: &Requirement) -> Option<Date> {
    r.until.or_else(|| {
        let (n, last) = editions(instrument, r).last()?;
        last.until.or_else(|| {
            let next = instrument.editions.get(n + 1)?.in_force.iter().filter_map(|f| f.from).max()?;
            dossier_model::date::add_days(next.first, -1).map(Date::day)
        })
    })
}

/// What a requirement reads.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Reads {
    /// Facts, those that others follow from included.
    facts: BTreeSet<FactId>,
    controls: BTreeSet<ControlId>,
    kinds: BTreeSet<KindId>,
    entities: BTreeSet<EntityId>,
    targets: BTreeSet<Target>,
    /// Days with which the date of the check is compared, or by which something is to be done.
    days: BTreeSet<Date>,
}

impl Reads {
    /// Of a requirement and of whether its instrument applies.
    fn of(rules: &Rulebase, r: &Requirement) -> Self {
        let mut reads = Self::default();
        let instrument = &rules.law.instruments[r.instrument];
        let mut roots: Vec<ExprId> = r.when.iter().chain(&r.unless).copied().collect();
        roots.push(r.require);
        roots.extend(instrument.applies.into_iter().chain(instrument.opt_in));
        if let Some(each) = &r.each {
            roots.extend(each.filter);
            reads.over(each.over, &mut roots);
        }
        for accepts in [r.accepts.as_ref().unwrap_or(&instrument.accepts)] {
            for brings in [accepts.justification, accepts.alternative].into_iter().flatten() {
                if let Brings::Kind(k) = brings {
                    reads.kinds.insert(k);
                }
            }
        }
        reads.walk(rules, roots);
        reads
    }

    /// Of a requirement with all that has a say in it: also which edition is in force, and what excepts.
    fn with_dates(rules: &Rulebase, r: &Requirement) -> Self {
        let law = &rules.law;
        let mut instruments = vec![r.instrument];
        let mut roots: Vec<ExprId> = Vec::new();
        for x in &r.exceptions {
            let x = &law.exceptions[*x];
            let i = &law.instruments[x.instrument];
            roots.extend(x.when.into_iter().chain(i.applies).chain(i.opt_in));
            instruments.push(x.instrument);
        }
        let replacing = law.instruments.iter().filter(|i| i.supersedes.contains(&r.instrument));
        for i in instruments.into_iter().map(|i| &law.instruments[i]).chain(replacing) {
            roots.extend(i.editions.iter().flat_map(|e| &e.in_force).filter_map(|f| f.when));
        }
        let mut reads = Self::of(rules, r);
        reads.walk(rules, roots);
        reads
    }

    /// Of an expression.
    fn of_expr(rules: &Rulebase, root: ExprId) -> Self {
        let mut reads = Self::default();
        reads.walk(rules, vec![root]);
        reads
    }

    fn over(&mut self, over: Over, stack: &mut Vec<ExprId>) {
        match over {
            Over::Collection(e) | Over::Held(_, e) => {
                self.entities.insert(e);
            }
            Over::Values(set) => stack.push(set),
            Over::Markets => {}
        }
    }

    fn walk(&mut self, rules: &Rulebase, mut stack: Vec<ExprId>) {
        while let Some(e) = stack.pop() {
            let expr = &rules.expr(e).expr;
            match expr {
                Expr::Fact(f) | Expr::BoundFact(_, f) | Expr::DeclaredFact(f) if self.facts.insert(*f) => {
                    match &rules.vocab.facts[*f].kind {
                        FactKind::Derived(e) => stack.push(*e),
                        FactKind::Table(columns, _) => stack.extend(columns),
                        FactKind::Declared | FactKind::Broken => {}
                    }
                }
                Expr::Control(c) | Expr::Considered(c) => {
                    self.controls.insert(*c);
                }
                Expr::Field(Thing::Control(c), _) | Expr::DeclaredField(Thing::Control(c), _) => {
                    self.controls.insert(*c);
                }
                Expr::Evidence(k) => {
                    self.kinds.insert(*k);
                }
                Expr::Quantifier { over, .. } | Expr::Count { over, .. } => self.over(*over, &mut stack),
                Expr::Conforms(t) => {
                    self.targets.insert(*t);
                }
                Expr::By(_, day) => self.days.extend(constant_day(rules, *day)),
                Expr::Compare(_, a, b) => {
                    for (one, other) in [(*a, *b), (*b, *a)] {
                        if matches!(rules.expr(one).expr, Expr::AsOf) {
                            self.days.extend(constant_day(rules, other));
                        }
                    }
                }
                _ => {}
            }
            stack.extend(children(expr));
        }
    }

    /// Names of the facts that a maker gives.
    fn declared(&self, rules: &Rulebase) -> Vec<&'static str> {
        let facts = self.facts.iter().map(|f| &rules.vocab.facts[*f]);
        let mut names: Vec<&str> =
            facts.filter(|f| matches!(f.kind, FactKind::Declared)).map(|f| f.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// What is accepted in place of conformity, in words.
fn accepted(rules: &Rulebase, accepts: &Accepts) -> Vec<String> {
    let brings = |b: Brings| match b {
        Brings::Nothing => " (a reason is enough)".to_owned(),
        Brings::Evidence => " with evidence".to_owned(),
        Brings::Kind(k) => format!(" with evidence of kind `{}`", rules.vocab.kinds[k].name),
    };
    let mut ways = Vec::new();
    ways.extend(accepts.justification.map(|b| format!("a justification{}", brings(b))));
    ways.extend(accepts.alternative.map(|b| format!("an alternative{}", brings(b))));
    ways
}

/// A day that is written down, not worked out.
fn constant_day(rules: &Rulebase, e: ExprId) -> Option<Date> {
    match &rules.expr(e).expr {
        Expr::Const(Value::Date(d)) => Some(*d),
        _ => None,
    }
}

/// The code of a target.
fn code(rules: &Rulebase, t: Target) -> &'static str {
    match t {
        Target::Requirement(r) => rules.law.requirements[r].code.as_str(),
        Target::Family(f) => rules.law.families[f].code.as_str(),
        Target::Instrument(i) => rules.law.instruments[i].code.as_str(),
    }
}

/// An expression as it stands in its rulebook, on one line.
fn expr_text(rules: &Rulebase, sources: &dyn Sources, e: ExprId) -> String {
    text_at(sources, rules.place(rules.expr(e).origin))
}

/// A text of a family with what a member says for `row.x`.
fn with_row(rules: &Rulebase, sources: &dyn Sources, text: &str, r: &Requirement) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("row.") {
        let name_at = at + "row.".len();
        let len = rest[name_at..]
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(rest.len() - name_at);
        let name = &rest[name_at..name_at + len];
        let value = rules.node(r.origin).and_then(|n| n.field(Sym::new(name))).and_then(|f| f.value());
        out.push_str(&rest[..at]);
        match value {
            Some(v) => out.push_str(&text_at(sources, rules.place(v.origin()))),
            None => out.push_str(&rest[at..name_at + len]),
        }
        rest = &rest[name_at + len..];
    }
    out + rest
}

/// What stands at a place, on one line, comments left out.
fn text_at(sources: &dyn Sources, place: Place) -> String {
    let Some(file) = sources.file(place.file) else { return String::new() };
    let (from, to) = crate::files::clamp(file.text, place);
    let mut out = String::new();
    for line in file.text[from as usize..to as usize].lines() {
        let mut quoted = false;
        let mut end = line.len();
        for (at, c) in line.char_indices() {
            if c == '"' {
                quoted = !quoted;
            } else if !quoted && line[at..].starts_with("//") {
                end = at;
                break;
            }
        }
        out.push_str(&line[..end]);
        out.push(' ');
    }
    crate::text::one_line(&out)
}
