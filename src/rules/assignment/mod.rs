//! Who gets a record, and who ought to.
