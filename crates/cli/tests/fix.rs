//! `--fix` and `--watch`.

mod common;

use common::Project;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

const LOOSE: &str = "device lamp \"Lamp\" {\n  software simd   // a comment\n  connections wifi\n  functions   user_access\n}\n";

#[test]
fn what_can_only_be_meant_one_way_is_put_right() {
    let p = Project::new();
    p.file("lamp.dossier", LOOSE);
    let ran = p.run(&["check", "--fix", "--fail-on", "never"]);
    ran.ends(0).says("fixed lamp.dossier:3: put it in brackets (E0105)").says("2 fixes in 1 file");
    assert!(!ran.out.contains("E0105"), "{}", ran.out);
    assert_eq!(
        p.read("lamp.dossier"),
        LOOSE.replace("connections wifi", "connections [wifi]").replace("   user_access", "   [user_access]")
    );
    p.run(&["check", "--fix", "--fail-on", "never"]).ends(0).says("nothing can be fixed without a person");
}

#[test]
fn what_a_person_should_look_at_is_left() {
    let p = Project::new();
    let text = "device lamp \"Lamp\" {\n  softwear simd\n  connections [wifii]\n}\n";
    p.file("lamp.dossier", text);
    p.run(&["check", "--fix"]).ends(1).says("nothing can be fixed without a person").says("did you mean");
    assert_eq!(p.read("lamp.dossier"), text);
}

#[test]
fn standard_input_is_not_written() {
    let p = Project::new();
    let ran = p.run_with(&["check", "-", "--fix"], LOOSE.as_bytes());
    ran.ends(2).says("standard input cannot be put right");
    assert_eq!(std::fs::read_dir(p.path("")).expect("a folder").count(), 1, "only dossier.toml");
}

#[test]
fn a_change_is_seen_at_once() {
    let p = Project::new();
    p.file("lamp.dossier", "device lamp \"Lamp\" { software none }\n");
    let mut child = p
        .command(&["check", "--watch", "--format", "plain"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let err = BufReader::new(child.stderr.take().expect("a pipe"));
    let (send, waiting) = std::sync::mpsc::channel();
    std::thread::spawn(move || err.lines().map_while(Result::ok).for_each(|l| send.send(l).unwrap_or(())));
    let settled = || {
        let line = waiting.recv_timeout(Duration::from_secs(30)).expect("it says that it is watching");
        assert!(line.contains("watching"), "{line}");
    };
    settled();
    let begun = Instant::now();
    p.file("lamp.dossier", "device lamp \"Lamp\" { software nonne }\n");
    settled();
    println!("{:?} from the change to the results", begun.elapsed());
    // A file that is new.
    p.file("more.dossier", "device more \"More\" { software nonne }\n");
    settled();
    // What is nobody's business changes nothing.
    p.file(".git/index", "x");
    child.kill().expect("it ends");
    let out = child.wait_with_output().expect("output");
    let out = String::from_utf8(out.stdout).expect("UTF-8");
    let errors: Vec<usize> =
        out.lines().filter_map(|l| l.strip_prefix("In all: ")?.split(' ').next()?.parse().ok()).collect();
    assert_eq!(errors, [0, 1, 2], "{out}");
}
