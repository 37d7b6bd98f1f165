//! Loads the rulebooks that came with the program.

use dossier_base::{Diagnostic, FileId};
use dossier_model::{Rulebook, hir};
use std::sync::Arc;

/// The embedded rulebooks, parsed and lowered, with their texts' diagnostics (none, or the tests have failed).
/// Their files get the ids from `first` on, in order.
pub fn embedded(first: u32) -> (Vec<Rulebook>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let books = dossier_rulebooks::ALL
        .iter()
        .zip(first..)
        .map(|(file, id)| {
            let parse = dossier_syntax::parse(FileId(id), file.text);
            let (summary, map) = hir::lower(&parse);
            diagnostics.extend(parse.diagnostics);
            Rulebook { file: FileId(id), summary: Arc::new(summary), map: Arc::new(map), embedded: true }
        })
        .collect();
    (books, diagnostics)
}
