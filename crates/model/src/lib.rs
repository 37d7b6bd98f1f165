//! Meaning: summaries, vocabulary, types, names, expressions and the workspace model.
