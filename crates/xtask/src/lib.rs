//! What developers run: checks of the house rules (`tidy`) and generators of input for benches (`generate`).
//!
//! A library, too, so that benches and tests of other crates can generate what they need without a folder on disk.

pub mod generate;
pub mod tidy;
