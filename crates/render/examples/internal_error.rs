//! Writes what a format says of an internal error, for readers of that format: `tests/external/run` asks.
//! Usage: `internal_error FORMAT`.

use std::io::{self, Write as _};

fn main() -> io::Result<()> {
    let name = std::env::args().nth(1).unwrap_or_default();
    let Some(format) = dossier_render::format(&name) else {
        return Err(io::Error::other(format!("there is no format `{name}`")));
    };
    let why = "no more is known at \u{4e8c} \"x\".rs:1 \u{1b}[2J";
    let mut out = io::stdout().lock();
    format.write_internal_error(env!("CARGO_PKG_VERSION"), why, &mut out)?;
    out.flush()
}
