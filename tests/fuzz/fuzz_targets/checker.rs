//! Names, types and verdicts, of the text as a device file and as a rulebook.
#![no_main]

use dossier_testkit::drive;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| drive::checker(&String::from_utf8_lossy(data)));
