//! What an entry of a sync log says: whether the attempt succeeded, and what it failed with.

use super::text::{is_blank, trimmed};

/// What an attempt came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Attempted {
    /// The log does not say.
    #[default]
    Unknown,
    /// The record was written.
    Succeeded,
    /// It was not.
    Failed,
}

/// Why attempts fail, as far as words and codes tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Too many requests.
    RateLimit,
    /// Not allowed, or not logged in.
    Permission,
    /// No answer in time, or the other side is down.
    Timeout,
    /// A value that the CRM refuses.
    Validation,
    /// The record is there already.
    Duplicate,
    /// Anything else.
    #[default]
    Other,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 6] =
        [Self::RateLimit, Self::Permission, Self::Timeout, Self::Validation, Self::Duplicate, Self::Other];

    /// The words used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RateLimit => "rate limit",
            Self::Permission => "permission",
            Self::Timeout => "timeout",
            Self::Validation => "validation",
            Self::Duplicate => "duplicate",
            Self::Other => "other",
        }
    }
}

/// What a cell of the result column says.
#[must_use]
pub fn result(cell: &str) -> Attempted {
    const GOOD: [&str; 18] = [
        "success",
        "successful",
        "succeeded",
        "ok",
        "okay",
        "true",
        "yes",
        "1",
        "created",
        "updated",
        "upserted",
        "done",
        "complete",
        "completed",
        "synced",
        "delivered",
        "passed",
        "accepted",
    ];
    const BAD: [&str; 14] = [
        "error", "fail", "failed", "failure", "false", "no", "0", "timeout", "rejected", "denied", "aborted",
        "dropped", "skipped", "retry",
    ];
    let word = trimmed(cell).to_lowercase();
    let first = word.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    if word.is_empty() {
        Attempted::Unknown
    } else if let Some(code) = http(first) {
        if (200..400).contains(&code) { Attempted::Succeeded } else { Attempted::Failed }
    } else if GOOD.contains(&first) {
        Attempted::Succeeded
    } else if BAD.contains(&first) || word.contains("error") || word.contains("fail") {
        Attempted::Failed
    } else {
        Attempted::Unknown
    }
}

/// What an attempt came to, by its result, its error, and whether it names a record: the first that says something.
#[must_use]
pub fn attempted(result: Attempted, error: Option<&str>, names_record: bool) -> Attempted {
    match result {
        Attempted::Unknown if !is_blank(error) => Attempted::Failed,
        Attempted::Unknown if names_record => Attempted::Succeeded,
        said => said,
    }
}

/// A status code of HTTP.
fn http(word: &str) -> Option<u32> {
    word.parse().ok().filter(|code| (100..600).contains(code))
}

/// Why an attempt failed, by what the log writes about it.
#[must_use]
pub fn cause(error: &str) -> Cause {
    const SIGNS: [(Cause, &[&str]); 5] = [
        (
            Cause::RateLimit,
            &[
                "429",
                "rate limit",
                "rate_limit",
                "ratelimit",
                "too many requests",
                "request_limit",
                "limit exceeded",
                "quota",
                "throttl",
            ],
        ),
        (Cause::Duplicate, &["duplicate", "already exists", "409", "conflict"]),
        (
            Cause::Permission,
            &[
                "401",
                "403",
                "permission",
                "forbidden",
                "unauthor",
                "insufficient_access",
                "insufficient access",
                "invalid_session",
                "invalid session",
                "access denied",
                "not allowed",
                "token",
                "login",
            ],
        ),
        (
            Cause::Timeout,
            &[
                "timeout",
                "timed out",
                "time out",
                "408",
                "502",
                "503",
                "504",
                "unavailable",
                "econnreset",
                "connection",
                "unable_to_lock_row",
                "gateway",
            ],
        ),
        (
            Cause::Validation,
            &[
                "400",
                "422",
                "validation",
                "invalid",
                "required",
                "picklist",
                "too long",
                "string_too_long",
                "malformed",
                "not a valid",
                "bad value",
            ],
        ),
    ];
    let text = error.to_lowercase();
    SIGNS
        .into_iter()
        .find(|(_, signs)| signs.iter().any(|sign| text.contains(sign)))
        .map_or(Cause::Other, |(cause, _)| cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_words_or_codes() {
        for cell in ["success", "OK", "true", "200", "201 Created", "Synced", "1"] {
            assert_eq!(result(cell), Attempted::Succeeded, "{cell}");
        }
        for cell in ["error", "FAILED", "false", "429", "500 Server Error", "sync error", "Failure: x", "0"] {
            assert_eq!(result(cell), Attempted::Failed, "{cell}");
        }
        for cell in ["", "  ", "queued", "pending"] {
            assert_eq!(result(cell), Attempted::Unknown, "{cell}");
        }
        assert_eq!(attempted(Attempted::Unknown, Some("x"), true), Attempted::Failed);
        assert_eq!(attempted(Attempted::Unknown, Some(" "), true), Attempted::Succeeded);
        assert_eq!(attempted(Attempted::Unknown, None, false), Attempted::Unknown);
    }

    #[test]
    fn causes_are_told_by_code_and_word() {
        for (error, of) in [
            ("429 Too Many Requests", Cause::RateLimit),
            ("REQUEST_LIMIT_EXCEEDED", Cause::RateLimit),
            ("DUPLICATE_VALUE: x", Cause::Duplicate),
            ("403 Forbidden", Cause::Permission),
            ("504 Gateway Timeout", Cause::Timeout),
            ("UNABLE_TO_LOCK_ROW", Cause::Timeout),
            ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", Cause::Validation),
            ("boom", Cause::Other),
        ] {
            assert_eq!(cause(error), of, "{error}");
        }
    }
}
