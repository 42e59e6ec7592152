//! Roles: what a column means, whatever its header says.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! roles {
    ($($variant:ident $name:literal $doc:literal),* $(,)?) => {
        /// What a column means, whatever its header.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        pub enum Role {
            $(
                #[doc = $doc]
                #[serde(rename = $name)]
                $variant,
            )*
        }

        impl Role {
            /// Every role.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word used in config and reports.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// What the role means, in a few words.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $doc),* }
            }
        }
    };
}

roles! {
    Id "id" "The record's own id.",
    Email "email" "The primary email address.",
    FirstName "first_name" "Given name.",
    LastName "last_name" "Family name.",
    Name "name" "Full name, or an account's name.",
    Phone "phone" "The main phone number.",
    Company "company" "The company, as text.",
    Domain "domain" "The company's web domain or address.",
    Owner "owner" "The user or queue that owns the record.",
    Status "status" "Where the record stands.",
    Stage "stage" "Lifecycle or pipeline stage.",
    Source "source" "Where the record came from.",
    Region "region" "Sales region, state or territory.",
    Country "country" "Country, name or code.",
    City "city" "City.",
    Postcode "postcode" "Postal code.",
    Street "street" "Street address.",
    Industry "industry" "Industry.",
    Score "score" "Lead score.",
    CreatedAt "created_at" "When the record was created.",
    UpdatedAt "updated_at" "When the record was last changed.",
    LastActivityAt "last_activity_at" "When somebody last did something with it.",
    AssignedAt "assigned_at" "When it was assigned.",
    Tags "tags" "Tags, several in one cell.",
    Notes "notes" "Free text about the record.",
    Reason "reason" "Why the visitor came, as a picklist.",
    Topic "topic" "What the chat was about.",
    Transcript "transcript" "The text of the chat.",
    ChatId "chat_id" "The chat that made or touched the record.",
    OptIn "opt_in" "Consent to be contacted.",
    BirthDate "birth_date" "Date of birth.",
    StartedAt "started_at" "When the chat began.",
    EndedAt "ended_at" "When the chat ended.",
    Duration "duration" "Length of the chat, in seconds.",
    Agent "agent" "Who answered.",
    Transferred "transferred" "Whether the chat was handed on.",
    IsBot "is_bot" "Whether the visitor is a bot.",
    IsSpam "is_spam" "Whether the chat was marked as spam.",
    IsTest "is_test" "Whether the chat is a test.",
    Missed "missed" "Whether nobody answered.",
    Rating "rating" "The visitor's rating.",
    LoggedAt "logged_at" "When the sync attempt was logged.",
    RecordId "record_id" "The CRM record that the attempt wrote.",
    Result "result" "Whether the attempt succeeded.",
    Error "error" "What the attempt failed with.",
    Attempt "attempt" "Which try it was.",
}

impl Role {
    /// Whether cells of this role are personal data, to be masked in formats that travel.
    #[must_use]
    pub const fn is_personal(self) -> bool {
        matches!(
            self,
            Self::Email
                | Self::FirstName
                | Self::LastName
                | Self::Name
                | Self::Phone
                | Self::Street
                | Self::BirthDate
                | Self::Notes
                | Self::Transcript
        )
    }

    /// Whether cells of this role are points in time.
    #[must_use]
    pub const fn is_time(self) -> bool {
        matches!(
            self,
            Self::CreatedAt
                | Self::UpdatedAt
                | Self::LastActivityAt
                | Self::AssignedAt
                | Self::StartedAt
                | Self::EndedAt
                | Self::LoggedAt
        )
    }

    /// Whether the column may move the clock: what the systems stamp, never what people plan (RULES, "Clock").
    #[must_use]
    pub const fn moves_clock(self) -> bool {
        self.is_time() && !matches!(self, Self::LastActivityAt)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = ();

    fn from_str(s: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|r| r.as_str() == s).ok_or(())
    }
}

/// How a role was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// Named in `leadlint.toml`.
    Config,
    /// The header is a known alias.
    Alias,
    /// The cells look like it.
    Content,
}

/// One role of a source and the column that plays it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleBinding {
    /// The role.
    pub role: Role,
    /// Position of the column in the source's frame.
    pub column: usize,
    /// How it was found.
    pub found: Found,
    /// Why, in a few words: `header "E-Mail" is a HubSpot label (German)`, `97 % of 1,204 filled cells are emails`.
    pub why: String,
}
