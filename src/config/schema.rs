//! The JSON Schema of `leadlint.toml`, made from the options' own types and doc comments.

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};

use super::options::Options;
use crate::model::Role;

/// What `[audit.cadence]` may speak of.
pub(super) const CADENCES: [&str; 5] = ["duplicates", "sync-log", "cleanup", "tags", "mapping"];

/// The JSON Schema of `leadlint.toml` (draft 2020-12), for editors and for the check of the file itself.
#[must_use]
pub fn schema() -> Value {
    let made = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Options>().to_value();
    let mut root = Map::new();
    if let Value::Object(made) = made {
        for key in ["$schema", "title", "description"] {
            root.extend(made.get(key).map(|value| (key.to_owned(), value.clone())));
        }
        root.insert("title".to_owned(), "leadlint.toml".into());
        root.extend(made.into_iter().filter(|(key, _)| !matches!(key.as_str(), "$schema" | "title" | "description")));
    }
    let mut schema = Value::Object(root);
    drop_null(&mut schema);
    schema
}

/// The schema of `columns`: any role, to the header that plays it.
pub(super) fn role_to_header(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "propertyNames": generator.subschema_for::<Role>(),
        "additionalProperties": { "type": "string" },
    })
}

/// The schema of a day.
pub(super) fn day(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "date" })
}

/// The schema of a period: its first and last day.
pub(super) fn period(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": day(generator), "minItems": 2, "maxItems": 2 })
}

/// The schema of what `[qualify] any` may ask for.
pub(super) fn qualifiers(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": { "type": "string", "enum": ["email", "phone", "intent"] } })
}

/// Takes `null` out: TOML has none, an absent key is how a setting is left alone.
fn drop_null(schema: &mut Value) {
    let Value::Object(object) = schema else {
        if let Value::Array(items) = schema {
            items.iter_mut().for_each(drop_null);
        }
        return;
    };
    // Inner schemas first: a setting called `default` would then hold no null, and only defaults themselves are dropped.
    object.values_mut().for_each(drop_null);
    object.retain(|key, value| !(key == "default" && has_null(value)));
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|word| word != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
        choices.retain(|choice| choice["type"] != "null");
        if let [Value::Object(only)] = choices.as_slice() {
            let only = only.clone();
            object.remove("anyOf");
            for (key, value) in only {
                object.entry(key).or_insert(value);
            }
        }
    }
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(object) => object.values().any(has_null),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn every_node(node: &Value, see: &mut impl FnMut(&Value)) {
        see(node);
        match node {
            Value::Object(object) => object.values().for_each(|inner| every_node(inner, see)),
            Value::Array(items) => items.iter().for_each(|inner| every_node(inner, see)),
            _ => {}
        }
    }

    #[test]
    fn head() {
        let schema = super::schema();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["title"], "leadlint.toml");
        assert_eq!(schema["description"], "The whole of `leadlint.toml`.");
        assert_eq!(schema["additionalProperties"], false);
        assert_eq!(schema["$defs"]["SourceOptions"]["properties"]["columns"]["propertyNames"]["$ref"], "#/$defs/Role");
        assert_eq!(
            schema["$defs"]["SourceOptions"]["properties"]["kind"],
            json!({ "$ref": "#/$defs/Kind", "description": "The kind; detected when absent." })
        );
    }

    #[test]
    fn no_null_is_left() {
        every_node(&super::schema(), &mut |node| assert!(!node.is_null() && node != "null"));
    }

    #[test]
    fn every_setting_is_described() {
        let schema = super::schema();
        let mut settings = 0;
        every_node(&schema, &mut |node| {
            // A setting may itself be called `properties`.
            let properties = node["properties"].as_object().filter(|_| node["type"] == "object");
            for (key, setting) in properties.into_iter().flatten() {
                settings += 1;
                assert!(setting["description"].is_string(), "{key} has no description");
            }
        });
        assert!(settings > 70);
    }
}
