//! `dossier check`

use crate::args::{CheckArgs, FailOnArg};
use crate::output::{self, Stdout};
use crate::project::{self, Texts};
use crate::terminal::{Progress, Terminal};
use crate::{Status, Unusable};
use dossier_base::{Diagnostic, Severity, Sym, spell};
use dossier_render::{Feed, Run, rules::known_market};
use dossier_verdict::{Detail, DeviceCheck, Row};
use dossier_workspace::config::FailOn;
use dossier_workspace::{CheckRequest, Workspace};
use std::io::{self, Write};

/// How many devices are checked at a time: as many derivations are held.
const AT_ONCE: usize = 256;

pub(crate) fn run(args: &CheckArgs, terminal: &Terminal) -> Result<Status, Unusable> {
    let asked = args.as_of.as_deref().map(|d| super::day("--as-of", d)).transpose()?;
    let ws = project::open(&args.paths)?;
    for market in &args.market {
        known_market(&ws.model().rules, market)?;
    }
    let devices = chosen(&ws, &args.device)?;
    let own_rulebook = ws.model().rules.files.values().any(|f| !f.embedded);
    let fixed = project::static_diagnostics(&ws);
    if ws.model().files.is_empty() && !own_rulebook && fixed.is_empty() {
        let place = args.paths.first().map_or_else(|| ".".to_owned(), |p| p.display().to_string());
        return Err(format!("there is no `*.dossier` file in `{}`; name one, or a folder that has some", project::shown(&place)).into());
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
    let texts = Texts(&ws);
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
        fail_on: word(fail_on),
        severity: &severity,
    };
    let mut feed = Checker {
        ws: &ws,
        request: CheckRequest {
            as_of,
            devices,
            markets: markets.iter().map(|m| Sym::new(m)).collect(),
            detail: Detail::All,
        },
        fixed,
        kept: Vec::new(),
        worst: None,
        unusable: false,
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

fn word(fail_on: FailOn) -> &'static str {
    match fail_on {
        FailOn::Error => "error",
        FailOn::Warning => "warning",
        FailOn::Information => "information",
        FailOn::Never => "never",
    }
}

/// The names of the devices to check: those that were asked for, or all.
fn chosen(ws: &Workspace, asked: &[String]) -> Result<Vec<String>, Unusable> {
    let mut all: Vec<String> = ws.devices().into_iter().map(|(_, u)| u.name.to_string()).collect();
    all.dedup();
    for name in asked {
        if !all.contains(name) {
            let near = spell::did_you_mean(name, all.iter().map(String::as_str)).map_or_else(
                || match all.len() {
                    0 => "there are none here".to_owned(),
                    1..=12 => format!("there are {}", all.join(", ")),
                    n => format!("there are {n} others"),
                },
                |near| near,
            );
            return Err(format!("there is no device `{}`; {near}", project::shown(name)).into());
        }
    }
    if !asked.is_empty() {
        all.retain(|n| asked.contains(n));
    }
    Ok(all)
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

/// Checks devices a few at a time. Of those that have gone by, only what findings are made of is kept.
struct Checker<'w> {
    ws: &'w Workspace,
    request: CheckRequest,
    fixed: Vec<Diagnostic>,
    kept: Vec<DeviceCheck>,
    worst: Option<Severity>,
    unusable: bool,
    progress: Progress,
}

impl Checker<'_> {
    fn weigh(&mut self, list: &[Diagnostic]) {
        self.worst = self.worst.max(list.iter().map(|d| d.severity).max());
        self.unusable |= list.iter().any(project::is_unusable);
    }
}

impl Feed for Checker<'_> {
    fn static_diagnostics(&mut self) -> Vec<Diagnostic> {
        let list = std::mem::take(&mut self.fixed);
        self.weigh(&list);
        list
    }

    fn devices(
        &mut self,
        detail: Detail,
        each: &mut dyn FnMut(&DeviceCheck) -> io::Result<()>,
    ) -> io::Result<()> {
        let names = std::mem::take(&mut self.request.devices);
        for (n, chunk) in names.chunks(AT_ONCE).enumerate() {
            self.progress.at(n * AT_ONCE, names.len(), "devices");
            let request = CheckRequest { devices: chunk.to_vec(), detail, ..self.request.clone() };
            for mut check in self.ws.check(&request) {
                each(&check)?;
                for row in check.markets.iter_mut().flat_map(|m| &mut m.rows) {
                    if row.severity.is_none() {
                        row.explained = None;
                    }
                }
                self.kept.push(check);
            }
        }
        self.progress.end();
        Ok(())
    }

    fn findings(&mut self) -> Vec<Diagnostic> {
        let list = self.ws.findings(&std::mem::take(&mut self.kept));
        self.weigh(&list);
        list
    }
}
