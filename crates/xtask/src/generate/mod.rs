//! Input for benches: the same bytes on every machine.

pub mod random;
mod vocabulary;
pub mod workload;
pub mod workspace;

/// A file to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Output {
    /// Path below the folder, with `/`.
    pub path: String,
    /// What it holds.
    pub text: String,
}

/// Where files go.
pub type Sink<'s> = &'s mut dyn FnMut(Output) -> Result<(), String>;
