//! Verdicts: what each requirement says of each device in each market, and why.
//!
//! Pure: what evidence files tell comes through [`EvidenceFiles`]. An outcome costs a byte or two while a check
//! runs; derivations are built for what is shown.
//!
//! Knows nothing of disks, output formats, or of any country, regulator or control.

mod advice;
mod analysis;
mod check;
mod coverage;
mod declared;
mod eval;
mod evidence;
mod explain;
mod faults;
mod findings;
mod load;
mod remarks;
mod show;
mod tests;
mod tri;
mod verdict;

pub use analysis::{diagnostics as law_diagnostics, unread};
pub use check::{
    Detail, DeviceCheck, Explained, MarketCheck, Options, PartExplained, Remark, Row, check_device, describe,
};
pub use coverage::{Coverage, Gap, Subject, coverage};
pub use evidence::{AllStand, EvidenceFiles, Standing};
pub use explain::{Derivation, FieldName, Lack, Premise};
#[cfg(feature = "faults")]
pub use faults::{FAULTS, plant};
pub use findings::{Finding, Findings, Severities, diagnostics};
pub use load::embedded;
pub use tests::{TestRun, run_tests};
pub use tri::Tri;
pub use verdict::{Judgement, Settled, severity};
