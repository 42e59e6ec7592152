//! GOV004: edge cases that neither a chat nor a probe exercises.

use crate::config::options::ProbeCase;
use crate::normalise::declared::Probe;
use crate::rules::outcome::Checked;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Edge cases of chats that nothing puts to the test: no chat that is loaded is one, and no `[[probe]]` whose chat is
    /// loaded has it as its `case`.
    ///
    /// - a repeat visitor: chatted twice, or stood in the CRM before the chat
    /// - an overlong chat: a text longer than the CRM field that it is mapped to, by the schema file, or of over 32,000
    ///   characters
    /// - an incomplete chat: the visitor left no name or no address
    /// - a transferred chat
    ///
    /// Bots, spam and tests are no chats here.
    ///
    /// ## Why it matters
    ///
    /// Integrations are built for the plain chat; they break on these four, and nobody knows how.
    ///
    /// ## Example
    ///
    /// ```csv chat flags
    /// chat_id,started_at,visitor_email,visitor_name,transferred
    /// c1,2026-10-01T09:00:00Z,ana@acme.example,Ana Moss,false
    /// ```
    ///
    /// ```toml
    /// [[probe]]
    /// chat = "c3"
    /// case = "overlong"
    /// ```
    ///
    /// ```csv chat passes
    /// chat_id,started_at,visitor_email,visitor_name,transferred
    /// c1,2026-10-01T09:00:00Z,ana@acme.example,Ana Moss,true
    /// c2,2026-10-02T09:00:00Z,ana@acme.example,,false
    /// c3,2026-10-03T09:00:00Z,bo@acme.example,Bo Lind,false
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: have such a chat with your own site, and declare it as a `[[probe]]` with its `case`.
    pub struct UntestedEdgeCase {
        code: "GOV004",
        name: "untested-edge-case",
        family: Governance,
        severity: Info,
        dimension: Integrity,
        scope: Scope::Facts,
        kinds: [Chat],
        needs: [],
        safety: Manual,
        message: "{count} of {checked|edge case|edge cases} of chats: no chat and no probe puts them to the test",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// The cases, what people call them, and what tells them in an export.
const CASES: [(ProbeCase, &str, &str, &str); 4] = [
    (ProbeCase::Repeat, "repeat", "a repeat visitor", "an address"),
    (ProbeCase::Overlong, "overlong", "an overlong chat", "a transcript"),
    (ProbeCase::Incomplete, "incomplete", "an incomplete chat", "a name or an address"),
    (ProbeCase::Transfer, "transfer", "a transferred chat", "whether they were handed on"),
];

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let declared = &cx.facts.declared;
    if declared.edge_cases.chats == 0 {
        out.unchecked("no chat of a person is loaded".to_owned());
        return Ok(out);
    }
    out.checked.push(Checked { source: AUDIT, column: None, count: CASES.len() as u64 });
    for (case, word, what, column) in CASES {
        let probes: Vec<bool> = declared
            .probes
            .iter()
            .filter(|probe| cx.config.probe[probe.at].case == Some(case))
            .map(Probe::is_absent)
            .collect();
        let chats = declared.edge_cases.of_case(case);
        if probes.contains(&false) || chats.is_some_and(|count| count > 0) {
            continue;
        }
        let probe = if probes.is_empty() { "no probe" } else { "the chat of no probe" };
        let chats = match chats {
            Some(_) => "no chat is one".to_owned(),
            None => format!("the chats do not tell: they lack {column}"),
        };
        let detail = format!("{what}: {chats}, and {probe} is {}", if probes.is_empty() { "for it" } else { "loaded" });
        out.push(Hits::on_audit(&detail)?.with_text("value", word)?);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    fn untested(toml: &str, texts: &[(&str, &str)]) -> Vec<String> {
        flagged("GOV004", toml, texts).into_iter().map(|row| row.value.unwrap()).collect()
    }

    #[test]
    fn chats_exercise_cases_whatever_they_were_meant_for() {
        let plain = "chat_id,started_at,visitor_email,visitor_name,transferred,transcript\n\
            c1,2026-10-05T09:00:00Z,ana@acme.example,Ana Moss,false,hello\n";
        assert_eq!(untested("", &[("chat", plain)]), ["incomplete", "overlong", "repeat", "transfer"]);
        let leads = "Id,Email,CreatedDate\n1,ana@acme.example,2026-10-01T09:00:00Z\n";
        assert_eq!(untested("", &[("chat", plain), ("lead", leads)]), ["incomplete", "overlong", "transfer"]);
        let more = format!("{plain}c2,2026-10-05T10:00:00Z,,Guest 12,yes,\n");
        assert_eq!(untested("", &[("chat", &more)]), ["overlong", "repeat"]);
        let long = format!("{plain}c2,2026-10-05T10:00:00Z,ana@acme.example,Ana Moss,no,{}\n", "é".repeat(32_001));
        assert_eq!(untested("", &[("chat", &long)]), ["incomplete", "transfer"]);
    }

    #[test]
    fn bots_exercise_nothing_and_neither_does_a_probe_that_is_not_loaded() {
        let chats = "chat_id,started_at,visitor_email,visitor_name,transferred,is_bot\n\
            c1,2026-10-05T09:00:00Z,ana@acme.example,Ana Moss,false,false\n\
            c2,2026-10-05T10:00:00Z,,,true,true\n";
        assert_eq!(untested("", &[("chat", chats)]), ["incomplete", "overlong", "repeat", "transfer"]);
        let probes = "[[probe]]\nchat = \"c1\"\ncase = \"transfer\"\n\n[[probe]]\nchat = \"c9\"\ncase = \"repeat\"\n";
        assert_eq!(untested(probes, &[("chat", chats)]), ["incomplete", "overlong", "repeat"]);
    }

    #[test]
    fn a_text_longer_than_its_field_is_overlong() {
        let schema = r#"{"fields":[{"name":"Note__c","label":"Note","type":"string","length":20}]}"#;
        let toml = "[[mapping]]\nfrom = \"chat.ask\"\nto = \"lead.Note__c\"\n";
        let leads = "Id,Email,Note__c\n1,a@x.example,\n";
        for (ask, found) in [("short", true), ("longer than twenty characters", false)] {
            let chats = format!("chat_id,started_at,visitor_email,ask\nc1,2026-10-05T09:00:00Z,b@x.example,{ask}\n");
            let texts = [("schema", schema), ("lead", leads), ("chat", chats.as_str())];
            assert_eq!(untested(toml, &texts).contains(&"overlong".to_owned()), found, "{ask}");
        }
    }
}
