//! Who gets a record, and who ought to.

pub mod owners;
pub mod replay;
