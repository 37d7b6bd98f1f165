//! Runs the tests that rulebooks hold.

use crate::Tri;
use crate::eval::Eval;
use crate::evidence::AllStand;
use dossier_base::{Diagnostic, Sym, codes};
use dossier_model::Rulebase;
use dossier_model::check::Sink;
use dossier_model::date::Day;
use dossier_model::device::{Unit, test_device};
use dossier_model::hir::{NodeRef, Origin};
use dossier_model::law::{Expected, RequirementId, Test};
use dossier_model::view::View;

/// What came of a test.
#[derive(Clone, Debug)]
pub struct TestRun {
    /// Of which requirement.
    pub requirement: RequirementId,
    /// What happens in it.
    pub title: std::sync::Arc<str>,
    /// What it expects.
    pub expects: Expected,
    /// What came out; none if it could not be run.
    pub got: Option<Expected>,
    /// The date of the check.
    pub at: Option<Day>,
    /// Where it stands.
    pub origin: Origin,
    /// What is wrong with it, if it could not be run.
    pub diagnostics: Vec<Diagnostic>,
}

impl TestRun {
    /// Whether it came out as expected.
    pub fn passed(&self) -> bool {
        self.got == Some(self.expects) && self.diagnostics.is_empty()
    }
}

/// A test, ready to run.
pub(crate) struct Prepared {
    pub(crate) unit: Unit,
    pub(crate) day: Day,
}

/// Runs all tests of a requirement.
pub fn run_tests(rules: &Rulebase, id: RequirementId) -> Vec<TestRun> {
    rules.law.requirements[id].tests.iter().map(|t| run_test(rules, id, t)).collect()
}

fn run_test(rules: &Rulebase, id: RequirementId, test: &Test) -> TestRun {
    let mut run = TestRun {
        requirement: id,
        title: test.title.clone(),
        expects: test.expects,
        got: None,
        at: None,
        origin: test.origin,
        diagnostics: Vec::new(),
    };
    match prepare(rules, id, test) {
        Ok(p) => {
            run.at = Some(p.day);
            run.got = Some(with_eval(rules, id, test, &p, |e| {
                e.judge(id).map_or(Expected::NotInForce, |j| Expected::Outcome(j.outcome))
            }));
        }
        Err(diagnostics) => run.diagnostics = diagnostics,
    }
    run
}

/// Reads the device of a test and finds its day.
pub(crate) fn prepare(rules: &Rulebase, id: RequirementId, test: &Test) -> Result<Prepared, Vec<Diagnostic>> {
    let r = &rules.law.requirements[id];
    let layers: Vec<NodeRef<'_>> =
        r.given.iter().chain([&test.origin]).filter_map(|o| rules.node(*o)).collect();
    let own = rules.law.instruments[r.instrument].jurisdiction.map(|j| (rules.law.jurisdictions[j].code, j));
    let row = r.family.and_then(|_| rules.node(r.origin));
    let place = |o: Origin| rules.place(o);
    let mut sink = Sink::new(&place);
    let unit = test_device(&layers, own, rules, row, &mut sink);
    if !sink.diagnostics.is_empty() {
        return Err(sink.diagnostics);
    }
    let day = match test.at {
        Some(d) => d.first,
        None => match first_day(rules, id, &unit) {
            Some(d) => d,
            None => {
                let at = rules.place(test.origin);
                return Err(vec![
                    codes::missing_field(at, "this test", "at")
                        .subject(&*test.title)
                        .help("the first day of the requirement cannot be told for this device"),
                ]);
            }
        },
    };
    Ok(Prepared { unit, day })
}

/// The first day on which the last edition that the requirement names, and the requirement itself, are in force
/// for the device.
fn first_day(rules: &Rulebase, id: RequirementId, unit: &Unit) -> Option<Day> {
    let r = &rules.law.requirements[id];
    let instrument = &rules.law.instruments[r.instrument];
    let n = r.editions.as_ref().map_or(instrument.editions.len() - 1, |e| e.last().copied().unwrap_or(0));
    let edition = instrument.editions.get(n)?;
    for entry in &edition.in_force {
        let holds = match entry.when {
            None => true,
            Some(when) => {
                let day = entry.from.or(r.in_force)?.first;
                let views = views(rules, unit);
                let mut e = Eval::new(rules, &views, day, &AllStand, &[]);
                e.here = own_view(rules, id, &views);
                e.truth(when) == Tri::True
            }
        };
        if holds {
            let from = entry.from?.first;
            return Some(r.in_force.map_or(from, |d| d.first.max(from)));
        }
    }
    None
}

fn views<'u>(rules: &Rulebase, unit: &'u Unit) -> Vec<View<'u>> {
    let markets = unit.markets.iter().map(|m| View::new(rules, unit, &[], Some(m)));
    let mut views: Vec<View<'u>> = markets.collect();
    // In a test the facts of the market at hand stand flat, with the device's; other markets do not share them.
    for view in &mut views {
        let own = view.place();
        for (id, fact) in rules.vocab.facts.enumerate() {
            let foreign = match fact.scope {
                dossier_model::vocab::Scope::Market(m) => Some(m) != own,
                dossier_model::vocab::Scope::Markets => false,
                dossier_model::vocab::Scope::Device => false,
            };
            if foreign {
                view.facts[dossier_model::idx::Id::index(id)] = dossier_model::view::Cell::default();
            }
        }
    }
    views.push(View::new(rules, unit, &[], None));
    views
}

fn own_view(rules: &Rulebase, id: RequirementId, views: &[View<'_>]) -> usize {
    let instrument = rules.law.requirements[id].instrument;
    let own: Option<Sym> =
        rules.law.instruments[instrument].jurisdiction.map(|j| rules.law.jurisdictions[j].code);
    match own {
        Some(code) => views.iter().position(|v| v.place() == Some(code)).unwrap_or(views.len() - 1),
        None => views.len() - 1,
    }
}

/// Runs something over the device of a test.
pub(crate) fn with_eval<R>(
    rules: &Rulebase,
    id: RequirementId,
    test: &Test,
    prepared: &Prepared,
    f: impl FnOnce(&mut Eval<'_>) -> R,
) -> R {
    let views = views(rules, &prepared.unit);
    let mut e = Eval::new(rules, &views, prepared.day, &AllStand, &test.conforms);
    e.here = own_view(rules, id, &views);
    f(&mut e)
}
