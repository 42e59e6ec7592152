//! As much of JSON Schema as the published schemas use, to hold outputs to them.

use serde_json::Value;

/// What in `value` breaks `schema`; nothing if it holds.
pub(crate) fn broken(schema: &Value, value: &Value) -> Vec<String> {
    let mut out = Vec::new();
    check(schema, schema, value, "", &mut out);
    out
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str, out: &mut Vec<String>) {
    let Some(rules) = schema.as_object() else {
        if *schema == Value::Bool(false) {
            out.push(format!("{at}: must not be there"));
        }
        return;
    };
    if let Some(target) = rules.get("$ref").and_then(Value::as_str) {
        let target = root.pointer(target.trim_start_matches('#')).unwrap_or_else(|| panic!("no {target}"));
        check(root, target, value, at, out);
    }
    for key in ["anyOf", "oneOf"] {
        let Some(choices) = rules.get(key).and_then(Value::as_array) else { continue };
        let holds = |choice: &&Value| {
            let mut broken = Vec::new();
            check(root, choice, value, at, &mut broken);
            broken.is_empty()
        };
        let held = choices.iter().filter(holds).count();
        if held == 0 || (key == "oneOf" && held > 1) {
            out.push(format!("{at}: {held} of the choices hold for {value}"));
        }
    }
    for part in rules.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        check(root, part, value, at, out);
    }
    if let Some(types) = rules.get("type") {
        let wanted: Vec<&str> = match types {
            Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
            one => one.as_str().into_iter().collect(),
        };
        if !wanted.iter().any(|kind| is(kind, value)) {
            out.push(format!("{at}: {value} is not {wanted:?}"));
        }
    }
    if rules.get("const").is_some_and(|only| only != value)
        || rules.get("enum").and_then(Value::as_array).is_some_and(|all| !all.contains(value))
    {
        out.push(format!("{at}: {value} is not among the allowed values"));
    }
    if let (Some(least), Some(number)) = (rules.get("minimum").and_then(Value::as_f64), value.as_f64())
        && number < least
    {
        out.push(format!("{at}: {number} is less than {least}"));
    }
    if let Value::Array(items) = value
        && let Some(item) = rules.get("items")
    {
        for (number, one) in items.iter().enumerate() {
            check(root, item, one, &format!("{at}/{number}"), out);
        }
    }
    if let Value::Object(fields) = value {
        for key in rules.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(key) {
                out.push(format!("{at}: lacks {key}"));
            }
        }
        for (key, one) in fields {
            let declared = rules.get("properties").and_then(|properties| properties.get(key));
            if let Some(other) = declared.or(rules.get("additionalProperties")) {
                check(root, other, one, &format!("{at}/{key}"), out);
            }
        }
    }
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no type {other}"),
    }
}

#[test]
fn what_breaks_a_schema_is_told() {
    let schema = serde_json::json!({
        "type": "object", "required": ["a"], "additionalProperties": false,
        "properties": {"a": {"$ref": "#/$defs/n"}, "b": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
        "$defs": {"n": {"type": "array", "items": {"enum": [1, 2]}}},
    });
    let count = |value: Value| broken(&schema, &value).len();
    assert_eq!(count(serde_json::json!({"a": [1, 2], "b": null})), 0);
    assert_eq!(count(serde_json::json!({})), 1);
    assert_eq!(count(serde_json::json!({"a": [3], "b": 1, "c": 1})), 3);
}
