//! The fields that travel from a chat to a record.

use std::ops::{Index, IndexMut};

/// A field that both sides have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    /// Given name.
    First,
    /// Family name.
    Last,
    /// Full name, where the chat tool asks for one.
    Name,
    /// Email address.
    Email,
    /// Phone number.
    Phone,
    /// Employer.
    Company,
    /// Why the visitor came; the CRM has codes of its own.
    Reason,
    /// What it is about, in the visitor's words.
    Topic,
    /// Whether mail is welcome.
    OptIn,
    /// When to call back.
    Callback,
    /// When the visitor was first seen.
    Seen,
    /// How keen the visitor is, to 100.
    Score,
    /// The page that the chat began on.
    Page,
    /// The campaign that brought the visitor.
    Campaign,
    /// The campaign once more, from the address of the page.
    Utm,
    /// The visitor's question.
    Question,
    /// What was said, or what the project is about.
    Transcript,
    /// The plan that was asked about.
    Plan,
    /// How often the visitor came.
    Visits,
    /// A voucher.
    Coupon,
}

/// How many fields there are.
const COUNT: usize = Field::Coupon as usize + 1;

/// A text for each field.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cells([String; COUNT]);

impl Index<Field> for Cells {
    type Output = String;

    fn index(&self, field: Field) -> &String {
        &self.0[field as usize]
    }
}

impl IndexMut<Field> for Cells {
    fn index_mut(&mut self, field: Field) -> &mut String {
        &mut self.0[field as usize]
    }
}

/// A contract: where a field stands on both sides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mapped {
    /// The field.
    pub(crate) field: Field,
    /// Header in the chats.
    pub(crate) from: &'static str,
    /// Header in the records.
    pub(crate) to: &'static str,
    /// `type` of the `[[mapping]]`.
    pub(crate) kind: &'static str,
}

/// A contract.
pub(crate) const fn mapped(field: Field, from: &'static str, to: &'static str, kind: &'static str) -> Mapped {
    Mapped { field, from, to, kind }
}
