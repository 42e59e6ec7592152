mod properties;

use insta::assert_snapshot;

use super::*;
use crate::config::options::{Condition, Paths, RuleSeverity, SqlDialect};
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

[stages]
order = { status = ["New", "Working", "Qualified"], "deals.stage" = ["Pilot", "Signed"] }

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
    assert_eq!(options.targets.sql.dialect, Some(SqlDialect::Postgresql));
    assert_eq!(parse("", "leadlint.toml").unwrap(), Options::default());
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_change_nothing() {
    let windows = format!("\u{feff}{}", WHOLE.replace('\n', "\r\n"));
    assert_eq!(parse(&windows, "leadlint.toml").unwrap(), parse(WHOLE, "leadlint.toml").unwrap());
    let error = error("\u{feff}[audit]\r\nownr = 1\r\n");
    assert_snapshot!(error, @"leadlint.toml:2:1: unknown key `audit.ownr`; did you mean `owner`?");
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
    assert_snapshot!(error("[audit]\nowner revops\n"), @r#"
    leadlint.toml:2:7: key with no value, expected `=`
     2 | owner revops
       |       ^
    "#);
    assert_snapshot!(error("[audit]\nowner = \"revops"), @r#"
    leadlint.toml:2:16: invalid basic string, expected `"`
     2 | owner = "revops
       |                ^
    "#);
    assert_snapshot!(error("[audit]\nb2b = true\nb2b = false\n"), @r#"
    leadlint.toml:3:1: duplicate key
     3 | b2b = false
       | ^
    "#);
    assert_snapshot!(error("[tags]\nvocabulary = [\"a\" \"b\"]\n"), @r#"
    leadlint.toml:2:19: missing comma between array elements, expected `,`
     2 | vocabulary = ["a" "b"]
       |                   ^
    "#);
}

#[test]
fn unknown_keys() {
    assert_snapshot!(error("[sources.leads]\nkind = \"crm\"\nrequird = []\n"), @"leadlint.toml:3:1: unknown key `sources.leads.requird`; did you mean `required`?");
    assert_snapshot!(error("[audit]\nqqqq = 1\n"), @"leadlint.toml:2:1: unknown key `audit.qqqq`; known here: `owner`, `salt`, `cadence`, `b2b`, `timezone`");
    assert_snapshot!(error("[[mapping]]\nform = \"chats.a\"\nto = \"leads.b\"\n[sorces.a]\n"), @"leadlint.toml:2:1: unknown key `mapping[1].form`; did you mean `from`? (and 1 more unknown key)");
    assert_snapshot!(error("[zzzzzzzz]\na = 1\n[audit]\nx = 1\n\"y z\" = 2\n"), @"leadlint.toml:1:2: unknown key `zzzzzzzz`; known here: `audit`, `sources`, `mapping`, `tags`, `assignment`, `assign`, `automation`, `probe`, `sync`, `qualify`, `duplicates`, `drift`, `stages`, `phone`, `retention`, `survivor`, `rules`, `accept`, `targets` (and 2 more unknown keys)");
    assert_snapshot!(error("[[assignment]]\nname='a'\nowner='b'\nwhen = { score = { abov = 3 } }\n"), @"leadlint.toml:4:20: unknown key `assignment[1].when.score.abov`; did you mean `above`?");
}

#[test]
fn keys_outside_of_their_table() {
    assert_snapshot!(error("timezone = \"UTC\"\n"), @"leadlint.toml:1:1: unknown key `timezone`; it belongs in `[audit]`");
    assert_snapshot!(error("[audit]\nwithin-seconds = 3\n"), @"leadlint.toml:2:1: unknown key `audit.within-seconds`; it belongs in `[[automation]]`");
    assert_snapshot!(error("[tags]\nmax-rate = 0.1\n"), @"leadlint.toml:2:1: unknown key `tags.max-rate`; it belongs in `[rules.NAME]`");
}

#[test]
fn names_of_sources() {
    assert_snapshot!(error("[sources.\"leads.eu\"]\n"), @r#"leadlint.toml:1:10: `sources."leads.eu"` is no name for a source: `source.header` ends it at the first dot; use letters, digits, `-` and `_`"#);
}

#[test]
fn hostile_values_stay_on_one_short_line() {
    assert_snapshot!(error(&format!("[audit]\nb2b = \"a\\nb{}\"\n", "c".repeat(1000))), @"leadlint.toml:2:1: `audit.b2b` must be `true` or `false`, not the text `a bccccccccccccccccccccccccccccccccccccccccccccccccccccccccc…`");
    assert_snapshot!(error(&format!("x = {} y", "1".repeat(1000))), @r#"
    leadlint.toml:1:5: string values must be quoted, expected literal string
     1 | x = 111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111
       |     ^
    "#);
}

#[test]
fn unknown_roles_and_parts() {
    assert_snapshot!(error("[sources.leads]\ncolumns = { emial = \"Email\" }\n"), @"leadlint.toml:2:13: unknown role `sources.leads.columns.emial`; did you mean `email`?");
    assert_snapshot!(error("[sources.leads.columns]\nOwnerId = \"owner\"\n"), @"leadlint.toml:2:1: unknown role `sources.leads.columns.OwnerId`; did you mean `owner`?");
    assert_snapshot!(error("[audit.cadence]\ntag = \"weekly\"\n"), @"leadlint.toml:2:1: unknown key `audit.cadence.tag`; did you mean `tags`?");
}

#[test]
fn missing_keys() {
    assert_snapshot!(error("[audit]\nb2b = true\n\n[[mapping]]\nfrom = \"chats.reason\"\n"), @"leadlint.toml:4:1: `mapping[1]` lacks `to` (`source.header` of the CRM field); add it");
    assert_snapshot!(error("accept = [{ rule = \"DUP001\", group = \"g\" }]\n"), @"leadlint.toml:1:11: `accept[1]` lacks `reason` (why); add it");
}

#[test]
fn unknown_words() {
    assert_snapshot!(error("[rules.DUP001]\nseverity = \"eror\"\n"), @"leadlint.toml:2:1: `rules.DUP001.severity` cannot be `eror`; did you mean `error`?");
    assert_snapshot!(error("[rules.DUP001]\nseverity = \"fatal\"\n"), @"leadlint.toml:2:1: `rules.DUP001.severity` cannot be `fatal`; write one of `error`, `warning`, `info`, `off`");
    assert_snapshot!(error("[survivor]\nrecord = [\"oldest\", \"latest\"]\n"), @"leadlint.toml:2:21: `survivor.record[2]` cannot be `latest`; write one of `most-complete`, `oldest`, `newest`, `most-recent`");
    assert_snapshot!(error("[qualify]\nany = [\"mail\"]\n"), @"leadlint.toml:2:8: `qualify.any[1]` cannot be `mail`; did you mean `email`?");
    assert_snapshot!(error("[phone]\nformat = \"E.164\"\n"), @"leadlint.toml:2:1: `phone.format` cannot be `E.164`; did you mean `e164`?");
}

#[test]
fn wrong_types() {
    assert_snapshot!(error("[tags]\nretire-after-days = \"ninety\"\n"), @"leadlint.toml:2:1: `tags.retire-after-days` must be a whole number, not the text `ninety`");
    assert_snapshot!(error("[tags]\nretire-after-days = -1\n"), @"leadlint.toml:2:1: `tags.retire-after-days` must be between 0 and 4294967295, not `-1`");
    assert_snapshot!(error("[tags]\nretire-after-days = 99999999999\n"), @"leadlint.toml:2:1: `tags.retire-after-days` must be between 0 and 4294967295, not `99999999999`");
    assert_snapshot!(error("[tags]\nretire-after-days = 99999999999999999999\n"), @"leadlint.toml:2:1: `tags.retire-after-days` must be between 0 and 4294967295, not `99999999999999999999`");
    assert_snapshot!(error("[audit]\nb2b = \"yes\"\n"), @"leadlint.toml:2:1: `audit.b2b` must be `true` or `false`, not the text `yes`");
    assert_snapshot!(error("[audit]\ncadence = \"weekly\"\n"), @"leadlint.toml:2:1: `audit.cadence` must be a table, not the text `weekly`");
    assert_snapshot!(error("[sources.leads]\nrequired = \"email\"\n"), @"leadlint.toml:2:1: `sources.leads.required` must be a list in brackets, not the text `email`");
    assert_snapshot!(error("[sources.leads]\npath = 3\n"), @"leadlint.toml:2:1: `sources.leads.path` must be text in quotes or a list in brackets, not `3`");
    assert_snapshot!(error("[[assignment]]\nname='a'\nowner='b'\nwhen = { score = [1] }\n"), @"leadlint.toml:4:10: `assignment[1].when.score` must be text in quotes, a number, `true` or `false` or a table, not a list");
    assert_snapshot!(error("[[assignment]]\nname='a'\nowner='b'\nwhen = { score = {} }\n"), @"leadlint.toml:4:10: `assignment[1].when.score` is empty; give it one of `above`, `below`, `in`, `matches`");
    assert_snapshot!(error("[rules.DUP001]\nseverity = 1\n"), @"leadlint.toml:2:1: `rules.DUP001.severity` must be one of `error`, `warning`, `info`, `off`, not `1`");
    assert_snapshot!(error("rules = \"DUP001\"\n"), @"leadlint.toml:1:1: `rules` must be a table, not the text `DUP001`");
}

#[test]
fn shares() {
    assert_snapshot!(error("[rules.DUP001]\nmax-rate = 2\n"), @"leadlint.toml:2:1: `rules.DUP001.max-rate` must be between 0 and 1, not `2`");
    assert_snapshot!(error("[rules.DUP001]\nmax-rate = nan\n"), @"leadlint.toml:2:1: `rules.DUP001.max-rate` must be between 0 and 1, not `nan`");
    assert_snapshot!(error("[sync]\nerror-rate = -0.1\n"), @"leadlint.toml:2:1: `sync.error-rate` must be between 0 and 1, not `-0.1`");
}

#[test]
fn days() {
    assert_snapshot!(error("[sources.leads]\ncovers = [\"2026-10-01\", \"October\"]\n"), @"leadlint.toml:2:25: `sources.leads.covers[2]` is `October`, which is not a day; write it as `2026-10-31`");
    assert_snapshot!(error("[sources.leads]\ncovers = [\"2026-02-30\", \"2026-03-01\"]\n"), @"leadlint.toml:2:11: `sources.leads.covers[1]` is `2026-02-30`, which is not a day; write it as `2026-10-31`");
    assert_snapshot!(error("[sources.leads]\ncovers = [2026-10-01T00:00:00, 2026-10-31]\n"), @"leadlint.toml:2:11: `sources.leads.covers[1]` is `2026-10-01T00:00:00`, which is not a day; write it as `2026-10-31`");
    assert_snapshot!(error("[sources.leads]\ncovers = [\"2026-10-01\"]\n"), @"leadlint.toml:2:1: `sources.leads.covers` must list exactly 2 values, not 1");
    assert_snapshot!(error("[sources.leads]\ncovers = [\"2026-10-31\", \"2026-10-01\"]\n"), @"leadlint.toml:2:1: `sources.leads.covers` begins on `2026-10-31`, after its end on `2026-10-01`; write the first day first");
}

#[test]
fn zones() {
    assert_snapshot!(error("[audit]\ntimezone = \"Europe/Berln\"\n"), @"leadlint.toml:2:1: `audit.timezone` is `Europe/Berln`, which is not a time zone; did you mean `Europe/Berlin`?");
    assert_snapshot!(error("[audit]\ntimezone = \"berlin\"\n"), @"leadlint.toml:2:1: `audit.timezone` is `berlin`, which is not a time zone; did you mean `Europe/Berlin`?");
    assert_snapshot!(error("[audit]\ntimezone = \"headquarters\"\n"), @"leadlint.toml:2:1: `audit.timezone` is `headquarters`, which is not a time zone; write an IANA name such as `UTC` or `Europe/Berlin`");
}

#[test]
fn patterns() {
    assert_snapshot!(error("[tags]\npattern = '^(a'\n"), @"leadlint.toml:2:1: `tags.pattern` is `^(a`, which is not a regular expression: unclosed group; mend the pattern");
    let condition = "[[assignment]]\nname='a'\nowner='b'\n[assignment.when]\ntopic = { matches = 'a{2,1}' }\n";
    assert_snapshot!(error(condition), @"leadlint.toml:5:11: `assignment[1].when.topic.matches` is `a{2,1}`, which is not a regular expression: invalid repetition count range, the start must be <= the end; mend the pattern");
}

#[test]
fn stages_are_ordered_once() {
    assert_snapshot!(error("[stages]\norder = { stage = [\"New\"] }\n"), @"leadlint.toml:2:11: `stages.order.stage` orders nothing; list two stages or more, the first one first");
    assert_snapshot!(error("[stages.order]\nstage = [\"In Progress\", \"Won\", \"IN_PROGRESS\"]\n"), @"leadlint.toml:2:1: `stages.order.stage` lists `IN_PROGRESS` twice, as letters and digits go; list each stage once");
}

#[test]
fn accepts_of_nothing() {
    assert_snapshot!(error("\n[[accept]]\nrule = \"DUP001\"\nreason = \"shared\"\n"), @r#"leadlint.toml:2:1: `accept[1]` accepts `DUP001` for no record; add `records = ["..."]` or `group = "..."`, or set its severity to `off`"#);
}

#[test]
fn sources_that_are_not_declared() {
    let declared = "[sources.leads]\n[sources.chats]\n";
    let mapping = |from: &str| error(&format!("{declared}[[mapping]]\nfrom = \"{from}\"\nto = \"leads.Reason__c\"\n"));
    assert_snapshot!(mapping("chat-log.reason"), @"leadlint.toml:4:1: `mapping[1].from` names the source `chat-log`, which is not declared; declare it as `[sources.chat-log]`, or name one of `leads`, `chats`");
    assert_snapshot!(mapping("chatz.reason"), @"leadlint.toml:4:1: `mapping[1].from` names the source `chatz`, which is not declared; did you mean `chats`, or is `[sources.chatz]` missing?");
    assert_snapshot!(mapping("reason"), @"leadlint.toml:4:1: `mapping[1].from` names `reason`; write it as `source.header`, such as `chats.reason`");
    assert_snapshot!(error("[[probe]]\nchat = \"c1\"\nexpect = { \"crm_leads.Email\" = \"a\" }\n"), @r#"leadlint.toml:3:12: `probe[1].expect."crm_leads.Email"` names the source `crm_leads`, which is not declared; declare it as `[sources.crm_leads]`"#);
    let unconfigured = "[[mapping]]\nfrom = \"chat.reason\"\nto = \"lead-2.Reason.Code\"\n";
    assert!(parse(unconfigured, "leadlint.toml").is_ok());
}

#[test]
fn files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("leadlint.toml");
    let shown = |error: Error| error.to_string().replace(&folder.path().display().to_string(), "DIR");

    assert_snapshot!(shown(read(&path).unwrap_err()), @"cannot read config `DIR/leadlint.toml`: there is no such file; check the path, or run `leadlint init` to write one");
    assert_snapshot!(shown(read(folder.path()).unwrap_err()), @"cannot read config `DIR`: it is a folder; name the file in it");

    fs::write(&path, b"[audit]\nowner = \"M\xfcller\"\n").unwrap();
    assert_snapshot!(shown(read(&path).unwrap_err()), @"DIR/leadlint.toml:2:11: not valid UTF-8; save the file as UTF-8");

    fs::write(&path, "[audit]\nb2b = true\n").unwrap();
    let loaded = read(&path).unwrap();
    assert!(loaded.options.audit.b2b);
    assert_eq!(loaded.folder, folder.path());
    assert_eq!(loaded.path, path);
    assert_snapshot!(loaded.sha256, @"ab91c6dea8eebd9dbe91d1cb8e8588590ff17c9cfd06e71d7768ea7fca59fb19");
}
