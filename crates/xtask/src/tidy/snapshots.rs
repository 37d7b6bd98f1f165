//! Snapshots that no test asks for any more.
//!
//! Insta names the source in each snapshot's head. A snapshot is lost if that source is gone, or if neither its name
//! nor the test that gives it one is in there. Names that a test computes cannot be told; sources with such are left
//! alone.

use super::Finding;

pub(super) fn check(tree: &[(&str, String)], findings: &mut Vec<Finding>) {
    for (path, text) in tree.iter().filter(|(path, _)| path.ends_with(".snap")) {
        let source =
            text.lines().skip(1).take_while(|l| *l != "---").find_map(|l| l.strip_prefix("source: "));
        let Some(source) = source.map(|s| s.trim_matches('"')) else {
            findings.push(Finding::new(path, 0, "a snapshot without `source:`"));
            continue;
        };
        // Insta writes the path from the workspace's root.
        let Some((_, code)) = tree.iter().find(|(p, _)| *p == source) else {
            findings.push(Finding::new(path, 0, format!("its test is gone: there is no `{source}`")));
            continue;
        };
        let file = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".snap");
        let name = file.rsplit("__").next().unwrap_or(file);
        let base = match name.rsplit_once('-') {
            Some((base, n)) if n.chars().all(|c| c.is_ascii_digit()) => base,
            _ => name,
        };
        if !names(code, name) && !names(code, base) && !computed(code) {
            findings.push(Finding::new(path, 0, format!("no test in `{source}` asks for `{base}`")));
        }
    }
}

/// Whether the source has the name, as a test (`test_x` gives `x`) or as a text.
fn names(code: &str, name: &str) -> bool {
    let words = || code.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'));
    words().any(|w| w == name || w.strip_prefix("test_") == Some(name))
}

/// Whether some snapshot's name is no literal: `assert_snapshot!(name, …)`.
fn computed(code: &str) -> bool {
    ["snapshot_suffix", "glob!"].iter().any(|w| code.contains(w))
        || code.match_indices("snapshot!(").any(|(at, w)| {
            let rest = code[at + w.len()..].trim_start();
            let first: &str = rest.split([',', ')']).next().unwrap_or_default();
            // One argument is the value; of two the first is the name.
            !first.starts_with('"')
                && rest[first.len()..].starts_with(',')
                && !rest[first.len()..].trim_start_matches(',').trim_start().starts_with('@')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(snapshot: &str, source: Option<&str>) -> usize {
        let mut tree =
            vec![(snapshot, "---\nsource: crates/a/src/b.rs\nexpression: x\n---\ntext\n".to_owned())];
        tree.extend(source.map(|s| ("crates/a/src/b.rs", s.to_owned())));
        let mut findings = Vec::new();
        check(&tree, &mut findings);
        findings.len()
    }

    #[test]
    fn lost_snapshots_are_told() {
        let path = "crates/a/src/snapshots/a__b__tests__shown.snap";
        assert_eq!(found(path, None), 1);
        assert_eq!(found(path, Some("fn other() { assert_snapshot!(x); }")), 1);
        assert_eq!(found(path, Some("fn other() { assert_snapshot!(x, @\"y\"); }")), 1);
        assert_eq!(found(path, Some("fn shown() { assert_snapshot!(x); }")), 0);
        assert_eq!(found(path, Some("fn test_shown() { assert_snapshot!(x); }")), 0);
        assert_eq!(found(path, Some("fn other() { assert_snapshot!(\"shown\", x); }")), 0);
        assert_eq!(found(path, Some("fn other() { assert_snapshot!(name, x); }")), 0);
        assert_eq!(found("crates/a/src/snapshots/a__b__shown-2.snap", Some("fn shown() {}")), 0);
    }
}
