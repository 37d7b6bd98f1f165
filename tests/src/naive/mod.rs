//! The naive second evaluator: direct recursion over the syntax tree, written from `design/language.md` alone for
//! obviousness, not for speed. Of ours it uses the `syntax` crate (and the file number that its parser asks for).
//! It takes well-formed input; on what it cannot interpret it panics and names it, so that a disagreement with the
//! real evaluator is seen.

mod device;
mod eval;
mod law;
mod tree;
mod value;
mod verdict;

#[cfg(test)]
mod tests;

pub use law::Law;

use eval::{Env, World};
use std::collections::BTreeMap;
use value::Day;

/// Year, month, day.
pub type Date = (u16, u8, u8);

/// Device, market (or `any`), requirement.
pub type Key = (String, String, String);

/// A verdict.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// One of the seven.
    pub outcome: String,
    /// Of `planned`: from when on it will hold.
    pub planned: Option<Date>,
}

/// A test that stands in a rulebook, and what came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleTest {
    /// Whose test it is.
    pub requirement: String,
    /// Its title.
    pub title: String,
    /// The outcome it names.
    pub expected: String,
    /// The outcome it has, or what kept it from having one.
    pub got: String,
}

fn day((year, month, day): Date) -> Day {
    Day::new(i64::from(year), i64::from(month), i64::from(day))
}

fn date(day: Day) -> Date {
    let (year, month, day) = day.parts();
    let fits = "a day of four-digit years";
    (u16::try_from(year).expect(fits), u8::try_from(month).expect(fits), u8::try_from(day).expect(fits))
}

/// All verdicts of all devices of `files` (path, text) against all rulebooks among them (their path ends in
/// `.rulebook`). `stands` says of a declaring file and a path whether the file behind it is there, inside the root,
/// reads as its kind and has the hash that is pinned; dates are seen to here.
///
/// # Panics
/// On input that is not well formed, or that says what this evaluator cannot interpret.
pub fn verdicts(
    files: &[(String, String)],
    as_of: Date,
    stands: &dyn Fn(&str, &str) -> bool,
) -> BTreeMap<Key, String> {
    let verdicts = Law::read(files).verdicts(files, as_of, stands);
    verdicts.into_iter().map(|(key, v)| (key, v.outcome)).collect()
}

/// Runs the tests that the rulebooks among `files` contain. Never panics: what goes wrong in a test is that test's
/// result, and a file or requirement that cannot be read stands in the place of a test.
pub fn rulebook_tests(files: &[(String, String)]) -> Vec<RuleTest> {
    let (law, problems) = Law::read_leniently(files);
    let unread = problems.into_iter().map(|(what, problem)| RuleTest {
        requirement: what,
        title: String::new(),
        expected: "readable".to_owned(),
        got: format!("cannot interpret: {problem}"),
    });
    unread.chain(law.tests()).collect()
}

impl Law {
    /// The same as [`verdicts`] for rulebooks read once; rulebooks among `files` are not looked at.
    ///
    /// # Panics
    /// As [`verdicts`].
    pub fn verdicts(
        &self,
        files: &[(String, String)],
        as_of: Date,
        stands: &dyn Fn(&str, &str) -> bool,
    ) -> BTreeMap<Key, Verdict> {
        let devices = device::read(self, files);
        let mut out = BTreeMap::new();
        for (name, device) in devices.iter().filter(|(_, d)| !d.is_component) {
            let world = World::new(self, &devices, device, day(as_of), stands);
            for (code, requirement) in &self.requirements {
                let market = match self.instrument(&requirement.under).jurisdiction.as_str() {
                    "any" => None,
                    place => Some(place.to_owned()),
                };
                if !world.views.contains_key(&market) {
                    continue;
                }
                if let Some(v) = world.verdict(code, &market, None) {
                    let verdict = Verdict { outcome: v.outcome.to_string(), planned: v.planned.map(date) };
                    let market = market.unwrap_or_else(|| "any".to_owned());
                    out.insert((name.clone(), market, code.clone()), verdict);
                }
            }
        }
        out
    }

    /// Runs the tests that the rulebooks contain.
    pub fn tests(&self) -> Vec<RuleTest> {
        let mut out = Vec::new();
        for requirement in self.requirements.values() {
            for test in &requirement.tests {
                let got = law::caught(|| self.test(requirement, test));
                let got = got.unwrap_or_else(|problem| format!("cannot interpret: {problem}"));
                out.push(RuleTest {
                    requirement: requirement.code.clone(),
                    title: test.title.clone(),
                    expected: test.expected.clone(),
                    got,
                });
            }
        }
        out
    }

    fn test(&self, requirement: &law::Requirement, test: &law::Test) -> String {
        let jurisdiction = &self.instrument(&requirement.under).jurisdiction;
        let market = (jurisdiction != "any").then(|| jurisdiction.clone());
        let device = device::of_test(self, market.as_deref(), &test.device);
        let mut world = World::new(self, &BTreeMap::new(), &device, Day::EVER, &|_, _| false);
        world.in_test = true;
        world.conforms.clone_from(&test.conforms);
        let env = Env { market: market.clone(), ..Env::default() };
        world.as_of = match test.at {
            Some(at) => at.first,
            None => world
                .first_day(requirement, &env)
                .expect("a test without `at` needs a day of coming into force"),
        };
        match world.verdict(&requirement.code, &market, None) {
            Some(verdict) => verdict.outcome.to_string(),
            None => "not_in_force".to_owned(),
        }
    }
}
