//! Reads evidence files.
