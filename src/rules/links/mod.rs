//! References between sources.
