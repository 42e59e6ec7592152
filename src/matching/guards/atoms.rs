//! A value taken apart into what guards compare: words, numbers, lone letters, signs, points of the compass.

use super::axes::{Pole, poles};
use super::dictionary;
use crate::matching::spelling;
use crate::matching::vocabulary::{self, Entry};

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Two letters or more.
    Word,
    /// One letter by itself.
    Letter,
    /// One letter behind a number.
    Unit,
}

/// A word of a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Atom {
    pub(super) text: Box<str>,
    pub(super) kind: Kind,
    pub(super) poles: &'static [Pole],
    pub(super) names: &'static [Entry],
    /// Whether the word is right as it stands: it is known, so it is no misspelling of another.
    pub(super) known: bool,
    /// Bits of [`super::prefix_bits`].
    pub(super) prefixes: u64,
}

impl Atom {
    fn new(text: &str, kind: Kind) -> Self {
        let word = kind == Kind::Word;
        let poles = if word { poles(text) } else { &[] };
        let names = if word { vocabulary::names(text) } else { &[] };
        let known = !word || !poles.is_empty() || !names.is_empty() || dictionary::holds(text);
        let prefixes = if word { super::prefix_bits(text) } else { 0 };
        Self { text: text.into(), kind, poles, names, known, prefixes }
    }
}

/// The parts of a value.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Parts {
    pub(super) words: Vec<Atom>,
    /// Numbers as digits without leading zeros and thousands separators, in order.
    pub(super) numbers: Vec<Box<str>>,
    /// Whether a number was written in words.
    pub(super) spelled: bool,
    /// Bits of [`mark`].
    pub(super) marks: u16,
    /// Bits of [`compass`].
    pub(super) directions: u8,
    /// The letter that stands for a point of the compass, if one does.
    pub(super) initial: Option<char>,
    /// Letters, digits and marks, without the space between them.
    pub(super) text: String,
}

/// A stretch of one kind.
#[derive(Debug, PartialEq)]
enum Run {
    Letters(String),
    Number(String),
    Sign(char),
    /// The end of a word.
    Gap,
}

/// Longer values are free text, which nobody asks about; what stands behind this many words is not looked at.
const MOST_WORDS: usize = 24;

pub(super) fn parts(value: &str) -> Parts {
    let mut parts = Parts::default();
    let runs = runs(value, &mut parts.text);
    let mut at = 0;
    while at < runs.len() && parts.words.len() < MOST_WORDS {
        at = match &runs[at] {
            Run::Gap => at + 1,
            Run::Sign(sign) => {
                parts.marks |= mark(*sign, &runs, at);
                at + 1
            }
            Run::Number(number) => {
                let thousands = matches!(runs.get(at + 1), Some(Run::Letters(k)) if k == "k") && !number.contains('.');
                parts.numbers.push(if thousands { format!("{number}000") } else { number.clone() }.into());
                at + 1 + usize::from(thousands)
            }
            Run::Letters(letters) if letters.chars().nth(1).is_none() => letter(letters, &runs, at, &mut parts),
            Run::Letters(letters) => {
                word(letters, &runs, at, &mut parts);
                at + 1
            }
        };
    }
    parts
}

/// Letters, numbers and signs of a value, with a gap behind every word.
fn runs(value: &str, text: &mut String) -> Vec<Run> {
    let mut runs = Vec::new();
    let end = value.char_indices().nth(400).map_or(value.len(), |(end, _)| end);
    for word in spelling::words(&value[..end]) {
        let word = if word == "w/o" { "without".to_owned() } else { word };
        if !poles(&word).is_empty() {
            text.push_str(&word);
            runs.extend([Run::Letters(word), Run::Gap]);
            continue;
        }
        if text.ends_with(char::is_numeric) && word.starts_with(char::is_numeric) {
            text.push(' ');
        }
        let chars: Vec<char> = word.chars().collect();
        let mut at = 0;
        while let Some(&c) = chars.get(at) {
            let from = at;
            if c.is_numeric() {
                while chars.get(at).is_some_and(|c| c.is_numeric() || matches!(c, '.' | ',' | ':')) {
                    at += 1;
                }
                if text.ends_with(char::is_numeric) {
                    text.push(' ');
                }
                let number = number(&chars[from..at]);
                text.push_str(&number);
                runs.push(Run::Number(number));
            } else if c.is_alphanumeric() {
                while chars.get(at).is_some_and(|c| c.is_alphanumeric() && !c.is_numeric()) {
                    at += 1;
                }
                let letters: String = chars[from..at].iter().collect();
                text.push_str(&letters);
                runs.push(Run::Letters(letters));
            } else {
                at += 1;
                if matches!(c, '+' | '#' | '<' | '>' | '%') {
                    text.push(c);
                }
                runs.push(Run::Sign(c));
            }
        }
        runs.push(Run::Gap);
    }
    // Initials: `J. P.` is `JP`.
    let mut joined: Vec<Run> = Vec::with_capacity(runs.len());
    let mut initials = false;
    let free: Vec<char> = value[..end]
        .split(|c: char| !c.is_alphanumeric())
        .filter(|piece| is_lone(piece))
        .flat_map(|piece| piece.chars().flat_map(char::to_lowercase))
        .collect();
    for run in runs {
        if let Run::Letters(letter) = &run
            && is_lone(letter)
            && let [.., Run::Letters(before), Run::Gap] = &mut joined[..]
            && initials
        {
            before.push_str(letter);
            continue;
        }
        // `eMail` and `MMail` are words; only a letter that stands free is one by itself.
        if let Run::Letters(word) = &run
            && initials
            && let [.., Run::Letters(before), Run::Gap] = &mut joined[..]
            && is_lone(before)
            && !before.starts_with(|c| free.contains(&c))
        {
            before.push_str(word);
            initials = false;
            continue;
        }
        if run == Run::Gap && joined.last() == Some(&Run::Gap) {
            continue;
        }
        initials = matches!(&run, Run::Letters(letter) if is_lone(letter)) || (initials && run == Run::Gap);
        joined.push(run);
    }
    joined
}

fn is_lone(letters: &str) -> bool {
    letters.chars().nth(1).is_none()
}

/// A number without thousands separators and leading zeros, `.` as its decimal point.
fn number(digits: &[char]) -> String {
    let text: String = digits.iter().collect();
    let text = text.trim_matches(|c: char| !c.is_numeric());
    let separators: Vec<char> = text.chars().filter(|c| !c.is_numeric()).collect();
    let thousands = |sign: char| {
        let mut groups = text.split(sign);
        groups.next().is_some_and(|first| (1..=3).contains(&first.len())) && groups.all(|group| group.len() == 3)
    };
    let mut number = match separators[..] {
        [sign, ..] if sign != ':' && separators.iter().all(|other| *other == sign) && thousands(sign) => {
            text.replace(sign, "")
        }
        [sign] if sign != ':' => {
            let (whole, part) = text.split_once(sign).unwrap_or((text, ""));
            // 2.0 is 2, but 4.10 is no 4.1 where versions are meant.
            if part.bytes().all(|byte| byte == b'0') { whole.to_owned() } else { format!("{whole}.{part}") }
        }
        _ => text.to_owned(),
    };
    let zeros = number.len() - number.trim_start_matches('0').len();
    let keep = usize::from(number[zeros..].chars().next().is_none_or(|c| !c.is_numeric()));
    number.drain(..zeros.saturating_sub(keep));
    number
}

/// The bit of a sign that changes the meaning where it stands.
fn mark(sign: char, runs: &[Run], at: usize) -> u16 {
    let before = at.checked_sub(1).and_then(|at| runs.get(at));
    let after = runs.get(at + 1);
    let behind_letter = matches!(before, Some(Run::Letters(letters)) if is_lone(letters));
    match sign {
        '+' if matches!(before, Some(Run::Sign('+'))) => 1 << 1,
        '+' if matches!(before, Some(Run::Letters(_) | Run::Number(_))) => 1,
        // `100 +`, at the end.
        '+' if matches!(before, Some(Run::Gap))
            && matches!(at.checked_sub(2).and_then(|at| runs.get(at)), Some(Run::Number(_)))
            && runs.len() == at + 2 =>
        {
            1
        }
        '#' if matches!(before, Some(Run::Letters(_))) => 1 << 2,
        '<' => 1 << 3,
        '>' => 1 << 4,
        '%' => 1 << 5,
        '-' | '–' | '—' if behind_letter && matches!(after, Some(Run::Gap) | None) => 1 << 6,
        // A negative number, if the value is no more than that.
        '-' | '–' if before.is_none() && matches!(runs[at + 1..], [Run::Number(_), Run::Gap]) => 1 << 7,
        _ => 0,
    }
}

/// One letter: an initial, a class, a unit, a Roman numeral. The position of what comes next.
fn letter(letter: &str, runs: &[Run], at: usize, parts: &mut Parts) -> usize {
    let next = at + 1;
    let after = runs.get(next);
    // Over the gap between two words.
    let beyond = if matches!(after, Some(Run::Gap)) { runs.get(at + 2) } else { after };
    let before_number = matches!(beyond, Some(Run::Number(_)));
    let before_word = matches!(beyond, Some(Run::Letters(word)) if !is_lone(word) && !STOP.contains(&word.as_str()));
    let behind_number = match at.checked_sub(1).and_then(|at| runs.get(at)) {
        Some(Run::Number(_)) => true,
        Some(Run::Gap) => matches!(at.checked_sub(2).and_then(|at| runs.get(at)), Some(Run::Number(_))),
        _ => false,
    };
    let period =
        |most: &str| matches!(after, Some(Run::Number(number)) if number.len() == 1 && number.as_str() <= most);
    match letter {
        "q" if period("4") || (behind_number && !matches!(beyond, Some(Run::Letters(_)))) => {
            push("quarter", Kind::Word, parts);
        }
        "h" if period("2") => push("half", Kind::Word, parts),
        "v" if before_number => {}
        // 3 x 5, 24x7.
        "x" if before_number && behind_number => {}
        "a" if at == 0 && before_word && matches!(after, Some(Run::Gap)) => {}
        "n" | "e" | "s" | "w" if at == 0 && before_word => {
            parts.directions |= compass(letter);
            parts.initial = letter.chars().next();
        }
        "i" | "v" | "x" if beyond.is_none() && !parts.words.is_empty() => {
            parts.spelled = true;
            parts.numbers.push(roman(letter).unwrap_or_default().into());
        }
        _ if behind_number => push(letter, Kind::Unit, parts),
        _ => push(letter, Kind::Letter, parts),
    }
    next
}

fn push(word: &str, kind: Kind, parts: &mut Parts) {
    parts.words.push(Atom::new(word, kind));
}

fn word(letters: &str, runs: &[Run], at: usize, parts: &mut Parts) {
    let number_before = matches!(at.checked_sub(1).and_then(|at| runs.get(at)), Some(Run::Number(_)));
    let beyond = runs.get(at + 1).and_then(|run| if *run == Run::Gap { runs.get(at + 2) } else { Some(run) });
    if number_before && matches!(letters, "st" | "nd" | "rd" | "th" | "er" | "ere" | "eme" | "te" | "ter" | "ste") {
        return;
    }
    if matches!(letters, "no" | "nr" | "num" | "number" | "ver" | "version" | "vers")
        && matches!(beyond, Some(Run::Number(_)))
    {
        return;
    }
    if matches!(letters, "percent" | "pct" | "prozent") {
        parts.marks |= 1 << 5;
        return;
    }
    if letters == "plus" && matches!(at.checked_sub(2).and_then(|at| runs.get(at)), Some(Run::Number(_))) {
        parts.marks |= 1;
        return;
    }
    if STOP.contains(&letters) {
        return;
    }
    if let Some(number) = numeral(letters).or_else(|| if at > 0 { roman(letters) } else { None }) {
        parts.spelled = true;
        parts.numbers.push(number.into());
        return;
    }
    let initials = letters.len() == 2;
    let bits = compass(letters);
    if bits > 0 && (!initials || (at == 0 && !matches!(beyond, Some(Run::Number(_))))) {
        parts.directions |= bits;
        return;
    }
    if let Some((bits, rest)) = glued(letters) {
        parts.directions |= bits;
        push(rest, Kind::Word, parts);
        return;
    }
    push(letters, Kind::Word, parts);
}

/// Words that tell nothing.
const STOP: [&str; 24] = [
    "the", "of", "and", "und", "et", "an", "de", "la", "le", "les", "el", "los", "las", "der", "die", "das", "des",
    "du", "del", "dem", "den", "for", "fur", "at",
];

/// The bits of a point of the compass: north, south, east, west, mid.
fn compass(word: &str) -> u8 {
    match word {
        "n" | "north" | "northern" | "northwards" | "nord" | "norden" | "norte" | "nth" => 1,
        "s" | "south" | "southern" | "sud" | "sued" | "suden" | "sur" | "sth" => 2,
        "e" | "east" | "eastern" | "ost" | "osten" | "este" => 4,
        "w" | "west" | "western" | "westen" | "ouest" | "oeste" => 8,
        "ne" | "northeast" | "northeastern" | "nordost" | "nordosten" | "noreste" | "nordeste" => 1 | 4,
        "nw" | "northwest" | "northwestern" | "nordwest" | "nordwesten" | "noroeste" => 1 | 8,
        "se" | "southeast" | "southeastern" | "sudost" | "sudosten" | "sureste" | "sudeste" => 2 | 4,
        "sw" | "southwest" | "southwestern" | "sudwest" | "sudwesten" | "suroeste" | "sudoeste" => 2 | 8,
        "midwest" | "midwestern" => 16 | 8,
        "mideast" => 16 | 4,
        "central" | "centro" | "zentral" => 16,
        _ => 0,
    }
}

/// `eastregion` is `east` and `region`; only such words are taken apart, as `northrop` is no north.
fn glued(word: &str) -> Option<(u8, &str)> {
    const AFTER: [&str; 25] = [
        "region",
        "deutschland",
        "regions",
        "area",
        "territory",
        "zone",
        "district",
        "team",
        "sales",
        "coast",
        "side",
        "bound",
        "division",
        "america",
        "africa",
        "asia",
        "europe",
        "korea",
        "carolina",
        "dakota",
        "virginia",
        "office",
        "market",
        "sector",
        "branch",
    ];
    AFTER.iter().find_map(|known| {
        let rest = word.strip_suffix(known).or_else(|| word.strip_prefix(known))?;
        let bits = compass(rest);
        (bits > 0 && rest.len() > 2).then_some((bits, *known))
    })
}

/// A number written in words.
fn numeral(word: &str) -> Option<&'static str> {
    Some(match word {
        "zero" => "0",
        "one" | "first" | "eins" => "1",
        "two" | "second" | "zwei" => "2",
        "three" | "third" | "drei" => "3",
        "four" | "fourth" | "vier" => "4",
        "five" | "fifth" | "funf" => "5",
        "six" | "sixth" | "sechs" => "6",
        "seven" | "seventh" | "sieben" => "7",
        "eight" | "eighth" => "8",
        "nine" | "ninth" | "neun" => "9",
        "ten" | "tenth" | "zehn" => "10",
        "eleven" | "eleventh" => "11",
        "twelve" | "twelfth" => "12",
        "fifteen" => "15",
        "twenty" => "20",
        "thirty" => "30",
        "forty" => "40",
        "fifty" => "50",
        "sixty" => "60",
        "ninety" => "90",
        _ => return None,
    })
}

/// A Roman numeral.
fn roman(word: &str) -> Option<&'static str> {
    Some(match word {
        "i" => "1",
        "ii" => "2",
        "iii" => "3",
        "iv" => "4",
        "v" => "5",
        "vi" => "6",
        "vii" => "7",
        "viii" => "8",
        "ix" => "9",
        "x" => "10",
        "xi" => "11",
        "xii" => "12",
        "xiii" => "13",
        _ => return None,
    })
}
