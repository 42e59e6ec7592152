//! Which texts of many are near each other, by an index: short ones by the texts that remain when a character is left
//! out, long ones by the segments that at most two edits leave whole, and by their letters. No text is compared with all others.

use std::hash::BuildHasher;

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::matching::{fuzz, keyer};

/// Edits that are looked for in long texts, and one less than the segments they are cut into.
const EDITS: usize = 2;

/// Texts of at least this many bytes may be two edits apart; shorter ones one.
const LONG: usize = 7;

/// Shorter texts are near nothing.
const SHORTEST: usize = 3;

/// Most texts that may share a segment for it to count: what more share ("Region", "Market") tells nothing. Texts whose
/// every whole segment is that common are not compared, which keeps the cost of a text bounded.
const MOST: usize = 40;

/// A run of texts in [`Segments::members`].
#[derive(Clone, Copy)]
struct Run {
    start: u32,
    len: u32,
}

/// Pairs of positions in `texts`, the lower first, that are one edit apart, or two if both are long. Each once, in order.
pub(super) fn pairs(texts: &[&str]) -> Vec<(u32, u32)> {
    let letters: Vec<u64> = texts.iter().map(|text| letters(text)).collect();
    let near = |one: u32, other: u32| -> bool {
        let (a, b) = (texts[one as usize], texts[other as usize]);
        let most = if a.len().min(b.len()) >= LONG { EDITS } else { 1 };
        // An edit changes at most two letters of the set.
        (letters[one as usize] ^ letters[other as usize]).count_ones() as usize <= 2 * most
            && fuzz::edits(a, b, most).is_some()
    };
    let mut found = by_deletion(texts, &near);
    found.extend(by_segment(texts, &near));
    found.extend(by_letters(texts, &near));
    found.par_sort_unstable();
    found.dedup();
    found
}

/// The set of bytes of a text, as bits.
fn letters(text: &str) -> u64 {
    text.bytes().fold(0, |set, byte| set | 1 << (byte & 63))
}

fn hash(parts: (usize, usize, &[u8])) -> u64 {
    FxBuildHasher.hash_one(parts)
}

/// Short texts that are the same once a character is left out of one or both.
fn by_deletion(texts: &[&str], near: &(impl Fn(u32, u32) -> bool + Sync)) -> Vec<(u32, u32)> {
    let short = SHORTEST..=LONG + 1;
    let mut remains: Vec<(u64, u32)> = (0..texts.len() as u32)
        .into_par_iter()
        .filter(|at| short.contains(&texts[*at as usize].len()))
        .flat_map_iter(|at| {
            let text = texts[at as usize];
            let without = text.char_indices().map(move |(from, c)| {
                let mut rest = text.as_bytes()[..from].to_vec();
                rest.extend(&text.as_bytes()[from + c.len_utf8()..]);
                hash((0, 0, &rest))
            });
            let mut remains: Vec<u64> = without.chain([hash((0, 0, text.as_bytes()))]).collect();
            remains.sort_unstable();
            remains.dedup();
            remains.into_iter().map(move |remain| (remain, at))
        })
        .collect();
    remains.par_sort_unstable();
    let runs: Vec<&[(u64, u32)]> = remains.chunk_by(|a, b| a.0 == b.0).collect();
    runs.into_par_iter()
        .filter(|run| (2..=MOST).contains(&run.len()))
        .flat_map_iter(|run| (1..run.len()).flat_map(move |at| run[..at].iter().map(move |(_, one)| (*one, run[at].1))))
        .filter(|(one, other)| near(*one, *other))
        .collect()
}

/// Long texts of the same letters, by OpenRefine's fingerprint of single letters: swaps in texts whose segments many share.
fn by_letters(texts: &[&str], near: &(impl Fn(u32, u32) -> bool + Sync)) -> Vec<(u32, u32)> {
    let mut keyed: Vec<(String, u32)> = (0..texts.len() as u32)
        .into_par_iter()
        .filter(|at| texts[*at as usize].len() >= LONG)
        .map(|at| (keyer::ngram_fingerprint(texts[at as usize], 1), at))
        .collect();
    keyed.par_sort_unstable();
    let runs: Vec<&[(String, u32)]> = keyed.chunk_by(|a, b| a.0 == b.0).collect();
    runs.into_par_iter()
        .filter(|run| (2..=MOST).contains(&run.len()))
        .flat_map_iter(|run| (1..run.len()).flat_map(move |at| run[..at].iter().map(move |(_, one)| (*one, run[at].1))))
        .filter(|(one, other)| near(*one, *other))
        .collect()
}

/// Where segment `at` of a text of `len` bytes begins, and how long it is.
fn segment(len: usize, at: usize) -> (usize, usize) {
    let (size, longer) = (len / (EDITS + 1), len % (EDITS + 1));
    let plain = EDITS + 1 - longer;
    if at < plain { (at * size, size) } else { (plain * size + (at - plain) * (size + 1), size + 1) }
}

/// Long texts of which a segment stands in the other, as far along as the edits beside it allow (Li, Deng, Wang and Feng,
/// "Pass-Join", 2011).
fn by_segment(texts: &[&str], near: &(impl Fn(u32, u32) -> bool + Sync)) -> Vec<(u32, u32)> {
    let mut members: Vec<(u64, u32)> = (0..texts.len() as u32)
        .into_par_iter()
        .filter(|at| texts[*at as usize].len() >= LONG)
        .flat_map_iter(|at| {
            let text = texts[at as usize].as_bytes();
            (0..=EDITS).map(move |which| {
                let (from, size) = segment(text.len(), which);
                (hash((text.len(), which, &text[from..from + size])), at)
            })
        })
        .collect();
    members.par_sort_unstable();
    let mut runs: FxHashMap<u64, Run> = FxHashMap::default();
    let mut start = 0;
    for run in members.chunk_by(|a, b| a.0 == b.0) {
        if run.len() <= MOST {
            runs.insert(run[0].0, Run { start, len: run.len() as u32 });
        }
        start += run.len() as u32;
    }
    (0..texts.len() as u32)
        .into_par_iter()
        .filter(|at| texts[*at as usize].len() >= LONG)
        .flat_map_iter(|at| {
            let text = texts[at as usize].as_bytes();
            let mut found: Vec<u32> = Vec::new();
            for len in text.len().saturating_sub(EDITS).max(LONG)..=text.len() {
                let longer = text.len() - len;
                for which in 0..=EDITS {
                    let (from, size) = segment(len, which);
                    let rest = EDITS - which;
                    // Edits before the segment move it by at most `which`, edits behind it by at most the rest.
                    let first = from.saturating_sub(which).max((from + longer).saturating_sub(rest));
                    let last = (from + which).min(from + longer + rest).min(text.len().saturating_sub(size));
                    for shift in first..=last {
                        let key = hash((len, which, &text[shift..shift + size]));
                        let Some(run) = runs.get(&key) else { continue };
                        let run = &members[run.start as usize..(run.start + run.len) as usize];
                        found.extend(run.iter().map(|(_, other)| *other).filter(|other| {
                            // Texts of one length find each other; one of them is enough.
                            longer > 0 || *other < at
                        }));
                    }
                }
            }
            found.sort_unstable();
            found.dedup();
            found.into_iter().map(move |other| (at.min(other), at.max(other)))
        })
        .filter(|(one, other)| near(*one, *other))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn slips_are_found() {
        for (one, other) in [
            ("colorado", "colordao"),
            ("ammospermophilusharrisii", "ammospermophilisharrisi"),
            ("saskatchewan", "saskatechwan"),
            ("eastregion", "estregion"),
            ("estregion", "esatregion"),
            ("east", "esat"),
        ] {
            assert_eq!(pairs(&[one, other]), [(0, 1)], "{one} {other}");
        }
        assert!(pairs(&["colorado", "eldorado"]).is_empty());
        // No segment is whole, the letters are the same.
        assert_eq!(pairs(&["abcdefghi", "abdcegfhi"]), [(0, 1)]);
    }

    proptest! {
        #[test]
        fn all_pairs_one_edit_apart_are_found_and_no_others(texts in proptest::collection::btree_set("[ab]{3,14}", 0..12)) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let found = pairs(&texts);
            for (at, other) in texts.iter().enumerate() {
                for (before, one) in texts[..at].iter().enumerate() {
                    let most = if one.len().min(other.len()) >= LONG { EDITS } else { 1 };
                    let is_found = found.contains(&(before as u32, at as u32));
                    // Two swaps may leave no segment whole.
                    if strsim::levenshtein(one, other) <= most || strsim::osa_distance(one, other) <= 1 {
                        prop_assert!(is_found, "{one} {other}");
                    }
                    prop_assert!(!is_found || strsim::osa_distance(one, other) <= EDITS, "{one} {other}");
                }
            }
        }
    }
}
