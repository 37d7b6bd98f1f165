//! Files with their lines, found once.

use crate::{File, Sources};
use dossier_base::{FileId, LineCol, Lines, Place};
use dossier_model::Model;
use dossier_model::hir::Origin;
use std::collections::BTreeMap;

/// The files of a run, each cut into lines when first asked for.
pub struct Files<'s> {
    sources: &'s dyn Sources,
    lines: BTreeMap<FileId, Lines>,
}

/// A place as a person reads it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spot<'s> {
    /// The path.
    pub path: &'s str,
    /// Where it begins.
    pub start: LineCol,
    /// Where it ends.
    pub end: LineCol,
    /// First byte.
    pub from: u32,
    /// One past the last byte.
    pub to: u32,
}

impl<'s> Files<'s> {
    /// The files that a source knows.
    pub fn new(sources: &'s dyn Sources) -> Self {
        Self { sources, lines: BTreeMap::new() }
    }

    /// A file.
    pub fn file(&self, id: FileId) -> Option<File<'s>> {
        self.sources.file(id)
    }

    /// A place in lines and columns, its ends moved out to whole characters.
    pub fn spot(&mut self, place: Place) -> Option<Spot<'s>> {
        let file = self.sources.file(place.file)?;
        let (from, to) = clamp(file.text, place);
        let lines = self.lines.entry(place.file).or_insert_with(|| Lines::new(file.text));
        Some(Spot { path: file.path, start: lines.line_col(from), end: lines.line_col(to), from, to })
    }

    /// The same with columns in UTF-16 code units.
    pub fn spot_utf16(&mut self, place: Place) -> Option<Spot<'s>> {
        let spot = self.spot(place)?;
        let lines = self.lines.get(&place.file)?;
        Some(Spot { start: lines.line_col_utf16(spot.from), end: lines.line_col_utf16(spot.to), ..spot })
    }

    /// Where an origin stands.
    pub fn origin(&mut self, model: &Model, origin: Origin) -> Option<Spot<'s>> {
        self.spot(model.place(origin))
    }
}

/// The bytes of a place, moved out to whole characters and into the text.
pub(crate) fn clamp(text: &str, place: Place) -> (u32, u32) {
    let from = text.floor_char_boundary((place.start() as usize).min(text.len()));
    let to = text.ceil_char_boundary((place.end() as usize).min(text.len())).max(from);
    (u32::try_from(from).unwrap_or(u32::MAX), u32::try_from(to).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use dossier_base::TextRange;

    #[test]
    fn ranges_are_moved_to_whole_characters() {
        let text = "a二b";
        let at =
            |from: u32, to: u32| clamp(text, Place::new(FileId(0), TextRange::new(from.into(), to.into())));
        assert_eq!(at(2, 3), (1, 4));
        assert_eq!(at(1, 4), (1, 4));
        assert_eq!(at(4, 99), (4, 5));
        assert_eq!(at(50, 99), (5, 5));
    }
}
