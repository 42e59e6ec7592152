//! The proof of what the config declares: mappings, probes, automations. `docs/metrics.md` defines each figure.

/// What one `[[mapping]]` is worth.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MappingProof {
    /// `chats.reason`.
    pub from: String,
    /// `leads.Reason__c`.
    pub to: String,
    /// Where it stands in the config: `leadlint.toml:45`.
    pub place: Option<String>,
    /// Why nothing could be proved; `None` where pairs were compared.
    pub not_proved: Option<String>,
    /// Records that chats made, with both sides loaded.
    pub pairs: u64,
    /// Of those, pairs of which the chat says something; the rest does not exercise the mapping.
    pub tested: u64,
    /// Equal byte for byte.
    pub exact: u64,
    /// Equal but for case, white space or the way in which such values are written.
    pub normalised: u64,
    /// As the declared translation has it.
    pub translated: u64,
    /// Among other text.
    pub contained: u64,
    /// The field is blank.
    pub lost: u64,
    /// The field shows something else.
    pub altered: u64,
    /// The value stands in another field.
    pub misrouted: u64,
    /// The field shows the opposite.
    pub opposite: u64,
    /// The field shows another time.
    pub shifted: u64,
    /// The field shows the beginning only.
    pub truncated: u64,
    /// The field's picklist does not list it.
    pub rejected: u64,
    /// Of a fallback: another mapping had something to say, so that this one had nothing to write.
    pub stood_back: u64,
    /// Of all that did not arrive, records that a person changed since.
    pub edited: u64,
    /// Since when values do not arrive: the first creation of such a record, as a day in UTC.
    pub failing_since: Option<String>,
    /// Where misrouted values stand.
    pub strays: Vec<Stray>,
}

impl MappingProof {
    /// Pairs whose value arrived.
    #[must_use]
    pub const fn arrived(&self) -> u64 {
        self.exact + self.normalised + self.translated + self.contained
    }

    /// Pairs whose value did not arrive.
    #[must_use]
    pub const fn failed(&self) -> u64 {
        self.lost + self.altered + self.misrouted + self.opposite + self.shifted + self.truncated + self.rejected
    }
}

/// A column that holds what was meant for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// The header.
    pub column: String,
    /// Records.
    pub count: u64,
    /// The first creation of such a record, as a day in UTC.
    pub since: Option<String>,
}

/// Whether something that was expected is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It is.
    Held,
    /// It is not.
    Failed,
    /// That cannot be told.
    NotChecked,
}

impl Held {
    /// The words used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Failed => "failed",
            Self::NotChecked => "not checked",
        }
    }
}

/// What one `[[probe]]` proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeProof {
    /// Id of the chat.
    pub chat: String,
    /// The edge case.
    pub case: &'static str,
    /// Where it stands in the config.
    pub place: Option<String>,
    /// Chats of that id that are loaded.
    pub chats: u64,
    /// Records that belong to it.
    pub records: Vec<String>,
    /// What it expects, by field.
    pub expectations: Vec<Expectation>,
}

/// One expectation of a probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// `leads.Reason__c`.
    pub field: String,
    /// What it ought to show.
    pub expected: String,
    /// Whether it does.
    pub held: Held,
    /// The record that was looked at.
    pub record: Option<String>,
    /// Why it failed or could not be checked, where no cell tells.
    pub why: Option<String>,
}

/// What one `[[automation]]` reads and did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutomationProof {
    /// What people call it.
    pub name: String,
    /// Where it stands in the config.
    pub place: Option<String>,
    /// The fields that it reads.
    pub uses: Vec<UseProof>,
    /// What records that match must show.
    pub outcomes: Vec<OutcomeProof>,
}

/// A field that an automation reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UseProof {
    /// `leads.Reason__c`.
    pub field: String,
    /// Why nothing can be said of it: no such source, no such column.
    pub absent: Option<String>,
    /// What `rows` counts.
    pub of: &'static str,
    /// Rows in which the automation could want it.
    pub rows: u64,
    /// Of those, rows in which it holds something.
    pub filled: u64,
    /// What fills it.
    pub fed_by: &'static str,
}

/// One expected outcome of an automation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutcomeProof {
    /// `leads.OwnerId`.
    pub field: String,
    /// What records must show.
    pub expected: String,
    /// Why nothing could be proved.
    pub not_proved: Option<String>,
    /// Records that match the automation's `when`.
    pub matched: u64,
    /// Of those: they show the outcome, in time as far as that is known.
    pub shown: u64,
    /// They show it, and it came late.
    pub late: u64,
    /// They do not show it.
    pub missing: u64,
    /// They do not show it, and a person changed them since.
    pub changed: u64,
    /// They are too young, or nothing tells.
    pub not_judged: u64,
}
