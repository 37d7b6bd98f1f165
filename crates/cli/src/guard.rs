//! An internal error ends in a request for a report and a documented exit status, never in a trace.

use crate::terminal::complain;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex};

/// Runs something; if it panics, says so on standard error and gives what went wrong.
///
/// # Errors
/// What the panic said, and where.
pub(crate) fn guarded<R>(f: impl FnOnce() -> R) -> Result<R, String> {
    let seen: Arc<Mutex<Option<String>>> = Arc::default();
    let note = seen.clone();
    panic::set_hook(Box::new(move |info| {
        let what = info.payload_as_str().unwrap_or("no more is known");
        let place = info.location().map_or(String::new(), |l| format!(" at {}:{}", l.file(), l.line()));
        if let Ok(mut seen) = note.lock() {
            seen.get_or_insert(format!("{what}{place}"));
        }
    }));
    // Nothing that `f` borrows is looked at after a panic: the process ends.
    let result = panic::catch_unwind(AssertUnwindSafe(f));
    let _ = panic::take_hook();
    if let Ok(r) = result {
        return Ok(r);
    }
    let what = seen.lock().ok().and_then(|mut s| s.take()).unwrap_or_else(|| "no more is known".to_owned());
    complain(&format!(
        "dossier: internal error: {what}\nThis is a mistake in dossier, not in your files. Please report it with this \
         message, the version ({}) and, if you can, the file that was read. No result was written.",
        crate::project::VERSION
    ));
    Err(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_caught_on_any_thread() {
        assert_eq!(guarded(|| 7), Ok(7));
        assert!(guarded(|| -> u8 { panic!("on purpose") }).unwrap_err().starts_with("on purpose at "));
        let on_a_thread = || std::thread::scope(|s| s.spawn(|| -> u8 { panic!("there") }).join()).is_err();
        assert_eq!(guarded(on_a_thread), Ok(true));
    }
}
