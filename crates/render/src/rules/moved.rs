//! Which verdicts of a device move from one day to another, and why.

use super::page::Page;
use super::{Filter, code};
use crate::files::Files;
use crate::json::{clause, due};
use crate::{outcome_words, text};
use dossier_model::law::{Outcome, RequirementId};
use dossier_model::{Model, Rulebase};
use dossier_verdict::{Derivation, DeviceCheck, MarketCheck, Premise, Row, Settled, Tri, describe};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How many reasons are told on a terminal, unless all are asked for.
const REASONS: usize = 3;

/// The verdicts of a device that move.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Moved {
    id: String,
    title: String,
    markets: Vec<MarketMoved>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
struct MarketMoved {
    market: String,
    /// How many verdicts are the same on both days.
    same: usize,
    verdicts: Vec<VerdictMoved>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
struct VerdictMoved {
    requirement: String,
    instrument: String,
    title: String,
    /// None where it is not in force for the device.
    before: Option<Side>,
    after: Option<Side>,
}

/// A verdict on one of the days.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
struct Side {
    outcome: &'static str,
    edition: Option<String>,
    clause: Option<String>,
    due: Option<String>,
    settled_by: Option<String>,
    /// What decided, in words; first what did not on the other day.
    reasons: Vec<String>,
}

impl Moved {
    /// Out of two checks of a device, both explained in full. Only requirements that pass the filter count.
    pub fn of(
        model: &Model,
        files: &mut Files<'_>,
        filter: &Filter,
        before: &DeviceCheck,
        after: &DeviceCheck,
    ) -> Self {
        let unit = model.unit(after.unit);
        let mut markets = Vec::new();
        for is in &after.markets {
            let was = before.markets.iter().find(|m| m.place == is.place);
            markets.push(market(model, files, filter, was, is));
        }
        Self {
            id: unit.map_or_else(String::new, |u| u.name.to_string()),
            title: unit.map_or_else(String::new, |u| u.title.to_string()),
            markets,
        }
    }

    /// Tells it on a page.
    pub(super) fn tell(&self, rules: &Rulebase, page: &mut Page<'_>) {
        page.section(&format!("Device {} · {}", self.id, self.title));
        if self.markets.is_empty() {
            page.text("No law is asked of it: it has no block for any market that was looked at.");
        }
        for m in &self.markets {
            let place = match rules.law.jurisdictions.iter().find(|j| j.code.as_str() == m.market) {
                Some(j) => format!("{} {}", j.code, j.title),
                None => "Asked once, of no market (any)".to_owned(),
            };
            let moves = match m.verdicts.len() {
                0 => "no verdict moves".to_owned(),
                1 => "1 verdict moves".to_owned(),
                n => format!("{} verdicts move", text::number(n)),
            };
            page.text(&format!("{place}: {moves}; {} as before.", stay(m.same)));
            // What moves for the same reasons is told once.
            let mut groups: BTreeMap<((Way, Way), String), Vec<&VerdictMoved>> = BTreeMap::new();
            for v in &m.verdicts {
                groups.entry((v.way(), v.words(page.all()))).or_default().push(v);
            }
            for ((way, why), some) in groups {
                let n = text::number(some.len());
                page.text(format!("{n} from {} to {}. {why}", way.0.words(), way.1.words()).trim_end());
                some.iter().for_each(|v| page.item(&format!("{}: {}", v.requirement, v.title)));
            }
        }
    }
}

fn stay(n: usize) -> String {
    match n {
        1 => "1 is".to_owned(),
        n => format!("{} are", text::number(n)),
    }
}

/// From or to where a verdict moves.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Way {
    NotInForce,
    /// By how bad it is.
    Verdict(u8, &'static str),
}

impl Way {
    fn of(side: Option<&Side>) -> Self {
        let outcome = side.and_then(|s| Outcome::from_word(s.outcome));
        // The worst first.
        outcome.map_or(Way::NotInForce, |o| Way::Verdict(u8::MAX - o.badness(), outcome_words(o)))
    }

    fn words(self) -> &'static str {
        match self {
            Way::NotInForce => "not in force",
            Way::Verdict(_, words) => words,
        }
    }
}

impl VerdictMoved {
    fn way(&self) -> (Way, Way) {
        (Way::of(self.before.as_ref()), Way::of(self.after.as_ref()))
    }

    /// "Before: control log is not implemented. After: …"
    fn words(&self, all: bool) -> String {
        let mut out: Vec<String> = Vec::new();
        for (when, side) in [("Before", &self.before), ("After", &self.after)] {
            let Some(side) = side else { continue };
            let mut words: Vec<String> = Vec::new();
            words.extend(side.settled_by.clone());
            if when == "After"
                && let Some(was) = self.before.as_ref().filter(|b| b.outcome == Outcome::Planned.as_str())
                && let Some(day) = &was.due
            {
                words.push(format!("it was planned for {day}"));
            }
            let most = if all { side.reasons.len() } else { REASONS };
            words.extend(side.reasons.iter().take(most).cloned());
            if side.reasons.len() > most {
                words.push(format!("and {} more", side.reasons.len() - most));
            }
            words.extend(side.due.as_ref().map(|d| match side.outcome {
                o if o == Outcome::Planned.as_str() => format!("planned for {d}"),
                _ => format!("due by {d}"),
            }));
            if !words.is_empty() {
                out.push(format!("{when}: {}.", words.join("; ")));
            }
        }
        out.join(" ")
    }
}

fn market(
    model: &Model,
    files: &mut Files<'_>,
    filter: &Filter,
    was: Option<&MarketCheck>,
    is: &MarketCheck,
) -> MarketMoved {
    let rules = &model.rules;
    let rows = |m: Option<&'_ MarketCheck>| -> BTreeMap<RequirementId, Row> {
        let rows = m.into_iter().flat_map(|m| m.rows.iter());
        rows.filter(|r| filter.passes(rules, r.requirement)).map(|r| (r.requirement, r.clone())).collect()
    };
    let (before, after) = (rows(was), rows(Some(is)));
    let mut out = MarketMoved {
        market: is.place.map_or_else(|| "any".to_owned(), |p| p.to_string()),
        same: 0,
        verdicts: Vec::new(),
    };
    let mut ids: Vec<RequirementId> = before.keys().chain(after.keys()).copied().collect();
    ids.sort_by_key(|id| rules.law.requirements[*id].code);
    ids.dedup();
    for id in ids {
        let (was, is) = (before.get(&id), after.get(&id));
        if was.map(|r| r.judgement.outcome) == is.map(|r| r.judgement.outcome) {
            out.same += 1;
            continue;
        }
        let r = &rules.law.requirements[id];
        let (mut first, mut second) =
            (was.map(|row| side(model, files, row)), is.map(|row| side(model, files, row)));
        if let (Some(a), Some(b)) = (&mut first, &mut second) {
            apart(&mut a.reasons, &mut b.reasons);
        }
        out.verdicts.push(VerdictMoved {
            requirement: r.code.to_string(),
            instrument: rules.law.instruments[r.instrument].code.to_string(),
            title: r.title.to_string(),
            before: first,
            after: second,
        });
    }
    out
}

/// What decided on one day only stands first.
fn apart(a: &mut [String], b: &mut [String]) {
    let (old_a, old_b) = (a.to_vec(), b.to_vec());
    a.sort_by_key(|x| old_b.contains(x));
    b.sort_by_key(|x| old_a.contains(x));
}

fn side(model: &Model, files: &mut Files<'_>, row: &Row) -> Side {
    let rules = &model.rules;
    let r = &rules.law.requirements[row.requirement];
    let editions = &rules.law.instruments[r.instrument].editions;
    let j = &row.judgement;
    let mut reasons: Vec<String> = Vec::new();
    if j.not_opted_in {
        reasons.push("it is voluntary and not opted into".to_owned());
    }
    if let Some(x) = row.explained.as_deref() {
        for part in x.parts.iter().filter(|p| p.outcome == j.outcome) {
            decisive(rules, &part.derivation, &mut reasons);
        }
    }
    let mut seen = BTreeSet::new();
    reasons.retain(|r| seen.insert(r.clone()));
    Side {
        outcome: j.outcome.as_str(),
        edition: j.edition.and_then(|n| editions.get(n)).and_then(|e| e.name.as_deref()).map(str::to_owned),
        clause: clause(r, j.edition).map(str::to_owned),
        due: due(j, row.explained.as_deref()),
        settled_by: j.settled.map(|s| settled(model, files, s)),
        reasons,
    }
}

/// What settled a verdict, in words.
fn settled(model: &Model, files: &mut Files<'_>, settled: Settled) -> String {
    match settled {
        Settled::Claim(kind, origin) => {
            let at = files
                .origin(model, origin)
                .map_or_else(String::new, |s| format!(" in {}, line {}", s.path, s.start.line));
            format!("`{}`{at}", kind.as_str())
        }
        Settled::LeftOut => "controls are left out, with their reason".to_owned(),
        Settled::Unless(_) => "it is exempt".to_owned(),
        Settled::Exception(x) => format!("exception {}", model.rules.law.exceptions[x].code),
    }
}

/// What decided, in words.
fn decisive(rules: &Rulebase, d: &Derivation, reasons: &mut Vec<String>) {
    if !d.decisive {
        return;
    }
    if let Some(p) = &d.premise {
        reasons.push(premise(rules, d, p));
    }
    // The date of the check is nobody's declaration, and may be all that differs.
    let by_day = d.due.is_some()
        || d.value(rules).is_none()
            && d.children.iter().any(|c| c.value(rules).is_some() && reads_the_day(rules, c));
    if by_day {
        let word = match d.truth {
            Tri::True => "holds",
            Tri::False => "does not hold",
            Tri::Unknown => "cannot be told",
        };
        let due = d.due.map_or_else(String::new, |day| format!(", to be done by {day},"));
        reasons.push(format!("`{}`{due} {word}", d.text(rules)));
    }
    for child in &d.children {
        decisive(rules, child, reasons);
    }
}

/// Whether the date of the check is in an operand.
fn reads_the_day(rules: &Rulebase, operand: &Derivation) -> bool {
    operand.text(rules) == "as_of" || operand.children.iter().any(|c| reads_the_day(rules, c))
}

/// A premise with how it stands: "control log is not implemented".
fn premise(rules: &Rulebase, d: &Derivation, p: &Premise) -> String {
    let name = describe(rules, p);
    match p {
        Premise::NoControl(..) => format!("{name} is not declared"),
        Premise::Control(..) => match d.truth {
            Tri::True => format!("{name} is there"),
            Tri::False => format!("{name} is not implemented"),
            Tri::Unknown => format!("of {name} it cannot be told"),
        },
        Premise::NoEvidence(..) => format!("there is no {name}"),
        Premise::Evidence(..) => match (d.truth, d.why()) {
            (Tri::True, _) => format!("{name} stands"),
            (_, Some(why)) => format!("{name}: {why}"),
            (Tri::False, None) => format!("{name} does not stand"),
            (Tri::Unknown, None) => format!("of {name} it cannot be told whether it stands"),
        },
        Premise::Conforms(t) => {
            let verdict = match d.truth {
                Tri::True => "is met",
                Tri::False => "is not met",
                Tri::Unknown => "cannot be told",
            };
            format!("{} {verdict}", code(rules, *t))
        }
        Premise::Collection(_) | Premise::Held(..) | Premise::Files(_) if d.truth == Tri::Unknown => {
            format!("of {name} it is not said whether there are others")
        }
        Premise::Collection(_) | Premise::Held(..) | Premise::Files(_) => {
            let holds = if d.truth == Tri::True { "holds" } else { "does not hold" };
            let text = d.text(rules);
            // Where there is nothing of the kind, that is said in words already.
            if text.starts_with("there are no") { text } else { format!("`{text}` {holds}") }
        }
        Premise::Broken(_) | Premise::Deadline(_) => name,
        Premise::Fact(..)
        | Premise::ControlField(..)
        | Premise::EvidenceField(..)
        | Premise::EntityField(..) => match d.value(rules) {
            Some(value) => format!("{name} is {value}"),
            None => format!("{name} is not said"),
        },
    }
}
