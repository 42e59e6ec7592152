//! What is sent for the sample audits. That it arrives is tested with the program as a whole.

use opentelemetry_proto::tonic::metrics::v1::AggregationTemporality;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;

use super::*;
use crate::emit::{Pii, testing};

#[test]
fn amounts_are_deltas_over_the_window_and_states_are_gauges() {
    let audit = testing::sample();
    let view = testing::view(Pii::Mask);
    let figures = figures(&audit, &Masker::new(&audit, &view));
    let request = request::request(&audit, &figures).unwrap();
    let nanos = |text: &str| -> u64 {
        let at: chrono::DateTime<chrono::Utc> = text.parse().unwrap();
        at.timestamp_nanos_opt().unwrap().try_into().unwrap()
    };
    let metrics = &request.resource_metrics[0].scope_metrics[0].metrics;
    let data = |name: &str| metrics.iter().find(|metric| metric.name == name).and_then(|m| m.data.as_ref()).unwrap();
    let Data::Sum(leads) = data("leadlint_sync_leads") else { panic!("no sum") };
    assert_eq!(leads.aggregation_temporality, AggregationTemporality::Delta as i32);
    assert!(leads.is_monotonic);
    let point = &leads.data_points[0];
    assert_eq!(point.start_time_unix_nano, nanos("2026-09-01T00:00:00Z"));
    assert_eq!(point.time_unix_nano, nanos("2026-10-31T21:14:03Z"));
    assert_eq!(point.value, Some(Value::AsInt(1_040)));
    let Data::Gauge(score) = data("leadlint_score") else { panic!("no gauge") };
    assert_eq!(score.data_points[0].value, Some(Value::AsDouble(91.4)));
    assert_eq!(score.data_points[0].start_time_unix_nano, 0);
    let Data::Gauge(_) = data("leadlint_findings") else { panic!("what stays is not found twice") };
}

#[test]
fn without_a_clock_nothing_is_sent() {
    let audit = testing::skipped();
    assert!(audit.as_of.is_none());
    let endpoint = Endpoint::parse("http://127.0.0.1:9").unwrap();
    let settings = Settings { pii: None, salt: String::new(), width: 80, color: false };
    let error = send(&audit, &settings, &endpoint, &Headers::default(), Patience::default()).unwrap_err();
    assert!(error.to_string().contains("--as-of now"), "{error}");
}
