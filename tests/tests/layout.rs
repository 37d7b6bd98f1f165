//! What the repository holds in its own languages is laid out as `dossier fmt` lays it out.

use dossier_base::FileId;
use std::path::{Path, PathBuf};

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, into);
        } else if path.extension().is_some_and(|e| e == "rulebook" || e == "dossier") {
            into.push(path);
        }
    }
}

#[test]
fn rulebooks_and_examples_are_laid_out() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
    let mut all = Vec::new();
    files(&root.join("crates/rulebooks"), &mut all);
    files(&root.join("examples"), &mut all);
    assert!(all.len() > 20, "{} files", all.len());
    for path in all {
        let text = std::fs::read_to_string(&path).expect("a file");
        let laid_out = dossier_fmt::format(&dossier_syntax::parse(FileId(0), text.as_str()));
        assert_eq!(laid_out.as_deref(), Ok(text.as_str()), "`dossier fmt {}`", path.display());
    }
}
