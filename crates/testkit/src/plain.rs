//! A diagnostic as plain text, all of it, for snapshots.

use dossier_base::{Applicability, Diagnostic, FileId, Lines, NoteKind, Place};
use std::fmt::Write as _;

/// Everything that a diagnostic says. `file` gives the path and text of a file.
pub fn plain<'t>(d: &Diagnostic, file: &dyn Fn(FileId) -> Option<(String, &'t str)>) -> String {
    let mut out = String::new();
    let mut say = |line: String| {
        let _ = writeln!(out, "{line}");
    };
    let at = |place: Place| match file(place.file) {
        Some((path, text)) => {
            let at = Lines::new(text).line_col(place.start());
            let marked = &text[place.text_range()];
            format!("{path}:{}:{} {marked:?}", at.line, at.column)
        }
        None => "a rulebook that came with the program".to_owned(),
    };
    say(format!("{} {}: {}", d.code.id, d.severity.as_str(), d.message));
    say(format!("  at {}", d.place.map_or_else(|| "no place".to_owned(), at)));
    if !d.label.is_empty() {
        say(format!("  label: {}", d.label));
    }
    for label in &d.labels {
        say(format!("  also {}: {}", at(label.place), label.text).trim_end_matches(": ").to_owned());
    }
    for note in &d.notes {
        let word = match note.kind {
            NoteKind::Note => "note",
            NoteKind::Help => "help",
        };
        say(format!("  {word}: {}", note.text));
    }
    if !d.decides.is_empty() {
        say(format!("  decides: {}", d.decides.join(", ")));
    }
    for fix in &d.fixes {
        let how = match fix.applicability {
            Applicability::Safe => "safe",
            Applicability::Maybe => "to be looked at",
        };
        say(format!("  fix ({how}): {}", fix.title));
        for edit in &fix.edits {
            say(format!("    {} becomes {:?}", at(edit.place), edit.text));
        }
    }
    out
}
