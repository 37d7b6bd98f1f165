//! What tests and fuzz targets share.
//!
//! [`corpus`] finds files, [`world`] reads them as a workspace without a disk, [`drive`] runs one text through a part
//! of the compiler and says if a promise is broken, [`damage`] breaks a file and looks at what is said about it.
//!
//! [`project`] runs projects that are written in Markdown, with what must be said in comments; [`truth`] holds truth
//! tables against the engine; [`ebnf`] reads the written grammar, recognises by it and makes sentences from it.
//!
//! For development only: it may touch the disk, and it panics, which is how tests fail.

pub mod corpus;
pub mod damage;
pub mod drive;
pub mod ebnf;
pub mod markdown;
pub mod people;
pub mod plain;
pub mod project;
pub mod truth;
pub mod world;
