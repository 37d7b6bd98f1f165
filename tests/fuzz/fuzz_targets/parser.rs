//! The parser ends, and tree, layout and diagnostics lie inside the file.
#![no_main]

use dossier_testkit::drive;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| drop(drive::parser(&String::from_utf8_lossy(data))));
