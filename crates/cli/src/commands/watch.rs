//! `dossier check --watch`: checks again whenever something changes.

use crate::args::CheckArgs;
use crate::project::{self, Limit, is_stdin};
use crate::terminal::{Terminal, complain, tell};
use crate::{Status, Unusable};
use dossier_workspace::{FileKind, Workspace, kind};
use notify::event::{EventKind, ModifyKind};
use notify::{Event, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Editors write a file in several steps; what follows each other so closely is one change.
const SETTLE: Duration = Duration::from_millis(40);

/// Checks, waits for a change, and checks again. Ends when the watcher does, or with the process.
///
/// # Errors
/// If the project cannot be watched or the first check cannot be made.
pub(super) fn run(
    args: &CheckArgs,
    mut ws: Workspace,
    limit: Limit,
    terminal: &Terminal,
) -> Result<Status, Unusable> {
    if args.paths.iter().any(|p| is_stdin(p)) {
        return Err("standard input cannot be watched: name a file or a folder".into());
    }
    let (send, receive) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        if let Ok(event) = event {
            // The other end is there until the process ends.
            let _ = send.send(event);
        }
    })?;
    watcher.watch(ws.root(), RecursiveMode::Recursive)?;
    let mut status = super::check::once(args, &ws, limit, terminal)?;
    loop {
        complain("dossier: watching; Ctrl+C ends it");
        let Some(changed) = next(&receive) else { return Ok(status) };
        let root = ws.root().to_owned();
        let changed: Vec<PathBuf> = changed.into_iter().filter(|p| !ignored(p, &root)).collect();
        if changed.is_empty() {
            continue;
        }
        match take_in(&mut ws, &changed, args, limit) {
            Ok(()) => {}
            Err(why) => {
                complain(&format!("dossier: {}", why.0));
                continue;
            }
        }
        if std::io::stdout().is_terminal() {
            tell("\u{1b}[2J\u{1b}[H");
        }
        match super::check::once(args, &ws, limit, terminal) {
            Ok(s) => status = s,
            Err(why) => complain(&format!("dossier: {}", why.0)),
        }
    }
}

/// The paths of the next change; none once nothing can change any more.
fn next(events: &Receiver<Event>) -> Option<BTreeSet<PathBuf>> {
    let mut changed = BTreeSet::new();
    let mut event = events.recv().ok()?;
    loop {
        // Reading a file is no change to it.
        if !matches!(event.kind, EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_))) {
            changed.extend(event.paths);
        }
        match events.recv_timeout(SETTLE) {
            Ok(more) => event = more,
            Err(_) => return Some(changed),
        }
    }
}

/// Files that nobody's project is about.
fn ignored(path: &Path, root: &Path) -> bool {
    let inside = path.strip_prefix(root).unwrap_or(path);
    let hidden = |c: &std::ffi::OsStr| c.to_str().is_some_and(|s| s.starts_with('.') && s.len() > 1);
    inside.components().any(|c| hidden(c.as_os_str()) || c.as_os_str() == "target")
}

/// Brings the picture up to date: of a device file that is known only what depends on it, else all anew.
fn take_in(ws: &mut Workspace, changed: &[PathBuf], args: &CheckArgs, limit: Limit) -> Result<(), Unusable> {
    let known = |p: &PathBuf| {
        ws.model().files.keys().any(|id| ws.source(*id).is_some_and(|s| ws.root().join(&s.path) == *p))
    };
    let simple = changed.iter().all(|p| kind(p) == Some(FileKind::Device) && p.is_file() && known(p));
    if simple {
        for path in changed {
            ws.set_text(path, &project::read_file(path, limit)?);
        }
    } else {
        *ws = project::open(&args.paths, limit)?;
    }
    Ok(())
}
