//! What the end-to-end tests share.

#[path = "gen/mod.rs"]
pub mod generator;
pub mod naive;
pub mod real;
pub mod settled;
pub mod worlds;
