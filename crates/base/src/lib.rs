//! What every other crate speaks: files, byte ranges, names and diagnostics.
//!
//! Knows nothing of disks, syntax, law or output formats.

pub mod codes;
mod diagnostic;
mod intern;
mod lines;
pub mod spell;

pub use diagnostic::{
    Applicability, Code, Diagnostic, Edit, Fix, Label, MOST_TOLD, Note, NoteKind, Place, Severity,
};
pub use intern::Sym;
pub use lines::{LineCol, Lines};
pub use text_size::{TextRange, TextSize};

/// A file of the workspace or of the embedded rulebooks. What it is called on disk is known to whoever gave
/// the id out; everything between the reader and the renderer passes ids only.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileId(pub u32);
