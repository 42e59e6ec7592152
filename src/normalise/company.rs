//! Names of companies: the form in which they compare, without their legal form.

use super::text::trimmed;

/// Legal forms, as the words of [`words`] that end a name. Longer ones first, so that all of `sa de cv` goes.
const FORMS: &[&[&str]] = &[
    &["s", "de", "rl", "de", "cv"],
    &["sapi", "de", "cv"],
    &["sa", "de", "cv"],
    &["kabushiki", "kaisha"],
    &["sp", "z", "oo"],
    &["spolka", "zoo"],
    &["sdn", "bhd"],
    &["sp", "zoo"],
    &["a", "s"],
    &["s", "a"],
    &["and", "co"],
    &["e", "k"],
    &["z", "oo"],
    &["ab"],
    &["ag"],
    &["aps"],
    &["as"],
    &["asa"],
    &["bhd"],
    &["bv"],
    &["bvba"],
    &["co"],
    &["company"],
    &["corp"],
    &["corporation"],
    &["doo"],
    &["eg"],
    &["ehf"],
    &["eirl"],
    &["ek"],
    &["eood"],
    &["eurl"],
    &["ev"],
    &["gbr"],
    &["ggmbh"],
    &["gmbh"],
    &["hf"],
    &["inc"],
    &["incorporated"],
    &["jsc"],
    &["kft"],
    &["kg"],
    &["kgaa"],
    &["kk"],
    &["lda"],
    &["limited"],
    &["limitada"],
    &["llc"],
    &["llp"],
    &["lp"],
    &["ltd"],
    &["ltda"],
    &["mbh"],
    &["nv"],
    &["ohg"],
    &["ood"],
    &["ou"],
    &["oy"],
    &["oyj"],
    &["pbc"],
    &["plc"],
    &["pllc"],
    &["pte"],
    &["pty"],
    &["pvt"],
    &["rt"],
    &["sa"],
    &["sarl"],
    &["sas"],
    &["sasu"],
    &["sca"],
    &["se"],
    &["sl"],
    &["slu"],
    &["snc"],
    &["spa"],
    &["srl"],
    &["sro"],
    &["tbk"],
    &["uab"],
    &["ug"],
    &["zrt"],
];

/// Legal forms that stand in front: `OOO Romashka`, `PT Telkom`.
const LEADING: [&str; 7] = ["ao", "oao", "ooo", "pao", "pt", "uab", "zao"];

/// What stands in a name's place.
const NOBODY: [&str; 15] = [
    "company",
    "home",
    "household",
    "individual",
    "na",
    "n a",
    "no company",
    "none",
    "not provided",
    "null",
    "private",
    "self",
    "tbd",
    "test",
    "unknown",
];

/// The form in which names of companies compare: words without case, accents, punctuation and legal form. `None` for
/// blanks and for what stands for "there is none".
#[must_use]
pub fn canonical(name: &str) -> Option<String> {
    let words = words(trimmed(name));
    let mut left: &[String] = &words;
    // `Acme GmbH & Co. KG` has three.
    while let Some(form) = FORMS
        .iter()
        .find(|form| left.len() > form.len() && left.iter().rev().zip(form.iter().rev()).all(|(a, b)| a == b))
    {
        left = &left[..left.len() - form.len()];
    }
    if let [first, rest @ ..] = left
        && !rest.is_empty()
        && LEADING.contains(&first.as_str())
    {
        left = rest;
    }
    let name = left.join(" ");
    (name.chars().any(char::is_alphanumeric) && !NOBODY.contains(&name.as_str())).then_some(name)
}

/// Words in lower case; accents and the points inside abbreviations are dropped, `&` and `+` are `and`.
fn words(name: &str) -> Vec<String> {
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '.' | '\'' | '’' | '`' => {}
            '&' | '+' => text.push_str(" and "),
            c if c.is_ascii_alphanumeric() => text.push(c.to_ascii_lowercase()),
            '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => {
                text.push_str(&deunicode::deunicode_char(c).unwrap_or_default().to_lowercase());
            }
            c if c.is_alphanumeric() => text.extend(c.to_lowercase()),
            _ => text.push(' '),
        }
    }
    text.split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legal_forms_are_left_out() {
        for (one, other) in [
            ("Acme, Inc.", "ACME Incorporated"),
            ("Acme GmbH & Co. KG", "Acme"),
            ("Acme S.A. de C.V.", "Acme SA"),
            ("Müller A/S", "Muller"),
            ("Smith & Sons Ltd", "Smith and Sons Limited"),
            ("Acme Sp. z o.o.", "Acme"),
            ("OOO Romashka", "Romashka"),
            ("Acme K.K.", "acme kabushiki kaisha"),
        ] {
            assert_eq!(canonical(one), canonical(other), "{one} and {other}");
        }
    }

    #[test]
    fn names_keep_what_makes_them_names() {
        for (one, other) in [("Acme East", "Acme West"), ("AG Acme", "Acme"), ("Acme 1", "Acme 2"), ("Co", "Inc")] {
            assert_ne!(canonical(one), canonical(other), "{one} and {other}");
        }
        for cell in ["", " - ", "N/A", "unknown", "Test"] {
            assert_eq!(canonical(cell), None, "{cell}");
        }
    }
}
