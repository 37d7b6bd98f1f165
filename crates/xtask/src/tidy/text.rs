//! Rules about any text: white space, length, and what only this machine knows.

use super::Finding;

/// A source file of more lines than this is two.
const MAX_LINES: usize = 1_800;

/// Where what these rules forbid is there on purpose: damaged input, and what tools wrote.
const AS_IT_IS: &[&str] = &["tests/corpus/broken/", "/fixtures/", "LICENSE-", ".snap", "Cargo.lock"];

/// Folders of the machine on which this was written, in two parts so that this file does not name them.
const FOLDERS: &[(&str, &str)] = &[("/wo", "rk/"), ("/ro", "ot"), ("/tm", "p/")];

/// Where packages come from. Whoever builds this has their own.
const HOSTS: &[(&str, &str)] = &[
    ("crates", ".io"),
    ("static.rust", "-lang.org"),
    ("pypi", ".org"),
    ("files.python", "hosted.org"),
    ("registry.npm", "js.org"),
    ("npm", "js.com"),
    ("deb.deb", "ian.org"),
    ("security.deb", "ian.org"),
    ("proxy.go", "lang.org"),
];

pub(super) fn check(path: &str, text: &str, findings: &mut Vec<Finding>) {
    let rust = path.ends_with(".rs");
    let as_it_is = AS_IT_IS.iter().any(|p| path.contains(p));
    let mut count = 0;
    for (i, line) in text.lines().enumerate() {
        count = i + 1;
        let mut say = |message: String| findings.push(Finding::new(path, i + 1, message));
        if !as_it_is && line.ends_with(char::is_whitespace) {
            say("white space at the end of the line".to_owned());
        }
        if rust && line.contains('\t') {
            say("a tab".to_owned());
        }
        for (a, b) in FOLDERS {
            let folder = format!("{a}{b}");
            if names_folder(line, &folder) {
                say(format!("`{folder}` is a folder of one machine"));
            }
        }
        // The lock file names the registry: cargo writes it and reads it.
        if !path.ends_with("Cargo.lock") {
            for (a, b) in HOSTS {
                if line.contains(&format!("{a}{b}")) {
                    say(format!(
                        "`{a}{b}` is a package registry: name packages, not where one machine gets them"
                    ));
                }
            }
        }
    }
    if (rust || path.ends_with(".rulebook")) && !as_it_is && count > MAX_LINES {
        findings.push(Finding::new(path, 0, format!("{count} lines; more than {MAX_LINES} are two files")));
    }
}

/// Whether a line names a folder at the root of the file system. `src/root.rs` and `https://x/tmp/` do not.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + folder.len()..].chars().next();
        let begins =
            before.is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '}' | '*')));
        let ends = folder.ends_with('/')
            || after.is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '-')));
        begins && ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<usize> {
        let mut findings = Vec::new();
        check(path, text, &mut findings);
        findings.into_iter().map(|f| f.line).collect()
    }

    #[test]
    fn white_space_at_the_end_and_tabs() {
        assert_eq!(found("a.md", "a\nb \nc\t\n"), [2, 3]);
        assert_eq!(found("a.rs", "a\n\tb\n"), [2]);
        assert!(found("a.md", "a\n\tb\n").is_empty());
        assert!(found("tests/corpus/broken/a.dossier", "a \n").is_empty());
        assert!(found("a.rs", "a\r\nb\n").is_empty());
    }

    #[test]
    fn long_files() {
        assert_eq!(found("a.rs", &"x\n".repeat(1_801)), [0]);
        assert!(found("a.rs", &"x\n".repeat(1_800)).is_empty());
        assert_eq!(found("a.rulebook", &"x\n".repeat(1_801)), [0]);
        assert!(found("a.json", &"x\n".repeat(1_801)).is_empty());
    }

    #[test]
    fn folders_of_this_machine() {
        for (a, b) in FOLDERS {
            for text in [format!("cd {a}{b}"), format!("\"{a}{b}\""), format!("`{a}{b}`"), format!("{a}{b}")]
            {
                assert_eq!(found("a.md", &text), [1], "{text}");
            }
        }
        for text in [
            "src/root.rs",
            "a/root",
            "https://example.invalid/tmp/x",
            concat!("../wo", "rk/x"),
            "$HOME/tmp/",
            "/rooted",
            "/work-flow",
        ] {
            assert!(found("a.md", text).is_empty(), "{text}");
        }
    }

    #[test]
    fn registries() {
        for (a, b) in HOSTS {
            let text = format!("source = \"registry+https://{a}{b}/x\"");
            assert!(!found("deny.toml", &text).is_empty(), "{text}");
            assert!(found("Cargo.lock", &text).is_empty(), "{text}");
        }
        assert!(found("a.md", "the crates are ours, io is not").is_empty());
    }
}
