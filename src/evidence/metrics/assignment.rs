//! Figures of the replay of the assignment rules. `docs/metrics.md` defines them.

use chrono::{DateTime, NaiveDate, Utc};

/// Days below which a replay proves nothing.
pub const CONCLUSIVE_DAYS: u64 = 14;

/// What the assignment rules of the config would have done with the leads that are loaded.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Assignment {
    /// Leads that were put to the rules, the converted ones too.
    pub leads: u64,
    /// Those of them whose time of creation is not known.
    pub undated: u64,
    /// When the first and the last of them was created, up to the clock; what was asked for, where a window was.
    pub window: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Days in the window, the first and the last included.
    pub days: u64,
    /// Whether pilots counted as if they were live.
    pub with_pilots: bool,
    /// The rules, in their order.
    pub rules: Vec<AssignmentRule>,
    /// Leads that no rule takes although rules were in force.
    pub uncovered: u64,
    /// Leads from before any rule that takes them was in force.
    pub before: u64,
    /// Leads of which it is not known which rule takes them: a rule asks a column that their export lacks.
    pub unknown: u64,
    /// Pairs of rules that claim the same leads for different owners.
    pub clashes: Vec<AssignmentClash>,
    /// Leads by owner, the busiest first; nobody last.
    pub load: Vec<OwnerLoad>,
    /// Open leads whose owner could be held against the rules.
    pub compared: u64,
    /// Open leads whose owner would change, by who has them and which rule takes them, most first.
    pub changes: Vec<OwnerChange>,
    /// What could not be asked or compared, and why.
    pub notes: Vec<String>,
}

/// One rule of the config.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AssignmentRule {
    /// What people call it.
    pub name: String,
    /// Where it stands: `leadlint.toml:45`.
    pub place: Option<String>,
    /// Who gets the lead.
    pub owner: String,
    /// Whether it is only simulated.
    pub pilot: bool,
    /// Whether it is meant to take what others leave.
    pub fallback: bool,
    /// The day from which it is in force.
    pub since: Option<NaiveDate>,
    /// Leads for which it is in force.
    pub in_force: u64,
    /// Leads that meet its conditions.
    pub hits: u64,
    /// Leads for which it is the first: those that it takes.
    pub first: u64,
    /// The same among the live rules alone; nothing for pilots.
    pub first_live: u64,
    /// The rules before it that take leads which meet its conditions, and how many.
    pub shadowed_by: Vec<(String, u64)>,
    /// Columns that it asks and no export of leads has.
    pub lacks: Vec<String>,
}

impl AssignmentRule {
    /// Whether it could be asked, is in force, is no fallback, and takes no lead.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.lacks.is_empty() && self.in_force > 0 && !self.fallback && self.first == 0
    }

    /// What is to be thought of it, in a few words; `None` where it works.
    #[must_use]
    pub fn remark(&self) -> Option<&'static str> {
        match (self.hits, self.first) {
            _ if !self.lacks.is_empty() => Some("cannot be asked"),
            _ if self.in_force == 0 => Some("not in force yet"),
            (0, _) if !self.fallback => Some("silent: no lead meets it"),
            (_, 0) if !self.fallback => Some("shadowed: never the first"),
            _ => None,
        }
    }
}

/// Two rules that claim the same leads for different owners.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentClash {
    /// The one that comes first.
    pub first: String,
    /// The other.
    pub second: String,
    /// Leads that both claim.
    pub leads: u64,
    /// Whether the order of the two decides: each gets leads.
    pub order_decides: bool,
}

/// The leads of one owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerLoad {
    /// Who; `None` is nobody.
    pub owner: Option<String>,
    /// Leads that they have.
    pub now: u64,
    /// Leads that they would have by the live rules: what no rule takes stays.
    pub by_rules: u64,
    /// The same with the pilots.
    pub with_pilots: u64,
}

/// Open leads that would go from one owner to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerChange {
    /// Who has them; `None` is nobody.
    pub from: Option<String>,
    /// Who would.
    pub to: String,
    /// The rule that says so.
    pub rule: String,
    /// Whether that is a pilot.
    pub pilot: bool,
    /// How many.
    pub count: u64,
    /// Ids of some of them, lowest first.
    pub examples: Vec<String>,
}

impl Assignment {
    /// Whether the window is too short to conclude anything from.
    #[must_use]
    pub fn is_inconclusive(&self) -> bool {
        self.days < CONCLUSIVE_DAYS
    }

    /// Open leads whose owner would change by the live rules, or by the pilots.
    #[must_use]
    pub fn changed(&self, pilot: bool) -> u64 {
        self.changes.iter().filter(|change| change.pilot == pilot).map(|change| change.count).sum()
    }
}
