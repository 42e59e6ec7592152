//! `leadlint.toml` as written: a serde mirror of the file, every key optional, unknown keys refused.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::places::Places;
use super::{day, schema};
use crate::model::{Kind, Object, Role};

mod rules;
mod stages;
mod targets;

pub use rules::{AcceptOptions, RuleOptions, RuleSeverity};
pub use stages::StageOptions;
pub use targets::{HubspotOptions, SalesforceOptions, SqlDialect, SqlOptions, SqlReference, TargetsOptions};

/// The whole of `leadlint.toml`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// The audit as a whole: who owns it, its clock and cadence.
    pub audit: AuditOptions,
    /// The exports, by name.
    pub sources: IndexMap<String, SourceOptions>,
    /// Which chat field is meant to land in which CRM field.
    pub mapping: Vec<MappingOptions>,
    /// The tag vocabulary.
    pub tags: TagOptions,
    /// Assignment rules, in order.
    pub assignment: Vec<AssignmentOptions>,
    /// What assignment falls back to.
    pub assign: AssignOptions,
    /// Automations that use the fields.
    pub automation: Vec<AutomationOptions>,
    /// Test chats and where their values must appear.
    pub probe: Vec<ProbeOptions>,
    /// Targets of the sync between chat and CRM.
    pub sync: SyncOptions,
    /// Which chats ought to become leads.
    pub qualify: QualifyOptions,
    /// Duplicate matching.
    pub duplicates: DuplicateOptions,
    /// Value drift.
    pub drift: DriftOptions,
    /// In which order records go through their stages.
    pub stages: StageOptions,
    /// How phone numbers ought to be written.
    pub phone: PhoneOptions,
    /// How long records may be kept.
    pub retention: RetentionOptions,
    /// Which record and which value survive a merge.
    pub survivor: SurvivorOptions,
    /// Severity, budget and options per rule, by code or name.
    pub rules: IndexMap<String, RuleOptions>,
    /// False alarms and agreed exceptions.
    pub accept: Vec<AcceptOptions>,
    /// Settings of cleanup targets, by target name.
    pub targets: TargetsOptions,
    /// Where the entries stand in the file.
    #[serde(skip)]
    #[schemars(skip)]
    pub places: Places,
}

/// `[audit]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct AuditOptions {
    /// Who answers for the audit; GOV001 when absent.
    pub owner: Option<String>,
    /// Keys fingerprints, baselines and `--pii hash`.
    pub salt: Option<String>,
    /// How often each part ought to be looked at, by part.
    #[schemars(extend("propertyNames" = { "enum": schema::CADENCES }))]
    pub cadence: BTreeMap<String, Cadence>,
    /// Whether the business sells to companies, so that free mail is worth a note.
    pub b2b: bool,
    /// The IANA zone of timestamps that carry none; UTC when absent.
    pub timezone: Option<String>,
}

/// How often something ought to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cadence {
    /// Every day.
    Daily,
    /// Every seven days.
    Weekly,
    /// Every month.
    Monthly,
    /// Every three months.
    Quarterly,
    /// Every year.
    Yearly,
}

/// One path or several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Paths {
    /// One path or glob.
    One(String),
    /// Several paths or globs.
    Many(Vec<String>),
}

/// `[sources.NAME]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct SourceOptions {
    /// The kind; detected when absent.
    pub kind: Option<Kind>,
    /// What a row is, for `kind = "crm"`; detected when absent.
    pub object: Option<Object>,
    /// The vendor; detected when absent.
    pub vendor: Option<String>,
    /// Path or glob, or a list of them, from the folder of this file.
    pub path: Option<Paths>,
    /// A Salesforce describe or HubSpot properties JSON: types, picklists, lengths.
    pub schema: Option<String>,
    /// Role to header, only what detection missed.
    #[schemars(schema_with = "schema::role_to_header")]
    pub columns: BTreeMap<Role, String>,
    /// Roles or headers that every row must fill.
    pub required: Option<Vec<String>>,
    /// Headers that no rule looks at.
    pub ignore_columns: Vec<String>,
    /// First and last day of the period exported.
    #[serde(deserialize_with = "day::pair")]
    #[schemars(schema_with = "schema::period")]
    pub covers: Option<[NaiveDate; 2]>,
    /// Users whose edits are not people's.
    pub system_users: Vec<String>,
    /// The CRM that masters these records, such as `salesforce`.
    pub synced_with: Option<String>,
}

/// `[[mapping]]`.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MappingOptions {
    /// `source.header` of the chat field.
    pub from: String,
    /// `source.header` of the CRM field.
    pub to: String,
    /// The type that both sides are meant to have.
    #[serde(default)]
    pub r#type: Option<FieldType>,
    /// How a chat value is meant to be translated.
    #[serde(default)]
    pub values: IndexMap<String, String>,
    /// Whether the CRM field must be filled whenever the chat field is.
    #[serde(default)]
    pub required: bool,
    /// Whether another mapping may write the same target first.
    #[serde(default)]
    pub fallback: bool,
}

/// The type of a mapped field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    /// An email address.
    Email,
    /// A phone number.
    Phone,
    /// One line of text.
    Text,
    /// Several lines of text.
    LongText,
    /// One of a list.
    Picklist,
    /// Yes or no.
    Boolean,
    /// A point in time.
    Timestamp,
    /// A number.
    Number,
}

/// `[tags]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct TagOptions {
    /// The tags that may be used.
    pub vocabulary: Vec<String>,
    /// The pattern that a tag must have.
    pub pattern: Option<String>,
    /// After how many days without use a tag is idle.
    pub retire_after_days: Option<u32>,
    /// What each tag stands for.
    pub meaning: IndexMap<String, String>,
}

/// `[[assignment]]`.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AssignmentOptions {
    /// What people call the rule.
    pub name: String,
    /// Conditions by role or header; all must hold.
    #[serde(default)]
    pub when: IndexMap<String, Condition>,
    /// Who gets the record.
    pub owner: String,
    /// The day from which the rule is in force.
    #[serde(default, deserialize_with = "day::date")]
    #[schemars(schema_with = "schema::day")]
    pub since: Option<NaiveDate>,
    /// Whether the rule is enforced or only simulated.
    #[serde(default)]
    pub status: AssignmentStatus,
    /// Whether the rule is meant to catch what others leave.
    #[serde(default)]
    pub fallback: bool,
}

/// Whether an assignment rule is enforced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AssignmentStatus {
    /// Enforced.
    #[default]
    Live,
    /// Simulated only.
    Pilot,
}

/// What a field must be for a rule to apply.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Condition {
    /// Equals, trimmed and case-folded.
    Text(String),
    /// Equals a number.
    Number(f64),
    /// Equals a boolean word.
    Boolean(bool),
    /// A comparison.
    Test(ConditionTest),
}

/// A comparison in a condition; all given parts must hold.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(extend("minProperties" = 1))]
pub struct ConditionTest {
    /// Greater than.
    pub above: Option<f64>,
    /// Less than.
    pub below: Option<f64>,
    /// One of these.
    pub r#in: Option<Vec<String>>,
    /// Matches this regular expression.
    pub matches: Option<String>,
}

/// `[assign]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct AssignOptions {
    /// The owner that gets what no rule caught.
    pub default_owner: Option<String>,
}

/// `[[automation]]`.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AutomationOptions {
    /// What people call it.
    pub name: String,
    /// `source.header` of the fields that it reads.
    #[serde(default)]
    pub uses: Vec<String>,
    /// What it does.
    #[serde(default)]
    pub action: Option<String>,
    /// What it decides about.
    #[serde(default)]
    pub topic: Option<String>,
    /// Who approves what it does: `human` or `none`.
    #[serde(default)]
    #[schemars(extend("enum" = ["human", "none"]))]
    pub approval: Option<String>,
    /// Conditions by role or header.
    #[serde(default)]
    pub when: IndexMap<String, Condition>,
    /// `source.header` to the value that matching records must show.
    #[serde(default)]
    pub expect: IndexMap<String, String>,
    /// Within how many seconds.
    #[serde(default)]
    pub within_seconds: Option<u64>,
    /// Whether it stands still while a cleanup is loaded: `clean` stops at automations that do not.
    #[serde(default)]
    pub paused: bool,
}

/// `[[probe]]`.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ProbeOptions {
    /// Id of the test chat.
    pub chat: String,
    /// Which edge case it exercises.
    #[serde(default)]
    pub case: Option<ProbeCase>,
    /// `source.header` to the value that must have arrived.
    #[serde(default)]
    pub expect: IndexMap<String, String>,
}

/// The edge case that a probe exercises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProbeCase {
    /// Nothing special.
    Plain,
    /// A visitor who was there before.
    Repeat,
    /// A chat longer than the limit.
    Overlong,
    /// A chat that lacks details.
    Incomplete,
    /// A chat that was handed on.
    Transfer,
}

/// `[sync]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct SyncOptions {
    /// Seconds within which a lead ought to be there.
    pub target_seconds: Option<u64>,
    /// Seconds after which somebody is told.
    pub alert_seconds: Option<u64>,
    /// Tolerated share of failures per hour.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub error_rate: Option<f64>,
    /// What starts the clock.
    pub trigger: Option<Trigger>,
    /// Seconds by which the end of a window is shortened.
    pub grace_seconds: Option<u64>,
    /// Who is told.
    pub alert_to: Option<String>,
    /// Who is paged.
    pub page_to: Option<String>,
}

/// What starts the clock of the sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// The chat's end.
    ChatEnd,
    /// The chat's start.
    ChatStart,
}

/// `[qualify]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct QualifyOptions {
    /// Any one of these makes a chat a lead: `email`, `phone`, `intent`.
    #[schemars(schema_with = "schema::qualifiers")]
    pub any: Option<Vec<String>>,
}

/// `[duplicates]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct DuplicateOptions {
    /// Hours within which a duplicate ought to be merged.
    pub merge_within_hours: Option<u32>,
    /// Roles or headers to compare; every comparable role when absent.
    pub r#match: Option<Vec<String>>,
}

/// `[drift]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct DriftOptions {
    /// Roles or headers to look at; every categorical column when absent.
    pub columns: Option<Vec<String>>,
    /// Known aliases: column, canonical value, its spellings.
    pub aliases: IndexMap<String, IndexMap<String, Vec<String>>>,
}

/// `[phone]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct PhoneOptions {
    /// `e164` to ask for E.164 everywhere.
    #[schemars(extend("enum" = ["e164"]))]
    pub format: Option<String>,
    /// ISO country whose numbers carry no prefix.
    pub region: Option<String>,
}

/// `[retention]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RetentionOptions {
    /// Days after which a record may no longer be kept.
    pub days: Option<u32>,
}

/// `[survivor]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct SurvivorOptions {
    /// Which record survives: criteria in order, each breaking the ties of the one before.
    pub record: Option<Vec<SurvivorRecord>>,
    /// Which value survives, by role or header.
    pub fields: IndexMap<String, SurvivorField>,
}

/// A criterion for the record that survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SurvivorRecord {
    /// The one with most business fields filled.
    MostComplete,
    /// The one created first.
    Oldest,
    /// The one created last.
    Newest,
    /// The one changed last.
    MostRecent,
}

/// A criterion for the value that survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SurvivorField {
    /// The survivor's own value, else the next record's.
    Survivor,
    /// The value of the record changed last.
    MostRecent,
    /// The value of the record created first.
    Oldest,
    /// The longest value.
    Longest,
    /// The most frequent value.
    MostFrequent,
}
