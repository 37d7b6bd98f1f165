//! What there is to say of declarations besides verdicts: claims, plans, evidence, facts out of place.

use crate::Tri;
use crate::check::{MarketCheck, Remark};
use crate::eval::Eval;
use crate::evidence::Standing;
use crate::explain::{Derivation, Premise};
use crate::verdict::Settled;
use dossier_base::Sym;
use dossier_model::date::{Date, Day};
use dossier_model::device::{Claim, ClaimKind, ControlDecl, EntityDecl, ScopeDecl, State};
use dossier_model::hir::Origin;
use dossier_model::law::{Outcome, RequirementId};
use dossier_model::value::Value;
use dossier_model::view::View;
use std::cell::Cell;

/// Everything to remark on a device whose markets have been judged.
pub(crate) fn remarks(e: &mut Eval<'_>, markets: &[MarketCheck]) -> Vec<Remark> {
    let mut out = Vec::new();
    facts(e, &mut out);
    claims(e, markets, &mut out);
    deadlines(e, markets, &mut out);
    let unit = e.views[0].unit;
    plans(&unit.scope, e.as_of, &mut out);
    for market in &unit.markets {
        plans(&market.scope, e.as_of, &mut out);
    }
    evidence(e, &mut out);
    let mut seen: Vec<Remark> = Vec::new();
    out.retain(|r| {
        !seen.contains(r) && {
            seen.push(r.clone());
            true
        }
    });
    out
}

/// Facts and entities that were declared although they make no sense here.
fn facts(e: &mut Eval<'_>, out: &mut Vec<Remark>) {
    let rules = e.rules;
    for view in 0..e.views.len() {
        e.here = view;
        for (id, fact) in rules.vocab.facts.enumerate() {
            let Some((when, otherwise)) = &fact.when else { continue };
            let cell = &e.views[view].facts[dossier_model::idx::Id::index(id)];
            let (Some(value), Some(origin)) = (&cell.value, cell.origin) else { continue };
            let same = match (value, otherwise) {
                (Value::Set { bits: a, .. }, Value::Set { bits: b, .. }) => a == b,
                (a, b) => a == b,
            };
            if !same && e.truth(*when) == Tri::False {
                out.push(Remark::FactNotInUse(id, origin));
            }
        }
        for (id, entity) in rules.vocab.entities.enumerate() {
            let Some(when) = entity.when else { continue };
            let members = &e.views[view].collections[dossier_model::idx::Id::index(id)].members;
            if let Some(first) = members.first()
                && e.truth(when) == Tri::False
            {
                out.push(Remark::EntityNotInUse(id, first.origin));
            }
        }
    }
}

/// Claims: expired, not needed, not accepted, or without what they must bring.
fn claims(e: &mut Eval<'_>, markets: &[MarketCheck], out: &mut Vec<Remark>) {
    let unit = e.views[0].unit;
    let mut all: Vec<(&Claim, Option<Sym>)> = Vec::new();
    scope_claims(&unit.scope, None, &mut all);
    for market in &unit.markets {
        scope_claims(&market.scope, Some(market.code), &mut all);
    }
    for (claim, place) in all {
        let r = &e.rules.law.requirements[claim.requirement];
        let accepts = r.accepts.as_ref().unwrap_or(&e.rules.law.instruments[r.instrument].accepts);
        let rows: Vec<(usize, &crate::check::Row)> = markets
            .iter()
            .filter(|m| place.is_none() || m.place == place)
            .flat_map(|m| {
                let view = e.views.iter().position(|v| v.place() == m.place).unwrap_or(0);
                m.rows.iter().filter(|row| row.requirement == claim.requirement).map(move |row| (view, row))
            })
            .collect();
        // Of a market that was not asked for nothing can be said.
        let asks = e.rules.law.instruments[r.instrument].jurisdiction;
        let unseen = e.views.iter().any(|v| {
            let here = v.jurisdiction() == asks && (place.is_none() || v.place() == place);
            here && !markets.iter().any(|m| m.place == v.place())
        });
        if unseen {
            continue;
        }
        if rows.is_empty() {
            let outcome = Outcome::NotApplicable;
            out.push(Remark::ClaimNotNeeded(claim.kind, claim.requirement, claim.origin, outcome));
            continue;
        }
        if claim.kind == ClaimKind::Waive
            && let Some(until) = claim.until
            && !claim.broken
            && !e.waiver_runs(claim)
        {
            out.push(Remark::WaiverExpired(claim.requirement, claim.origin, until));
            continue;
        }
        let used = rows.iter().any(|(_, row)| match &row.explained {
            Some(x) => x.parts.iter().any(|p| p.settled == Some(Settled::Claim(claim.kind, claim.origin))),
            None => row.judgement.settled == Some(Settled::Claim(claim.kind, claim.origin)),
        });
        if used {
            continue;
        }
        let settled = |o: Outcome| matches!(o, Outcome::Met | Outcome::NotApplicable | Outcome::Justified);
        if rows.iter().all(|(_, row)| settled(row.judgement.outcome)) {
            let outcome = rows[0].1.judgement.outcome;
            out.push(Remark::ClaimNotNeeded(claim.kind, claim.requirement, claim.origin, outcome));
            continue;
        }
        let brings = match claim.kind {
            ClaimKind::Justify => accepts.justification,
            ClaimKind::Alternative => accepts.alternative,
            ClaimKind::Waive => continue,
        };
        match brings {
            None => out.push(Remark::ClaimNotAccepted(claim.kind, claim.requirement, claim.origin)),
            Some(brings) if !claim.broken => {
                e.here = rows[0].0;
                if e.claim_stands(claim.requirement, claim) != Tri::True {
                    out.push(Remark::ClaimLacks(claim.kind, claim.requirement, claim.origin, brings));
                }
            }
            Some(_) => {}
        }
    }
}

fn scope_claims<'d>(scope: &'d ScopeDecl, place: Option<Sym>, all: &mut Vec<(&'d Claim, Option<Sym>)>) {
    all.extend(scope.claims.iter().map(|c| (c, place)));
    for entity in &scope.entities {
        entity_claims(entity, place, all);
    }
}

fn entity_claims<'d>(entity: &'d EntityDecl, place: Option<Sym>, all: &mut Vec<(&'d Claim, Option<Sym>)>) {
    all.extend(entity.claims.iter().map(|c| (c, place)));
    for held in &entity.held {
        entity_claims(held, place, all);
    }
}

/// Plans that come later than a deadline which has not passed yet.
fn deadlines(e: &mut Eval<'_>, markets: &[MarketCheck], out: &mut Vec<Remark>) {
    for market in markets {
        let Some(view) = e.views.iter().position(|v| v.place() == market.place) else { continue };
        e.here = view;
        for row in &market.rows {
            let asked = row.judgement.outcome != Outcome::NotApplicable;
            if asked && e.rules.has_deadline(row.requirement) {
                for part in e.explain(row.requirement, &row.judgement).parts {
                    too_late(&e.views[view], row.requirement, &part.derivation, None, out);
                }
            }
        }
    }
}

/// Looks at what decided for plans later than the deadline around them.
fn too_late(
    view: &View<'_>,
    r: RequirementId,
    d: &Derivation,
    deadline: Option<Date>,
    out: &mut Vec<Remark>,
) {
    if !d.decisive {
        return;
    }
    let deadline = d.due.or(deadline);
    if let (Some(deadline), Some(premise)) = (deadline, &d.premise)
        && let Some((origin, due)) = plan(view, premise)
        && due.first > deadline.last
    {
        out.push(Remark::PlanTooLate(r, origin, deadline));
    }
    d.children.iter().for_each(|c| too_late(view, r, c, deadline, out));
}

/// What a premise rests on, and when it will be there, if it is planned.
fn plan(view: &View<'_>, premise: &Premise) -> Option<(Origin, Date)> {
    match premise {
        Premise::Control(_, o) => {
            let due = Cell::new(None);
            view.any_control(|c| {
                if c.origin == *o {
                    due.set(match c.state {
                        State::Planned => c.due,
                        State::Implemented => c.since,
                        State::LeftOut | State::Broken => None,
                    });
                }
                c.origin == *o
            });
            due.get().map(|d| (*o, d))
        }
        Premise::Evidence(_, name, o) => {
            let d = view.evidence_named(*name).filter(|d| d.path.is_none() && d.url.is_none())?;
            d.due.map(|due| (*o, due))
        }
        _ => None,
    }
}

/// Plans whose day is past.
fn plans(scope: &ScopeDecl, as_of: Day, out: &mut Vec<Remark>) {
    let mut control = |c: &ControlDecl| {
        if c.state == State::Planned
            && let Some(due) = c.due
            && due.last < as_of
        {
            out.push(Remark::PlanPast(c.origin, due));
        }
    };
    scope.controls.iter().for_each(&mut control);
    let mut stack: Vec<&EntityDecl> = scope.entities.iter().collect();
    while let Some(entity) = stack.pop() {
        entity.controls.iter().for_each(&mut control);
        stack.extend(&entity.held);
    }
    for d in &scope.evidence {
        if d.path.is_none()
            && d.url.is_none()
            && let Some(due) = d.due
            && due.last < as_of
        {
            out.push(Remark::PlanPast(d.origin, due));
        }
    }
}

/// Evidence that does not stand, whether or not anything reads it.
fn evidence(e: &mut Eval<'_>, out: &mut Vec<Remark>) {
    for view in 0..e.views.len() {
        e.here = view;
        for d in e.views[view].evidence.clone() {
            let planned = d.path.is_none() && d.url.is_none();
            let Standing { stands, why } = e.stands(d);
            if stands != Tri::True && !planned && d.broken.is_empty() {
                let origin: Origin = d.path_origin.unwrap_or(d.origin);
                out.push(Remark::Evidence(d.name, origin, why, stands));
            }
        }
    }
}
