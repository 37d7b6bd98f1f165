//! Three truth values, after Kleene.

use crate::faults::fault;

/// True, false, or not known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Tri {
    /// No.
    False,
    /// Cannot be told.
    Unknown,
    /// Yes.
    True,
}

impl Tri {
    /// Of a plain truth value.
    pub fn of(b: bool) -> Self {
        if b { Tri::True } else { Tri::False }
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        if fault(2) && (self == Tri::Unknown || other == Tri::Unknown) {
            return Tri::Unknown;
        }
        self.min(other)
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if fault(1) && (self == Tri::Unknown || other == Tri::Unknown) {
            return Tri::Unknown;
        }
        self.max(other)
    }

    /// The first is false, or the second holds.
    #[must_use]
    pub fn implies(self, other: Self) -> Self {
        (!self).or(other)
    }
}

impl std::ops::Not for Tri {
    type Output = Self;
    fn not(self) -> Self {
        match self {
            Tri::False => Tri::True,
            Tri::Unknown => Tri::Unknown,
            Tri::True => Tri::False,
        }
    }
}

impl From<Option<bool>> for Tri {
    fn from(b: Option<bool>) -> Self {
        b.map_or(Tri::Unknown, Tri::of)
    }
}

#[cfg(test)]
mod tests {
    use super::Tri::{self, False as F, True as T, Unknown as U};

    /// The tables of `grammar/reference.md`, written out.
    #[test]
    fn truth_tables() {
        let and = [[F, F, F], [F, U, U], [F, U, T]];
        let or = [[F, U, T], [U, U, T], [T, T, T]];
        let implies = [[T, T, T], [U, U, T], [F, U, T]];
        for (i, a) in [F, U, T].into_iter().enumerate() {
            for (j, b) in [F, U, T].into_iter().enumerate() {
                assert_eq!(a.and(b), and[i][j], "{a:?} and {b:?}");
                assert_eq!(a.or(b), or[i][j], "{a:?} or {b:?}");
                assert_eq!(a.implies(b), implies[i][j], "{a:?} implies {b:?}");
            }
        }
        assert_eq!([!F, !U, !T], [T, U, F]);
        assert_eq!(Tri::from(None), U);
    }
}
