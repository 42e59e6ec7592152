//! Figures sent to a receiver: a plain HTTP server of the test that reads the protobuf back.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsPartialSuccess, ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value as Number;
use opentelemetry_proto::tonic::metrics::v1::{AggregationTemporality, NumberDataPoint};
use prost::Message as _;
use serde_json::Value;

use crate::figures::{Series, agree, samples, series};
use crate::support::{Desk, REPEATED, Run};

/// One request as it came in.
struct Got {
    line: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
    at: Instant,
}

impl Got {
    fn request(&self) -> ExportMetricsServiceRequest {
        ExportMetricsServiceRequest::decode(self.body.as_slice()).unwrap()
    }
}

/// An answer: status line, further headers, body.
type Answer = (&'static str, &'static str, Vec<u8>);

/// A server that gives one answer to each connection, then ends.
struct Receiver {
    url: String,
    server: JoinHandle<Vec<Got>>,
}

impl Receiver {
    fn start(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        listener.set_nonblocking(true).unwrap();
        let server = std::thread::spawn(move || {
            let deadline = Instant::now() + Duration::from_mins(2);
            let mut got = Vec::new();
            for answer in answers {
                let stream = loop {
                    match listener.accept() {
                        Ok((stream, _)) => break stream,
                        Err(_) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(5)),
                        Err(_) => return got,
                    }
                };
                stream.set_nonblocking(false).unwrap();
                got.push(serve(stream, &answer));
            }
            got
        });
        Self { url, server }
    }

    fn got(self) -> Vec<Got> {
        self.server.join().unwrap()
    }
}

fn serve(stream: TcpStream, (status, headers, body): &Answer) -> Got {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut got =
        Got { line: line.trim_end().to_owned(), headers: BTreeMap::new(), body: Vec::new(), at: Instant::now() };
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        got.headers.insert(name.to_lowercase(), value.to_owned());
    }
    got.body = vec![0; got.headers["content-length"].parse().unwrap()];
    reader.read_exact(&mut got.body).unwrap();
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n", body.len());
    let mut stream = reader.into_inner();
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    got
}

fn taken() -> Answer {
    ("200 OK", "content-type: application/x-protobuf\r\n", ExportMetricsServiceResponse::default().encode_to_vec())
}

/// Runs the program, which says nothing on stderr but errors and warnings.
fn run(desk: &Desk, args: &str, env: &[(&str, &str)]) -> Run {
    let output = desk.command(args.split_whitespace().chain(["--quiet"])).envs(env.iter().copied()).output().unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn labels(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    attributes
        .iter()
        .map(|pair| match pair.value.as_ref().and_then(|value| value.value.as_ref()) {
            Some(any_value::Value::StringValue(text)) => (pair.key.clone(), text.clone()),
            other => panic!("{}: {other:?}", pair.key),
        })
        .collect()
}

/// Every point of a request, sums first told from gauges by `each`.
fn points(request: &ExportMetricsServiceRequest, mut each: impl FnMut(&str, bool, &NumberDataPoint)) {
    for metric in &request.resource_metrics[0].scope_metrics[0].metrics {
        assert!(!metric.description.is_empty() && ["1", "s"].contains(&metric.unit.as_str()), "{}", metric.name);
        let (sum, points) = match metric.data.as_ref().unwrap() {
            Data::Sum(sum) => {
                assert_eq!(sum.aggregation_temporality, AggregationTemporality::Delta as i32, "{}", metric.name);
                (true, &sum.data_points)
            }
            Data::Gauge(gauge) => (false, &gauge.data_points),
            other => panic!("{}: {other:?}", metric.name),
        };
        for point in points {
            each(&metric.name, sum, point);
        }
    }
}

#[test]
fn a_receiver_gets_the_figures_of_the_other_reports() {
    let receiver = Receiver::start(vec![taken()]);
    let desk = Desk::with_fixture("acme");
    let args = format!("check --format json -o prometheus=leadlint.prom -o otlp={}", receiver.url);
    let result = run(&desk, &args, &[]);
    let report: Value = result.exits(1).json();
    assert_eq!(result.stderr, "");
    let got = receiver.got();
    assert_eq!(got[0].line, "POST /v1/metrics HTTP/1.1");
    assert_eq!(got[0].headers["content-type"], "application/x-protobuf");
    let request = got[0].request();
    let resource = request.resource_metrics[0].resource.as_ref().unwrap();
    let about = labels(&resource.attributes);
    assert_eq!(
        (about["service.name"].as_str(), about["service.version"].as_str()),
        ("leadlint", env!("CARGO_PKG_VERSION"))
    );

    let nanos = |time: &str| -> u64 {
        chrono::DateTime::parse_from_rfc3339(time).unwrap().timestamp_nanos_opt().unwrap().try_into().unwrap()
    };
    let as_of = nanos(report["as_of"].as_str().unwrap());
    let starts = report["sources"].as_array().unwrap().iter().filter_map(|s| s["window"]["start"].as_str());
    let start = starts.map(nanos).min().unwrap();
    let mut sent = Series::new();
    points(&request, |name, sum, point| {
        // The JSON report writes whole seconds.
        assert!(point.time_unix_nano.abs_diff(as_of) < 1_000_000_000, "{name}");
        let from = point.start_time_unix_nano;
        assert!(if sum { from.abs_diff(start) < 1_000_000_000 } else { from == 0 }, "{name}: {from}");
        let value = match point.value.unwrap() {
            Number::AsInt(value) => value as f64,
            Number::AsDouble(value) => value,
        };
        assert!(sent.insert(series(name, &labels(&point.attributes)), value).is_none(), "{name}");
    });
    agree(&sent, &report);
    assert_eq!(sent, samples(&desk.read("leadlint.prom")));
    let again = Receiver::start(vec![taken()]);
    run(&desk, &format!("check --format json -o otlp={}", again.url), &[]).exits(1);
    assert_eq!(again.got()[0].body, got[0].body, "the same exports give the same bytes");
}

#[test]
fn headers_come_from_the_environment_and_are_never_shown() {
    let body = b"no key like s3cret=key-1 here".to_vec();
    let receiver = Receiver::start(vec![("400 Bad Request", "content-type: text/plain\r\n", body)]);
    let desk = Desk::with("leads.csv", REPEATED);
    let args = format!("check leads.csv --format json -o otlp={}/intake", receiver.url);
    let env = [
        ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=general,x-site=eu%201"),
        ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "api-key=s3cret%3Dkey-1"),
    ];
    let result = run(&desk, &args, &env);
    assert_eq!(result.exits(2).json()["schema"], "leadlint.report/1", "the report is there all the same");
    let said = format!("{}/intake: it answered 400 Bad Request: no key like … here", receiver.url);
    assert!(result.stderr.contains(&said), "{}", result.stderr);
    assert!(!result.stderr.contains("s3cret") && !result.stdout.contains("s3cret"));
    let got = receiver.got();
    assert_eq!(got.len(), 1, "what is refused is not sent again");
    assert_eq!(got[0].line, "POST /intake HTTP/1.1");
    assert_eq!((got[0].headers["api-key"].as_str(), got[0].headers["x-site"].as_str()), ("s3cret=key-1", "eu 1"));
}

#[test]
fn a_busy_receiver_is_tried_again_after_the_pause_it_asks_for() {
    let busy = ("429 Too Many Requests", "retry-after: 2\r\n", Vec::new());
    let gateway = ("503 Service Unavailable", "", Vec::new());
    let receiver = Receiver::start(vec![busy, gateway, taken()]);
    let desk = Desk::with("leads.csv", REPEATED);
    let result = run(&desk, &format!("check leads.csv --format json -o otlp={}", receiver.url), &[]);
    assert_eq!(result.exits(1).stderr, "");
    let got = receiver.got();
    assert_eq!(got.len(), 3);
    assert!(got[1].at - got[0].at >= Duration::from_secs(2), "it asked for two seconds");
    assert!(got[2].at - got[1].at >= Duration::from_millis(500));
    assert!(got.iter().all(|one| one.body == got[0].body), "each time the same");
}

#[test]
fn a_receiver_that_stays_busy_or_away_is_exit_2() {
    let busy = || ("502 Bad Gateway", "retry-after: 0\r\n", Vec::new());
    let receiver = Receiver::start(vec![busy(), busy(), busy(), busy()]);
    let desk = Desk::with("leads.csv", REPEATED);
    let result = run(&desk, &format!("check leads.csv --format json -o otlp={} -o json=r.json", receiver.url), &[]);
    result.exits(2);
    assert!(result.stderr.contains("it answered 502 Bad Gateway, 4 times"), "{}", result.stderr);
    assert_eq!(receiver.got().len(), 4);
    assert_eq!(desk.read("r.json"), result.stdout);

    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let result = run(&desk, &format!("check leads.csv --format json -o otlp=http://{free}"), &[]);
    result.exits(2);
    let said = format!("http://{free}/v1/metrics: no connection: ");
    assert!(result.stderr.contains(&said) && result.stderr.contains("refused"), "{}", result.stderr);
}

#[test]
fn what_a_receiver_did_not_take_is_said() {
    let partial =
        ExportMetricsPartialSuccess { rejected_data_points: 3, error_message: "older than\n48 hours".to_owned() };
    let body = ExportMetricsServiceResponse { partial_success: Some(partial) }.encode_to_vec();
    let receiver = Receiver::start(vec![("200 OK", "", body)]);
    let desk = Desk::with("leads.csv", REPEATED);
    let result = run(&desk, &format!("check leads.csv --format json -o otlp={}", receiver.url), &[]);
    result.exits(1);
    let warning =
        regex::Regex::new(r"^warning: http://\S+/v1/metrics did not take 3 of \d+ figures: older than⏎48 hours\n$");
    assert!(warning.unwrap().is_match(&result.stderr), "{}", result.stderr);
    receiver.got();
}

#[test]
fn a_bad_address_and_bad_headers_fail_before_anything_is_read() {
    let desk = Desk::new();
    for (args, env, said) in [
        ("-o otlp=localhost:4318", "", "only http:// and https:// can be sent to"),
        ("-o otlp=leadlint.pb", "", "a URL is needed"),
        ("-o otlp=https://key:s3cret@acme.example", "", "do not belong in a URL"),
        ("-o otlp=http://acme.example -o otlp=http://acme.example/v1/metrics", "", "given twice"),
        ("-o otlp=http://acme.example", "s3cret", "OTEL_EXPORTER_OTLP_HEADERS: entry 1 has no `=`"),
    ] {
        let result = run(&desk, &format!("check {args} leads.csv"), &[("OTEL_EXPORTER_OTLP_HEADERS", env)]);
        result.exits(2);
        assert!(result.stderr.contains(said), "{args}: {}", result.stderr);
        assert!(!result.stderr.contains("s3cret"), "{args}: {}", result.stderr);
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = ("307 Temporary Redirect", "location: https://other.example/v1/metrics\r\n", Vec::new());
    let receiver = Receiver::start(vec![elsewhere]);
    let desk = Desk::with("leads.csv", REPEATED);
    let result = run(&desk, &format!("check leads.csv --format json -o otlp={}", receiver.url), &[]);
    result.exits(2);
    assert!(result.stderr.contains("307 Temporary Redirect to https://other.example/v1/metrics"), "{}", result.stderr);
    receiver.got();
}

#[test]
fn clean_sends_the_audit_before_the_cleanup() {
    let receiver = Receiver::start(vec![taken()]);
    let desk = Desk::with("leads.csv", REPEATED);
    run(&desk, &format!("clean leads.csv --target csv --out fixed -o otlp={}", receiver.url), &[]).exits(0);
    let mut findings = 0;
    points(&receiver.got()[0].request(), |name, _, _| findings += u32::from(name == "leadlint_findings"));
    assert!(findings > 0);
}
