//! The registry of diagnostic codes, made at build time from `crates/base/diagnostics/*.md`.
//!
//! One page a diagnostic: its code, severity, message and help stand there and nowhere else. For each there is a
//! constructor named after the file; its parameters are the holes of the message.

use crate::{Code, Diagnostic, Place, Severity};

include!(concat!(env!("OUT_DIR"), "/codes.rs"));

/// The code with that id (`E0101`) or name (`unknown-field`).
pub fn find(name: &str) -> Option<&'static Code> {
    ALL.iter().copied().find(|c| c.id.eq_ignore_ascii_case(name) || c.name == name)
}
