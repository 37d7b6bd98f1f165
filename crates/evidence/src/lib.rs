//! Evidence files: whether they are there, inside the root, unchanged, and what they say they are.
//!
//! Reads only, never fetches, and trusts no file: device files, folders and links out of the root are refused, sizes
//! are bounded. What a document must contain is law and stands in requirements.

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};

/// The largest file that is read whole, to look at its format: 64 MiB. Larger ones are hashed and their first bytes
/// looked at.
pub const MAX_READ: u64 = 64 * 1024 * 1024;

/// What a file is asked for.
#[derive(Clone, Debug)]
pub struct Request<'r> {
    /// The folder that no file may lie outside of.
    pub root: &'r Path,
    /// The folder that the path is relative to.
    pub base: &'r Path,
    /// The path as declared.
    pub path: &'r str,
    /// The digest that it must have, in hexadecimal.
    pub sha256: Option<&'r str>,
    /// The formats of which it must be one; any if there is none.
    pub formats: &'r [&'r str],
}

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Examined {
    /// Whether the file stands, or why it does not.
    pub standing: Result<(), Refusal>,
    /// Its digest in hexadecimal, if it could be read.
    pub sha256: Option<String>,
    /// Where it is.
    pub file: Option<PathBuf>,
}

/// Why a file does not stand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The path is absolute.
    Absolute,
    /// It is an address.
    Address,
    /// It leads out of the root.
    Outside,
    /// Nothing is there.
    Missing,
    /// It is a folder, a device or another thing that is no file.
    NotAFile,
    /// It cannot be read, for that reason.
    Unreadable(String),
    /// It does not have the digest that was pinned; it has this one.
    Changed(String),
    /// It is not what its name or kind says.
    Format(String),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::Absolute => f.write_str("its path is absolute; it must lie in the project"),
            Refusal::Address => f.write_str("an address is no file"),
            Refusal::Outside => f.write_str("its path leads out of the project"),
            Refusal::Missing => f.write_str("there is no such file"),
            Refusal::NotAFile => f.write_str("it is not a file"),
            Refusal::Unreadable(why) => write!(f, "it cannot be read ({why})"),
            Refusal::Changed(_) => f.write_str("its contents do not have the SHA-256 that is pinned"),
            Refusal::Format(what) => write!(f, "it is not {what}"),
        }
    }
}

/// Examines a file.
pub fn examine(request: &Request<'_>) -> Examined {
    let refuse = |why: Refusal| Examined { standing: Err(why), sha256: None, file: None };
    let file = match locate(request.root, request.base, request.path) {
        Ok(f) => f,
        Err(why) => return refuse(why),
    };
    let mut handle = match File::open(&file) {
        Ok(h) => h,
        Err(e) => return refuse(Refusal::Unreadable(kind(&e))),
    };
    let digest = match digest(&mut handle) {
        Ok(d) => d,
        Err(e) => return refuse(Refusal::Unreadable(kind(&e))),
    };
    let standing = match request.sha256 {
        Some(pinned) if !pinned.eq_ignore_ascii_case(&digest) => Err(Refusal::Changed(digest.clone())),
        _ => format(&mut handle, &file, request.formats),
    };
    Examined { standing, sha256: Some(digest), file: Some(file) }
}

/// Finds a declared path below the root, links resolved.
///
/// # Errors
/// If it leads out of the root, or to nothing, or to something that is no file.
pub fn locate(root: &Path, base: &Path, path: &str) -> Result<PathBuf, Refusal> {
    if ["http://", "https://"].iter().any(|scheme| path.starts_with(scheme)) {
        return Err(Refusal::Address);
    }
    let relative = Path::new(path);
    if relative.is_absolute() || path.starts_with('\\') || path.get(1..2) == Some(":") {
        return Err(Refusal::Absolute);
    }
    // By the letter first, so that a path out of the root is called that even if nothing is there.
    let mut here = base.to_path_buf();
    for part in relative.components() {
        match part {
            Component::ParentDir => {
                here.pop();
            }
            Component::Normal(p) => here.push(p),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return Err(Refusal::Absolute),
        }
        if !here.starts_with(root) {
            return Err(Refusal::Outside);
        }
    }
    let real = here.canonicalize().map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => Refusal::Missing,
        _ => Refusal::Unreadable(kind(&e)),
    })?;
    let real_root = root.canonicalize().map_err(|e| Refusal::Unreadable(kind(&e)))?;
    if !real.starts_with(real_root) {
        return Err(Refusal::Outside);
    }
    let meta = std::fs::metadata(&real).map_err(|e| Refusal::Unreadable(kind(&e)))?;
    if !meta.is_file() {
        return Err(Refusal::NotAFile);
    }
    Ok(real)
}

fn kind(e: &std::io::Error) -> String {
    e.kind().to_string()
}

fn digest(file: &mut File) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            break;
        }
        hasher.update(&buffer[..n]);
    }
    Ok(hex(&hasher.finalize()))
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut s, b| {
        let _ = write!(s, "{b:02x}");
        s
    })
}

/// The digest of bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Whether a file is what its name says, and one of the formats.
fn format(file: &mut File, path: &Path, formats: &[&str]) -> Result<(), Refusal> {
    let unreadable = |e: std::io::Error| Refusal::Unreadable(kind(&e));
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    file.take(4096).read_to_end(&mut head).map_err(unreadable)?;
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();
    let expected: Option<(&[&[u8]], &str)> = match extension.as_str() {
        "pdf" => Some((&[b"%PDF-"], "a PDF file, as its name says")),
        "zip" | "docx" | "xlsx" | "pptx" | "odt" | "ods" => {
            Some((&[b"PK"], "a file of that format, as its name says"))
        }
        "png" => Some((&[b"\x89PNG"], "a PNG picture, as its name says")),
        "jpg" | "jpeg" => Some((&[b"\xff\xd8"], "a JPEG picture, as its name says")),
        _ => None,
    };
    if let Some((magic, what)) = expected
        && !magic.iter().any(|m| head.starts_with(m))
    {
        return Err(Refusal::Format(what.to_owned()));
    }
    if formats.is_empty() {
        return Ok(());
    }
    let found = sniff(file, &head, &extension)?;
    if formats.contains(&found.as_str()) {
        return Ok(());
    }
    let all = formats.iter().map(|f| name(f)).collect::<Vec<_>>().join(" or ");
    Err(Refusal::Format(all))
}

/// A format as people call it.
fn name(format: &str) -> &str {
    match format {
        "cyclonedx" => "a CycloneDX document",
        "spdx" => "an SPDX document",
        "openvex" => "an OpenVEX document",
        "csaf" => "a CSAF document",
        "junit" => "a JUnit XML file",
        other => other,
    }
}

/// The format of a document, from its own words.
fn sniff(file: &mut File, head: &[u8], extension: &str) -> Result<String, Refusal> {
    let unreadable = |e: std::io::Error| Refusal::Unreadable(kind(&e));
    let text = String::from_utf8_lossy(head);
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let none = Ok(String::new());
    if start.starts_with('{') {
        let size = file.metadata().map_err(unreadable)?.len();
        if size > MAX_READ {
            return Err(Refusal::Unreadable(format!("it is larger than {} MiB", MAX_READ / 1024 / 1024)));
        }
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(unreadable)?;
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let Ok(doc) = serde_json::from_slice::<serde_json::Value>(bytes) else { return none };
        let text = |key: &str| doc.get(key).and_then(serde_json::Value::as_str).unwrap_or("");
        let found = if text("bomFormat") == "CycloneDX" {
            "cyclonedx"
        } else if !text("spdxVersion").is_empty() || text("@context").contains("spdx.org") {
            "spdx"
        } else if text("@context").contains("openvex") {
            "openvex"
        } else if doc.get("document").is_some_and(|d| d.get("csaf_version").is_some()) {
            "csaf"
        } else {
            ""
        };
        return Ok(found.to_owned());
    }
    if start.starts_with('<') {
        let found = if text.contains("cyclonedx.org/schema/bom") {
            "cyclonedx"
        } else if text.contains("<testsuite") {
            "junit"
        } else if text.contains("spdx.org/rdf") {
            "spdx"
        } else {
            ""
        };
        return Ok(found.to_owned());
    }
    if start.starts_with("SPDXVersion:") || extension == "spdx" {
        return Ok("spdx".to_owned());
    }
    none
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examine_in(dir: &Path, path: &str, formats: &[&str], sha256: Option<&str>) -> Result<(), Refusal> {
        examine(&Request { root: dir, base: dir, path, sha256, formats }).standing
    }

    #[test]
    fn files_stand_or_say_why_not() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        std::fs::write(root.join("a.pdf"), b"%PDF-1.7 x").unwrap();
        std::fs::write(root.join("b.pdf"), b"no pdf").unwrap();
        std::fs::write(root.join("s.json"), br#"{"bomFormat":"CycloneDX","specVersion":"1.6"}"#).unwrap();
        std::fs::create_dir(root.join("d.pdf")).unwrap();
        assert_eq!(examine_in(root, "a.pdf", &[], None), Ok(()));
        assert_eq!(examine_in(root, "s.json", &["cyclonedx", "spdx"], None), Ok(()));
        assert!(matches!(examine_in(root, "s.json", &["openvex"], None), Err(Refusal::Format(_))));
        assert!(matches!(examine_in(root, "b.pdf", &[], None), Err(Refusal::Format(_))));
        assert_eq!(examine_in(root, "d.pdf", &[], None), Err(Refusal::NotAFile));
        assert_eq!(examine_in(root, "none.pdf", &[], None), Err(Refusal::Missing));
        assert_eq!(examine_in(root, "../x.pdf", &[], None), Err(Refusal::Outside));
        assert_eq!(examine_in(root, "/etc/passwd", &[], None), Err(Refusal::Absolute));
        let digest = sha256(b"%PDF-1.7 x");
        assert_eq!(examine_in(root, "a.pdf", &[], Some(&digest.to_uppercase())), Ok(()));
        assert_eq!(examine_in(root, "a.pdf", &[], Some(&"0".repeat(64))), Err(Refusal::Changed(digest)));
    }

    #[cfg(unix)]
    #[test]
    fn links_and_devices_are_refused() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("a.pdf"), b"%PDF-").unwrap();
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path().join("a.pdf"), dir.path().join("l.pdf")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", dir.path().join("zero")).unwrap();
        assert_eq!(examine_in(dir.path(), "l.pdf", &[], None), Err(Refusal::Outside));
        assert_eq!(examine_in(dir.path(), "zero", &[], None), Err(Refusal::Outside));
    }
}
