//! Formats: cells, rows and files that are not in the form that they must have.

pub mod damaged_encoding;
pub mod future_timestamp;
pub mod incomplete_export;
pub mod mixed_booleans;
pub mod mixed_dates;
pub mod mixed_numbers;
pub mod spreadsheet_damage;
pub mod stray_characters;
pub mod unnormalised_phone;
pub mod unreadable_row;
pub mod unreadable_timestamp;
