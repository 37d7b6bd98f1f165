//! Which folder is the project, and which files are in it.

use std::path::{Component, Path, PathBuf};

/// The project's root for a path: the nearest folder upwards with a `dossier.toml`, else with a `.git`, else the
/// path's own folder. One function for all surfaces.
pub fn root(path: &Path) -> PathBuf {
    let own = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    for marker in [crate::config::FILE, ".git"] {
        if let Some(found) = own.ancestors().find(|a| a.join(marker).exists()) {
            return found.to_owned();
        }
    }
    own.to_owned()
}

/// A path made absolute, `.` and `..` resolved by the letter.
pub fn absolute(path: &Path) -> PathBuf {
    let joined = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut out = PathBuf::new();
    for part in joined.components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir => {}
            other => out.push(other),
        }
    }
    out
}

/// A path below a root as outputs show it.
pub(crate) fn shown(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path);
    relative.to_string_lossy().replace('\\', "/")
}

/// What kind of file a name says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileKind {
    /// `*.dossier`
    Device,
    /// `*.rulebook`
    Rulebook,
}

/// The kind of file that a path names.
pub fn kind(path: &Path) -> Option<FileKind> {
    match path.extension()?.to_str()? {
        "dossier" => Some(FileKind::Device),
        "rulebook" => Some(FileKind::Rulebook),
        _ => None,
    }
}

/// The files below a path, in order, without those that `.gitignore` or the configuration leaves out. A path that is
/// itself a file is taken as named, whatever it is called.
pub(crate) fn files(path: &Path, root: &Path, exclude: &[String]) -> Vec<PathBuf> {
    if path.is_file() || !path.is_dir() {
        return vec![path.to_owned()];
    }
    let mut overrides = ignore::overrides::OverrideBuilder::new(root);
    for pattern in exclude {
        // An override that begins with `!` leaves out.
        let _ = overrides.add(&format!("!{pattern}"));
    }
    let mut walk = ignore::WalkBuilder::new(path);
    walk.require_git(false).follow_links(false);
    if let Ok(o) = overrides.build() {
        walk.overrides(o);
    }
    let mut found: Vec<PathBuf> = walk
        .build()
        .filter_map(Result::ok)
        .map(ignore::DirEntry::into_path)
        .filter(|p| kind(p).is_some())
        .collect();
    found.sort();
    found
}
