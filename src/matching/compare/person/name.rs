//! A name as it is compared: where its words stand, and hashes of the whole.

use super::super::gather::Numbered;
use super::super::key;
use super::super::words::{NONE, Reader, mix};
use super::parse::{Parsed, Parser};

/// Most words of a part that are kept.
const MOST: usize = 6;

/// One name, taken apart. Words that are not there are [`NONE`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Name {
    /// The first of the given names, and a hash of given and middle names without spaces.
    pub(super) given: u32,
    pub(super) given_glued: u64,
    /// The last word of the family name, and all of it in one word.
    pub(super) family: u32,
    pub(super) family_glued: u32,
    /// Where the words of middle and family name stand.
    pub(super) at: u32,
    pub(super) middles: u8,
    pub(super) families: u8,
    pub(super) generation: u8,
    /// What a title says of the sex: 1 or 2, 0 for nothing.
    pub(super) sex: u8,
    /// Whether it names two people.
    pub(super) couple: bool,
    /// Whether the only word, in `family`, may as well be the first name.
    pub(super) lone: bool,
    /// The words in any order, and the letters without spaces. 0 for a value without words.
    pub(super) sorted: u64,
    pub(super) glued: u64,
}

impl Numbered for Name {
    fn numbers(&mut self) -> impl Iterator<Item = &mut u32> {
        [&mut self.given, &mut self.family, &mut self.family_glued].into_iter()
    }

    fn start(&mut self) -> &mut u32 {
        &mut self.at
    }
}

/// A name as it is compared; its middle and family names go to `words`.
pub(super) fn name(parser: &mut Parser, parsed: &Parsed, words: &mut Vec<u32>) -> Name {
    let reader = &mut parser.reader;
    let all: Vec<u32> = [&parsed.given, &parsed.middle, &parsed.family].into_iter().flatten().copied().collect();
    let glue =
        |words: &[u32], reader: &Reader| -> String { words.iter().map(|word| reader.lexicon().text(*word)).collect() };
    let letters = |text: &str| if text.is_empty() { 0 } else { key(3, text) };
    let glued = letters(&glue(&all, reader));
    let given_glued = letters(&glue(&all[..parsed.given.len() + parsed.middle.len()], reader));
    let family_glued = match parsed.family.as_slice() {
        [] => NONE,
        [word] => *word,
        words => {
            let text = glue(words, reader);
            reader.number(&text)
        }
    };
    let mut hashes: Vec<u64> = all.iter().map(|word| reader.lexicon().word(*word).hash).collect();
    hashes.sort_unstable();
    let at = words.len() as u32;
    let middle = &parsed.middle[..parsed.middle.len().min(MOST)];
    let family = &parsed.family[parsed.family.len().saturating_sub(MOST)..];
    words.extend(middle);
    words.extend(family);
    Name {
        given: parsed.given.first().copied().unwrap_or(NONE),
        given_glued,
        family: family.last().copied().unwrap_or(NONE),
        family_glued,
        at,
        middles: middle.len() as u8,
        families: family.len() as u8,
        generation: parsed.generation,
        sex: parsed.sex,
        couple: parsed.couple,
        lone: parsed.lone,
        sorted: if glued == 0 {
            0
        } else {
            hashes.iter().fold(hashes.len() as u64, |all, hash| mix(all as u8, all ^ hash))
        },
        glued,
    }
}
