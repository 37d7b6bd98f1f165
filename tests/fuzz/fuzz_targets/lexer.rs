//! Tokens cover every byte of any text.
#![no_main]

use dossier_testkit::drive;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| drive::lexer(&String::from_utf8_lossy(data)));
