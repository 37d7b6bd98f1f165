//! When a requirement is in force as far as dates of law tell, whatever the device: day by day, with the edition and
//! the conditions of its coming into force.

use super::expr_text;
use crate::Sources;
use dossier_model::Rulebase;
use dossier_model::date::{Date, Day, add_days};
use dossier_model::expr::ExprId;
use dossier_model::law::{Edition, ExceptionId, InForce, Instrument, InstrumentId, RequirementId};

/// For which devices something has begun: the first entry whose condition holds counts, and for all others the last
/// word. No entry says otherwise than what comes after all of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Begun {
    entries: Vec<(ExprId, bool)>,
    others: bool,
}

impl Begun {
    fn on(entries: &[InForce], day: Day) -> Self {
        let mut begun = Self { entries: Vec::new(), others: false };
        for entry in entries {
            let here = entry.from.is_none_or(|d| d.first <= day);
            match entry.when {
                Some(when) => begun.entries.push((when, here)),
                None => {
                    begun.others = here;
                    break;
                }
            }
        }
        while begun.entries.last().is_some_and(|e| e.1 == begun.others) {
            begun.entries.pop();
        }
        begun
    }

    fn for_all(&self) -> bool {
        self.others && self.entries.is_empty()
    }

    fn for_none(&self) -> bool {
        !self.others && self.entries.is_empty()
    }

    /// "if `a`; not if `b`; else in force"; empty where it is so for all devices.
    pub(super) fn words(&self, rules: &Rulebase, sources: &dyn Sources) -> String {
        let mut words: Vec<String> = self
            .entries
            .iter()
            .map(|(when, here)| {
                let not = if *here { "" } else { "not " };
                format!("{not}if `{}`", expr_text(rules, sources, *when))
            })
            .collect();
        if !self.entries.is_empty() && self.others {
            words.push("else in force".to_owned());
        }
        words.join("; ")
    }
}

/// An edition that is in force for some devices at least.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Way {
    /// Its number.
    pub(super) edition: usize,
    /// Whether it has the requirement.
    pub(super) has: bool,
    /// For which devices; of those that no later edition has taken.
    pub(super) begun: Begun,
}

/// How a requirement stands on a day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct State {
    /// The editions that may be in force, the latest first; one of them at least has the requirement.
    pub(super) ways: Vec<Way>,
    /// Instruments that have replaced its own for some devices.
    pub(super) replaced: Vec<(InstrumentId, Begun)>,
    /// Exceptions that have effect for some devices.
    pub(super) exceptions: Vec<ExceptionId>,
}

/// A day from which on a requirement stands so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Step {
    /// The day, as exactly as it is known.
    pub(super) date: Date,
    /// How; none where it is not in force for any device.
    pub(super) state: Option<State>,
}

/// How a requirement stands on a day; none where it is not in force for any device.
pub(super) fn state(rules: &Rulebase, id: RequirementId, day: Day) -> Option<State> {
    let law = &rules.law;
    let r = &law.requirements[id];
    if r.in_force.is_some_and(|d| d.first > day) || r.until.is_some_and(|d| d.last < day) {
        return None;
    }
    let (mut ways, replaced) = editions(rules, r.instrument, day);
    for way in &mut ways {
        way.has = r.editions.as_ref().is_none_or(|list| list.contains(&way.edition));
    }
    if !ways.iter().any(|w| w.has) {
        return None;
    }
    let exceptions = r.exceptions.iter().copied().filter(|x| exception_runs(rules, *x, day)).collect();
    Some(State { ways, replaced, exceptions })
}

/// How a requirement stands from one day to another: on the first, and from each day on that changes it.
pub(super) fn timeline(rules: &Rulebase, id: RequirementId, from: Day, to: Day) -> Vec<Step> {
    let mut days: Vec<Date> =
        turns(rules, id).into_iter().filter(|d| from < d.first && d.first <= to).collect();
    // Of two that mean the same first day the exact one is told.
    days.sort_by_key(|d| (d.first, d.last));
    days.dedup_by_key(|d| d.first);
    let mut steps = vec![Step { date: Date::day(from), state: state(rules, id, from) }];
    for date in days {
        let state = state(rules, id, date.first);
        if steps.last().is_some_and(|s| s.state != state) {
            steps.push(Step { date, state });
        }
    }
    steps
}

/// The editions of an instrument that may be in force on a day, the latest first, and what has replaced it for some.
/// None where it is replaced for all.
fn editions(rules: &Rulebase, id: InstrumentId, day: Day) -> (Vec<Way>, Vec<(InstrumentId, Begun)>) {
    let mut ways = Vec::new();
    for (edition, e) in rules.law.instruments[id].editions.iter().enumerate().rev() {
        let begun = Begun::on(&e.in_force, day);
        if begun.for_none() {
            continue;
        }
        let last = begun.for_all();
        if e.until.is_none_or(|d| d.last >= day) {
            ways.push(Way { edition, has: true, begun });
        }
        if last {
            break;
        }
    }
    let mut replaced = Vec::new();
    for (other, i) in successors(rules, id) {
        let Some(first) = i.editions.first() else { continue };
        let begun = Begun::on(&first.in_force, day);
        if begun.for_all() {
            return (Vec::new(), Vec::new());
        }
        if !begun.for_none() {
            replaced.push((other, begun));
        }
    }
    (ways, replaced)
}

/// The instruments that replace another.
fn successors(rules: &Rulebase, id: InstrumentId) -> impl Iterator<Item = (InstrumentId, &Instrument)> {
    rules.law.instruments.enumerate().filter(move |(_, i)| i.supersedes.contains(&id))
}

fn exception_runs(rules: &Rulebase, id: ExceptionId, day: Day) -> bool {
    let x = &rules.law.exceptions[id];
    let within = x.in_force.is_none_or(|d| d.first <= day) && x.until.is_none_or(|d| d.last >= day);
    let has = |way: &Way| x.editions.as_ref().is_none_or(|list| list.contains(&way.edition));
    within && editions(rules, x.instrument, day).0.iter().any(has)
}

/// Every day on which how a requirement stands may change.
fn turns(rules: &Rulebase, id: RequirementId) -> Vec<Date> {
    let law = &rules.law;
    let r = &law.requirements[id];
    let mut days: Vec<Date> = Vec::new();
    let span = |first: Option<Date>, last: Option<Date>, days: &mut Vec<Date>| {
        days.extend(first);
        days.extend(last.and_then(|d| add_days(d.last, 1)).map(Date::day));
    };
    let of_edition = |e: &Edition, days: &mut Vec<Date>| {
        days.extend(e.in_force.iter().filter_map(|f| f.from));
        span(None, e.until, days);
    };
    span(r.in_force, r.until, &mut days);
    let mut instruments = vec![r.instrument];
    for x in &r.exceptions {
        let x = &law.exceptions[*x];
        span(x.in_force, x.until, &mut days);
        instruments.push(x.instrument);
    }
    for i in instruments {
        law.instruments[i].editions.iter().for_each(|e| of_edition(e, &mut days));
        for (_, next) in successors(rules, i) {
            next.editions.iter().take(1).for_each(|e| of_edition(e, &mut days));
        }
    }
    days
}
