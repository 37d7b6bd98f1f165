//! Formatting loses nothing, changes no meaning, and twice is once.
#![no_main]

use dossier_testkit::drive;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| drive::formatter(&String::from_utf8_lossy(data)));
