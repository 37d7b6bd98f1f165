//! Rules about Rust source: who may touch the disk and the network, and that each crate says what it is.

use super::Finding;
use super::rust::{File, Piece};

/// Crates that may touch the disk. Build scripts may, too.
const DISK: &[&str] = &["workspace", "evidence", "cli", "xtask", "testkit"];

/// Methods of paths that ask the disk.
const ASKS: &[&str] = &[
    "exists",
    "try_exists",
    "is_file",
    "is_dir",
    "is_symlink",
    "read_dir",
    "canonicalize",
    "read_link",
    "symlink_metadata",
];

/// What opens files: types, and functions of `File` (other types are called that, too).
const OPENS: &[&str] = &["OpenOptions", "DirBuilder"];
const FILE: &[&str] = &["open", "open_buffered", "create", "create_new", "create_buffered", "options"];

/// Types that open connections. Nobody may.
const CONNECTS: &[&str] =
    &["TcpStream", "TcpListener", "UdpSocket", "UnixStream", "UnixListener", "ToSocketAddrs"];

/// The folder of the crate that a file belongs to.
pub(super) fn crate_of(path: &str) -> Option<&str> {
    path.strip_prefix("crates/")?.split('/').next()
}

pub(super) fn check(file: &File<'_>, findings: &mut Vec<Finding>) {
    let Some(own) = crate_of(file.path) else { return };
    let root = file.path.strip_prefix("crates/").and_then(|p| p.strip_prefix(own)).unwrap_or_default();
    let is_root = matches!(root, "/src/lib.rs" | "/src/main.rs") || root.starts_with("/src/bin/");
    if is_root && !file.text.starts_with("//!") {
        findings.push(Finding::new(file.path, 1, "a crate begins with `//!` and what it is for"));
    }
    let may_read = DISK.contains(&own) || root == "/build.rs";
    let name = |at: usize| match file.pieces.get(at) {
        Some((Piece::Name(n), _)) => *n,
        _ => "",
    };
    let mark = |at: usize, c: char| file.pieces.get(at).is_some_and(|p| p.0 == Piece::Mark(c));
    let path_sep = |at: usize| mark(at, ':') && mark(at + 1, ':');
    for (at, (piece, line)) in file.pieces.iter().enumerate() {
        let Piece::Name(n) = *piece else { continue };
        let disk = match n {
            "std" if path_sep(at + 1) && name(at + 3) == "fs" => Some("std::fs".to_owned()),
            "std" if path_sep(at + 1) && mark(at + 3, '{') => {
                let list = file.pieces[at + 3..].iter().take_while(|p| p.0 != Piece::Mark(';'));
                list.clone().any(|p| p.0 == Piece::Name("fs")).then(|| "std::fs".to_owned())
            }
            "fs" if path_sep(at + 1) && !(at > 1 && path_sep(at - 2)) => Some("fs::".to_owned()),
            _ if OPENS.contains(&n) && path_sep(at + 1) => Some(format!("{n}::")),
            "File" if path_sep(at + 1) && FILE.contains(&name(at + 3)) => {
                Some(format!("File::{}", name(at + 3)))
            }
            _ if ASKS.contains(&n)
                && at > 0
                && mark(at - 1, '.')
                && mark(at + 1, '(')
                && mark(at + 2, ')') =>
            {
                Some(format!(".{n}()"))
            }
            _ => None,
        };
        if let Some(what) = disk.filter(|_| !may_read) {
            let who = "only workspace, evidence, cli and development crates touch the disk";
            findings.push(Finding::new(file.path, *line, format!("`{what}` in `{own}`: {who}")));
        }
        if CONNECTS.contains(&n) && own != "xtask" {
            findings.push(Finding::new(file.path, *line, format!("`{n}`: nothing here uses a network")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<(usize, String)> {
        let mut findings = Vec::new();
        check(&File::new(path, text), &mut findings);
        findings.into_iter().map(|f| (f.line, f.message)).collect()
    }

    #[test]
    fn the_disk_is_for_few() {
        let disk = [
            "use std::fs;",
            "use std::{fmt, fs::File};",
            "fs::read(p)",
            "File::open(p)",
            "OpenOptions::new()",
            "if p.exists() {}",
            "std::fs::write(p, t)",
        ];
        for text in disk {
            assert!(!found("crates/model/src/a.rs", text).is_empty(), "{text}");
            for fine in [
                "crates/workspace/src/a.rs",
                "crates/evidence/src/a.rs",
                "crates/cli/src/a.rs",
                "crates/base/build.rs",
            ] {
                assert!(found(fine, text).is_empty(), "{fine}: {text}");
            }
        }
        let no_disk = [
            "// std::fs",
            "\"std::fs\"",
            "use std::{fmt, io};\nlet fs = 1;",
            "ModelFile::new()",
            "ast::File::default()",
            "set.exists(|x| x)",
            "self.file.name()",
        ];
        for text in no_disk {
            assert!(found("crates/model/src/a.rs", text).is_empty(), "{text}");
        }
    }

    #[test]
    fn the_network_is_for_nobody() {
        assert_eq!(found("crates/cli/src/a.rs", "\nuse std::net::TcpStream;")[0].0, 2);
        assert!(found("crates/cli/src/a.rs", "use std::net::IpAddr; // TcpStream").is_empty());
    }

    #[test]
    fn a_crate_says_what_it_is() {
        assert_eq!(found("crates/a/src/lib.rs", "pub mod b;").len(), 1);
        assert_eq!(found("crates/a/src/main.rs", "fn main() {}").len(), 1);
        assert!(found("crates/a/src/lib.rs", "//! All about a.\n").is_empty());
        assert!(found("crates/a/src/b.rs", "fn b() {}").is_empty());
    }
}
