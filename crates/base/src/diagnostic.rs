//! The one diagnostic type, rendered by many back ends.

use crate::{FileId, TextRange};

/// How much a diagnostic weighs. Ordered: an error is greater than a warning.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Worth knowing; never fails a run by default.
    Information,
    /// Should be looked at.
    Warning,
    /// Fails a run by default.
    Error,
}

impl Severity {
    /// One step lower; information stays information.
    #[must_use]
    pub fn lower(self) -> Self {
        match self {
            Self::Error => Self::Warning,
            Self::Warning | Self::Information => Self::Information,
        }
    }

    /// `error`, `warning` or `information`, as configuration and machine formats spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Information => "information",
        }
    }
}

/// So many diagnostics are told of one file by each stage that reads it; who has more mends these first. It bounds the
/// memory that a file of ten million mistakes takes.
pub const MOST_TOLD: usize = 1_000;

/// A kind of diagnostic: what `dossier explain` prints. Made from a page in `crates/base/diagnostics`.
#[derive(PartialEq, Eq, Debug)]
pub struct Code {
    /// `E0101`; public, never reused.
    pub id: &'static str,
    /// `unknown-field`; the page's file name.
    pub name: &'static str,
    /// Severity unless configuration or a requirement's force says otherwise.
    pub severity: Severity,
    /// The message with its holes in braces.
    pub message: &'static str,
    /// Long help in Markdown; its fenced examples are run by the tests.
    pub help: &'static str,
}

/// Where in which file. A range is in bytes and may be empty.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// Byte range in it.
    pub range: PlaceRange,
}

/// A byte range that can be ordered (`TextRange` itself cannot).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PlaceRange {
    start: u32,
    end: u32,
}

impl Place {
    /// A place from a file and a range.
    pub fn new(file: FileId, range: TextRange) -> Self {
        Self { file, range: PlaceRange { start: range.start().into(), end: range.end().into() } }
    }

    /// The byte range.
    pub fn text_range(self) -> TextRange {
        TextRange::new(self.range.start.into(), self.range.end.into())
    }

    /// First byte.
    pub fn start(self) -> u32 {
        self.range.start
    }

    /// One past the last byte.
    pub fn end(self) -> u32 {
        self.range.end
    }
}

/// A place with a few words about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What is there; may be empty.
    pub text: String,
}

/// A line under a diagnostic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// Whether it explains or advises.
    pub kind: NoteKind,
    /// The text.
    pub text: String,
}

/// What a note does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoteKind {
    /// Explains.
    Note,
    /// Says what to do.
    Help,
}

/// Replacement of a range by a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub place: Place,
    /// By what.
    pub text: String,
}

/// Whether a fix may be applied unasked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Applicability {
    /// Changes no meaning, or the meaning can only be this; `--fix` applies it.
    Safe,
    /// A person should look.
    Maybe,
}

/// A way out of a diagnostic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What it does, as a command: "replace `wifii` by `wifi`".
    pub title: String,
    /// The edits, none overlapping.
    pub edits: Vec<Edit>,
    /// Whether it may be applied unasked.
    pub applicability: Applicability,
}

/// Something to tell a person, at a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// What kind it is.
    pub code: &'static Code,
    /// How much it weighs here.
    pub severity: Severity,
    /// One sentence that stands alone.
    pub message: String,
    /// The place it is about; none for what concerns a whole run (a command line, a configuration).
    pub place: Option<Place>,
    /// A few words at the place; may be empty.
    pub label: String,
    /// Other places.
    pub labels: Vec<Label>,
    /// Explanations and advice.
    pub notes: Vec<Note>,
    /// Ways out.
    pub fixes: Vec<Fix>,
    /// Requirements whose verdict it decides, in order of their ids.
    pub decides: Vec<String>,
    /// What the diagnostic is about, by name and not by line, so that its fingerprint survives edits elsewhere.
    pub subject: String,
}

impl Diagnostic {
    /// A diagnostic of that kind with its default severity.
    pub fn new(code: &'static Code, place: Option<Place>, message: String) -> Self {
        Self {
            code,
            severity: code.severity,
            message,
            place,
            label: String::new(),
            labels: Vec::new(),
            notes: Vec::new(),
            fixes: Vec::new(),
            decides: Vec::new(),
            subject: String::new(),
        }
    }

    /// With a few words at the place itself.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// With another place.
    #[must_use]
    pub fn also(mut self, place: Place, text: impl Into<String>) -> Self {
        self.labels.push(Label { place, text: text.into() });
        self
    }

    /// With an explanation.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(Note { kind: NoteKind::Note, text: text.into() });
        self
    }

    /// With advice.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.notes.push(Note { kind: NoteKind::Help, text: text.into() });
        self
    }

    /// With advice where there is some.
    #[must_use]
    pub fn help_if(self, text: Option<String>) -> Self {
        match text {
            Some(text) => self.help(text),
            None => self,
        }
    }

    /// With a way out.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, applicability: Applicability, edits: Vec<Edit>) -> Self {
        self.fixes.push(Fix { title: title.into(), edits, applicability });
        self
    }

    /// With another severity.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// With a note that others follow that are not told.
    #[must_use]
    pub fn and_more(self) -> Self {
        self.note("this file has more mistakes, which are told once these are mended")
    }

    /// With the name of what it is about.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = subject.into();
        self
    }

    /// A hash of what the diagnostic is about, not of where: 16 hexadecimal digits that stay the same when lines move
    /// or numbers in its message change. `owner` is whose it is: a device, or a file's path.
    pub fn fingerprint(&self, owner: &str) -> String {
        // Of what it is about; only where that has no name, of what it says.
        let about = if self.subject.is_empty() { &self.message } else { &self.subject };
        // FNV-1a: stable across versions and machines, which the standard library's hashers do not promise.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for part in [self.code.id, owner, about] {
            for byte in part.bytes().chain([0]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        format!("{hash:016x}")
    }
}
