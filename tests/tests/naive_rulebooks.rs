//! The tests that the embedded rulebooks contain, run by the naive evaluator.

use dossier_tests::naive::rulebook_tests;
use std::fs;
use std::path::Path;

fn rulebooks(dir: &Path, out: &mut Vec<(String, String)>) {
    let mut entries: Vec<_> =
        fs::read_dir(dir).expect("a folder").map(|e| e.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rulebooks(&path, out);
        } else if path.extension().is_some_and(|e| e == "rulebook") {
            let text = fs::read_to_string(&path).expect("a readable rulebook");
            out.push((path.display().to_string(), text));
        }
    }
}

#[test]
fn every_rulebook_test_has_the_outcome_it_names() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/rulebooks");
    let mut files = Vec::new();
    rulebooks(&root, &mut files);
    let tests = rulebook_tests(&files);
    assert!(!tests.is_empty(), "no tests in {}", root.display());
    let failed: Vec<String> = tests
        .iter()
        .filter(|t| t.got != t.expected)
        .map(|t| format!("{} \"{}\": expected {}, got {}", t.requirement, t.title, t.expected, t.got))
        .collect();
    assert!(failed.is_empty(), "{} of {} tests:\n{}", failed.len(), tests.len(), failed.join("\n"));
}
