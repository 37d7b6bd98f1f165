//! The embedded rulebooks: data, no code that knows what they say.
