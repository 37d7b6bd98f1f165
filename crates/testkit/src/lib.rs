//! What tests and fuzz targets share.
//!
//! [`corpus`] finds files, [`world`] reads them as a workspace without a disk, [`drive`] runs one text through a part
//! of the compiler and says if a promise is broken, [`damage`] breaks a file and looks at what is said about it.
//!
//! For development only: it may touch the disk, and it panics, which is how tests fail.

pub mod corpus;
pub mod damage;
pub mod drive;
pub mod ebnf;
pub mod world;
