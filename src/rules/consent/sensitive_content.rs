//! CNS002: card numbers, bank accounts, national ids and passwords in transcripts and notes.

use crate::normalise::sensitive::{find, names};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Transcripts, notes and other columns of long text that hold
    ///
    /// - a card number: a length and first digits that a card scheme gives out, the Luhn check, and grouped as cards are
    ///   printed or behind a word for a card. In one piece, or behind "order", "tracking", "case" and the like, it is none;
    /// - an IBAN, by the format of its country and its check digits;
    /// - a national id: a US social security number with its dashes or behind its name; a Canadian, British or Spanish
    ///   one behind its name;
    /// - a password: a word for password, "is" or a sign, and a token with digits or signs in it. Sentences about
    ///   passwords ("the reset link") are none.
    ///
    /// What was found is named and never quoted: the evidence holds the kind in place of the cell, in every format.
    ///
    /// ## Why it matters
    ///
    /// The text is copied from the chat into the CRM, its backups and its exports, where card rules and privacy law forbid
    /// it, and where everybody who may read the record can use it.
    ///
    /// ## Example
    ///
    /// ```csv chat flags
    /// chat_id,started_at,transcript
    /// c1,2026-10-01T09:00:00Z,"Visitor: My card is 4111 1111 1111 1111, please charge it."
    /// c2,2026-10-01T09:00:00Z,Visitor: the password is hunter22
    /// c3,2026-10-01T09:00:00Z,Visitor: send it to DE89 3704 0044 0532 0130 00
    /// ```
    ///
    /// ```csv chat passes
    /// chat_id,started_at,transcript
    /// c1,2026-10-01T09:00:00Z,Visitor: Our order is 4111 1111 1111 1112.
    /// c2,2026-10-01T09:00:00Z,Visitor: I never got the password reset link.
    /// c3,2026-10-01T09:00:00Z,Visitor: call +1 212 555 0143 and not 212-555-0144
    /// ```
    ///
    /// ## Cleanup
    ///
    /// None by script: a person blanks the passage in the chat tool and in the CRM, and has the card or password replaced.
    ///
    /// ## References
    ///
    /// ISO/IEC 7812 for card numbers, ISO 13616 for the IBAN (crate `iban_validate`).
    pub struct SensitiveContent {
        code: "CNS002",
        name: "sensitive-content",
        family: Consent,
        severity: Error,
        dimension: Integrity,
        scope: Scope::Row,
        kinds: [Crm, Chat],
        needs: [],
        safety: Manual,
        message: "sensitive content in {count} of {checked|cell|cells} of {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        for column in table.source.columns() {
            let looked_at = match table.source.role_of(column) {
                Some(role) => matches!(role, Role::Transcript | Role::Notes),
                None => cx.facts.of(table).columns.is_multi_line(column),
            };
            if !looked_at {
                continue;
            }
            out.checked(table, Some(column), (table.height() - table.blank(column).sum().unwrap_or(0) as usize) as u64);
            let parts = table.text(column).par_parts(|first, cells| {
                let kinds = (first..).zip(cells.map(|cell| cell.map_or(0, find)));
                kinds.filter(|(_, kinds)| *kinds != 0).collect::<Vec<_>>()
            });
            let (rows, kinds): (Vec<u32>, Vec<u8>) = parts.into_iter().flatten().unzip();
            // The kind stands where other rules show the cell, so that no format can quote it.
            let value: StringChunked = kinds.iter().map(|kinds| Some(names(*kinds))).collect();
            // Another number in the same cell is another defect. Without a salt nothing of the cell goes into a baseline: who
            // knows the words around a card number could try them all.
            let text = table.text(column);
            let is_salted = cx.config.audit.salt.as_deref().is_some_and(|salt| !salt.is_empty());
            let identity: StringChunked = rows.iter().map(|row| text.get(*row).filter(|_| is_salted)).collect();
            out.push(
                Hits::rows(table, Some(column), rows)?
                    .with("value", value.into_series())?
                    .with("identity", identity.into_series())?
                    .with_text("detail", "the cell is not quoted")?,
            );
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    #[test]
    fn what_is_found_is_named_and_never_quoted() {
        let chats = "chat_id,started_at,transcript\n\
            c1,2026-10-01T09:00:00Z,\"card 4111 1111 1111 1111, password is hunter22\"\n\
            c2,2026-10-01T09:00:00Z,hello\n";
        let found = flagged("CNS002", "", &[("chat", chats)]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].value.as_deref(), Some("card number, password"));
        let whole = serde_json::to_string(&found).unwrap();
        assert!(!whole.contains("1111") && !whole.contains("hunter"), "{whole}");
    }

    #[test]
    fn only_long_text_is_looked_at() {
        let leads = "Id,LastName,Order_Card__c,Description,Call_Notes__c\n\
            1,Lee,card 4111 1111 1111 1111,,\n\
            2,Lee,,card 4111 1111 1111 1111,\n\
            3,Lee,,,card 4111 1111 1111 1111\n";
        let found = flagged("CNS002", "", &[("lead", leads)]);
        let places: Vec<_> = found.iter().map(|row| (row.record_id.as_deref(), row.column.as_deref())).collect();
        assert_eq!(places, [(Some("3"), Some("Call_Notes__c")), (Some("2"), Some("Description"))]);
    }
}
