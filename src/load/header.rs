//! Headers: how they are made unique, how they are compared, which one is nearest to a misspelt one.

use hashbrown::{HashMap, HashSet};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The columns of one file, named so that no two are equal, and what was changed to get there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Headers {
    pub(crate) names: Vec<String>,
    /// Position after the last column that had a header of its own.
    pub(crate) named: usize,
    pub(crate) notes: Vec<String>,
}

/// Names every column: a repeated header becomes `Email (2)`, an empty one `column 3`.
pub(crate) fn name_columns(raw: Vec<String>) -> Headers {
    let mut seen: HashSet<String> = HashSet::with_capacity(raw.len());
    let taken: HashSet<String> = raw.iter().cloned().collect();
    let mut count: HashMap<String, usize> = HashMap::new();
    let mut headers = Headers::default();
    for (position, name) in raw.into_iter().enumerate() {
        let blank = name.trim().is_empty();
        let base = if blank { format!("column {}", position + 1) } else { name.clone() };
        if !blank {
            headers.named = position + 1;
        }
        let mut unique = base.clone();
        if seen.contains(&unique) || (blank && taken.contains(&unique)) {
            let number = count.entry(base.clone()).or_insert(1);
            while seen.contains(&unique) || taken.contains(&unique) {
                *number += 1;
                unique = format!("{base} ({number})");
            }
        }
        if blank {
            headers.notes.push(format!("the header of column {} is empty; it is called \"{unique}\"", position + 1));
        } else if unique != name {
            headers
                .notes
                .push(format!("the header \"{name}\" is repeated; column {} is called \"{unique}\"", position + 1));
        }
        seen.insert(unique.clone());
        headers.names.push(unique);
    }
    headers
}

/// A header as it is compared: lower-case letters and digits only, accents folded, Salesforce's `__c` dropped.
pub(crate) fn squeeze(header: &str) -> String {
    let trimmed = header.trim().trim_start_matches('\u{feff}');
    let lower = trimmed.to_lowercase();
    let stem = lower.strip_suffix("__c").or_else(|| lower.strip_suffix("__pc")).unwrap_or(&lower);
    stem.nfd().filter(|c| !is_combining_mark(*c) && c.is_alphanumeric()).collect()
}

/// The candidate closest to `wanted`, if any is close enough to be meant.
pub(crate) fn nearest<'a>(wanted: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let key = wanted.to_lowercase();
    candidates
        .map(|c| (strsim::damerau_levenshtein(&key, &c.to_lowercase()), c))
        .filter(|(distance, c)| *distance <= 1 + key.chars().count().max(c.chars().count()) / 4)
        .min_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(b.1)))
        .map(|(_, c)| c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(raw: &[&str]) -> Vec<String> {
        name_columns(raw.iter().map(|s| (*s).to_owned()).collect()).names
    }

    #[test]
    fn a_repeated_header_gets_a_number() {
        assert_eq!(names(&["Email", "Name", "Email", "Email"]), ["Email", "Name", "Email (2)", "Email (3)"]);
    }

    #[test]
    fn a_number_that_is_taken_is_passed_over() {
        assert_eq!(names(&["Email", "Email", "Email (2)"]), ["Email", "Email (3)", "Email (2)"]);
        assert_eq!(names(&["Email (2)", "Email", "Email"]), ["Email (2)", "Email", "Email (3)"]);
    }

    #[test]
    fn an_empty_header_is_called_by_its_place_and_noted() {
        let headers = name_columns(vec!["a".into(), String::new(), "column 2".into(), " ".into()]);
        assert_eq!(headers.names, ["a", "column 2 (2)", "column 2", "column 4"]);
        assert_eq!(headers.named, 3);
        assert_eq!(headers.notes.len(), 2);
    }

    #[test]
    fn headers_compare_without_case_punctuation_and_accents() {
        for same in ["E-Mail", "e mail", "EMAIL", "\u{feff}Email", "é.mail", "Email__c"] {
            assert_eq!(squeeze(same), "email");
        }
    }

    #[test]
    fn the_nearest_name_is_found_only_when_it_is_near() {
        assert_eq!(nearest("Emial", ["Phone", "Email"].into_iter()), Some("Email"));
        assert_eq!(nearest("Region", ["Phone", "Email"].into_iter()), None);
    }
}
