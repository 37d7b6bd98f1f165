//! One file per command.

pub(crate) mod check;
pub(crate) mod completions;
mod diff;
pub(crate) mod explain;
mod fix;
pub(crate) mod fmt;
pub(crate) mod init;
pub(crate) mod man;
pub(crate) mod rules;
pub(crate) mod schema;
mod watch;

use crate::{Status, Unusable};
use dossier_model::date::{Date, Day};
use std::io::Write as _;

/// A day from the command line.
fn day(flag: &str, text: &str) -> Result<Day, Unusable> {
    let ask = format!("{flag} takes a day such as 2026-11-23");
    match Date::parse(text) {
        Ok(date) => date.exact().ok_or_else(|| format!("{ask}, not only a month or year (`{text}`)").into()),
        Err(why) if text.starts_with(|c: char| c.is_ascii_digit()) => {
            Err(format!("{ask}; `{text}` is none: {why}").into())
        }
        Err(_) => Err(format!("{ask}, not `{}`", crate::project::shown(text)).into()),
    }
}

/// Writes a text to standard output: page by page if it is a terminal that it does not fit on.
fn page(text: &str, terminal: &crate::terminal::Terminal) -> Result<Status, Unusable> {
    if terminal.pages(text) { Ok(Status::Fine) } else { print(text) }
}

/// Writes a text to standard output.
fn print(text: &str) -> Result<Status, Unusable> {
    let mut out = crate::output::Stdout::new();
    out.write_all(text.as_bytes()).and_then(|()| out.flush())?;
    Ok(Status::Fine)
}
