//! A project in a folder of its own, and the command run in it.
#![allow(dead_code, unreachable_pub)] // Each test file uses some of it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run gave.
pub struct Ran {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Everything that was written.
    pub fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }

    /// That it ended with this status, and not in an internal error.
    #[track_caller]
    pub fn ends(&self, status: i32) -> &Self {
        assert!(!self.err.contains("internal error") && !self.err.contains("panicked"), "{}", self.err);
        assert_eq!(self.status, status, "\n--- out\n{}\n--- err\n{}", self.out, self.err);
        self
    }

    /// That something was said.
    #[track_caller]
    pub fn says(&self, what: &str) -> &Self {
        assert!(
            self.all().contains(what),
            "`{what}` is not in\n--- out\n{}\n--- err\n{}",
            self.out,
            self.err
        );
        self
    }
}

/// A project.
pub struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    /// An empty one.
    pub fn new() -> Self {
        let project = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        project.file("dossier.toml", "as_of = 2026-11-23\n");
        project
    }

    /// The lantern of `fixtures/lantern`.
    pub fn lantern() -> Self {
        let project = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lantern");
        for path in ["dossier.toml", "policy.rulebook", "lantern.dossier", "evidence/lab.txt"] {
            project.file(path, &std::fs::read_to_string(from.join(path)).expect("a fixture"));
        }
        project
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub fn file(&self, path: &str, text: &str) -> &Self {
        self.bytes(path, text.as_bytes())
    }

    pub fn bytes(&self, path: &str, bytes: &[u8]) -> &Self {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders can be made");
        std::fs::write(path, bytes).expect("files can be written");
        self
    }

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).expect("a file")
    }

    /// Replaces a piece of a file.
    pub fn change(&self, path: &str, from: &str, to: &str) -> &Self {
        let text = self.read(path);
        assert!(text.contains(from), "{from}");
        self.file(path, &text.replacen(from, to, 1))
    }

    /// The command, in this folder, in an environment that holds nothing.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dossier"));
        command.args(arguments).current_dir(self.folder.path()).env_clear().env("TZ", "UTC");
        // Coverage tools say here where to write.
        if let Ok(profile) = std::env::var("LLVM_PROFILE_FILE") {
            command.env("LLVM_PROFILE_FILE", profile);
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        run(&mut self.command(arguments), b"")
    }

    pub fn run_with(&self, arguments: &[&str], stdin: &[u8]) -> Ran {
        run(&mut self.command(arguments), stdin)
    }
}

pub fn run(command: &mut Command, stdin: &[u8]) -> Ran {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    let bytes = stdin.to_vec();
    let writer = std::thread::spawn(move || {
        // Who does not read standard input has gone already.
        let _ = pipe.write_all(&bytes);
    });
    let output = child.wait_with_output().expect("the command ends");
    writer.join().expect("written");
    Ran {
        status: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}
