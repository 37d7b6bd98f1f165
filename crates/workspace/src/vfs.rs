//! Files: what is on disk, and over it what an editor holds open.

use dossier_base::FileId;
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// A file's text.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its path relative to the root, with `/`; of an embedded rulebook `rulebooks/…`.
    pub path: String,
    /// Its text; empty if it could not be read.
    pub text: Arc<str>,
    /// Whether it came with the program.
    pub embedded: bool,
    digest: OnceLock<String>,
}

impl Source {
    fn new(path: String, text: Arc<str>, embedded: bool) -> Self {
        Self { path, text, embedded, digest: OnceLock::new() }
    }

    /// The SHA-256 of its bytes, in hexadecimal.
    pub fn sha256(&self) -> &str {
        self.digest.get_or_init(|| dossier_evidence::sha256(self.text.as_bytes()))
    }
}

/// Why a file has no text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum ReadError {
    /// The operating system says so.
    Io(String),
    /// A byte that is no UTF-8, at that offset.
    NotUtf8(usize),
    /// It has that many bytes.
    TooLarge(u64),
}

/// Paths and texts. Ids are given in the order of first sight and never taken back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vfs {
    ids: FxHashMap<PathBuf, FileId>,
    files: Vec<(PathBuf, Source)>,
}

impl Vfs {
    /// The id of a path, absolute and without `..`; made if there is none.
    pub(crate) fn id(&mut self, path: &Path, shown: impl FnOnce() -> String) -> FileId {
        if let Some(id) = self.ids.get(path) {
            return *id;
        }
        let id = FileId(self.files.len() as u32);
        self.ids.insert(path.to_owned(), id);
        self.files.push((path.to_owned(), Source::new(shown(), Arc::from(""), false)));
        id
    }

    /// Adds an embedded rulebook.
    pub(crate) fn embed(&mut self, path: &str, text: &'static str) -> FileId {
        let id = FileId(self.files.len() as u32);
        self.files
            .push((PathBuf::from(path), Source::new(format!("rulebooks/{path}"), Arc::from(text), true)));
        id
    }

    /// The id of a path that has been seen.
    pub(crate) fn find(&self, path: &Path) -> Option<FileId> {
        self.ids.get(path).copied()
    }

    /// The path of a file.
    pub(crate) fn path(&self, id: FileId) -> Option<&Path> {
        self.files.get(id.0 as usize).map(|f| f.0.as_path())
    }

    /// A file.
    pub(crate) fn source(&self, id: FileId) -> Option<&Source> {
        self.files.get(id.0 as usize).map(|f| &f.1)
    }

    /// Gives a file its text.
    pub(crate) fn set(&mut self, id: FileId, text: Arc<str>) {
        if let Some((_, source)) = self.files.get_mut(id.0 as usize) {
            *source = Source::new(std::mem::take(&mut source.path), text, source.embedded);
        }
    }
}

/// Reads a file's text.
///
/// # Errors
/// If it cannot be read, is larger than `limit` bytes, or is not UTF-8.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Arc<str>, ReadError> {
    let meta = std::fs::metadata(path).map_err(|e| ReadError::Io(e.kind().to_string()))?;
    if !meta.is_file() {
        return Err(ReadError::Io("it is not a file".to_owned()));
    }
    if meta.len() > limit {
        return Err(ReadError::TooLarge(meta.len()));
    }
    let bytes = std::fs::read(path).map_err(|e| ReadError::Io(e.kind().to_string()))?;
    text(bytes)
}

/// Bytes as text.
///
/// # Errors
/// If they are not UTF-8.
pub(crate) fn text(bytes: Vec<u8>) -> Result<Arc<str>, ReadError> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.into()),
        Err(e) => Err(ReadError::NotUtf8(e.utf8_error().valid_up_to())),
    }
}
