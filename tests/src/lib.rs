//! What the end-to-end tests share.

#[path = "gen/mod.rs"]
pub mod generator;
pub mod loose;
pub mod naive;
pub mod program;
pub mod real;
pub mod settled;
pub mod worlds;
