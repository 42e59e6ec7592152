//! Consent and bounces: what headers and cells say of whether a person may be contacted.

use crate::matching::spelling;
use crate::normalise::boolean::{is_false, is_true};
use crate::normalise::text::{is_blank, trimmed};

/// What a cell of a consent column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Consent {
    /// Nothing. Blank is not consent.
    Blank,
    /// May be contacted.
    Given,
    /// A word that is neither.
    Unclear,
    /// May not be contacted.
    Refused,
}

/// What a column is to consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// It says whether a person may be contacted; `out` where a yes means "do not contact".
    Flag {
        /// Whether a yes refuses.
        out: bool,
    },
    /// It says when, where or how consent was given.
    Detail,
}

/// What a header says of consent; flags and details are told apart by whole words, so that `Chat` is not `at`.
pub(crate) fn consent(original: &str) -> Option<Column> {
    let words = plain_words(original);
    let out = consent_direction(&words.concat())?;
    Some(if is_consent_detail(&words) { Column::Detail } else { Column::Flag { out } })
}

/// Words of a header: letters and digits only, without the `c` that marks custom fields.
pub(crate) fn plain_words(header: &str) -> Vec<String> {
    let mut words: Vec<String> = spelling::words(header)
        .iter()
        .flat_map(|word| word.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    if words.len() > 1 && words.last().is_some_and(|last| matches!(last.as_str(), "c" | "pc")) {
        words.pop();
    }
    words
}

/// Whether a squeezed header is about consent, and then whether a yes refuses.
fn consent_direction(header: &str) -> Option<bool> {
    const CHANNELS: [&str; 11] =
        ["call", "email", "contact", "text", "mail", "sms", "phone", "fax", "market", "message", "whatsapp"];
    let has = |words: &[&str]| words.iter().any(|word| header.contains(word));
    let before_channel = |starts: &[&str]| {
        starts.iter().any(|start| {
            header
                .match_indices(start)
                .any(|(at, _)| CHANNELS.iter().any(|channel| header[at + start.len()..].starts_with(channel)))
        })
    };
    if has(&[
        "optout",
        "optedout",
        "unsubscribe",
        "noemail",
        "nocall",
        "notoptedin",
        "notsubscribed",
        "noconsent",
        "donotallow",
    ]) || before_channel(&["donot", "dont"])
    {
        return Some(true);
    }
    let asks = has(&["optin", "optedin", "consent", "acceptsmarketing", "marketingpermission", "subscribed"])
        || has(&["newsletter", "gdpr", "legalbasis"])
        || before_channel(&["allow", "allows"]);
    asks.then_some(false)
}

/// Whether words about consent mean when, where or how it was given, and not consent itself.
fn is_consent_detail(words: &[String]) -> bool {
    const DETAILS: [&str; 11] =
        ["date", "time", "datetime", "timestamp", "at", "source", "reason", "method", "channel", "ip", "by"];
    // Written as one word, only what cannot be the end of another word tells.
    const ENDS: [&str; 7] = ["date", "time", "timestamp", "source", "reason", "method", "ip"];
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["date" | "time" | "timestamp" | "source" | "text", "of", ..] | [.., "ip", "address"]
        // The wording; in `Do Not Text` and `Opt In Text` it is the channel.
        | [.., "consent" | "gdpr", "text"] => true,
        [rest @ .., last] => {
            DETAILS.contains(last) && consent_direction(&rest.concat()).is_some()
                || ENDS.iter().any(|end| {
                    last.strip_suffix(end).is_some_and(|flag| {
                        ["optin", "optout", "optedin", "optedout", "consent", "unsubscribed", "subscribed"]
                            .iter()
                            .any(|word| flag.ends_with(word))
                    })
                })
        }
        [] => false,
    }
}

/// Whether a header says that mail to the address came back, why or when.
pub(crate) fn is_bounce(words: &[String]) -> bool {
    words.iter().any(|word| word.contains("bounce")) && !words.iter().any(|word| word == "rate")
}

/// What a consent cell says; `out` where a yes means "do not contact".
pub(crate) fn read_consent(cell: Option<&str>, out: bool) -> Consent {
    let Some(text) = cell.filter(|cell| !is_blank(Some(cell))) else { return Consent::Blank };
    let word = trimmed(text).to_lowercase();
    // Dynamics says what is allowed, whichever way its header asks.
    match word.as_str() {
        "allow" => return Consent::Given,
        "do not allow" => return Consent::Refused,
        _ => {}
    }
    if ["opted out", "opt-out", "opt out", "unsub", "refus", "withdr", "declin", "revok", "not given", "denied"]
        .iter()
        .any(|part| word.contains(part))
    {
        return Consent::Refused;
    }
    if is_true(text) {
        return if out { Consent::Refused } else { Consent::Given };
    }
    if is_false(text) {
        return if out { Consent::Given } else { Consent::Refused };
    }
    let given = ["opted in", "opt-in", "opt in", "given", "granted", "subscribed", "accepted", "allowed"];
    if given.iter().any(|part| word.contains(part)) { Consent::Given } else { Consent::Unclear }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_allowed_is_said_whichever_way_the_header_asks() {
        for (header, out) in [("Allow Emails?", false), ("Do not allow Emails", true)] {
            assert_eq!(consent(header), Some(Column::Flag { out }), "{header}");
            assert_eq!(read_consent(Some("Allow"), out), Consent::Given, "{header}");
            assert_eq!(read_consent(Some("Do Not Allow"), out), Consent::Refused, "{header}");
        }
    }
}
