//! What libphonenumber's metadata says of each region: its calling code, the prefix dialled at home, the lengths of its
//! numbers.
//!
//! The table is written from the crate `phonenumber`, which carries the metadata, and a test holds the two together. The
//! crate itself builds a regular expression for each of some 3,000 patterns when its database is first used; that alone
//! took longer than the audit of a small export.

use std::sync::LazyLock;

/// A line for each region: id, calling code, whether it is the main one of its code, prefix, whether numbers are rewritten,
/// lengths.
const TABLE: &str = include_str!("regions.csv");

/// A region of the metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Region {
    /// ISO code of the country; `001` for what belongs to none.
    pub(super) id: &'static str,
    /// The prefix of its numbers, after E.164.
    pub(super) calling: u16,
    /// Whether it stands for all that share its prefix.
    pub(super) main: bool,
    /// What is dialled before a number within the region.
    pub(super) prefix: Option<&'static str>,
    /// Whether a number that is dialled at home may be written otherwise abroad, beyond the prefix.
    pub(super) rewritten: bool,
    /// Lengths that numbers of people and companies may have without the calling code, a bit each; short ones that work in
    /// one region only are left out.
    pub(super) lengths: u32,
}

impl Region {
    /// Reads a line of the table.
    fn read(line: &'static str) -> Option<Self> {
        let mut cells = line.split(',');
        let mut next = || cells.next();
        Some(Self {
            id: next()?,
            calling: next()?.parse().ok()?,
            main: next()? == "main",
            prefix: next().filter(|prefix| !prefix.is_empty()),
            rewritten: next()? == "rewritten",
            lengths: next()?
                .split(' ')
                .filter_map(|length| length.parse::<u32>().ok())
                .fold(0, |bits, n| bits | 1 << n),
        })
    }
}

/// The regions, by id, and by calling code the lengths of them all.
struct Regions {
    regions: Vec<Region>,
    lengths: Vec<u32>,
}

static REGIONS: LazyLock<Regions> = LazyLock::new(|| {
    let regions: Vec<Region> = TABLE.lines().skip(1).filter_map(Region::read).collect();
    let mut lengths = vec![0_u32; 1000];
    for region in &regions {
        lengths[usize::from(region.calling)] |= region.lengths;
    }
    Regions { regions, lengths }
});

/// The region with an ISO code.
pub(super) fn by_id(id: &str) -> Option<&'static Region> {
    let regions = &REGIONS.regions;
    regions.binary_search_by(|region| region.id.cmp(id)).ok().map(|at| &regions[at])
}

/// The main region of a calling code, else its first.
pub(super) fn by_code(calling: u16) -> Option<&'static Region> {
    let mut all = REGIONS.regions.iter().filter(|region| region.calling == calling);
    all.clone().find(|region| region.main).or_else(|| all.next())
}

/// The lengths that national numbers of a calling code may have, a bit each; 0 where nobody has the code.
pub(super) fn lengths(calling: u16) -> u32 {
    REGIONS.lengths.get(usize::from(calling)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use phonenumber::metadata::DATABASE;

    use super::*;

    /// The table as the metadata has it.
    fn table() -> String {
        let mut all: Vec<_> = (1..1000_u16).filter_map(|code| DATABASE.by_code(&code)).flatten().collect();
        all.sort_by_key(|meta| (meta.id().to_owned(), meta.country_code()));
        let mut text = "region,calling,main,prefix,rewritten,lengths\n".to_owned();
        for meta in all {
            let of = meta.descriptors();
            let kinds = [
                of.fixed_line(),
                of.mobile(),
                of.toll_free(),
                of.premium_rate(),
                of.shared_cost(),
                of.voip(),
                of.personal_number(),
            ];
            let possible = kinds.into_iter().flatten().flat_map(phonenumber::metadata::Descriptor::possible_length);
            let mut lengths: Vec<u16> = possible.copied().filter(|length| *length < 32).collect();
            lengths.sort_unstable();
            lengths.dedup();
            let lengths: Vec<String> = lengths.iter().map(u16::to_string).collect();
            let _ = writeln!(
                text,
                "{},{},{},{},{},{}",
                meta.id(),
                meta.country_code(),
                if meta.is_main_country_for_code() { "main" } else { "" },
                meta.national_prefix().unwrap_or_default(),
                if meta.national_prefix_transform_rule().is_some() { "rewritten" } else { "" },
                lengths.join(" ")
            );
        }
        text
    }

    /// After an update of the crate: `LEADLINT_WRITE_REGIONS=1 cargo test the_table_is_that_of_the_metadata`.
    #[test]
    fn the_table_is_that_of_the_metadata() {
        let table = table();
        if std::env::var_os("LEADLINT_WRITE_REGIONS").is_some() {
            let place = concat!(env!("CARGO_MANIFEST_DIR"), "/src/normalise/phone/regions.csv");
            std::fs::write(place, &table).unwrap();
        }
        assert!(table == TABLE, "the metadata has changed: write src/normalise/phone/regions.csv anew");
        assert_eq!(REGIONS.regions.len(), table.lines().count() - 1, "every line is read");
        assert!(REGIONS.regions.iter().all(|region| region.lengths != 0 && region.calling < 1000));
    }

    #[test]
    fn regions_are_found_as_the_metadata_finds_them() {
        for code in 0..1000_u16 {
            let theirs = DATABASE.by_code(&code).and_then(|all| all.first().map(|meta| meta.id().to_owned()));
            assert_eq!(by_code(code).map(|region| region.id.to_owned()), theirs, "{code}");
        }
        assert_eq!(by_id("DE").map(|region| region.calling), Some(49));
        assert_eq!(by_id("ZZ"), None);
    }
}
