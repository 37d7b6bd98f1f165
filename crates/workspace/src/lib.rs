//! The project: which files it has, what is configured, what they say, and (through `verdict`) how they fare.
//!
//! [`Workspace`] is the one owner. Everything downstream of a file is a pure function of its text; a change replaces
//! what it touches and leaves the rest.
//!
//! The only library crate that touches the disk, besides `evidence`. Knows nothing of terminals and protocols.

pub mod config;
mod discover;
mod files;
mod vfs;

use config::{Config, FailOn};
use dossier_base::{Diagnostic, FileId, Place, Severity, Sym, TextRange, codes, spell};
use dossier_model::date::Day;
use dossier_model::device::Unit;
use dossier_model::hir::{self, Origin};
use dossier_model::law::RequirementId;
use dossier_model::vocab::KindId;
use dossier_model::{Model, ModelFile, Rulebase, Rulebook, UnitId, Uses};
use dossier_verdict::{Detail, DeviceCheck, Finding, Findings, Options, check_device};
use files::Files;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use vfs::{ReadError, Vfs};

pub use discover::{FileKind, absolute, kind, root};
pub use vfs::Source;

/// The version of the embedded rulebooks.
pub const RULEBOOKS_VERSION: &str = dossier_rulebooks::VERSION;

/// How large a file may be unless somebody says otherwise: 64 MiB.
pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// How many devices are checked before they are handed on: enough for all threads, and few enough that their
/// derivations, ten times a device's text, weigh nothing beside the texts.
const AT_ONCE: usize = 64;

/// What to open.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// Files and folders; the current folder if there is none.
    pub paths: Vec<PathBuf>,
    /// What standard input holds, if that is to be checked as a device file.
    pub stdin: Option<String>,
    /// How large a file may be.
    pub max_file_bytes: u64,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { paths: Vec::new(), stdin: None, max_file_bytes: MAX_FILE_BYTES }
    }
}

/// Why a project could not be opened at all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OpenError {
    /// A path that was named is not there.
    Missing(PathBuf),
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OpenError::Missing(p) => write!(f, "there is no file or folder `{}`", p.display()),
        }
    }
}

impl std::error::Error for OpenError {}

/// What to check.
#[derive(Clone, Debug)]
pub struct CheckRequest {
    /// The date of the check.
    pub as_of: Day,
    /// Names of devices; all if there is none.
    pub devices: Vec<String>,
    /// Codes of markets, `any` for law that is asked once; all if there is none.
    pub markets: Vec<Sym>,
    /// How much is explained.
    pub detail: Detail,
}

/// The project.
#[derive(Clone, Debug)]
pub struct Workspace {
    root: PathBuf,
    config: Config,
    config_file: Option<FileId>,
    vfs: Vfs,
    /// Texts' own diagnostics, by file: unreadable, syntax.
    parsed: BTreeMap<FileId, Vec<Diagnostic>>,
    rulebooks: Vec<Rulebook>,
    model: Model,
    /// Diagnostics of the configuration and of rulebooks that are not in use.
    about: Vec<Diagnostic>,
    max_file_bytes: u64,
}

/// A file, read and lowered.
struct Loaded {
    id: FileId,
    summary: Arc<hir::FileSummary>,
    map: Arc<hir::SourceMap>,
    diagnostics: Vec<Diagnostic>,
}

impl Workspace {
    /// Opens a project.
    ///
    /// # Errors
    /// If a path that was named does not exist. Everything else is a diagnostic.
    pub fn open(options: &OpenOptions) -> Result<Self, OpenError> {
        let here = [PathBuf::from(".")];
        let paths: &[PathBuf] =
            if options.paths.is_empty() && options.stdin.is_none() { &here } else { &options.paths };
        let paths: Vec<PathBuf> = paths.iter().map(|p| absolute(p)).collect();
        if let Some(missing) = paths.iter().find(|p| std::fs::symlink_metadata(p).is_err()) {
            return Err(OpenError::Missing(missing.clone()));
        }
        let first = paths.first().cloned().unwrap_or_else(|| absolute(Path::new(".")));
        let mut ws = Self::empty(root(&first), options.max_file_bytes);
        ws.configure();
        ws.load_rulebooks();
        let mut found: Vec<PathBuf> = Vec::new();
        for path in &paths {
            found.extend(discover::files(path, &ws.root, &ws.config.exclude));
        }
        found.sort();
        found.dedup();
        let mut devices: Vec<FileId> = Vec::new();
        let mut stray: Vec<FileId> = Vec::new();
        for path in &found {
            let id = ws.file_id(path);
            match kind(path) {
                Some(FileKind::Rulebook) => {
                    if !ws.rulebooks.iter().any(|r| r.file == id) {
                        stray.push(id);
                    }
                }
                _ => devices.push(id),
            }
        }
        if let Some(text) = &options.stdin {
            let path = ws.root.join("<stdin>");
            let id = ws.file_id(&path);
            ws.vfs.set(id, text.as_str().into());
            ws.load_text(id);
        }
        ws.load(&devices);
        for id in stray {
            let text = ws.read(id);
            let loaded = lower(id, &ws.vfs, text);
            ws.parsed.insert(id, loaded.diagnostics);
            ws.about.push(
                codes::rulebook_not_in_use(start(id))
                    .help("name it in `dossier.toml`: `rulebooks = [\"…\"]`; only its syntax was checked"),
            );
        }
        Ok(ws)
    }

    fn empty(root: PathBuf, max_file_bytes: u64) -> Self {
        Self {
            root,
            config: Config::default(),
            config_file: None,
            vfs: Vfs::default(),
            parsed: BTreeMap::new(),
            rulebooks: Vec::new(),
            model: Model::new(Arc::new(Rulebase::default()), BTreeMap::new(), FxHashMap::default()),
            about: Vec::new(),
            max_file_bytes,
        }
    }

    fn file_id(&mut self, path: &Path) -> FileId {
        let root = self.root.clone();
        self.vfs.id(path, || discover::shown(&root, path))
    }

    fn configure(&mut self) {
        let path = self.root.join(config::FILE);
        if !path.is_file() {
            return;
        }
        let id = self.file_id(&path);
        self.config_file = Some(id);
        match vfs::read(&path, self.max_file_bytes) {
            Ok(text) => {
                let (config, diagnostics) = Config::parse(id, &text);
                self.vfs.set(id, text);
                self.config = config;
                self.about.extend(diagnostics);
            }
            Err(e) => self.about.push(self.unreadable(id, &e)),
        }
        if let Some(folder) = &self.config.evidence_root
            && !self.root.join(folder).is_dir()
        {
            let at = self.config.place("evidence_root", folder).unwrap_or_else(|| start(id));
            self.about.push(codes::bad_configuration(at, format!("there is no folder `{folder}`")));
        }
        if let Some(pinned) = &self.config.rulebooks_version
            && pinned != dossier_rulebooks::VERSION
        {
            let at = self.config.place("rulebooks_version", pinned).unwrap_or_else(|| start(id));
            let d = codes::wrong_rulebook_version(at, pinned, dossier_rulebooks::VERSION);
            self.about.push(d.help("read what changed, then pin the new version"));
        }
    }

    /// Embedded rulebooks, then those of the configuration.
    fn load_rulebooks(&mut self) {
        for file in dossier_rulebooks::ALL {
            let id = self.vfs.embed(file.path, file.text);
            let loaded = lower(id, &self.vfs, Ok(()));
            self.parsed.insert(id, loaded.diagnostics);
            self.rulebooks.push(Rulebook {
                file: id,
                summary: loaded.summary,
                map: loaded.map,
                embedded: true,
            });
        }
        for path in self.config.rulebooks.clone() {
            match dossier_evidence::locate(&self.root, &self.root, &path) {
                Ok(_) => {
                    let id = self.file_id(&absolute(&self.root.join(&path)));
                    let text = self.read(id);
                    let loaded = lower(id, &self.vfs, text);
                    self.parsed.insert(id, loaded.diagnostics);
                    let book =
                        Rulebook { file: id, summary: loaded.summary, map: loaded.map, embedded: false };
                    self.rulebooks.push(book);
                }
                Err(why) => {
                    let at = self.config.place("rulebooks", &path).or(self.config_file.map(start));
                    self.about
                        .push(codes::rulebook_not_found(at, &path).note(why.to_string()).subject(&*path));
                }
            }
        }
        self.model.rules = Arc::new(dossier_model::compile(&self.rulebooks));
        self.check_names_of_config();
    }

    /// A severity for something that does not exist would change nothing, silently.
    fn check_names_of_config(&mut self) {
        let Some(file) = self.config_file else { return };
        let law = &self.model.rules.law;
        let requirements: Vec<&str> = law.requirements.iter().map(|r| r.code.as_str()).collect();
        let instruments: Vec<&str> = law.instruments.iter().map(|i| i.code.as_str()).collect();
        let markets: Vec<&str> = law.jurisdictions.iter().map(|j| j.code.as_str()).chain(["any"]).collect();
        let known_codes: Vec<&str> = codes::ALL.iter().map(|c| c.id).collect();
        let severity = &self.config.severity;
        let mut found = Vec::new();
        let mut check = |what: &str, key: &str, names: Vec<&String>, known: &[&str]| {
            for name in names {
                if !known.contains(&name.as_str()) {
                    let at = self.config.place(key, name).unwrap_or_else(|| start(file));
                    let near = spell::did_you_mean(name, known.iter().copied());
                    found.push(
                        codes::unknown_in_configuration(at, what, name).subject(name.as_str()).help_if(near),
                    );
                }
            }
        };
        check("diagnostic code", "severity.code", severity.code.keys().collect(), &known_codes);
        check("requirement", "severity.requirement", severity.requirement.keys().collect(), &requirements);
        check("instrument", "severity.instrument", severity.instrument.keys().collect(), &instruments);
        check("market", "markets", self.config.markets.iter().collect(), &markets);
        self.about.extend(found);
    }

    /// Reads a file from disk into the file system.
    fn read(&mut self, id: FileId) -> Result<(), Box<Diagnostic>> {
        let Some(path) = self.vfs.path(id).map(Path::to_owned) else { return Ok(()) };
        match vfs::read(&path, self.max_file_bytes) {
            Ok(text) => {
                self.vfs.set(id, text);
                Ok(())
            }
            Err(e) => Err(Box::new(self.unreadable(id, &e))),
        }
    }

    fn unreadable(&self, id: FileId, e: &ReadError) -> Diagnostic {
        let mib = |n: u64| n.div_ceil(1024 * 1024);
        match e {
            ReadError::Io(why) => codes::unreadable_file(start(id), why),
            ReadError::NotUtf8(offset) => codes::not_utf8(start(id), offset)
                .help("save it as UTF-8; most editors have that in their status bar"),
            ReadError::TooLarge(size) => {
                codes::file_too_large(start(id), mib(*size), mib(self.max_file_bytes))
            }
        }
    }

    /// Reads device files and what they use, and takes them into the model.
    fn load(&mut self, ids: &[FileId]) {
        let mut queue: Vec<FileId> = ids.to_vec();
        let mut seen: FxHashSet<FileId> = self.model.files.keys().copied().collect();
        while !queue.is_empty() {
            queue.retain(|id| seen.insert(*id));
            let limit = self.max_file_bytes;
            let texts: Vec<(FileId, Result<Arc<str>, ReadError>)> = queue
                .par_iter()
                .map(|id| {
                    let path = self.vfs.path(*id);
                    (
                        *id,
                        path.map_or(Err(ReadError::Io("it has no path".to_owned())), |p| vfs::read(p, limit)),
                    )
                })
                .collect();
            let mut failed: FxHashMap<FileId, Diagnostic> = FxHashMap::default();
            for (id, text) in texts {
                match text {
                    Ok(text) => self.vfs.set(id, text),
                    Err(e) => {
                        failed.insert(id, self.unreadable(id, &e));
                    }
                }
            }
            let rules = self.model.rules.clone();
            let vfs = &self.vfs;
            let loaded: Vec<(Loaded, ModelFile)> = queue
                .par_iter()
                .map(|id| {
                    let text = failed.get(id).map_or(Ok(()), |d| Err(Box::new(d.clone())));
                    let l = lower(*id, vfs, text);
                    let file = ModelFile::new(*id, l.summary.clone(), l.map.clone(), &rules);
                    (l, file)
                })
                .collect();
            let mut next = Vec::new();
            for (l, file) in loaded {
                self.parsed.insert(l.id, l.diagnostics);
                next.extend(self.take_in(file));
            }
            queue = next;
        }
    }

    /// Takes a resolved file into the model; gives the files that it uses and that are not there yet.
    fn take_in(&mut self, file: ModelFile) -> Vec<FileId> {
        let id = file.id;
        let base =
            self.vfs.path(id).and_then(Path::parent).map(Path::to_owned).unwrap_or_else(|| self.root.clone());
        let mut next = Vec::new();
        let mut uses: Uses = Vec::new();
        for (path, origin) in &file.devices.uses {
            let found = match dossier_evidence::locate(&self.root, &base, path) {
                Ok(_) => {
                    let used = self.file_id(&absolute(&base.join(&**path)));
                    next.push(used);
                    Ok(used)
                }
                Err(why) => Err(why.to_string()),
            };
            uses.push((path.clone(), *origin, found));
        }
        let index = Arc::make_mut(&mut self.model.index);
        if let Some(before) = self.model.files.get(&id) {
            index.remove(before);
        }
        index.add(&file);
        self.model.files.insert(id, Arc::new(file));
        self.model.uses.insert(id, Arc::new(uses));
        next
    }

    /// Lowers and takes in a file whose text the file system already has.
    fn load_text(&mut self, id: FileId) {
        let l = lower(id, &self.vfs, Ok(()));
        let file = ModelFile::new(id, l.summary, l.map, &self.model.rules);
        self.parsed.insert(id, l.diagnostics);
        let next = self.take_in(file);
        self.load(&next);
    }

    /// Gives a file another text, as an editor does, and brings what depends on it up to date.
    pub fn set_text(&mut self, path: &Path, text: &str) {
        let path = absolute(path);
        let id = self.file_id(&path);
        self.vfs.set(id, text.into());
        match self.rulebooks.iter().position(|r| r.file == id) {
            Some(at) => {
                let l = lower(id, &self.vfs, Ok(()));
                self.parsed.insert(id, l.diagnostics);
                let same = *l.summary == *self.rulebooks[at].summary;
                self.rulebooks[at].summary = l.summary;
                self.rulebooks[at].map = l.map;
                self.model.rules = Arc::new(dossier_model::compile(&self.rulebooks));
                if !same {
                    let files: Vec<FileId> = self.model.files.keys().copied().collect();
                    for file in files {
                        self.load_text(file);
                    }
                }
            }
            None => self.load_text(id),
        }
    }

    /// Takes a file out, as when it is deleted.
    pub fn remove(&mut self, path: &Path) {
        let Some(id) = self.vfs.find(&absolute(path)) else { return };
        if let Some(file) = self.model.files.remove(&id) {
            Arc::make_mut(&mut self.model.index).remove(&file);
        }
        self.model.uses.remove(&id);
        self.parsed.remove(&id);
        // Who used it now uses nothing.
        let users: Vec<FileId> = self
            .model
            .uses
            .iter()
            .filter(|(_, u)| u.iter().any(|(_, _, f)| *f == Ok(id)))
            .map(|(f, _)| *f)
            .collect();
        for user in users {
            self.load_text(user);
        }
    }

    /// The folder of the project.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What is configured.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The picture of the project.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// A file's text and path.
    pub fn source(&self, file: FileId) -> Option<&Source> {
        self.vfs.source(file)
    }

    /// The kinds of evidence that a file of the project can be by its content, in the order in which they are
    /// declared: those that know formats, of which it has one.
    pub fn kinds_of_file(&self, path: &Path) -> Vec<KindId> {
        let (Some(base), Some(name)) = (path.parent(), path.file_name().and_then(|n| n.to_str())) else {
            return Vec::new();
        };
        let fits = |formats: &[Sym]| {
            let formats: Vec<&str> = formats.iter().map(|f| f.as_str()).collect();
            let request = dossier_evidence::Request {
                root: &self.root,
                base,
                path: name,
                sha256: None,
                formats: &formats,
            };
            !formats.is_empty() && dossier_evidence::examine(&request).standing.is_ok()
        };
        let kinds = self.model.rules.vocab.kinds.enumerate();
        kinds.filter(|(_, k)| fits(&k.formats)).map(|(id, _)| id).collect()
    }

    /// All devices, in order of their names.
    pub fn devices(&self) -> Vec<(UnitId, &Unit)> {
        let mut all: Vec<(UnitId, &Unit)> = self.model.devices().collect();
        all.sort_by(|a, b| a.1.name.cmp(&b.1.name).then(a.0.cmp(&b.0)));
        all
    }

    /// Path and digest of every file that a check reads: configuration, devices, the project's own rulebooks, and
    /// evidence.
    pub fn inputs(&self) -> Vec<(String, String)> {
        let mut out: BTreeMap<String, String> = BTreeMap::new();
        let own = self.rulebooks.iter().filter(|r| !r.embedded).map(|r| r.file);
        for id in self.model.files.keys().copied().chain(own).chain(self.config_file) {
            if let Some(source) = self.vfs.source(id) {
                out.insert(source.path.clone(), source.sha256().to_owned());
            }
        }
        let files = self.files();
        for (path, digest) in files.digests(&self.model) {
            out.insert(path, digest);
        }
        out.into_iter().collect()
    }

    fn files(&self) -> Files<'_> {
        Files::new(&self.root, self.config.evidence_root.as_deref(), &self.vfs, &self.model.rules)
    }

    /// What is wrong before any law is looked at, by file and place.
    pub fn static_diagnostics(&self) -> Vec<Diagnostic> {
        let mut out = self.about.clone();
        out.extend(self.parsed.values().flatten().cloned());
        out.extend(self.model.rules.diagnostics.iter().cloned());
        for (id, file) in &self.model.files {
            out.extend(file.diagnostics.iter().cloned());
            out.extend(self.model.link_diagnostics(*id));
        }
        for (id, file) in &self.model.files {
            let is_silent = file.devices.units.is_empty() && !file.devices.broken;
            if is_silent && !out.iter().any(|d| d.place.is_some_and(|p| p.file == *id)) {
                let place = Place::new(*id, TextRange::empty(0.into()));
                out.push(
                    codes::nothing_declared(place)
                        .help("write `device name \"Title\" { … }`, or remove the file"),
                );
            }
        }
        let files = &self.model.rules.files;
        if files.values().any(|f| !f.embedded) {
            // What came with the program has been looked through by its tests.
            let own =
                |d: &Diagnostic| d.place.is_some_and(|p| files.get(&p.file).is_some_and(|f| !f.embedded));
            let found = dossier_verdict::law_diagnostics(&self.model.rules).into_iter().filter(own);
            let new: Vec<Diagnostic> = found.filter(|d| !out.contains(d)).collect();
            out.extend(new);
        }
        out.sort_by(|a, b| {
            (self.path_of(a), a.place, a.code.id, &a.message).cmp(&(
                self.path_of(b),
                b.place,
                b.code.id,
                &b.message,
            ))
        });
        self.configured(out)
    }

    fn path_of(&self, d: &Diagnostic) -> Option<&str> {
        d.place.and_then(|p| self.vfs.source(p.file)).map(|s| s.path.as_str())
    }

    /// Checks devices and keeps them all, in order of their names.
    pub fn check(&self, request: &CheckRequest) -> Vec<DeviceCheck> {
        let mut all = Vec::new();
        let kept: Result<(), std::convert::Infallible> = self.check_each(request, |c| {
            all.push(c);
            Ok(())
        });
        match kept {
            Ok(()) => all,
        }
    }

    /// Checks devices, a few on all threads at a time, and hands each to `each` in order of their names. What is not
    /// kept there is let go, so that many devices need no more memory than a few.
    ///
    /// # Errors
    /// The first that `each` gives.
    pub fn check_each<E>(
        &self,
        request: &CheckRequest,
        mut each: impl FnMut(DeviceCheck) -> Result<(), E>,
    ) -> Result<(), E> {
        let files = self.files();
        let options = Options { as_of: request.as_of, markets: &request.markets, detail: request.detail };
        for some in self.asked(request).chunks(AT_ONCE) {
            let checks: Vec<DeviceCheck> =
                some.par_iter().filter_map(|id| check_device(&self.model, *id, &files, &options)).collect();
            checks.into_iter().try_for_each(&mut each)?;
        }
        Ok(())
    }

    /// The devices that a request names, in order.
    fn asked(&self, request: &CheckRequest) -> Vec<UnitId> {
        let wanted: FxHashSet<&str> = request.devices.iter().map(String::as_str).collect();
        self.devices()
            .into_iter()
            .filter(|(_, u)| wanted.is_empty() || wanted.contains(u.name.as_str()))
            .map(|(id, _)| id)
            .collect()
    }

    /// Takes a checked device into what is found.
    pub fn find(&self, findings: &mut Findings, check: &DeviceCheck) {
        let severity = |r: RequirementId, s: Severity| self.requirement_severity(r).unwrap_or(Some(s));
        findings.add(&self.model, check, &severity);
    }

    /// What was found, in order and as configured.
    pub fn found(&self, findings: Findings) -> impl Iterator<Item = Finding<'_>> {
        findings.sorted(&self.model).filter_map(|mut f| {
            f.severity = self.level(f.code.id).unwrap_or(Some(f.severity))?;
            Some(f)
        })
    }

    /// The diagnostics of checked devices.
    pub fn findings(&self, checks: &[DeviceCheck]) -> Vec<Diagnostic> {
        let mut findings = Findings::default();
        checks.iter().for_each(|c| self.find(&mut findings, c));
        self.found(findings).map(|f| f.diagnostic()).collect()
    }

    /// What the configuration says of a requirement's severity: nothing, off (`Some(None)`), or another.
    pub fn requirement_severity(&self, r: RequirementId) -> Option<Option<Severity>> {
        let law = &self.model.rules.law;
        let r = &law.requirements[r];
        let by = &self.config.severity;
        by.requirement
            .get(r.code.as_str())
            .or_else(|| by.instrument.get(law.instruments[r.instrument].code.as_str()))
            .map(|l| l.severity())
    }

    /// What the configuration says of a code's severity: nothing, off (`Some(None)`), or another.
    fn level(&self, code: &str) -> Option<Option<Severity>> {
        self.config.severity.code.get(code).map(|l| l.severity())
    }

    /// Severities by code, as configured. What is off is left out here and counted by [`Workspace::switched_off`].
    fn configured(&self, all: Vec<Diagnostic>) -> Vec<Diagnostic> {
        all.into_iter()
            .filter_map(|mut d| {
                d.severity = self.level(d.code.id).unwrap_or(Some(d.severity))?;
                Some(d)
            })
            .collect()
    }

    /// Diagnostic codes, requirements and instruments that the configuration switches off: what they would find is not
    /// shown, and outcomes stay as they are.
    pub fn switched_off(&self) -> Vec<&str> {
        let by = &self.config.severity;
        [&by.code, &by.requirement, &by.instrument]
            .into_iter()
            .flatten()
            .filter(|(_, l)| l.severity().is_none())
            .map(|(name, _)| name.as_str())
            .collect()
    }

    /// When a run fails, unless the command line says otherwise.
    pub fn fail_on(&self) -> FailOn {
        self.config.fail_on
    }
}

/// The beginning of a file.
fn start(id: FileId) -> Place {
    Place::new(id, TextRange::empty(0.into()))
}

/// Parses and lowers a file whose text the file system has; one that could not be read is an empty file that says so.
fn lower(id: FileId, vfs: &Vfs, text: Result<(), Box<Diagnostic>>) -> Loaded {
    let source = vfs.source(id);
    let parse = dossier_syntax::parse(id, source.map_or_else(|| Arc::from(""), |s| s.text.clone()));
    let (summary, map) = hir::lower(&parse);
    let mut diagnostics = parse.diagnostics;
    diagnostics.extend(text.err().map(|d| *d));
    Loaded { id, summary: Arc::new(summary), map: Arc::new(map), diagnostics }
}

/// Where an origin of the model stands; for whoever renders.
pub fn place(model: &Model, origin: Origin) -> Place {
    model.place(origin)
}
