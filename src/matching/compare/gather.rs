//! Values taken apart side by side, stretch by stretch, with the outcome that one after the other has: words are numbered in
//! the order in which they come.

use rayon::prelude::*;

use super::words::{Lexicon, NONE, Reader};

/// Values that one task takes apart.
const STRETCH: usize = 1 << 14;

/// Values taken apart.
pub(super) struct Gathered<N> {
    pub(super) lexicon: Lexicon,
    /// One for each value.
    pub(super) names: Vec<N>,
    /// Words of all names, one after the other.
    pub(super) words: Vec<u32>,
}

/// A name that knows words by their numbers.
pub(super) trait Numbered: Send {
    /// The numbers of words that it holds.
    fn numbers(&mut self) -> impl Iterator<Item = &mut u32>;

    /// Where its words begin among those of all names.
    fn start(&mut self) -> &mut u32;
}

/// Takes `values` apart; `read` does so with those of one stretch.
pub(super) fn gather<V: Sync, N: Numbered>(
    values: &[V],
    read: impl Fn(&[V]) -> (Reader, Vec<N>, Vec<u32>) + Sync,
) -> Gathered<N> {
    if values.len() <= STRETCH {
        let (reader, names, words) = read(values);
        return Gathered { lexicon: reader.done(), names, words };
    }
    let parts: Vec<(Lexicon, Vec<N>, Vec<u32>)> = values
        .par_chunks(STRETCH)
        .map(|values| {
            let (reader, names, words) = read(values);
            (reader.done(), names, words)
        })
        .collect();
    let mut reader = Reader::new();
    let mut all = Vec::with_capacity(values.len());
    let mut words = Vec::with_capacity(parts.iter().map(|(_, _, words)| words.len()).sum());
    for (lexicon, names, own) in parts {
        let known = reader.absorb(&lexicon);
        let number = |word: u32| if word == NONE { NONE } else { known[word as usize] };
        let start = words.len() as u32;
        words.extend(own.into_iter().map(number));
        all.extend(names.into_iter().map(|mut name| {
            name.numbers().for_each(|word| *word = number(*word));
            *name.start() += start;
            name
        }));
    }
    Gathered { lexicon: reader.done(), names: all, words }
}
