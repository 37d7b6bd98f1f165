//! A workspace without a disk: texts by path, read as the compiler reads them, up to names and types.

use crate::corpus::{self, is_rulebook};
use dossier_base::{Diagnostic, FileId};
use dossier_model::date::Day;
use dossier_model::device::Unit;
use dossier_model::hir::Origin;
use dossier_model::law::Outcome;
use dossier_model::{Model, ModelFile, Rulebase, Rulebook, Uses, compile, hir};
use dossier_syntax::Parse;
use dossier_verdict::{AllStand, Detail, Options, check_device};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

/// The first id that no embedded rulebook has.
const FIRST: u32 = 10_000;

static BOOKS: LazyLock<Vec<Rulebook>> = LazyLock::new(|| dossier_verdict::embedded(0).0);
static EMBEDDED: LazyLock<Arc<Rulebase>> = LazyLock::new(|| Arc::new(compile(&BOOKS)));

/// The embedded rulebooks, compiled once.
pub fn embedded() -> Arc<Rulebase> {
    EMBEDDED.clone()
}

/// Outcomes by device, market (`any` for law that is asked once) and requirement.
pub type Outcomes = BTreeMap<(&'static str, &'static str, &'static str), Outcome>;

/// A file of a world, read.
#[derive(Clone, Debug)]
enum Read {
    Device(Arc<ModelFile>),
    Rulebook(Rulebook),
}

/// A workspace.
#[derive(Clone, Debug)]
pub struct World {
    /// Texts by path.
    pub texts: BTreeMap<String, Arc<str>>,
    ids: BTreeMap<String, FileId>,
    /// Whether the embedded rulebooks belong to it.
    embedded: bool,
    rules: Arc<Rulebase>,
    read: BTreeMap<FileId, (Read, Vec<Diagnostic>)>,
}

impl World {
    /// Reads files: paths and texts. `embedded` says whether the embedded rulebooks stand beside those among them.
    pub fn new(files: impl IntoIterator<Item = (String, String)>, embedded: bool) -> Self {
        let texts: BTreeMap<String, Arc<str>> = files.into_iter().map(|(p, t)| (p, Arc::from(t))).collect();
        let ids = texts.keys().zip(FIRST..).map(|(p, n)| (p.clone(), FileId(n))).collect();
        let mut world = Self { texts, ids, embedded, rules: Arc::default(), read: BTreeMap::new() };
        let paths: Vec<String> = world.texts.keys().cloned().collect();
        for path in paths.iter().filter(|p| is_rulebook(p)) {
            world.read_rulebook(path);
        }
        world.compile();
        world
    }

    /// The worlds under a folder of the repository: one if it has a `dossier.toml`, else one for each folder in it.
    /// That called `alone` is read without the embedded rulebooks. Files that are not UTF-8, or neither device file nor rulebook, are left out.
    pub fn below(folder: &str) -> BTreeMap<String, Self> {
        let mut found: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        let files = corpus::files(folder);
        let one = files.iter().any(|f| f.path == "dossier.toml");
        for file in files {
            let (name, path) = file.path.split_once('/').filter(|_| !one).unwrap_or(("", &file.path));
            if corpus::is_dossier(path)
                && let Ok(text) = String::from_utf8(file.bytes)
            {
                found.entry(name.to_owned()).or_default().push((path.to_owned(), text));
            }
        }
        found.into_iter().map(|(name, files)| (name.clone(), Self::new(files, name != "alone"))).collect()
    }

    /// The same with another text for one of its files.
    #[must_use]
    pub fn with(&self, path: &str, text: &str) -> Self {
        let mut world = self.clone();
        world.texts.insert(path.to_owned(), Arc::from(text));
        if is_rulebook(path) {
            world.read_rulebook(path);
            world.compile();
        } else {
            world.read_device(path);
        }
        world
    }

    /// Reads a file's text again.
    pub fn parse(&self, path: &str) -> Parse {
        dossier_syntax::parse(self.ids[path], self.texts[path].clone())
    }

    fn read_rulebook(&mut self, path: &str) {
        let id = self.ids[path];
        let parse = self.parse(path);
        let (summary, map) = hir::lower(&parse);
        let book = Rulebook { file: id, summary: Arc::new(summary), map: Arc::new(map), embedded: false };
        self.read.insert(id, (Read::Rulebook(book), parse.diagnostics));
    }

    fn read_device(&mut self, path: &str) {
        let id = self.ids[path];
        let parse = self.parse(path);
        let (summary, map) = hir::lower(&parse);
        let file = ModelFile::new(id, Arc::new(summary), Arc::new(map), &self.rules);
        self.read.insert(id, (Read::Device(Arc::new(file)), parse.diagnostics));
    }

    /// Compiles the rulebooks and reads all devices by them.
    fn compile(&mut self) {
        let own: Vec<Rulebook> = self
            .read
            .values()
            .filter_map(|(read, _)| if let Read::Rulebook(b) = read { Some(b.clone()) } else { None })
            .collect();
        self.rules = match (self.embedded, own.is_empty()) {
            (true, true) => embedded(),
            (true, false) => Arc::new(compile(&[BOOKS.clone(), own].concat())),
            (false, _) => Arc::new(compile(&own)),
        };
        let devices: Vec<String> = self.texts.keys().filter(|p| !is_rulebook(p)).cloned().collect();
        for path in devices {
            self.read_device(&path);
        }
    }

    /// Vocabulary and law.
    pub fn rules(&self) -> &Arc<Rulebase> {
        &self.rules
    }

    /// The workspace as one picture.
    pub fn model(&self) -> Model {
        let mut files: BTreeMap<FileId, Arc<ModelFile>> = BTreeMap::new();
        for (id, (read, _)) in &self.read {
            if let Read::Device(file) = read {
                files.insert(*id, file.clone());
            }
        }
        let mut uses: FxHashMap<FileId, Arc<Uses>> = FxHashMap::default();
        for (path, id) in &self.ids {
            if let Some(file) = files.get(id) {
                let found =
                    file.devices.uses.iter().map(|(to, origin)| self.resolve(path, to, *origin)).collect();
                uses.insert(*id, Arc::new(found));
            }
        }
        Model::new(self.rules.clone(), files, uses)
    }

    fn resolve(
        &self,
        from: &str,
        to: &Arc<str>,
        origin: Origin,
    ) -> (Arc<str>, Origin, Result<FileId, String>) {
        let mut parts: Vec<&str> = from.split('/').collect();
        parts.pop();
        for part in to.split('/') {
            match part {
                "." => {}
                ".." => drop(parts.pop()),
                part => parts.push(part),
            }
        }
        let found = self.ids.get(&parts.join("/")).copied().ok_or_else(|| "no such file".to_owned());
        (to.clone(), origin, found)
    }

    /// Diagnostics of syntax, names and types, of all files, in order of files and places. Verdicts have no part.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let mut all: Vec<Diagnostic> = self.read.values().flat_map(|(_, d)| d.iter().cloned()).collect();
        let own = |d: &&Diagnostic| d.place.is_none_or(|p| p.file.0 >= FIRST);
        all.extend(self.rules.diagnostics.iter().filter(own).cloned());
        let model = self.model();
        for (id, file) in &model.files {
            all.extend(file.diagnostics.iter().cloned());
            all.extend(model.link_diagnostics(*id));
        }
        all.sort_by(|a, b| (a.place, a.code.id, &a.message).cmp(&(b.place, b.code.id, &b.message)));
        all
    }

    /// The outcomes of all its devices on a day, if all files of evidence stand.
    pub fn outcomes(&self, as_of: Day) -> Outcomes {
        let model = self.model();
        let options = Options { as_of, markets: &[], detail: Detail::Outcomes };
        let mut found = Outcomes::default();
        for (unit, device) in model.devices() {
            let check = check_device(&model, unit, &AllStand, &options).into_iter().flat_map(|c| c.markets);
            for market in check {
                let place = market.place.map_or("any", |p| p.as_str());
                for row in market.rows {
                    let code = self.rules.law.requirements[row.requirement].code.as_str();
                    found.insert((device.name.as_str(), place, code), row.judgement.outcome);
                }
            }
        }
        found
    }

    /// The devices that no change of a file reaches, if it lies inside one of the things at its top level: those that
    /// neither stand there nor use the file, and those that stand beside it and include nothing.
    pub fn out_of_reach(&self, path: &str, inside: Option<u32>) -> BTreeSet<&'static str> {
        let model = self.model();
        let changed = self.id(path);
        let uses = |from: FileId| {
            let used = model.uses.get(&from).into_iter().flat_map(|u| u.iter());
            used.filter_map(|(_, _, to)| to.as_ref().ok().copied()).collect::<Vec<FileId>>()
        };
        let reaches = |from: FileId| {
            let mut seen = BTreeSet::from([from]);
            let mut left = vec![from];
            while let Some(next) = left.pop() {
                left.extend(uses(next).into_iter().filter(|f| seen.insert(*f)));
            }
            seen.contains(&changed)
        };
        let beside = |unit: &Unit| {
            let here = unit.origin.file == changed;
            here && unit.includes.is_empty() && inside.is_some_and(|i| i != unit.origin.tree)
        };
        let safe = model.devices().filter(|(_, d)| !reaches(d.origin.file) || beside(d));
        safe.map(|(_, d)| d.name.as_str()).collect()
    }

    /// The path of a file of it.
    pub fn path(&self, id: FileId) -> Option<&str> {
        self.ids.iter().find(|(_, i)| **i == id).map(|(p, _)| p.as_str())
    }

    /// The id of a file of it.
    ///
    /// # Panics
    /// If it has no such file.
    pub fn id(&self, path: &str) -> FileId {
        self.ids[path]
    }

    /// A diagnostic as a line: `lamp.dossier:3:7: E0001 expected …`.
    pub fn show(&self, d: &Diagnostic) -> String {
        let Some(place) = d.place else { return format!("{} {}", d.code.id, d.message) };
        let Some(path) = self.path(place.file) else {
            return format!("embedded: {} {}", d.code.id, d.message);
        };
        let at = dossier_base::Lines::new(&self.texts[path]).line_col(place.start());
        format!("{path}:{}:{}: {} {}", at.line, at.column, d.code.id, d.message)
    }
}
