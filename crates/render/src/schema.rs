//! JSON Schemas of what this program writes.

/// A schema.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Schema {
    /// The word on the command line.
    pub name: &'static str,
    /// What it describes.
    pub about: &'static str,
    /// The schema.
    pub text: &'static str,
}

/// All of them.
pub static SCHEMAS: &[Schema] = &[
    Schema {
        name: "check",
        about: "what `dossier check --format json` writes",
        text: include_str!("../schema/check.schema.json"),
    },
    Schema {
        name: "rules",
        about: "what `dossier rules list --format json` writes",
        text: include_str!("../schema/rules.schema.json"),
    },
];
