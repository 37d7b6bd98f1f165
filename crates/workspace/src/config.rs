//! `dossier.toml`.

use dossier_base::{Diagnostic, FileId, Place, Severity, TextRange, codes, spell};
use dossier_model::date::{Date, Day};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The name of the configuration file.
pub const FILE: &str = "dossier.toml";

/// When a run fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
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
    /// The words for it, the default first.
    pub const WORDS: [(&str, FailOn); 4] = [
        ("error", FailOn::Error),
        ("warning", FailOn::Warning),
        ("information", FailOn::Information),
        ("never", FailOn::Never),
    ];

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
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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
    /// The words for it.
    pub const WORDS: [(&str, Level); 4] = [
        ("error", Level::Error),
        ("warning", Level::Warning),
        ("information", Level::Information),
        ("off", Level::Off),
    ];

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
#[derive(Clone, PartialEq, Eq, Debug, Default)]
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
    /// Where names stand: by key, then by name.
    places: BTreeMap<String, BTreeMap<String, Place>>,
}

/// The keys of the file, in alphabetical order.
pub const KEYS: [&str; 8] =
    ["as_of", "evidence_root", "exclude", "fail_on", "markets", "rulebooks", "rulebooks_version", "severity"];

/// The keys below `severity`, in alphabetical order.
pub const SEVERITY_KEYS: [&str; 3] = ["code", "instrument", "requirement"];

impl Config {
    /// Reads a configuration. Each key or value that is not understood is a diagnostic, and the default stands in its
    /// place; a file that is no TOML is one diagnostic, and the default stands for all of it.
    pub fn parse(file: FileId, text: &str) -> (Self, Vec<Diagnostic>) {
        let mut reader =
            Reader { file, length: text.len(), config: Self::default(), diagnostics: Vec::new() };
        match DeTable::parse(text) {
            Ok(table) => reader.file(table.get_ref()),
            Err(e) => {
                let message = e.message().lines().next().unwrap_or("it cannot be read");
                reader.complain(e.span().unwrap_or(0..0), message);
            }
        }
        (reader.config, reader.diagnostics)
    }

    /// Where a value of a list, or a key of a table, stands: `place("markets", "KR")`,
    /// `place("severity.code", "V0101")`. None if it does not stand there.
    pub fn place(&self, key: &str, value: &str) -> Option<Place> {
        self.places.get(key)?.get(value).copied()
    }
}

/// Goes through the file.
struct Reader {
    file: FileId,
    length: usize,
    config: Config,
    diagnostics: Vec<Diagnostic>,
}

impl Reader {
    fn at(&self, span: Range<usize>) -> Place {
        let clamp = |n: usize| u32::try_from(n.min(self.length)).unwrap_or(0);
        let range = TextRange::new(clamp(span.start).into(), clamp(span.end.max(span.start)).into());
        Place::new(self.file, range)
    }

    fn complain(&mut self, span: Range<usize>, why: impl std::fmt::Display) {
        self.diagnostics.push(codes::bad_configuration(self.at(span), why));
    }

    /// Complains of a word that is none of the known ones.
    fn unknown(&mut self, span: Range<usize>, why: &str, word: &str, known: &[&str]) {
        let near = spell::did_you_mean(word, known.iter().copied());
        let help = near.unwrap_or_else(|| format!("known are {}", listed(known)));
        self.diagnostics.push(codes::bad_configuration(self.at(span), why).subject(word).help(help));
    }

    fn known(&mut self, key: &str, value: &str, span: Range<usize>) {
        let at = self.at(span);
        self.config.places.entry(key.to_owned()).or_default().entry(value.to_owned()).or_insert(at);
    }

    fn file(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            match &**key.get_ref() {
                "as_of" => self.config.as_of = self.day(value),
                "evidence_root" => self.config.evidence_root = self.text("evidence_root", value),
                "exclude" => self.config.exclude = self.patterns(value),
                "fail_on" => {
                    self.config.fail_on = self.word("fail_on", value, &FailOn::WORDS).unwrap_or_default();
                }
                "markets" => self.config.markets = self.texts("markets", value),
                "rulebooks" => self.config.rulebooks = self.texts("rulebooks", value),
                "rulebooks_version" => {
                    self.config.rulebooks_version = self.text("rulebooks_version", value);
                }
                "severity" => self.severities(value),
                other => {
                    let why = format!("`{other}` is no key of it");
                    self.unknown(key.span(), &why, other, &KEYS);
                }
            }
        }
    }

    fn day(&mut self, value: &Spanned<DeValue<'_>>) -> Option<Day> {
        let written = match value.get_ref() {
            DeValue::String(s) => s.to_string(),
            DeValue::Datetime(d) => d.to_string(),
            other => {
                let why = format!("`as_of` takes a day, such as `2026-11-01`, not {}", kind(other));
                self.complain(value.span(), why);
                return None;
            }
        };
        match Date::parse(&written).map(Date::exact) {
            Ok(Some(day)) => Some(day),
            Ok(None) => {
                self.complain(value.span(), "`as_of` needs the day: `2026-11-01`");
                None
            }
            Err(why) => {
                self.complain(value.span(), format!("`as_of` is no date: {why}"));
                None
            }
        }
    }

    fn text(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let DeValue::String(text) = value.get_ref() else {
            let why = format!("`{key}` takes a text, not {}", kind(value.get_ref()));
            self.complain(value.span(), why);
            return None;
        };
        self.known(key, text, value.span());
        Some(text.to_string())
    }

    fn texts(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Vec<String> {
        let DeValue::Array(list) = value.get_ref() else {
            let why =
                format!("`{key}` takes a list of texts, such as `[\"…\"]`, not {}", kind(value.get_ref()));
            self.complain(value.span(), why);
            return Vec::new();
        };
        list.iter().filter_map(|v| self.text(key, v)).collect()
    }

    fn patterns(&mut self, value: &Spanned<DeValue<'_>>) -> Vec<String> {
        let mut all = self.texts("exclude", value);
        all.retain(|pattern| {
            let Err(why) = ignore::overrides::OverrideBuilder::new("").add(&format!("!{pattern}")).map(drop)
            else {
                return true;
            };
            let at = self.config.place("exclude", pattern);
            self.diagnostics.extend(at.map(|at| {
                codes::bad_configuration(at, format!("`exclude` has a pattern that cannot be read: {why}"))
            }));
            false
        });
        all
    }

    fn word<T: Copy>(
        &mut self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        words: &[(&'static str, T)],
    ) -> Option<T> {
        let known: Vec<&str> = words.iter().map(|w| w.0).collect();
        let DeValue::String(text) = value.get_ref() else {
            let why = format!("`{key}` takes one of {}, not {}", listed(&known), kind(value.get_ref()));
            self.complain(value.span(), why);
            return None;
        };
        let found = words.iter().find(|w| w.0 == text).map(|w| w.1);
        if found.is_none() {
            let why = format!("`{key}` takes one of {}, not `{text}`", listed(&known));
            self.unknown(value.span(), &why, text, &known);
        }
        found
    }

    fn severities(&mut self, value: &Spanned<DeValue<'_>>) {
        let DeValue::Table(table) = value.get_ref() else {
            let why =
                format!("`severity` is a table, such as `[severity.code]`, not {}", kind(value.get_ref()));
            self.complain(value.span(), why);
            return;
        };
        for (key, value) in table {
            match &**key.get_ref() {
                "code" => self.config.severity.code = self.levels("severity.code", value),
                "instrument" => self.config.severity.instrument = self.levels("severity.instrument", value),
                "requirement" => {
                    self.config.severity.requirement = self.levels("severity.requirement", value)
                }
                other => {
                    let why = format!("`{other}` is no key of `severity`");
                    self.unknown(key.span(), &why, other, &SEVERITY_KEYS);
                }
            }
        }
    }

    fn levels(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> BTreeMap<String, Level> {
        let DeValue::Table(table) = value.get_ref() else {
            let why = format!("`{key}` is a table of names and severities, not {}", kind(value.get_ref()));
            self.complain(value.span(), why);
            return BTreeMap::new();
        };
        let mut all = BTreeMap::new();
        for (name, value) in table {
            self.known(key, name.get_ref(), name.span());
            let Some(level) = self.word(name.get_ref(), value, &Level::WORDS) else { continue };
            // A file that is not understood must not be able to say that this does not matter.
            if *name.get_ref() == codes::BAD_CONFIGURATION.id && level != Level::Error {
                let why = format!(
                    "`{}` is always an error: it says that this file is not understood",
                    name.get_ref()
                );
                self.complain(value.span(), why);
                continue;
            }
            all.insert(name.get_ref().to_string(), level);
        }
        all
    }
}

/// What a value is, in plain words.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn listed(words: &[&str]) -> String {
    words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", ")
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

    #[test]
    fn each_mistake_stands_where_it_is_and_the_rest_counts() {
        let text = "fail_on = \"eror\"\nmarkets = [\"KR\", 7]\nexclude = [\"ok\", \"[a\"]\nas_of = 5\n\
                    evidence_root = true\n\n[severity.code]\nV0101 = \"of\"\nV0102 = \"off\"\nE0401 = \"off\"\n\n\
                    [severity.requirment]\nX = \"off\"\n";
        let (c, d) = Config::parse(FileId(0), text);
        let told: Vec<(&str, String)> = d
            .iter()
            .map(|d| {
                let at = d.place.unwrap();
                (&text[at.start() as usize..at.end() as usize], d.notes.iter().map(|n| &*n.text).collect())
            })
            .collect();
        let at = |what: &str| told.iter().find(|t| t.0 == what).unwrap_or_else(|| panic!("{what}: {d:?}"));
        assert!(at("\"eror\"").1.contains("`error`"));
        assert!(at("\"of\"").1.contains("`off`"));
        assert!(at("requirment").1.contains("`requirement`"));
        for what in ["7", "5", "true", "\"[a\"", "\"off\""] {
            at(what);
        }
        assert_eq!(d.len(), 8, "{d:?}");
        assert_eq!((c.markets, c.exclude), (vec!["KR".to_owned()], vec!["ok".to_owned()]));
        assert_eq!(c.severity.code, BTreeMap::from([("V0102".to_owned(), Level::Off)]));
        let (c, d) = Config::parse(FileId(0), "markets = [\"KR\"]\nexclude = [\n");
        assert_eq!((c, d.len()), (Config::default(), 1));
    }
}
