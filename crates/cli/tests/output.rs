//! Where output goes, and what it says of files whose names are as odd as names can be.

mod common;

use common::{Project, run};
use serde_json::Value;

const FORMATS: [&str; 7] = ["human", "plain", "json", "sarif", "junit", "github", "gitlab"];

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_one_sentence() {
    let p = Project::lantern();
    for format in FORMATS {
        let ran = p.run(&["check", "--format", format, "--output", "/dev/full"]);
        ran.ends(2).says("dossier: cannot write `/dev/full`: No space left");
        assert_eq!((ran.out.as_str(), ran.err.lines().count()), ("", 1), "{format}: {}", ran.err);
        // Standard output may be full, too.
        let mut command = p.command(&["check", "--format", format]);
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("it is there");
        let output = command.stdout(full).output().expect("it ends");
        assert_eq!(output.status.code(), Some(2), "{format}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("No space left") && said.lines().count() == 1, "{format}: {said}");
    }
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_or_file_is_one_sentence() {
    use std::os::unix::fs::PermissionsExt as _;
    let p = Project::lantern();
    let lock = |path: &str, mode| {
        std::fs::set_permissions(p.path(path), std::fs::Permissions::from_mode(mode)).expect("permissions");
    };
    p.file("kept.json", "before");
    lock("kept.json", 0o444);
    p.run(&["check", "--output", "kept.json"]).ends(2).says("cannot write `kept.json`: it is read-only");
    assert_eq!(p.read("kept.json"), "before");
    std::fs::create_dir(p.path("closed")).expect("a folder");
    lock("closed", 0o555);
    // Root may write everywhere.
    if std::fs::write(p.path("closed/probe"), "").is_err() {
        p.run(&["check", "--output", "closed/out.json"]).ends(2).says("cannot write `closed/out.json`");
    }
    lock("closed", 0o755);
    // No folder of this kind lets anybody make a file in it.
    if p.path("/proc/self").exists() {
        p.run(&["check", "--output", "/proc/out.json"]).ends(2).says("cannot write `/proc/out.json`");
    }
    let ran = p.run(&["check", "--output", "lantern.dossier/out.json"]);
    ran.ends(2).says("cannot write `lantern.dossier/out.json`");
}

#[test]
fn a_reader_that_goes_away_is_no_error_in_any_format() {
    let p = Project::lantern();
    for format in FORMATS {
        let mut command = p.command(&["check", "--format", format, "--all"]);
        command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::piped());
        let mut child = command.stderr(std::process::Stdio::piped()).spawn().expect("it starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(1), "{format}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{format}");
    }
}

#[test]
fn two_formats_at_once_are_refused() {
    let p = Project::lantern();
    let ran = p.run(&["check", "--format", "json", "--format", "sarif"]);
    ran.ends(2).says("'--format <FORMAT>' cannot be used multiple times");
    assert_eq!(ran.out, "");
    p.run(&["check", "--format", "json,sarif"]).ends(2).says("json,sarif");
    p.run(&["check", "--format", "sarf"]).ends(2).says("'sarif'");
    p.run(&["check", "--output", "a", "--output", "b"]).ends(2).says("multiple times");
    assert!(!p.path("a").exists() && !p.path("b").exists());
}

#[test]
fn twenty_columns_are_enough_for_every_command() {
    let p = Project::lantern();
    for arguments in [
        &["check"][..],
        &["check", "--all"],
        &["rules", "list", "--market", "XA"],
        &["rules", "show", "XA-ACT-1"],
        &["explain", "V0101"],
        &["--help"],
        &["check", "--help"],
    ] {
        let mut command = p.command(arguments);
        let ran = run(command.env("COLUMNS", "20").env("TERM", "dumb"), b"");
        assert!((0..=1).contains(&ran.status), "{arguments:?}: {}", ran.err);
        assert!(!ran.all().contains('\u{1b}') && ran.out.len() > 50, "{arguments:?}");
    }
}

/// File names that a file system can hold.
#[cfg(unix)]
const NAMES: [&str; 6] = [
    "with space.dossier",
    "二型.dossier",
    "line\nend.dossier",
    "quote\"'`&<>.dossier",
    "colon:, 100%25 #?.dossier",
    "evil\u{1b}[2J\u{202e}\u{ffff}.dossier",
];

#[cfg(unix)]
#[test]
fn names_of_files_survive_every_format() {
    let p = Project::new();
    for (n, name) in NAMES.iter().enumerate() {
        p.file(name, &format!("device d{n} \"D\" {{\n  softwaer simd\n}}\n"));
    }
    let out = |format: &str| {
        let ran = p.run(&["check", "--format", format, "--all"]);
        ran.ends(1);
        ran.out
    };
    let json: Value = serde_json::from_str(&out("json")).expect("JSON");
    let files: Vec<&str> =
        json["diagnostics"].as_array().expect("a list").iter().filter_map(|d| d["file"].as_str()).collect();
    let gitlab: Value = serde_json::from_str(&out("gitlab")).expect("JSON");
    let issues: Vec<&str> =
        gitlab.as_array().expect("a list").iter().filter_map(|i| i["location"]["path"].as_str()).collect();
    let sarif: Value = serde_json::from_str(&out("sarif")).expect("JSON");
    let uris: Vec<String> = sarif["runs"][0]["results"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|r| r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str())
        .map(decoded)
        .collect();
    for name in NAMES {
        assert!(files.contains(&name), "json: {name:?} in {files:?}");
        assert!(issues.contains(&name), "gitlab: {name:?} in {issues:?}");
        assert!(uris.iter().any(|u| u == name), "sarif: {name:?} in {uris:?}");
    }
    let junit = out("junit");
    let doc = roxmltree::Document::parse(&junit).expect("XML");
    let told: Vec<&str> = doc.descendants().filter_map(|n| n.attribute("name")).collect();
    for name in &NAMES[..5] {
        assert!(told.iter().any(|t| t.contains(name)), "junit: {name:?} in {told:?}");
    }
    // A command of a workflow is one line, and so is the head of a finding for people.
    let github = out("github");
    let commands: Vec<&str> = github.lines().filter(|l| l.contains("title=dossier E0101")).collect();
    assert_eq!(commands.len(), NAMES.len());
    assert!(commands.iter().all(|l| l.starts_with("::error file=")), "{commands:?}");
    assert!(github.contains("file=line%0Aend.dossier,line=2"), "{github}");
    for format in ["human", "plain"] {
        let text = out(format);
        assert!(!text.lines().any(|l| l.starts_with("end.dossier")), "{format}:\n{text}");
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{ffff}']), "{format}:\n{text}");
        assert!(text.contains("二型.dossier") && text.contains("with space.dossier"), "{format}:\n{text}");
    }
}

/// A URI's path without its encoding.
#[cfg(unix)]
fn decoded(uri: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = uri.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        rest = more;
        if *first == b'%' {
            let (hex, more) = rest.split_at(2);
            let hex = std::str::from_utf8(hex).expect("hex");
            bytes.push(u8::from_str_radix(hex, 16).expect("hex"));
            rest = more;
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}
