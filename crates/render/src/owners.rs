//! Whose diagnostics are whose, and how they are told from each other from run to run.

use crate::files::Files;
use dossier_base::{Diagnostic, FileId, Place};
use dossier_model::{Model, UnitId};
use std::collections::BTreeMap;

/// Which device's or component's block holds a place.
pub(crate) struct Owners {
    units: BTreeMap<FileId, Vec<(u32, u32, UnitId)>>,
}

impl Owners {
    pub(crate) fn new(model: &Model) -> Self {
        let mut units: BTreeMap<FileId, Vec<(u32, u32, UnitId)>> = BTreeMap::new();
        for file in model.files.values() {
            for (number, unit) in file.devices.units.iter().enumerate() {
                let at = model.place(unit.origin);
                units.entry(file.id).or_default().push((
                    at.start(),
                    at.end(),
                    UnitId { file: file.id, number },
                ));
            }
        }
        Self { units }
    }

    /// The device or component around a place.
    pub(crate) fn of(&self, place: Place) -> Option<UnitId> {
        let list = self.units.get(&place.file)?;
        // In the order of the text: the last that begins before the place.
        let after = list.partition_point(|u| u.0 <= place.start());
        let (_, end, id) = list[after.checked_sub(1)?];
        (place.start() <= end).then_some(id)
    }
}

/// Gives each diagnostic of a run a name that stays the same when lines move, counts in its message change, or its
/// device moves to another file.
pub struct Fingerprints {
    owners: Owners,
    seen: BTreeMap<String, u32>,
}

impl Fingerprints {
    /// Of a run over this model.
    pub fn new(model: &Model) -> Self {
        Self { owners: Owners::new(model), seen: BTreeMap::new() }
    }

    /// The fingerprint of a diagnostic: 16 hexadecimal digits. Ask for each diagnostic once, in order.
    pub fn of(&mut self, d: &Diagnostic, model: &Model, files: &Files<'_>) -> String {
        let owner = d.place.and_then(|p| self.owners.of(p)).and_then(|id| model.unit(id));
        let owner = owner.map_or_else(
            || d.place.and_then(|p| files.file(p.file)).map_or_else(String::new, |f| f.path.to_owned()),
            |unit| unit.name.to_string(),
        );
        let first = d.fingerprint(&owner);
        let before = self.seen.entry(first.clone()).or_default();
        *before += 1;
        match *before {
            1 => first,
            // Several of one kind about the same: told apart by their order.
            n => d.fingerprint(&format!("{owner}#{n}")),
        }
    }
}
