//! What the terminal can do and the user wants of it.

use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;
use dossier_render::Look;
use std::io::{self, IsTerminal, Write};

/// When colours are used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub(crate) enum Color {
    /// If the terminal shows them and `NO_COLOR` is not set
    #[default]
    Auto,
    /// Always, in files too
    Always,
    /// Never
    Never,
}

/// What the terminal can do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Terminal {
    color: Color,
    width: usize,
}

impl Terminal {
    pub(crate) fn new(color: Color) -> Self {
        // `COLUMNS` says it where standard output is no terminal.
        let columns = || std::env::var("COLUMNS").ok().and_then(|c| c.trim().parse().ok());
        let asked = terminal_size::terminal_size().map(|(w, _)| usize::from(w.0));
        let width = asked.or_else(columns).unwrap_or(80);
        Self { color, width: width.clamp(8, 1_000) }
    }

    /// How text on standard output looks.
    pub(crate) fn out(&self) -> Look {
        Look { color: self.colors(AutoStream::choice(&io::stdout())), width: self.width, all: false }
    }

    /// How text on standard error looks.
    pub(crate) fn err(&self) -> Look {
        Look { color: self.colors(AutoStream::choice(&io::stderr())), width: self.width, all: false }
    }

    /// How text in a file looks.
    pub(crate) fn file(&self) -> Look {
        Look { color: self.color == Color::Always, width: 100, all: false }
    }

    /// Shows a text page by page, if standard output is a terminal that it does not fit on and there is a pager:
    /// `PAGER`, or `less`. Says whether it did.
    pub(crate) fn pages(&self, text: &str) -> bool {
        let rows = terminal_size::terminal_size().map(|(_, h)| usize::from(h.0));
        if !io::stdout().is_terminal() || rows.is_none_or(|r| text.lines().count() < r) {
            return false;
        }
        let pager = std::env::var("PAGER").unwrap_or_else(|_| "less".to_owned());
        let mut words = pager.split_whitespace();
        let Some(program) = words.next() else { return false };
        let mut command = std::process::Command::new(program);
        command.args(words).stdin(std::process::Stdio::piped());
        if std::env::var_os("LESS").is_none() {
            // Colours as they are, and no page for what fits on one.
            command.env("LESS", "FRX");
        }
        let Ok(mut child) = command.spawn() else { return false };
        // Who closes the pager early has read enough.
        let _ = child.stdin.take().map(|mut pipe| pipe.write_all(text.as_bytes()));
        child.wait().is_ok()
    }

    fn colors(&self, choice: ColorChoice) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            // NO_COLOR, CLICOLOR, CLICOLOR_FORCE, TERM=dumb, and whether it is a terminal at all.
            Color::Auto => choice != ColorChoice::Never,
        }
    }
}

/// Writes a line to standard error. That it cannot be written is no reason to fail.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", dossier_render::text::clean(line));
}

/// Writes text to standard error.
pub(crate) fn tell(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// A line on standard error that says how far a long run is; only in a terminal.
pub(crate) struct Progress {
    on: bool,
    since: std::time::Instant,
    shown: bool,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self { on: io::stderr().is_terminal(), since: std::time::Instant::now(), shown: false }
    }

    /// Says it, if the run has taken a while.
    pub(crate) fn at(&mut self, done: usize, of: usize, what: &str) {
        if self.on && self.since.elapsed().as_millis() > 800 {
            self.shown = true;
            tell(&format!("\r{done} of {of} {what} "));
        }
    }

    /// Takes the line away.
    pub(crate) fn end(&mut self) {
        if std::mem::take(&mut self.shown) {
            tell("\r\u{1b}[2K");
        }
    }
}
