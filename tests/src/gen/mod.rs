//! Random device files over a vocabulary and law: [`case`] makes one of a number, [`Cases`] gives them to proptest
//! and takes things out of a case that fails until nothing more can go.

mod catalog;
mod device;
mod doc;
mod rng;
pub mod values;

pub use catalog::{Asked, Catalog, Names, names_of};
pub use device::{Maker, case, case_named};
pub use doc::{Node, parts, print, shuffle, take_out};
pub use rng::Rng;

use crate::naive::Date;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use std::sync::Arc;

/// Files and the day on which they are checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Case {
    /// Path and items.
    pub files: Vec<(String, Vec<Node>)>,
    /// The day of the check.
    pub as_of: Date,
}

impl Case {
    /// Path and text.
    pub fn texts(&self) -> Vec<(String, String)> {
        self.files.iter().map(|(path, items)| (path.clone(), print(items))).collect()
    }

    /// The block of the device.
    pub fn device(&self) -> &Node {
        let all = self.files.iter().flat_map(|(_, items)| items);
        all.into_iter().find(|n| n.word() == "device").expect("a case has a device")
    }

    /// What stands in the block of the device, to change.
    pub fn device_items(&mut self) -> &mut Vec<Node> {
        let all = self.files.iter_mut().flat_map(|(_, items)| items);
        let device = all.into_iter().find(|n| n.word() == "device").expect("a case has a device");
        device.items_mut().expect("a device is a block")
    }

    fn parts(&self) -> usize {
        self.files.iter().map(|(_, items)| parts(items)).sum()
    }

    fn take_out(&mut self, mut part: usize) {
        for (_, items) in &mut self.files {
            let here = parts(items);
            if part < here {
                take_out(items, part);
                return;
            }
            part -= here;
        }
    }
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month, day) = self.as_of;
        writeln!(f, "checked on {year:04}-{month:02}-{day:02}")?;
        for (path, text) in self.texts() {
            writeln!(f, "---- {path}\n{text}")?;
        }
        Ok(())
    }
}

/// Whether the file behind a path stands in the made-up world of the cases: one whose name begins with `missing` is
/// not there, one in `beside/` only for files that stand in the root.
pub fn stands(file: &str, path: &str) -> bool {
    !path.starts_with("missing") && (!path.starts_with("beside/") || !file.contains('/'))
}

/// Cases over a law.
#[derive(Clone, Debug)]
pub struct Cases(pub Arc<Catalog>);

impl Strategy for Cases {
    type Tree = Shrinking;
    type Value = Case;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        use proptest::prelude::Rng as _;
        Ok(Shrinking::new(case(&self.0, runner.rng().next_u64())))
    }
}

/// A case that fails, on its way to less.
#[derive(Clone, Debug)]
pub struct Shrinking {
    case: Case,
    before: Option<Case>,
    next: usize,
    /// Whether anything went since the last round began.
    progress: bool,
}

impl Shrinking {
    /// Begins with a case.
    pub fn new(case: Case) -> Self {
        Self { case, before: None, next: 0, progress: false }
    }
}

impl ValueTree for Shrinking {
    type Value = Case;

    fn current(&self) -> Case {
        self.case.clone()
    }

    fn simplify(&mut self) -> bool {
        if self.before.take().is_some() {
            self.progress = true;
        }
        if self.next >= self.case.parts() {
            if !self.progress {
                return false;
            }
            self.next = 0;
            self.progress = false;
        }
        self.before = Some(self.case.clone());
        self.case.take_out(self.next);
        true
    }

    fn complicate(&mut self) -> bool {
        match self.before.take() {
            Some(before) => {
                self.case = before;
                self.next += 1;
                true
            }
            None => false,
        }
    }
}
