//! Literate sessions: what somebody typed, which edits they made, and every word that the program said.
//!
//! A page of `sessions/` is run from top to bottom in an empty folder. A fenced block is a step by its info string:
//! `LANGUAGE file=PATH` writes a file, `diff file=PATH` changes one (lines with ` `, `-` and `+`; `@@` between
//! places), `console` runs the commands behind `$ ` and holds what they print. Other blocks are prose.
//!
//! `DOSSIER_UPDATE=1` writes what came out into the page.

use dossier_tests::program::program;
use std::path::Path;
use std::process::Command;

/// More edits than this, and the messages do not guide.
const MOST_EDITS: usize = 40;

#[test]
fn a_first_device() {
    let page = replay("first-device.md");
    assert!(page.edits <= MOST_EDITS, "{} edits", page.edits);
    assert_eq!(page.statuses.last(), Some(&0), "the session ends with nothing left to do");
}

#[test]
fn a_second_device() {
    let page = replay("second-device.md");
    assert!(page.edits <= MOST_EDITS, "{} edits", page.edits);
    assert_eq!(page.statuses.last(), Some(&0), "the session ends without an error");
}

/// The page of mistakes reads as it did.
#[test]
fn mistakes() {
    let page = replay("mistakes.md");
    assert!(page.statuses.iter().all(|s| *s < 2), "each is told, none ends the program");
}

struct Replayed {
    edits: usize,
    statuses: Vec<i32>,
}

/// Runs a page and compares all that it shows.
fn replay(name: &str) -> Replayed {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("sessions").join(name);
    let text = std::fs::read_to_string(&path).expect("the page");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut replayed = Replayed { edits: 0, statuses: Vec::new() };
    let mut out = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let Some(info) = line.strip_prefix("```").filter(|i| !i.is_empty()) else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|l| *l != "```").collect();
        let (language, file) = info.split_once(" file=").unwrap_or((info, ""));
        match (language, file) {
            ("console", _) => {
                for command in block.iter().filter_map(|l| l.strip_prefix("$ ")) {
                    let (said, status) = run(folder.path(), command);
                    replayed.statuses.push(status);
                    out.push_str(&format!("$ {command}\n{said}"));
                }
            }
            (_, "") => push(&mut out, &block),
            ("diff", file) => {
                replayed.edits += 1;
                change(&folder.path().join(file), &block);
                push(&mut out, &block);
            }
            (_, file) => {
                replayed.edits += 1;
                let file = folder.path().join(file);
                std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
                let mut content = String::new();
                push(&mut content, &block);
                std::fs::write(&file, content).expect("a file in a temporary folder");
                push(&mut out, &block);
            }
        }
        out.push_str("```\n");
    }
    if std::env::var_os("DOSSIER_UPDATE").is_some() {
        std::fs::write(&path, out).expect("the page");
    } else if out != text {
        let line = out.lines().zip(text.lines()).position(|(a, b)| a != b).map_or(0, |n| n + 1);
        let shown = |t: &str| t.lines().nth(line.saturating_sub(1)).unwrap_or("").to_owned();
        panic!(
            "{name} line {line}\n  says {}\n  now  {}\nread the difference; if it is right: \
             DOSSIER_UPDATE=1 cargo test -p dossier-tests --test sessions",
            shown(&text),
            shown(&out)
        );
    }
    replayed
}

fn push(out: &mut String, block: &[&str]) {
    for line in block {
        out.push_str(line);
        out.push('\n');
    }
}

/// Applies a difference; each of its places must be found once.
fn change(file: &Path, block: &[&str]) {
    let mut text = std::fs::read_to_string(file).expect("a file that an edit before wrote");
    for place in block.split(|l| l.starts_with("@@")).filter(|p| !p.is_empty()) {
        let side = |sign: char| -> String {
            let lines = place.iter().filter(|l| l.starts_with(' ') || l.starts_with(sign) || l.is_empty());
            lines.map(|l| format!("{}\n", l.get(1..).unwrap_or(""))).collect()
        };
        let (before, after) = (side('-'), side('+'));
        assert_eq!(text.matches(&before).count(), 1, "this place is not there once:\n{before}\nin\n{text}");
        text = text.replace(&before, &after);
    }
    std::fs::write(file, text).expect("a file in a temporary folder");
}

/// Runs a command in the folder; gives what it wrote, and with which status it ended.
fn run(folder: &Path, command: &str) -> (String, i32) {
    let mut words = command.split_whitespace();
    assert_eq!(words.next(), Some("dossier"), "only `dossier` is run: {command}");
    let ran = Command::new(program())
        .args(words)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .env_remove("COLUMNS")
        .env_remove("CLICOLOR_FORCE")
        .output()
        .expect("the program runs");
    let status = ran.status.code().expect("a status");
    let mut said = String::new();
    for line in [&ran.stdout, &ran.stderr].into_iter().flat_map(|b| str::from_utf8(b).expect("UTF-8").lines())
    {
        said.push_str(line.trim_end());
        said.push('\n');
    }
    if status != 0 {
        said.push_str(&format!("[exit status {status}]\n"));
    }
    (said, status)
}
