//! The request on its way: sent, repeated where the receiver asks for it, and its answer read.

use std::time::Duration;

use chrono::DateTime;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceResponse;
use prost::Message as _;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, LOCATION, RETRY_AFTER};
use reqwest::{Client, StatusCode, redirect};

use super::{Endpoint, Headers, Patience};
use crate::emit::text;

/// The type of what is sent and expected back.
const PROTOBUF: &str = "application/x-protobuf";

/// The most of an answer that is read, in bytes, and the most of it that is shown, in characters.
const READ: usize = 64 * 1024;
const SHOWN: usize = 300;

/// What a receiver answered that took the request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) rejected: u64,
    pub(super) message: String,
}

/// `google.rpc.Status`, the body of a refusal.
#[derive(Clone, PartialEq, prost::Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

/// One try.
enum Tried {
    Taken(Answer),
    /// No use to try again.
    Refused(String),
    /// Perhaps later, after the pause that the receiver asks for.
    Busy(String, Option<Duration>),
}

/// Sends `body` until it is taken, refused, or tried often enough. The error is the reason, in words.
pub(super) fn post(
    endpoint: &Endpoint,
    headers: &Headers,
    body: Vec<u8>,
    patience: Patience,
) -> Result<Answer, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("no connection can be opened, {error}"))?;
    runtime.block_on(repeat(endpoint, headers, body, patience))
}

async fn repeat(endpoint: &Endpoint, headers: &Headers, body: Vec<u8>, patience: Patience) -> Result<Answer, String> {
    let client = Client::builder()
        .timeout(patience.timeout)
        .user_agent(concat!("leadlint/", env!("CARGO_PKG_VERSION")))
        // A redirect would carry the keys to another host.
        .redirect(redirect::Policy::none())
        .build()
        .map_err(|error| chain(&error))?;
    let mut pause = patience.pause;
    let mut tried = 1;
    loop {
        let (reason, asked) = match once(&client, endpoint, headers, body.clone()).await {
            Tried::Taken(answer) => return Ok(answer),
            Tried::Refused(reason) => return Err(reason),
            Tried::Busy(reason, asked) => (reason, asked),
        };
        if tried == patience.attempts {
            return Err(format!("{reason}, {tried} times"));
        }
        tokio::time::sleep(asked.unwrap_or(pause).min(patience.longest)).await;
        pause *= 2;
        tried += 1;
    }
}

async fn once(client: &Client, endpoint: &Endpoint, headers: &Headers, body: Vec<u8>) -> Tried {
    let request = client.post(endpoint.url()).headers(headers.0.clone()).header(CONTENT_TYPE, PROTOBUF).body(body);
    let response = match request.send().await {
        Ok(response) => response,
        // Not reached, or not answered in time: the next try may fare better.
        Err(error) if error.is_connect() || error.is_timeout() => return Tried::Busy(chain(&error), None),
        Err(error) => return Tried::Refused(chain(&error)),
    };
    let (status, said) = (response.status(), response.headers().clone());
    let body = match read(response).await {
        Ok(body) => body,
        Err(_) if !status.is_success() => Vec::new(),
        Err(error) => return Tried::Busy(format!("the answer broke off, {}", chain(&error)), None),
    };
    let json = header(&said, &CONTENT_TYPE).is_some_and(|kind| kind.contains("json"));
    if status.is_success() {
        let Answer { rejected, message } = answer(&body, json);
        return Tried::Taken(Answer { rejected, message: shown(headers, &message) });
    }
    let why = shown(headers, &refusal(&body, json));
    let reason = format!("it answered {status}{}{why}", if why.is_empty() { "" } else { ": " });
    match status {
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Tried::Busy(reason, retry_after(&said)),
        _ if status.is_redirection() => {
            let to = header(&said, &LOCATION).map_or(String::new(), |to| format!(" to {}", text::line(to, SHOWN)));
            Tried::Refused(format!("it answered {status}{to}, and redirects are not followed: name the new address"))
        }
        _ => Tried::Refused(reason),
    }
}

/// The body of an answer, as far as it is of use.
async fn read(mut response: reqwest::Response) -> reqwest::Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() >= READ {
            break;
        }
    }
    Ok(body)
}

/// What a success says. A receiver that answers in another form has taken everything.
fn answer(body: &[u8], json: bool) -> Answer {
    let (rejected, message) = if json {
        let value: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        let partial = &value["partialSuccess"];
        // JSON of protobuf writes 64-bit numbers as text.
        let rejected = &partial["rejectedDataPoints"];
        let rejected = rejected.as_i64().or_else(|| rejected.as_str()?.parse().ok()).unwrap_or(0);
        (rejected, partial["errorMessage"].as_str().unwrap_or_default().to_owned())
    } else {
        let partial = ExportMetricsServiceResponse::decode(body).unwrap_or_default().partial_success;
        partial.map_or_else(Default::default, |partial| (partial.rejected_data_points, partial.error_message))
    };
    Answer { rejected: u64::try_from(rejected).unwrap_or(0), message }
}

/// What a refusal says, whatever its form.
fn refusal(body: &[u8], json: bool) -> String {
    if json && let Ok(value) = serde_json::from_slice::<serde_json::Value>(body) {
        return value["message"].as_str().map_or_else(|| value.to_string(), str::to_owned);
    }
    match Status::decode(body) {
        Ok(status) if !status.message.is_empty() => status.message,
        _ => std::str::from_utf8(body).unwrap_or_default().to_owned(),
    }
}

/// The pause that the receiver asks for: seconds, or a time, which its own clock makes a pause.
fn retry_after(said: &HeaderMap) -> Option<Duration> {
    let after = header(said, &RETRY_AFTER)?.trim();
    if let Ok(seconds) = after.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTime::parse_from_rfc2822(after).ok()?;
    let now = DateTime::parse_from_rfc2822(header(said, &DATE)?).ok()?;
    (until - now).to_std().ok()
}

fn header<'a>(said: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    said.get(name)?.to_str().ok()
}

/// What a receiver says, on one line, without the keys that it was sent.
fn shown(headers: &Headers, said: &str) -> String {
    text::line(headers.without_values(said).trim(), SHOWN)
}

/// An error and its causes, each once; the address is said elsewhere.
fn chain(error: &reqwest::Error) -> String {
    let mut said = if error.is_timeout() { "no answer in time".to_owned() } else { "no connection".to_owned() };
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let text = cause.to_string();
        if !said.contains(&text) {
            said += ": ";
            said += &text;
        }
        source = cause.source();
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_read_as_seconds_and_as_times() {
        let pause = |pairs: &[(HeaderName, &str)]| {
            let said: HeaderMap = pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
            retry_after(&said).map(|pause| pause.as_secs())
        };
        assert_eq!(pause(&[(RETRY_AFTER, "7")]), Some(7));
        let later = (RETRY_AFTER, "Sat, 31 Oct 2026 12:00:30 GMT");
        assert_eq!(pause(&[later.clone(), (DATE, "Sat, 31 Oct 2026 12:00:00 GMT")]), Some(30));
        assert_eq!(pause(&[later.clone(), (DATE, "Sat, 31 Oct 2026 13:00:00 GMT")]), None);
        assert_eq!(pause(&[later]), None);
        assert_eq!(pause(&[(RETRY_AFTER, "soon")]), None);
        assert_eq!(pause(&[]), None);
    }

    #[test]
    fn answers_are_read_in_either_form() {
        let json = br#"{"partialSuccess": {"rejectedDataPoints": "3", "errorMessage": "too old"}}"#;
        assert_eq!(answer(json, true), Answer { rejected: 3, message: "too old".to_owned() });
        let nothing = Answer { rejected: 0, message: String::new() };
        for (body, json) in [(&b""[..], false), (b"{}", true), (b"", true), (b"OK", false), (b"\xff\xff", false)] {
            assert_eq!(answer(body, json), nothing);
        }
        let status = Status { code: 3, message: "no such field".to_owned() };
        assert_eq!(refusal(&status.encode_to_vec(), false), "no such field");
        assert_eq!(refusal(br#"{"code": 3, "message": "no"}"#, true), "no");
        assert_eq!(refusal(b"Forbidden", false), "Forbidden");
    }
}
