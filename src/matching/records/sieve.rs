//! Entries whose key no other has are left out before they are sorted: most keys of addresses, numbers and whole names are
//! there once, and make no block.

/// Places for each entry: the more, the fewer keys that are there once meet another in theirs.
const PLACES: usize = 8;

/// Tells keys that are there once from the others, by two bits for each of their places: seen, and seen again.
#[derive(Debug, Default)]
pub(super) struct Sieve {
    words: Vec<u64>,
}

impl Sieve {
    /// Takes out entries whose key only one of them has, unless that one is `several` by itself. Some may stay, where two
    /// keys fall on one place; none goes that has to stay, and the others keep their order.
    pub(super) fn keep_repeated<T>(&mut self, entries: &mut Vec<(u64, T)>, several: impl Fn(&T) -> bool) {
        // 32 places a word.
        let words = (entries.len() * PLACES / 32).next_power_of_two();
        self.words.clear();
        self.words.resize(words, 0);
        let place = |key: u64| {
            let mixed = key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            ((mixed >> 32) as usize & (words - 1), (mixed >> 27 & 31) * 2)
        };
        for (key, value) in &*entries {
            let (word, bit) = place(*key);
            let again = if several(value) { 1 } else { self.words[word] >> bit & 1 };
            self.words[word] |= (again << 1 | 1) << bit;
        }
        entries.retain(|(key, _)| {
            let (word, bit) = place(*key);
            self.words[word] >> bit & 2 != 0
        });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_repeated_stays(keys in prop::collection::vec((0_u64..500, 0_u32..40), 0..300)) {
            let mut counts: BTreeMap<u64, u32> = BTreeMap::new();
            for (key, _) in &keys {
                *counts.entry(*key).or_default() += 1;
            }
            let has_to_stay = |entry: &&(u64, u32)| counts[&entry.0] > 1 || entry.1 == 0;
            let mut kept = keys.clone();
            Sieve::default().keep_repeated(&mut kept, |value| *value == 0);
            let wanted = |entries: &[(u64, u32)]| entries.iter().filter(has_to_stay).copied().collect::<Vec<_>>();
            prop_assert_eq!(wanted(&kept), wanted(&keys), "all that has to stay, in its order");
            let strays = kept.iter().filter(|entry| !has_to_stay(entry)).count();
            prop_assert!(strays * 4 <= keys.len() + 20, "{} of {} stay without need", strays, keys.len());
        }
    }
}
