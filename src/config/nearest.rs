//! "Did you mean": the nearest known name to a word that is not one.

use std::cmp::Ordering;

/// How many known names a hint lists before it only counts them.
const LISTED: usize = 60;

/// The known name nearest to a word, or `None` where a guess would only mislead.
///
/// Case, hyphens, underscores, dots and spaces do not count. Short words must be nearer than long ones: none of two
/// letters is near another, a word of nine may be three edits away. Failing that, a name whose first or last words are
/// the word is near if it is the only one: `retire` for `retire-after-days`. Ties go to the more similar beginning,
/// then to the alphabet, so the order of `known` does not matter.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(word);
    if folded.is_empty() {
        return None;
    }
    let mut best: Option<(Rank, &'a str)> = None;
    let mut holders = Vec::new();
    for name in known {
        let other = fold(name);
        let edits = strsim::osa_distance(&folded, &other);
        if edits <= tolerated(folded.chars().count().max(other.chars().count())) {
            let rank = Rank { edits, alike: strsim::jaro_winkler(&folded, &other) };
            let nearer = best
                .as_ref()
                .is_none_or(|(held, held_name)| rank.order(held).then_with(|| name.cmp(held_name)) == Ordering::Less);
            if nearer {
                best = Some((rank, name));
            }
        } else if folded.len() > 2 && begins_or_ends_with(name, &folded) && !holders.contains(&name) {
            holders.push(name);
        }
    }
    match (best, holders.as_slice()) {
        (Some((_, name)), _) => Some(name),
        (None, [only]) => Some(only),
        _ => None,
    }
}

/// What to say about a word that is not known: ``did you mean `DUP001`?``, else what is known.
pub fn hint<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(name) = nearest(word, known.iter().copied()) {
        return format!("did you mean `{name}`?");
    }
    match known.as_slice() {
        [] => "none is known here".to_owned(),
        [only] => format!("only `{only}` is known here"),
        _ => format!("known here: {}", list(&known)),
    }
}

/// Words as a list in backticks, counted where there are too many to read.
pub(super) fn list(words: &[&str]) -> String {
    let text = words.iter().take(LISTED).map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    match words.len().saturating_sub(LISTED) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

/// How near a name is: edits first, then how alike the words begin.
struct Rank {
    edits: usize,
    alike: f64,
}

impl Rank {
    fn order(&self, other: &Self) -> Ordering {
        self.edits.cmp(&other.edits).then_with(|| other.alike.total_cmp(&self.alike))
    }
}

const fn tolerated(letters: usize) -> usize {
    match letters {
        0..=2 => 0,
        3..=4 => 1,
        5..=8 => 2,
        _ => 3,
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, '-' | '_' | '.' | ' ' | '/')
}

fn fold(word: &str) -> String {
    word.chars().filter(|c| !is_separator(*c)).flat_map(char::to_lowercase).collect()
}

/// Whether the first or the last words of a name are the folded word.
fn begins_or_ends_with(name: &str, folded: &str) -> bool {
    name.char_indices().filter(|(_, c)| is_separator(*c)).any(|(at, c)| {
        let (head, tail) = (&name[..at], &name[at + c.len_utf8()..]);
        fold(head) == folded || fold(tail) == folded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 6] = ["required", "ignore-columns", "columns", "retire-after-days", "in", "type"];

    #[test]
    fn finds_what_was_meant() {
        for (word, meant) in [
            ("requird", Some("required")),
            ("Ignore_Columns", Some("ignore-columns")),
            ("ignorecolumn", Some("ignore-columns")),
            ("retire", Some("retire-after-days")),
            ("tpye", Some("type")),
            ("IN", Some("in")),
            ("on", None),
            ("zzz", None),
            ("", None),
            ("-", None),
        ] {
            assert_eq!(nearest(word, KEYS), meant, "{word}");
        }
    }

    #[test]
    fn ties_do_not_depend_on_order() {
        let codes = ["DUP011", "DUP021", "DUP001"];
        assert_eq!(nearest("DUP01", codes), nearest("DUP01", codes.into_iter().rev()));
        assert_eq!(nearest("bat", ["cat", "rat"]), nearest("bat", ["rat", "cat"]));
    }

    #[test]
    fn two_holders_are_no_hint() {
        assert_eq!(nearest("retire", ["retire-after-days", "retire-before-days"]), None);
        assert_eq!(nearest("new york", ["America/New_York", "UTC"]), Some("America/New_York"));
    }

    #[test]
    fn says_what_is_known() {
        assert_eq!(hint("DUP01", ["DUP001", "REQ001"]), "did you mean `DUP001`?");
        assert_eq!(hint("x", ["DUP001", "REQ001"]), "known here: `DUP001`, `REQ001`");
        assert_eq!(hint("x", ["DUP001"]), "only `DUP001` is known here");
        assert_eq!(hint("x", []), "none is known here");
        let many: Vec<String> = (100..200).map(|n| format!("k{n}")).collect();
        assert!(hint("zzzzz", many.iter().map(String::as_str)).ends_with("`k159` and 40 more"));
    }

    proptest::proptest! {
        #[test]
        fn a_known_name_is_its_own_nearest(at in 0..KEYS.len()) {
            proptest::prop_assert_eq!(nearest(&KEYS[at].to_uppercase().replace('-', "_"), KEYS), Some(KEYS[at]));
        }

        #[test]
        fn never_panics(word in ".*", known in proptest::collection::vec(".*", 0..4)) {
            hint(&word, known.iter().map(String::as_str));
        }
    }
}
