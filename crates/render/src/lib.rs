//! Outputs: one file per format.
//!
//! A format is a [`Format`]: it asks a [`Feed`] for checked devices and diagnostics and writes them. To add one, write
//! its file and name it in [`FORMATS`]; the command line, its help and its completions read that list.
//!
//! Knows nothing of disks, terminals' abilities, or how the devices came to be checked.

mod files;
mod github;
mod gitlab;
mod human;
mod json;
mod junit;
mod outcome;
mod owners;
mod plain;
mod premise;
pub mod rules;
mod sarif;
pub mod schema;
mod since;
pub mod text;

use dossier_base::{Diagnostic, FileId, Severity};
use dossier_model::Model;
use dossier_model::date::Day;
use dossier_verdict::{Detail, DeviceCheck, Finding, Row};
use std::io::{self, Write};

pub use files::Files;
pub use human::{diagnostic, diagnostics};
pub use outcome::{Counts, outcome_words};
pub use owners::Fingerprints;
pub use since::{Before, Since};
pub use text::Look;

/// Every format of `dossier check`, the default first.
pub static FORMATS: &[&dyn Format] = &[
    &human::Human,
    &plain::Plain,
    &json::Json,
    &sarif::Sarif,
    &junit::Junit,
    &github::Github,
    &gitlab::Gitlab,
];

/// The format of that name.
pub fn format(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|f| f.name() == name)
}

/// A file as outputs show it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct File<'s> {
    /// Its path relative to the project's root, with `/`.
    pub path: &'s str,
    /// Its text.
    pub text: &'s str,
}

/// Whoever knows the files.
pub trait Sources {
    /// The file of that id.
    fn file(&self, id: FileId) -> Option<File<'_>>;

    /// Path and SHA-256 of everything that was read. May take a while.
    fn inputs(&self) -> Vec<(String, String)>;
}

/// What is told of a run besides its results.
pub struct Run<'r> {
    /// The version of the program.
    pub tool: &'r str,
    /// The version of the embedded rulebooks.
    pub rulebooks: &'r str,
    /// The date of the check.
    pub as_of: Day,
    /// The picture of the project.
    pub model: &'r Model,
    /// The files.
    pub sources: &'r dyn Sources,
    /// How the command was called, without its format: "dossier check examples".
    pub command: &'r str,
    /// Diagnostic codes that the configuration switches off.
    pub switched_off: Vec<&'r str>,
    /// The word for when a run fails: `error`, `warning`, `information` or `never`.
    pub fail_on: &'r str,
    /// An earlier check, if only what is new or worse since then is told.
    pub since: Option<&'r Before>,
    /// Whether something of that severity fails the run.
    pub fails: &'r dyn Fn(Severity) -> bool,
    /// How much a verdict weighs, as configured; none for one that does not fall short or is switched off.
    pub severity: &'r dyn Fn(&Row) -> Option<Severity>,
}

/// Where results come from.
pub trait Feed {
    /// What is wrong before any law is looked at.
    fn static_diagnostics(&mut self) -> Vec<Diagnostic>;

    /// Gives the devices one by one, in order of their names, each explained as far as asked. Called once. Findings
    /// are made of what is explained, so whoever asks for them asks for [`Detail::Shortfalls`] at least.
    ///
    /// # Errors
    /// Those of `each`.
    fn devices(
        &mut self,
        detail: Detail,
        each: &mut dyn FnMut(&DeviceCheck) -> io::Result<()>,
    ) -> io::Result<()>;

    /// Gives what there is to do about the devices that were given, in order. Called once, after them.
    ///
    /// # Errors
    /// Those of `each`.
    fn findings(&mut self, each: &mut dyn FnMut(&Finding<'_>) -> io::Result<()>) -> io::Result<()>;
}

/// A way to write the results of a check.
pub trait Format: Sync {
    /// The word on the command line.
    fn name(&self) -> &'static str;

    /// What it is for, in a few words.
    fn about(&self) -> &'static str;

    /// Writes everything.
    ///
    /// # Errors
    /// If it cannot be written.
    fn write(&self, run: &Run<'_>, feed: &mut dyn Feed, look: &Look, out: &mut dyn Write) -> io::Result<()>;

    /// Writes that the program failed, where the format has a way to say so. `tool` is the program's version.
    ///
    /// # Errors
    /// If it cannot be written.
    fn write_internal_error(&self, _tool: &str, _why: &str, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}
