//! `dossier rules diff`

use crate::args::{DiffArgs, DiffFormat};
use crate::output::Stdout;
use crate::project::{self, Limit, RULEBOOKS, Texts, VERSION};
use crate::terminal::{Terminal, complain};
use crate::{Status, Unusable};
use dossier_base::{FileId, Place, Severity, Sym};
use dossier_model::date::{Date, Day};
use dossier_model::law::Force;
use dossier_render::rules::{Diff, Filter, Medium, Moved};
use dossier_render::{Files, Look, text};
use dossier_verdict::Detail;
use dossier_workspace::{CheckRequest, Workspace};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

pub(crate) fn run(args: &DiffArgs, limit: Limit, terminal: &Terminal) -> Result<Status, Unusable> {
    let days = args.later.as_deref().map(|later| days(&args.earlier, later)).transpose()?;
    if days.is_none() && !args.device.is_empty() {
        return Err("`--device` takes two days: an earlier list cannot be judged by".into());
    }
    let ws =
        if args.device.is_empty() { project::open_rulebooks(limit)? } else { project::open(&[], limit)? };
    let rules = &ws.model().rules;
    let filter = Filter {
        market: args.market.clone(),
        instrument: args.instrument.clone(),
        force: args.force.as_deref().and_then(Force::from_word),
        date: None,
        control: args.control.clone(),
    };
    let texts = Texts(&ws);
    let mut diff = match days {
        Some((from, to)) => {
            filter.check(rules)?;
            Diff::between(rules, &texts, &filter, from, to)
        }
        None => {
            let text = earlier(&args.earlier, limit)?;
            let shown = project::shown(&args.earlier);
            filter.check(rules)?;
            Diff::since(rules, &texts, &filter, &shown, &text).map_err(|why| format!("`{shown}` {why}"))?
        }
    };
    if let Some((from, to)) = days
        && !args.device.is_empty()
    {
        devices(args, &ws, &filter, (from, to), &mut diff)?;
        warn_of_devices(&ws, &args.device);
    }
    super::rules::warn_of_errors(&ws);
    let look = Look { all: args.all, ..terminal.out() };
    match args.format {
        DiffFormat::Human => super::page(&diff.page(rules, Medium::Terminal(&look)), terminal),
        DiffFormat::Markdown => super::print(&diff.page(rules, Medium::Markdown)),
        DiffFormat::Json => {
            let mut out = Stdout::new();
            diff.json(VERSION, RULEBOOKS, &mut out)?;
            out.flush()?;
            Ok(Status::Fine)
        }
    }
}

fn days(earlier: &str, later: &str) -> Result<(Day, Day), Unusable> {
    let (from, to) = (super::day("`rules diff`", earlier)?, super::day("`rules diff`", later)?);
    if from >= to {
        let why = if from == to { "the two days are the same" } else { "the first day is the later one" };
        return Err(format!("{why} ({from}, {to}): name the earlier day first").into());
    }
    Ok((from, to))
}

/// The text of an earlier list.
fn earlier(name: &str, limit: Limit) -> Result<String, Unusable> {
    if Date::parse(name).is_ok() && !Path::new(name).exists() {
        return Err(
            format!("`{}` is one day; name a second one to compare it with", project::shown(name)).into()
        );
    }
    project::read_file(Path::new(name), limit)
}

fn devices(
    args: &DiffArgs,
    ws: &Workspace,
    filter: &Filter,
    (from, to): (Day, Day),
    diff: &mut Diff,
) -> Result<(), Unusable> {
    let (devices, _) = super::check::chosen(ws, &args.device)?;
    let markets = match &args.market {
        Some(market) => vec![Sym::new(market)],
        None => ws.config().markets.iter().map(|m| Sym::new(m)).collect(),
    };
    let request = CheckRequest { as_of: from, devices, markets, detail: Detail::All };
    let before = ws.check(&request);
    let texts = Texts(ws);
    let mut files = Files::new(&texts);
    let after = ws.check(&CheckRequest { as_of: to, ..request });
    // Which devices are checked does not hang on the day.
    for (was, is) in before.iter().zip(&after) {
        diff.device(Moved::of(ws.model(), &mut files, filter, was, is));
    }
    Ok(())
}

/// What a device file does not say right is unknown on both days, and moves nothing.
fn warn_of_devices(ws: &Workspace, names: &[String]) {
    let mut files: BTreeSet<FileId> = BTreeSet::new();
    for (id, unit) in ws.devices() {
        if names.iter().any(|n| unit.name.as_str() == n) {
            files.insert(id.file);
            files.extend(ws.model().components(id).0.iter().map(|c| c.origin.file));
        }
    }
    let is_theirs = |place: Place| files.contains(&place.file);
    let found = ws.static_diagnostics();
    let n = found.iter().filter(|d| d.severity == Severity::Error && d.place.is_some_and(is_theirs)).count();
    if n > 0 {
        complain(&format!(
            "dossier: {} in the files of these devices: `dossier check` shows them",
            text::count(n, "error", "errors")
        ));
    }
}
