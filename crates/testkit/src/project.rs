//! Projects written in Markdown: the blocks under one heading, checked as `dossier check` would.
//!
//! ````text
//! ```dossier lamp.dossier
//! device lamp "Lamp" {
//!   conections [wifi]      // error: E0101
//! }
//! ```
//! ````
//!
//! **Blocks.** `dossier` is a device file, `rulebook` a rulebook beside the embedded ones, `toml` the project's
//! `dossier.toml`, `verdicts` a list of `device market REQUIREMENT outcome` that must hold, `setup` the rest. A block of
//! another language is left alone.
//!
//! **Words after the language.** A word with a point in it is the file's name. `standalone` on a rulebook leaves the
//! embedded rulebooks out of the whole project; `standard` does, too, and takes the project's own for those that came with
//! the program. `unlisted`: `dossier.toml` does not name the rulebook. `shortened`: a requirement may lack what everybody
//! has to write (clause, source, strength, reason, tests). `unfinished`: findings about verdicts that no comment asks
//! for may be there. `ignore`: the block is not part of the project.
//!
//! **What must be said** stands in a comment on the line: `// error: E0101`, several with commas between them. Where the
//! line has no room for a comment it stands below or above: `// ^ error: E0005`, `// v warning: V0202`, with one sign for
//! each line between. In `dossier.toml` a comment begins with `#`. Whatever else is said is a failure, and so is a test
//! of a rulebook of the project that does not come out as it expects.
//!
//! **Setup**, one a line: `file NAME "bytes"` (escapes `\n \t \" \\ \xff`), `size NAME BYTES`, `link NAME TARGET`,
//! `missing NAME` (evidence that is not there), `limit BYTES` (how large a file may be), `expect error E0403 NAME`.
//! Evidence files that devices name are there unless said otherwise.
//!
//! The date of the check is `as_of` of `dossier.toml`, else 2026-11-24.

use crate::markdown::{Block, Section};
use crate::people::people;
use crate::plain::plain;
use crate::world::World;
use dossier_base::{Diagnostic, FileId, Severity};
use dossier_model::date::{Date, Day};
use dossier_model::device::EvidenceDecl;
use dossier_model::{Model, Rulebase, compile};
use dossier_syntax::{Kind, Tokens};
use dossier_verdict::{AllStand, Detail, DeviceCheck, EvidenceFiles, Options, Standing, check_device};
use dossier_workspace::config::Config;
use dossier_workspace::{CheckRequest, OpenOptions, Workspace};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The date of the check, where a project does not say another.
pub const AS_OF: &str = "2026-11-24";

/// What a comment asks for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Expected {
    /// The file.
    pub path: String,
    /// The line in it, from 1; none where any will do.
    pub line: Option<usize>,
    /// `error`, `warning` or `information`.
    pub severity: String,
    /// The code.
    pub code: String,
}

#[derive(Clone, Debug)]
struct File {
    path: String,
    text: String,
    unlisted: bool,
}

/// A project.
#[derive(Clone, Debug, Default)]
pub struct Project {
    files: Vec<File>,
    config: Option<String>,
    /// What comments ask for.
    pub expected: Vec<Expected>,
    verdicts: Vec<String>,
    setup: Vec<Vec<String>>,
    standalone: bool,
    standard: bool,
    shortened: bool,
    unfinished: bool,
}

/// Something that was said.
#[derive(Clone, Debug)]
pub struct Said {
    /// The file, if it is one of the project.
    pub path: Option<String>,
    /// The line in it, from 1.
    pub line: usize,
    /// The diagnostic.
    pub diagnostic: Diagnostic,
    /// All of it, as [`plain`] writes it.
    pub plain: String,
    /// As a person sees it, as [`people`] writes it.
    pub people: String,
}

/// What came of a project.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// What was said, in order.
    pub said: Vec<Said>,
    /// Outcomes by device, market and requirement.
    pub verdicts: BTreeMap<(String, String, String), String>,
    /// Tests of its rulebooks that did not come out as they expect.
    pub failed_tests: Vec<String>,
}

impl Project {
    /// The project under a heading; none if there is none.
    ///
    /// # Errors
    /// If a block cannot be understood.
    pub fn new(section: &Section) -> Result<Option<Self>, String> {
        let mut p = Self::default();
        for block in section.blocks.iter().filter(|b| !b.has("ignore")) {
            match block.language.as_str() {
                "dossier" => p.file(block, "device", "dossier"),
                "rulebook" => p.file(block, "rules", "rulebook"),
                "toml" => {
                    p.expect("dossier.toml", comments(&block.text, "#"))?;
                    p.config = Some(block.text.clone());
                }
                "verdicts" => {
                    let lines = block.text.lines().map(str::trim);
                    p.verdicts
                        .extend(lines.filter(|l| !l.is_empty() && !l.starts_with("//")).map(str::to_owned));
                }
                "setup" => {
                    for line in block.text.lines().filter(|l| !l.trim().is_empty()) {
                        let words = words(line)?;
                        if words[0] == "expect" {
                            let [_, severity, code, path] = words.as_slice() else {
                                return Err(format!("setup: {line}"));
                            };
                            let (severity, code, path) = (severity.clone(), code.clone(), path.clone());
                            p.expected.push(Expected { path, line: None, severity, code });
                        } else {
                            p.setup.push(words);
                        }
                    }
                }
                _ => continue,
            }
            p.standard |= block.has("standard");
            p.standalone |= block.has("standalone") || block.has("standard");
            p.shortened |= block.has("shortened");
            p.unfinished |= block.has("unfinished");
        }
        for file in p.files.clone() {
            let tokens = Tokens::lex(&file.text);
            let of = |i: usize| (usize::from(tokens.range(i).start()), tokens.text(&file.text, i));
            let found = (0..tokens.len()).filter(|i| tokens.kind(*i) == Kind::Comment).map(of);
            let found = found
                .map(|(at, c)| (line_of(&file.text, at), c.trim_start_matches('/').to_owned()))
                .collect();
            p.expect(&file.path, found)?;
        }
        let nothing = p.files.is_empty() && p.config.is_none() && p.setup.is_empty();
        Ok((!nothing).then_some(p))
    }

    fn file(&mut self, block: &Block, name: &str, ending: &str) {
        let given = block.words.iter().find(|w| w.contains('.')).cloned();
        let path = given.unwrap_or_else(|| {
            let count =
                self.files.iter().filter(|f| f.path.starts_with(name) && f.path.ends_with(ending)).count();
            let number = if count == 0 { String::new() } else { (count + 1).to_string() };
            format!("{name}{number}.{ending}")
        });
        self.files.push(File { path, text: block.text.clone(), unlisted: block.has("unlisted") });
    }

    /// Takes in what comments ask for: each with its line.
    fn expect(&mut self, path: &str, comments: Vec<(usize, String)>) -> Result<(), String> {
        for (line, comment) in comments {
            let text = comment.trim();
            let body = text.trim_start_matches(['^', 'v']).trim_start();
            let asks = ["error:", "warning:", "information:"].iter().any(|s| body.starts_with(s));
            if !asks {
                continue;
            }
            let signs = &text[..text.len() - body.len()];
            let count = |c: char| signs.matches(c).count();
            let line = (line + count('v')).checked_sub(count('^')).ok_or("a sign points above the block")?;
            for one in body.split(',') {
                let (severity, code) =
                    one.split_once(':').ok_or_else(|| format!("{path}:{line}: what is `{one}`?"))?;
                self.expected.push(Expected {
                    path: path.to_owned(),
                    line: Some(line),
                    severity: severity.trim().to_owned(),
                    code: code.trim().to_owned(),
                });
            }
        }
        Ok(())
    }

    /// Adds a file.
    pub fn add(&mut self, path: &str, text: String) {
        self.files.push(File { path: path.to_owned(), text, unlisted: false });
    }

    /// The date of the check.
    ///
    /// # Panics
    /// Never: the date that stands for none is one.
    pub fn as_of(&self) -> Day {
        let config = self.config.as_ref().and_then(|t| Config::parse(FileId(0), t).0.as_of);
        config.unwrap_or_else(|| Date::parse(AS_OF).expect("a date").first)
    }

    fn missing(&self) -> Vec<&str> {
        self.setup.iter().filter(|s| s[0] == "missing").map(|s| s[1].as_str()).collect()
    }

    /// What differs between what came and what was asked for.
    pub fn problems(&self, run: &Run) -> Vec<String> {
        let mut problems = run.failed_tests.clone();
        let mut wanted = self.expected.clone();
        for said in &run.said {
            let d = &said.diagnostic;
            let at = wanted.iter().position(|w| {
                said.path.as_ref() == Some(&w.path)
                    && w.line.is_none_or(|l| l == said.line)
                    && w.code == d.code.id
                    && w.severity == d.severity.as_str()
            });
            match at {
                Some(at) => drop(wanted.swap_remove(at)),
                None if self.tolerates(d) => {}
                None => problems.push(format!("nobody asked for this:\n{}", said.plain)),
            }
        }
        for w in wanted {
            let line = w.line.map_or(String::new(), |l| format!(":{l}"));
            problems.push(format!("{}{line}: {} {} was not said", w.path, w.severity, w.code));
        }
        for line in &self.verdicts {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [device, market, requirement, outcome] = words.as_slice() else {
                problems.push(format!("what is the verdict `{line}`?"));
                continue;
            };
            let key = ((*device).to_owned(), (*market).to_owned(), (*requirement).to_owned());
            let got = run.verdicts.get(&key).map_or("not_in_force", String::as_str);
            if got != *outcome {
                problems.push(format!("`{line}`: it is {got}"));
            }
        }
        problems
    }

    fn tolerates(&self, d: &Diagnostic) -> bool {
        let finding = d.code.id.starts_with('V');
        let clerical = matches!(d.code.id, "E0206" | "E0207" | "E0208")
            || d.code.id == "E0106" && ["`source`", "`strength`"].iter().any(|f| d.message.ends_with(f));
        self.unfinished && finding || self.shortened && clerical
    }
}

/// Comments at the end of lines of a text that is no language of ours.
fn comments(text: &str, sign: &str) -> Vec<(usize, String)> {
    let of = |(n, line): (usize, &str)| line.split_once(sign).map(|(_, c)| (n + 1, c.to_owned()));
    text.lines().enumerate().filter_map(of).collect()
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// The words of a line; one between quotes may hold blanks and escapes.
fn words(line: &str) -> Result<Vec<String>, String> {
    let mut out = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let end = match rest.strip_prefix('"') {
            Some(inner) => {
                let mut escaped = false;
                let end = inner.find(|c| {
                    let ends = c == '"' && !escaped;
                    escaped = c == '\\' && !escaped;
                    ends
                });
                end.ok_or_else(|| format!("a quote is never closed: {line}"))? + 2
            }
            None => rest.find(char::is_whitespace).unwrap_or(rest.len()),
        };
        out.push(rest[..end].trim_matches('"').to_owned());
        rest = rest[end..].trim_start();
    }
    Ok(out)
}

/// Bytes with their escapes undone.
fn bytes(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.extend(c.to_string().bytes());
            continue;
        }
        match chars.next() {
            Some('n') => out.push(b'\n'),
            Some('t') => out.push(b'\t'),
            Some('x') => {
                let digits: String = chars.by_ref().take(2).collect();
                out.extend(u8::from_str_radix(&digits, 16));
            }
            other => out.extend(other.map_or(String::new(), |c| c.to_string()).bytes()),
        }
    }
    out
}

/// Runs projects, in folders of their own below one that goes when the runner does.
#[derive(Debug)]
pub struct Runner {
    folder: tempfile::TempDir,
    /// A workspace of no file, opened: what is read once for all.
    empty: Workspace,
    count: AtomicUsize,
}

impl Runner {
    /// Makes a runner.
    ///
    /// # Panics
    /// If no folder can be made.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let options = OpenOptions { paths: vec![folder.path().to_owned()], ..OpenOptions::default() };
        let empty = Workspace::open(&options).expect("it is there");
        Self { folder, empty, count: AtomicUsize::new(0) }
    }

    /// Runs a project.
    ///
    /// # Panics
    /// If a file cannot be written.
    pub fn run(&self, project: &Project) -> Run {
        if project.standalone {
            return alone(project);
        }
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let folder = self.folder.path().join(format!("p{number}"));
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().expect("below the folder")).expect("folders can be made");
            std::fs::write(path, bytes).expect("files can be written");
        };
        std::fs::create_dir_all(&folder).expect("folders can be made");
        for file in &project.files {
            write(&file.path, file.text.as_bytes());
        }
        let mut limit = OpenOptions::default().max_file_bytes;
        for words in &project.setup {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            match words.as_slice() {
                ["file", name, text] => write(name, &bytes(text)),
                ["size", name, size] => {
                    write(name, b"");
                    let file =
                        std::fs::OpenOptions::new().write(true).open(folder.join(name)).expect("it is there");
                    file.set_len(size.replace('_', "").parse().expect("a number of bytes"))
                        .expect("files can grow");
                }
                #[cfg(unix)]
                ["link", name, to] => {
                    std::os::unix::fs::symlink(to, folder.join(name)).expect("links can be made");
                }
                ["limit", size] => limit = size.replace('_', "").parse().expect("a number of bytes"),
                ["missing", _] => {}
                other => panic!("what is this setup: {other:?}?"),
            }
        }
        let listed: Vec<String> = project
            .files
            .iter()
            .filter(|f| f.path.ends_with(".rulebook") && !f.unlisted)
            .map(|f| format!("{:?}", f.path))
            .collect();
        let simple = listed.is_empty()
            && project.config.is_none()
            && project.setup.iter().all(|s| s[0] == "missing")
            && project.files.iter().all(|f| !f.unlisted);
        let (ws, below, shift) = if simple {
            let mut ws = self.empty.clone();
            for file in &project.files {
                ws.set_text(&folder.join(&file.path), &file.text);
            }
            (ws, format!("p{number}/"), 0)
        } else {
            let written = project.config.clone().unwrap_or_default();
            let names = !listed.is_empty() && !written.contains("rulebooks =");
            let first = if names { format!("rulebooks = [{}]\n", listed.join(", ")) } else { String::new() };
            write("dossier.toml", format!("{first}{written}").as_bytes());
            let options =
                OpenOptions { paths: vec![folder.clone()], max_file_bytes: limit, ..OpenOptions::default() };
            let ws = Workspace::open(&options).expect("it is there");
            (ws, String::new(), usize::from(names))
        };
        evidence(&folder, project, ws.model());
        let file = |id: FileId| {
            let source = ws.source(id).filter(|s| !s.embedded)?;
            let path = source.path.strip_prefix(&below).unwrap_or(&source.path);
            Some((path.to_owned(), &*source.text))
        };
        let request = CheckRequest {
            as_of: project.as_of(),
            devices: vec![],
            markets: vec![],
            detail: Detail::Shortfalls,
        };
        let mut diagnostics = ws.static_diagnostics();
        let checks = ws.check(&request);
        diagnostics.extend(ws.findings(&checks));
        let mut run = Run::default();
        own_tests(&ws.model().rules, &|id| file(id).is_some(), &mut run, &mut diagnostics);
        outcomes(ws.model(), &checks, &mut run);
        for d in diagnostics {
            run.said.push(said(d, &file, shift));
        }
        run
    }
}

impl Default for Runner {
    fn default() -> Self {
        Self::new()
    }
}

fn said<'t>(d: Diagnostic, file: &dyn Fn(FileId) -> Option<(String, &'t str)>, shift: usize) -> Said {
    let (plain, people) = (plain(&d, file), people(&d, file));
    let found =
        d.place.and_then(|p| file(p.file).map(|(path, text)| (path, line_of(text, p.start() as usize))));
    let (path, mut line) = found.map_or((None, 0), |(p, l)| (Some(p), l));
    if path.as_deref() == Some("dossier.toml") {
        line = line.saturating_sub(shift).max(1);
    }
    Said { path, line, diagnostic: d, plain, people }
}

/// Writes the evidence files that devices name.
fn evidence(folder: &Path, project: &Project, model: &Model) {
    let missing = project.missing();
    for file in model.files.values() {
        for unit in &file.devices.units {
            let markets = unit.markets.iter().flat_map(|m| &m.scope.evidence);
            for path in unit.scope.evidence.iter().chain(markets).filter_map(|d| d.path.as_deref()) {
                let inside = !path.starts_with('/') && !path.contains("..");
                if !inside || missing.contains(&path) || folder.join(path).exists() {
                    continue;
                }
                let text = match path.rsplit('.').next() {
                    Some("pdf") => "%PDF-1.7\n",
                    Some("json") => "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\"}\n",
                    Some("xml") => "<testsuites/>\n",
                    _ => "evidence\n",
                };
                let path = folder.join(path);
                std::fs::create_dir_all(path.parent().expect("below the folder"))
                    .expect("folders can be made");
                std::fs::write(path, text).expect("files can be written");
            }
        }
    }
}

fn outcomes(model: &Model, checks: &[DeviceCheck], run: &mut Run) {
    for check in checks {
        let device = model.unit(check.unit).map_or_else(String::new, |u| u.name.to_string());
        for market in &check.markets {
            let place = market.place.map_or_else(|| "any".to_owned(), |p| p.to_string());
            for row in &market.rows {
                let code = model.rules.law.requirements[row.requirement].code.to_string();
                let outcome = row.judgement.outcome.as_str().to_owned();
                run.verdicts.insert((device.clone(), place.clone(), code), outcome);
            }
        }
    }
}

/// Runs the tests of requirements of the project.
fn own_tests(
    rules: &Rulebase,
    own: &dyn Fn(FileId) -> bool,
    run: &mut Run,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for (id, r) in rules.law.requirements.enumerate().filter(|(_, r)| own(r.origin.file) && !r.broken) {
        for test in dossier_verdict::run_tests(rules, id) {
            if !test.diagnostics.is_empty() {
                diagnostics.extend(test.diagnostics);
            } else if !test.passed() {
                let got = test.got.map_or("nothing", |g| g.as_str());
                let expects = test.expects.as_str();
                run.failed_tests
                    .push(format!("{}: test \"{}\" expects {expects} and is {got}", r.code, test.title));
            }
        }
    }
}

/// Evidence files of a project without a disk.
struct Named<'p>(Vec<&'p str>);

impl EvidenceFiles for Named<'_> {
    fn file(&self, decl: &EvidenceDecl) -> Standing {
        match &decl.path {
            Some(p) if self.0.contains(&&**p) => Standing::no("there is no such file"),
            _ => AllStand.file(decl),
        }
    }
}

/// Runs a project over its own rulebooks only.
fn alone(project: &Project) -> Run {
    let world = World::new(project.files.iter().map(|f| (f.path.clone(), f.text.clone())), false);
    let mut diagnostics = world.diagnostics();
    let mut model = world.model();
    if project.standard {
        // As if its rulebooks had come with the program.
        let mut books: Vec<_> = model.rules.files.values().cloned().collect();
        books.sort_by_key(|b| b.file);
        books.iter_mut().for_each(|b| b.embedded = true);
        let rules = compile(&books);
        diagnostics.extend(dossier_verdict::unread(&rules));
        model = Model::new(rules.into(), model.files, model.uses);
    }
    diagnostics.extend(dossier_verdict::law_diagnostics(&model.rules));
    let files = Named(project.missing());
    let options = Options { as_of: project.as_of(), markets: &[], detail: Detail::Shortfalls };
    let devices: Vec<_> = model.devices().map(|(id, _)| id).collect();
    let checks: Vec<DeviceCheck> =
        devices.into_iter().filter_map(|id| check_device(&model, id, &files, &options)).collect();
    diagnostics.extend(dossier_verdict::diagnostics(&model, &checks, &|_, s: Severity| Some(s)));
    let mut run = Run::default();
    own_tests(&model.rules, &|_| true, &mut run, &mut diagnostics);
    outcomes(&model, &checks, &mut run);
    let file = |id: FileId| {
        let path = world.path(id)?;
        Some((path.to_owned(), &*world.texts[path]))
    };
    run.said = diagnostics.into_iter().map(|d| said(d, &file, 0)).collect();
    run
}
