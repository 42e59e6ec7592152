//! Short forms: values whose words, or their beginnings, stand in exactly one other value of the column.

use std::collections::BTreeMap;

use super::nodes::Node;

/// A short form of the node at `of`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Short {
    pub(super) of: usize,
    pub(super) confidence: f64,
    pub(super) what: &'static str,
}

/// Words that only say of what kind the value is, whether or not other values of the column have them.
const GENERIC: [&str; 18] = [
    "region",
    "area",
    "territory",
    "country",
    "state",
    "province",
    "county",
    "district",
    "industry",
    "sector",
    "department",
    "dept",
    "team",
    "division",
    "zone",
    "market",
    "segment",
    "channel",
];

/// Abbreviations that are no beginnings of their words, and those that are too short to be told for such.
const CUSTOMARY: [(&str, &str); 36] = [
    ("acct", "account"),
    ("apr", "april"),
    ("asst", "assistant"),
    ("aug", "august"),
    ("bldg", "building"),
    ("ctr", "center"),
    ("dec", "december"),
    ("dept", "department"),
    ("dist", "distribution"),
    ("feb", "february"),
    ("govt", "government"),
    ("hq", "headquarters"),
    ("intl", "international"),
    ("jan", "january"),
    ("jr", "junior"),
    ("jul", "july"),
    ("jun", "june"),
    ("mar", "march"),
    ("mfg", "manufacturing"),
    ("mgmt", "management"),
    ("mgr", "manager"),
    ("mkt", "market"),
    ("mktg", "marketing"),
    ("natl", "national"),
    ("nov", "november"),
    ("oct", "october"),
    ("pmt", "payment"),
    ("qty", "quantity"),
    ("rd", "road"),
    ("sep", "september"),
    ("sept", "september"),
    ("sr", "senior"),
    ("svc", "service"),
    ("svcs", "services"),
    ("tech", "technology"),
    ("univ", "university"),
];

/// How much more usual than its short form a value is where nothing but the column says that a word means only the kind.
const USUAL: f64 = 4.0;

/// Most values that are looked through for one short form; a word that more hold is in no way the word of one.
const MOST: usize = 400;

/// The words of the canonical values of a column.
#[derive(Debug)]
pub(super) struct Shorts<'n, 'a> {
    nodes: &'n [Node<'a>],
    by_word: BTreeMap<&'n str, Vec<usize>>,
    by_letter: BTreeMap<char, Vec<usize>>,
}

impl<'n, 'a> Shorts<'n, 'a> {
    /// Over the canonical values: positions in `nodes`.
    pub(super) fn of(nodes: &'n [Node<'a>], canonical: &[usize]) -> Self {
        let mut by_word: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut by_letter: BTreeMap<char, Vec<usize>> = BTreeMap::new();
        for at in canonical {
            let words = &nodes[*at].words;
            for (which, word) in words.iter().enumerate() {
                if !words[..which].contains(word) {
                    by_word.entry(word).or_default().push(*at);
                }
            }
            if let Some(letter) = words.first().and_then(|word| word.chars().next()) {
                by_letter.entry(letter).or_default().push(*at);
            }
        }
        Self { nodes, by_word, by_letter }
    }

    /// What the canonical value at `at` is short for, if it is exactly one other.
    pub(super) fn find(&self, at: usize) -> Option<Short> {
        let node = &self.nodes[at];
        if node.fixed || node.words.is_empty() {
            return None;
        }
        if node.words.iter().any(|word| word.chars().any(char::is_numeric)) {
            // A number stands for nothing else; beside it a word may be short: Jan 2024.
            return self.begun(at);
        }
        self.contained(at).or_else(|| self.begun(at)).or_else(|| self.initials(at))
    }

    /// Whether a word says only the kind: it ends several values of the column whose other words differ.
    fn is_generic(&self, word: &str) -> bool {
        GENERIC.contains(&word)
            || self.by_word.get(word).is_some_and(|holders| {
                // What stands elsewhere too, or alone, means something.
                let ends = |at: &usize| {
                    let words = &self.nodes[*at].words;
                    words.len() > 1 && words.last().is_some_and(|last| last == word)
                };
                holders.len() > 1 && holders.iter().all(ends)
            })
    }

    /// The only canonical value that holds all words of the one at `at`, and more.
    fn contained(&self, at: usize) -> Option<Short> {
        let node = &self.nodes[at];
        let rarest =
            node.words.iter().filter_map(|word| self.by_word.get(word.as_str())).min_by_key(|list| list.len())?;
        if rarest.len() > MOST {
            return None;
        }
        let holds = |other: &&usize| {
            let words = &self.nodes[**other].words;
            **other != at && words.len() > node.words.len() && node.words.iter().all(|word| words.contains(word))
        };
        let of = only(rarest.iter().filter(holds))?;
        let long = &self.nodes[of];
        // A list with fewer parts is another list.
        if long.text().contains([',', ';', '/', '|']) {
            return None;
        }
        let mut more = long.words.iter().filter(|word| !node.words.contains(word));
        // A value of kinds only names nothing: "Region" beside "East Region".
        if node.words.iter().all(|word| self.is_generic(word)) {
            return None;
        }
        let ratio = long.count.max(1) as f64 / node.count.max(1) as f64;
        let what = "the same without a word that only says the kind";
        if more.clone().all(|word| GENERIC.contains(&word.as_str())) {
            return Some(Short { of, confidence: 0.92, what });
        }
        // What the column alone makes look like a kind may be one of several things: Facebook and Facebook Ads, where many
        // cells have either.
        if more.all(|word| self.is_generic(word)) {
            return (ratio >= USUAL).then_some(Short { of, confidence: 0.9, what });
        }
        // Any other word may tell two values apart, unless the shorter one is a rare way to write a frequent one.
        let one_more = long.words.len() == node.words.len() + 1;
        let told = node.words.iter().any(|word| word.chars().count() >= 5);
        (ratio >= 30.0 && one_more && told).then_some(Short {
            of,
            confidence: 0.7,
            what: "rare, and no other value of the column has its words",
        })
    }

    /// The only canonical value whose words begin like those of the one at `at`: `E. Region`, `Telecom`.
    fn begun(&self, at: usize) -> Option<Short> {
        let node = &self.nodes[at];
        let first = node.words.first()?;
        let candidates = self.by_letter.get(&first.chars().next()?)?;
        if candidates.len() > MOST {
            return None;
        }
        let abbreviates = |other: &&usize| **other != at && self.abbreviates(node, &self.nodes[**other]);
        let of = only(candidates.iter().filter(abbreviates))?;
        let ratio = self.nodes[of].count.max(1) as f64 / node.count.max(1) as f64;
        let confidence = if node.words.len() > 1 { 0.9 } else { 0.8 };
        (ratio >= 2.0 || node.words.len() > 1 && ratio >= 0.5).then_some(Short { of, confidence, what: "abbreviated" })
    }

    /// Whether each word of `short` is a word of `long` or the beginning of it, in order; words of `long` that are left
    /// over only say the kind.
    fn abbreviates(&self, short: &Node<'_>, long: &Node<'_>) -> bool {
        if short.words.len() > long.words.len() {
            return false;
        }
        let mut shortened = false;
        let mut whole = false;
        for (one, other) in short.words.iter().zip(&long.words) {
            if one == other {
                whole = true;
                continue;
            }
            if one.chars().chain(other.chars()).any(char::is_numeric) {
                return false;
            }
            if CUSTOMARY.contains(&(one.as_str(), other.as_str())) {
                shortened = true;
                continue;
            }
            let (few, many) = (one.chars().count(), other.chars().count());
            let stem = other.starts_with(one.as_str()) && many >= few + 3
                || (few == 1 && many > 3 && other.starts_with(one.as_str()));
            // A lone letter stands for a word only beside a whole word; a word by itself needs four letters.
            let least = if short.words.len() == 1 { 4 } else { 1 };
            // A longer form of the word is no abbreviation: `Engineer` and `Engineering`.
            let rest: String = other.chars().skip(few).collect();
            if !stem
                || few < least
                || matches!(rest.as_str(), "ing" | "ers" | "ion" | "ment" | "ness" | "ally" | "ship" | "less" | "able")
            {
                return false;
            }
            shortened = true;
        }
        let left = &long.words[short.words.len()..];
        shortened && (whole || short.words.len() == 1) && left.iter().all(|word| self.is_generic(word))
    }

    /// The only canonical value of whose words the value at `at` is made up: `APAC` for Asia Pacific.
    fn initials(&self, at: usize) -> Option<Short> {
        let node = &self.nodes[at];
        let [word] = node.words.as_slice() else { return None };
        let shouted = node.values.iter().any(|(value, _)| !value.chars().any(char::is_lowercase));
        if !shouted || !(3..=6).contains(&word.chars().count()) {
            return None;
        }
        let candidates = self.by_letter.get(&word.chars().next()?)?;
        if candidates.len() > MOST {
            return None;
        }
        let made = |other: &&usize| {
            let words = &self.nodes[**other].words;
            **other != at && (2..=6).contains(&words.len()) && is_made_of(word, words)
        };
        let of = only(candidates.iter().filter(made))?;
        Some(Short { of, confidence: 0.88, what: "made of the beginnings of its words" })
    }
}

/// The only one of several.
fn only<'x>(mut found: impl Iterator<Item = &'x usize>) -> Option<usize> {
    let first = found.next()?;
    found.next().is_none().then_some(*first)
}

/// Whether `letters` is beginnings of all `words` one after another, none longer than four letters.
fn is_made_of(letters: &str, words: &[String]) -> bool {
    let Some((word, rest)) = words.split_first() else { return letters.is_empty() };
    (1..=4).any(|length| {
        letters.get(..length).is_some_and(|front| word.starts_with(front))
            && letters.get(length..).is_some_and(|left| is_made_of(left, rest))
    })
}
