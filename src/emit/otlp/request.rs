//! Figures as the protobuf of OTLP.

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Text;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum,
};
use opentelemetry_proto::tonic::resource::v1::Resource;

use crate::emit::figures::{Figure, Sense, Unit};
use crate::evidence::Audit;

/// The request; `None` where the audit has no clock. The time of every figure is the audit's clock, and the period of
/// what adds up starts with the first window of a source: the wall clock is not asked.
pub(super) fn request(audit: &Audit, figures: &[Figure]) -> Option<ExportMetricsServiceRequest> {
    let nanos = |at: chrono::DateTime<chrono::Utc>| at.timestamp_nanos_opt().and_then(|n| u64::try_from(n).ok());
    let time = nanos(audit.as_of?)?;
    let starts = audit.sources.iter().filter_map(|source| nanos(source.window?.0));
    // Nought is how the specification says that a start is not known.
    let start = starts.min().filter(|start| *start <= time).unwrap_or(0);
    let scope = InstrumentationScope {
        name: "leadlint".to_owned(),
        version: audit.version.to_owned(),
        ..InstrumentationScope::default()
    };
    let resource = Resource {
        attributes: vec![attribute("service.name", "leadlint"), attribute("service.version", audit.version)],
        ..Resource::default()
    };
    let metrics = figures.iter().map(|figure| metric(figure, start, time)).collect();
    let scope_metrics = vec![ScopeMetrics { scope: Some(scope), metrics, schema_url: String::new() }];
    let resource_metrics = vec![ResourceMetrics { resource: Some(resource), scope_metrics, schema_url: String::new() }];
    Some(ExportMetricsServiceRequest { resource_metrics })
}

fn attribute(key: &str, value: &str) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue { value: Some(Text::StringValue(value.to_owned())) }),
        ..KeyValue::default()
    }
}

fn metric(figure: &Figure, start: u64, time: u64) -> Metric {
    let adds_up = figure.sense == Sense::Amount;
    let points = figure.points.iter().map(|(labels, value)| NumberDataPoint {
        attributes: figure.labels.iter().zip(labels).map(|(key, value)| attribute(key, value)).collect(),
        start_time_unix_nano: if adds_up { start } else { 0 },
        time_unix_nano: time,
        value: Some(match figure.unit {
            Unit::Count => Value::AsInt(*value as i64),
            Unit::Ratio | Unit::Points | Unit::Seconds => Value::AsDouble(*value),
        }),
        ..NumberDataPoint::default()
    });
    let data_points = points.collect();
    let data = if adds_up {
        Data::Sum(Sum {
            data_points,
            aggregation_temporality: AggregationTemporality::Delta.into(),
            is_monotonic: true,
        })
    } else {
        Data::Gauge(Gauge { data_points })
    };
    Metric {
        name: figure.name.to_owned(),
        description: figure.help.to_owned(),
        unit: match figure.unit {
            Unit::Seconds => "s",
            Unit::Count | Unit::Ratio | Unit::Points => "1",
        }
        .to_owned(),
        data: Some(data),
        ..Metric::default()
    }
}
