//! The one layout of Dossier files.
//!
//! [`format()`] takes a file that was read and gives it back laid out: one item a line, two spaces of indent, values
//! in a column, lines of at most [`WIDTH`] columns where the text allows it. It never trusts itself: each run
//! reads its own output and proves that nothing but white space and trailing commas changed (see the module
//! `proof`).
//!
//! The way: module `tokens` says of every token what stands before it on a line and how wide it is, module `print` decides
//! where lines break. Each decision is made from what formatting does not change (tokens, comments, blank lines,
//! which blocks stood on one line, which operators began a line), so that formatting twice is formatting once.
//!
//! Knows nothing of disks, differences or the meaning of words.

mod print;
mod proof;
mod tokens;

use dossier_base::codes;
use dossier_syntax::Parse;

pub use proof::Broken;

/// How many columns a line takes where it can be broken. Wide characters count two.
pub const WIDTH: u32 = 120;

/// Why a file was not formatted. The caller leaves it as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// Its brackets do not match or nest too deep: where its items begin and end is a guess.
    Brackets,
    /// The parser gave up, and the tree holds only part of the file.
    Unread,
    /// The output does not say what the input says. Our bug, never the author's.
    Proof(Broken),
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Brackets => {
                f.write_str("brackets do not match, so it is not sure where blocks begin and end")
            }
            Self::Unread => f.write_str("the file could not be read as a whole"),
            Self::Proof(broken) => write!(f, "internal error of the formatter: {broken}"),
        }
    }
}

impl std::error::Error for Refused {}

/// Lays a file out.
///
/// Items that did not parse stay as they are written, and so do those around them.
///
/// # Errors
/// [`Refused`] if brackets were repaired or nest too deep, or if the proof that nothing changed fails.
pub fn format(parse: &Parse) -> Result<String, Refused> {
    let repaired = parse.diagnostics.iter().any(|d| {
        [&codes::UNCLOSED_BLOCK, &codes::MISSING_OPEN_BRACE, &codes::STRAY_BRACE, &codes::TOO_DEEP]
            .contains(&d.code)
    });
    if repaired {
        return Err(Refused::Brackets);
    }
    let out = print::print(parse)?;
    proof::check(parse, &out).map_err(|broken| {
        // Where a list is left open, line ends are told apart by indentation, which formatting changes.
        if tokens::brackets_match(parse) { Refused::Proof(broken) } else { Refused::Brackets }
    })?;
    Ok(out)
}
