//! Texts that are one slip of the hand apart: a character too many, too few or another, or two neighbours swapped.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use super::fuzz;

/// Up to this many texts all are held against all.
const FEW: usize = 16;

/// Whether two texts differ by one slip that is in no digit: `anna2` and `anna3` are two names.
#[must_use]
pub fn is_slip(one: &str, other: &str) -> bool {
    if fuzz::edits(one, other, 1) != Some(1) {
        return false;
    }
    let front = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum::<usize>();
    let (one, other) = (&one[front..], &other[front..]);
    let back = one
        .chars()
        .rev()
        .zip(other.chars().rev())
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a.len_utf8())
        .sum::<usize>();
    let touched = one[..one.len() - back].chars().chain(other[..other.len() - back].chars());
    !touched.into_iter().any(char::is_numeric)
}

/// Which characters a text has, for ruling out without a look at it.
#[must_use]
pub fn signs(text: &str) -> u64 {
    if text.is_ascii() { text.bytes().fold(0, |signs, byte| signs | 1 << (byte % 64)) } else { u64::MAX }
}

/// Whether texts of these [`signs`] may be one edit apart: one character goes and one comes.
#[must_use]
pub const fn may_be_near(one: u64, other: u64) -> bool {
    one == u64::MAX || other == u64::MAX || (one ^ other).count_ones() < 3
}

/// The pairs of `texts` that are one slip apart, as positions, the smaller first, in order. Many texts meet under what is
/// left of them when one character is taken out, so that the cost grows with their number and no faster.
#[must_use]
pub fn pairs(texts: &[&str]) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    let mut meet = |one: u32, other: u32| {
        if is_slip(texts[one as usize], texts[other as usize]) {
            found.push((one.min(other), one.max(other)));
        }
    };
    if texts.len() <= FEW {
        for other in 0..texts.len() as u32 {
            (0..other).for_each(|one| meet(one, other));
        }
    } else {
        let mut shortened: Vec<(u64, u32)> = Vec::new();
        for (at, text) in (0..).zip(texts) {
            shortened.push((hash(text, ""), at));
            shortened
                .extend(text.char_indices().map(|(from, c)| (hash(&text[..from], &text[from + c.len_utf8()..]), at)));
        }
        shortened.sort_unstable();
        shortened.dedup();
        for together in shortened.chunk_by(|a, b| a.0 == b.0) {
            for (at, (_, other)) in together.iter().enumerate() {
                together[..at].iter().for_each(|(_, one)| meet(*one, *other));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn hash(front: &str, back: &str) -> u64 {
    let mut hasher = FxHasher::default();
    front.bytes().chain(back.bytes()).for_each(|byte| byte.hash(&mut hasher));
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn signs_rule_nothing_out_that_is_near(one in "[a-cé1@]{0,6}", other in "[a-cé1@]{0,6}") {
            prop_assert!(fuzz::edits(&one, &other, 1).is_none() || may_be_near(signs(&one), signs(&other)));
        }
    }

    #[test]
    fn digits_are_no_slip() {
        for (one, other) in
            [("ana", "anna"), ("reyes", "reyse"), ("lee", "leé"), ("x1y", "x1z"), ("a.b", "ab"), ("aab", "ab")]
        {
            assert!(is_slip(one, other) && is_slip(other, one), "{one} {other}");
        }
        for (one, other) in
            [("ana", "ana"), ("ana", "ana1"), ("ana1", "ana2"), ("a12", "a21"), ("a1", "1a"), ("ab", "cd"), ("", "")]
        {
            assert!(!is_slip(one, other) && !is_slip(other, one), "{one} {other}");
        }
    }

    proptest! {
        #[test]
        fn the_index_finds_what_a_scan_finds(texts in prop::collection::btree_set("[a-cé1]{0,5}", 17..60)) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let mut scanned = Vec::new();
            for other in 0..texts.len() {
                for one in 0..other {
                    if is_slip(texts[one], texts[other]) {
                        scanned.push((one as u32, other as u32));
                    }
                }
            }
            scanned.sort_unstable();
            prop_assert_eq!(pairs(&texts), scanned);
        }
    }
}
