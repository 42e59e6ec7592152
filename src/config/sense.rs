//! What a schema cannot say about a config: zones, patterns, periods, and names that must be declared elsewhere in it.

use std::collections::BTreeSet;
use std::str::FromStr;

use chrono_tz::{TZ_VARIANTS, Tz};
use indexmap::IndexMap;
use regex::Regex;

use super::document::{Document, Step, quoted};
use super::error::Error;
use super::nearest::{hint, list, nearest};
use super::options::{Condition, Options, StageOptions};
use crate::model::{Kind, Object};

/// Checks what only makes sense, or not, as a whole.
pub(super) fn check(document: &Document<'_>, options: &Options) -> Result<(), Error> {
    let sense = Sense { document, options };
    sense.names()?;
    sense.timezone()?;
    sense.periods()?;
    sense.patterns()?;
    sense.accepts()?;
    sense.stages()?;
    sense.fields()
}

struct Sense<'d, 'a> {
    document: &'d Document<'a>,
    options: &'d Options,
}

impl Sense<'_, '_> {
    fn names(&self) -> Result<(), Error> {
        match self.options.sources.keys().find(|name| name.is_empty() || name.contains('.')) {
            None => Ok(()),
            Some(name) => {
                let message = "is no name for a source: `source.header` ends it at the first dot; use letters, digits, `-` and `_`";
                self.fail(&["sources".into(), name.as_str().into()], message.to_owned())
            }
        }
    }

    fn timezone(&self) -> Result<(), Error> {
        let Some(zone) = &self.options.audit.timezone else { return Ok(()) };
        if Tz::from_str(zone).is_ok() {
            return Ok(());
        }
        let next = match nearest(zone, TZ_VARIANTS.iter().map(|zone| zone.name())) {
            Some(name) => hint(zone, [name]),
            None => "write an IANA name such as `UTC` or `Europe/Berlin`".to_owned(),
        };
        self.fail(
            &["audit".into(), "timezone".into()],
            format!("is {}, which is not a time zone; {next}", quoted(zone)),
        )
    }

    fn periods(&self) -> Result<(), Error> {
        for (name, source) in &self.options.sources {
            if let Some([first, last]) = source.covers
                && first > last
            {
                let steps = ["sources".into(), name.as_str().into(), "covers".into()];
                return self.fail(
                    &steps,
                    format!("begins on `{first}`, after its end on `{last}`; write the first day first"),
                );
            }
        }
        Ok(())
    }

    fn patterns(&self) -> Result<(), Error> {
        if let Some(pattern) = &self.options.tags.pattern {
            self.pattern(pattern, &["tags".into(), "pattern".into()])?;
        }
        for (at, rule) in self.options.assignment.iter().enumerate() {
            self.conditions(&rule.when, "assignment", at)?;
        }
        for (at, automation) in self.options.automation.iter().enumerate() {
            self.conditions(&automation.when, "automation", at)?;
        }
        Ok(())
    }

    fn conditions(&self, when: &IndexMap<String, Condition>, list: &str, at: usize) -> Result<(), Error> {
        for (field, condition) in when {
            if let Condition::Test(test) = condition
                && let Some(pattern) = &test.matches
            {
                let steps = [list.into(), at.into(), "when".into(), field.as_str().into(), "matches".into()];
                self.pattern(pattern, &steps)?;
            }
        }
        Ok(())
    }

    fn pattern(&self, pattern: &str, steps: &[Step<'_>]) -> Result<(), Error> {
        match Regex::new(pattern) {
            Ok(_) => Ok(()),
            Err(error) => {
                let text = error.to_string();
                let reason = text.lines().last().unwrap_or_default();
                let reason = reason.trim().trim_start_matches("error: ").trim_end_matches('.');
                self.fail(
                    steps,
                    format!("is {}, which is not a regular expression: {reason}; mend the pattern", quoted(pattern)),
                )
            }
        }
    }

    fn accepts(&self) -> Result<(), Error> {
        for (at, accept) in self.options.accept.iter().enumerate() {
            if accept.records.is_empty() && accept.group.is_none() {
                let message = format!(
                    "accepts `{}` for no record; add `records = [\"...\"]` or `group = \"...\"`, or set its severity to `off`",
                    accept.rule
                );
                return self.fail(&["accept".into(), at.into()], message);
            }
        }
        Ok(())
    }

    fn stages(&self) -> Result<(), Error> {
        for (column, order) in &self.options.stages.order {
            let steps = ["stages".into(), "order".into(), column.as_str().into()];
            if order.len() < 2 {
                return self.fail(&steps, "orders nothing; list two stages or more, the first one first".to_owned());
            }
            let mut seen = BTreeSet::new();
            if let Some(stage) = order.iter().find(|stage| !seen.insert(StageOptions::key(stage))) {
                return self.fail(
                    &steps,
                    format!("lists {} twice, as letters and digits go; list each stage once", quoted(stage)),
                );
            }
        }
        Ok(())
    }

    /// Every `source.header` of the file.
    fn fields(&self) -> Result<(), Error> {
        for (at, mapping) in self.options.mapping.iter().enumerate() {
            self.field(&mapping.from, &["mapping".into(), at.into(), "from".into()])?;
            self.field(&mapping.to, &["mapping".into(), at.into(), "to".into()])?;
        }
        for (at, automation) in self.options.automation.iter().enumerate() {
            for (nth, field) in automation.uses.iter().enumerate() {
                self.field(field, &["automation".into(), at.into(), "uses".into(), nth.into()])?;
            }
            for field in automation.expect.keys() {
                self.field(field, &["automation".into(), at.into(), "expect".into(), field.as_str().into()])?;
            }
        }
        for (at, probe) in self.options.probe.iter().enumerate() {
            for field in probe.expect.keys() {
                self.field(field, &["probe".into(), at.into(), "expect".into(), field.as_str().into()])?;
            }
        }
        Ok(())
    }

    fn field(&self, field: &str, steps: &[Step<'_>]) -> Result<(), Error> {
        let Some((source, _)) =
            field.split_once('.').filter(|(source, header)| !source.is_empty() && !header.is_empty())
        else {
            return self
                .fail(steps, format!("names {}; write it as `source.header`, such as `chats.reason`", quoted(field)));
        };
        if self.options.sources.contains_key(source) || is_unconfigured_name(source) {
            return Ok(());
        }
        let declared: Vec<&str> = self.options.sources.keys().map(String::as_str).collect();
        let next = match nearest(source, declared.iter().copied()) {
            Some(name) => format!("did you mean `{name}`, or is `[sources.{source}]` missing?"),
            None if declared.is_empty() => format!("declare it as `[sources.{source}]`"),
            None => format!("declare it as `[sources.{source}]`, or name one of {}", list(&declared)),
        };
        self.fail(steps, format!("names the source {}, which is not declared; {next}", quoted(source)))
    }

    fn fail(&self, steps: &[Step<'_>], message: String) -> Result<(), Error> {
        Err(self.document.value_error(steps, message))
    }
}

/// Whether a name is one that sources get when no config names them: `chat`, `lead`, `lead-2`.
fn is_unconfigured_name(name: &str) -> bool {
    let word = match name.rsplit_once('-') {
        Some((word, number)) if number.parse::<u32>().is_ok() => word,
        _ => name,
    };
    Kind::from_str(word).is_ok() || Object::from_str(word).is_ok()
}
