//! Cells that stand for "there is none" without saying so: what a form wants filled, and what nobody has.

use crate::matching::compare::kind::Kind;
use crate::normalise::text::trimmed;

/// What stands in place of a name where nobody was asked.
const VISITORS: [&str; 18] = [
    "website visitor",
    "web visitor",
    "site visitor",
    "chat visitor",
    "visitor",
    "anonymous",
    "anonymous user",
    "anonymous visitor",
    "guest",
    "guest user",
    "unknown user",
    "unknown visitor",
    "unknown caller",
    "caller unknown",
    "no name",
    "web lead",
    "new lead",
    "live chat",
];

/// What stands in place of a company where there is none.
const NO_COMPANY: [&str; 20] = [
    "self",
    "self employed",
    "selfemployed",
    "freelance",
    "freelancer",
    "independent",
    "individual",
    "private",
    "private person",
    "personal",
    "home",
    "retired",
    "student",
    "unemployed",
    "no company",
    "not applicable",
    "company",
    "my company",
    "n a",
    "no",
];

/// Days that systems and forms fill in.
const DAYS: [&str; 9] =
    ["19000101", "18991230", "18991231", "19010101", "19700101", "01011900", "01011970", "99991231", "31129999"];

/// Whether a cell of a column of `kind` says nothing of whose it is.
pub(super) fn is_one(kind: Kind, cell: &str) -> bool {
    match kind {
        Kind::Phone => is_number(cell),
        Kind::Company => NO_COMPANY.contains(&plain(cell).as_str()),
        Kind::Date => is_day(cell),
        _ => false,
    }
}

/// Whether the parts of a name together are none.
pub(super) fn is_visitor(parts: [&str; 4]) -> bool {
    let name = parts.join(" ");
    name.len() <= 40 && VISITORS.contains(&plain(&name).as_str())
}

/// Letters and digits in lower case, one space between words.
fn plain(cell: &str) -> String {
    let cell = trimmed(cell);
    if cell.len() > 40 {
        return String::new();
    }
    let words = cell.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// 0000000000 and 1234567890: at least six digits, all the same or one after the other, a country's and an area's code aside.
fn is_number(cell: &str) -> bool {
    let digits: Vec<u8> = cell.bytes().filter(u8::is_ascii_digit).take(20).collect();
    let runs = |step: u8| {
        let follows = |pair: &[u8]| {
            let next = if step == 1 && pair[0] == b'9' { b'0' } else { pair[0] + step };
            pair[1] == next
        };
        digits.windows(2).rev().take_while(|pair| follows(pair)).count() + 1
    };
    digits.len() >= 6 && (runs(0) >= digits.len().min(7) || runs(1) >= digits.len().min(9))
}

/// 1900-01-01 and its like, in whatever order, with or without a time.
fn is_day(cell: &str) -> bool {
    let day = trimmed(cell).split(['T', ' ']).next().unwrap_or_default();
    let mut parts: Vec<String> = day.split(|c: char| !c.is_ascii_digit()).map(|part| format!("{part:0>2}")).collect();
    if parts.len() == 3 && parts[2].len() == 4 {
        parts.reverse();
    }
    DAYS.contains(&parts.concat().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_has_is_none() {
        for number in [
            "0000000000",
            "+1 000 000 0000",
            "1234567890",
            "123-456-7890",
            "+1 (999) 999-9999",
            "123456",
            "+44 1234567890",
        ] {
            assert!(is_one(Kind::Phone, number), "{number}");
        }
        for number in ["+1 202 555 0101", "+44 20 7946 0000", "12345", "0800 123456", "+49 30 1112223"] {
            assert!(!is_one(Kind::Phone, number), "{number}");
        }
        for day in [
            "1900-01-01",
            "01/01/1900",
            "1/1/1900",
            "1970-01-01T00:00:00Z",
            "1900-01-01 00:00",
            "19000101",
            "31.12.9999",
        ] {
            assert!(is_one(Kind::Date, day), "{day}");
        }
        for day in ["1980-01-01", "1990-01-01", "1900-01-02", ""] {
            assert!(!is_one(Kind::Date, day), "{day}");
        }
        assert!(is_one(Kind::Company, "Self-Employed") && is_one(Kind::Company, "N/A"));
        assert!(!is_one(Kind::Company, "Student Loans Ltd") && !is_one(Kind::Email, "self"));
        assert!(is_visitor(["Website", "", "Visitor", ""]) && is_visitor(["", "", "", "Website Visitor"]));
        assert!(!is_visitor(["Vi", "", "Sitor", ""]));
    }
}
