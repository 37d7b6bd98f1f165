//! `cargo xtask tidy` and `cargo xtask gen`: see `HELP`.
#![allow(clippy::print_stdout, clippy::print_stderr)] // It is a command; that is how it speaks.

use dossier_xtask::generate::{self, Output};
use dossier_xtask::tidy;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask tidy
    Checks the house rules of ARCHITECTURE.md. Prints what breaks one; exit status 1 if something does.

cargo xtask gen DIR [--devices N]
    Writes a workspace of N devices (default 100) of about 10 kB each, always the same bytes.

cargo xtask gen --workload DIR [--devices N]
    Writes the workload on which other checkers were measured: one rulebook of 200 requirements, and N devices of
    150 fields. Prints how many requirements the devices break.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        ["tidy"] => run_tidy(),
        ["gen", rest @ ..] => run_gen(rest),
        ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(true)
        }
        _ => Err(HELP.to_owned()),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}

/// The root of the repository: cargo says where this crate is.
fn root() -> Result<PathBuf, String> {
    let own = std::env::var("CARGO_MANIFEST_DIR").map_err(|_| "run it as `cargo xtask …`".to_owned())?;
    Path::new(&own)
        .ancestors()
        .nth(2)
        .map(Path::to_path_buf)
        .ok_or_else(|| format!("`{own}` has no root above it"))
}

fn run_tidy() -> Result<bool, String> {
    let findings = tidy::check(&root()?)?;
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => println!("tidy: nothing to say"),
        n => println!("tidy: {n} to put right"),
    }
    Ok(findings.is_empty())
}

fn run_gen(arguments: &[&str]) -> Result<bool, String> {
    let (mut dir, mut devices, mut workload) = (None, 100_u32, false);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match *argument {
            "--workload" => workload = true,
            "--devices" => {
                let n = rest.next().ok_or("`--devices` needs a number")?;
                devices = n.parse().map_err(|_| format!("`{n}` is not a number of devices"))?;
            }
            flag if flag.starts_with('-') => return Err(format!("unknown option `{flag}`\n\n{HELP}")),
            path if dir.is_none() => dir = Some(PathBuf::from(path)),
            more => return Err(format!("one folder is enough; what is `{more}`?")),
        }
    }
    let dir = dir.ok_or_else(|| format!("into which folder?\n\n{HELP}"))?;
    let mut bytes = 0;
    let mut files = 0;
    let mut write = |file: Output| {
        bytes += file.text.len();
        files += 1;
        let path = dir.join(&file.path);
        let folder = path.parent().unwrap_or(&dir);
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&path, &file.text))
            .map_err(|e| format!("{}: {e}", path.display()))
    };
    if workload {
        let broken = generate::workload::write(devices, &mut write)?;
        println!(
            "{devices} devices in {files} files, {bytes} bytes; {} break a requirement, {} requirements broken",
            broken.devices, broken.requirements
        );
    } else {
        generate::workspace::write(devices, &mut write)?;
        println!("{devices} devices in {files} files, {bytes} bytes");
    }
    Ok(true)
}
