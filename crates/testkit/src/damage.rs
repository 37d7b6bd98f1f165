//! Damage done to a file, and what is said about it.
//!
//! Each file is damaged at every so many tokens, in three ways: the token goes, stands twice, or changes places with
//! the next. The first thing said should be within a line of the damage, and two things at most; verdicts on devices
//! that the damage does not reach stay as they are, and none passes that did not before.

use crate::corpus::is_rulebook;
use crate::world::{Outcomes, World};
use dossier_base::{Diagnostic, FileId, Lines};
use dossier_model::date::{Date, Day};
use dossier_model::law::Outcome;
use dossier_syntax::Parse;
use dossier_syntax::ast::ItemKind;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

/// What is done to a token.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Damage {
    /// It goes.
    Delete,
    /// It stands there twice.
    Double,
    /// It changes places with the next.
    Swap,
}

impl Damage {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Delete, Self::Double, Self::Swap];

    /// Does it to a token, by its number in the table: the text, and the bytes of it that were touched. None if there
    /// is no next one to change places with, or both are the same.
    pub fn apply(self, parse: &Parse, token: usize) -> Option<(String, Range<usize>)> {
        let text = &*parse.text;
        let bytes = |t: usize| Range::<usize>::from(parse.tokens.range(t));
        let own = bytes(token);
        let word = &text[own.clone()];
        Some(match self {
            Self::Delete => (format!("{}{}", &text[..own.start], &text[own.end..]), own.start..own.start),
            Self::Double => (
                format!("{} {word}{}", &text[..own.end], &text[own.end..]),
                own.start..own.end + 1 + word.len(),
            ),
            Self::Swap => {
                let next =
                    bytes((token + 1..parse.tokens.len()).find(|t| !parse.tokens.kind(*t).is_trivia())?);
                let other = &text[next.clone()];
                if other == word {
                    return None;
                }
                let between = &text[own.end..next.start];
                (
                    format!("{}{other}{between}{word}{}", &text[..own.start], &text[next.end..]),
                    own.start..next.end,
                )
            }
        })
    }
}

/// Numbers, in the table, of every `stride`th token that is no space and no comment, from the `first`th on.
pub fn tokens(parse: &Parse, first: usize, stride: usize) -> Vec<usize> {
    let all = (0..parse.tokens.len()).filter(|t| !parse.tokens.kind(*t).is_trivia());
    all.skip(first).step_by(stride).collect()
}

/// What came of one damage.
#[derive(Clone, Debug)]
pub struct Case {
    /// In which file.
    pub path: String,
    /// What was done.
    pub damage: Damage,
    /// The line it was done in, from 1.
    pub line: u32,
    /// That line (two where the damage spans two) as it is after.
    pub shown: String,
    /// What is new among diagnostics, as lines.
    pub said: Vec<String>,
    /// How many lines the first of them in this file is away; none if there is none.
    pub distance: Option<u32>,
    /// What sort of token it was done to.
    pub token: &'static str,
    /// Verdicts that it should not have changed, or made pass.
    pub verdicts: Vec<String>,
}

/// Figures over many cases.
#[derive(Clone, Default, Debug)]
pub struct Figures {
    /// All cases of which something was said, and those that deserve a look.
    pub cases: usize,
    /// Damages after which the file was still sound.
    pub silent: usize,
    /// First diagnostic within one line.
    pub near: usize,
    /// At most two diagnostics.
    pub few: usize,
    /// All diagnostics.
    pub said: usize,
    /// Cases with a first diagnostic far away, or too many.
    pub worst: Vec<Case>,
    /// Verdicts on devices that a damage does not reach, looked at again.
    pub untouched: usize,
    /// Cases in which one of them changed.
    pub changed: Vec<Case>,
    /// Verdicts on any device that pass after a damage.
    pub passing: usize,
    /// Cases in which one passes that did not before.
    pub passed: Vec<Case>,
}

/// What a world says, and what of it a damage must leave as it is.
struct Before {
    diagnostics: Vec<Diagnostic>,
    outcomes: Outcomes,
}

/// The day on which verdicts are compared.
fn as_of() -> Day {
    Date::parse("2026-11-24").map(|d| d.first).expect("a date")
}

fn passes(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Met | Outcome::Justified | Outcome::NotApplicable)
}

/// The thing at the top level of a file inside of which bytes lie, its head and its last brace not counted.
fn inside(parse: &Parse, touched: &Range<usize>) -> Option<u32> {
    let found = parse.file.items.iter().position(|item| {
        let whole = Range::<usize>::from(parse.span_range(item.span));
        let head = match &item.kind {
            ItemKind::Decl(d) => d.block.as_ref().map(|b| usize::from(parse.range(b.span.start).end())),
            _ => None,
        };
        head.is_some_and(|head| head <= touched.start && touched.end < whole.end)
    });
    found.map(|n| n as u32)
}

impl Figures {
    /// Damages a file of a world.
    pub fn measure(&mut self, world: &World, path: &str, first: usize, stride: usize) {
        let parse = world.parse(path);
        let before = Before { diagnostics: world.diagnostics(), outcomes: world.outcomes(as_of()) };
        for token in tokens(&parse, first, stride) {
            for damage in Damage::ALL {
                if let Some((text, touched)) = damage.apply(&parse, token) {
                    let kind = parse.tokens.kind(token).describe();
                    let next = (token + 1..parse.tokens.len()).find(|t| !parse.tokens.kind(*t).is_trivia());
                    let last = next.filter(|_| damage == Damage::Swap).unwrap_or(token);
                    let old = parse.tokens.range(token).cover(parse.tokens.range(last));
                    let inside = inside(&parse, &old.into());
                    self.one(world, path, damage, kind, &text, touched, inside, &before);
                }
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one call, above")]
    fn one(
        &mut self,
        world: &World,
        path: &str,
        damage: Damage,
        token: &'static str,
        text: &str,
        touched: Range<usize>,
        inside: Option<u32>,
        before: &Before,
    ) {
        let after = world.with(path, text);
        let new = new(&before.diagnostics, after.diagnostics());
        if new.is_empty() {
            self.silent += 1;
            return;
        }
        let outcomes = after.outcomes(as_of());
        let (mut changed, mut passed) = (Vec::new(), Vec::new());
        let told = |key: &(&str, &str, &str), was: Option<Outcome>, is: Option<Outcome>| {
            let word = |o: Option<Outcome>| o.map_or("not there", Outcome::as_str);
            format!("{} {} {}: {} becomes {}", key.0, key.1, key.2, word(was), word(is))
        };
        if !is_rulebook(path) {
            let safe = world.out_of_reach(path, inside);
            for (key, was) in before.outcomes.iter().filter(|(k, _)| safe.contains(k.0)) {
                self.untouched += 1;
                let is = outcomes.get(key).copied();
                if is != Some(*was) {
                    changed.push(told(key, Some(*was), is));
                }
            }
        }
        for (key, is) in outcomes.iter().filter(|(_, o)| passes(**o)) {
            self.passing += 1;
            let was = before.outcomes.get(key).copied();
            if !was.is_some_and(passes) {
                passed.push(told(key, was, Some(*is)));
            }
        }
        let lines = Lines::new(text);
        let line = |offset: usize| lines.line_col(offset as u32).line;
        let (first, last) = (line(touched.start), line(touched.end));
        let id: FileId = world.id(path);
        let found =
            new.iter().filter_map(|d| d.place).find(|p| p.file == id).map(|p| line(p.start() as usize));
        let distance = found.map(|l| if l < first { first - l } else { l.saturating_sub(last) });
        self.cases += 1;
        self.said += new.len();
        let near = distance.is_some_and(|d| d <= 1);
        let few = new.len() <= 2;
        self.near += usize::from(near);
        self.few += usize::from(few);
        if !near || !few || !changed.is_empty() || !passed.is_empty() {
            let shown = text
                .lines()
                .skip(first as usize - 1)
                .take((last - first) as usize + 1)
                .collect::<Vec<_>>()
                .join(" ⏎ ");
            let said = new.iter().map(|d| after.show(d)).collect();
            let case = Case {
                path: path.to_owned(),
                damage,
                line: first,
                shown,
                said,
                distance,
                token,
                verdicts: Vec::new(),
            };
            for (verdicts, list) in [(changed, &mut self.changed), (passed, &mut self.passed)] {
                if !verdicts.is_empty() {
                    list.push(Case { verdicts, ..case.clone() });
                }
            }
            if !near || !few {
                self.worst.push(case);
            }
        }
    }

    /// Share of cases whose first diagnostic is within a line, in per cent.
    pub fn near_share(&self) -> f64 {
        100.0 * self.near as f64 / self.cases.max(1) as f64
    }

    /// Share of cases with two diagnostics at most, in per cent.
    pub fn few_share(&self) -> f64 {
        100.0 * self.few as f64 / self.cases.max(1) as f64
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} damages (and {} after which the file was still sound): first diagnostic within a line {:.1} %, at most \
             two diagnostics {:.1} %, {:.2} diagnostics each; {} verdicts on devices out of reach, changed by {}; {} \
             verdicts that pass, more than before in {}",
            self.cases,
            self.silent,
            self.near_share(),
            self.few_share(),
            self.said as f64 / self.cases.max(1) as f64,
            self.untouched,
            self.changed.len(),
            self.passing,
            self.passed.len()
        )
    }
}

/// What is among `after` and was not among `before`, wherever it stood.
fn new(before: &[Diagnostic], after: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut known: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for d in before {
        *known.entry((d.code.id, &d.message)).or_default() += 1;
    }
    let mut is_new =
        |d: &Diagnostic| match known.iter_mut().find(|(k, _)| **k == (d.code.id, d.message.as_str())) {
            Some((_, n)) if *n > 0 => {
                *n -= 1;
                false
            }
            _ => true,
        };
    after.into_iter().filter(|d| is_new(d)).collect()
}
