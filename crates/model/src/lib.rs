//! Meaning.
//!
//! [`hir`] lowers a parsed file to an offset-free summary; [`compile`] makes vocabulary and law of the summaries of
//! rulebooks; [`device`] reads the summaries of device files with that vocabulary; [`view`] is a device as one
//! market sees it.
//!
//! Knows nothing of disks, of verdicts, or of any country, regulator or control: those are names in rulebooks.

pub mod check;
pub mod compile;
pub mod date;
pub mod device;
pub mod expr;
pub mod hir;
pub mod idx;
pub mod law;
mod model;
pub mod value;
pub mod view;
pub mod vocab;

pub use compile::{Rulebase, Rulebook, compile};
pub use model::{Model, ModelFile, UnitId, Uses, WorkspaceIndex};
