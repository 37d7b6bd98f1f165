//! Which facts may change a verdict that was already settled: those that only exemptions, exceptions, opting in,
//! `declared` and the left of `by` read. Of everything else a verdict that is met, unmet or not applicable does not
//! hang any more.

use crate::generator::names_of;
use dossier_model::Rulebase;
use dossier_model::expr::{Expr, ExprId, children};
use dossier_model::law::{InstrumentId, RequirementId};
use dossier_model::vocab::{FactId, FactKind};
use std::collections::BTreeSet;

/// Those of a requirement.
pub fn loose(rules: &Rulebase, id: RequirementId) -> BTreeSet<FactId> {
    let mut walk =
        Walk { rules, found: BTreeSet::new(), requirements: BTreeSet::new(), facts: BTreeSet::new() };
    walk.requirement(id);
    walk.found
}

struct Walk<'r> {
    rules: &'r Rulebase,
    found: BTreeSet<FactId>,
    requirements: BTreeSet<RequirementId>,
    facts: BTreeSet<FactId>,
}

impl Walk<'_> {
    fn all_of(&mut self, e: ExprId) {
        self.found.extend(names_of(self.rules, e).facts);
    }

    fn requirement(&mut self, id: RequirementId) {
        if !self.requirements.insert(id) {
            return;
        }
        let law = &self.rules.law;
        let r = &law.requirements[id];
        r.unless.iter().for_each(|e| self.all_of(*e));
        for e in &r.exceptions {
            let exception = &law.exceptions[*e];
            self.instrument(exception.instrument);
            exception.when.into_iter().for_each(|e| self.all_of(e));
        }
        let instrument = &law.instruments[r.instrument];
        instrument.opt_in.into_iter().for_each(|e| self.all_of(e));
        let filter = r.each.as_ref().and_then(|e| e.filter);
        for e in r.when.iter().copied().chain([r.require]).chain(instrument.applies).chain(filter) {
            self.expr(e);
        }
    }

    /// Whether an exception works hangs on its instrument.
    fn instrument(&mut self, id: InstrumentId) {
        let law = &self.rules.law;
        let replaced_by = law.instruments.iter().filter(|i| i.supersedes.contains(&id));
        for i in replaced_by.chain([&law.instruments[id]]) {
            let editions = i.editions.iter().flat_map(|e| &e.in_force).filter_map(|f| f.when);
            editions.chain(i.applies).chain(i.opt_in).for_each(|e| self.all_of(e));
        }
    }

    fn expr(&mut self, id: ExprId) {
        let e = &self.rules.expr(id).expr;
        match e {
            Expr::DeclaredFact(f) => {
                self.found.insert(*f);
            }
            Expr::By(done, _) => {
                if let Expr::Fact(_) | Expr::BoundFact(..) = self.rules.expr(*done).expr {
                    self.all_of(*done);
                }
            }
            Expr::Conforms(target) => {
                for r in self.rules.law.requirements_of(*target) {
                    self.requirement(r);
                }
            }
            Expr::Fact(f) | Expr::BoundFact(_, f) if self.facts.insert(*f) => {
                let fact = &self.rules.vocab.facts[*f];
                let mut roots: Vec<ExprId> = fact.when.iter().map(|w| w.0).collect();
                match &fact.kind {
                    FactKind::Derived(e) => roots.push(*e),
                    FactKind::Table(columns, _) => roots.extend(columns),
                    FactKind::Declared | FactKind::Broken => {}
                }
                roots.into_iter().for_each(|e| self.expr(e));
            }
            _ => {}
        }
        children(e).into_iter().for_each(|c| self.expr(c));
    }
}
