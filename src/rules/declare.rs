//! What a rule is: metadata, a page, options, a scope and a check.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::check::Check;
use super::outcome::Outcome;
use crate::config::options::Options;
use crate::model::{Dimension, Kind, Object, Role, Safety, Severity, Source};
use crate::normalise::keys::KeyName;

/// A family of rules; its name is the front of their codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Required and minimal data.
    Required,
    /// Duplicates.
    Duplicates,
    /// Value drift.
    Drift,
    /// Formats.
    Formats,
    /// Field mapping between chats and the CRM.
    Mapping,
    /// Tags.
    Tags,
    /// Assignment.
    Assignment,
    /// The sync between chat and CRM.
    Sync,
    /// Chats and leads.
    Chats,
    /// Consent and sensitive content.
    Consent,
    /// References between sources.
    Links,
    /// Stages.
    Stages,
    /// Governance.
    Governance,
}

impl Family {
    /// Every family.
    pub const ALL: [Self; 13] = [
        Self::Required,
        Self::Duplicates,
        Self::Drift,
        Self::Formats,
        Self::Mapping,
        Self::Tags,
        Self::Assignment,
        Self::Sync,
        Self::Chats,
        Self::Consent,
        Self::Links,
        Self::Stages,
        Self::Governance,
    ];

    /// The front of the codes.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Required => "REQ",
            Self::Duplicates => "DUP",
            Self::Drift => "DRF",
            Self::Formats => "FMT",
            Self::Mapping => "MAP",
            Self::Tags => "TAG",
            Self::Assignment => "ASG",
            Self::Sync => "SYN",
            Self::Chats => "CHT",
            Self::Consent => "CNS",
            Self::Links => "LNK",
            Self::Stages => "STG",
            Self::Governance => "GOV",
        }
    }

    /// The folder of the family's files, and what people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Duplicates => "duplicates",
            Self::Drift => "drift",
            Self::Formats => "formats",
            Self::Mapping => "mapping",
            Self::Tags => "tags",
            Self::Assignment => "assignment",
            Self::Sync => "sync",
            Self::Chats => "chats",
            Self::Consent => "consent",
            Self::Links => "links",
            Self::Stages => "stages",
            Self::Governance => "governance",
        }
    }
}

/// What a rule must see together. Over any partition of the rows that keeps its scope together, and given the same
/// facts, a rule gives the same evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Each row by itself.
    Row,
    /// All rows that share a key.
    Key(KeyName),
    /// A column's distinct values, which are facts.
    Values,
    /// A chat, the records linked with it, and what else is linked with those.
    Links,
    /// The facts; the rule emits once.
    Facts,
    /// Everything, for the reason given.
    Whole(&'static str),
}

impl Scope {
    /// The word used on pages: `row`, `key(email)`.
    #[must_use]
    pub fn describe(self) -> String {
        match self {
            Self::Row => "row".to_owned(),
            Self::Key(key) => format!("key({})", key.as_str()),
            Self::Values => "values".to_owned(),
            Self::Links => "key(chat)".to_owned(),
            Self::Facts => "facts".to_owned(),
            Self::Whole(reason) => format!("whole: {reason}"),
        }
    }
}

/// What a source must have for a rule to look at it.
#[derive(Debug, Clone, Copy)]
pub enum Need {
    /// A column of this role.
    Role(Role),
    /// A column of one of these roles.
    AnyRole(&'static [Role]),
    /// A usable time in some export, or `--as-of`.
    Clock,
    /// A setting, as it would stand in the config, and whether the config has it.
    Setting(&'static str, fn(&Options) -> bool),
    /// Rows that go back this many days before the clock.
    Days(u32),
    /// Rows that go back `[tags] retire-after-days` before the clock.
    RetireDays,
    /// A baseline.
    Baseline,
}

impl Need {
    /// What is needed, in a few words.
    #[must_use]
    pub fn describe(self) -> String {
        match self {
            Self::Role(role) => role.as_str().to_owned(),
            Self::AnyRole(roles) => roles.iter().map(|r| r.as_str()).collect::<Vec<_>>().join("|"),
            Self::Clock => "clock".to_owned(),
            Self::Setting(setting, _) => setting.to_owned(),
            Self::Days(days) => format!("{days} days of rows"),
            Self::RetireDays => "[tags] retire-after-days of rows".to_owned(),
            Self::Baseline => "--baseline".to_owned(),
        }
    }
}

/// Everything that is known of a rule before it runs.
#[derive(Debug)]
pub struct RuleMeta {
    /// `DUP001`.
    pub code: &'static str,
    /// `repeated-email`: the defect, readable after "ignore".
    pub name: &'static str,
    /// The family.
    pub family: Family,
    /// Default severity.
    pub severity: Severity,
    /// The dimension of quality that its findings count against.
    pub dimension: Dimension,
    /// What it must see together.
    pub scope: Scope,
    /// The kinds of source that it looks at.
    pub kinds: &'static [Kind],
    /// Of CRM sources, the objects that it looks at; empty for all. A source whose object is not known is looked at by
    /// rules about leads or contacts.
    pub objects: &'static [Object],
    /// What a source must have.
    pub needs: &'static [Need],
    /// The class of its cleanup, where evidence does not say otherwise.
    pub safety: Safety,
    /// One sentence for people: `{count}`, `{checked}`, `{groups}`, `{column}` and `{source}` are filled in.
    pub message: &'static str,
    /// The version that brought it.
    pub since: &'static str,
    /// The page, in Markdown.
    pub page: &'static str,
    /// Where its source is.
    pub file: &'static str,
    /// Line of the declaration.
    pub line: u32,
}

impl RuleMeta {
    /// Whether converted leads are nothing to this rule: they prove that someone exists, but are no evidence of it
    /// (RULES, "Lifecycle").
    #[must_use]
    pub fn passes_over_converted(&self) -> bool {
        // DUP007 asks whether somebody was known, and leaves converted leads out of what it reports by itself.
        let in_family =
            matches!(self.family, Family::Required | Family::Duplicates | Family::Assignment) && self.code != "DUP007";
        in_family || matches!(self.code, "CHT003" | "CHT004" | "CNS001")
    }

    /// The rules whose evidence this one only lists again (RULES, "Counted once"): what is agreed for those is agreed
    /// here, and nothing is scored twice.
    #[must_use]
    pub fn lists_again(&self) -> &'static [&'static str] {
        if self.code == "DUP006" { &["DUP001", "DUP002"] } else { &[] }
    }

    /// Whether its evidence costs points.
    #[must_use]
    pub fn scores(&self) -> bool {
        self.lists_again().is_empty()
    }

    /// Whether the rule judges records, so that a source whose rows are events or links of records is nothing to it
    /// (RULES, "Grain"). Formats are judged wherever they stand.
    #[must_use]
    pub fn judges_records(&self) -> bool {
        matches!(self.family.prefix(), "REQ" | "DUP" | "DRF" | "TAG" | "ASG" | "CHT" | "LNK" | "STG")
    }

    /// Whether the rule is about sources of this kind and object at all. Rows whose object is not known are taken for
    /// people, whom most exports are of.
    #[must_use]
    pub fn is_about(&self, source: &Source) -> bool {
        self.is_about_rows(source.kind, source.object)
    }

    /// The same of a kind and object by themselves.
    #[must_use]
    pub fn is_about_rows(&self, kind: Kind, object: Option<Object>) -> bool {
        let people = self.objects.iter().any(|object| matches!(object, Object::Lead | Object::Contact));
        self.kinds.contains(&kind)
            && (self.objects.is_empty() || object.map_or(people, |object| self.objects.contains(&object)))
    }
}

/// A rule: one file with metadata, page, options and check.
pub trait Rule: Sync + 'static {
    /// What `[rules.CODE]` may hold beside the common keys.
    type Options: Default + Serialize + DeserializeOwned;

    /// The metadata.
    const META: RuleMeta;

    /// Looks at the tables that have what the rule needs.
    ///
    /// # Errors
    ///
    /// When something inside went wrong; the rule is then reported as failed, and the others run on.
    fn check(cx: &Check<'_>, options: &Self::Options) -> anyhow::Result<Outcome>;
}

/// Keys that every `[rules.CODE]` may hold.
const COMMON: [&str; 4] = ["severity", "max-rate", "max", "floor"];

/// A rule with its option type erased, as the registry holds it.
pub trait AnyRule: Sync {
    /// The metadata.
    fn meta(&self) -> &'static RuleMeta;

    /// Default options, as they would stand in the config.
    fn default_options(&self) -> toml::Table;

    /// Checks the rule's own options; the error says what is wrong with which key.
    fn validate(&self, own: &toml::Table) -> Result<(), String>;

    /// Runs the rule.
    fn run(&self, cx: &Check<'_>, own: &toml::Table) -> anyhow::Result<Outcome>;
}

impl<R: Rule> AnyRule for R {
    fn meta(&self) -> &'static RuleMeta {
        const { &R::META }
    }

    fn default_options(&self) -> toml::Table {
        match toml::Table::try_from(R::Options::default()) {
            Ok(table) => table,
            Err(error) => unreachable!("default options are plain data: {error}"),
        }
    }

    fn validate(&self, own: &toml::Table) -> Result<(), String> {
        let known = self.default_options();
        if let Some(key) = own.keys().find(|key| !known.contains_key(*key)) {
            let keys = COMMON.into_iter().chain(known.keys().map(String::as_str));
            return Err(format!("unknown key `{key}`; {}", crate::config::hint(key, keys)));
        }
        toml::Value::Table(own.clone()).try_into::<R::Options>().map(drop).map_err(|error| error.message().to_owned())
    }

    fn run(&self, cx: &Check<'_>, own: &toml::Table) -> anyhow::Result<Outcome> {
        let options: R::Options = toml::Value::Table(own.clone()).try_into()?;
        R::check(cx, &options)
    }
}

/// The options of rules that have none.
#[derive(Debug, Default, Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoOptions {}

/// Declares a rule: its page is the doc comment, its metadata the fields. The check follows as an `impl Rule`, into
/// which `meta!` expands the metadata.
macro_rules! declare_rule {
    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident {
            code: $code:literal,
            name: $human:literal,
            family: $family:ident,
            severity: $severity:ident,
            dimension: $dimension:ident,
            scope: $scope:expr,
            kinds: [$($kind:ident),* $(,)?],
            $(objects: [$($object:ident),* $(,)?],)?
            needs: [$($need:expr),* $(,)?],
            safety: $safety:ident,
            message: $message:literal,
            since: $since:literal,
            options: $options:ty,
            check: $check:ident $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug)]
        pub struct $name;

        impl $crate::rules::declare::Rule for $name {
            type Options = $options;

            const META: $crate::rules::declare::RuleMeta = $crate::rules::declare::RuleMeta {
                code: $code,
                name: $human,
                family: $crate::rules::declare::Family::$family,
                severity: $crate::model::Severity::$severity,
                dimension: $crate::model::Dimension::$dimension,
                scope: $scope,
                kinds: &[$($crate::model::Kind::$kind),*],
                objects: &[$($($crate::model::Object::$object),*)?],
                needs: &[$($need),*],
                safety: $crate::model::Safety::$safety,
                message: $message,
                since: $since,
                page: concat!($($doc, "\n"),*),
                file: file!(),
                line: line!(),
            };

            fn check(
                cx: &$crate::rules::check::Check<'_>,
                options: &Self::Options,
            ) -> anyhow::Result<$crate::rules::outcome::Outcome> {
                $check(cx, options)
            }
        }
    };
}

pub(crate) use declare_rule;
