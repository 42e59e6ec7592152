//! What a rule may see: tables that have what it needs, the facts, and the config. Never paths, never the wall clock.

use super::drift::columns::Drifted;
use crate::config::options::Options;
use crate::model::Role;
use crate::normalise::once::Once;
use crate::normalise::text::Text;
use crate::normalise::{Facts, Table};
use crate::rules::duplicates::linked::Linkages;
use crate::rules::sync::attempts::{Attempts, attempts};

/// The context of one rule's run over one partition.
#[derive(Debug)]
pub struct Check<'a> {
    /// Tables of the kinds that the rule looks at, which have what it needs.
    pub tables: Vec<&'a Table>,
    /// Every table of the partition, for rules that have to know what else is loaded.
    pub all: &'a [Table],
    /// Summaries over everything.
    pub facts: &'a Facts,
    /// The config.
    pub config: &'a Options,
    /// Who is who among the records, made once for all rules that ask.
    pub linkages: &'a Linkages,
    /// Whether probable duplicates are among what this run looks for, or the user named this very rule. Linking is most of
    /// the work of an audit, and whoever leaves DUP004 out does not want it.
    pub links_people: bool,
    /// What several rules need, worked out once.
    pub shared: &'a Shared,
}

/// What one rule of a run works out for the next.
#[derive(Debug, Default)]
pub struct Shared {
    /// Values that drifted.
    pub(super) drift: Drifted,
    /// Of each source what it says as a sync log.
    attempts: Vec<Once<Attempts>>,
}

impl Shared {
    /// Room for the tables of a run.
    #[must_use]
    pub fn new(tables: usize) -> Self {
        Self { attempts: (0..tables).map(|_| Once::default()).collect(), ..Self::default() }
    }

    /// What the sync log `table`, which is one of the run's, says.
    pub(super) fn attempts(&self, table: &Table) -> &Attempts {
        self.attempts[table.index].get_or_init(|| attempts(table))
    }
}

impl Check<'_> {
    /// The cells of the column that plays `role`, and its position.
    #[must_use]
    pub fn text<'t>(&self, table: &'t Table, role: Role) -> Option<(usize, Text<'t>)> {
        table.role(role).map(|column| (column, table.text(column)))
    }
}
