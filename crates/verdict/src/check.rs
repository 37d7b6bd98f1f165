//! A device checked: its verdicts in every market, explained as far as asked.

use crate::eval::{Bound, Eval};
use crate::evidence::EvidenceFiles;
use crate::explain::{Derivation, Premise};
use crate::faults;
use crate::verdict::{Judgement, PartVerdict, Phase, Settled, severity};
use crate::{Tri, show};
use dossier_base::{Severity, Sym};
use dossier_model::date::{Date, Day};
use dossier_model::hir::Origin;
use dossier_model::law::{Outcome, RequirementId};
use dossier_model::view::View;
use dossier_model::{Model, UnitId};

/// How much is explained.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Detail {
    /// Nothing: outcomes only.
    Outcomes,
    /// What falls short, and what claims settle.
    Shortfalls,
    /// Everything.
    All,
}

/// A part of a requirement that is asked one by one, explained.
#[derive(Clone, Debug)]
pub struct PartExplained {
    /// About what: the name of an entity, a market or a value; none for what may exist besides what is declared.
    pub about: Option<String>,
    /// Where that stands.
    pub origin: Option<Origin>,
    /// Its verdict.
    pub outcome: Outcome,
    /// When what is planned will make it hold.
    pub planned: Option<Day>,
    /// What settled it.
    pub settled: Option<Settled>,
    /// What it hangs on.
    pub derivation: Derivation,
}

/// Why a verdict is what it is.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The parts; one about nothing if it is not asked one by one.
    pub parts: Vec<PartExplained>,
    /// What of an unknown verdict is missing.
    pub missing: Vec<(Premise, Option<Origin>)>,
    /// The declarations that decided.
    pub rests_on: Vec<(Origin, Premise)>,
    /// The day until which something can still be done.
    pub due: Option<Date>,
    /// Facts that would exempt from it, if they were known.
    pub would_exempt: Vec<Premise>,
}

/// One verdict.
#[derive(Clone, Debug)]
pub struct Row {
    /// Of which requirement.
    pub requirement: RequirementId,
    /// What it is.
    pub judgement: Judgement,
    /// How much it weighs, before configuration.
    pub severity: Option<Severity>,
    /// Why.
    pub explained: Option<Box<Explained>>,
}

/// The verdicts of one market.
#[derive(Clone, Debug)]
pub struct MarketCheck {
    /// Its code; none for law that is asked once.
    pub place: Option<Sym>,
    /// Where its block stands.
    pub origin: Option<Origin>,
    /// One for each requirement that is in force on the day, in order of their codes.
    pub rows: Vec<Row>,
}

/// A device checked.
#[derive(Clone, Debug)]
pub struct DeviceCheck {
    /// Which.
    pub unit: UnitId,
    /// Its markets in order; last, if any law is asked once, that.
    pub markets: Vec<MarketCheck>,
    /// What is wrong with its claims, plans, evidence and facts.
    pub remarks: Vec<Remark>,
}

/// Something to say of a declaration besides the verdicts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Remark {
    /// A fact that makes no sense here was given another value than it has then.
    FactNotInUse(dossier_model::vocab::FactId, Origin),
    /// An entity that makes no sense here.
    EntityNotInUse(dossier_model::vocab::EntityId, Origin),
    /// A waiver whose last day is past.
    WaiverExpired(RequirementId, Origin, Date),
    /// A claim about a requirement that is met or not asked.
    ClaimNotNeeded(dossier_model::device::ClaimKind, RequirementId, Origin, Outcome),
    /// A claim that nobody accepts.
    ClaimNotAccepted(dossier_model::device::ClaimKind, RequirementId, Origin),
    /// A claim that lacks the evidence it must bring.
    ClaimLacks(dossier_model::device::ClaimKind, RequirementId, Origin, dossier_model::law::Brings),
    /// A plan whose day is past.
    PlanPast(Origin, Date),
    /// A plan whose day is later than the deadline that it must keep.
    PlanTooLate(RequirementId, Origin, Date),
    /// Evidence that does not stand.
    Evidence(Sym, Origin, String, Tri),
}

/// What to check.
#[derive(Clone, Debug)]
pub struct Options<'o> {
    /// The date of the check.
    pub as_of: Day,
    /// Only these markets (`any` for law that is asked once); all if there is none.
    pub markets: &'o [Sym],
    /// How much is explained.
    pub detail: Detail,
}

/// Checks a device.
pub fn check_device(
    model: &Model,
    unit: UnitId,
    files: &dyn EvidenceFiles,
    options: &Options<'_>,
) -> Option<DeviceCheck> {
    let device = model.unit(unit).filter(|u| u.is_device)?;
    let (components, missing) = model.components(unit);
    let view = |m| View::of(&model.rules, device, &components, missing, m);
    let mut views: Vec<View<'_>> = device.markets.iter().map(Some).chain([None]).map(view).collect();
    faults::in_views(&model.rules, &mut views);
    let mut e = Eval::new(&model.rules, &views, options.as_of, files, &[]);
    let mut out = DeviceCheck { unit, markets: Vec::new(), remarks: Vec::new() };
    let once = model.rules.law.by_market.len() - 1;
    for (v, view) in views.iter().enumerate() {
        let code = view.place().unwrap_or_else(|| Sym::new("any"));
        if !options.markets.is_empty() && !options.markets.contains(&code) {
            continue;
        }
        let list = view.jurisdiction().map_or(once, |j| j.0 as usize);
        let asked = &model.rules.law.by_market[list];
        if view.market.is_none() && asked.is_empty() {
            continue;
        }
        e.here = if view.market.is_none() && faults::fault(10) { 0 } else { v };
        let mut market =
            MarketCheck { place: view.place(), origin: view.market.map(|m| m.origin), rows: Vec::new() };
        for id in asked {
            let Some(judgement) = e.judge(*id) else { continue };
            let r = &model.rules.law.requirements[*id];
            let instrument = &model.rules.law.instruments[r.instrument];
            let severity = severity(judgement.outcome, instrument.force, instrument.gate, r.strength);
            let wanted = match options.detail {
                Detail::Outcomes => false,
                Detail::Shortfalls => severity.is_some() || judgement.outcome == Outcome::Justified,
                Detail::All => true,
            };
            let explained = wanted.then(|| Box::new(e.explain(*id, &judgement)));
            market.rows.push(Row { requirement: *id, judgement, severity, explained });
        }
        if options.detail > Detail::Outcomes {
            why_nothing(&mut e, &mut market);
        }
        out.markets.push(market);
    }
    if options.detail > Detail::Outcomes {
        out.remarks = crate::remarks::remarks(&mut e, &out.markets);
    }
    Some(out)
}

/// Where nothing at all is asked, a reader wants to know why: the first row of each instrument is explained.
fn why_nothing(e: &mut Eval<'_>, market: &mut MarketCheck) {
    if market.rows.iter().any(|r| r.judgement.outcome != Outcome::NotApplicable) {
        return;
    }
    let mut told = Vec::new();
    for row in &mut market.rows {
        let instrument = e.rules.law.requirements[row.requirement].instrument;
        if !told.contains(&instrument) {
            told.push(instrument);
            row.explained.get_or_insert_with(|| Box::new(e.explain(row.requirement, &row.judgement)));
        }
    }
}

impl<'a> Eval<'a> {
    /// Explains a verdict of the view at hand.
    pub(crate) fn explain(&mut self, id: RequirementId, judgement: &Judgement) -> Explained {
        let rules = self.rules;
        let r = &rules.law.requirements[id];
        let instrument = &rules.law.instruments[r.instrument];
        let (asked, _) = self.in_force(id);
        let opted_in = instrument.opt_in.map_or(Tri::True, |o| self.opted_in(o));
        let base = instrument.applies.map_or(Tri::True, |a| self.truth(a));
        let mut parts = Vec::new();
        let mut would_exempt = Vec::new();
        if asked == Tri::Unknown {
            let v = PartVerdict {
                outcome: judgement.outcome,
                planned: None,
                settled: None,
                phase: Phase::InForce,
            };
            let d = self.part_derivation(id, &v, &mut Vec::new());
            parts.push(whole(judgement, d));
        } else if r.broken || instrument.broken {
            let origin = if r.broken { r.origin } else { instrument.origin };
            parts.push(whole(judgement, broken(origin)));
        } else if opted_in != Tri::True {
            let d = instrument.opt_in.map_or_else(nothing, |o| self.decided(o, &mut Vec::new()));
            parts.push(whole(judgement, d));
        } else if base == Tri::False {
            let d = instrument.applies.map_or_else(nothing, |a| self.decided(a, &mut Vec::new()));
            parts.push(whole(judgement, d));
        } else {
            let found = self.parts(id, base);
            for part in found {
                let mut names = Vec::new();
                if let Some(each) = &r.each {
                    self.bind(each.slot, part.about.clone());
                    names.push(each.name.to_string());
                }
                let derivation = self.part_derivation(id, &part.verdict, &mut names);
                if part.verdict.outcome.falls_short() {
                    for u in &r.unless {
                        if self.truth(*u) == Tri::Unknown {
                            let d = self.decided(*u, &mut names);
                            would_exempt.extend(d.premises().into_iter().filter_map(|p| p.premise.clone()));
                        }
                    }
                }
                let about = r.each.as_ref().filter(|_| !matches!(part.about, Bound::Somebody));
                parts.push(PartExplained {
                    about: about.map(|each| self.label(&part.about, each.over)),
                    origin: match &part.about {
                        Bound::Entity(d) => Some(d.origin),
                        _ => None,
                    },
                    outcome: part.verdict.outcome,
                    planned: part.verdict.planned,
                    settled: part.verdict.settled,
                    derivation,
                });
            }
            self.bound.clear();
            if let Some(each) = &r.each
                && parts.is_empty()
            {
                // Nothing of the kind: that is what made it inapplicable.
                let mut d = match each.over {
                    dossier_model::expr::Over::Collection(e) => {
                        let origin = self.view().collections[dossier_model::idx::Id::index(e)].origin;
                        let text = format!("there are no {}", rules.vocab.entities[e].plural);
                        Derivation::premise(text, Tri::True, Premise::Collection(e), origin)
                    }
                    over => self.open(over),
                };
                d.decide();
                parts.push(whole(judgement, d));
            }
        }
        let mut out = Explained { parts, missing: Vec::new(), rests_on: Vec::new(), due: None, would_exempt };
        self.gather(judgement.outcome, &mut out);
        out
    }

    fn decided(&mut self, e: dossier_model::expr::ExprId, names: &mut Vec<String>) -> Derivation {
        let mut d = self.derive(e, names);
        d.decide();
        d
    }

    /// What the verdict of a part hangs on.
    fn part_derivation(&mut self, id: RequirementId, v: &PartVerdict, names: &mut Vec<String>) -> Derivation {
        let rules = self.rules;
        let r = &rules.law.requirements[id];
        let instrument = &rules.law.instruments[r.instrument];
        match (v.settled, v.phase) {
            (Some(Settled::Unless(u)), _) => self.decided(u, names),
            (Some(Settled::Exception(x)), _) => match rules.law.exceptions[x].when {
                Some(w) => self.unbound(|e| e.decided(w, &mut Vec::new())),
                None => nothing(),
            },
            (_, Phase::OptIn) => instrument.opt_in.map_or_else(nothing, |o| self.decided(o, names)),
            (_, Phase::Applies) => instrument.applies.map_or_else(nothing, |a| self.decided(a, names)),
            (_, Phase::InForce) => {
                let conditions: Vec<_> =
                    instrument.editions.iter().flat_map(|e| &e.in_force).filter_map(|f| f.when).collect();
                let children = conditions.into_iter().map(|c| self.derive(c, &mut Vec::new())).collect();
                let text = "which edition is in force for this device".to_owned();
                let mut d = Derivation::all(text, Tri::Unknown, children);
                d.decide();
                d
            }
            (_, Phase::When) => {
                let each = r.each.as_ref();
                let open =
                    each.filter(|e| matches!(self.bound.get(usize::from(e.slot)), Some(Bound::Somebody)));
                if let Some(each) = open
                    && v.outcome == Outcome::Unknown
                {
                    self.bound.truncate(usize::from(each.slot));
                    let mut d = self.open(each.over);
                    d.decide();
                    return d;
                }
                let filter = each.and_then(|e| e.filter);
                let children: Vec<Derivation> =
                    filter.into_iter().chain(r.when.iter().copied()).map(|w| self.derive(w, names)).collect();
                let truth = children.iter().fold(Tri::True, |t, c| t.and(c.truth));
                let mut d = Derivation::all("it is asked of this device".to_owned(), truth, children);
                d.decide();
                d
            }
            (_, Phase::Require) => self.decided(r.require, names),
        }
    }

    /// What is missing, what it rests on and until when it can be done, out of the parts' derivations.
    fn gather(&mut self, outcome: Outcome, out: &mut Explained) {
        for part in &out.parts {
            if part.outcome != outcome && outcome == Outcome::Unknown {
                continue;
            }
            for p in part.derivation.premises() {
                if let Some(premise) = &p.premise {
                    if outcome == Outcome::Unknown && p.truth == Tri::Unknown {
                        out.missing.push((premise.clone(), p.origin));
                    }
                    if let Some(origin) = p.origin {
                        out.rests_on.push((origin, premise.clone()));
                    }
                }
            }
            if matches!(outcome, Outcome::Met | Outcome::Justified) {
                out.due = earliest(out.due, due_of(&part.derivation));
            }
        }
        out.missing.sort();
        out.missing.dedup();
        let mut seen = Vec::new();
        out.rests_on.retain(|(o, _)| {
            !seen.contains(o) && {
                seen.push(*o);
                true
            }
        });
    }
}

fn earliest(a: Option<Date>, b: Option<Date>) -> Option<Date> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// The earliest deadline among what decided.
fn due_of(d: &Derivation) -> Option<Date> {
    if !d.decisive {
        return None;
    }
    d.children.iter().fold(d.due, |due, c| earliest(due, due_of(c)))
}

fn nothing() -> Derivation {
    Derivation::all(String::new(), Tri::True, Vec::new())
}

fn broken(origin: Origin) -> Derivation {
    let mut d = Derivation::premise(
        "this requirement could not be read".to_owned(),
        Tri::Unknown,
        Premise::Broken(origin),
        Some(origin),
    );
    d.decide();
    d
}

fn whole(j: &Judgement, derivation: Derivation) -> PartExplained {
    PartExplained {
        about: None,
        origin: None,
        outcome: j.outcome,
        planned: j.planned,
        settled: j.settled,
        derivation,
    }
}

/// A premise in a few words: `fact connections`, `control automatic_logoff`, `evidence pentest_2026`.
pub fn describe(rules: &dossier_model::Rulebase, p: &Premise) -> String {
    use crate::explain::FieldName;
    let vocab = &rules.vocab;
    let field = |own: &[dossier_model::vocab::FieldDef], f: &FieldName| match f {
        FieldName::Own(n) => own.get(usize::from(*n)).map_or("?", |f| f.name.as_str()),
        FieldName::BuiltIn(b) => b.name(),
    };
    match p {
        Premise::Fact(f, None) => format!("fact {}", vocab.facts[*f].name),
        Premise::Fact(f, Some(m)) => format!("fact {} of market {m}", vocab.facts[*f].name),
        Premise::NoControl(c, _) | Premise::Control(c, _) => format!("control {}", vocab.controls[*c].name),
        Premise::ControlField(c, f, _) => {
            format!("{} of control {}", field(&vocab.controls[*c].fields, f), vocab.controls[*c].name)
        }
        Premise::NoEvidence(k, _) => format!("evidence of kind {}", vocab.kinds[*k].name),
        Premise::Evidence(_, name, _) => format!("evidence {name}"),
        Premise::EvidenceField(name, f, _) => format!("{} of evidence {name}", field(&[], f)),
        Premise::EntityField(e, name, f, _) => {
            let entity = &vocab.entities[*e];
            format!("{} of {} {name}", field(&entity.fields, f), entity.name)
        }
        Premise::Collection(e) | Premise::Held(e, _) => vocab.entities[*e].plural.to_string(),
        Premise::Files(e) => format!("{} read from files", vocab.entities[*e].plural),
        Premise::Deadline(d) => format!("the deadline {d}"),
        Premise::Conforms(t) => format!("the verdicts of {}", show::target(rules, *t)),
        Premise::Broken(_) => "what could not be read".to_owned(),
    }
}
