//! `leadlint.toml`: the file as written, the settings resolved from it, and the selection of rules.
//!
//! A file is read in three steps, each with errors that name a line: the text is parsed with the place of every key
//! kept, the tree is held against the JSON Schema of [`options::Options`] (unknown and missing keys, types, words), and
//! the options made from it are checked for what a schema cannot say (zones, patterns, sources that are not declared).

mod check;
mod day;
mod document;
mod error;
mod nearest;
pub mod options;
mod parse;
mod places;
mod schema;
mod select;
mod sense;

pub use error::{Error, Place};
pub use nearest::{hint, nearest};
pub use options::Options;
pub use parse::{Loaded, parse, read};
pub use places::Places;
pub use schema::schema;
pub use select::{Choice, Known, Off, Selection, find};
