//! The corpora through everything that the fuzz targets run, on every test run.

use dossier_testkit::world::World;
use dossier_testkit::{corpus, drive};

fn texts(folder: &str) -> Vec<(String, String)> {
    let files = corpus::files(folder);
    assert!(!files.is_empty(), "no corpus in {folder}");
    // A reader refuses what is not UTF-8; fuzz targets see it with replacement characters.
    files.into_iter().map(|f| (f.path, String::from_utf8_lossy(&f.bytes).into_owned())).collect()
}

/// Runs each file in a thread with the stack of a main thread, and names the file that fails.
fn replay(folder: &str, run: fn(&str)) {
    for (path, text) in texts(folder) {
        let name = path.clone();
        let thread = std::thread::Builder::new().stack_size(8 << 20).name(path).spawn(move || run(&text));
        assert!(thread.expect("a thread").join().is_ok(), "{folder}/{name} broke a promise");
    }
}

#[test]
fn the_lexer_keeps_every_byte() {
    for folder in ["tests/corpus", "examples", "crates/rulebooks"] {
        corpus::files(folder).iter().for_each(|f| drive::lexer(&String::from_utf8_lossy(&f.bytes)));
    }
}

#[test]
fn the_parser_keeps_its_promises() {
    for folder in ["tests/corpus/valid", "tests/corpus/broken"] {
        replay(folder, |text| drop(drive::parser(text)));
    }
}

#[test]
fn the_formatter_keeps_its_promises() {
    for folder in ["tests/corpus/valid", "tests/corpus/broken"] {
        replay(folder, drive::formatter);
    }
}

#[test]
fn the_checker_never_panics() {
    for folder in ["tests/corpus/valid", "tests/corpus/broken"] {
        replay(folder, drive::checker);
    }
}

#[test]
fn valid_files_are_valid() {
    for (name, world) in World::below("tests/corpus/valid") {
        let found: Vec<String> = world.diagnostics().iter().map(|d| world.show(d)).collect();
        assert!(found.is_empty(), "{name}:\n{}", found.join("\n"));
        drive::world(&world);
    }
}

#[test]
fn examples_have_no_error_of_syntax_name_or_type() {
    for (name, world) in World::below("examples") {
        let found: Vec<String> = world.diagnostics().iter().map(|d| world.show(d)).collect();
        assert!(found.is_empty(), "{name}:\n{}", found.join("\n"));
        drive::world(&world);
    }
}

#[test]
fn the_tests_in_the_corpus_pass() {
    let worlds = World::below("tests/corpus/valid");
    let world = &worlds["alone"];
    let mut failed = Vec::new();
    for (id, r) in world.rules().law.requirements.enumerate() {
        for run in dossier_verdict::run_tests(world.rules(), id).into_iter().filter(|t| !t.passed()) {
            let got = run.got.map_or("nothing", |g| g.as_str());
            failed.push(format!("{} \"{}\": {}, got {got}", r.code, run.title, run.expects.as_str()));
            failed.extend(run.diagnostics.iter().map(|d| world.show(d)));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
