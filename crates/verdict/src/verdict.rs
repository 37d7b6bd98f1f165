//! From a requirement and a device to a verdict, in the order that the language fixes.

use crate::Tri;
use crate::eval::{Bound, Eval, Mode};
use crate::faults::fault;
use dossier_base::{Severity, Sym};
use dossier_model::date::Day;
use dossier_model::device::{Claim, ClaimKind, ControlDecl, EntityDecl, State};
use dossier_model::expr::ExprId;
use dossier_model::idx::Id;
use dossier_model::law::{
    Brings, Effect, ExceptionId, Force, Gate, InForce, InstrumentId, Outcome, RequirementId, Strength,
};
use dossier_model::view::View;

/// What settled a verdict besides the expression itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Settled {
    /// A claim of the maker; where it stands.
    Claim(ClaimKind, dossier_model::hir::Origin),
    /// Controls left out with their reason.
    LeftOut,
    /// An exemption of the requirement itself.
    Unless(ExprId),
    /// An exception of the law.
    Exception(ExceptionId),
}

/// A verdict, as far as counting goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Judgement {
    /// What it is.
    pub outcome: Outcome,
    /// When what is planned will make it hold.
    pub planned: Option<Day>,
    /// What settled it.
    pub settled: Option<Settled>,
    /// Whether a voluntary instrument was not opted into.
    pub not_opted_in: bool,
    /// The edition that is in force, by its number; none where several may be.
    pub edition: Option<usize>,
}

/// What of a requirement an outcome hangs on; the facts asked for are looked for there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Phase {
    /// Whether an edition that has it is in force.
    InForce,
    /// Whether its voluntary instrument was opted into.
    OptIn,
    /// Whether its instrument applies.
    Applies,
    /// Whether it is asked of this device (or of this part).
    When,
    /// Whether it holds.
    Require,
}

/// A part of a requirement that is asked one by one.
#[derive(Clone, Debug)]
pub(crate) struct Part<'a> {
    /// About what; none for what may exist besides what is declared.
    pub(crate) about: Bound<'a>,
    pub(crate) verdict: PartVerdict,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct PartVerdict {
    pub(crate) outcome: Outcome,
    pub(crate) planned: Option<Day>,
    pub(crate) settled: Option<Settled>,
    pub(crate) phase: Phase,
}

impl PartVerdict {
    fn new(outcome: Outcome, phase: Phase) -> Self {
        Self { outcome, planned: None, settled: None, phase }
    }

    fn by(self, settled: Settled) -> Self {
        Self { settled: Some(settled), ..self }
    }
}

/// The editions of an instrument that may be in force.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Editions {
    /// Numbers, the latest first; `None` where none may be.
    pub(crate) candidates: Vec<Option<usize>>,
}

impl<'a> Eval<'a> {
    /// Judges a requirement as the view at hand sees it; none if it is not in force on the day.
    pub(crate) fn judge(&mut self, id: RequirementId) -> Option<Judgement> {
        let memo = self.mode == Mode::default();
        if memo {
            let row = &mut self.outcomes[self.here];
            if row.is_empty() {
                row.resize(self.rules.law.requirements.len(), None);
            }
            if let Some(j) = row[id.index()] {
                return j;
            }
            // Law is checked to have no circles; where a broken rulebook has one all the same, it ends here.
            row[id.index()] = Some(Some(Judgement {
                outcome: Outcome::Unknown,
                planned: None,
                settled: None,
                not_opted_in: false,
                edition: None,
            }));
        }
        let j = self.work_judgement_out(id);
        if memo {
            self.outcomes[self.here][id.index()] = Some(j);
        }
        j
    }

    fn work_judgement_out(&mut self, id: RequirementId) -> Option<Judgement> {
        let rules = self.rules;
        let r = &rules.law.requirements[id];
        let instrument = &rules.law.instruments[r.instrument];
        // Of what could not be read it cannot be told whether it is in force: it does not vanish for that.
        let is_broken = r.broken || instrument.broken;
        let (asked, edition) = self.in_force(id);
        if asked == Tri::False && !is_broken {
            return None;
        }
        let make = |v: PartVerdict, not_opted_in: bool| Judgement {
            outcome: v.outcome,
            planned: v.planned,
            settled: v.settled,
            not_opted_in,
            edition,
        };
        if asked == Tri::Unknown && !is_broken {
            // Whether it is in force at all comes first: a verdict must not vanish once that is told.
            return Some(make(PartVerdict::new(Outcome::Unknown, Phase::InForce), false));
        }
        if is_broken {
            return Some(make(PartVerdict::new(Outcome::Unknown, Phase::Applies), false));
        }
        match instrument.opt_in.map_or(Tri::True, |o| self.opted_in(o)) {
            Tri::True => {}
            Tri::False => return Some(make(PartVerdict::new(Outcome::NotApplicable, Phase::OptIn), true)),
            Tri::Unknown => return Some(make(PartVerdict::new(Outcome::Unknown, Phase::OptIn), false)),
        }
        let base = instrument.applies.map_or(Tri::True, |a| self.truth(a));
        if base == Tri::False {
            return Some(make(PartVerdict::new(Outcome::NotApplicable, Phase::Applies), false));
        }
        let parts = self.parts(id, base);
        Some(make(worst(parts.iter().map(|p| p.verdict)), false))
    }

    /// Whether a voluntary instrument was opted into. Who says nothing opts for nothing; who says something that could
    /// not be read may have.
    pub(crate) fn opted_in(&mut self, opt_in: ExprId) -> Tri {
        match self.truth(opt_in) {
            Tri::Unknown if fault(15) => Tri::True,
            Tri::Unknown if !self.reads_broken(opt_in) => Tri::False,
            t => t,
        }
    }

    /// The parts of a requirement; one, about nothing, if it is not asked one by one.
    pub(crate) fn parts(&mut self, id: RequirementId, base: Tri) -> Vec<Part<'a>> {
        let rules = self.rules;
        let r = &rules.law.requirements[id];
        let Some(each) = &r.each else {
            let verdict = self.part(id, base, Tri::True, None);
            return vec![Part { about: Bound::Somebody, verdict }];
        };
        let (members, closed) = self.members(each.over);
        let mut parts = Vec::new();
        for member in members {
            self.bind(each.slot, member.clone());
            let selected = each.filter.map_or(Tri::True, |f| self.truth(f));
            let entity = match &member {
                Bound::Entity(d) => Some(*d),
                _ => None,
            };
            let verdict = self.part(id, base, selected, entity);
            parts.push(Part { about: member, verdict });
        }
        if !closed {
            // There may be others, of which nothing is known.
            self.bind(each.slot, Bound::Somebody);
            let selected = each.filter.map_or(Tri::Unknown, |f| self.truth(f)).and(Tri::Unknown);
            let verdict = self.part(id, base, selected, None);
            parts.push(Part { about: Bound::Somebody, verdict });
        }
        self.bound.truncate(usize::from(each.slot));
        parts
    }

    /// The verdict about one part, in the order of the language.
    fn part(
        &mut self,
        id: RequirementId,
        base: Tri,
        selected: Tri,
        entity: Option<&'a EntityDecl>,
    ) -> PartVerdict {
        let rules = self.rules;
        let r = &rules.law.requirements[id];
        let mut when = selected;
        // The family's stand first.
        let dropped = usize::from(fault(13) && r.family.is_some());
        for w in r.when.iter().skip(dropped) {
            if when == Tri::False {
                break;
            }
            when = when.and(self.truth(*w));
        }
        if when == Tri::False {
            return PartVerdict::new(Outcome::NotApplicable, Phase::When);
        }
        for u in &r.unless {
            if self.truth(*u) == Tri::True {
                return PartVerdict::new(Outcome::NotApplicable, Phase::When).by(Settled::Unless(*u));
            }
        }
        let mut deemed = None;
        for e in &r.exceptions {
            let exception = &rules.law.exceptions[*e];
            if self.unbound(|x| x.exception_works(*e)) != Tri::True {
                continue;
            }
            match exception.effect {
                Effect::Exempts => {
                    return PartVerdict::new(Outcome::NotApplicable, Phase::When).by(Settled::Exception(*e));
                }
                Effect::DeemsMet => deemed = Some(*e),
            }
        }
        if base == Tri::Unknown {
            return PartVerdict::new(Outcome::Unknown, Phase::Applies);
        }
        if when == Tri::Unknown {
            return PartVerdict::new(Outcome::Unknown, Phase::When);
        }
        let holds = self.truth(r.require);
        if holds == Tri::True {
            return PartVerdict::new(Outcome::Met, Phase::Require);
        }
        if let Some(e) = deemed {
            return PartVerdict::new(Outcome::Met, Phase::Require).by(Settled::Exception(e));
        }
        let (justified, by) = self.justified(id, entity);
        if justified == Tri::True {
            let v = PartVerdict::new(Outcome::Justified, Phase::Require);
            return by.map_or(v, |b| v.by(b));
        }
        if holds == Tri::Unknown || justified == Tri::Unknown {
            return PartVerdict::new(Outcome::Unknown, Phase::Require);
        }
        if let Some(waiver) =
            self.claims(id, entity).find(|c| c.kind == ClaimKind::Waive && self.waiver_runs(c))
        {
            return PartVerdict::new(Outcome::Waived, Phase::Require)
                .by(Settled::Claim(ClaimKind::Waive, waiver.origin));
        }
        if self.mode == Mode::default()
            && let Some(day) = self.planned(id, base, selected, entity)
        {
            let v = PartVerdict::new(Outcome::Planned, Phase::Require);
            return PartVerdict { planned: Some(day), ..v };
        }
        PartVerdict::new(Outcome::Unmet, Phase::Require)
    }

    // ---- what stands in the place of conformity ----------------------------------------------------------------

    /// The claims about a requirement: those of device and market, and of the entity that the part is about.
    pub(crate) fn claims(
        &self,
        id: RequirementId,
        entity: Option<&'a EntityDecl>,
    ) -> impl Iterator<Item = &'a Claim> + use<'a> {
        let view = self.view();
        view.claims
            .iter()
            .copied()
            .chain(entity.into_iter().flat_map(|e| e.claims.iter()))
            .filter(move |c| c.requirement == id)
    }

    /// Whether a waiver is in force on the day of the check. Every surface asks here.
    pub(crate) fn waiver_runs(&self, claim: &Claim) -> bool {
        !claim.broken
            && claim
                .until
                .is_some_and(|until| until.last > self.as_of || (until.last == self.as_of && !fault(5)))
    }

    /// Whether a claim is accepted and brings what it must. Every surface asks here.
    pub(crate) fn claim_stands(&self, id: RequirementId, claim: &Claim) -> Tri {
        let law = &self.rules.law;
        let r = &law.requirements[id];
        let accepts = r.accepts.as_ref().unwrap_or(&law.instruments[r.instrument].accepts);
        let brings = match claim.kind {
            ClaimKind::Justify => accepts.justification,
            ClaimKind::Alternative => accepts.alternative,
            ClaimKind::Waive => return Tri::False,
        };
        match brings {
            None => Tri::False,
            Some(_) if claim.broken => Tri::False,
            Some(brings) => self.brought(brings, claim.evidence.iter().map(|e| e.0)),
        }
    }

    pub(crate) fn brought(&self, brings: Brings, names: impl Iterator<Item = Sym>) -> Tri {
        let kind = match brings {
            Brings::Nothing => return Tri::True,
            Brings::Evidence => None,
            Brings::Kind(k) => Some(k),
        };
        let view = self.view();
        let mut t = Tri::False;
        for name in names {
            let Some(d) = view.evidence_named(name) else { continue };
            let fits = kind.is_none_or(|k| d.kinds.contains(&k));
            if fits {
                t = t.or(self.stands(d).stands);
            }
        }
        t
    }

    fn justified(&mut self, id: RequirementId, entity: Option<&'a EntityDecl>) -> (Tri, Option<Settled>) {
        let mut t = Tri::False;
        for claim in self.claims(id, entity) {
            match self.claim_stands(id, claim) {
                Tri::True => return (Tri::True, Some(Settled::Claim(claim.kind, claim.origin))),
                other => t = t.or(other),
            }
        }
        let left_out = self.left_out(id);
        (t.or(left_out), (left_out == Tri::True).then_some(Settled::LeftOut))
    }

    /// Whether the requirement falls short only for controls that are left out with their reason.
    fn left_out(&mut self, id: RequirementId) -> Tri {
        let law = &self.rules.law;
        let r = &law.requirements[id];
        let accepts = r.accepts.as_ref().unwrap_or(&law.instruments[r.instrument].accepts);
        let Some(brings) = accepts.justification else { return Tri::False };
        // Most devices leave out nothing, and are spared the look.
        let any = match self.some_left_out[self.here] {
            Some(any) => any,
            None => {
                self.view().any_control(|d| d.state == State::LeftOut && (d.because.is_some() || fault(18)))
            }
        };
        self.some_left_out[self.here] = Some(any);
        if !any {
            return Tri::False;
        }
        // Unknown where a fact that is missing, or evidence of which nobody can tell whether it stands, would settle it.
        let mode = Mode { left_out: Some(brings), ..self.mode };
        self.in_mode(mode, |e| e.truth(r.require))
    }

    /// The earliest day on which what is planned makes an end of the shortfall.
    fn planned(
        &mut self,
        id: RequirementId,
        base: Tri,
        selected: Tri,
        entity: Option<&'a EntityDecl>,
    ) -> Option<Day> {
        let days = self.planned_days();
        let helps = |until: Day, e: &mut Self| {
            let mode = Mode { plan_until: Some(until), left_out: None };
            e.in_mode(mode, |e| e.part(id, base, selected, entity)).outcome != Outcome::Unmet
        };
        if !helps(*days.last()?, self) {
            return None;
        }
        // What is there never makes a verdict worse, so the first day that helps can be sought by halves.
        let (mut from, mut to) = (0, days.len() - 1);
        while from < to {
            let middle = (from + to) / 2;
            if helps(days[middle], self) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        Some(days[from])
    }

    /// The days of all plans that are not past, in order: those of the view, and of the one without a market, whose
    /// verdicts `conforms` may read.
    fn planned_days(&mut self) -> std::rc::Rc<[Day]> {
        if let Some(days) = &self.plan_days[self.here] {
            return days.clone();
        }
        let mut days = Vec::new();
        for view in [self.view(), &self.views[self.views.len() - 1]] {
            view_days(view, &mut days);
        }
        days.retain(|d| *d >= self.as_of);
        days.sort();
        days.dedup();
        let days: std::rc::Rc<[Day]> = days.into();
        self.plan_days[self.here] = Some(days.clone());
        days
    }

    // ---- what is in force --------------------------------------------------------------------------------------

    /// Whether a requirement is in force, and under which edition.
    pub(crate) fn in_force(&mut self, id: RequirementId) -> (Tri, Option<usize>) {
        let r = &self.rules.law.requirements[id];
        if r.in_force.is_some_and(|d| d.first > self.as_of) || r.until.is_some_and(|d| d.last < self.as_of) {
            return (Tri::False, None);
        }
        let editions = self.editions(r.instrument);
        let has = |c: &Option<usize>| c.is_some_and(|n| r.editions.as_ref().is_none_or(|e| e.contains(&n)));
        let with = editions.candidates.iter().filter(|c| has(c)).count();
        let edition = match editions.candidates.as_slice() {
            [one] => *one,
            _ => None,
        };
        match with {
            0 => (Tri::False, None),
            n if n == editions.candidates.len() => (Tri::True, edition),
            _ => (Tri::Unknown, None),
        }
    }

    /// The editions of an instrument that may be in force on the day.
    pub(crate) fn editions(&mut self, id: InstrumentId) -> Editions {
        let rules = self.rules;
        let instrument = &rules.law.instruments[id];
        let mut candidates: Vec<Option<usize>> = Vec::new();
        let mut open = true;
        for (n, edition) in instrument.editions.iter().enumerate().rev() {
            let begun = self.begun(&edition.in_force);
            if begun == Tri::False {
                continue;
            }
            let ended = edition.until.is_some_and(|d| d.last < self.as_of);
            candidates.push((!ended).then_some(n));
            if begun == Tri::True {
                open = false;
                if !fault(12) {
                    break;
                }
                candidates = candidates.split_off(candidates.len() - 1);
            }
        }
        if open {
            candidates.push(None);
        }
        if instrument.superseded_by.is_some() {
            // Several may replace it: the first of them that begins ends it.
            let others = rules.law.instruments.iter().filter(|i| i.supersedes.contains(&id));
            let begun = others
                .filter_map(|i| i.editions.first())
                .fold(Tri::False, |t, e| t.or(self.begun(&e.in_force)));
            match begun {
                Tri::True => candidates = vec![None],
                Tri::Unknown => candidates.push(None),
                Tri::False => {}
            }
        }
        candidates.dedup();
        Editions { candidates }
    }

    /// Whether an edition has begun for this device: the first entry whose condition holds counts.
    fn begun(&mut self, entries: &[InForce]) -> Tri {
        let mut t = Tri::False;
        let mut reached = Tri::True;
        for entry in entries {
            let holds = entry.when.map_or(Tri::True, |w| self.truth(w));
            let here = reached.and(holds);
            let day = Tri::of(
                entry.from.is_none_or(|d| d.first < self.as_of || (d.first == self.as_of && !fault(4))),
            );
            t = match here {
                Tri::True => day,
                Tri::False => t,
                // This entry may count, or a later one.
                Tri::Unknown => {
                    let rest = self.begun_rest(entries, entry);
                    return if rest == day { day } else { Tri::Unknown };
                }
            };
            if here == Tri::True {
                return t;
            }
            reached = reached.and(!holds);
        }
        t
    }

    fn begun_rest(&mut self, entries: &[InForce], entry: &InForce) -> Tri {
        let at = entries.iter().position(|e| std::ptr::eq(e, entry)).map_or(entries.len(), |i| i + 1);
        self.begun(&entries[at..])
    }

    /// Whether an exception has effect.
    pub(crate) fn exception_works(&mut self, id: ExceptionId) -> Tri {
        let rules = self.rules;
        let e = &rules.law.exceptions[id];
        let instrument = &rules.law.instruments[e.instrument];
        let foreign = instrument.jurisdiction.is_some_and(|j| self.view().jurisdiction() != Some(j));
        if foreign
            || instrument.broken
            || e.in_force.is_some_and(|d| d.first > self.as_of)
            || e.until.is_some_and(|d| d.last < self.as_of)
        {
            return Tri::False;
        }
        let editions = self.editions(e.instrument);
        let has =
            |c: &Option<usize>| c.is_some_and(|n| e.editions.as_ref().is_none_or(|list| list.contains(&n)));
        let with = editions.candidates.iter().filter(|c| has(c)).count();
        let in_force = match with {
            _ if fault(11) => Tri::True,
            0 => return Tri::False,
            n if n == editions.candidates.len() => Tri::True,
            _ => Tri::Unknown,
        };
        let mut t = in_force;
        for condition in [instrument.applies, instrument.opt_in, e.when].into_iter().flatten() {
            if t == Tri::False {
                break;
            }
            t = t.and(self.truth(condition));
        }
        t
    }
}

fn view_days(view: &View<'_>, days: &mut Vec<Day>) {
    let of_control = |d: &ControlDecl| match d.state {
        State::Planned => d.due.map(|d| d.last),
        State::Implemented => d.since.map(|d| d.first),
        State::LeftOut | State::Broken => None,
    };
    days.extend(view.controls().filter_map(of_control));
    for d in &view.evidence {
        if d.path.is_none() && d.url.is_none() {
            days.extend(d.due.map(|d| d.last));
        }
    }
    for collection in &view.collections {
        for member in &collection.members {
            entity_days(member, &of_control, days);
        }
    }
}

fn entity_days(d: &EntityDecl, of_control: &dyn Fn(&ControlDecl) -> Option<Day>, days: &mut Vec<Day>) {
    days.extend(d.controls.iter().filter_map(of_control));
    for held in &d.held {
        entity_days(held, of_control, days);
    }
}

/// The worst of several; inapplicable parts drop out.
fn worst(parts: impl Iterator<Item = PartVerdict>) -> PartVerdict {
    let mut all = PartVerdict::new(Outcome::NotApplicable, Phase::When);
    let mut planned: Option<Day> = None;
    let mut first = true;
    for p in parts {
        planned = planned.max(p.planned);
        let worse = if fault(14) {
            p.outcome.badness() < all.outcome.badness()
        } else {
            p.outcome.badness() > all.outcome.badness()
        };
        if first || worse {
            all = p;
            first = false;
        }
    }
    if all.outcome == Outcome::Planned {
        // All of them must be there.
        all.planned = planned;
    }
    all
}

/// How much a shortfall weighs, by force, gate and strength. None for what does not fall short.
pub fn severity(outcome: Outcome, force: Force, gate: Gate, strength: Strength) -> Option<Severity> {
    use Severity::{Error, Information, Warning};
    let row = match (force, gate) {
        (Force::Draft, _) => [Information, Information, Information],
        (
            Force::Statute | Force::Regulation | Force::BindingNotice | Force::Internal | Force::Voluntary,
            _,
        ) => [Error, Warning, Information],
        (Force::Guidance | Force::Standard, Gate::None) => [Warning, Information, Information],
        (Force::Guidance | Force::Standard, _) => [Error, Warning, Information],
    };
    let full = match strength {
        Strength::Shall | Strength::PlanConsidering | Strength::Needs => row[0],
        Strength::Should => row[1],
        Strength::May => row[2],
    };
    match outcome {
        Outcome::Unmet | Outcome::Unknown => Some(full),
        Outcome::Planned => Some(full.lower()),
        Outcome::Waived => Some(Information),
        Outcome::Met | Outcome::Justified | Outcome::NotApplicable => None,
    }
}
