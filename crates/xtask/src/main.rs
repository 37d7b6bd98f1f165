//! Generators and tidy.
fn main() {}
