//! Law that both evaluators have read, and what they make of a case.

use crate::generator::{Case, Catalog, stands};
use crate::naive::{self, Key, Verdict};
use crate::real;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, LazyLock};

/// Law as both evaluators have read it.
#[derive(Debug)]
pub struct World {
    /// Its rulebooks: path and text.
    pub files: Vec<(String, String)>,
    /// For the real evaluator.
    pub real: real::Law,
    /// For the naive one.
    pub naive: naive::Law,
    /// For who makes cases.
    pub catalog: Arc<Catalog>,
}

/// Where the evaluators do not agree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// On what.
    pub key: Key,
    /// What the naive one says; nothing if it is not in force for it.
    pub naive: Option<Verdict>,
    /// What the real one says.
    pub real: Option<Verdict>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let say = |v: &Option<Verdict>| match v {
            None => "not in force".to_owned(),
            Some(Verdict { outcome, planned: None }) => outcome.clone(),
            Some(Verdict { outcome, planned: Some((y, m, d)) }) => {
                format!("{outcome} for {y:04}-{m:02}-{d:02}")
            }
        };
        let (device, market, code) = &self.key;
        write!(f, "{device} in {market}, {code}: naive {}, real {}", say(&self.naive), say(&self.real))
    }
}

/// The rulebooks that come with the program.
pub fn embedded() -> &'static World {
    static WORLD: LazyLock<World> = LazyLock::new(|| World::read(real::embedded()));
    &WORLD
}

/// The made-up rulebooks of `fixtures/law`, which use every construct of the language.
pub fn made_up() -> &'static World {
    static WORLD: LazyLock<World> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/law");
        let file = |name: &str| {
            let text = std::fs::read_to_string(folder.join(name)).expect("a fixture");
            (name.to_owned(), text)
        };
        World::read(vec![file("vocabulary.rulebook"), file("law.rulebook")])
    });
    &WORLD
}

impl World {
    /// Reads rulebooks, in which nothing may be wrong.
    ///
    /// # Panics
    /// If something is.
    pub fn read(files: Vec<(String, String)>) -> Self {
        let real = real::Law::read(&files);
        let wrong: Vec<String> = real.diagnostics.iter().map(real::describe).collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        let naive = naive::Law::read(&files);
        let catalog = Arc::new(Catalog::new(&real.rules));
        Self { files, real, naive, catalog }
    }

    /// What the naive evaluator makes of a case.
    ///
    /// # Errors
    /// If it cannot interpret it.
    pub fn naive(&self, case: &Case) -> Result<BTreeMap<Key, Verdict>, String> {
        let run = || self.naive.verdicts(&case.texts(), case.as_of, &stands);
        catch_unwind(AssertUnwindSafe(run)).map_err(|cause| {
            let text = cause.downcast_ref::<String>().cloned();
            text.unwrap_or_else(|| "the naive evaluator panicked".to_owned())
        })
    }

    /// What the real evaluator makes of a case.
    ///
    /// # Errors
    /// If something is wrong with its files.
    pub fn real(&self, case: &Case) -> Result<BTreeMap<Key, Verdict>, String> {
        self.real.verdicts(&case.texts(), case.as_of, stands).map_err(|e| e.join("\n"))
    }
}

/// Where two pictures of the same devices differ.
pub fn differences(naive: &BTreeMap<Key, Verdict>, real: &BTreeMap<Key, Verdict>) -> Vec<Difference> {
    let keys: BTreeSet<&Key> = naive.keys().chain(real.keys()).collect();
    keys.into_iter()
        .filter(|k| naive.get(k) != real.get(k))
        .map(|k| Difference { key: k.clone(), naive: naive.get(k).cloned(), real: real.get(k).cloned() })
        .collect()
}

/// How many cases a test runs: so many, or what the variable `DOSSIER_CASES` says.
pub fn cases(default: u32) -> u32 {
    std::env::var("DOSSIER_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}
