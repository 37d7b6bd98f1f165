//! `dossier fmt`

use crate::args::FmtArgs;
use crate::output::{self, Stdout};
use crate::project::{self, Limit};
use crate::terminal::{Terminal, complain, tell};
use crate::{Status, Unusable};
use dossier_base::FileId;
use dossier_fmt::Refused;
use dossier_render::text::{self, Tint};
use dossier_render::{File, Files, Look, Sources};
use dossier_syntax::Parse;
use similar::{ChangeTag, TextDiff};
use std::io::Write;
use std::path::{Path, PathBuf};

/// What was done with a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Done {
    Same,
    Changed,
    /// The formatter would not: the file has errors.
    Refused,
    /// The formatter found itself at fault, or the file could not be read or written.
    Failed,
}

pub(crate) fn run(args: &FmtArgs, limit: Limit, terminal: &Terminal) -> Result<Status, Unusable> {
    let mut out = Stdout::new();
    let mut done: Vec<Done> = Vec::new();
    let mut quiet = false;
    if args.paths.iter().any(|p| project::is_stdin(p)) {
        quiet = !args.check;
        done.push(stdin(args, limit, terminal, &mut out)?);
    }
    let paths: Vec<&PathBuf> = args.paths.iter().filter(|p| !project::is_stdin(p)).collect();
    let here = PathBuf::from(".");
    let paths = if args.paths.is_empty() { vec![&here] } else { paths };
    let mut files: Vec<PathBuf> = Vec::new();
    for path in paths {
        if std::fs::symlink_metadata(path).is_err() {
            return Err(format!("there is no file or folder `{}`", path.display()).into());
        }
        files.extend(project::files_below(path));
    }
    files.sort();
    files.dedup();
    for path in &files {
        quiet = false;
        done.push(match file(path, args, limit, terminal, &mut out) {
            Ok(d) => d,
            Err(Unusable(why)) => {
                complain(&format!("dossier: {why}"));
                Done::Failed
            }
        });
    }
    let n = |what: Done| done.iter().filter(|d| **d == what).count();
    if !quiet {
        let would = if args.check || args.diff { "would change" } else { "changed" };
        complain(&tally(n(Done::Changed), would, n(Done::Same), n(Done::Refused) + n(Done::Failed)));
    }
    out.flush()?;
    Ok(if n(Done::Failed) > 0 {
        Status::Unusable
    } else if n(Done::Refused) > 0 || (args.check && n(Done::Changed) > 0) {
        Status::Fails
    } else {
        Status::Fine
    })
}

/// `2 files changed, 1 as it should be`: what there is none of is not counted.
fn tally(changed: usize, would: &str, same: usize, left: usize) -> String {
    let as_they = if same == 1 { "as it should be" } else { "as they should be" };
    let parts = [(changed, would), (same, as_they), (left, "left alone")];
    let mut line = String::new();
    for (n, what) in parts.into_iter().filter(|p| p.0 > 0) {
        let n =
            if line.is_empty() { text::count(n, "file", "files") } else { format!(", {}", text::number(n)) };
        line.push_str(&format!("{n} {what}"));
    }
    if line.is_empty() { "no files".to_owned() } else { line }
}

fn stdin(args: &FmtArgs, limit: Limit, terminal: &Terminal, out: &mut Stdout) -> Result<Done, Unusable> {
    let text = project::read_stdin(limit)?;
    let formatted = match format(&text, "<stdin>", terminal) {
        Ok(f) => f,
        Err(done) => return Ok(done),
    };
    if args.diff {
        diff("<stdin>", &text, &formatted, &terminal.out(), out)?;
    } else if !args.check {
        out.write_all(formatted.as_bytes())?;
    }
    Ok(if formatted == text { Done::Same } else { Done::Changed })
}

fn file(
    path: &Path,
    args: &FmtArgs,
    limit: Limit,
    terminal: &Terminal,
    out: &mut Stdout,
) -> Result<Done, Unusable> {
    let text = project::read_file(path, limit)?;
    let shown = path.display().to_string();
    let shown = shown.strip_prefix("./").unwrap_or(&shown);
    let formatted = match format(&text, shown, terminal) {
        Ok(f) => f,
        Err(done) => return Ok(done),
    };
    if formatted == text {
        return Ok(Done::Same);
    }
    if args.diff {
        diff(shown, &text, &formatted, &terminal.out(), out)?;
    } else {
        writeln!(out, "{} {}", if args.check { "would change" } else { "changed" }, text::one_line(shown))?;
    }
    if !args.check && !args.diff {
        output::replace(path, |w| w.write_all(formatted.as_bytes()))?;
    }
    Ok(Done::Changed)
}

/// Lays a text out, or says why not.
fn format(text: &str, path: &str, terminal: &Terminal) -> Result<String, Done> {
    let parse = dossier_syntax::parse(FileId(0), text);
    match dossier_fmt::format(&parse) {
        Ok(formatted) => Ok(formatted),
        Err(refused @ Refused::Proof(_)) => {
            complain(&format!(
                "dossier: {}: {refused}. The file is as it was. This is a mistake in dossier; please report it with the file.",
                text::one_line(path)
            ));
            Err(Done::Failed)
        }
        Err(refused) => {
            let one = One { path, parse: &parse };
            tell(&dossier_render::diagnostics(&parse.diagnostics, &mut Files::new(&one), &terminal.err()));
            complain(&format!("{}: left as it is: {refused}", text::one_line(path)));
            Err(Done::Refused)
        }
    }
}

/// A single file, for whoever renders.
struct One<'p> {
    path: &'p str,
    parse: &'p Parse,
}

impl Sources for One<'_> {
    fn file(&self, id: FileId) -> Option<File<'_>> {
        (id == self.parse.id).then(|| File { path: self.path, text: &self.parse.text })
    }

    fn inputs(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}

/// Writes a unified diff. On a terminal nothing in it is obeyed; elsewhere it can be applied.
fn diff(path: &str, before: &str, after: &str, look: &Look, out: &mut Stdout) -> Result<(), Unusable> {
    if before == after {
        return Ok(());
    }
    let raw = !std::io::IsTerminal::is_terminal(&std::io::stdout());
    let path = text::one_line(path);
    writeln!(out, "{}", look.paint(Tint::Bold, &format!("--- a/{path}")))?;
    writeln!(out, "{}", look.paint(Tint::Bold, &format!("+++ b/{path}")))?;
    let diff = TextDiff::from_lines(before, after);
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        writeln!(out, "{}", look.paint(Tint::Cyan, &hunk.header().to_string()))?;
        for change in hunk.iter_changes() {
            let (sign, tint) = match change.tag() {
                ChangeTag::Delete => ('-', Tint::Red),
                ChangeTag::Insert => ('+', Tint::Green),
                ChangeTag::Equal => (' ', Tint::Plain),
            };
            let value = change.value();
            let line = value.strip_suffix('\n').unwrap_or(value);
            let line = if raw { line.into() } else { text::clean(line) };
            writeln!(out, "{}", look.paint(tint, &format!("{sign}{line}")))?;
            if change.missing_newline() {
                writeln!(out, "\\ No newline at end of file")?;
            }
        }
    }
    Ok(())
}
