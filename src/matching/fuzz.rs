//! Edit distances and similarities with cut-offs, on the hot path of matching. The one module that knows the library they
//! come from; property tests hold them to another one.

use rapidfuzz::distance::{jaro_winkler as jaro, osa as restricted};
use rapidfuzz::fuzz;

/// Optimal string alignment distance in characters (insert, delete, replace, swap neighbours), if it is at most `most`.
#[must_use]
pub fn edits(one: &str, other: &str, most: usize) -> Option<usize> {
    let args = restricted::Args::default().score_cutoff(most);
    if one.is_ascii() && other.is_ascii() {
        if one.len().abs_diff(other.len()) > most {
            return None;
        }
        if most < 2 {
            return few_edits(one.as_bytes(), other.as_bytes()).filter(|edits| *edits <= most);
        }
        return restricted::distance_with_args(one.bytes(), other.bytes(), &args);
    }
    restricted::distance_with_args(one.chars(), other.chars(), &args)
}

/// The distance of two texts of one byte per character that are nearly of one length, if it is 1 at most: what is left
/// between their common start and end says it.
fn few_edits(one: &[u8], other: &[u8]) -> Option<usize> {
    let start = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[start..], &other[start..]);
    let end = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    match (&one[..one.len() - end], &other[..other.len() - end]) {
        ([], []) => Some(0),
        ([], [_]) | ([_], [] | [_]) => Some(1),
        ([a, b], [c, d]) if a == d && b == c => Some(1),
        _ => None,
    }
}

/// Jaro-Winkler similarity, 0..=1, if it is at least `least`.
#[must_use]
pub fn jaro_winkler(one: &str, other: &str, least: f64) -> Option<f64> {
    let args = jaro::Args::default().score_cutoff(least);
    if one.is_ascii() && other.is_ascii() {
        return jaro::similarity_with_args(one.bytes(), other.bytes(), &args);
    }
    jaro::similarity_with_args(one.chars(), other.chars(), &args)
}

/// Share of characters that stay when one text becomes the other by inserting and deleting only, 0..=1, if it is at
/// least `least`.
#[must_use]
pub fn ratio(one: &str, other: &str, least: f64) -> Option<f64> {
    let args = fuzz::Args::default().score_cutoff(least);
    if one.is_ascii() && other.is_ascii() {
        return fuzz::ratio_with_args(one.bytes(), other.bytes(), &args);
    }
    fuzz::ratio_with_args(one.chars(), other.chars(), &args)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn distances_are_those_of_the_oracle(one in "[a-dé]{0,9}", other in "[a-dé]{0,9}", most in 0_usize..5) {
            let distance = strsim::osa_distance(&one, &other);
            prop_assert_eq!(edits(&one, &other, most), (distance <= most).then_some(distance));
        }

        #[test]
        fn single_edits_are_those_of_the_oracle(one in "[a-c]{0,6}", other in "[a-c]{0,6}", most in 0_usize..3) {
            let distance = strsim::osa_distance(&one, &other);
            prop_assert_eq!(edits(&one, &other, most), (distance <= most).then_some(distance));
        }

        #[test]
        fn similarities_are_those_of_the_oracle(one in "[a-dé]{1,9}", other in "[a-dé]{1,9}") {
            let plain = strsim::jaro(&one, &other);
            let found = jaro_winkler(&one, &other, 0.0).unwrap();
            // Both add the bonus of a common start, but not all versions below a similarity of 0.7.
            if plain > 0.7 {
                prop_assert!((found - strsim::jaro_winkler(&one, &other)).abs() < 1e-9, "{found}");
            }
            prop_assert!(jaro_winkler(&one, &other, found + 0.01).is_none());
        }

        #[test]
        fn ratios_are_cut_off(one in "[a-d]{1,9}", other in "[a-d]{1,9}") {
            let found = ratio(&one, &other, 0.0).unwrap();
            prop_assert!((0.0..=1.0).contains(&found));
            prop_assert!(ratio(&one, &other, (found + 0.01).min(1.1)).is_none());
        }
    }
}
