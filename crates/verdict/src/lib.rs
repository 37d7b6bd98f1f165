//! Verdicts: what each requirement says of each device in each market, and why.
//!
//! Pure: what evidence files tell comes through [`EvidenceFiles`]. An outcome costs a byte or two while a check
//! runs; derivations are built for what is shown.
//!
//! Knows nothing of disks, output formats, or of any country, regulator or control.

mod eval;
mod evidence;
mod explain;
mod load;
mod show;
mod tests;
mod tri;
mod verdict;

pub use evidence::{AllStand, EvidenceFiles, Standing};
pub use explain::{Derivation, FieldName, Premise};
pub use load::embedded;
pub use tests::{TestRun, run_tests};
pub use tri::Tri;
pub use verdict::{Judgement, Settled, severity};
