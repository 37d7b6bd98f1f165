//! JSON Schemas of what this program writes, and of the configuration that it reads.

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
    Schema {
        name: "diff",
        about: "what `dossier rules diff --format json` writes",
        text: include_str!("../schema/diff.schema.json"),
    },
    Schema {
        name: "config",
        about: "what `dossier.toml` may hold, for editors that check and complete it",
        text: include_str!("../schema/config.schema.json"),
    },
];
