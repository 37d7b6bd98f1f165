//! The one layout of Dossier files.
