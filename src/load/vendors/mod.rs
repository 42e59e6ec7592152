//! The systems that exports come from. One file each: how its exports are recognised, and what its headers mean.
//!
//! To add one, write `src/load/vendors/NAME.rs` with a unit struct that implements [`Vendor`], and add its `mod` line and
//! its line in [`VENDORS`] below.

mod chatwoot;
mod close;
mod crisp;
mod dynamics;
mod freshsales;
mod generic_chat;
mod generic_crm;
mod gorgias;
mod help_scout;
mod hubspot;
mod hubspot_threads;
mod intercom;
mod livechat;
mod livechat_api;
mod pipedrive;
mod salesforce;
mod smartsupp;
mod sync_log;
mod tawk;
mod tidio;
mod warehouse;
mod zendesk_chat;
mod zoho;

use std::hash::BuildHasher;

use polars::prelude::{DataFrame, PlSmallStr, StringChunked};
use rayon::prelude::*;
use rustc_hash::FxBuildHasher;

use super::Error;
use super::header::squeeze;
use super::inputs::SourceSpec;
use super::table::Table;
use crate::model::{Kind, Object, Role};

/// Every vendor. Of two that match equally well the earlier one wins.
pub const VENDORS: &[&dyn Vendor] = &[
    &salesforce::Salesforce,
    &hubspot::HubSpot,
    &zoho::Zoho,
    &pipedrive::Pipedrive,
    &dynamics::Dynamics,
    &close::Close,
    &freshsales::Freshsales,
    &warehouse::Warehouse,
    &livechat::LiveChat,
    &tidio::Tidio,
    &gorgias::Gorgias,
    &intercom::Intercom,
    &zendesk_chat::ZendeskChat,
    &livechat_api::LiveChatApi,
    &crisp::Crisp,
    &chatwoot::Chatwoot,
    &tawk::Tawk,
    &hubspot_threads::HubSpotThreads,
    &smartsupp::Smartsupp,
    &help_scout::HelpScout,
    &sync_log::SyncLog,
    &generic_crm::GenericCrm,
    &generic_chat::GenericChat,
];

/// What people are told about a vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meta {
    /// The name in config and reports.
    pub name: &'static str,
    /// The name for people.
    pub title: &'static str,
    /// The kinds of source that it gives.
    pub kinds: &'static [Kind],
}

/// Headers that mean a role, most telling first, in squeezed form (lower-case letters and digits only).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alias {
    /// The role.
    pub role: Role,
    /// The headers.
    pub headers: &'static [&'static str],
    /// What such a header is: `HubSpot label (German)`.
    pub what: &'static str,
}

/// That an export is a vendor's, and what its rows are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// How sure that is, of 100.
    pub score: u32,
    /// The kind.
    pub kind: Kind,
    /// The object, for CRM exports, where it can be told.
    pub object: Option<Object>,
    /// Why, in a few words.
    pub why: String,
}

/// A system that exports come from.
pub trait Vendor: Sync {
    /// Its name, title and kinds.
    fn meta(&self) -> Meta;

    /// What its headers mean, most telling first.
    fn aliases(&self, kind: Kind, object: Option<Object>) -> Vec<&'static Alias>;

    /// Beginnings of headers that mean a role, lower-case, where the rest varies.
    fn prefixes(&self) -> &'static [(Role, &'static str)] {
        &[]
    }

    /// Whether a column means nothing by its header, because the export put something else there.
    fn disowns(&self, exhibit: &Exhibit<'_>, column: usize) -> bool {
        let _ = (exhibit, column);
        false
    }

    /// Whether an export is of this vendor.
    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match>;

    /// Whether the export itself names the object of its rows, so that another one is a mistake.
    fn tells_object(&self, exhibit: &Exhibit<'_>) -> bool {
        let _ = exhibit;
        false
    }

    /// Changes the table where the vendor's rows are not what rules look at: folds messages, joins numbered columns.
    ///
    /// # Errors
    ///
    /// When the table cannot be rebuilt.
    #[expect(private_interfaces, reason = "vendors are written in this crate, where the table is known")]
    fn prepare(&self, table: &mut Table, found: &Match) -> Result<(), Error> {
        let _ = (table, found);
        Ok(())
    }
}

/// Rows that are looked at where a column's content matters.
const SAMPLE_ROWS: usize = 10_000;

/// What a vendor may look at.
#[derive(Debug)]
pub struct Exhibit<'a> {
    frame: &'a DataFrame,
    /// Squeezed headers, by column.
    pub(crate) keys: Vec<String>,
    /// The files, as given.
    pub(crate) paths: Vec<String>,
    /// Lower-case file names, without folders.
    pub(crate) file_names: Vec<String>,
    /// Whether a file ends with the footer of a Salesforce report.
    pub(crate) report_footer: bool,
    /// The kind that was said.
    pub(crate) kind: Option<Kind>,
    /// The object that was said.
    pub(crate) object: Option<Object>,
    sample: Vec<usize>,
    /// Whether nobody may see a column, by column.
    hidden: Vec<bool>,
}

impl<'a> Exhibit<'a> {
    pub(crate) fn of(table: &'a Table, spec: &SourceSpec) -> Self {
        let name = |path: &str| path.rsplit(['/', '\\', '!']).next().unwrap_or_default().to_lowercase();
        let headers = || table.frame.get_column_names().into_iter();
        let hidden: Vec<bool> = headers().map(|h| spec.hidden.iter().any(|of| of.trim() == h.trim())).collect();
        let key =
            |(header, hidden): (&PlSmallStr, &bool)| if *hidden { String::new() } else { squeeze(unwrapped(header)) };
        Self {
            frame: &table.frame,
            keys: headers().zip(&hidden).map(key).collect(),
            file_names: table.files.iter().map(|f| name(&f.path)).collect(),
            paths: table.files.iter().map(|f| f.path.clone()).collect(),
            report_footer: table.files.iter().any(|f| f.footer_lines > 0),
            kind: spec.kind,
            object: spec.object,
            sample: sample_rows(&table.frame),
            hidden,
        }
    }

    /// The header of a column, as written.
    pub(crate) fn header(&self, column: usize) -> &str {
        if self.hidden[column] { "" } else { self.frame.columns()[column].name() }
    }

    /// Columns that nobody may see.
    pub(crate) fn hidden(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.hidden.len()).filter(|column| self.hidden[*column])
    }

    /// The first column with this squeezed header.
    pub(crate) fn position(&self, key: &str) -> Option<usize> {
        self.keys.iter().position(|k| k == key)
    }

    /// Whether a column has this squeezed header.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.position(key).is_some()
    }

    /// How many of these squeezed headers are there.
    pub(crate) fn count(&self, keys: &[&str]) -> u32 {
        keys.iter().filter(|key| self.has(key)).count() as u32
    }

    /// Whether a file name contains one of these words.
    pub(crate) fn file_says(&self, words: &[&str]) -> bool {
        self.file_names.iter().any(|name| words.iter().any(|word| name.contains(word)))
    }

    /// The filled cells of a column, in the sampled rows.
    pub(crate) fn filled(&self, column: usize) -> impl Iterator<Item = &str> {
        let seen = self.frame.columns().get(column).filter(|_| !self.hidden[column]);
        let cells = seen.and_then(|c| c.str().ok());
        cells.into_iter().flat_map(|cells| {
            self.sample.iter().filter_map(|row| cells.get(*row)).map(str::trim).filter(|cell| !cell.is_empty())
        })
    }
}

/// A header without the key that an API puts all fields of a record under.
fn unwrapped(header: &str) -> &str {
    ["properties.", "fields."].iter().find_map(|wrapper| header.strip_prefix(wrapper)).unwrap_or(header)
}

/// The rows to look at. Which ones depends on what the rows hold, never on their order.
fn sample_rows(frame: &DataFrame) -> Vec<usize> {
    let height = frame.height();
    if height <= SAMPLE_ROWS {
        return (0..height).collect();
    }
    let mut hashes = vec![0_u64; height];
    for cells in frame.columns().iter().take(6).filter_map(|c| c.str().ok()) {
        let mut rest = &mut hashes[..];
        let pieces: Vec<_> = cells
            .downcast_iter()
            .map(|cells| {
                let (own, behind) = std::mem::take(&mut rest).split_at_mut(cells.len());
                rest = behind;
                (own, cells)
            })
            .collect();
        pieces.into_par_iter().for_each(|(hashes, cells)| {
            for (hash, cell) in hashes.iter_mut().zip(cells.iter()) {
                *hash = FxBuildHasher.hash_one((*hash, cell));
            }
        });
    }
    let share = (height / SAMPLE_ROWS).max(2) as u64;
    let chosen: Vec<usize> = (0..height).filter(|row| (hashes[*row] >> 20).is_multiple_of(share)).collect();
    // Rows that repeat a few contents may all miss the sample.
    if chosen.len() < SAMPLE_ROWS / 20 { (0..height).collect() } else { chosen }
}

/// What a row of a CRM export is, by its file name and headers alone.
pub(crate) fn guess_object(exhibit: &Exhibit<'_>) -> Option<Object> {
    generic_crm::guess_object(exhibit).0
}

/// The aliases that hold whatever the vendor.
pub(crate) fn generic_aliases(kind: Kind, object: Option<Object>) -> Vec<&'static Alias> {
    match kind {
        Kind::Crm => generic_crm::GenericCrm.aliases(kind, object),
        Kind::Chat => generic_chat::GenericChat.aliases(kind, object),
        Kind::SyncLog => sync_log::SyncLog.aliases(kind, object),
    }
}

/// Several columns of a row joined by `;`, blank cells left out; null where nothing is left.
pub(crate) fn join_columns(table: &Table, columns: &[usize]) -> StringChunked {
    let cells: Vec<Vec<Option<&str>>> =
        columns.iter().filter_map(|c| table.column(*c)).map(|c| c.iter().collect()).collect();
    let mut joined = String::new();
    (0..table.frame.height())
        .map(|row| {
            joined.clear();
            for cell in cells.iter().filter_map(|c| c[row]).map(str::trim).filter(|c| !c.is_empty()) {
                if !joined.is_empty() {
                    joined.push(';');
                }
                joined.push_str(cell);
            }
            (!joined.is_empty()).then(|| joined.clone())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vendor_file_is_registered() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/load/vendors");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap().path().file_stem().unwrap().to_string_lossy().replace('_', "-"))
            .filter(|name| name != "mod")
            .collect();
        let mut names: Vec<&str> = VENDORS.iter().map(|v| v.meta().name).collect();
        files.sort_unstable();
        names.sort_unstable();
        assert_eq!(files, names, "add the missing file to VENDORS in src/load/vendors/mod.rs");
    }

    #[test]
    fn aliases_are_written_squeezed_and_once_per_role() {
        for vendor in VENDORS {
            for kind in Kind::ALL {
                for object in Object::ALL.into_iter().map(Some).chain([None]) {
                    for alias in vendor.aliases(kind, object) {
                        for header in alias.headers {
                            assert_eq!(&squeeze(header), header, "{}: {}", vendor.meta().name, alias.role);
                        }
                    }
                }
            }
        }
    }
}
