//! `dossier check --fix`: applies the fixes that can only be meant one way.

use crate::terminal::complain;
use crate::{Unusable, output};
use dossier_base::{Applicability, Diagnostic, Edit, FileId};
use dossier_render::text;
use dossier_workspace::Workspace;
use std::collections::BTreeMap;

/// A fix may uncover another; after so many rounds what is left is left.
const ROUNDS: usize = 8;

/// Applies what can be applied to the files of a project, each written whole or not at all, and says on standard error
/// what was done. Gives whether anything was.
///
/// # Errors
/// If a file cannot be written.
pub(super) fn apply(ws: &Workspace) -> Result<bool, Unusable> {
    let mut ws = ws.clone();
    let mut done: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for _ in 0..ROUNDS {
        let round = edits(&ws, &ws.static_diagnostics());
        if round.is_empty() {
            break;
        }
        for (file, fixes) in round {
            let Some(source) = ws.source(file) else { continue };
            let (path, mut text) = (source.path.clone(), source.text.to_string());
            // From the back, so that places stay right.
            let mut edits: Vec<&Edit> = fixes.iter().flat_map(|f| &f.edits).collect();
            edits.sort_by_key(|e| std::cmp::Reverse(e.place.start()));
            for edit in edits {
                text.replace_range(edit.place.start() as usize..edit.place.end() as usize, &edit.text);
            }
            done.entry(path.clone()).or_default().extend(fixes.iter().map(|f| f.said.clone()));
            ws.set_text(&ws.root().join(&path), &text);
            texts.insert(path, text);
        }
    }
    for (path, text) in &texts {
        output::replace(&ws.root().join(path), |out| out.write_all(text.as_bytes()))?;
    }
    let fixes: usize = done.values().map(Vec::len).sum();
    for (path, said) in &done {
        for line in said {
            complain(&format!("fixed {path}:{line}"));
        }
    }
    complain(&match fixes {
        0 => "dossier: nothing can be fixed without a person".to_owned(),
        _ => format!(
            "dossier: {} in {}",
            text::count(fixes, "fix", "fixes"),
            text::count(done.len(), "file", "files")
        ),
    });
    Ok(fixes > 0)
}

/// What is applied of one diagnostic.
struct Applied {
    edits: Vec<Edit>,
    /// The line, and what was done.
    said: String,
}

/// The fixes of a round, by file: none that overlaps another, none outside the project's own files.
fn edits(ws: &Workspace, diagnostics: &[Diagnostic]) -> BTreeMap<FileId, Vec<Applied>> {
    let mut found: BTreeMap<FileId, Vec<Applied>> = BTreeMap::new();
    for d in diagnostics {
        let Some(fix) = d.fixes.iter().find(|f| f.applicability == Applicability::Safe) else { continue };
        let Some(file) = fix.edits.first().map(|e| e.place.file) else { continue };
        let own = ws.model().files.contains_key(&file)
            || ws.model().rules.files.get(&file).is_some_and(|f| !f.embedded);
        if !own || fix.edits.iter().any(|e| e.place.file != file) {
            continue;
        }
        let list = found.entry(file).or_default();
        let overlaps = |e: &Edit| {
            let before = list.iter().flat_map(|a| &a.edits);
            before.into_iter().any(|o| e.place.start() <= o.place.end() && o.place.start() <= e.place.end())
        };
        if fix.edits.iter().any(overlaps) {
            continue;
        }
        let line = ws.source(file).map_or(0, |s| {
            let start = d.place.map_or(0, |p| p.start() as usize).min(s.text.len());
            s.text.as_bytes()[..start].iter().filter(|b| **b == b'\n').count() + 1
        });
        list.push(Applied {
            edits: fix.edits.clone(),
            said: format!("{line}: {} ({})", fix.title, d.code.id),
        });
    }
    found.retain(|_, list| !list.is_empty());
    found
}
