//! Evidence files, as verdicts ask for them. Each is looked at once a run.

use crate::discover::{absolute, shown};
use crate::vfs::Vfs;
use dossier_evidence::{Examined, Request, examine};
use dossier_model::device::{EvidenceDecl, ScopeDecl};
use dossier_model::{Model, Rulebase};
use dossier_verdict::{EvidenceFiles, Standing};
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// What a file was asked for: where from, the path, the digest, the formats.
type Key = (PathBuf, String, Option<String>, Vec<String>);

/// The evidence files of a project.
pub(crate) struct Files<'w> {
    root: &'w Path,
    evidence_root: Option<PathBuf>,
    vfs: &'w Vfs,
    rules: &'w Rulebase,
    seen: Mutex<FxHashMap<Key, Examined>>,
}

impl<'w> Files<'w> {
    pub(crate) fn new(
        root: &'w Path,
        evidence_root: Option<&str>,
        vfs: &'w Vfs,
        rules: &'w Rulebase,
    ) -> Self {
        let evidence_root = evidence_root.map(|r| absolute(&root.join(r)));
        Self { root, evidence_root, vfs, rules, seen: Mutex::default() }
    }

    fn examine(&self, decl: &EvidenceDecl) -> Option<Examined> {
        let path = decl.path.as_ref()?;
        let base = match &self.evidence_root {
            Some(r) => r.clone(),
            None => self.vfs.path(decl.origin.file)?.parent()?.to_owned(),
        };
        let mut formats: Vec<String> = decl
            .kinds
            .iter()
            .flat_map(|k| self.rules.vocab.kinds[*k].formats.iter().map(ToString::to_string))
            .collect();
        formats.sort();
        formats.dedup();
        let key = (base, path.to_string(), decl.sha256.as_ref().map(ToString::to_string), formats);
        let poisoned = "what was found of a file is never half-written";
        if let Some(found) = self.seen.lock().expect(poisoned).get(&key) {
            return Some(found.clone());
        }
        let formats: Vec<&str> = key.3.iter().map(String::as_str).collect();
        let found = examine(&Request {
            root: self.root,
            base: &key.0,
            path: &key.1,
            sha256: key.2.as_deref(),
            formats: &formats,
        });
        self.seen.lock().expect(poisoned).insert(key, found.clone());
        Some(found)
    }

    /// Path and digest of every evidence file that could be read.
    pub(crate) fn digests(&self, model: &Model) -> Vec<(String, String)> {
        let mut out = Vec::new();
        let mut take = |scope: &ScopeDecl| {
            for decl in &scope.evidence {
                if let Some(Examined { sha256: Some(digest), file: Some(file), .. }) = self.examine(decl) {
                    let root = self.root.canonicalize().unwrap_or_else(|_| self.root.to_owned());
                    out.push((shown(&root, &file), digest));
                }
            }
        };
        for file in model.files.values() {
            for unit in &file.devices.units {
                take(&unit.scope);
                unit.markets.iter().for_each(|m| take(&m.scope));
            }
        }
        out
    }
}

impl EvidenceFiles for Files<'_> {
    fn file(&self, decl: &EvidenceDecl) -> Standing {
        match self.examine(decl) {
            None => Standing::no("it names no file"),
            Some(Examined { standing: Ok(()), .. }) => Standing::yes(),
            Some(Examined { standing: Err(why), .. }) => Standing::no(why.to_string()),
        }
    }
}
