//! What a source is: its kind, and for CRM sources the object that its rows are.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The kind of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Records of a CRM: leads, contacts, accounts and so on.
    Crm,
    /// Conversations of a live-chat tool, one row each.
    Chat,
    /// The log of the integration that carries chats into the CRM, one row per attempt.
    SyncLog,
}

impl Kind {
    /// Every kind, in the order in which reports list them.
    pub const ALL: [Self; 3] = [Self::Crm, Self::Chat, Self::SyncLog];

    /// The word used in config, arguments and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Crm => "crm",
            Self::Chat => "chat",
            Self::SyncLog => "sync-log",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(s: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|k| k.as_str() == s).ok_or(())
    }
}

/// What a row of a CRM source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Object {
    /// Somebody who may buy and is not qualified yet.
    Lead,
    /// A known person.
    Contact,
    /// A company.
    Account,
    /// An opportunity.
    Deal,
    /// A user of the CRM.
    User,
    /// A task, call, meeting or email.
    Activity,
}

impl Object {
    /// Every object.
    pub const ALL: [Self; 6] = [Self::Lead, Self::Contact, Self::Account, Self::Deal, Self::User, Self::Activity];

    /// The word used in config and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Contact => "contact",
            Self::Account => "account",
            Self::Deal => "deal",
            Self::User => "user",
            Self::Activity => "activity",
        }
    }

    /// Whether a row of this object is a person, so that names, emails and phones identify it.
    #[must_use]
    pub const fn is_person(self) -> bool {
        matches!(self, Self::Lead | Self::Contact)
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Object {
    type Err = ();

    fn from_str(s: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|k| k.as_str() == s).ok_or(())
    }
}
