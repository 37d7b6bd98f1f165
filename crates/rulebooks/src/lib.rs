//! The rulebooks that come with the program: vocabulary and law, in the language itself. Data only.

/// A rulebook.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Embedded {
    /// Its path below this crate.
    pub path: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// All of them, in order of their paths.
pub static ALL: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The version of vocabulary and law together; it changes with every change of theirs and is printed in every
/// output. `dossier.toml` may pin it.
pub const VERSION: &str = "2026.11.1";
