//! What libphonenumber's metadata says of each region: its calling code, the prefix dialled at home, the lengths of its
//! numbers.
//!
//! The table is made when the program is built, by `build.rs` beside this file, from the crate `phonenumber`.

use std::sync::LazyLock;

/// A line for each region: id, calling code, whether it is the main one of its code, prefix, whether numbers are rewritten,
/// lengths.
const TABLE: &str = include_str!(concat!(env!("OUT_DIR"), "/regions.csv"));

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
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let regions = &REGIONS.regions;
        assert_eq!(regions.len(), TABLE.lines().count() - 1);
        assert!(regions.len() > 240, "{}", regions.len());
        assert!(regions.iter().all(|region| (1..1000).contains(&region.calling)));
        assert!(regions.is_sorted_by_key(|region| region.id));
    }

    #[test]
    fn regions_are_found_by_id_and_by_code() {
        let of = |id: &str| by_id(id).map(|region| (region.calling, region.prefix, region.rewritten));
        assert_eq!(of("DE"), Some((49, Some("0"), false)));
        assert_eq!(of("US"), Some((1, Some("1"), false)));
        assert_eq!(of("AR"), Some((54, Some("0"), true)));
        assert_eq!(of("ZZ"), None);
        let main = |code: u16| by_code(code).map(|region| region.id);
        assert_eq!([1, 7, 44, 47, 61].map(main), [Some("US"), Some("RU"), Some("GB"), Some("NO"), Some("AU")]);
        assert_eq!(main(999), None);
        assert_eq!(lengths(49) >> 11 & 1, 1, "German numbers may have eleven digits");
        assert_eq!((lengths(1) >> 10 & 1, lengths(1) >> 9 & 1), (1, 0), "American ones have ten");
        assert_eq!((lengths(0), lengths(9999)), (0, 0));
    }
}
