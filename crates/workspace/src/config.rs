//! `dossier.toml`.

use dossier_base::{Diagnostic, FileId, Place, Severity, TextRange, codes, spell};
use dossier_model::date::{Date, Day};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The name of the configuration file.
pub const FILE: &str = "dossier.toml";

/// When a run fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// On an error.
    #[default]
    Error,
    /// On a warning, too.
    Warning,
    /// On information, too.
    Information,
    /// Never.
    Never,
}

impl FailOn {
    /// Whether something of that severity fails a run.
    pub fn fails(self, severity: Severity) -> bool {
        match self {
            FailOn::Error => severity >= Severity::Error,
            FailOn::Warning => severity >= Severity::Warning,
            FailOn::Information => true,
            FailOn::Never => false,
        }
    }
}

/// A severity, or off.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// An error.
    Error,
    /// A warning.
    Warning,
    /// Information.
    Information,
    /// Not shown; still counted, and every output says so.
    Off,
}

impl Level {
    /// The severity; none if it is off.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Level::Error => Some(Severity::Error),
            Level::Warning => Some(Severity::Warning),
            Level::Information => Some(Severity::Information),
            Level::Off => None,
        }
    }
}

/// Severities that a workspace chooses for itself.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Severities {
    /// By diagnostic code.
    pub code: BTreeMap<String, Level>,
    /// By requirement.
    pub requirement: BTreeMap<String, Level>,
    /// By instrument.
    pub instrument: BTreeMap<String, Level>,
}

/// What a workspace chooses for itself.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Config {
    /// Rulebooks of its own, relative to the root.
    pub rulebooks: Vec<String>,
    /// The version of the embedded rulebooks that it was written for.
    pub rulebooks_version: Option<String>,
    /// Only these markets.
    pub markets: Vec<String>,
    /// The date of the check.
    pub as_of: Option<Day>,
    /// When a run fails.
    pub fail_on: FailOn,
    /// The folder that evidence paths are relative to, below the root.
    pub evidence_root: Option<String>,
    /// Paths that are left out, as in `.gitignore`.
    pub exclude: Vec<String>,
    /// Severities.
    pub severity: Severities,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Raw {
    rulebooks: Vec<String>,
    rulebooks_version: Option<String>,
    markets: Vec<String>,
    as_of: Option<toml::Spanned<toml::Value>>,
    fail_on: FailOn,
    evidence_root: Option<String>,
    exclude: Vec<String>,
    severity: Severities,
}

const KEYS: [&str; 8] =
    ["rulebooks", "rulebooks_version", "markets", "as_of", "fail_on", "evidence_root", "exclude", "severity"];

impl Config {
    /// Reads a configuration; what cannot be read is a diagnostic, and the default stands in its place.
    pub fn parse(file: FileId, text: &str) -> (Self, Vec<Diagnostic>) {
        let at = |span: std::ops::Range<usize>| {
            let clamp = |n: usize| u32::try_from(n.min(text.len())).unwrap_or(0);
            Place::new(file, TextRange::new(clamp(span.start).into(), clamp(span.end.max(span.start)).into()))
        };
        let raw: Raw = match toml::from_str(text) {
            Ok(raw) => raw,
            Err(e) => {
                let message = e.message().lines().next().unwrap_or("it cannot be read").to_owned();
                let place = at(e.span().unwrap_or(0..0));
                let mut d = codes::bad_configuration(place, &message);
                if let Some(key) = message.strip_prefix("unknown field `").and_then(|r| r.split('`').next()) {
                    d = d.subject(key).help_if(spell::did_you_mean(key, KEYS));
                }
                return (Self::default(), vec![d]);
            }
        };
        let mut diagnostics = Vec::new();
        let as_of = raw.as_of.and_then(|v| {
            let span = v.span();
            let written = match v.get_ref() {
                toml::Value::String(s) => s.clone(),
                other => other.to_string(),
            };
            match Date::parse(&written).map(Date::exact) {
                Ok(Some(day)) => Some(day),
                Ok(None) => {
                    diagnostics
                        .push(codes::bad_configuration(at(span), "`as_of` needs the day: `2026-11-01`"));
                    None
                }
                Err(why) => {
                    diagnostics
                        .push(codes::bad_configuration(at(span), format!("`as_of` is no date: {why}")));
                    None
                }
            }
        });
        let config = Self {
            rulebooks: raw.rulebooks,
            rulebooks_version: raw.rulebooks_version,
            markets: raw.markets,
            as_of,
            fail_on: raw.fail_on,
            evidence_root: raw.evidence_root,
            exclude: raw.exclude,
            severity: raw.severity,
        };
        (config, diagnostics)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_and_bad_dates_are_told() {
        let (c, d) =
            Config::parse(FileId(0), "markets = [\"KR\"]\nas_of = 2026-11-01\nfail_on = \"warning\"\n");
        assert!(d.is_empty(), "{d:?}");
        assert_eq!(c.as_of.map(|d| d.to_string()), Some("2026-11-01".to_owned()));
        assert_eq!(c.fail_on, FailOn::Warning);
        let (_, d) = Config::parse(FileId(0), "market = [\"KR\"]\n");
        assert_eq!(d.len(), 1);
        assert!(d[0].notes[0].text.contains("`markets`"), "{d:?}");
        let (_, d) = Config::parse(FileId(0), "as_of = \"yesterday\"\n");
        assert_eq!(d.len(), 1);
    }
}
