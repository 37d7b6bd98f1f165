//! `dossier check`

use crate::args::{CheckArgs, FailOnArg};
use crate::output::{self, Stdout};
use crate::project::{self, Limit, Texts};
use crate::terminal::{Progress, Terminal};
use crate::{Status, Unusable};
use dossier_base::{Diagnostic, Severity, Sym, spell};
use dossier_render::{Before, Feed, Files, Fingerprints, Run, Since, rules::known_market};
use dossier_verdict::{Detail, DeviceCheck, Finding, Findings, Row};
use dossier_workspace::config::FailOn;
use dossier_workspace::{CheckRequest, Workspace};
use std::io::{self, Write};
use std::path::Path;

pub(crate) fn run(args: &CheckArgs, limit: Limit, terminal: &Terminal) -> Result<Status, Unusable> {
    if args.fix && args.paths.iter().any(|p| project::is_stdin(p)) {
        return Err("standard input cannot be put right: name a file or a folder".into());
    }
    let mut ws = project::open(&args.paths, limit)?;
    if args.fix && super::fix::apply(&ws)? {
        ws = project::open(&args.paths, limit)?;
    }
    if args.watch {
        return super::watch::run(args, ws, limit, terminal);
    }
    once(args, &ws, limit, terminal)
}

/// Checks an open project and writes the results.
pub(super) fn once(
    args: &CheckArgs,
    ws: &Workspace,
    limit: Limit,
    terminal: &Terminal,
) -> Result<Status, Unusable> {
    let asked = args.as_of.as_deref().map(|d| super::day("--as-of", d)).transpose()?;
    for market in &args.market {
        known_market(&ws.model().rules, market)?;
    }
    let (devices, count) = chosen(ws, &args.device)?;
    let own_rulebook = ws.model().rules.files.values().any(|f| !f.embedded);
    let fixed = ws.static_diagnostics();
    if ws.model().files.is_empty() && !own_rulebook && fixed.is_empty() {
        let place = args.paths.first().map_or_else(|| ".".to_owned(), |p| p.display().to_string());
        return Err(format!(
            "there is no `*.dossier` file in `{}`; name one, or a folder that has some",
            project::shown(&place)
        )
        .into());
    }
    let as_of = asked.or(ws.config().as_of).unwrap_or_else(|| jiff::ZonedDateTime::now().date());
    let markets = if args.market.is_empty() { &ws.config().markets } else { &args.market };
    let fail_on = match args.fail_on {
        Some(FailOnArg::Error) => FailOn::Error,
        Some(FailOnArg::Warning) => FailOn::Warning,
        Some(FailOnArg::Information) => FailOn::Information,
        Some(FailOnArg::Never) => FailOn::Never,
        None => ws.fail_on(),
    };
    let format = dossier_render::format(&args.format).ok_or("there is no such format")?;
    let texts = Texts(ws);
    let before = args.since.as_deref().map(|path| before(path, limit, ws, &devices)).transpose()?;
    let severity = |row: &Row| {
        let by_law = row.severity?;
        ws.requirement_severity(row.requirement).unwrap_or(Some(by_law))
    };
    let command = command(args);
    let run = Run {
        tool: project::VERSION,
        rulebooks: project::RULEBOOKS,
        as_of,
        model: ws.model(),
        sources: &texts,
        command: &command,
        switched_off: ws.switched_off(),
        since: before.as_ref(),
        fail_on: word(fail_on),
        fails: &|s| fail_on.fails(s),
        severity: &severity,
    };
    let mut feed = Checker {
        ws,
        request: CheckRequest {
            as_of,
            devices,
            markets: markets.iter().map(|m| Sym::new(m)).collect(),
            detail: Detail::All,
        },
        fixed,
        count,
        found: Findings::default(),
        worst: None,
        unusable: false,
        since: before.as_ref().map(|b| (b, Fingerprints::new(ws.model()), Files::new(&texts))),
        progress: Progress::new(),
    };
    match &args.output {
        Some(path) => {
            let look = dossier_render::Look { all: args.all, ..terminal.file() };
            output::replace(path, |out| format.write(&run, &mut feed, &look, out))?;
        }
        None => {
            let look = dossier_render::Look { all: args.all, ..terminal.out() };
            let mut out = Stdout::new();
            format.write(&run, &mut feed, &look, &mut out)?;
            out.flush()?;
        }
    }
    Ok(match feed.worst {
        _ if feed.unusable => Status::Unusable,
        Some(s) if fail_on.fails(s) => Status::Fails,
        _ => Status::Fine,
    })
}

/// Says in the format asked for that the program failed, if the format has a way to. That this cannot be written
/// changes nothing: standard error has it.
pub(crate) fn internal_error(args: &CheckArgs, why: &str) {
    let Some(format) = dossier_render::format(&args.format) else { return };
    let mut text = Vec::new();
    if format.write_internal_error(project::VERSION, why, &mut text).is_err() || text.is_empty() {
        return;
    }
    let _ = match &args.output {
        Some(path) => output::replace(path, |out| out.write_all(&text)),
        None => {
            let mut out = Stdout::new();
            out.write_all(&text).and_then(|()| out.flush()).map_err(|e| e.to_string())
        }
    };
}

fn word(fail_on: FailOn) -> &'static str {
    match fail_on {
        FailOn::Error => "error",
        FailOn::Warning => "warning",
        FailOn::Information => "information",
        FailOn::Never => "never",
    }
}

/// An earlier check of these devices.
fn before(path: &Path, limit: Limit, ws: &Workspace, devices: &[String]) -> Result<Before, Unusable> {
    let text = project::read_file(path, limit)?;
    let shown = project::shown(&path.display().to_string());
    let before = Before::read(&text).map_err(|why| format!("`{shown}` {why}"))?;
    let all: Vec<String> = ws.devices().into_iter().map(|(_, u)| u.name.to_string()).collect();
    let asked = if devices.is_empty() { &all } else { devices };
    if !before.is_empty() && !asked.is_empty() && !asked.iter().any(|d| before.knows(d)) {
        return Err(
            format!("`{shown}` is a check of other devices: it has none of {}", asked.join(", ")).into()
        );
    }
    Ok(before)
}

/// The names of the devices that were asked for (none for all), and how many devices that is.
pub(super) fn chosen(ws: &Workspace, asked: &[String]) -> Result<(Vec<String>, usize), Unusable> {
    let all: Vec<&str> = ws.devices().into_iter().map(|(_, u)| u.name.as_str()).collect();
    if asked.is_empty() {
        return Ok((Vec::new(), all.len()));
    }
    for name in asked {
        if !all.contains(&name.as_str()) {
            let near = spell::did_you_mean(name, all.iter().copied()).unwrap_or_else(|| match all.len() {
                0 => "there are none here".to_owned(),
                1..=12 => format!("there are {}", all.join(", ")),
                n => format!("there are {n} others"),
            });
            return Err(format!("there is no device `{}`; {near}", project::shown(name)).into());
        }
    }
    let count = all.iter().filter(|n| asked.iter().any(|a| a == *n)).count();
    Ok((asked.to_vec(), count))
}

/// How the command was called, for what it suggests.
fn command(args: &CheckArgs) -> String {
    let mut words = vec!["dossier check".to_owned()];
    words.extend(args.paths.iter().map(|p| p.display().to_string()));
    words.extend(args.device.iter().map(|d| format!("--device {d}")));
    words.extend(args.market.iter().map(|m| format!("--market {m}")));
    words.extend(args.as_of.iter().map(|d| format!("--as-of {d}")));
    words.join(" ")
}

/// Hands devices on as they are checked, and gathers what there is to do about them.
struct Checker<'w> {
    ws: &'w Workspace,
    request: CheckRequest,
    fixed: Vec<Diagnostic>,
    found: Findings,
    count: usize,
    worst: Option<Severity>,
    unusable: bool,
    /// An earlier check, and what tells findings from its own.
    since: Option<(&'w Before, Fingerprints, Files<'w>)>,
    progress: Progress,
}

impl Checker<'_> {
    /// Takes the weight of something found, unless an earlier check had it.
    fn weigh(&mut self, severity: Severity, diagnostic: impl FnOnce() -> Diagnostic) {
        if let Some((before, fingerprints, files)) = &mut self.since {
            let d = diagnostic();
            if before.finding(&fingerprints.of(&d, self.ws.model(), files), &d) == Since::Known {
                return;
            }
        }
        self.worst = self.worst.max(Some(severity));
    }
}

impl Feed for Checker<'_> {
    fn static_diagnostics(&mut self) -> Vec<Diagnostic> {
        let list = std::mem::take(&mut self.fixed);
        for d in &list {
            self.unusable |= project::is_unusable(d);
            self.weigh(d.severity, || d.clone());
        }
        list
    }

    fn devices(
        &mut self,
        detail: Detail,
        each: &mut dyn FnMut(&DeviceCheck) -> io::Result<()>,
    ) -> io::Result<()> {
        let request = CheckRequest { detail, ..self.request.clone() };
        let mut done = 0;
        let ws = self.ws;
        ws.check_each(&request, |check| {
            each(&check)?;
            ws.find(&mut self.found, &check);
            done += 1;
            self.progress.at(done, self.count, "devices");
            Ok::<(), io::Error>(())
        })?;
        self.progress.end();
        Ok(())
    }

    fn findings(&mut self, each: &mut dyn FnMut(&Finding<'_>) -> io::Result<()>) -> io::Result<()> {
        for finding in self.ws.found(std::mem::take(&mut self.found)) {
            self.weigh(finding.severity, || finding.diagnostic());
            each(&finding)?;
        }
        Ok(())
    }
}
