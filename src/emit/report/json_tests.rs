//! The report and its schema say the same.

use serde_json::Value;

use super::*;
use crate::emit::{Pii, testing};

fn rendered(audit: &Audit) -> Value {
    serde_json::from_slice(&Json.render(audit, &testing::view(Pii::Show)).unwrap()).unwrap()
}

/// Follows `$ref` within the schema.
fn resolve<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(path) => root.pointer(path.trim_start_matches('#')).unwrap(),
        None => schema,
    }
}

/// What in `value` the schema does not allow, or does not know.
fn disagreements(value: &Value, schema: &Value, root: &Value, place: &str, out: &mut Vec<String>) {
    let schema = resolve(schema, root);
    if let Some(choices) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
        let fits = |choice: &Value| {
            let mut wrong = Vec::new();
            disagreements(value, choice, root, place, &mut wrong);
            wrong.is_empty()
        };
        if !choices.iter().any(fits) {
            out.push(format!("{place}: fits no choice"));
        }
        return;
    }
    if let Some(constant) = schema.get("const") {
        if value != constant {
            out.push(format!("{place}: is not {constant}"));
        }
        return;
    }
    if let Some(known) = schema["enum"].as_array()
        && !known.contains(value)
    {
        out.push(format!("{place}: {value} is not listed"));
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(n) if n.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let whole = kind == "integer" && types.contains(&"number");
    if !(types.is_empty() || types.contains(&kind) || whole) {
        out.push(format!("{place}: is {kind}, not {types:?}"));
    }
    if let Value::Array(items) = value {
        for (i, item) in items.iter().enumerate() {
            disagreements(item, &schema["items"], root, &format!("{place}[{i}]"), out);
        }
    }
    if let Value::Object(object) = value {
        for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !object.contains_key(key) {
                out.push(format!("{place}: lacks {key}"));
            }
        }
        for (key, value) in object {
            match schema["properties"].get(key) {
                Some(inner) => disagreements(value, inner, root, &format!("{place}.{key}"), out),
                None if schema["additionalProperties"].is_object() => {
                    disagreements(value, &schema["additionalProperties"], root, &format!("{place}.{key}"), out);
                }
                None if schema.get("properties").is_some() => out.push(format!("{place}: {key} is not in the schema")),
                None => {}
            }
        }
    }
}

#[test]
fn every_sample_agrees_with_the_schema() {
    let schema = schema();
    for (name, audit) in testing::samples() {
        let mut wrong = Vec::new();
        disagreements(&rendered(&audit), &schema, &schema, name, &mut wrong);
        assert_eq!(wrong, Vec::<String>::new());
    }
    let mut wrong = Vec::new();
    disagreements(&serde_json::json!({ "schema": 1, "extra": 1 }), &schema, &schema, "x", &mut wrong);
    assert!(wrong.len() > 10, "the check itself finds what is wrong: {wrong:?}");
}

#[test]
fn the_schema_is_published_as_it_stands() {
    insta::assert_snapshot!(serde_json::to_string_pretty(&schema()).unwrap());
}

#[test]
fn keys_that_the_contract_names_are_there() {
    let report = rendered(&testing::sample());
    let top = ["schema", "tool", "as_of", "config_sha256", "sources", "score", "findings", "skipped", "metrics"];
    let finding = [
        "code",
        "name",
        "severity",
        "source",
        "column",
        "checked",
        "count",
        "groups",
        "rate",
        "new",
        "safety",
        "message",
        "fingerprints",
        "examples",
        "examples_hidden",
    ];
    assert!(top.iter().all(|k| report.get(k).is_some()));
    assert!(finding.iter().all(|k| report["findings"][0].get(k).is_some()));
    assert_eq!(report["schema"], "leadlint.report/1");
}

#[test]
fn timings_stand_only_where_they_were_asked_for() {
    let mut audit = testing::clean();
    assert!(rendered(&audit).get("timings").is_none());
    audit.timings = Some([("load".to_owned(), 12.5)].into_iter().collect());
    assert_eq!(rendered(&audit)["timings"]["load"], 12.5);
}

#[test]
fn fingerprints_are_sorted_and_complete() {
    let audit = testing::sample();
    for finding in rendered(&audit)["findings"].as_array().unwrap() {
        let prints: Vec<&str> = finding["fingerprints"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert!(prints.is_sorted());
    }
}

#[test]
fn numbers_are_finite_and_short() {
    assert_eq!(six_digits(1.0 / 3.0).to_string(), "0.333333");
    assert_eq!(six_digits(f64::NAN).to_string(), "0");
}
