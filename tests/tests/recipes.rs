//! The recipes of `examples/ci`: their steps are run as a pipeline would run them.

use dossier_tests::program::program;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").to_owned()
}

fn recipe(name: &str) -> String {
    std::fs::read_to_string(root().join("examples/ci").join(name)).expect("a recipe")
}

fn yaml(name: &str) -> Value {
    serde_saphyr::from_str(&recipe(name)).expect("YAML")
}

/// A project of one device whose findings are few.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let text = "device lamp \"Lamp\" {\n  software simd\n\n  market HK {\n    status planned\n  }\n}\n";
    std::fs::write(folder.path().join("lamp.dossier"), text).expect("a device");
    std::fs::write(folder.path().join("dossier.toml"), "as_of = 2026-11-23\n").expect("a configuration");
    folder
}

/// Runs a step where the program is on the path; its status and what it said.
fn step(folder: &Path, script: &str) -> (i32, String) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let own = program().parent().expect("a folder").to_owned();
    let paths = std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(&path)));
    let ran = Command::new("sh")
        .args(["-eu", "-c", script])
        .current_dir(folder)
        .env("PATH", paths.expect("a path"))
        .output()
        .expect("a shell");
    let said = [ran.stdout, ran.stderr].concat();
    (ran.status.code().unwrap_or(-1), String::from_utf8(said).expect("UTF-8"))
}

#[test]
fn github() {
    let folder = project();
    let recipe = yaml("github.yml");
    let steps = recipe["jobs"]["check"]["steps"].as_array().expect("steps");
    let runs: Vec<&str> = steps.iter().filter_map(|s| s["run"].as_str()).collect();
    assert_eq!(runs.len(), 3);
    let ended: Vec<(i32, String)> = runs.iter().map(|r| step(folder.path(), r)).collect();
    assert_eq!(ended.iter().map(|e| e.0).collect::<Vec<_>>(), [0, 0, 1], "{ended:?}");
    assert!(ended[2].1.contains("::error file=lamp.dossier,line="), "{}", ended[2].1);
    // What is uploaded is what was written.
    let uploaded = steps.iter().find_map(|s| s["with"]["sarif_file"].as_str()).expect("an upload");
    let sarif: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.path().join(uploaded)).expect("results"))
            .expect("JSON");
    assert!(!sarif["runs"][0]["results"].as_array().expect("results").is_empty());
}

#[test]
fn gitlab() {
    let folder = project();
    let recipe = yaml("gitlab.yml");
    let job = &recipe["dossier"];
    let steps: Vec<&str> =
        job["script"].as_array().expect("steps").iter().filter_map(Value::as_str).collect();
    let ended: Vec<(i32, String)> = steps.iter().map(|r| step(folder.path(), r)).collect();
    assert_eq!(ended.iter().map(|e| e.0).collect::<Vec<_>>(), [0, 0, 0, 1], "{ended:?}");
    for report in ["codequality", "junit"] {
        let path = job["artifacts"]["reports"][report].as_str().expect("a path");
        assert!(folder.path().join(path).exists(), "{path}");
    }
}

#[test]
fn a_plain_shell_fails_on_what_is_new() {
    let folder = project();
    let script = recipe("check.sh");
    let (status, said) = step(folder.path(), &script);
    assert_eq!(status, 1, "{said}");
    std::fs::copy(folder.path().join("results/dossier.json"), folder.path().join("accepted.json"))
        .expect("accepted");
    let (status, said) = step(folder.path(), &script);
    assert_eq!(status, 0, "{said}");
    assert!(said.contains("0 findings are new"), "{said}");
    let device = folder.path().join("lamp.dossier");
    let text = std::fs::read_to_string(&device).expect("the device");
    std::fs::write(&device, text.replace("software simd", "software simmd")).expect("written");
    let (status, said) = step(folder.path(), &script);
    assert_eq!(status, 1, "{said}");
    std::fs::write(&device, text.replace("  software", " software")).expect("written");
    let (status, said) = step(folder.path(), &script);
    assert_eq!(status, 1, "layout is checked first: {said}");
}

#[test]
fn hooks_of_pre_commit() {
    let hooks: Value = serde_saphyr::from_str(
        &std::fs::read_to_string(root().join(".pre-commit-hooks.yaml")).expect("hooks"),
    )
    .expect("YAML");
    let folder = project();
    for hook in hooks.as_array().expect("hooks") {
        for key in ["id", "name", "entry", "language", "files"] {
            assert!(hook[key].is_string(), "{hook}");
        }
        let files = if hook["pass_filenames"] == false { "" } else { "lamp.dossier" };
        let (status, said) =
            step(folder.path(), &format!("{} {files}", hook["entry"].as_str().expect("an entry")));
        assert!((0..=1).contains(&status), "{said}");
    }
}
