//! The fields that automations read: whether they are there, how full they are, and what fills them.

use super::Known;
use crate::config::options::Options;
use crate::model::{Kind, Role};
use crate::normalise::mapped::Field;
use crate::normalise::text::is_blank;

/// A field that an automation reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Position of the automation in the config.
    pub automation: usize,
    /// Position in its `uses`.
    pub nth: usize,
    /// The field.
    pub field: Field,
    /// What `rows` counts.
    pub of: Of,
    /// Rows in which the automation could want it.
    pub rows: u64,
    /// Of those, rows in which it holds something.
    pub filled: u64,
    /// What fills it.
    pub fed: Fed,
}

/// Which rows are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Records that chats made.
    Made,
    /// Chats that ought to become leads.
    Qualifying,
    /// Every row.
    All,
}

impl Of {
    /// The words used in evidence and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Made => "records that chats made",
            Self::Qualifying => "chats that qualify",
            Self::All => "rows",
        }
    }
}

/// What fills a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fed {
    /// A `[[mapping]]`.
    Mapping,
    /// A chat field, as the pairs tell; no mapping declares it.
    Chats,
    /// The CRM itself: ids, owners, times, stages.
    Crm,
    /// Nothing that is declared or that the pairs tell.
    Nothing,
    /// That is not asked: a chat's own field, a record that chats do not make, or no mapping is declared at all.
    NotAsked,
}

impl Fed {
    /// The words used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mapping => "a mapping",
            Self::Chats => "chats, undeclared",
            Self::Crm => "the CRM",
            Self::Nothing => "no mapping",
            Self::NotAsked => "not asked",
        }
    }
}

impl Use {
    /// Whether it is blank in over half of the rows.
    #[must_use]
    pub const fn is_starved(&self) -> bool {
        self.rows > 0 && self.filled * 2 < self.rows
    }
}

pub(super) fn resolve(known: Known<'_>, config: &Options) -> Vec<Use> {
    let mut found = Vec::new();
    for (automation, declared) in (0..).zip(&config.automation) {
        for (nth, written) in (0..).zip(&declared.uses) {
            let field = Field::resolve(written, known.tables);
            let (of, rows, filled) = fill(known, &field);
            let fed = fed(known, &field);
            found.push(Use { automation, nth, field, of, rows, filled, fed });
        }
    }
    found
}

/// Which rows count, how many they are, and how many of them hold something.
fn fill(known: Known<'_>, field: &Field) -> (Of, u64, u64) {
    let Some((source, column)) = field.place() else { return (Of::All, 0, 0) };
    let table = &known.tables[source];
    let text = table.text(column);
    let count = |rows: &mut dyn Iterator<Item = u32>| {
        rows.fold((0, 0), |(rows, filled), row| (rows + 1, filled + u64::from(!is_blank(text.get(row)))))
    };
    let links = known.links;
    if let Some(side) = links.and_then(|links| links.side(source)) {
        let mut rows = (0..).zip(&side.verdicts).filter(|(_, verdict)| verdict.qualifies()).map(|(row, _)| row);
        let (rows, filled) = count(&mut rows);
        if rows > 0 {
            return (Of::Qualifying, rows, filled);
        }
    }
    if let Some(links) = links.filter(|links| links.people.contains(&source)) {
        let mut rows: Vec<u32> = links
            .pairs()
            .iter()
            .filter(|link| link.made && link.record.source as usize == source)
            .map(|link| link.record.row)
            .collect();
        rows.sort_unstable();
        rows.dedup();
        if !rows.is_empty() {
            let (rows, filled) = count(&mut rows.into_iter());
            return (Of::Made, rows, filled);
        }
    }
    (Of::All, table.height() as u64, known.sources[source].columns.filled(column))
}

fn fed(known: Known<'_>, field: &Field) -> Fed {
    let Some((source, column)) = field.place() else { return Fed::NotAsked };
    let table = &known.tables[source];
    let asked = known.links.is_some_and(|links| links.people.contains(&source)) && !known.mappings.is_empty();
    if table.source.kind != Kind::Crm {
        return Fed::NotAsked;
    }
    if known.mappings.iter().any(|mapping| mapping.to.place() == Some((source, column))) {
        return Fed::Mapping;
    }
    let by_crm = table.source.role_of(column).is_some_and(|role| {
        role.is_time()
            || matches!(
                role,
                Role::Id | Role::Owner | Role::Status | Role::Stage | Role::Source | Role::Score | Role::ChatId
            )
    });
    if by_crm || table.source.system.iter().any(|(_, of)| *of == column) {
        Fed::Crm
    } else if known.inference.inferred(known.links).iter().any(|one| one.to == (source, column)) {
        Fed::Chats
    } else if asked {
        Fed::Nothing
    } else {
        Fed::NotAsked
    }
}
