//! Where figures go, and what is sent with them.

use std::fmt;

use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::Error;

/// The path that the specification gives to metrics.
const PATH: &str = "/v1/metrics";

/// A URL that figures can be sent to: http or https, with a host, without user, password, query or fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

impl Endpoint {
    /// Reads a URL; one without a path gets `/v1/metrics`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let refused = |reason: &str| {
            // What follows a question mark or stands before an at sign may be secret.
            let shown = text.split(['?', '#']).next().unwrap_or_default();
            let shown = match (shown.split_once("://"), shown.rsplit_once('@')) {
                (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
                (None, Some((_, host))) => format!("…@{host}"),
                (_, None) => shown.to_owned(),
            };
            Error::Endpoint { url: shown, reason: reason.to_owned() }
        };
        let mut url = Url::parse(text)
            .map_err(|error| refused(&format!("{error}; a URL is needed, such as http://localhost:4318")))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(refused("only http:// and https:// can be sent to, such as http://localhost:4318"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("user and password do not belong in a URL; set OTEL_EXPORTER_OTLP_HEADERS"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refused("no query or fragment is sent; keys go into OTEL_EXPORTER_OTLP_HEADERS"));
        }
        if url.path() == "/" {
            url.set_path(PATH);
        }
        Ok(Self(url))
    }

    pub(super) fn url(&self) -> Url {
        self.0.clone()
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Headers of every request: keys of the receiver, usually. Never shown.
#[derive(Clone, Default)]
pub struct Headers(pub(super) HeaderMap);

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

impl Headers {
    /// Adds those of a variable of the environment; a name that was there gets the new value.
    ///
    /// The form is that of the specification: `NAME=VALUE`, several with commas, values percent-encoded.
    pub fn add(&mut self, variable: &'static str, text: &str) -> Result<(), Error> {
        let wrong = |reason: String| Error::Headers { variable, reason };
        for (at, pair) in (1..).zip(text.split(',')).filter(|(_, pair)| !pair.trim().is_empty()) {
            let (name, value) = pair.split_once('=').ok_or_else(|| wrong(format!("entry {at} has no `=`")))?;
            let name = HeaderName::try_from(name.trim())
                .map_err(|_| wrong(format!("the name of entry {at} is none that a header can have")))?;
            let mut value = decoded(value.trim())
                .and_then(|bytes| HeaderValue::from_bytes(&bytes).ok())
                .ok_or_else(|| wrong(format!("the value of {name} is none that a header can have")))?;
            value.set_sensitive(true);
            self.0.insert(name, value);
        }
        Ok(())
    }

    /// `text` without the values of the headers, which a receiver may repeat in its answer.
    pub(super) fn without_values(&self, text: &str) -> String {
        let values = self.0.values().filter_map(|value| std::str::from_utf8(value.as_bytes()).ok());
        values.filter(|value| value.len() > 3).fold(text.to_owned(), |text, value| text.replace(value, "…"))
    }
}

/// Percent-encoded text as bytes; `None` where a `%` is not followed by two hex digits.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let mut digit = || char::from(bytes.next()?).to_digit(16);
            out.push((digit()? * 16 + digit()?) as u8);
        } else {
            out.push(byte);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_without_a_path_gets_the_path_of_metrics() {
        for (given, sent) in [
            ("http://localhost:4318", "http://localhost:4318/v1/metrics"),
            ("https://otlp.nr-data.net/", "https://otlp.nr-data.net/v1/metrics"),
            ("https://otlp.acme.example/v1/metrics", "https://otlp.acme.example/v1/metrics"),
            ("https://acme.example/api/otlp", "https://acme.example/api/otlp"),
            ("http://[::1]:4318", "http://[::1]:4318/v1/metrics"),
        ] {
            assert_eq!(Endpoint::parse(given).unwrap().to_string(), sent);
        }
    }

    #[test]
    fn what_is_no_endpoint_is_refused_without_its_secrets() {
        for (given, said) in [
            ("localhost:4318", "only http:// and https://"),
            ("out.pb", "relative URL without a base"),
            ("ftp://acme.example", "only http:// and https://"),
            ("https://", "empty host"),
            ("https://user:s3cret@acme.example", "do not belong in a URL"),
            ("https://acme.example/v1/metrics?key=s3cret", "no query"),
            ("https://acme.example/#s3cret", "no query or fragment"),
            ("https://user:s3cret@acme.example:port", "invalid port"),
        ] {
            let error = Endpoint::parse(given).unwrap_err().to_string();
            assert!(error.contains(said), "{given}: {error}");
            assert!(error.starts_with("`-o otlp=") && !error.contains("s3cret"), "{given}: {error}");
        }
    }

    #[test]
    fn headers_are_read_as_the_specification_writes_them() {
        let mut headers = Headers::default();
        headers.add("A", "api-key=abc%3D%2c1, x-tenant = a b ,,").unwrap();
        headers.add("B", "API-KEY=other").unwrap();
        let value = |name: &str| headers.0.get(name).map(|value| value.as_bytes().to_vec());
        assert_eq!(value("api-key"), Some(b"other".to_vec()));
        assert_eq!(value("x-tenant"), Some(b"a b".to_vec()));
        assert_eq!(decoded("abc%3D%2c1"), Some(b"abc=,1".to_vec()));
        assert_eq!((decoded("%3"), decoded("%zz")), (None, None));
    }

    #[test]
    fn no_error_and_no_debug_text_shows_a_value() {
        for wrong in ["s3cret", "a b=s3cret", "key=s3cret%0", "key=s3cret%0a"] {
            let error = Headers::default().add("OTEL_EXPORTER_OTLP_HEADERS", wrong).unwrap_err().to_string();
            assert!(error.contains("OTEL_EXPORTER_OTLP_HEADERS") && !error.contains("s3cret"), "{error}");
        }
        let mut headers = Headers::default();
        headers.add("A", "key=s3cret").unwrap();
        assert_eq!(format!("{headers:?}"), r#"["key"]"#);
        assert_eq!(headers.without_values("no such key: s3cret"), "no such key: …");
    }
}
