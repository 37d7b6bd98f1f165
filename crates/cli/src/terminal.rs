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
