//! What people see.

mod common;

use common::{Project, Ran, run};

/// Without what changes with every version.
fn steady(ran: &Ran) -> String {
    let mut out = String::new();
    for line in ran.out.lines() {
        match line.split_once("rulebooks 20") {
            Some((before, after)) => {
                let rest = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
                let dot = if after.len() > rest.len() && after[..after.len() - rest.len()].ends_with('.') {
                    "."
                } else {
                    ""
                };
                out.push_str(&format!("{before}rulebooks VERSION{dot}{rest}"));
            }
            None => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

#[test]
fn a_small_device() {
    insta::assert_snapshot!(steady(&Project::lantern().run(&["check"])));
}

#[test]
fn a_small_device_in_colour() {
    let ran = Project::lantern().run(&["check", "--color", "always"]);
    insta::assert_snapshot!(steady(&ran).replace('\u{1b}', "␛"));
}

#[test]
fn a_narrow_terminal() {
    let p = Project::lantern();
    let mut command = p.command(&["check"]);
    let ran = run(command.env("COLUMNS", "20"), b"");
    let shown = steady(&ran);
    for line in ran.out.lines() {
        assert!(dossier_render::text::columns(line) <= 22, "{line}");
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn errors_come_first() {
    let p = Project::lantern();
    p.change("lantern.dossier", "xa_users     7", "xa_users     many\n  xa_usres     7");
    p.change("lantern.dossier", "  waive XA-ACT-3 {", "  waive XA-ACT-33 {");
    insta::assert_snapshot!(steady(&p.run(&["check"])));
}

#[test]
fn nothing_to_do() {
    let p = Project::lantern();
    p.file("lantern.dossier", "device lantern \"L\" {\n  xa_users 3\n}\n");
    insta::assert_snapshot!(steady(&p.run(&["check"])));
}

#[test]
fn a_line_too_long_for_the_terminal() {
    let p = Project::lantern();
    let long = "x".repeat(300);
    p.change(
        "lantern.dossier",
        "  xa_users     7",
        &format!("  manufacturers \"{long}\"  xa_usres 7  version \"{long}\""),
    );
    let ran = p.run(&["check"]);
    for line in ran.out.lines() {
        assert!(dossier_render::text::columns(line) <= 80, "{line}");
    }
    insta::assert_snapshot!(steady(&ran));
}

#[test]
fn many_findings_are_cut_and_all_of_them_asked_for() {
    let p = Project::lantern();
    let parts: String = (0..40).map(|n| format!("  xa_part p{n} \"P\" {{ checked no }}\n")).collect();
    p.change("lantern.dossier", "  xa_part wick", &format!("{parts}  xa_part wick"));
    let some = p.run(&["check"]);
    some.says("And 34 more: `dossier check --all`, or `--format json`.");
    let all = p.run(&["check", "--all"]);
    assert!(!all.out.contains("more: `"), "{}", all.out);
    assert!(all.out.lines().count() > some.out.lines().count() + 200);
}

#[test]
fn many_devices_are_summed_up_by_market() {
    let p = Project::lantern();
    for n in 0..60 {
        p.file(
            &format!("many/d{n:02}.dossier"),
            &format!("device d{n:02} \"D\" {{\n  market XA {{ class II }}\n}}\n"),
        );
    }
    let ran = p.run(&["check"]);
    ran.says("61 devices, by market\n  XA (61) ").says("\n  any (61) ").says("more devices with");
}

#[test]
fn what_rests_on_a_component_is_told_there() {
    let p = Project::lantern();
    p.file("shared.dossier", "component base \"Base\" {\n  xa_users 9\n}\n");
    p.file("lantern.dossier", "use \"shared.dossier\"\n\ndevice one \"One\" { includes base }\n\ndevice two \"Two\" { includes base }\n");
    let ran = p.run(&["check"]);
    ran.says("component base · Base").says("devices: one, two");
    assert_eq!(ran.out.matches("V0113").count(), 1, "{}", ran.out);
}

#[test]
fn colours_follow_the_rules() {
    let p = Project::lantern();
    let colored = |arguments: &[&str], env: &[(&str, &str)]| {
        let mut command = p.command(&[&["check"], arguments].concat());
        command.envs(env.iter().copied());
        run(&mut command, b"").out.contains('\u{1b}')
    };
    assert!(!colored(&[], &[]), "no terminal, no colour");
    assert!(colored(&["--color", "always"], &[("NO_COLOR", "1")]), "who asks for it gets it");
    assert!(colored(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(
        !colored(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]) || !colored(&[], &[("NO_COLOR", "1")])
    );
    assert!(!colored(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored(&[], &[("TERM", "dumb")]));
    assert!(!colored(&["--format", "json"], &[("CLICOLOR_FORCE", "1")]));
    p.run(&["check", "--output", "plain.txt"]).ends(1);
    assert!(!p.read("plain.txt").contains('\u{1b}'));
}
