//! From a requirement to its verdict.

use super::eval::{Env, World};
use super::law::{Accepts, Brings, Editions, Exception, Instrument, Requirement, Start, Window};
use super::tree::Expr;
use super::value::{Day, Tri, Val, all, and, any, not, or};
use std::collections::BTreeSet;
use std::fmt;

/// The seven, from the best to the worst.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Outcome {
    NotApplicable,
    Met,
    Justified,
    Waived,
    Planned,
    Unknown,
    Unmet,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotApplicable => "not_applicable",
            Self::Met => "met",
            Self::Justified => "justified",
            Self::Waived => "waived",
            Self::Planned => "planned",
            Self::Unknown => "unknown",
            Self::Unmet => "unmet",
        })
    }
}

/// An outcome, and for a planned one from when on it will hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Verdict {
    pub(crate) outcome: Outcome,
    pub(crate) planned: Option<Day>,
}

impl From<Outcome> for Verdict {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, planned: None }
    }
}

impl World<'_> {
    /// The verdict on a requirement in a market; None if it is not in force.
    pub(crate) fn verdict(&self, code: &str, market: &Option<String>, plan: Option<Day>) -> Option<Verdict> {
        let key = (market.clone(), code.to_owned(), plan);
        if let Some(known) = self.verdicts.borrow().get(&key) {
            return *known;
        }
        let requirement = &self.law.requirements[code];
        let env = Env { market: market.clone(), plan, ..Env::default() };
        let verdict = self.judge(requirement, &env);
        self.verdicts.borrow_mut().insert(key, verdict);
        verdict
    }

    fn judge(&self, requirement: &Requirement, env: &Env) -> Option<Verdict> {
        let instrument = self.law.instrument(&requirement.under);
        match self.in_force(instrument, &requirement.under, &requirement.editions, &requirement.window, env) {
            Some(false) => return None,
            None => return Some(Outcome::Unknown.into()),
            Some(true) => {}
        }
        if !self.opted_in(instrument, env) {
            return Some(Outcome::NotApplicable.into());
        }
        let applies = self.all(&instrument.applies, env);
        if applies == Some(false) {
            return Some(Outcome::NotApplicable.into());
        }
        let Some(binder) = &requirement.each else { return Some(self.part(requirement, applies, None, env)) };
        let mut parts = Vec::new();
        let (members, closed) = self.over(binder, env);
        for member in members {
            let env = self.bind(binder, Some(member.clone()), env);
            let selected = self.selects(binder, &env);
            if selected != Some(false) {
                parts.push(self.part(requirement, and(applies, selected), Some(&member), &env));
            }
        }
        if !closed {
            // There may be others, of which nothing is known; unless that is enough to tell that none is selected.
            let env = self.bind(binder, None, env);
            let selected = and(None, self.selects(binder, &env));
            parts.push(self.part(requirement, and(applies, selected), None, &env));
        }
        // Inapplicable parts drop out by being the best; of equals the later date counts.
        let worst = parts.iter().map(|p| p.outcome).max().unwrap_or(Outcome::NotApplicable);
        let planned = parts.iter().filter(|p| p.outcome == worst).filter_map(|p| p.planned).max();
        Some(Verdict { outcome: worst, planned })
    }

    /// The verdict on the whole requirement, or on it about one thing.
    fn part(&self, requirement: &Requirement, selected: Tri, thing: Option<&Val>, env: &Env) -> Verdict {
        let now = self.part_today(requirement, selected, thing, env);
        if now != Outcome::Unmet || env.plan.is_some() {
            return now.into();
        }
        for day in self.plans(&env.market) {
            let then = Env { plan: Some(day), ..env.clone() };
            if self.part_today(requirement, selected, thing, &then) != Outcome::Unmet {
                return Verdict { outcome: Outcome::Planned, planned: Some(day) };
            }
        }
        now.into()
    }

    /// The same without a look at plans.
    fn part_today(
        &self,
        requirement: &Requirement,
        selected: Tri,
        thing: Option<&Val>,
        env: &Env,
    ) -> Outcome {
        let applies = and(selected, self.all(&requirement.when, env));
        let exempt = self.any(&requirement.unless, env) == Some(true)
            || self.exceptions(requirement, env).any(|e| targets(&e.exempts, requirement));
        if applies == Some(false) || exempt {
            return Outcome::NotApplicable;
        }
        if applies.is_none() {
            return Outcome::Unknown;
        }
        let holds = self.truth(&requirement.require, env);
        if holds == Some(true)
            || self.exceptions(requirement, env).any(|e| targets(&e.deems_met, requirement))
        {
            return Outcome::Met;
        }
        let justified = self.justified(requirement, thing, env);
        if justified == Some(true) {
            return Outcome::Justified;
        }
        if holds.is_none() || justified.is_none() {
            return Outcome::Unknown;
        }
        if self.waived(requirement, thing, env) {
            return Outcome::Waived;
        }
        Outcome::Unmet
    }

    fn all(&self, exprs: &[Expr], env: &Env) -> Tri {
        all(exprs.iter().map(|e| self.truth(e, env)))
    }

    fn any(&self, exprs: &[Expr], env: &Env) -> Tri {
        any(exprs.iter().map(|e| self.truth(e, env)))
    }

    fn opted_in(&self, instrument: &Instrument, env: &Env) -> bool {
        instrument.opt_in.is_empty() || self.all(&instrument.opt_in, env) == Some(true)
    }

    // ------------------------------------------------------------ answers that are no control

    fn pleas<'w>(
        &'w self,
        requirement: &'w Requirement,
        thing: Option<&'w Val>,
        env: &Env,
    ) -> impl Iterator<Item = &'w super::device::Plea> {
        let of_thing = match thing {
            Some(Val::Entity(e)) => e.pleas.as_slice(),
            _ => &[],
        };
        let as_of = self.as_of;
        of_thing
            .iter()
            .chain(&self.views[&env.market].pleas)
            .filter(move |p| p.code == requirement.code && p.until.is_none_or(|until| until.last >= as_of))
    }

    /// Whether something stands in its place; unknown where a fact that is missing settles whether all that falls
    /// short is left out with its reason.
    fn justified(&self, requirement: &Requirement, thing: Option<&Val>, env: &Env) -> Tri {
        let instrument = self.law.instrument(&requirement.under);
        let accepts: &[Accepts] = requirement.accepts.as_ref().unwrap_or(&instrument.accepts);
        for plea in self.pleas(requirement, thing, env) {
            let what = match plea.what.as_str() {
                "justify" => "justification",
                "alternative" => "alternative",
                _ => continue,
            };
            let mut accepted = accepts.iter().filter(|a| a.what == what);
            if accepted.any(|a| self.brings(&plea.evidence, &a.brings, env)) {
                return Some(true);
            }
        }
        let left_out: Vec<Brings> =
            accepts.iter().filter(|a| a.what == "justification").map(|a| a.brings.clone()).collect();
        if left_out.is_empty() {
            return Some(false);
        }
        self.truth(&requirement.require, &Env { left_out, ..env.clone() })
    }

    fn waived(&self, requirement: &Requirement, thing: Option<&Val>, env: &Env) -> bool {
        self.pleas(requirement, thing, env).any(|p| p.what == "waive")
    }

    /// The exceptions that have effect here.
    fn exceptions<'w>(
        &'w self,
        requirement: &'w Requirement,
        env: &'w Env,
    ) -> impl Iterator<Item = &'w Exception> {
        self.law.exceptions.values().filter(move |e| {
            if !targets(&e.exempts, requirement) && !targets(&e.deems_met, requirement) {
                return false;
            }
            let instrument = self.law.instrument(&e.under);
            let asked =
                instrument.jurisdiction == "any" || Some(&instrument.jurisdiction) == env.market.as_ref();
            let unbound = Env { bound: Default::default(), ..env.clone() };
            asked
                && self.in_force(instrument, &e.under, &e.editions, &e.window, &unbound) == Some(true)
                && self.opted_in(instrument, &unbound)
                && self.all(&instrument.applies, &unbound) == Some(true)
                && self.all(&e.when, env) == Some(true)
        })
    }

    /// `conforms(ID)`
    pub(crate) fn conforms(&self, code: &str, env: &Env) -> Tri {
        if self.conforms.contains(code) {
            return Some(true);
        }
        let targets: Vec<&Requirement> = self
            .law
            .requirements
            .values()
            .filter(|r| r.code == code || r.under == code || r.family.as_deref() == Some(code))
            .collect();
        assert!(!targets.is_empty(), "conforms({code}): nothing is called so");
        let mut outcomes = BTreeSet::new();
        for target in targets.into_iter().filter(|r| !r.may) {
            let jurisdiction = &self.law.instrument(&target.under).jurisdiction;
            let market = if jurisdiction == "any" { None } else { env.market.clone() };
            assert!(
                market.is_none() || market.as_ref() == Some(jurisdiction),
                "conforms({code}) in {market:?} reads {jurisdiction}"
            );
            outcomes.extend(self.verdict(&target.code, &market, env.plan).map(|v| v.outcome));
        }
        outcomes.remove(&Outcome::NotApplicable);
        if [Outcome::Waived, Outcome::Planned, Outcome::Unmet].iter().any(|o| outcomes.contains(o)) {
            return Some(false);
        }
        if outcomes.contains(&Outcome::Unknown) {
            return None;
        }
        Some(!outcomes.is_empty())
    }

    // ------------------------------------------------------------ time

    /// Whether a requirement or exception is in force.
    fn in_force(
        &self,
        instrument: &Instrument,
        code: &str,
        editions: &Editions,
        window: &Window,
        env: &Env,
    ) -> Tri {
        let named = |edition: &str| match editions {
            Editions::All => true,
            Editions::Named(names) => names.iter().any(|n| n == edition),
        };
        // All in which it may be, or none.
        let mut in_all = true;
        let mut in_some = false;
        for edition in self.candidates(instrument, code, env) {
            let is_in = edition.is_some_and(|e| named(&e));
            in_all &= is_in;
            in_some |= is_in;
        }
        let of_edition = match (in_all, in_some) {
            (true, _) => Some(true),
            (_, false) => Some(false),
            _ => None,
        };
        and(of_edition, self.in_window(window, env))
    }

    fn in_window(&self, window: &Window, env: &Env) -> Tri {
        let ended = window.until.is_some_and(|u| u.last < self.as_of);
        and(Some(!ended), self.started(&self.starts(window, env)))
    }

    fn started(&self, starts: &[Option<Day>]) -> Tri {
        let has = |s: &Option<Day>| s.is_some_and(|d| d <= self.as_of);
        match (starts.iter().all(has), starts.iter().any(has)) {
            (true, _) => Some(true),
            (_, false) => Some(false),
            _ => None,
        }
    }

    /// The days on which it may have come into force; None: never. The first whose condition holds counts.
    fn starts(&self, window: &Window, env: &Env) -> Vec<Option<Day>> {
        if window.starts.is_empty() {
            return vec![Some(Day::EVER)];
        }
        let mut days = Vec::new();
        for Start { on, when } in &window.starts {
            let day = Some(on.map_or(Day::EVER, |d| d.first));
            match when.as_ref().map_or(Some(true), |w| self.truth(w, env)) {
                Some(true) => {
                    days.push(day);
                    return days;
                }
                None => days.push(day),
                Some(false) => {}
            }
        }
        days.push(None);
        days
    }

    /// The editions of which one is in force; None: that none is. An instrument without has one without a name.
    fn candidates(&self, instrument: &Instrument, code: &str, env: &Env) -> BTreeSet<Option<String>> {
        let unnamed = [(String::new(), Window::default())];
        let editions = if instrument.editions.is_empty() { &unnamed[..] } else { &instrument.editions };
        // Each ends when the next comes into force: of those that have come, the last counts.
        let mut last: BTreeSet<Option<String>> = [None].into();
        for (name, window) in editions {
            let ended = window.until.is_some_and(|u| u.last < self.as_of);
            let this = if ended { None } else { Some(name.clone()) };
            match self.started(&self.starts(window, env)) {
                Some(true) => last = [this].into(),
                None => {
                    last.insert(this);
                }
                Some(false) => {}
            }
        }
        let whole = and(self.in_window(&instrument.window, env), not(self.superseded(code, env)));
        match whole {
            Some(true) => last,
            Some(false) => [None].into(),
            None => last.into_iter().chain([None]).collect(),
        }
    }

    fn superseded(&self, code: &str, env: &Env) -> Tri {
        let mut found = Some(false);
        for other in self.law.instruments.values() {
            let windows = [&other.window].into_iter().chain(other.editions.iter().map(|(_, w)| w));
            for window in windows {
                if window.supersedes.iter().any(|s| s == code) {
                    // An instrument with editions comes into force with its first.
                    let first = match window.starts.is_empty() {
                        true => other.editions.first().map_or(window, |(_, w)| w),
                        false => window,
                    };
                    found = or(found, self.started(&self.starts(first, env)));
                }
            }
        }
        found
    }

    /// The first day on which the last edition that a requirement names, and the requirement itself, are surely in
    /// force; None if that is not said.
    pub(crate) fn first_day(&self, requirement: &Requirement, env: &Env) -> Option<Day> {
        let instrument = self.law.instrument(&requirement.under);
        let named = |name: &String| match &requirement.editions {
            Editions::All => true,
            Editions::Named(names) => names.contains(name),
        };
        let edition = instrument.editions.iter().rfind(|(name, _)| named(name)).map(|(_, w)| w);
        let mut first = Day::EVER;
        for window in [Some(&instrument.window), edition, Some(&requirement.window)].into_iter().flatten() {
            for day in self.starts(window, env) {
                first = first.max(day?);
            }
        }
        (first != Day::EVER).then_some(first)
    }
}

fn targets(list: &[String], requirement: &Requirement) -> bool {
    list.iter().any(|code| {
        *code == requirement.code || *code == requirement.under || requirement.family.as_ref() == Some(code)
    })
}
