//! Turns `diagnostics/*.md` into the registry of diagnostic codes.
//!
//! Each page is the one home of a diagnostic: front matter gives its code, severity and message template, the
//! rest is the help that `dossier explain` prints. From the template comes a constructor whose parameters are
//! the template's holes, so a message cannot be raised with a hole left open.

use std::fmt::Write as _;
use std::path::Path;

fn main() {
    let dir = Path::new(&std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("diagnostics");
    println!("cargo:rerun-if-changed={}", dir.display());
    println!("cargo:rerun-if-changed=build.rs");
    let mut pages: Vec<_> = std::fs::read_dir(&dir)
        .expect("crates/base/diagnostics exists")
        .map(|e| e.expect("readable entry").path())
        .filter(|p| p.extension().is_some_and(|x| x == "md"))
        .collect();
    pages.sort();

    let mut out = String::new();
    let mut all = Vec::new();
    for page in &pages {
        println!("cargo:rerun-if-changed={}", page.display());
        let text = std::fs::read_to_string(page).expect("readable page");
        let name = page.file_stem().and_then(|s| s.to_str()).expect("UTF-8 file name").to_owned();
        let rest = text.strip_prefix("---\n").unwrap_or_else(|| panic!("{name}.md: no front matter"));
        let (front, body) =
            rest.split_once("\n---\n").unwrap_or_else(|| panic!("{name}.md: front matter is open"));
        let get = |key: &str| -> String {
            front
                .lines()
                .find_map(|l| l.strip_prefix(key).and_then(|r| r.strip_prefix(": ")))
                .unwrap_or_else(|| panic!("{name}.md: no `{key}:`"))
                .trim()
                .to_owned()
        };
        let (code, severity, message) = (get("code"), get("severity"), get("message"));
        let severity = match severity.as_str() {
            "error" => "Error",
            "warning" => "Warning",
            "information" => "Information",
            other => panic!("{name}.md: severity `{other}`"),
        };
        let holes = holes(&message);
        let ident = name.replace('-', "_");
        let konst = ident.to_uppercase();
        writeln!(
            out,
            "/// `{code}`: {doc}\npub static {konst}: Code = Code {{ id: {code:?}, name: {name:?}, severity: Severity::{severity}, message: {message:?}, help: {body:?} }};",
            doc = message.replace('{', "‹").replace('}', "›"),
            body = body.trim(),
        )
        .expect("write to string");
        let params: String = holes.iter().map(|h| format!(", {h}: impl std::fmt::Display")).collect();
        writeln!(
            out,
            "/// Raises `{code}` ([`{konst}`]) at `at`.\npub fn {ident}(at: impl Into<Option<Place>>{params}) -> Diagnostic {{ Diagnostic::new(&{konst}, at.into(), {text}) }}",
            text = if holes.is_empty() { format!("{message:?}.to_owned()") } else { format!("format!({message:?})") },
        )
        .expect("write to string");
        all.push((code, konst));
    }
    all.sort();
    for pair in all.windows(2) {
        assert_ne!(pair[0].0, pair[1].0, "two diagnostics share the code {}", pair[0].0);
    }
    writeln!(out, "/// Every code, in order of its id.\npub static ALL: &[&Code] = &[")
        .expect("write to string");
    for (_, konst) in &all {
        writeln!(out, "    &{konst},").expect("write to string");
    }
    out.push_str("];\n");
    let dest = Path::new(&std::env::var("OUT_DIR").expect("cargo sets it")).join("codes.rs");
    std::fs::write(dest, out).expect("OUT_DIR is writable");
}

/// The names between braces, in order of first use.
fn holes(template: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let close = rest[open..].find('}').expect("closed hole") + open;
        let name = rest[open + 1..close].to_owned();
        if !names.contains(&name) {
            names.push(name);
        }
        rest = &rest[close + 1..];
    }
    names
}
