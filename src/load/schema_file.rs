//! Schema files: a Salesforce object describe, or HubSpot's properties, as JSON.
//!
//! Salesforce: `sf sobject describe --json`, or the REST resource `sobjects/Lead/describe`: `fields[]` with
//! `picklistValues[]`. HubSpot: `crm/v3/properties/contacts`: `results[]`, or the list alone, with `options[]`.

use std::path::Path;

use serde::Deserialize;

use super::Error;
use super::header::squeeze;
use crate::model::{FieldKind, ListedValue, Schema, SchemaField};

#[derive(Debug, Deserialize)]
struct Document {
    fields: Option<Vec<Declared>>,
    results: Option<Vec<Declared>>,
    /// What the `sf` command wraps around a describe.
    result: Option<Box<Self>>,
}

impl Document {
    fn fields(self) -> Option<Vec<Declared>> {
        self.fields.or(self.results).or_else(|| self.result?.fields())
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Declared {
    name: String,
    label: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    field_type: Option<String>,
    length: Option<u32>,
    restricted_picklist: Option<bool>,
    picklist_values: Option<Vec<Entry>>,
    options: Option<Vec<Entry>>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    value: Option<String>,
    label: Option<String>,
    active: Option<bool>,
    hidden: Option<bool>,
}

/// Reads the schema of the source `source_name`, whose columns have these `headers`, from the file at `path`.
///
/// A column is the field whose name is its header, or whose name or label reads like it, if there is only one.
///
/// # Errors
///
/// When the file cannot be read, is no JSON, or holds no fields; with line and column.
pub(super) fn read(path: &Path, source_name: &str, headers: &[&str]) -> Result<Schema, Error> {
    let shown = path.to_string_lossy().into_owned();
    let bytes = std::fs::read(path).map_err(|cause| Error::SchemaUnreadable {
        source_name: source_name.to_owned(),
        path: shown.clone(),
        cause,
    })?;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let refuse = |line, column, reason: String| Error::SchemaForm { path: shown.clone(), line, column, reason };
    let parsed = if text.trim_ascii_start().starts_with(b"[") {
        serde_json::from_slice::<Vec<Declared>>(text).map(Some)
    } else {
        serde_json::from_slice::<Document>(text).map(Document::fields)
    };
    let fields = parsed.map_err(|error| {
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or_default();
        refuse(error.line(), error.column(), reason.to_owned())
    })?;
    let fields = fields.ok_or_else(|| refuse(1, 1, "it has neither `fields` nor `results`".to_owned()))?;
    let fields: Vec<SchemaField> = fields.into_iter().map(Declared::into_field).collect();
    let columns = headers.iter().map(|header| position(&fields, header)).collect();
    Ok(Schema { path: shown, fields, columns })
}

fn position(fields: &[SchemaField], header: &str) -> Option<usize> {
    let header = header.trim();
    let key = squeeze(header);
    let only = |test: &dyn Fn(&SchemaField) -> bool| {
        let mut found = (0..).zip(fields).filter(|(_, field)| test(field)).map(|(at, _)| at);
        found.next().filter(|_| found.next().is_none())
    };
    only(&|field| field.name == header)
        .or_else(|| only(&|field| field.label == header))
        .or_else(|| only(&|field| squeeze(&field.name) == key))
        .or_else(|| only(&|field| squeeze(&field.label) == key))
}

impl Declared {
    fn into_field(self) -> SchemaField {
        let kind = kind(self.kind.as_deref().unwrap_or_default(), self.field_type.as_deref().unwrap_or_default());
        let hubspot = self.options.is_some();
        let listed = matches!(kind, FieldKind::Picklist | FieldKind::MultiPicklist);
        let values = self.picklist_values.or(self.options).filter(|_| listed).unwrap_or_default();
        let values = values.into_iter().filter_map(|listed| {
            let value = listed.value.or_else(|| listed.label.clone())?;
            let label = listed.label.unwrap_or_else(|| value.clone());
            Some(ListedValue { value, label, active: listed.active.unwrap_or(true) && !listed.hidden.unwrap_or(false) })
        });
        SchemaField {
            label: self.label.unwrap_or_else(|| self.name.clone()),
            name: self.name,
            kind,
            length: self.length.filter(|length| *length > 0),
            // HubSpot refuses every value that is no option.
            restricted: self.restricted_picklist.unwrap_or(hubspot),
            values: values.collect(),
        }
    }
}

/// The kind by Salesforce's `type`, or HubSpot's `type` and `fieldType`.
fn kind(name: &str, shown: &str) -> FieldKind {
    match (name.to_lowercase().as_str(), shown) {
        ("bool" | "boolean", _) | (_, "booleancheckbox") => FieldKind::Boolean,
        ("enumeration", "checkbox") | ("multipicklist", _) => FieldKind::MultiPicklist,
        ("enumeration" | "picklist" | "combobox", _) => FieldKind::Picklist,
        ("textarea", _) | (_, "textarea" | "html") => FieldKind::LongText,
        ("phone" | "phone_number", _) | (_, "phonenumber") => FieldKind::Phone,
        ("email", _) => FieldKind::Email,
        ("url", _) => FieldKind::Url,
        ("string" | "encryptedstring", _) => FieldKind::Text,
        ("int" | "integer" | "long" | "double" | "currency" | "percent" | "number", _) => FieldKind::Number,
        ("date", _) => FieldKind::Date,
        ("datetime", _) => FieldKind::Timestamp,
        ("id" | "reference" | "masterrecord", _) => FieldKind::Reference,
        _ => FieldKind::Other,
    }
}

/// What has to be said of a schema beside a source with these `headers`.
pub(super) fn note(schema: &Schema, headers: &[&str]) -> Option<String> {
    const SHOWN: usize = 5;
    // Columns of other objects (`Owner.Name`) are in no describe.
    let missing: Vec<&str> = headers
        .iter()
        .zip(&schema.columns)
        .filter(|(header, field)| field.is_none() && !header.contains('.'))
        .map(|(header, _)| *header)
        .collect();
    if schema.columns.iter().all(Option::is_none) {
        return Some(format!("the schema {} describes none of the columns; is it another object's?", schema.path));
    }
    if missing.is_empty() {
        return None;
    }
    let named: Vec<String> = missing.iter().take(SHOWN).map(|header| format!("\"{header}\"")).collect();
    let more = match missing.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Some(format!("the schema {} does not describe {}{more}", schema.path, named.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(text: &str, headers: &[&str]) -> Result<Schema, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("describe.json");
        std::fs::write(&path, text).unwrap();
        read(&path, "leads", headers)
    }

    const DESCRIBE: &str = r#"{"status":0,"result":{"name":"Lead","fields":[
        {"name":"Region__c","label":"Region","type":"picklist","length":255,"restrictedPicklist":true,"picklistValues":[
            {"active":true,"defaultValue":false,"label":"East","value":"E","validFor":null},
            {"active":false,"defaultValue":false,"label":null,"value":"Old"}]},
        {"name":"Email","label":"Email","type":"email","length":80,"picklistValues":[]},
        {"name":"IsConverted","label":"Converted","type":"boolean","length":0}]}}"#;

    #[test]
    fn a_describe_is_read_with_its_wrapping() {
        let schema = schema(DESCRIBE, &["region", "Email", "Converted", "Owner.Name", "Other"]).unwrap();
        assert_eq!(schema.columns, [Some(0), Some(1), Some(2), None, None]);
        let region = &schema.fields[0];
        assert!(region.restricted && region.kind == FieldKind::Picklist && region.length == Some(255));
        assert_eq!((region.values[0].label.as_str(), region.values[0].active), ("East", true));
        assert_eq!((region.values[1].label.as_str(), region.values[1].active), ("Old", false));
        assert_eq!((schema.fields[1].kind, schema.fields[2].length), (FieldKind::Email, None));
        let said = note(&schema, &["region", "Email", "Converted", "Owner.Name", "Other"]).unwrap();
        assert!(said.ends_with("does not describe \"Other\""), "{said}");
    }

    #[test]
    fn properties_are_read_as_a_list_and_as_results() {
        let list = r#"[{"name":"hs_lead_status","label":"Lead Status","type":"enumeration","fieldType":"select","options":[
            {"label":"New","value":"NEW","hidden":false},{"label":"Old","value":"OLD","hidden":true}]},
            {"name":"topics","label":"Topics","type":"enumeration","fieldType":"checkbox","options":[]},
            {"name":"optin","label":"Opt in","type":"enumeration","fieldType":"booleancheckbox","options":[{"label":"Yes","value":"true"}]}]"#;
        for text in [list.to_owned(), format!("\u{FEFF}{{\"results\":{list}}}")] {
            let schema = schema(&text, &["Lead Status", "topics"]).unwrap();
            assert_eq!(schema.columns, [Some(0), Some(1)]);
            assert!(schema.fields[0].restricted && !schema.fields[0].values[1].active);
            assert_eq!(schema.fields[1].kind, FieldKind::MultiPicklist);
            assert!(schema.fields[2].kind == FieldKind::Boolean && schema.fields[2].values.is_empty());
        }
    }

    #[test]
    fn what_is_no_schema_says_where_and_what_to_do() {
        let error = |text: &str| schema(text, &[]).unwrap_err().to_string();
        assert!(error("{\"fields\":[\n{\"label\":\"x\"}]}").contains("describe.json:2:13: missing field `name`"));
        assert!(error("{\"fields\":").contains(":1:10: EOF while parsing a value"), "{}", error("{\"fields\":"));
        assert!(error("{}").contains("neither `fields` nor `results`; write it with"));
        assert!(error("").contains("describe.json:1:0"));
        let gone = read(Path::new("/nowhere/x.json"), "leads", &[]).unwrap_err().to_string();
        assert!(gone.starts_with("source leads: schema /nowhere/x.json cannot be read"), "{gone}");
    }

    #[test]
    fn a_label_of_two_fields_is_no_match() {
        let text = r#"{"fields":[{"name":"A__c","label":"Region"},{"name":"B__c","label":"Region"},{"name":"Region","label":"Area"}]}"#;
        assert_eq!(schema(text, &["Region", "a"]).unwrap().columns, [Some(2), Some(0)]);
        let text = r#"{"fields":[{"name":"A__c","label":"Region"},{"name":"B__c","label":"Region"}]}"#;
        let schema = schema(text, &["Region"]).unwrap();
        assert_eq!(schema.columns, [None]);
        assert!(note(&schema, &["Region"]).unwrap().contains("describes none of the columns"));
    }
}
