//! Faults that tests plant in the evaluator, one at a time, to see that something notices.
//!
//! Without the feature `faults`, which only the crate `dossier-tests` asks for, [`fault`] is a constant `false` and all
//! of it is optimised away.

use dossier_model::Rulebase;
use dossier_model::idx::Id;
use dossier_model::value::Value;
use dossier_model::view::View;
use dossier_model::vocab::Scope;

/// What each of them is; they are numbered from 1.
#[cfg(feature = "faults")]
pub const FAULTS: &[&str] = &[
    "`or` of what is unknown is unknown, whatever the other side is",
    "`and` of what is unknown is unknown, whatever the other side is",
    "a fact that nobody gave counts as `no`",
    "an edition is not in force on its first day",
    "a waiver does not run on its last day",
    "evidence stands after it has expired",
    "a plan whose day is past counts",
    "a set of which there may be more is taken for complete",
    "a market's own facts are ignored",
    "law that is asked once is judged as the first market sees it",
    "an exception works although its instrument is not in force",
    "the first edition that has begun counts, not the last",
    "the `when` of a family is dropped",
    "the best part of a `for` counts, not the worst",
    "who may have opted in has opted in",
    "a count has no upper end that counts",
    "what is not due yet is missed",
    "a control left out without a reason excuses",
    "a set of components is complete",
    "what is not applicable conforms",
    "`with` does not look at what is listed",
    "`every` over things of which there may be more holds",
    "of a table the first row that may match counts",
    "a month is taken for its first day",
];

/// Faults of how a device is seen.
pub(crate) fn in_views(rules: &Rulebase, views: &mut [View<'_>]) {
    if fault(9)
        && let Some((plain, others)) = views.split_last_mut()
    {
        for view in others {
            for (id, fact) in rules.vocab.facts.enumerate() {
                if fact.scope == Scope::Device {
                    view.facts[id.index()] = plain.facts[id.index()].clone();
                }
            }
        }
    }
    if fault(19) {
        for cell in views.iter_mut().flat_map(|v| &mut v.facts) {
            if let Some(Value::Set { open, .. }) = &mut cell.value {
                *open = false;
            }
        }
    }
}

#[cfg(feature = "faults")]
thread_local! {
    static PLANTED: std::cell::Cell<u8> = const { std::cell::Cell::new(0) };
}

/// Plants a fault for what this thread evaluates from now on; 0 takes it away.
#[cfg(feature = "faults")]
pub fn plant(n: u8) {
    PLANTED.set(n);
}

/// Whether a fault is planted.
#[cfg(feature = "faults")]
pub(crate) fn fault(n: u8) -> bool {
    PLANTED.get() == n
}

/// Whether a fault is planted: never.
#[cfg(not(feature = "faults"))]
pub(crate) const fn fault(_: u8) -> bool {
    false
}
