use insta::assert_snapshot;

use super::*;
use crate::config::options::{Condition, Paths, RuleSeverity};
use crate::model::{Kind, Role};

/// Every part of the file, as the design shows it.
const WHOLE: &str = r#"
[audit]
owner = "revops@acme.example"
salt = "0f3c9a"
cadence = { duplicates = "weekly", sync-log = "weekly", cleanup = "monthly", tags = "quarterly", mapping = "quarterly" }
b2b = true
timezone = "UTC"

[sources.leads]
kind = "crm"
object = "lead"
vendor = "salesforce"
path = "exports/leads*.csv"
schema = "exports/lead-describe.json"
columns = { email = "Email", owner = "OwnerId", reason = "Reason__c" }
required = ["email", "last_name", "created_at"]
ignore-columns = ["Notes_internal__c"]
covers = ["2026-10-01", "2026-10-31"]
system-users = ["integration@acme.example"]

[sources.chats]
kind = "chat"
path = "exports/chats.csv"

[[mapping]]
from = "chats.reason"
to = "leads.Reason__c"
type = "picklist"
values = { yes = "true", no = "false" }
required = true

[tags]
vocabulary = ["Source_Live_Chat", "Intent_Pricing"]
pattern = '^[A-Z][a-z][A-Za-z0-9]*(_[A-Z0-9][A-Za-z0-9]*)+$'
retire-after-days = 90
meaning = { Intent_Pricing = "asked for a price" }

[[assignment]]
name = "east territory"
when = { region = "East Region", score = { above = 75 }, topic = { in = ["Pricing"] }, notes = { matches = "(?i)demo" } }
owner = "East rep"
since = "2026-09-01"
status = "pilot"

[[automation]]
name = "route by reason"
uses = ["leads.Reason__c"]
action = "assign"
topic = "routing"
approval = "none"
when = { reason = "Pricing" }
expect = { "leads.OwnerId" = "East rep" }
within-seconds = 60

[[probe]]
chat = "c0001"
case = "plain"
expect = { "leads.Email" = "probe@acme.example", "leads.Reason__c" = "Pricing" }

[sync]
target-seconds = 30
alert-seconds = 300
error-rate = 0.02
trigger = "chat-end"
grace-seconds = 0
alert-to = "integrations@acme.example"
page-to = "on-call"

[qualify]
any = ["email", "phone", "intent"]

[duplicates]
merge-within-hours = 48
match = ["first_name", "last_name", "email", "phone", "company"]

[drift]
columns = ["region", "industry"]
[drift.aliases]
country = { "United States" = ["US", "USA", "U.S."] }

[survivor]
record = ["most-complete", "oldest"]
[survivor.fields]
owner = "most-recent"

[rules.REQ001]
severity = "error"
max-rate = 0.02

[rules.CHT007]
severity = "off"
max-turns = 200

[[accept]]
rule = "DUP001"
records = ["00Q5e000000018E", "00Q5e000000022F"]
reason = "info@ is one mailbox for three people"
owner = "revops@acme.example"
expires = 2027-06-30

[targets.sql]
dialect = "postgresql"
tables = { leads = "crm.leads" }
references = [{ table = "crm.activities", column = "lead_id" }]
"#;

fn error(text: &str) -> Error {
    parse(text, "leadlint.toml").unwrap_err()
}

#[test]
fn the_whole_file_parses() {
    let options = parse(WHOLE, "leadlint.toml").unwrap();
    assert_eq!(options.sources.keys().collect::<Vec<_>>(), ["leads", "chats"], "in file order");
    let leads = &options.sources["leads"];
    assert_eq!(leads.kind, Some(Kind::Crm));
    assert_eq!(leads.path, Some(Paths::One("exports/leads*.csv".to_owned())));
    assert_eq!(leads.columns[&Role::Owner], "OwnerId");
    assert_eq!(options.assignment[0].when["region"], Condition::Text("East Region".to_owned()));
    assert_eq!(options.rules["CHT007"].severity, Some(RuleSeverity::Off));
    assert_eq!(options.rules["CHT007"].own["max-turns"].as_integer(), Some(200));
    assert_eq!(options.targets["sql"]["dialect"].as_str(), Some("postgresql"));
    assert_eq!(parse("", "leadlint.toml").unwrap(), Options::default());
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_change_nothing() {
    let windows = format!("\u{feff}{}", WHOLE.replace('\n', "\r\n"));
    assert_eq!(parse(&windows, "leadlint.toml").unwrap(), parse(WHOLE, "leadlint.toml").unwrap());
    let error = error("\u{feff}[audit]\r\nownr = 1\r\n");
    assert_snapshot!(error, @"");
}

#[test]
fn days_need_no_quotes() {
    let quoted = "[sources.a]\ncovers = ['2026-10-01', '2026-10-31']\n[[assignment]]\nname = 'n'\nowner = 'o'\n\
                  since = '2026-09-01'\n[[accept]]\nrule = 'DUP001'\ngroup = 'g'\nreason = 'r'\nexpires = '2027-06-30'\n";
    let bare = ["2026-10-01", "2026-10-31", "2026-09-01", "2027-06-30"]
        .iter()
        .fold(quoted.to_owned(), |text, day| text.replace(&format!("'{day}'"), day));
    assert_ne!(quoted, bare);
    assert_eq!(parse(quoted, "leadlint.toml").unwrap(), parse(&bare, "leadlint.toml").unwrap());
}

#[test]
fn syntax() {
    assert_snapshot!(error("[audit]\nowner revops\n"), @"");
    assert_snapshot!(error("[audit]\nowner = \"revops"), @"");
    assert_snapshot!(error("[audit]\nb2b = true\nb2b = false\n"), @"");
    assert_snapshot!(error("[tags]\nvocabulary = [\"a\" \"b\"]\n"), @"");
}

#[test]
fn unknown_keys() {
    assert_snapshot!(error("[sources.leads]\nkind = \"crm\"\nrequird = []\n"), @"");
    assert_snapshot!(error("[audit]\nqqqq = 1\n"), @"");
    assert_snapshot!(error("[[mapping]]\nform = \"chats.a\"\nto = \"leads.b\"\n[sorces.a]\n"), @"");
    assert_snapshot!(error("[zzzzzzzz]\na = 1\n[audit]\nx = 1\n\"y z\" = 2\n"), @"");
    assert_snapshot!(error("[[assignment]]\nname='a'\nowner='b'\nwhen = { score = { abov = 3 } }\n"), @"");
}

#[test]
fn unknown_roles_and_parts() {
    assert_snapshot!(error("[sources.leads]\ncolumns = { emial = \"Email\" }\n"), @"");
    assert_snapshot!(error("[sources.leads.columns]\nOwnerId = \"owner\"\n"), @"");
    assert_snapshot!(error("[audit.cadence]\ntag = \"weekly\"\n"), @"");
}

#[test]
fn missing_keys() {
    assert_snapshot!(error("[audit]\nb2b = true\n\n[[mapping]]\nfrom = \"chats.reason\"\n"), @"");
    assert_snapshot!(error("accept = [{ rule = \"DUP001\", group = \"g\" }]\n"), @"");
}

#[test]
fn unknown_words() {
    assert_snapshot!(error("[rules.DUP001]\nseverity = \"eror\"\n"), @"");
    assert_snapshot!(error("[rules.DUP001]\nseverity = \"fatal\"\n"), @"");
    assert_snapshot!(error("[survivor]\nrecord = [\"oldest\", \"latest\"]\n"), @"");
    assert_snapshot!(error("[qualify]\nany = [\"mail\"]\n"), @"");
    assert_snapshot!(error("[phone]\nformat = \"E.164\"\n"), @"");
}

#[test]
fn wrong_types() {
    assert_snapshot!(error("[tags]\nretire-after-days = \"ninety\"\n"), @"");
    assert_snapshot!(error("[tags]\nretire-after-days = -1\n"), @"");
    assert_snapshot!(error("[tags]\nretire-after-days = 99999999999\n"), @"");
    assert_snapshot!(error("[audit]\nb2b = \"yes\"\n"), @"");
    assert_snapshot!(error("[audit]\ncadence = \"weekly\"\n"), @"");
    assert_snapshot!(error("[sources.leads]\nrequired = \"email\"\n"), @"");
    assert_snapshot!(error("[sources.leads]\npath = 3\n"), @"");
    assert_snapshot!(error("[[assignment]]\nname='a'\nowner='b'\nwhen = { score = [1] }\n"), @"");
    assert_snapshot!(error("[[assignment]]\nname='a'\nowner='b'\nwhen = { score = {} }\n"), @"");
    assert_snapshot!(error("[rules.DUP001]\nseverity = 1\n"), @"");
    assert_snapshot!(error("rules = \"DUP001\"\n"), @"");
}

#[test]
fn shares() {
    assert_snapshot!(error("[rules.DUP001]\nmax-rate = 2\n"), @"");
    assert_snapshot!(error("[rules.DUP001]\nmax-rate = nan\n"), @"");
    assert_snapshot!(error("[sync]\nerror-rate = -0.1\n"), @"");
}

#[test]
fn days() {
    assert_snapshot!(error("[sources.leads]\ncovers = [\"2026-10-01\", \"October\"]\n"), @"");
    assert_snapshot!(error("[sources.leads]\ncovers = [\"2026-02-30\", \"2026-03-01\"]\n"), @"");
    assert_snapshot!(error("[sources.leads]\ncovers = [2026-10-01T00:00:00, 2026-10-31]\n"), @"");
    assert_snapshot!(error("[sources.leads]\ncovers = [\"2026-10-01\"]\n"), @"");
    assert_snapshot!(error("[sources.leads]\ncovers = [\"2026-10-31\", \"2026-10-01\"]\n"), @"");
}

#[test]
fn zones() {
    assert_snapshot!(error("[audit]\ntimezone = \"Europe/Berln\"\n"), @"");
    assert_snapshot!(error("[audit]\ntimezone = \"berlin\"\n"), @"");
    assert_snapshot!(error("[audit]\ntimezone = \"headquarters\"\n"), @"");
}

#[test]
fn patterns() {
    assert_snapshot!(error("[tags]\npattern = '^(a'\n"), @"");
    let condition = "[[assignment]]\nname='a'\nowner='b'\n[assignment.when]\ntopic = { matches = 'a{2,1}' }\n";
    assert_snapshot!(error(condition), @"");
}

#[test]
fn accepts_of_nothing() {
    assert_snapshot!(error("\n[[accept]]\nrule = \"DUP001\"\nreason = \"shared\"\n"), @"");
}

#[test]
fn sources_that_are_not_declared() {
    let declared = "[sources.leads]\n[sources.chats]\n";
    let mapping = |from: &str| error(&format!("{declared}[[mapping]]\nfrom = \"{from}\"\nto = \"leads.Reason__c\"\n"));
    assert_snapshot!(mapping("chat-log.reason"), @"");
    assert_snapshot!(mapping("chatz.reason"), @"");
    assert_snapshot!(mapping("reason"), @"");
    assert_snapshot!(error("[[probe]]\nchat = \"c1\"\nexpect = { \"crm_leads.Email\" = \"a\" }\n"), @"");
    let unconfigured = "[[mapping]]\nfrom = \"chat.reason\"\nto = \"lead-2.Reason.Code\"\n";
    assert!(parse(unconfigured, "leadlint.toml").is_ok());
}

#[test]
fn files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("leadlint.toml");
    let shown = |error: Error| error.to_string().replace(&folder.path().display().to_string(), "DIR");

    assert_snapshot!(shown(read(&path).unwrap_err()), @"");
    assert_snapshot!(shown(read(folder.path()).unwrap_err()), @"");

    fs::write(&path, b"[audit]\nowner = \"M\xfcller\"\n").unwrap();
    assert_snapshot!(shown(read(&path).unwrap_err()), @"");

    fs::write(&path, "[audit]\nb2b = true\n").unwrap();
    let loaded = read(&path).unwrap();
    assert!(loaded.options.audit.b2b);
    assert_eq!(loaded.folder, folder.path());
    assert_eq!(loaded.path, path);
    assert_snapshot!(loaded.sha256, @"");
}

mod properties {
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
                    let name = if name.is_object() { example(root, name) } else { "\"lead.any\"".to_owned() };
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
}
