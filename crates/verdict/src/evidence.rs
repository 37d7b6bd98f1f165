//! What verdicts ask of evidence files. Whoever reads the disk answers; verdicts stay pure.

use crate::Tri;
use dossier_model::device::EvidenceDecl;
use dossier_model::vocab::EntityId;

/// Whether a file stands, and why not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Whether it does.
    pub stands: Tri,
    /// Why not, or why it cannot be told; empty where it stands.
    pub why: String,
}

impl Standing {
    /// It stands.
    pub fn yes() -> Self {
        Self { stands: Tri::True, why: String::new() }
    }

    /// It does not.
    pub fn no(why: impl Into<String>) -> Self {
        Self { stands: Tri::False, why: why.into() }
    }

    /// It cannot be told.
    pub fn unknown(why: impl Into<String>) -> Self {
        Self { stands: Tri::Unknown, why: why.into() }
    }
}

/// Answers what only the file itself can tell: that it is there, inside the root, what it hashes to, and that it
/// reads as its kind. Dates are not its affair.
pub trait EvidenceFiles: Sync {
    /// Whether the file behind a declaration stands. Asked only of declarations with a path.
    fn file(&self, decl: &EvidenceDecl) -> Standing;

    /// Whether entities of a kind were read from files of the evidence kind that it names. As long as they were
    /// not, nobody knows which there are.
    fn reads(&self, entity: EntityId) -> bool {
        let _ = entity;
        false
    }
}

/// The files of a rulebook's tests: all stand.
pub struct AllStand;

impl EvidenceFiles for AllStand {
    fn file(&self, _: &EvidenceDecl) -> Standing {
        Standing::yes()
    }

    /// In a test what a file says is written out.
    fn reads(&self, _: EntityId) -> bool {
        true
    }
}
