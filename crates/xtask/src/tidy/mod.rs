//! The house rules that no compiler checks. Each is a function of texts, so that it can be tested on made-up ones.

mod edges;
mod names;
mod rust;
mod snapshots;
mod sources;
mod text;

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::process::Command;

/// A rule that is broken somewhere.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Finding {
    /// Path below the root, with `/`.
    pub path: String,
    /// Line from 1, or 0 for the file as a whole.
    pub line: usize,
    /// What is wrong, and what to do.
    pub message: String,
}

impl Finding {
    fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}

/// Checks the repository at `root`: all files that git knows or would take.
///
/// # Errors
/// If git or cargo cannot be run, or a file cannot be read.
pub fn check(root: &Path) -> Result<Vec<Finding>, String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let metadata = output(root, &cargo, &["metadata", "--format-version", "1", "--no-deps", "--offline"])?;
    let mut findings = edges::check(&metadata)?;

    let listed = output(root, "git", &["ls-files", "-z", "--cached", "--others", "--exclude-standard"])?;
    // A file may be listed twice while a merge is open.
    let paths: BTreeSet<&str> = listed.split('\0').filter(|p| !p.is_empty()).collect();
    let mut tree: Vec<(&str, String)> = Vec::new();
    for path in paths {
        match std::fs::read(root.join(path)) {
            // What is not text is nobody's prose.
            Ok(bytes) => tree.extend(String::from_utf8(bytes).ok().map(|text| (path, text))),
            // Deleted, and not yet committed so.
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(format!("{path}: {e}")),
        }
    }
    for (path, text) in &tree {
        text::check(path, text, &mut findings);
    }
    let names = names::Names::new();
    let rust: Vec<rust::File<'_>> = tree
        .iter()
        .filter(|(path, _)| path.ends_with(".rs"))
        .map(|(path, text)| rust::File::new(path, text))
        .collect();
    let rust = rust::without_tests(rust);
    for file in &rust {
        sources::check(file, &mut findings);
        names.check(file, &mut findings);
    }
    snapshots::check(&tree, &mut findings);
    findings.sort();
    findings.dedup();
    Ok(findings)
}

fn output(root: &Path, program: &str, arguments: &[&str]) -> Result<String, String> {
    let out = Command::new(program)
        .args(arguments)
        .current_dir(root)
        .output()
        .map_err(|e| format!("cannot run {program}: {e}"))?;
    if !out.status.success() {
        return Err(format!("{program} {}: {}", arguments.join(" "), String::from_utf8_lossy(&out.stderr)));
    }
    String::from_utf8(out.stdout).map_err(|_| format!("{program} did not answer in UTF-8"))
}
