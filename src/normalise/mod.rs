//! Normalised forms of what was read: keys, distinct values, times, marks, each computed once and shared by all rules;
//! and the facts, summaries of the whole that rules may rely on whatever part they see.
//!
//! In: [`Source`](crate::model::Source)s, all text. Out: [`Table`]s, which keep the text and add the normalised forms
//! lazily, and [`Facts`].

pub mod agreement;
pub mod boolean;
pub mod bounce;
mod category;
pub mod clock;
pub mod column_facts;
pub mod column_formats;
pub mod company;
pub mod country;
pub mod declared;
pub mod dictionary;
pub mod domain;
pub mod email;
mod facts;
pub mod function_mailbox;
pub mod gate;
pub mod grain;
mod inference;
pub mod keys;
mod lifecycle;
pub mod links;
pub mod made_up;
pub mod mail_provider;
pub mod makers;
pub mod mapped;
pub mod marks;
pub mod number;
pub mod once;
pub mod owner_history;
pub mod phone;
pub mod precision;
pub mod proof;
pub mod record_id;
pub mod sensitive;
pub mod shape;
pub mod sync_result;
pub mod system_users;
mod table;
pub mod tags;
#[cfg(test)]
mod testing;
pub mod text;
pub mod timestamp;
pub mod users;

pub use category::{Category, Exclusion};
pub use facts::{AsOf, Facts, SourceFacts};
pub use grain::Grain;
pub use table::Table;
pub use users::Users;
