//! The project as commands see it.

use crate::Unusable;
use dossier_base::{Diagnostic, FileId, Severity, codes};
use dossier_render::{File, Sources};
use dossier_workspace::{OpenOptions, Workspace};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The version of the program.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The version of the embedded rulebooks.
pub(crate) const RULEBOOKS: &str = dossier_workspace::RULEBOOKS_VERSION;

/// The path that means standard input.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// How large a file may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit(u64);

impl Limit {
    /// So many MiB.
    pub(crate) fn mib(mib: u32) -> Self {
        Self(u64::from(mib) << 20)
    }
}

impl Limit {
    /// The same in bytes.
    pub(crate) fn bytes(self) -> u64 {
        self.0
    }
}

/// Opens the project that paths are in; `-` among them is standard input.
pub(crate) fn open(paths: &[PathBuf], limit: Limit) -> Result<Workspace, Unusable> {
    let stdin = if paths.iter().any(|p| is_stdin(p)) { Some(read_stdin(limit)?) } else { None };
    let paths = paths.iter().filter(|p| !is_stdin(p)).cloned().collect();
    Ok(Workspace::open(&OpenOptions { paths, stdin, max_file_bytes: limit.0 })?)
}

/// Opens the rulebooks only: the embedded ones and those of the project that this folder is in.
pub(crate) fn open_rulebooks(limit: Limit) -> Result<Workspace, Unusable> {
    let options = OpenOptions { paths: Vec::new(), stdin: Some(String::new()), max_file_bytes: limit.0 };
    Ok(Workspace::open(&options)?)
}

/// All of standard input.
pub(crate) fn read_stdin(limit: Limit) -> Result<String, Unusable> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(limit.0 + 1).read_to_end(&mut bytes)?;
    text(bytes, "standard input", limit)
}

/// A file's text, as every command reads it.
pub(crate) fn read_file(path: &Path, limit: Limit) -> Result<String, Unusable> {
    let shown = path.display().to_string();
    let fail = |e: std::io::Error| format!("cannot read `{shown}`: {e}");
    let meta = std::fs::metadata(path).map_err(fail)?;
    if !meta.is_file() {
        return Err(format!("cannot read `{shown}`: it is not a file").into());
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(fail)?;
    file.take(limit.0 + 1).read_to_end(&mut bytes).map_err(fail)?;
    text(bytes, &format!("`{shown}`"), limit)
}

fn text(bytes: Vec<u8>, what: &str, limit: Limit) -> Result<String, Unusable> {
    if bytes.len() as u64 > limit.0 {
        return Err(format!(
            "{what} has more than the {} MiB that are read; `--max-file-size` lifts that",
            limit.0 >> 20
        )
        .into());
    }
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        format!("{what} is not UTF-8 text: the first bad byte is at offset {at}").into()
    })
}

/// The files of both languages below a path, in order, without those that `.gitignore` or the project's configuration
/// leaves out. A path that is itself a file is taken as named.
pub(crate) fn files_below(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_owned()];
    }
    let root = dossier_workspace::root(&dossier_workspace::absolute(path));
    let text = std::fs::read_to_string(root.join(dossier_workspace::config::FILE)).unwrap_or_default();
    let (config, _) = dossier_workspace::config::Config::parse(FileId(0), &text);
    let mut overrides = ignore::overrides::OverrideBuilder::new(&root);
    for pattern in &config.exclude {
        // An override that begins with `!` leaves out.
        let _ = overrides.add(&format!("!{pattern}"));
    }
    let mut walk = ignore::WalkBuilder::new(path);
    walk.require_git(false).follow_links(false);
    if let Ok(o) = overrides.build() {
        walk.overrides(o);
    }
    let entries = walk.build().filter_map(Result::ok).map(ignore::DirEntry::into_path);
    let mut found: Vec<PathBuf> =
        entries.filter(|p| dossier_workspace::kind(p).is_some() && p.is_file()).collect();
    found.sort();
    found
}

/// The files of a workspace, for whoever renders.
pub(crate) struct Texts<'w>(pub(crate) &'w Workspace);

impl Sources for Texts<'_> {
    fn file(&self, id: FileId) -> Option<File<'_>> {
        self.0.source(id).map(|s| File { path: &s.path, text: &s.text })
    }

    fn inputs(&self) -> Vec<(String, String)> {
        self.0.inputs()
    }
}

/// Whether a diagnostic says that the configuration or an input could not be used at all.
pub(crate) fn is_unusable(d: &Diagnostic) -> bool {
    let codes = [
        &codes::BAD_CONFIGURATION,
        &codes::UNREADABLE_FILE,
        &codes::NOT_UTF8,
        &codes::FILE_TOO_LARGE,
        &codes::RULEBOOK_NOT_FOUND,
        &codes::WRONG_RULEBOOK_VERSION,
        &codes::UNKNOWN_IN_CONFIGURATION,
    ];
    d.severity == Severity::Error && codes.contains(&d.code)
}

/// A name in one sentence's worth of room.
pub(crate) fn shown(name: &str) -> String {
    dossier_render::text::shorten(name, 60)
}
