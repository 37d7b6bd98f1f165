//! What shells are told. `tests/external/run` asks the shells themselves; PowerShell and Elvish are not tried.

mod common;

use common::{Project, run};
use std::collections::BTreeSet;

const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "powershell", "elvish"];

/// What is offered for the last of these words.
fn offered(p: &Project, shell: &str, words: &[&str]) -> BTreeSet<String> {
    let mut command = p.command(&[&["--", "dossier"], words].concat());
    command.env("DOSSIER_COMPLETE", shell).env("_CLAP_IFS", "\n");
    command.env("_CLAP_COMPLETE_INDEX", words.len().to_string());
    let ran = run(&mut command, b"");
    ran.ends(0);
    assert_eq!(ran.err, "", "{shell}: a shell would show this");
    // After the name, zsh has its description behind a colon, others behind a tab.
    let separator = if shell == "zsh" { ':' } else { '\t' };
    ran.out.lines().filter_map(|l| l.split(separator).next()).map(|n| n.trim().to_owned()).collect()
}

#[test]
fn every_shell_is_told_names_of_the_project_and_its_rulebooks() {
    let p = Project::lantern();
    p.file("sub/other.dossier", "device other \"Other\" {\n  xa_users 1\n}\n");
    for shell in SHELLS {
        let all = |words: &[&str], wanted: &[&str]| {
            let got = offered(&p, shell, words);
            assert!(wanted.iter().all(|w| got.contains(*w)), "{shell}, {words:?}: {got:?}");
        };
        assert_eq!(offered(&p, shell, &["check", "--device", "la"]), BTreeSet::from(["lantern".to_owned()]));
        all(&["check", "--device", ""], &["lantern", "other"]);
        all(&["check", "--market", ""], &["XA", "KR", "any"]);
        all(&["explain", "XA-A"], &["XA-ACT-1", "XA-ACT"]);
        all(&["rules", "list", "--control", "xa_"], &["xa_seal", "xa_log"]);
        all(&["rules", "list", "--instrument", "XA"], &["XA-ACT"]);
        all(&["check", "--format", ""], &["sarif", "junit"]);
        all(&["schema", ""], &["check", "config"]);
        all(&["check", "--f"], &["--format", "--fail-on", "--fix"]);
        assert!(offered(&p, shell, &["check", "--device", "zzz"]).iter().all(String::is_empty));
    }
}

#[test]
fn a_broken_project_offers_what_it_can_and_says_nothing() {
    let p = Project::new();
    p.file("dossier.toml", "rulebooks = [");
    p.file("lamp.dossier", "device lamp \"\u{1b}[2J\nx\" {{{\n");
    for shell in SHELLS {
        assert!(offered(&p, shell, &["check", "--market", "K"]).contains("KR"), "{shell}");
        let devices = offered(&p, shell, &["check", "--device", ""]);
        assert!(!devices.iter().any(|d| d.contains('\u{1b}')), "{shell}: {devices:?}");
    }
}

#[test]
fn each_script_calls_the_program_by_its_name() {
    let p = Project::new();
    for shell in SHELLS {
        let ran = p.run(&["completions", shell]);
        ran.ends(0).says("DOSSIER_COMPLETE").says("dossier");
        assert!(!ran.out.contains(env!("CARGO_BIN_EXE_dossier")), "{shell} names a path of this machine");
    }
    p.run(&["completions", "powershel"]).ends(2).says("powershell");
}

/// Not tried in a PowerShell: kept so that a change is seen.
#[test]
fn the_script_for_powershell_is_as_it_was() {
    insta::assert_snapshot!(Project::new().run(&["completions", "powershell"]).out);
}
