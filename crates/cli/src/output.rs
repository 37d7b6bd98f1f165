//! Where results go: standard output, or a file that is there whole or not at all.

use std::fs::{self, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Standard output, buffered. Once the reader has gone, what follows is dropped without a word: the exit status still
/// says how the check went.
pub(crate) struct Stdout {
    inner: BufWriter<io::StdoutLock<'static>>,
    gone: bool,
}

impl Stdout {
    pub(crate) fn new() -> Self {
        Self { inner: BufWriter::with_capacity(1 << 16, io::stdout().lock()), gone: false }
    }

    fn unless_gone(&mut self, result: io::Result<()>) -> io::Result<()> {
        match result {
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => {
                self.gone = true;
                Ok(())
            }
            other => other,
        }
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.gone {
            let result = self.inner.write_all(bytes);
            self.unless_gone(result)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.gone {
            return Ok(());
        }
        let result = self.inner.flush();
        self.unless_gone(result)
    }
}

impl Drop for Stdout {
    fn drop(&mut self) {
        if self.gone {
            // The buffer would try once more.
            let _ = std::mem::replace(&mut self.inner, BufWriter::new(io::stdout().lock())).into_parts();
        }
    }
}

/// Writes to a file: into another beside it first, which then takes its name. If anything goes wrong, the file stays
/// as it was. What is no regular file (a pipe, a device) is written to directly.
///
/// # Errors
/// One sentence.
pub(crate) fn replace(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), String> {
    let fail = |e: io::Error| format!("cannot write `{}`: {e}", path.display());
    // Through a link to what it names, so that the link stays.
    let target: PathBuf = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let before = fs::metadata(&target).ok();
    if let Some(meta) = &before
        && !meta.is_file()
    {
        if meta.is_dir() {
            return Err(format!("cannot write `{}`: it is a folder", path.display()));
        }
        let mut file = BufWriter::new(fs::OpenOptions::new().write(true).open(&target).map_err(fail)?);
        return write(&mut file).and_then(|()| file.flush()).map_err(fail);
    }
    let folder = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let temporary = new_file(folder).map_err(fail)?;
    let mut file = BufWriter::with_capacity(1 << 16, temporary);
    write(&mut file).map_err(fail)?;
    let temporary = file.into_inner().map_err(|e| fail(e.into_error()))?;
    if let Some(meta) = before {
        if meta.permissions().readonly() {
            return Err(format!("cannot write `{}`: it is read-only", path.display()));
        }
        temporary.as_file().set_permissions(meta.permissions()).map_err(fail)?;
    }
    temporary.as_file().sync_all().map_err(fail)?;
    temporary.persist(&target).map_err(|e| fail(e.error))?;
    Ok(())
}

/// A file beside the one to be, with the permissions that a new file gets.
fn new_file(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".dossier-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(Permissions::from_mode(0o666)).tempfile_in(folder)
    }
    #[cfg(not(unix))]
    {
        builder.tempfile_in(folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.json");
        replace(&path, |w| w.write_all(b"one")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one");
        let half = replace(&path, |w| {
            w.write_all(b"tw")?;
            Err(io::Error::other("on purpose"))
        });
        assert!(half.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
        assert!(replace(folder.path(), |_| Ok(())).unwrap_err().contains("folder"));
        assert!(replace(&folder.path().join("no/such"), |_| Ok(())).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_stay() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&path, "x").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        replace(&link, |w| w.write_all(b"y")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"y");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
