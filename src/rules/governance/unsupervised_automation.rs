//! GOV003: automations that act on delicate topics without a person.

use crate::rules::outcome::Checked;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `[[automation]]` entries whose topic is complex qualification, negotiation or sensitive support, and which do not
    /// say `approval = "human"`. A topic that is one of these but for a slip or an ending ("negotiations",
    /// "negotation") counts as meant.
    ///
    /// This is what the config declares. Whether a person does approve is not in the exports, and is not verified.
    ///
    /// ## Why it matters
    ///
    /// A wrong price, a turned-down customer or an answer to a complaint cannot be taken back by undoing a field.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [[automation]]
    /// name = "answer price objections"
    /// action = "reply"
    /// topic = "negotiation"
    /// approval = "none"
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Email
    /// 1,ana@acme.example
    /// ```
    ///
    /// ```toml
    /// [[automation]]
    /// name = "answer price objections"
    /// action = "reply"
    /// topic = "negotiation"
    /// approval = "human"
    ///
    /// [[automation]]
    /// name = "route by reason"
    /// action = "assign"
    /// topic = "routing"
    /// approval = "none"
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email
    /// 1,ana@acme.example
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: put a person before the automation acts, then declare it with `approval = "human"`.
    pub struct UnsupervisedAutomation {
        code: "GOV003",
        name: "unsupervised-automation",
        family: Governance,
        severity: Warning,
        dimension: Integrity,
        scope: Scope::Facts,
        kinds: [Crm, Chat, SyncLog],
        needs: [Need::Setting("[[automation]]", |config| !config.automation.is_empty())],
        safety: Manual,
        message: "{count} of {checked|automation|automations} declared to act on a delicate topic without a person",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// Topics on which a person must have the last word.
const DELICATE: [&str; 3] = ["complex-qualification", "negotiation", "sensitive-support"];

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    out.checked.push(Checked { source: AUDIT, column: None, count: cx.config.automation.len() as u64 });
    for automation in &cx.config.automation {
        let Some(written) = automation.topic.as_deref() else { continue };
        let Some(topic) = delicate(written) else { continue };
        if automation.approval.as_deref() == Some("human") {
            continue;
        }
        let read = if written == topic { String::new() } else { format!(" (written `{written}`)") };
        let detail = format!("{topic}{read} without human approval; as declared, not verified");
        out.push(Hits::on_audit(&detail)?.with_text("value", &automation.name)?);
    }
    Ok(out)
}

/// The delicate topic that a topic is, slips of up to two letters aside.
fn delicate(written: &str) -> Option<&'static str> {
    let squeeze =
        |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect() };
    let written = squeeze(written);
    DELICATE.into_iter().find(|topic| strsim::osa_distance(&squeeze(topic), &written) <= 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::flagged;

    #[test]
    fn topics_are_known_by_their_near_spellings() {
        for (written, topic) in [
            ("negotiation", Some("negotiation")),
            ("Negotiations", Some("negotiation")),
            ("negotation", Some("negotiation")),
            ("complex qualification", Some("complex-qualification")),
            ("Sensitive_Support", Some("sensitive-support")),
            ("qualification", None),
            ("support", None),
            ("routing", None),
            ("navigation", None),
            ("", None),
        ] {
            assert_eq!(delicate(written), topic, "{written}");
        }
    }

    #[test]
    fn each_automation_is_one_row_and_silence_is_no_approval() {
        let toml = "[[automation]]\nname = 'a'\ntopic = 'negotiation'\n\n[[automation]]\nname = 'b'\ntopic = 'sensitive-support'\napproval = 'none'\n\n[[automation]]\nname = 'c'\ntopic = 'complex-qualification'\napproval = 'human'\n\n[[automation]]\nname = 'd'\n";
        let found = flagged("GOV003", toml, &[("lead", "Id,Email\n1,ana@acme.example\n")]);
        let names: Vec<_> = found.iter().map(|row| (row.source.as_str(), row.value.as_deref())).collect();
        assert_eq!(names, [("audit", Some("a")), ("audit", Some("b"))]);
        assert!(found.iter().all(|row| row.detail.ends_with("as declared, not verified")));
    }
}
