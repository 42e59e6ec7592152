//! The two keys by which OpenRefine clusters values, as it documents them: the fingerprint, and the fingerprint of n-grams.
//! Values with one key are candidates for one value; nothing is kept apart here.

use unicode_normalization::UnicodeNormalization;

/// The fingerprint: trimmed, in lower case, in ASCII where letters have a like there, without punctuation and control
/// characters; words in the order of their bytes, each once, one space between them.
#[must_use]
pub fn fingerprint(value: &str) -> String {
    let text = normalised(value);
    let mut words: Vec<&str> = text.split_whitespace().collect();
    words.sort_unstable();
    words.dedup();
    words.join(" ")
}

/// The fingerprint of n-grams: normalised like [`fingerprint`], without white space; every run of `size` characters once,
/// in the order of their bytes, joined. Empty for what is shorter than `size`; `size` 0 is 1.
#[must_use]
pub fn ngram_fingerprint(value: &str, size: usize) -> String {
    let text = normalised(value);
    let chars: Vec<char> = text.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    let mut grams: Vec<&[char]> = chars.windows(size.max(1)).collect();
    grams.sort_unstable();
    grams.dedup();
    grams.concat().into_iter().collect()
}

/// Trimmed, in lower case, in ASCII where possible, without punctuation and control characters; white space stays.
fn normalised(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.trim().chars().flat_map(char::to_lowercase).nfkd() {
        if !is_mark(c) {
            match plain(c) {
                Some(plain) => text.push_str(plain),
                None if is_dropped(c) => {}
                None => text.push(c),
            }
        }
    }
    text
}

/// Punctuation of any script (signs such as `+`, `$` and `|` are none), and control characters that are no white space.
fn is_dropped(c: char) -> bool {
    if c.is_ascii() {
        let sign = matches!(c, '$' | '+' | '<' | '=' | '>' | '|' | '~');
        return (c.is_ascii_punctuation() && !sign) || (c.is_ascii_control() && !matches!(c, '\t'..='\r'));
    }
    matches!(
        c,
        '\u{80}'..='\u{84}' | '\u{86}'..='\u{9F}'
            | '¡' | '§' | '«' | '¶' | '·' | '»' | '¿' | '\u{37E}' | '\u{387}'
            | '\u{55A}'..='\u{55F}' | '\u{589}' | '\u{58A}' | '\u{5BE}' | '\u{5C0}' | '\u{5C3}' | '\u{5C6}'
            | '\u{5F3}' | '\u{5F4}' | '\u{609}' | '\u{60A}' | '\u{60C}' | '\u{60D}' | '\u{61B}' | '\u{61D}'..='\u{61F}'
            | '\u{66A}'..='\u{66D}' | '\u{6D4}' | '\u{700}'..='\u{70D}' | '\u{964}' | '\u{965}' | '\u{970}' | '\u{DF4}'
            | '\u{E4F}' | '\u{E5A}' | '\u{E5B}' | '\u{F04}'..='\u{F12}' | '\u{F3A}'..='\u{F3D}' | '\u{104A}'..='\u{104F}'
            | '\u{10FB}' | '\u{1360}'..='\u{1368}' | '\u{17D4}'..='\u{17D6}' | '\u{17D8}'..='\u{17DA}'
            | '\u{1800}'..='\u{180A}'
            | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{2043}' | '\u{2045}'..='\u{2051}' | '\u{2053}'..='\u{205E}'
            | '\u{207D}' | '\u{207E}' | '\u{208D}' | '\u{208E}' | '\u{2308}'..='\u{230B}' | '\u{2329}' | '\u{232A}'
            | '\u{2768}'..='\u{2775}' | '\u{27C5}' | '\u{27C6}' | '\u{27E6}'..='\u{27EF}' | '\u{2983}'..='\u{2998}'
            | '\u{29D8}'..='\u{29DB}' | '\u{29FC}' | '\u{29FD}' | '\u{2CF9}'..='\u{2CFC}' | '\u{2CFE}' | '\u{2CFF}'
            | '\u{2E00}'..='\u{2E2E}' | '\u{2E30}'..='\u{2E4F}' | '\u{2E52}'..='\u{2E5D}'
            | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301F}' | '\u{3030}' | '\u{303D}'
            | '\u{30A0}' | '\u{30FB}'
    )
}

/// Marks on letters, modifier letters and modifier symbols such as `^` and the grave accent.
fn is_mark(c: char) -> bool {
    matches!(
        c,
        '^' | '`' | '¨' | '¯' | '´' | '¸' | '\u{2B0}'..='\u{36F}' | '\u{374}' | '\u{375}' | '\u{37A}' | '\u{384}' | '\u{385}'
            | '\u{559}' | '\u{640}' | '\u{6E5}' | '\u{6E6}' | '\u{E46}' | '\u{EC6}' | '\u{10FC}' | '\u{1D2C}'..='\u{1D6A}'
            | '\u{1D78}' | '\u{1D9B}'..='\u{1DBF}' | '\u{1FBD}' | '\u{1FBF}'..='\u{1FC1}' | '\u{1FCD}'..='\u{1FCF}'
            | '\u{1FDD}'..='\u{1FDF}' | '\u{1FED}'..='\u{1FEF}' | '\u{1FFD}' | '\u{1FFE}' | '\u{2071}' | '\u{207F}'
            | '\u{2090}'..='\u{209C}' | '\u{3005}' | '\u{3031}'..='\u{3035}' | '\u{303B}' | '\u{309B}'..='\u{309E}'
            | '\u{30FC}'..='\u{30FE}' | '\u{1F3FB}'..='\u{1F3FF}'
    )
}

/// What stands for a lower-case letter that is no letter with a mark.
const fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'ø' | 'œ' => "oe",
        '©' => "c",
        'ð' | 'đ' | 'ɖ' => "d",
        'þ' => "th",
        'ƿ' => "w",
        'ħ' => "h",
        'ı' => "i",
        'ĸ' => "k",
        'ł' => "l",
        'ŋ' => "n",
        'ſ' | 'ẜ' | 'ẝ' => "s",
        'ŧ' => "t",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fingerprints_are_words_in_order() {
        for (value, key) in [
            ("", ""),
            ("  Northpeak,  Ltd. ", "ltd northpeak"),
            ("Ltd Northpeak", "ltd northpeak"),
            ("north\tNORTH nOrth", "north"),
            ("Straße  Zürich", "strasse zurich"),
            ("Ærø Œuvre", "aeroe oeuvre"),
            ("ﬁne Łódź", "fine lodz"),
            ("Dvořák's", "dvoraks"),
            ("a\u{1}b\u{7F}c\u{85}d", "abc d"),
            ("„Quoted“ — text…", "quoted text"),
            ("x\u{3000}a", "a x"),
            ("C++ $5", "$5 c++"),
            ("`a^", "a"),
        ] {
            assert_eq!(fingerprint(value), key, "{value}");
        }
    }

    #[test]
    fn fingerprints_of_n_grams_have_no_space() {
        for (value, size, key) in [
            ("cedar", 2, "arcedaed"),
            ("Ce-dar ", 2, "arcedaed"),
            ("cece", 2, "ceec"),
            ("level", 1, "elv"),
            ("level", 0, "elv"),
            ("ab", 3, ""),
            ("", 2, ""),
        ] {
            assert_eq!(ngram_fingerprint(value, size), key, "{value}");
        }
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(value in "[ -~\u{A1}-\u{17F}]{0,30}") {
            let key = fingerprint(&value);
            prop_assert_eq!(fingerprint(&key), key);
        }
    }
}
