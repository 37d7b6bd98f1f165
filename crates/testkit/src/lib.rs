//! Fixtures, the literate Markdown runner, generators (development only).
