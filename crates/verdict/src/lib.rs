//! Evaluates requirements: three-valued, with derivations.
