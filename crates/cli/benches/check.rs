//! Whole processes, as a user starts them: `cargo bench -p dossier-cli` prints the table of `docs/performance.md`.
//!
//! Times are the least of several runs (of 10,000 devices of one), processor time (user and system) beside the wall's; memory is the most that
//! the process held. `cargo bench -p dossier-cli -- --quick` leaves the largest out.
#![allow(clippy::print_stdout)] // It is a command; that is how it speaks.

use dossier_xtask::generate::{Output, workload, workspace};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;
use wait4::Wait4 as _;

const DOSSIER: &str = env!("CARGO_BIN_EXE_dossier");

/// What a command took: the least of several runs, each figure by itself.
#[derive(Clone, Copy)]
struct Took {
    /// Seconds.
    wall: f64,
    /// Seconds, user and system.
    processor: f64,
    /// Bytes.
    peak: u64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--nothing", ..] => return,
        ["--write", kind, devices, folder] => {
            return write(kind, devices.parse().expect("a number"), Path::new(folder));
        }
        _ => {}
    }
    let largest = if arguments.iter().any(|a| a == "--quick") { 1_000 } else { 10_000 };
    start_up();
    the_workload(largest);
    devices(largest);
}

/// Runs a command several times and checks how it ends.
fn run(program: &str, arguments: &[&str], status: i32, times: usize) -> Took {
    let once = || {
        let start = Instant::now();
        let mut child = Command::new(program)
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it can be started");
        let used = child.wait4().expect("it ends");
        assert_eq!(used.status.code(), Some(status), "{program} {arguments:?}");
        let processor = (used.rusage.utime + used.rusage.stime).as_secs_f64();
        Took { wall: start.elapsed().as_secs_f64(), processor, peak: used.rusage.maxrss }
    };
    let least = |a: Took, b: Took| Took {
        wall: a.wall.min(b.wall),
        processor: a.processor.min(b.processor),
        peak: a.peak.min(b.peak),
    };
    if times > 1 {
        once();
    }
    std::iter::repeat_with(once).take(times).reduce(least).expect("it runs at least once")
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// What is written of a workspace, and what its devices break.
struct Written {
    folder: String,
    /// Bytes of device files and rulebooks.
    bytes: u64,
    broken: usize,
}

/// Has another process write a workspace: on Linux a process counts as its own memory the most that the one had that
/// started it, so this one stays small.
fn written(kind: &str, devices: u32) -> Written {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{kind}-{devices}"));
    let own = std::env::current_exe().expect("this program is a file");
    let out = Command::new(own)
        .args(["--write", kind, &devices.to_string()])
        .arg(&folder)
        .output()
        .expect("it can be started");
    let said = String::from_utf8(out.stdout).expect("numbers");
    let numbers: Vec<u64> = said.split_whitespace().filter_map(|n| n.parse().ok()).collect();
    let [bytes, broken] = numbers[..] else { panic!("{said}{}", String::from_utf8_lossy(&out.stderr)) };
    Written { folder: folder.display().to_string(), bytes, broken: broken as usize }
}

/// The other process: writes the workspace and says how large it is.
fn write(kind: &str, devices: u32, folder: &Path) {
    let _ = fs::remove_dir_all(folder);
    let mut bytes = 0;
    let mut put = |file: Output| {
        if file.path.ends_with(".dossier") || file.path.ends_with(".rulebook") {
            bytes += file.text.len();
        }
        let path = folder.join(&file.path);
        let parent = path.parent().ok_or("a file is in a folder")?;
        fs::create_dir_all(parent).and_then(|()| fs::write(&path, file.text)).map_err(|e| e.to_string())
    };
    let broken = match kind {
        "workload" => workload::write(devices, &mut put).map(|b| b.requirements),
        _ => workspace::write(devices, &mut put).map(|()| 0),
    };
    let broken = broken.expect("the workspace can be written");
    println!("{bytes} {broken}");
}

fn start_up() {
    println!("Start-up                                  wall ms  processor ms   peak MiB");
    let own = std::env::current_exe().expect("this program is a file");
    let one = written("devices", 1).folder;
    for (what, program, arguments) in [
        ("a Rust program that does nothing", &*own.to_string_lossy(), vec!["--nothing"]),
        ("dossier --version", DOSSIER, vec!["--version"]),
        ("dossier check, one device of 10 kB", DOSSIER, vec!["check", "--fail-on", "never", &one]),
    ] {
        let t = run(program, &arguments, 0, 20);
        println!("{what:<40} {:>8.1} {:>13.1} {:>10.1}", t.wall * 1e3, t.processor * 1e3, mib(t.peak));
    }
}

/// Devices of about 10 kB against all embedded law.
fn devices(largest: u32) {
    println!(
        "\nDevices of 10 kB, all law              wall s  processor s  µs/device   peak MiB  of the text"
    );
    for format in ["human", "json"] {
        let mut before: Option<Took> = None;
        for n in [100, 1_000, 10_000].into_iter().filter(|n| *n <= largest) {
            let Written { folder, bytes, .. } = written("devices", n);
            for threads in ["1", "2"] {
                let t = run(
                    DOSSIER,
                    &["check", "--fail-on", "never", "--threads", threads, "--format", format, &folder],
                    0,
                    if n > 1_000 { 1 } else { 5 },
                );
                let what = format!("{n} devices, {format}, threads: {threads}");
                println!(
                    "{what:<36} {:>8.2} {:>12.2} {:>10.0} {:>10.0} {:>10.1} x",
                    t.wall,
                    t.processor,
                    t.wall * 1e6 / f64::from(n),
                    mib(t.peak),
                    t.peak as f64 / bytes as f64
                );
                if threads == "1" {
                    grown(before.replace(t), t);
                }
            }
        }
    }
}

/// How time and memory grew with ten times as much.
fn grown(before: Option<Took>, now: Took) {
    if let Some(before) = before {
        println!(
            "{:<36} {:>7.1}x {:>11.1}x {:>10} {:>9.1}x",
            "    ten times as many",
            now.wall / before.wall,
            now.processor / before.processor,
            "",
            now.peak as f64 / before.peak as f64
        );
    }
}

/// The workload on which other checkers were measured.
fn the_workload(largest: u32) {
    println!("\n200 requirements, 150 fields, 4 kB      wall ms  processor ms  µs/device   peak MiB  broken");
    let mut before = None;
    for n in [1, 100, 1_000, 10_000].into_iter().filter(|n| *n <= largest) {
        let Written { folder, broken, .. } = written("workload", n);
        let arguments = ["check", "--fail-on", "never", "--threads", "1", &folder];
        let t = run(DOSSIER, &arguments, 0, if n > 1_000 { 3 } else { 7 });
        assert_eq!(unmet(&folder), broken, "what is broken is found, and nothing else");
        println!(
            "{:<38} {:>8.1} {:>13.1} {:>10.0} {:>10.1} {:>7}",
            format!("{n} devices, human, one thread"),
            t.wall * 1e3,
            t.processor * 1e3,
            t.wall * 1e6 / f64::from(n),
            mib(t.peak),
            broken
        );
        if n > 100 {
            grown(before.replace(t), t);
        }
    }
}

/// How many requirements are unmet, or met only once what is planned is there, counted in the JSON line by line.
fn unmet(folder: &str) -> usize {
    let mut child = Command::new(DOSSIER)
        .args(["check", "--fail-on", "never", "--format", "json", folder])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it can be started");
    let out = BufReader::new(child.stdout.take().expect("it is piped"));
    let lines = out.lines().map(|line| line.expect("JSON is UTF-8"));
    let broken = ["\"outcome\":\"unmet\",\"severity\"", "\"outcome\":\"planned\",\"severity\""];
    let found = lines.map(|line| broken.iter().map(|b| line.matches(b).count()).sum::<usize>()).sum();
    assert!(child.wait().expect("it ends").success());
    found
}
