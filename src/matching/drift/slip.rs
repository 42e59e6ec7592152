//! Whether one spelling is a slip in writing another: what was mistyped, how rare it is beside the other, how much of the
//! word still stands.

use super::nodes::{Node, Words};
use crate::matching::fuzz;

/// A slip, and how sure it is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Slip {
    pub(super) confidence: f64,
    pub(super) what: &'static str,
}

/// What is known of the pair beside its letters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    /// Whether the value to keep is a name that the column's vocabulary, the picklist or the aliases list, and the other is
    /// none.
    pub(super) listed: bool,
    /// Whether the values are names of companies, of which near ones are often two.
    pub(super) companies: bool,
    /// The least confidence that counts.
    pub(super) least: f64,
}

/// The least confidence that is shown.
pub(super) const LEAST: f64 = 0.7;

/// Two spellings of which both are this frequent are both meant, unless one is far rarer.
const FREQUENT: u64 = 20;

/// Judges whether `variant` is a slip for `kept`; guards have been asked. `None` if too little speaks for it.
pub(super) fn judge(variant: &Node<'_>, kept: &Node<'_>, words: &Words<'_>, setting: Setting) -> Option<Slip> {
    let ratio = kept.count.max(1) as f64 / variant.count.max(1) as f64;
    let pairs = differing(variant, kept);
    let mut evidence = ratio;
    let mut odds: f64;
    let mut what = "a slip of the keys";
    if let Some(pairs) = &pairs {
        let mut edits = 0;
        odds = 0.0;
        for (one, other) in pairs {
            let typed = typed(one, other, setting.listed)?;
            edits += typed.edits;
            odds += typed.odds;
            what = typed.what;
            // A word that stands in other values too is a word of the column, if it is no rare one.
            let (said, (said_kept, in_kept)) = (words.said(one), words.said(other));
            let rarer = said_kept as f64 / said.0.max(1) as f64;
            if said.1 > 1 && rarer < 5.0 {
                return None;
            }
            // Of values that are all rare, the word says which is right: it stands in many.
            if in_kept > 2 {
                evidence = evidence.max(rarer / 2.0);
            }
        }
        if edits > 2 || pairs.is_empty() {
            return None;
        }
        if pairs.len() > 1 {
            what = "two slips of the keys";
        }
        let length = pairs.iter().map(|(_, other)| other.chars().count()).sum::<usize>() / pairs.len();
        odds += ((length as f64 - 6.0) * 0.2).clamp(-0.6, 2.0);
        // The rest of the value agrees.
        odds += 0.3 * (kept.words.len() - pairs.len()).min(2) as f64;
    } else {
        // The words are cut differently. Between numbers a space, a dash and a comma each say something else.
        if variant.key.chars().any(char::is_numeric) {
            return None;
        }
        let length = variant.key.chars().count().min(kept.key.chars().count());
        let most = if length < 8 { return None } else { 1 + usize::from(length >= 12) };
        let edits = fuzz::edits(&variant.key, &kept.key, most)?;
        odds = if edits > 1 { -1.5 } else { 0.0 } + ((length as f64 - 8.0) * 0.15).clamp(0.0, 1.5);
        what = "another space and a slip of the keys";
    }
    if evidence < 1.9 && !setting.listed {
        return None;
    }
    if variant.count >= FREQUENT && ratio < 4.0 && !(setting.listed && ratio >= 1.0) {
        return None;
    }
    odds += 0.7 * evidence.clamp(1.0, 300.0).ln() - 0.6;
    if setting.listed {
        odds += 1.5;
    }
    if setting.companies {
        odds -= if kept.words.len() > 1 { 1.0 } else { 2.0 };
    }
    let confidence = (1.0 / (1.0 + (-odds).exp())).clamp(0.0, 0.99);
    let confidence = (confidence * 100.0).round() / 100.0;
    (confidence >= setting.least).then_some(Slip { confidence, what })
}

/// The words that differ, pair by pair, if both values have as many words.
fn differing<'n>(variant: &'n Node<'_>, kept: &'n Node<'_>) -> Option<Vec<(&'n str, &'n str)>> {
    (variant.words.len() == kept.words.len()).then(|| {
        let both = variant.words.iter().zip(&kept.words);
        both.filter(|(one, other)| one != other).map(|(one, other)| (one.as_str(), other.as_str())).collect()
    })
}

/// How a word was mistyped.
struct Typed {
    edits: usize,
    odds: f64,
    what: &'static str,
}

/// How `one` came from `other`, if it is near enough for its length.
fn typed(one: &str, other: &str, listed: bool) -> Option<Typed> {
    // Programme and program, catalogue and catalog.
    let longer = |long: &str, short: &str| {
        [("me", 'm'), ("ue", 'g')]
            .iter()
            .any(|(end, before)| long.strip_suffix(end) == Some(short) && short.len() > 3 && short.ends_with(*before))
    };
    if longer(one, other) || longer(other, one) {
        return Some(Typed { edits: 1, odds: 1.5, what: "the British and the American spelling" });
    }
    // A sign beside a number says something: 2003 and 2003?.
    let plain = |word: &str| word.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    if one.chars().any(char::is_numeric) && plain(one) == plain(other) {
        return None;
    }
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let short = a.len().min(b.len());
    let most = match short {
        0..3 => return None,
        3..7 => 1,
        _ => 2,
    };
    let edits = fuzz::edits(one, other, most)?;
    let redoubled = edits == 2 && once(&a) == once(&b);
    // Two slips in a word of middling length, only towards a name that is known, and not at its ends.
    let ends = a.first() == b.first() && a.last() == b.last();
    if edits == 2 && short < 9 && !redoubled && !(listed && ends) {
        return None;
    }
    let front = a.iter().zip(&b).take_while(|pair| pair.0 == pair.1).count();
    let back = a[front..].iter().rev().zip(b[front..].iter().rev()).take_while(|pair| pair.0 == pair.1).count();
    let (left, right) = (&a[front..a.len() - back], &b[front..b.len() - back]);
    let beside =
        |c: char| front.checked_sub(1).and_then(|at| b.get(at)) == Some(&c) || b.get(b.len() - back) == Some(&c);
    let (mut odds, what) = match (left, right) {
        _ if redoubled => (0.5, "the wrong letter doubled"),
        _ if edits > 1 => (-1.0, "two slips of the keys"),
        ([_, _], [_, _]) if left[0] == right[1] && left[1] == right[0] => (1.5, "two letters swapped"),
        ([c], []) if beside(*c) => (1.5, "a letter doubled"),
        ([], [c]) if beside(*c) => (1.5, "a double letter written once"),
        ([_], []) => (0.5, "a letter too many"),
        ([], [_]) => (0.5, "a letter left out"),
        ([x], [y]) if are_alike(*x, *y) => (1.0, "a letter misread"),
        ([x], [y]) if is_vowel(*x) && is_vowel(*y) => (0.6, "another vowel"),
        ([x], [y]) if are_neighbours(*x, *y) => (0.5, "a key beside the right one"),
        _ => (-0.5, "another letter"),
    };
    let is_swap = what == "two letters swapped";
    let is_double = what == "a letter doubled" || what == "a double letter written once";
    // Short words are near many others.
    if short == 3 && !is_swap && !is_double || short == 4 && front == 0 && !is_swap {
        return None;
    }
    if front == 0 && !is_swap {
        odds -= 1.5;
    }
    if back == 0 && is_ending(left, right) {
        odds -= 1.0;
    }
    Some(Typed { edits, odds, what })
}

/// The letters, double ones once.
fn once(word: &[char]) -> Vec<char> {
    let mut word = word.to_vec();
    word.dedup();
    word
}

/// Whether the ends that differ are endings that words take: one may be another form of the other.
fn is_ending(left: &[char], right: &[char]) -> bool {
    const ENDINGS: [&str; 16] =
        ["", "s", "es", "ed", "d", "ing", "er", "ers", "r", "or", "al", "y", "n", "an", "ly", "e"];
    let is = |end: &[char]| ENDINGS.contains(&end.iter().collect::<String>().as_str());
    is(left) && is(right)
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

/// Characters that people and scanners take for each other.
fn are_alike(x: char, y: char) -> bool {
    const ALIKE: [(char, char); 9] =
        [('0', 'o'), ('1', 'l'), ('1', 'i'), ('i', 'l'), ('5', 's'), ('8', 'b'), ('c', 'k'), ('c', 's'), ('s', 'z')];
    ALIKE.contains(&(x, y)) || ALIKE.contains(&(y, x))
}

/// Whether two keys are side by side on the usual Latin keyboard.
fn are_neighbours(x: char, y: char) -> bool {
    const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
    let place = |c: char| ROWS.iter().enumerate().find_map(|(row, keys)| Some((row, keys.find(c)?)));
    let (Some((row, at)), Some((other_row, other))) = (place(x), place(y)) else { return false };
    match row.abs_diff(other_row) {
        0 => at.abs_diff(other) == 1,
        1 => {
            let (upper, lower) = if row < other_row { (at, other) } else { (other, at) };
            upper == lower || upper == lower + 1
        }
        _ => false,
    }
}
