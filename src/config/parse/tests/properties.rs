use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::config::schema;

/// A TOML value that fits a schema, inline.
fn example(root: &Value, node: &Value) -> String {
    if let Some(pointer) = node["$ref"].as_str() {
        return example(root, root.pointer(&pointer[1..]).unwrap());
    }
    if let Some(choice) = node["oneOf"].as_array().or(node["anyOf"].as_array()).and_then(|choices| choices.last()) {
        return example(root, choice);
    }
    if let Some(word) = node["const"].as_str().or(node["enum"][0].as_str()) {
        return format!("\"{word}\"");
    }
    match node["type"].as_str() {
        Some("boolean") => "true".to_owned(),
        Some("integer" | "number") => "1".to_owned(),
        Some("string") if node["format"] == "date" => "2026-10-01".to_owned(),
        Some("string") => "\"UTC\"".to_owned(),
        Some("array") => {
            let count = node["minItems"].as_u64().unwrap_or(1) as usize;
            format!("[{}]", vec![example(root, &node["items"]); count].join(", "))
        }
        Some("object") => {
            let mut pairs: Vec<String> = node["properties"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(key, value)| format!("{key} = {}", example_of(root, key, value)))
                .collect();
            if node["additionalProperties"].is_object() {
                let name = &node["propertyNames"];
                // Names of sources hold no dot.
                let is_source = node["additionalProperties"]["$ref"] == "#/$defs/SourceOptions";
                let plain = if is_source { "lead" } else { "\"lead.any\"" };
                let name = if name.is_object() { example(root, name) } else { plain.to_owned() };
                pairs.push(format!("{name} = {}", example(root, &node["additionalProperties"])));
            }
            format!("{{ {} }}", pairs.join(", "))
        }
        other => panic!("no example of {other:?} in {node}"),
    }
}

/// Fields of other sources have a form that the schema does not know.
fn example_of(root: &Value, key: &str, node: &Value) -> String {
    match key {
        "from" | "to" => "\"lead.any\"".to_owned(),
        "uses" => "[\"lead.any\"]".to_owned(),
        "order" => "{ \"lead.any\" = [\"New\", \"Won\"] }".to_owned(),
        _ => example(root, node),
    }
}

#[test]
fn every_key_of_the_schema_is_accepted() {
    let schema = schema();
    let properties = schema["properties"].as_object().unwrap();
    assert!(properties.len() > 15);
    for (key, node) in properties {
        let text = format!("{key} = {}\n", example_of(&schema, key, node));
        parse(&text, "leadlint.toml").unwrap_or_else(|error| panic!("{error}\n{text}"));
    }
}

#[test]
fn options_that_are_written_back_mean_the_same() {
    let options = parse(WHOLE, "leadlint.toml").unwrap();
    let written = toml::to_string(&options).unwrap();
    assert_eq!(parse(&written, "leadlint.toml").unwrap(), options, "{written}");
}

proptest! {
    #[test]
    fn any_text(text in ".*") {
        let _ = parse(&text, "leadlint.toml").map_err(|error| error.to_string());
    }

    #[test]
    fn any_damage(at in 0..WHOLE.len(), length in 0..40usize, put in "[ -~\n]{0,5}") {
        let end = (at + length).min(WHOLE.len());
        let text = format!("{}{put}{}", &WHOLE[..at], &WHOLE[end..]);
        let _ = parse(&text, "leadlint.toml").map_err(|error| error.to_string());
    }

    #[test]
    fn any_known_key_with_any_value(key in prop::sample::select(
        schema()["properties"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    ), value in prop::sample::select(vec!["1", "-1", "nan", "0x7f", "'a'", "true", "2026-01-01", "07:30:00", "[]", "[[]]", "[{}]", "{}", "{ a = {} }", "{ a = 1 }", "{ a = { b = [1, 'x'] } }"])) {
        let _ = parse(&format!("{key} = {value}\n"), "leadlint.toml").map_err(|error| error.to_string());
    }

    #[test]
    fn a_misspelt_key_is_named_with_its_line(at in 0..7usize, blank in 0..5usize) {
        let key = ["owner", "salt", "cadence", "b2b", "timezone", "kind", "vendor"][at];
        let table = if at < 5 { "audit" } else { "sources.a" };
        let text = format!("{}[{table}]\n{key}xx = 1\n", "\n".repeat(blank));
        let place = format!("leadlint.toml:{}:1: unknown key `{table}.{key}xx`; ", blank + 2);
        prop_assert!(error(&text).to_string().starts_with(&place));
    }
}
