//! The files of the repository that tests read.

use std::path::{Path, PathBuf};

/// A file that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// Path below the folder asked for, with `/`.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// The root of the repository.
pub fn root() -> PathBuf {
    let own = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    let root = Path::new(&own).ancestors().find(|a| a.join("rust-toolchain.toml").is_file());
    root.expect("tests run inside the repository").to_path_buf()
}

/// All files below a folder of the repository, in order of their paths; none if the folder is not there.
pub fn files(folder: &str) -> Vec<File> {
    let root = root().join(folder);
    let mut found = Vec::new();
    collect(&root, "", &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn collect(root: &Path, below: &str, found: &mut Vec<File>) {
    let Ok(entries) = std::fs::read_dir(root.join(below)) else { return };
    for entry in entries {
        let entry = entry.expect("readable entry");
        let name = entry.file_name().into_string().expect("file names are UTF-8");
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        if entry.path().is_dir() {
            collect(root, &path, found);
        } else {
            let bytes = std::fs::read(entry.path()).expect("readable file");
            found.push(File { path, bytes });
        }
    }
}

/// Whether a path is that of a device file or a rulebook.
pub fn is_dossier(path: &str) -> bool {
    path.ends_with(".dossier") || is_rulebook(path)
}

/// Whether a path is that of a rulebook.
pub fn is_rulebook(path: &str) -> bool {
    path.ends_with(".rulebook")
}
