//! `dossier rules list`, `show`, `test` and `coverage`

use crate::args::{CoverageArgs, ListArgs, ListFormat, RulesArgs, RulesCommand, TestArgs};
use crate::output::Stdout;
use crate::project::{self, Limit, RULEBOOKS, Texts};
use crate::terminal::{Terminal, complain, tell};
use crate::{Status, Unusable};
use dossier_base::{Diagnostic, FileId, Place, Severity};
use dossier_model::Rulebase;
use dossier_model::hir::Origin;
use dossier_model::law::{Force, RequirementId};
use dossier_render::rules::{self, Filter};
use dossier_render::text::{self, Tint};
use dossier_render::{Files, Look};
use dossier_verdict::{TestRun, coverage, run_tests};
use dossier_workspace::Workspace;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

pub(crate) fn run(args: &RulesArgs, limit: Limit, terminal: &Terminal) -> Result<Status, Unusable> {
    match &args.command {
        RulesCommand::List(a) => list(a, limit, terminal),
        RulesCommand::Diff(a) => super::diff::run(a, limit, terminal),
        RulesCommand::Show(a) => super::explain::run(a, limit, terminal),
        RulesCommand::Test(a) => test(a, limit, terminal),
        RulesCommand::Coverage(a) => cover(a, limit, terminal),
    }
}

fn list(args: &ListArgs, limit: Limit, terminal: &Terminal) -> Result<Status, Unusable> {
    let date = args.date.as_deref().map(|d| super::day("--date", d)).transpose()?;
    let ws = project::open_rulebooks(limit)?;
    let rules = &ws.model().rules;
    let filter = Filter {
        market: args.market.clone(),
        instrument: args.instrument.clone(),
        force: args.force.as_deref().and_then(Force::from_word),
        date,
        control: args.control.clone(),
    };
    filter.check(rules)?;
    warn_of_errors(&ws);
    match args.format {
        ListFormat::Human => super::print(&rules::list(rules, &filter, RULEBOOKS, &terminal.out())),
        ListFormat::Json => {
            let mut out = Stdout::new();
            rules::list_json(rules, &Texts(&ws), &filter, &mut out)?;
            out.flush()?;
            Ok(Status::Fine)
        }
    }
}

/// What the rulebooks are not read right in is not shown right either.
pub(super) fn warn_of_errors(ws: &Workspace) {
    let n = errors(ws).len();
    if n > 0 {
        complain(&format!(
            "dossier: {} in the project's rulebooks or configuration: `dossier check` shows them",
            text::count(n, "error", "errors")
        ));
    }
}

/// Errors of rulebooks and configuration.
fn errors(ws: &Workspace) -> Vec<Diagnostic> {
    let devices = &ws.model().files;
    let is_device = |d: &Diagnostic| d.place.is_some_and(|p| devices.contains_key(&p.file));
    let all = ws.static_diagnostics().into_iter();
    all.filter(|d| d.severity == Severity::Error && !is_device(d)).collect()
}

/// The project for tests: that of a folder, or of a rulebook, whose file is then given.
fn open(path: Option<&Path>, limit: Limit) -> Result<(Workspace, Option<FileId>), Unusable> {
    let Some(path) = path else { return Ok((project::open_rulebooks(limit)?, None)) };
    let ws = project::open(&[path.to_owned()], limit)?;
    if path.is_dir() {
        return Ok((ws, None));
    }
    let shown = path.display().to_string();
    let wanted = dossier_workspace::absolute(path);
    let own = ws.model().rules.files.iter().filter(|(_, f)| !f.embedded).map(|(id, _)| *id);
    let found = own.into_iter().find(|id| ws.source(*id).is_some_and(|s| ws.root().join(&s.path) == wanted));
    match found {
        Some(file) => Ok((ws, Some(file))),
        None => Err(format!(
            "`{}` is no rulebook of this project: name it in `dossier.toml` (`rulebooks = [\"…\"]`)",
            project::shown(&shown)
        )
        .into()),
    }
}

fn test(args: &TestArgs, limit: Limit, terminal: &Terminal) -> Result<Status, Unusable> {
    let (ws, file) = open(args.path.as_deref(), limit)?;
    let rules = &ws.model().rules;
    let look = terminal.out();
    let prefix = args.requirement.as_deref().unwrap_or_default();
    let chosen: Vec<RequirementId> = rules
        .law
        .requirements
        .enumerate()
        .filter(|(_, r)| r.code.as_str().starts_with(prefix) && file.is_none_or(|f| r.origin.file == f))
        .map(|(id, _)| id)
        .collect();
    none_chosen(rules, prefix, chosen.is_empty())?;
    let broken = errors(&ws);
    let texts = Texts(&ws);
    tell(&dossier_render::diagnostics(&broken, &mut Files::new(&texts), &terminal.err()));
    let runs: Vec<Vec<TestRun>> = chosen.par_iter().map(|id| run_tests(rules, *id)).collect();
    let mut out = Stdout::new();
    let mut files = Files::new(&texts);
    let (mut passed, mut failed) = (0, 0);
    // What is wrong in a `given` is wrong in every test that starts from it, and told once.
    let mut told: BTreeSet<(Option<Place>, String)> = BTreeSet::new();
    for run in runs.iter().flatten() {
        if run.passed() {
            passed += 1;
            continue;
        }
        failed += 1;
        let mut run = run.clone();
        run.diagnostics.retain(|d| told.insert((d.place, d.message.clone())));
        out.write_all(failure(&ws, &run, &mut files, &look).as_bytes())?;
    }
    let end = format!("{passed} passed, {failed} failed");
    let tint = if failed == 0 { Tint::Green } else { Tint::Red };
    let what = text::count(chosen.len(), "requirement", "requirements");
    writeln!(out, "{}; {what}, rulebooks {RULEBOOKS}", look.paint(tint, &end))?;
    out.flush()?;
    Ok(if broken.iter().any(project::is_unusable) {
        Status::Unusable
    } else if failed > 0 || !broken.is_empty() {
        Status::Fails
    } else {
        Status::Fine
    })
}

/// A prefix that no code begins with would pass every test, silently.
fn none_chosen(rules: &Rulebase, prefix: &str, none: bool) -> Result<(), Unusable> {
    if !none || prefix.is_empty() {
        return Ok(());
    }
    let codes: Vec<&str> = rules.law.requirements.iter().map(|r| r.code.as_str()).collect();
    let near = dossier_base::spell::did_you_mean(prefix, codes).map_or(String::new(), |n| format!("; {n}"));
    Err(format!("no requirement's code begins with `{}`{near}", project::shown(prefix)).into())
}

fn failure(ws: &Workspace, run: &TestRun, files: &mut Files<'_>, look: &Look) -> String {
    let rules = &ws.model().rules;
    let r = &rules.law.requirements[run.requirement];
    let mut out = format!(
        "{}: {} {}\n",
        at(rules, run.origin, files),
        look.paint(Tint::Bold, r.code.as_str()),
        text::one_line(&format!("\"{}\"", run.title))
    );
    let not_run = if run.diagnostics.is_empty() {
        "nothing: it could not be run, for what is told above"
    } else {
        "nothing: it could not be run"
    };
    let got = run.got.map_or(not_run, |g| g.as_str());
    let on = run.at.map_or(String::new(), |d| format!(", on {d}"));
    out.push_str(&format!("    expected {}, got {}{on}\n", run.expects.as_str(), look.paint(Tint::Red, got)));
    out.push_str(&dossier_render::diagnostics(&run.diagnostics, files, look));
    out
}

/// `path:line` of something in a rulebook.
fn at(rules: &Rulebase, origin: Origin, files: &mut Files<'_>) -> String {
    files
        .spot(rules.place(origin))
        .map_or_else(String::new, |s| format!("{}:{}", text::one_line(s.path), s.start.line))
}

fn cover(args: &CoverageArgs, limit: Limit, terminal: &Terminal) -> Result<Status, Unusable> {
    let (ws, file) = open(args.path.as_deref(), limit)?;
    let rules = &ws.model().rules;
    let look = terminal.out();
    let prefix = args.requirement.as_deref().unwrap_or_default();
    let texts = Texts(&ws);
    let broken = errors(&ws);
    tell(&dossier_render::diagnostics(&broken, &mut Files::new(&texts), &terminal.err()));
    let mut files = Files::new(&texts);
    let mut out = Stdout::new();
    let (mut atoms, mut covered, mut gaps, mut subjects) = (0, 0, 0, 0);
    for c in coverage(rules) {
        let code = c.subject.code(rules);
        let own = file.is_none_or(|f| origin_of(rules, c.subject).file == f);
        if !code.as_str().starts_with(prefix) || !own {
            continue;
        }
        subjects += 1;
        atoms += c.atoms;
        covered += c.covered;
        gaps += c.gaps.len();
        for gap in &c.gaps {
            let place = at(rules, gap.origin, &mut files);
            writeln!(out, "{place}: {}", look.paint(Tint::Bold, code.as_str()))?;
            out.write_all(look.paragraph("    ", &format!("{}: {}", gap.text, gap.why)).as_bytes())?;
        }
    }
    none_chosen(rules, prefix, subjects == 0)?;
    let share = if atoms == 0 { 100.0 } else { (covered as f64 * 1000.0 / atoms as f64).floor() / 10.0 };
    let line = format!("{share} % of {}", text::count(atoms, "condition", "conditions"));
    let tint = if gaps == 0 { Tint::Green } else { Tint::Red };
    writeln!(
        out,
        "{} shown to decide on their own; {}",
        look.paint(tint, &line),
        text::count(gaps, "gap", "gaps")
    )?;
    out.flush()?;
    Ok(if broken.iter().any(project::is_unusable) {
        Status::Unusable
    } else if gaps > 0 || covered < atoms || !broken.is_empty() {
        Status::Fails
    } else {
        Status::Fine
    })
}

fn origin_of(rules: &Rulebase, subject: dossier_verdict::Subject) -> Origin {
    use dossier_verdict::Subject;
    match subject {
        Subject::Requirement(r) => rules.law.requirements[r].origin,
        Subject::Instrument(i) => rules.law.instruments[i].origin,
        Subject::Exception(x) => rules.law.exceptions[x].origin,
    }
}
