//! Outcomes: how they are called and counted.

use crate::text::{self, Tint};
use dossier_model::law::Outcome;
use dossier_verdict::MarketCheck;

/// Every outcome, in the order in which they are told.
pub(crate) const ALL: [Outcome; 7] = [
    Outcome::Met,
    Outcome::Justified,
    Outcome::Planned,
    Outcome::Waived,
    Outcome::Unmet,
    Outcome::Unknown,
    Outcome::NotApplicable,
];

/// How many verdicts of each kind there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts([usize; 7]);

impl Counts {
    /// Those of a market.
    pub fn of(market: &MarketCheck) -> Self {
        let mut counts = Self::default();
        for row in &market.rows {
            counts.0[row.judgement.outcome as usize] += 1;
        }
        counts
    }

    /// How many of a kind.
    pub fn get(&self, outcome: Outcome) -> usize {
        self.0[outcome as usize]
    }

    /// Of how many verdicts it is asked whether they hold: all but the inapplicable.
    pub fn asked(&self) -> usize {
        self.0.iter().sum::<usize>() - self.get(Outcome::NotApplicable)
    }

    /// How many of those are settled for good.
    pub fn settled(&self) -> usize {
        self.get(Outcome::Met) + self.get(Outcome::Justified)
    }

    /// With those of another market.
    pub fn add(&mut self, other: &Self) {
        for (a, b) in self.0.iter_mut().zip(other.0) {
            *a += b;
        }
    }

    /// A share of those asked, never rounded up to all of them: "91 % of 35".
    pub fn share(&self) -> String {
        match (self.settled(), self.asked()) {
            (_, 0) => "none asked".to_owned(),
            (settled, asked) => format!("{} % of {}", settled * 100 / asked, text::number(asked)),
        }
    }
}

/// An outcome as people read it, in a word.
pub fn outcome_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::NotApplicable => "not applicable",
        other => other.as_str(),
    }
}

/// What an outcome means.
pub(crate) fn meaning(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Met => "it holds",
        Outcome::Justified => "an accepted justification or alternative stands for it",
        Outcome::Planned => "it will hold once what is planned is there",
        Outcome::Waived => "it does not hold, and the risk is accepted for a while",
        Outcome::Unmet => "it does not hold",
        Outcome::Unknown => "it cannot be told yet",
        Outcome::NotApplicable => "it is not asked of this device",
    }
}

/// In which colour an outcome stands.
pub(crate) fn tint(outcome: Outcome) -> Tint {
    match outcome {
        Outcome::Met | Outcome::Justified => Tint::Green,
        Outcome::Planned | Outcome::Waived => Tint::Cyan,
        Outcome::Unmet => Tint::Red,
        Outcome::Unknown => Tint::Yellow,
        Outcome::NotApplicable => Tint::Dim,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_names_what_it_is_a_share_of() {
        let mut c = Counts::default();
        assert_eq!(c.share(), "none asked");
        c.0[Outcome::Met as usize] = 199;
        c.0[Outcome::Unmet as usize] = 1;
        c.0[Outcome::NotApplicable as usize] = 50;
        assert_eq!(c.share(), "99 % of 200");
        assert_eq!(c.asked(), 200);
    }
}
