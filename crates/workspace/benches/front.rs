//! The front end, stage by stage, on one thread: `cargo bench -p dossier-workspace`.
//!
//! Each stage includes those before it, and what a file was made into is let go before the next. The files are those
//! of `cargo xtask gen`: a thousand of about 10 kB, and the same as one.

use divan::Bencher;
use divan::counter::BytesCount;
use dossier_base::FileId;
use dossier_model::{ModelFile, Rulebase, compile, hir};
use dossier_syntax::{Tokens, parse};
use dossier_xtask::generate::{Output, workspace};
use std::hint::black_box;
use std::sync::{Arc, LazyLock};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const FILE: FileId = FileId(20_000);

fn main() {
    divan::main();
}

/// Texts to read.
#[derive(Clone, Copy, Debug)]
enum Files {
    /// A thousand devices, and what they share.
    Small,
    /// The same in one file of 10 MB.
    Big,
}

static SMALL: LazyLock<Vec<Arc<str>>> = LazyLock::new(|| {
    let mut texts = Vec::new();
    let mut keep = |file: Output| {
        if file.path.ends_with(".dossier") {
            texts.push(Arc::from(file.text));
        }
        Ok(())
    };
    workspace::write(1_000, &mut keep).expect("nothing refuses it");
    texts
});

static BIG: LazyLock<Vec<Arc<str>>> = LazyLock::new(|| {
    let is_use = |line: &&str| line.starts_with("use ");
    let lines = SMALL.iter().flat_map(|t| t.lines().filter(|l| !is_use(l)));
    let text = lines.fold(String::new(), |text, line| text + line + "\n");
    vec![text.into()]
});

static RULES: LazyLock<Rulebase> = LazyLock::new(|| compile(&dossier_verdict::embedded(0).0));

const BOTH: [Files; 2] = [Files::Small, Files::Big];

fn texts(files: Files) -> &'static [Arc<str>] {
    match files {
        Files::Small => &SMALL,
        Files::Big => &BIG,
    }
}

fn each<T>(bencher: Bencher<'_, '_>, files: Files, read: impl Fn(&Arc<str>) -> T + Sync) {
    let texts = texts(files);
    let bytes: usize = texts.iter().map(|t| t.len()).sum();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        for text in texts {
            black_box(read(text));
        }
    });
}

#[divan::bench(args = BOTH)]
fn a_lex(bencher: Bencher<'_, '_>, files: Files) {
    each(bencher, files, |text| Tokens::lex(text));
}

#[divan::bench(args = BOTH)]
fn b_parse(bencher: Bencher<'_, '_>, files: Files) {
    each(bencher, files, |text| parse(FILE, text.clone()));
}

#[divan::bench(args = BOTH)]
fn c_lower(bencher: Bencher<'_, '_>, files: Files) {
    each(bencher, files, |text| hir::lower(&parse(FILE, text.clone())));
}

#[divan::bench(args = BOTH)]
fn d_resolve(bencher: Bencher<'_, '_>, files: Files) {
    let rules = &*RULES;
    each(bencher, files, |text| {
        let (summary, map) = hir::lower(&parse(FILE, text.clone()));
        ModelFile::new(FILE, summary.into(), map.into(), rules)
    });
}

/// What every start pays: the embedded rulebooks read and compiled.
#[divan::bench]
fn e_rulebooks(bencher: Bencher<'_, '_>) {
    let bytes: usize = dossier_rulebooks::ALL.iter().map(|f| f.text.len()).sum();
    bencher.counter(BytesCount::new(bytes)).bench(|| compile(&dossier_verdict::embedded(0).0));
}
