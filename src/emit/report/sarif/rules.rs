//! The rules that have results, each with its page.

use std::collections::BTreeMap;

use serde_json::json;
use serde_sarif::sarif::{MultiformatMessageString, PropertyBag, ReportingConfiguration, ReportingDescriptor};

use super::level;
use crate::evidence::Audit;
use crate::rules::{by_code, page};

/// Descriptors of rules, and where each is.
pub(super) struct Rules {
    pub(super) descriptors: Vec<ReportingDescriptor>,
    index: BTreeMap<&'static str, i64>,
}

impl Rules {
    /// The rules of the audit's findings, by code.
    pub(super) fn of(audit: &Audit) -> Self {
        let names: BTreeMap<&'static str, &'static str> = audit.findings.iter().map(|f| (f.code, f.name)).collect();
        Self {
            index: names.keys().copied().zip(0_i64..).collect(),
            descriptors: names.into_iter().map(|(code, name)| descriptor(code, name)).collect(),
        }
    }

    /// The index of a rule.
    pub(super) fn at(&self, code: &str) -> Option<i64> {
        self.index.get(code).copied()
    }
}

fn descriptor(code: &'static str, name: &'static str) -> ReportingDescriptor {
    let Some(rule) = by_code(code) else {
        return ReportingDescriptor::builder().id(code).name(name).build();
    };
    let meta = rule.meta();
    let plain = |text: &str| MultiformatMessageString::builder().text(text).build();
    let body = page::body(meta);
    let what = what_it_finds(&body);
    let page = page::page(rule);
    let tags = vec![meta.family.name().to_owned(), meta.dimension.as_str().to_owned()];
    let severity = match meta.severity.as_str() {
        "info" => "recommendation",
        word => word,
    };
    let own = BTreeMap::from([("problem.severity".to_owned(), json!(severity))]);
    ReportingDescriptor::builder()
        .id(code)
        .name(name)
        .short_description(plain(&format!("{code} {name}")))
        .full_description(plain(&what))
        .help(MultiformatMessageString::builder().text(&page).markdown(&page).build())
        .default_configuration(ReportingConfiguration::builder().level(json!(level(meta.severity))).build())
        .properties(PropertyBag::builder().tags(tags).additional_properties(own).build())
        .build()
}

/// The first paragraph of a page, on one line.
fn what_it_finds(body: &str) -> String {
    let lines = body.lines().map(str::trim).skip_while(|line| line.is_empty() || line.starts_with('#'));
    lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
