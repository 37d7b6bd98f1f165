//! `dossier check`: exit status, options, bad input.

mod common;

use common::{Project, run};

const DEVICE: &str = "device lamp \"Lamp\" {\n  software none\n}\n";

#[test]
fn the_exit_status_follows_fail_on() {
    let p = Project::lantern();
    p.run(&["check"]).ends(1);
    p.run(&["check", "--fail-on", "never"]).ends(0);
    p.run(&["check", "--market", "any"]).ends(0).says("OWN-POLICY-1");
    p.run(&["check", "--market", "any", "--fail-on", "warning"]).ends(1);
    p.file("lantern.dossier", "device lantern \"L\" {\n  xa_users 3\n}\n");
    p.run(&["check", "--fail-on", "information"]).ends(0).says("Nothing is left to do.");
    p.file("dossier.toml", "rulebooks = [\"policy.rulebook\"]\nfail_on = \"warning\"\n");
    p.change("lantern.dossier", "xa_users 3", "xa_users 9");
    p.run(&["check"]).ends(1);
    p.run(&["check", "--fail-on", "error"]).ends(0);
}

#[test]
fn devices_and_markets_are_chosen() {
    let p = Project::lantern();
    p.file("other.dossier", "device other \"Other\" {\n  xa_users 1\n}\n");
    let one = p.run(&["check", "--device", "other"]);
    one.ends(0).says("other");
    assert!(!one.out.contains("glass"), "{}", one.out);
    p.run(&["check", "--device", "other", "--device", "lantern"]).ends(1).says("2 devices");
    let here = p.run(&["check", "--market", "XA"]);
    here.ends(1);
    assert!(!here.out.contains("OWN-POLICY-1"), "{}", here.out);
    p.file("dossier.toml", "rulebooks = [\"policy.rulebook\"]\nmarkets = [\"any\"]\n");
    let configured = p.run(&["check", "--device", "lantern"]);
    configured.ends(0);
    assert!(!configured.out.contains("XA-ACT-1"), "{}", configured.out);
}

#[test]
fn how_large_a_file_may_be_is_settable() {
    let p = Project::new();
    p.file("lamp.dossier", &format!("{DEVICE}// {}\n", "x".repeat(1 << 20)));
    for command in ["check", "fmt"] {
        p.run(&[command, "--max-file-size", "2", "lamp.dossier"]).ends(0);
        let refused = p.run(&[command, "--max-file-size", "1", "lamp.dossier"]);
        refused.ends(2).says("1 MiB that are read");
    }
    p.run(&["check", "--max-file-size", "0"]).ends(2).says("--max-file-size");
    p.run(&["check", "--max-file-size", "4096"]).ends(2).says("--max-file-size");
}

#[test]
fn what_does_not_exist_is_one_sentence() {
    let p = Project::lantern();
    let cases: &[(&[&str], &str)] = &[
        (&["check", "--market", "XX"], "dossier: no market `XX` is known; did you mean `XA`?"),
        (&["check", "--market", "xa"], "did you mean `XA`?"),
        (&["check", "--device", "lanter"], "dossier: there is no device `lanter`; did you mean `lantern`?"),
        (&["check", "--device", "zzzzz"], "there are lantern"),
        (
            &["check", "--as-of", "yesterday"],
            "dossier: --as-of takes a day such as 2026-11-23, not `yesterday`",
        ),
        (&["check", "--as-of", "2026-02-30"], "`2026-02-30` is none"),
        (&["check", "--as-of", "2026-11"], "not only a month or year"),
        (&["check", "nowhere.dossier"], "nowhere.dossier"),
        (&["rules", "show", "XA-ACT-11"], "did you mean `XA-ACT-1`"),
        (&["rules", "list", "--market", "XY"], "no market `XY` is known"),
        (&["rules", "list", "--instrument", "XA-AKT"], "did you mean `XA-ACT`?"),
        (&["rules", "list", "--control", "xa_sign"], "did you mean `xa_sign_in`?"),
        (&["rules", "list", "--date", "soon"], "--date takes a day"),
        (&["rules", "test", "--requirement", "ZZ-"], "no requirement's code begins with `ZZ-`"),
        (&["rules", "coverage", "--requirement", "ZZ-"], "no requirement's code begins with `ZZ-`"),
        (&["rules", "test", "lantern.dossier"], "is no rulebook of this project"),
        (&["fmt", "nowhere"], "there is no file or folder `nowhere`"),
    ];
    for (arguments, says) in cases {
        let ran = p.run(arguments);
        ran.ends(2).says(says);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
        assert!(ran.out.is_empty(), "{}", ran.out);
    }
    for wrong in [&["check", "--format", "yaml"][..], &["chekc"], &["schema", "nothing"], &[], &["rules"]] {
        let ran = p.run(wrong);
        ran.ends(2);
        assert!(ran.out.is_empty(), "{}", ran.out);
    }
}

/// Each a file's text, and what is said of it. One diagnostic in one run: what follows from it is not told again.
#[test]
fn bad_text_is_one_clear_diagnostic() {
    let device = |inside: &str| format!("device lamp \"Lamp\" {{\n{inside}\n}}\n");
    let deep =
        format!("device lamp \"Lamp\" {{\n  connections {}{}\n}}\n", "[".repeat(10_000), "]".repeat(10_000));
    let cases: Vec<(&str, String, &str, &str)> = vec![
        ("a syntax error", device("  software none }"), "E0004", "one too many"),
        ("a block left open", "device lamp \"Lamp\" {\n  software none\n".to_owned(), "E0002", "close it"),
        ("a type error", device("  version 3"), "E0105", "`version` takes a text"),
        ("an unknown fact", device("  softwear none"), "E0101", "did you mean `software`?"),
        ("an unknown value", device("  software non"), "E0103", "did you mean `none`?"),
        (
            "an unknown control",
            device("  control automatic_logof { status implemented }"),
            "E0103",
            "did you mean `automatic_logoff`?",
        ),
        ("an unknown market", device("  market XX { class 1 }"), "E0103", "known are"),
        (
            "a wrong unit",
            device("  control automatic_logoff { status implemented  timeout 10 months }"),
            "E0105",
            "duration",
        ),
        ("an impossible date", device("  market KR { filed_on 2026-02-30 }"), "E0008", "2026-02-30"),
        ("ids twice", format!("{DEVICE}{DEVICE}"), "E0311", "twice"),
        ("a component that is nowhere", device("  includes gateway"), "E0305", "gateway"),
        (
            "a path out of the root",
            format!("use \"../../other.dossier\"\n{DEVICE}"),
            "E0307",
            "../../other.dossier",
        ),
        ("an absolute path", format!("use \"/etc/passwd\"\n{DEVICE}"), "E0307", "/etc/passwd"),
        ("a missing file", format!("use \"gone.dossier\"\n{DEVICE}"), "E0307", "gone.dossier"),
        ("an empty file", String::new(), "E0314", "device name"),
        ("nothing but a comment", "// soon\n".to_owned(), "E0314", "device name"),
        (
            "NUL bytes",
            "device lamp \"Lamp\" {\n  software \0 none\n}\n".to_owned(),
            "E0006",
            "no part of the language",
        ),
        ("deep nesting", deep, "E0010", "deep"),
        (
            "an unknown requirement",
            device("  waive KR-SEC-1799 { because \"x\"  approved_by \"y\"  until 2027-01-31 }"),
            "E0103",
            "KR-SEC-1799",
        ),
    ];
    let mut wrong = String::new();
    for (what, text, code, says) in cases {
        let p = Project::new();
        p.file("lamp.dossier", &text);
        p.run(&["check", "lamp.dossier", "--output", "out.txt"]).ends(1);
        let out = p.read("out.txt");
        let raised = out.lines().filter(|l| l.starts_with("error[E")).count();
        if !out.contains(code) || !out.contains(says) || raised != 1 {
            wrong.push_str(&format!("=== {what}: {code}, `{says}`, {raised} errors\n{out}"));
        }
        let json = p.run(&["check", "lamp.dossier", "--format", "json"]);
        json.ends(1);
        serde_json::from_str::<serde_json::Value>(&json.out).expect(what);
        p.run(&["check", "lamp.dossier", "--fail-on", "never"]).ends(0);
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What cannot be used at all ends in status 2, whatever fails a run.
#[test]
fn an_input_that_cannot_be_used_is_one_diagnostic_and_status_2() {
    let one = |p: &Project, arguments: &[&str], code: &str, says: &str| {
        let ran = p.run(arguments);
        ran.ends(2).says(code).says(says);
        assert_eq!(ran.out.lines().filter(|l| l.starts_with("error[E")).count(), 1, "{}", ran.out);
    };
    let p = Project::new();
    p.bytes("lamp.dossier", b"device lamp \"\xff\" { }\n");
    one(&p, &["check", "lamp.dossier"], "E0403", "not UTF-8");
    one(&p, &["check", "--fail-on", "never"], "E0403", "offset 13");
    p.bytes("lamp.dossier", DEVICE.as_bytes());
    p.run(&["check"]).ends(0);

    let huge = std::fs::File::create(p.path("huge.dossier")).expect("a file");
    huge.set_len(100 << 20).expect("sparse");
    one(&p, &["check", "huge.dossier"], "E0404", "100 MiB");
    std::fs::remove_file(p.path("huge.dossier")).expect("gone");

    p.file("dossier.toml", "market = [\"KR\"]\n");
    one(&p, &["check"], "E0401", "did you mean `markets`?");
    p.file("dossier.toml", "as_of = \"yesterday\"\n");
    one(&p, &["check"], "E0401", "as_of");
    p.file("dossier.toml", "rulebooks = [\"gone.rulebook\"]\n");
    one(&p, &["check"], "E0405", "gone.rulebook");
    p.file("dossier.toml", "rulebooks_version = \"1.0\"\n");
    one(&p, &["check"], "E0406", "1.0");
    p.file("dossier.toml", "[severity.requirement]\nKR-SEC-1799 = \"off\"\n");
    one(&p, &["check"], "E0407", "KR-SEC-1799");
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_opened_is_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let p = Project::new();
    p.file("lamp.dossier", DEVICE);
    let lock = std::fs::Permissions::from_mode(0o000);
    std::fs::set_permissions(p.path("lamp.dossier"), lock).expect("locked");
    // Root reads everything.
    if std::fs::File::open(p.path("lamp.dossier")).is_err() {
        p.run(&["check"]).ends(2).says("E0402");
    }
    std::os::unix::fs::symlink("/dev/zero", p.path("zero.dossier")).expect("a link");
    p.run(&["check", "zero.dossier"]).ends(2).says("it is not a file");
}

#[test]
fn a_folder_without_devices_is_no_success() {
    let p = Project::new();
    p.file("sub/readme.md", "x");
    p.run(&["check", "sub"]).ends(2).says("there is no `*.dossier` file in `sub`");
}

#[test]
fn rulebooks_are_checked_too() {
    let cases = [
        (
            "an unhelpful position",
            "require  control(xa_seal)",
            "require  not control(xa_seal)",
            "E0202",
            "would not help",
        ),
        ("a circle", "require  control(xa_seal)", "require  conforms(XA-ACT-3)", "E0203", "XA-ACT-3"),
        ("a fact twice", "fact xa_users", "fact xa_radio", "E0104", "declared twice"),
        ("no reason", "because  \"A lantern should be sealed.\"", "", "E0207", "XA-ACT-3"),
        ("no clause", "clause   unverified", "", "E0206", "XA-ACT-3"),
        ("an unknown fact", "when     xa_radio", "when     xa_radios", "E0103", "did you mean `xa_radio`?"),
        (
            "one that can never hold",
            "require  xa_users <= 5",
            "require  xa_users <= 5 and xa_users > 6",
            "E022",
            "never",
        ),
    ];
    for (what, from, to, code, says) in cases {
        let p = Project::lantern();
        p.change("policy.rulebook", from, to);
        let ran = p.run(&["check"]);
        ran.ends(1).says(says);
        assert!(ran.out.contains(code), "{what}: no {code} in\n{}", ran.out);
        assert!(ran.out.contains("policy.rulebook:"), "{what}");
        p.run(&["rules", "test", "."]).ends(1).says(says);
    }
    let p = Project::lantern();
    p.file("dossier.toml", "");
    p.run(&["check", "policy.rulebook"]).ends(0).says("W0401").says("not in use");
}

#[test]
fn facts_that_go_round_in_a_circle_are_told() {
    let p = Project::lantern();
    let circle = "\nderived xa_one : bool = xa_two\n\nderived xa_two : bool = xa_one\n";
    p.change("policy.rulebook", "\ncontrol xa_seal", &format!("{circle}\ncontrol xa_seal"));
    p.run(&["check"]).ends(1).says("E0203").says("xa_two");
}

#[test]
fn files_that_use_each_other_are_told() {
    let p = Project::new();
    p.file("a.dossier", &format!("use \"b.dossier\"\n{DEVICE}"));
    p.file("b.dossier", "use \"a.dossier\"\ncomponent part \"Part\" {\n  software none\n}\n");
    p.run(&["check"]).ends(1).says("E0203").says("b.dossier");
}

#[test]
fn standard_input_is_a_file() {
    let p = Project::lantern();
    p.run_with(&["check", "-"], b"device x \"X\" {\n  xa_users 9\n}\n").ends(0).says("<stdin>:2:3");
    p.run_with(&["check", "-"], b"device x \"X\" {\n  xa_users\n}\n").ends(1).says("<stdin>");
    p.run_with(&["check", "-"], b"\xff").ends(2).says("standard input is not UTF-8 text");
    p.run_with(&["check", "-"], b"").ends(1).says("E0314");
}

#[test]
fn an_output_file_is_whole_or_not_there() {
    let p = Project::lantern();
    let shown = p.run(&["check", "--format", "json"]);
    p.run(&["check", "--format", "json", "--output", "out.json"]).ends(1);
    assert_eq!(p.read("out.json"), shown.out);
    let ran = p.run(&["check", "--output", "no/such/folder.txt"]);
    ran.ends(2).says("cannot write `no/such/folder.txt`");
    p.run(&["check", "--output", "evidence"]).ends(2).says("folder");
    p.run(&["check", "--market", "XX", "--output", "new.json"]).ends(2);
    assert!(!p.path("new.json").exists());
    let left: Vec<_> =
        std::fs::read_dir(p.path("")).expect("a folder").map(|e| e.expect("an entry").file_name()).collect();
    assert!(!left.iter().any(|n| n.to_string_lossy().contains("tmp")), "{left:?}");
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let p = Project::lantern();
    for n in 0..40 {
        p.file(
            &format!("many/d{n}.dossier"),
            &format!("device d{n} \"D {n}\" {{\n  xa_users {n}\n  market XA {{ class II }}\n}}\n"),
        );
    }
    for format in ["human", "json"] {
        let one = p.run(&["check", "--format", format, "--all", "--threads", "1"]);
        one.ends(1);
        for threads in ["2", "5"] {
            let other = p.run(&["check", "--format", format, "--all", "--threads", threads]);
            assert!(one.out == other.out, "{format} differs with {threads} threads");
        }
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let p = Project::lantern();
    for n in 0..300 {
        p.file(
            &format!("many/d{n}.dossier"),
            &format!("device d{n} \"D {n}\" {{\n  market XA {{ class II }}\n}}\n"),
        );
    }
    for format in ["human", "json"] {
        let mut command = p.command(&["check", "--format", format, "--all"]);
        command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::piped());
        command.stderr(std::process::Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(1), "the status still says how the check went");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}

#[test]
fn severities_of_the_configuration_hold_everywhere() {
    let p = Project::lantern();
    p.change("dossier.toml", "as_of", "[severity.requirement]\nXA-ACT-1 = \"warning\"\n\n# as_of");
    p.file("dossier.toml", "rulebooks = [\"policy.rulebook\"]\nas_of = 2026-11-23\n\n[severity.requirement]\nXA-ACT-1 = \"information\"\n\n[severity.code]\nV0121 = \"off\"\n");
    let human = p.run(&["check"]);
    human.says("note[V0113]: `timeout`").says("switches off V0121");
    assert!(!human.out.contains("warning[V0121]"), "{}", human.out);
    human.says("  XA     0          0        1       1      2        1    0   0 % of 5");
    let json = p.run(&["check", "--format", "json"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["summary"]["switched_off"][0], "V0121");
    let rows = json["devices"][0]["markets"][0]["verdicts"].as_array().expect("verdicts");
    let row = rows.iter().find(|v| v["requirement"] == "XA-ACT-1").expect("it is there");
    assert_eq!((row["outcome"].as_str(), row["severity"].as_str()), (Some("unmet"), Some("information")));
}

#[test]
fn version_and_help_are_for_newcomers() {
    let p = Project::new();
    let version = p.run(&["--version"]);
    version.ends(0).says("dossier ").says("(rulebooks 20");
    for help in [
        &["--help"][..],
        &["check", "--help"],
        &["fmt", "--help"],
        &["rules", "--help"],
        &["rules", "list", "--help"],
        &["rules", "diff", "--help"],
        &["schema", "--help"],
    ] {
        let ran = p.run(help);
        ran.ends(0);
        assert!(ran.out.lines().all(|l| l.chars().count() <= 100), "{}", ran.out);
    }
    p.run(&["check", "--help"]).says("met             it holds").says("Exit status: 0");
}

#[test]
fn evil_texts_are_not_obeyed() {
    let p = Project::lantern();
    p.change("lantern.dossier", "\"Lantern 二型\"", "\"Lan\u{1b}[2Jtern\u{202e}\u{9b}5n\"");
    p.change("lantern.dossier", "The seal comes", "The\u{1b}]0;x\u{7} seal comes");
    for format in ["human", "json"] {
        let ran = run(&mut p.command(&["check", "--format", format]), b"");
        let bad = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!ran.all().contains(bad), "{:?}", ran.all());
        assert!(!ran.err.contains("internal"), "{}", ran.err);
    }
}
