//! No country, no regulator and no control is named in engine code: those are names in rulebooks, and a new one must
//! never need a change of Rust.

use super::Finding;
use super::rust::{File, Piece};
use super::sources::crate_of;
use dossier_syntax::Parse;
use dossier_syntax::ast::{Item, ItemKind, Name};
use std::collections::BTreeSet;

/// Crates whose code may name them: the law itself, and what is for development only.
const FREE: &[&str] = &["rulebooks", "xtask", "testkit"];

/// Countries as people write them. Codes, regulators and controls are read from the rulebooks.
const COUNTRIES: &[&str] = &[
    "korea",
    "korean",
    "japan",
    "japanese",
    "taiwan",
    "taiwanese",
    "china",
    "chinese",
    "hong",
    "hongkong",
    "singapore",
    "europe",
    "european",
    "america",
    "american",
    "australia",
    "canada",
    "brazil",
    "india",
    "switzerland",
    "kingdom",
];

/// Codes and regulators of places that no rulebook here covers yet, or under another name.
const MORE: &[&str] = &[
    "JP", "TW", "KR", "CN", "HK", "SG", "MFDS", "NIDS", "KISA", "PMDA", "MHLW", "TFDA", "NMPA", "CMDE",
    "CAC", "MDD", "HSA", "CSA", "FDA", "MDR", "IVDR", "MDCG",
];

/// What must not be named.
pub(super) struct Names {
    /// Codes of jurisdictions and short names of regulators, upper case.
    codes: BTreeSet<String>,
    controls: BTreeSet<String>,
}

impl Names {
    /// What the embedded rulebooks name.
    pub(super) fn new() -> Self {
        let mut names =
            Self { codes: MORE.iter().map(|c| (*c).to_owned()).collect(), controls: BTreeSet::new() };
        for book in dossier_rulebooks::ALL {
            names.read(book.text);
        }
        names
    }

    fn read(&mut self, rulebook: &str) {
        let parse = dossier_syntax::parse(dossier_base::FileId(0), rulebook);
        for item in &parse.file.items {
            let ItemKind::Decl(decl) = &item.kind else { continue };
            let Name::Plain(name) = decl.name else { continue };
            match parse.str(decl.word) {
                "jurisdiction" => {
                    self.codes.insert(parse.str(name).to_owned());
                    let inside = decl.block.iter().flat_map(|b| &b.items);
                    self.codes.extend(inside.filter_map(|i| regulator(&parse, i)));
                }
                // A control of one word would forbid an English word.
                "control" if parse.str(name).contains('_') => {
                    self.controls.insert(parse.str(name).to_owned());
                }
                _ => {}
            }
        }
    }

    pub(super) fn check(&self, file: &File<'_>, findings: &mut Vec<Finding>) {
        if crate_of(file.path).is_none_or(|own| FREE.contains(&own)) {
            return;
        }
        for (piece, line) in &file.pieces {
            let text = match piece {
                Piece::Name(n) | Piece::Text(n) => *n,
                Piece::Mark(_) => continue,
            };
            for word in self.named_in(text) {
                let message = format!(
                    "`{word}` in engine code: a place, a regulator or a control is a name in a rulebook"
                );
                findings.push(Finding::new(file.path, *line, message));
            }
        }
    }

    /// The words of a text, or of a name, that name one.
    fn named_in<'t>(&self, text: &'t str) -> Vec<&'t str> {
        let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|w| !w.is_empty());
        words.filter(|word| self.controls.contains(*word) || self.has_place(word)).collect()
    }

    fn has_place(&self, word: &str) -> bool {
        let parts: Vec<&str> = word.split('_').collect();
        let last = parts.len() - 1;
        parts.iter().enumerate().any(|(i, part)| {
            let upper = part.to_uppercase();
            // `kr_class` and `is_kr` name a place as `KR` does; a lower-case word alone is just a word.
            let code = *part == upper || (last > 0 && (i == 0 || i == last));
            (code && self.codes.contains(&upper))
                || humps(part).any(|hump| {
                    COUNTRIES.contains(&hump.to_lowercase().as_str())
                        || (hump.len() > 3 && self.codes.contains(&hump.to_uppercase()))
                })
        })
    }
}

/// The short name of a `regulator "…"` block.
fn regulator(parse: &Parse, item: &Item) -> Option<String> {
    match &item.kind {
        ItemKind::Keyed(k) if parse.str(k.word) == "regulator" => {
            Some(parse.str(k.key).trim_matches('"').to_owned())
        }
        _ => None,
    }
}

/// The words of a name in `CamelCase`.
fn humps(part: &str) -> impl Iterator<Item = &str> {
    let starts: Vec<usize> = part
        .char_indices()
        .filter(|(i, c)| *i == 0 || (c.is_uppercase() && part[..*i].ends_with(char::is_lowercase)))
        .map(|(i, _)| i)
        .chain([part.len()])
        .collect();
    (1..starts.len()).map(move |i| &part[starts[i - 1]..starts[i]])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let mut names =
            Names { codes: BTreeSet::from(["KR".to_owned(), "FDA".to_owned()]), controls: BTreeSet::new() };
        names.read(
            "jurisdiction XQ \"Quendor\" {\n  regulator \"ZORKA\" { name \"x\" }\n  classes [I]\n}\n\
             control plain { doc \"x\" }\ncontrol login_lockout { doc \"x\" }\n",
        );
        let mut findings = Vec::new();
        names.check(&File::new(path, text), &mut findings);
        findings.into_iter().map(|f| f.message.split('`').nth(1).unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn places_regulators_and_controls_are_found() {
        let named = [
            ("\"KR-SEC-1\"", "KR"),
            ("let x = KR;", "KR"),
            ("fn kr_class() {}", "kr_class"),
            ("const IS_KR: u8 = 1;", "IS_KR"),
            ("enum KoreaLaw {}", "KoreaLaw"),
            ("\"the Republic of Korea\"", "Korea"),
            ("\"hong kong\"", "hong"),
            ("\"FDA\"", "FDA"),
            ("\"XQ\"", "XQ"),
            ("\"as ZORKA says\"", "ZORKA"),
            ("struct ZorkaReader;", "ZorkaReader"),
            ("\"login_lockout\"", "login_lockout"),
            ("fn login_lockout() {}", "login_lockout"),
        ];
        for (text, word) in named {
            assert_eq!(found("crates/model/src/a.rs", text), [word], "{text}");
        }
    }

    #[test]
    fn everything_else_is_not() {
        let fine = [
            "// KR, Korea, login_lockout",
            "/// As KR-SEC has it.",
            "let kr = 1;",
            "\"plain\"",
            "fn lockout() {}",
            "\"krill, fdas, chinaware\"",
            "let xq = \"sky\";",
            "b\"\\x41\"",
        ];
        for text in fine {
            assert!(found("crates/model/src/a.rs", text).is_empty(), "{text}");
        }
        assert!(found("crates/rulebooks/src/lib.rs", "\"KR\"").is_empty());
        assert!(found("crates/xtask/src/lib.rs", "\"KR\"").is_empty());
        assert!(found("tests/src/lib.rs", "\"KR\"").is_empty());
    }

    #[test]
    fn the_embedded_rulebooks_are_read() {
        let names = Names::new();
        assert!(names.codes.len() >= MORE.len());
        assert!(names.controls.len() > 50);
    }
}
