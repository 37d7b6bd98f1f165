//! The real evaluator on files in memory, with what it says told in the words of the naive one.

use crate::naive::{Date, Key, Verdict};
use dossier_base::{Diagnostic, FileId};
use dossier_model::date::Day;
use dossier_model::device::EvidenceDecl;
use dossier_model::hir;
use dossier_model::{Model, ModelFile, Rulebase, Rulebook, Uses, compile};
use dossier_verdict::{Detail, EvidenceFiles, Options, Remark, Standing, check_device};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Says of a declaring file and a path whether the file behind it stands.
pub type Stands = fn(&str, &str) -> bool;

/// Rulebooks, compiled once.
#[derive(Clone, Debug)]
pub struct Law {
    /// Vocabulary and law.
    pub rules: Arc<Rulebase>,
    /// What is wrong with them.
    pub diagnostics: Vec<Diagnostic>,
}

/// Device files over a law.
#[derive(Clone, Debug)]
pub struct Project {
    /// The files, their names, who uses whom.
    pub model: Model,
    /// What is wrong with them, evaluation aside.
    pub diagnostics: Vec<Diagnostic>,
    names: Vec<String>,
}

struct Files<'p> {
    names: &'p [String],
    stands: Stands,
}

impl EvidenceFiles for Files<'_> {
    fn file(&self, decl: &EvidenceDecl) -> Standing {
        let file = &self.names[(decl.origin.file.0 - FIRST) as usize];
        match &decl.path {
            Some(path) if (self.stands)(file, path) => Standing::yes(),
            Some(_) => Standing::no("it is not there"),
            None => Standing::no("it names no file"),
        }
    }
}

/// The id of the first device file; rulebooks have those before.
const FIRST: u32 = 10_000;

/// The embedded rulebooks as (path, text).
pub fn embedded() -> Vec<(String, String)> {
    dossier_rulebooks::ALL.iter().map(|f| (f.path.to_owned(), f.text.to_owned())).collect()
}

impl Law {
    /// Compiles the rulebooks among the files.
    pub fn read(files: &[(String, String)]) -> Self {
        let mut diagnostics = Vec::new();
        let mut books = Vec::new();
        for ((_, text), id) in files.iter().filter(|(path, _)| path.ends_with(".rulebook")).zip(0..) {
            let parse = dossier_syntax::parse(FileId(id), text.as_str());
            let (summary, map) = hir::lower(&parse);
            diagnostics.extend(parse.diagnostics);
            books.push(Rulebook {
                file: FileId(id),
                summary: Arc::new(summary),
                map: Arc::new(map),
                embedded: true,
            });
        }
        let rules = compile(&books);
        diagnostics.extend(rules.diagnostics.iter().cloned());
        Self { rules: Arc::new(rules), diagnostics }
    }

    /// Reads the device files among the files.
    pub fn project(&self, files: &[(String, String)]) -> Project {
        let mut diagnostics = Vec::new();
        let devices: Vec<_> = files.iter().filter(|(path, _)| !path.ends_with(".rulebook")).collect();
        let names: Vec<String> = devices.iter().map(|(path, _)| path.clone()).collect();
        let mut read = BTreeMap::new();
        let mut uses = BTreeMap::new();
        for ((path, text), id) in devices.iter().zip(FIRST..) {
            let id = FileId(id);
            let parse = dossier_syntax::parse(id, text.as_str());
            let (summary, map) = hir::lower(&parse);
            diagnostics.extend(parse.diagnostics);
            let file = ModelFile::new(id, Arc::new(summary), Arc::new(map), &self.rules);
            diagnostics.extend(file.diagnostics.iter().cloned());
            let used: Uses = file
                .devices
                .uses
                .iter()
                .map(|(to, origin)| {
                    let target = normal(&Path::new(path).parent().unwrap_or(Path::new("")).join(&**to));
                    let found = names.iter().zip(FIRST..).find(|(n, _)| Path::new(n) == target);
                    (
                        to.clone(),
                        *origin,
                        found.map(|(_, n)| FileId(n)).ok_or_else(|| "no such file".to_owned()),
                    )
                })
                .collect();
            uses.insert(id, Arc::new(used));
            read.insert(id, Arc::new(file));
        }
        let model = Model::new(self.rules.clone(), read, uses.into_iter().collect());
        for id in model.files.keys().copied().collect::<Vec<_>>() {
            diagnostics.extend(model.link_diagnostics(id));
        }
        Project { model, diagnostics, names }
    }

    /// All verdicts of all devices of the files.
    ///
    /// # Errors
    /// If the files are not well formed: what is wrong with them.
    pub fn verdicts(
        &self,
        files: &[(String, String)],
        as_of: Date,
        stands: Stands,
    ) -> Result<BTreeMap<Key, Verdict>, Vec<String>> {
        let project = self.project(files);
        if !project.diagnostics.is_empty() {
            return Err(project.diagnostics.iter().map(describe).collect());
        }
        Ok(project.verdicts(as_of, stands))
    }
}

impl Project {
    /// All verdicts of all devices, whatever is wrong with the files.
    pub fn verdicts(&self, as_of: Date, stands: Stands) -> BTreeMap<Key, Verdict> {
        let files = Files { names: &self.names, stands };
        let options = Options { as_of: day(as_of), markets: &[], detail: Detail::Outcomes };
        let law = &self.model.rules.law;
        let mut out = BTreeMap::new();
        for (unit, device) in self.model.devices() {
            let check = check_device(&self.model, unit, &files, &options).expect("a device");
            for market in check.markets {
                let place = market.place.map_or("any", |p| p.as_str());
                for row in market.rows {
                    let key = (
                        device.name.to_string(),
                        place.to_owned(),
                        law.requirements[row.requirement].code.to_string(),
                    );
                    let outcome = row.judgement.outcome.as_str().to_owned();
                    out.insert(key, Verdict { outcome, planned: row.judgement.planned.map(date) });
                }
            }
        }
        out
    }
}

impl Project {
    /// What there is to say of the devices' declarations besides verdicts.
    pub fn remarks(&self, as_of: Date, stands: Stands) -> Vec<Remark> {
        let files = Files { names: &self.names, stands };
        let options = Options { as_of: day(as_of), markets: &[], detail: Detail::Shortfalls };
        let units: Vec<_> = self.model.devices().map(|(unit, _)| unit).collect();
        let checks = units.into_iter().filter_map(|u| check_device(&self.model, u, &files, &options));
        checks.flat_map(|c| c.remarks).collect()
    }
}

/// A diagnostic on one line.
pub fn describe(d: &Diagnostic) -> String {
    format!("{}: {}", d.code.id, d.message)
}

fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// A calendar day.
pub fn day((year, month, day): Date) -> Day {
    let (year, month, day) = (i16::try_from(year), i8::try_from(month), i8::try_from(day));
    let fits = "a date fits";
    Day::new(year.expect(fits), month.expect(fits), day.expect(fits)).expect("a calendar day")
}

/// Year, month and day.
pub fn date(day: Day) -> Date {
    let fits = "no date before the year 0";
    (
        u16::try_from(day.year()).expect(fits),
        u8::try_from(day.month()).expect(fits),
        u8::try_from(day.day()).expect(fits),
    )
}
