//! How much of the chats is in the CRM, and the other way round.

pub use crate::normalise::links::LinkFigures;

impl LinkFigures {
    /// Of the chats that ought to become leads, the share that is linked to a record; `None` without any.
    #[must_use]
    pub fn match_rate(&self) -> Option<f64> {
        share(self.linked, self.qualifying)
    }

    /// Of the chats that ought to become leads, the share that made a record; `None` without any.
    #[must_use]
    pub fn creation_rate(&self) -> Option<f64> {
        share(self.made, self.qualifying)
    }

    /// Chats that ought to become leads and are linked to nothing.
    #[must_use]
    pub const fn unmatched_chats(&self) -> u64 {
        self.qualifying.saturating_sub(self.linked)
    }

    /// Judged chats that ought not to become leads.
    #[must_use]
    pub const fn unqualified(&self) -> u64 {
        self.judged.saturating_sub(self.qualifying)
    }

    /// Records of the chats' period that no chat made.
    #[must_use]
    pub const fn unmatched_records(&self) -> u64 {
        self.records.saturating_sub(self.records_made)
    }
}

/// A part of a whole, 0 to 1; `None` where there is no whole.
pub(super) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
