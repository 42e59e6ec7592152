//! Which rules run: `--select` and `--ignore`, held against the rules that are known.
//!
//! A word is a code (`DUP001`), a prefix of codes (`DUP`, `FMT0`), a rule's name (`repeated-email`) or `ALL`, in any
//! case, and several may stand in one string with commas between. Where a rule is both selected and ignored, the more
//! specific word wins: a code or name beats every prefix, a longer prefix beats a shorter one, and `ALL` is the shortest.
//! Between words that are equally specific, ignoring wins.

use std::fmt;

use super::error::Error;
use super::nearest::hint;

/// A rule as far as selecting needs to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known<'a> {
    /// Its code: `DUP001`.
    pub code: &'a str,
    /// Its name: `repeated-email`.
    pub name: &'a str,
}

/// The code of a rule called by its code or name, in any case.
#[must_use]
pub fn find<'a>(word: &str, known: &[Known<'a>]) -> Option<&'a str> {
    let named = |rule: &&Known<'_>| word.eq_ignore_ascii_case(rule.code) || word.eq_ignore_ascii_case(rule.name);
    known.iter().find(named).map(|rule| rule.code)
}

/// What was selected and ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// `None`: the default set.
    select: Option<Vec<Word>>,
    ignore: Vec<Word>,
}

/// Whether a rule runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// It runs.
    Run {
        /// Selected by its own code or name, so that it must not be skipped silently.
        exact: bool,
    },
    /// It does not.
    Off(Off),
}

/// Why a rule does not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Off {
    /// `--select` names others.
    NotSelected,
    /// `--ignore` names it; the word as written.
    Ignored(String),
    /// Its severity is `off`.
    Severity,
}

impl fmt::Display for Off {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSelected => f.write_str("not selected"),
            Self::Ignored(word) => write!(f, "ignored by `--ignore {word}`"),
            Self::Severity => f.write_str("severity is `off`"),
        }
    }
}

/// One word of a selection.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    written: String,
    means: Means,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Means {
    Code(String),
    Prefix(String),
}

impl Word {
    /// How specifically the word means a code; `None` where it does not.
    fn specificity(&self, code: &str) -> Option<usize> {
        match &self.means {
            Means::Code(own) => (own == code).then_some(usize::MAX),
            Means::Prefix(prefix) => code.starts_with(prefix.as_str()).then_some(prefix.len()),
        }
    }
}

impl Selection {
    /// Reads the words of `--select` and `--ignore`. No `select` at all means the default set.
    pub fn parse(select: &[String], ignore: &[String], known: &[Known<'_>]) -> Result<Self, Error> {
        let selected = words("--select", select, known)?;
        if selected.is_empty() && !select.is_empty() {
            return Err(Error::EmptySelection);
        }
        let select = (!select.is_empty()).then_some(selected);
        Ok(Self { select, ignore: words("--ignore", ignore, known)? })
    }

    /// Whether the rule of a code runs, given whether its configured severity is `off`.
    #[must_use]
    pub fn choice(&self, code: &str, severity_is_off: bool) -> Choice {
        let selected = match &self.select {
            None => None,
            Some(words) => match most_specific(words, code) {
                None => return Choice::Off(Off::NotSelected),
                Some((specificity, _)) => Some(specificity),
            },
        };
        if let Some((ignored, word)) = most_specific(&self.ignore, code)
            && selected.is_none_or(|selected| ignored >= selected)
        {
            return Choice::Off(Off::Ignored(word.written.clone()));
        }
        let exact = selected == Some(usize::MAX);
        if severity_is_off && !exact {
            return Choice::Off(Off::Severity);
        }
        Choice::Run { exact }
    }
}

fn most_specific<'w>(words: &'w [Word], code: &str) -> Option<(usize, &'w Word)> {
    words.iter().filter_map(|word| Some((word.specificity(code)?, word))).max_by_key(|(specificity, _)| *specificity)
}

fn words(flag: &'static str, given: &[String], known: &[Known<'_>]) -> Result<Vec<Word>, Error> {
    let pieces = given.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|word| !word.is_empty());
    pieces
        .map(|word| {
            let upper = word.to_ascii_uppercase();
            let means = if let Some(code) = find(word, known) {
                Means::Code(code.to_owned())
            } else if upper == "ALL" {
                Means::Prefix(String::new())
            } else if known.iter().any(|rule| rule.code.starts_with(&upper)) {
                Means::Prefix(upper)
            } else {
                let names = known.iter().flat_map(|rule| [rule.code, rule.name]);
                return Err(Error::UnknownRule { flag, word: word.to_owned(), hint: near(word, names) });
            };
            Ok(Word { written: word.to_owned(), means })
        })
        .collect()
}

/// The nearest code or name; a full list of rules is too long for an error.
fn near<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> String {
    match super::nearest::nearest(word, names) {
        Some(name) => hint(word, [name]),
        None => "name a code, a prefix, a rule's name or `ALL`".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    const KNOWN: [Known<'_>; 5] = [
        Known { code: "DUP001", name: "repeated-email" },
        Known { code: "DUP002", name: "equivalent-mailbox" },
        Known { code: "DRF001", name: "spelling-variant" },
        Known { code: "FMT001", name: "mixed-booleans" },
        Known { code: "FMT010", name: "mixed-numbers" },
    ];

    fn parse(select: &[&str], ignore: &[&str]) -> Result<Selection, Error> {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        Selection::parse(&owned(select), &owned(ignore), &KNOWN)
    }

    fn chosen(select: &[&str], ignore: &[&str]) -> String {
        let selection = parse(select, ignore).unwrap();
        let line = |rule: &Known<'_>| match selection.choice(rule.code, rule.code == "DRF001") {
            Choice::Run { exact: false } => format!("{} runs", rule.code),
            Choice::Run { exact: true } => format!("{} runs, exact", rule.code),
            Choice::Off(why) => format!("{} {why}", rule.code),
        };
        KNOWN.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn default_set() {
        assert_snapshot!(chosen(&[], &[]), @r#"
        DUP001 runs
        DUP002 runs
        DRF001 severity is `off`
        FMT001 runs
        FMT010 runs
        "#);
    }

    #[test]
    fn select_replaces_the_default_set() {
        assert_snapshot!(chosen(&["dup, fmt00"], &[]), @r#"
        DUP001 runs
        DUP002 runs
        DRF001 not selected
        FMT001 runs
        FMT010 not selected
        "#);
    }

    #[test]
    fn an_exact_word_overrides_off_and_a_prefix_does_not() {
        assert_snapshot!(chosen(&["ALL", "Spelling-Variant"], &[]), @r#"
        DUP001 runs
        DUP002 runs
        DRF001 runs, exact
        FMT001 runs
        FMT010 runs
        "#);
        assert_snapshot!(chosen(&["all"], &[]), @r#"
        DUP001 runs
        DUP002 runs
        DRF001 severity is `off`
        FMT001 runs
        FMT010 runs
        "#);
    }

    #[test]
    fn the_more_specific_word_wins() {
        assert_snapshot!(chosen(&["DUP001", "FMT0", "DUP002"], &["DUP,FMT010", "equivalent-mailbox"]), @r#"
        DUP001 runs, exact
        DUP002 ignored by `--ignore equivalent-mailbox`
        DRF001 not selected
        FMT001 runs
        FMT010 ignored by `--ignore FMT010`
        "#);
        assert_snapshot!(chosen(&["DUP", "FMT0"], &["F", "DUP"]), @r#"
        DUP001 ignored by `--ignore DUP`
        DUP002 ignored by `--ignore DUP`
        DRF001 not selected
        FMT001 runs
        FMT010 runs
        "#);
    }

    #[test]
    fn unknown_words() {
        assert_snapshot!(parse(&["DUP01,FMT"], &[]).unwrap_err(), @"`--select DUP01` names no rule; did you mean `DUP001`? (`leadlint rule --all` lists them)");
        assert_snapshot!(parse(&[], &["repeated-mail"]).unwrap_err(), @"`--ignore repeated-mail` names no rule; did you mean `repeated-email`? (`leadlint rule --all` lists them)");
        assert_snapshot!(parse(&["quality"], &[]).unwrap_err(), @"`--select quality` names no rule; name a code, a prefix, a rule's name or `ALL` (`leadlint rule --all` lists them)");
        assert_snapshot!(parse(&["", " , "], &[]).unwrap_err(), @"`--select` is empty; name a code, a prefix or a rule, or leave the flag out to run the default set");
    }

    #[test]
    fn an_empty_ignore_ignores_nothing() {
        assert_eq!(parse(&[], &[""]).unwrap(), Selection::default());
    }

    proptest::proptest! {
        #[test]
        fn never_panics(word in ".{0,12}") {
            let _ = parse(&[&word], &[&word]);
        }

        #[test]
        fn ignoring_what_is_selected_runs_nothing(at in 0..KNOWN.len(), length in 1..=6usize) {
            let word = &KNOWN[at].code[..length];
            let selection = parse(&[word], &[word]).unwrap();
            for rule in KNOWN {
                proptest::prop_assert!(matches!(selection.choice(rule.code, false), Choice::Off(_)));
            }
        }
    }
}
