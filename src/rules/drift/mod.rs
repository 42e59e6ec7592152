//! Value drift: one thing written in several ways.

mod beside_baseline;
mod by_country;
pub mod columns;
pub mod contradictory_place;
pub(super) mod figures;
pub mod misspelt_value;
pub mod new_value;
mod picklist;
pub mod shifted_distribution;
pub mod short_form;
pub mod spelling_variant;
pub mod unlisted_value;
