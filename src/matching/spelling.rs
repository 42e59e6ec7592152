//! Spelling variants among distinct values: key collision, after OpenRefine's fingerprint keyer, on words that are also
//! split at camelCase.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

/// Values that are one value, and the spelling to keep.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// The most frequent well-formed spelling, ties by bytes.
    pub canonical: String,
    /// How many cells have the canonical spelling.
    pub count: u64,
    /// Every other spelling, and whether only the order of words differs.
    pub variants: Vec<(String, Relation)>,
}

/// How a variant differs from the canonical spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Case, space, punctuation or accents.
    Spelling,
    /// The order of words.
    WordOrder,
}

impl Cluster {
    /// How sure it is that `value` is a variant: 0..1.
    #[must_use]
    pub fn confidence_of(&self, value: &str) -> f64 {
        match self.variants.iter().find(|(variant, _)| variant == value) {
            Some((_, Relation::WordOrder)) => 0.85,
            Some((_, Relation::Spelling)) => 0.98,
            None => 1.0,
        }
    }
}

/// The words that a value is compared by: accents folded, case folded, split at white space, punctuation and camelCase.
///
/// `+ - < > / & # .` and the like stay where they tell values apart: beside digits, beside lone letters, and inside
/// words; a dash between words of two letters or more only joins them. Arrows, signs of mathematics, pictures and the like
/// always stay: they are often all that tells two values apart.
#[must_use]
pub fn words(value: &str) -> Vec<String> {
    // Of lower-case letters and spaces only spaces part words.
    if value.bytes().all(|b| b.is_ascii_lowercase() || b == b' ') {
        return value.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    }
    let chars = signs(value);
    let mut words: Vec<String> = vec![String::new()];
    let start = |words: &mut Vec<String>| {
        if words.last().is_none_or(|word| !word.is_empty()) {
            words.push(String::new());
        }
    };
    for (at, &c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| chars[at]);
        let after = chars.get(at + 1).copied();
        if c.is_alphanumeric() {
            let camel = c.is_uppercase()
                && (before.is_some_and(char::is_lowercase)
                    || (before.is_some_and(char::is_uppercase) && after.is_some_and(char::is_lowercase)));
            if camel {
                start(&mut words);
            }
            if let Some(word) = words.last_mut() {
                word.push_str(&folded(c));
            }
        } else if is_telling(&chars, at) {
            if let Some(word) = words.last_mut() {
                word.push(c);
            }
        } else if c == '&' {
            start(&mut words);
            words.push("and".to_owned());
            words.push(String::new());
        } else if !matches!(c, '\'' | '’' | '`' | '.') && !is_mark(c) {
            start(&mut words);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The characters of a value, with one sign for each kind of dash at a number, and no space in ranges: `1 – 10` is `1-10`.
fn signs(value: &str) -> Vec<char> {
    let chars: Vec<char> = value.nfkc().collect();
    let is_dash = |c: char| matches!(c, '-' | '–' | '—' | '−');
    let number = |c: Option<&char>| c.is_some_and(|c| c.is_numeric());
    let mut out: Vec<char> = Vec::with_capacity(chars.len());
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        at += 1;
        if !is_dash(c) {
            out.push(c);
            continue;
        }
        let skipped = chars[at..].iter().take_while(|c| **c == ' ').count();
        let held = out.iter().rposition(|c| *c != ' ').map_or(0, |last| last + 1);
        if number(out[..held].last()) && number(chars.get(at + skipped)) {
            out.truncate(held);
            at += skipped;
            out.push('-');
        } else if c == '−' || number(out.last()) || number(chars.get(at)) {
            out.push('-');
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether a character is a sign or a picture: neither letter nor digit, space, mark nor punctuation of text.
fn is_sign(c: char) -> bool {
    let is_punctuation = matches!(c,
        '¡' | '§' | '«' | '¶' | '·' | '»' | '¿' | '\u{AD}' | '´' | '¨' | '¯' | '¸'
        | '\u{2010}'..='\u{2031}' | '\u{2034}'..='\u{2043}' | '\u{2045}'..='\u{2070}'
        | '\u{3000}'..='\u{303F}' | '\u{FE10}'..='\u{FE6F}');
    !c.is_ascii() && !c.is_alphanumeric() && !c.is_whitespace() && !is_mark(c) && !is_punctuation && is_drawn(c)
}

/// Whether a character lies where Unicode has signs and pictures; marks and punctuation of other scripts do not.
fn is_drawn(c: char) -> bool {
    matches!(c,
        '\u{A2}'..='\u{BF}' | '×' | '÷' | '\u{2032}' | '\u{2033}' | '\u{2044}' | '\u{20A0}'..='\u{20CF}'
        | '\u{2100}'..='\u{2BFF}' | '\u{3200}'..='\u{33FF}' | '\u{1F000}'..='\u{1FAFF}')
}

/// Words without the space between them, but for numbers: `1 10` is not `11 0`.
pub(super) fn squeezed(words: &[String]) -> String {
    let mut key = String::new();
    for word in words {
        if key.ends_with(char::is_numeric) && word.starts_with(char::is_numeric) {
            key.push(' ');
        }
        key.push_str(word);
    }
    key
}

/// Whether the character at `at`, which is neither letter nor digit, changes the meaning of what it stands beside.
fn is_telling(chars: &[char], at: usize) -> bool {
    let c = chars[at];
    let before = at.checked_sub(1).map(|at| chars[at]);
    let after = chars.get(at + 1).copied();
    let digit = |c: Option<char>| c.is_some_and(char::is_numeric);
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    match c {
        // Decimal points and thousands: 1.5 is not 15.
        '.' | ',' | ':' if digit(before) && digit(after) => true,
        // What somebody doubted: a number, or a short answer. After more words it is a question, and said either way.
        '?' => digit(before) || (letter(before) && chars.iter().filter(|c| c.is_whitespace()).count() < 2),
        // Feet and inches.
        '\'' | '"' => digit(before),
        // A name that begins with a point.
        '.' if !digit(after) => letter(after) && before.is_none_or(char::is_whitespace),
        '+' | '#' | '<' | '>' | '=' | '%' | '$' | '€' | '£' | '*' | '~' | '^' => true,
        '/' | '&' | '@' => letter(before) && letter(after),
        '-' | '–' | '—' => {
            let run = |step: isize| {
                let mut n = 0;
                let mut i = at.cast_signed() + step;
                while i >= 0 && chars.get(i.cast_unsigned()).is_some_and(|c| c.is_alphabetic()) {
                    n += 1;
                    i += step;
                }
                n
            };
            // A range, a sign, a grade: 1-10, -5, A-. Between words of two letters a dash only joins.
            digit(before) || digit(after) || (letter(before) && run(-1) == 1) || (letter(after) && run(1) == 1)
        }
        _ => is_sign(c),
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{FE00}'..='\u{FE0F}') || crate::normalise::text::is_invisible(c)
}

/// Lower case without accents, for Latin letters; other scripts are only case-folded, as their marks are letters.
fn folded(c: char) -> String {
    if c.is_ascii() {
        return c.to_ascii_lowercase().to_string();
    }
    if matches!(c, '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}') {
        return deunicode::deunicode_char(c).unwrap_or_default().to_lowercase();
    }
    c.to_lowercase().collect()
}

/// A distinct value, the cells that hold it, and its words.
type Spelling<'a> = (&'a str, u64, Vec<String>);

/// Clusters of spellings among `counts`, which maps each distinct value (trimmed) to the cells that hold it. Clusters
/// come in the order of their canonical values' bytes.
#[must_use]
pub fn clusters(counts: &BTreeMap<String, u64>) -> Vec<Cluster> {
    let mut by_key: BTreeMap<String, Vec<Spelling<'_>>> = BTreeMap::new();
    for (value, count) in counts {
        let words = words(value);
        if !words.is_empty() {
            by_key.entry(squeezed(&words)).or_default().push((value, *count, words));
        }
    }
    // Second, keys whose words are the same in another order. Only between spaced spellings of two words or more.
    let mut by_set: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for (key, members) in &by_key {
        for (_, _, words) in members {
            if may_reorder(words) {
                let mut set = words.clone();
                set.sort_unstable();
                let keys = by_set.entry(set).or_default();
                if !keys.contains(key) {
                    keys.push(key.clone());
                }
            }
        }
    }
    let mut merged: BTreeMap<String, String> = BTreeMap::new();
    for keys in by_set.values().filter(|keys| keys.len() > 1) {
        let first = merged.get(&keys[0]).cloned().unwrap_or_else(|| keys[0].clone());
        for key in keys {
            merged.entry(key.clone()).or_insert_with(|| first.clone());
        }
    }
    let mut groups: BTreeMap<&str, Vec<(&str, u64, &str)>> = BTreeMap::new();
    for (key, members) in &by_key {
        let group = merged.get(key).unwrap_or(key);
        groups.entry(group).or_default().extend(members.iter().map(|(value, count, _)| (*value, *count, key.as_str())));
    }
    let mut found: Vec<Cluster> = groups.into_values().filter_map(|members| cluster(&members)).collect();
    found.sort_by(|a, b| a.canonical.cmp(&b.canonical));
    found
}

fn cluster(members: &[(&str, u64, &str)]) -> Option<Cluster> {
    let (canonical, count, key) =
        members.iter().max_by(|a, b| (form(a.0), a.1).cmp(&(form(b.0), b.1)).then_with(|| b.0.cmp(a.0))).copied()?;
    let mut variants: Vec<(String, Relation)> = members
        .iter()
        .filter(|(value, _, _)| *value != canonical)
        .map(|(value, _, other)| {
            ((*value).to_owned(), if *other == key { Relation::Spelling } else { Relation::WordOrder })
        })
        .collect();
    variants.sort_by(|a, b| a.0.cmp(&b.0));
    (!variants.is_empty()).then(|| Cluster { canonical: canonical.to_owned(), count, variants })
}

/// How well formed a spelling is: 0 if it holds doubled space, odd characters or glued words, else 1. Frequency decides
/// among equals.
pub(super) fn form(value: &str) -> u8 {
    let glued = {
        let chars: Vec<char> = value.chars().collect();
        chars.windows(2).any(|pair| pair[0].is_lowercase() && pair[1].is_uppercase()) && !value.contains(' ')
    };
    let untidy = value.contains("  ")
        || value
            .chars()
            .any(|c| c.is_control() || (c.is_whitespace() && c != ' ') || crate::normalise::text::is_invisible(c));
    u8::from(!glued && !untidy)
}

/// Whether the order of words may be spelling: not where a word says direction or sequence, nor where numbers stand.
pub(super) fn may_reorder(words: &[String]) -> bool {
    const ORDERED: [&str; 16] = [
        "to", "from", "vs", "versus", "before", "after", "over", "under", "of", "by", "for", "not", "no", "in", "per",
        "than",
    ];
    words.len() > 1
        && !words.iter().any(|word| ORDERED.contains(&word.as_str()) || word.chars().any(|c| !c.is_alphabetic()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn joined(values: &[(&str, u64)]) -> Vec<(String, Vec<String>)> {
        let counts = values.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect();
        clusters(&counts)
            .into_iter()
            .map(|c| (c.canonical, c.variants.into_iter().map(|(value, _)| value).collect()))
            .collect()
    }

    #[test]
    fn spellings_of_one_region_are_joined_and_other_regions_stay_apart() {
        let found = joined(&[
            ("East Region", 90),
            ("EastRegion", 3),
            ("EAST REGION", 2),
            ("east-region", 1),
            ("East  Region", 1),
            ("Region East", 1),
            ("West Region", 80),
            ("Southeast", 9),
        ]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, "East Region");
        assert_eq!(found[0].1, ["EAST REGION", "East  Region", "EastRegion", "Region East", "east-region"]);
    }

    #[test]
    fn what_changes_the_meaning_keeps_values_apart() {
        for pair in [
            ("1-10", "110"),
            ("A+", "A-"),
            ("A", "A-"),
            ("C", "C++"),
            ("C", "C#"),
            ("C++", "C#"),
            ("<50", ">50"),
            ("<50", "50"),
            ("1.5", "15"),
            ("Tier 1", "Tier 2"),
            ("R&D", "RD"),
            ("Sales/Marketing", "Sales Marketing"),
            ("50%", "50"),
            ("Sales to Marketing", "Marketing to Sales"),
            ("Q1 Q2", "Q2 Q1"),
            ("10-50", "10 - 500"),
            ("-5", "5"),
            ("1 10", "11 0"),
            ("2003?", "2003"),
            ("Won!", "Won?"),
            ("✅ Done", "❌ Done"),
            ("≤10", "≥10"),
            ("±5", "5"),
            ("−5", "5"),
            ("→ In", "← In"),
            ("✓", "✗"),
            ("👍 ok", "👎 ok"),
            ("🇩🇪 Sales", "🇫🇷 Sales"),
            ("♂ Male", "♀ Male"),
            ("12'", "12\""),
            ("5′", "5″"),
            (".NET", "NET"),
            ("A♯", "A"),
        ] {
            assert!(joined(&[(pair.0, 5), (pair.1, 5)]).is_empty(), "{pair:?}");
        }
    }

    #[test]
    fn what_does_not_change_the_meaning_joins_them() {
        for pair in [
            ("Health Care", "Healthcare"),
            ("Zürich", "Zurich"),
            ("Women's", "Womens"),
            ("Oil & Gas", "Oil and Gas"),
            ("Self-Service", "Self Service"),
            ("LinkedIn", "Linkedin"),
            ("U.S.", "US"),
            ("paid search", "Search Paid"),
            ("e-mail", "E-Mail"),
            ("ﬁnance", "Finance"),
            ("1-10", "1 - 10"),
            ("1-10", "1–10"),
            ("−5", "-5"),
            ("• East", "East"),
            ("“East”", "East"),
            ("How did you hear?", "How did you hear"),
            ("Won!", "Won"),
        ] {
            assert_eq!(joined(&[(pair.0, 5), (pair.1, 4)]).len(), 1, "{pair:?}");
        }
    }

    #[test]
    fn the_most_frequent_well_formed_spelling_is_kept() {
        assert_eq!(joined(&[("EastRegion", 50), ("East Region", 3)])[0].0, "East Region");
        assert_eq!(joined(&[("EAST REGION", 50), ("East Region", 3)])[0].0, "EAST REGION");
        assert_eq!(joined(&[("b x", 3), ("B X", 3)])[0].0, "B X");
    }

    proptest! {
        #[test]
        fn every_value_is_in_at_most_one_cluster(values in proptest::collection::btree_map("[A-Ba-b1 .+-]{1,6}", 1_u64..9, 0..12)) {
            let mut seen = std::collections::BTreeSet::new();
            for cluster in clusters(&values) {
                for value in cluster.variants.iter().map(|(value, _)| value).chain([&cluster.canonical]) {
                    prop_assert!(seen.insert(value.clone()), "{value} is in two clusters");
                    prop_assert!(values.contains_key(value));
                }
            }
        }
    }
}
