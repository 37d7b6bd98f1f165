//! Which crate may depend on which.

use super::Finding;
use serde_json::Value;

/// The one-way rule of ARCHITECTURE.md:
///
/// ```text
/// base <- syntax <- {fmt, model} <- verdict <- {workspace, ide, render, report} <- {lsp, cli}
/// ```
///
/// A crate may depend on all to the left of it, and on nothing beside it in its own braces. Three things stand
/// outside that line: `rulebooks` is data, which `verdict` and `workspace` load; `evidence` reads files for
/// `workspace` and knows the model, never a verdict; `cli` holds `dossier lsp` and so may start `lsp`. A crate
/// that is not in this table is a finding.
const EDGES: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("syntax", &["base"]),
    ("rulebooks", &[]),
    ("fmt", &["base", "syntax"]),
    ("model", &["base", "syntax"]),
    ("verdict", &["base", "syntax", "fmt", "model", "rulebooks"]),
    ("evidence", &["base", "syntax", "model"]),
    ("workspace", &["base", "syntax", "fmt", "model", "verdict", "rulebooks", "evidence"]),
    ("ide", &["base", "syntax", "fmt", "model", "verdict"]),
    ("render", &["base", "syntax", "fmt", "model", "verdict"]),
    ("report", &["base", "syntax", "fmt", "model", "verdict"]),
    ("lsp", &["base", "syntax", "fmt", "model", "verdict", "workspace", "ide", "render", "report"]),
    ("cli", &["base", "syntax", "fmt", "model", "verdict", "workspace", "ide", "render", "report", "lsp"]),
];

/// Crates of development, free to depend on any; only tests of others may depend on them.
const EXEMPT: &[&str] = &["testkit", "xtask", "tests"];

/// Data that tests of any crate may read besides.
const TEST_DATA: &[&str] = &["rulebooks"];

/// Outside crates that only some of ours may see: how their names begin, who may, and why.
const OUTSIDE: &[(&str, &[&str], &str)] = &[
    ("tokio", &["lsp"], "only `lsp` waits"),
    ("tower-lsp", &["lsp"], "only `lsp` knows the protocol"),
    ("lsp-types", &["lsp"], "only `lsp` knows the protocol"),
    ("ls-types", &["lsp"], "only `lsp` knows the protocol"),
    ("lsp-server", &["lsp"], "only `lsp` knows the protocol"),
    ("async-lsp", &["lsp"], "only `lsp` knows the protocol"),
    ("ariadne", &["render"], "only `render` draws"),
];

/// Checks what `cargo metadata --no-deps` prints.
///
/// # Errors
/// If it is not what cargo prints.
pub(super) fn check(metadata: &str) -> Result<Vec<Finding>, String> {
    let metadata: Value = serde_json::from_str(metadata).map_err(|e| format!("cargo metadata: {e}"))?;
    let mut findings = Vec::new();
    let text = |v: &Value, key: &str| v[key].as_str().unwrap_or_default().to_owned();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let Some(own) = ours(&text(package, "name")).map(str::to_owned) else { continue };
        let manifest =
            if own == "tests" { "tests/Cargo.toml".to_owned() } else { format!("crates/{own}/Cargo.toml") };
        let allowed = EDGES.iter().find(|(name, _)| *name == own).map(|(_, to)| *to);
        let exempt = EXEMPT.contains(&own.as_str());
        if allowed.is_none() && !exempt {
            let where_to = "crates/xtask/src/tidy/edges.rs";
            findings.push(Finding::new(&manifest, 0, format!("`{own}` is not in the table of {where_to}")));
        }
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let name = text(dependency, "name");
            let for_tests = dependency["kind"].as_str() == Some("dev");
            for (start, who, why) in OUTSIDE {
                if name.starts_with(start) && !who.contains(&own.as_str()) {
                    findings.push(Finding::new(&manifest, 0, format!("`{own}` depends on `{name}`: {why}")));
                }
            }
            let Some(to) = ours(&name) else { continue };
            let fine = exempt
                || allowed.is_some_and(|list| list.contains(&to))
                || (for_tests && (EXEMPT.contains(&to) || TEST_DATA.contains(&to)));
            if !fine {
                findings.push(Finding::new(&manifest, 0, format!("`{own}` may not depend on `{to}`")));
            }
        }
    }
    Ok(findings)
}

/// The folder of a crate of ours.
fn ours(package: &str) -> Option<&str> {
    package.strip_prefix("dossier-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(package: &str, dependency: &str, kind: &str) -> Vec<String> {
        let metadata = serde_json::json!({ "packages": [
            { "name": package, "dependencies": [{ "name": dependency, "kind": kind_of(kind) }] }
        ]});
        check(&metadata.to_string()).expect("well-formed").into_iter().map(|f| f.message).collect()
    }

    fn kind_of(kind: &str) -> Value {
        if kind == "normal" { Value::Null } else { Value::from(kind) }
    }

    #[test]
    fn the_way_down_is_free_and_the_way_up_is_not() {
        assert!(found("dossier-syntax", "dossier-base", "normal").is_empty());
        assert!(found("dossier-cli", "dossier-base", "normal").is_empty());
        assert_eq!(found("dossier-base", "dossier-syntax", "normal"), ["`base` may not depend on `syntax`"]);
        assert_eq!(found("dossier-model", "dossier-fmt", "normal"), ["`model` may not depend on `fmt`"]);
        assert_eq!(
            found("dossier-verdict", "dossier-evidence", "normal"),
            ["`verdict` may not depend on `evidence`"]
        );
        assert_eq!(
            found("dossier-evidence", "dossier-verdict", "normal"),
            ["`evidence` may not depend on `verdict`"]
        );
        assert_eq!(
            found("dossier-render", "dossier-workspace", "build"),
            ["`render` may not depend on `workspace`"]
        );
        assert_eq!(
            found("dossier-rulebooks", "dossier-base", "normal"),
            ["`rulebooks` may not depend on `base`"]
        );
    }

    #[test]
    fn no_crate_goes_up_for_its_tests_either_but_the_kit_and_the_law_are_there() {
        assert_eq!(found("dossier-syntax", "dossier-model", "dev"), ["`syntax` may not depend on `model`"]);
        assert!(found("dossier-fmt", "dossier-rulebooks", "dev").is_empty());
        assert!(found("dossier-fmt", "dossier-testkit", "dev").is_empty());
        assert_eq!(found("dossier-fmt", "dossier-testkit", "normal"), ["`fmt` may not depend on `testkit`"]);
        assert_eq!(
            found("dossier-fmt", "dossier-rulebooks", "normal"),
            ["`fmt` may not depend on `rulebooks`"]
        );
        assert!(found("dossier-testkit", "dossier-verdict", "normal").is_empty());
    }

    #[test]
    fn outside_crates_stay_where_they_belong() {
        assert!(found("dossier-lsp", "tokio", "normal").is_empty());
        assert_eq!(found("dossier-cli", "tokio", "normal"), ["`cli` depends on `tokio`: only `lsp` waits"]);
        assert_eq!(found("dossier-model", "tokio-util", "dev").len(), 1);
        assert_eq!(found("dossier-ide", "tower-lsp-server", "normal").len(), 1);
        assert!(found("dossier-render", "ariadne", "normal").is_empty());
        assert_eq!(
            found("dossier-cli", "ariadne", "dev"),
            ["`cli` depends on `ariadne`: only `render` draws"]
        );
        assert!(found("dossier-base", "text-size", "normal").is_empty());
    }

    #[test]
    fn a_crate_nobody_placed_is_told() {
        assert_eq!(found("dossier-news", "serde", "normal").len(), 1);
        assert!(found("serde", "dossier-base", "normal").is_empty());
        assert!(check("[").is_err());
    }
}
