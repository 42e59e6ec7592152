//! REQ004: columns that chats fill, or hardly do, and that tell nobody anything.

use crate::config::options::Options as Config;
use crate::matching::spelling;
use crate::model::Kind;
use crate::normalise::column_facts::Columns;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Columns of chats, and columns of the CRM that a `[[mapping]]` fills, which are almost never filled (under 2 % of
    /// rows) or hold the same value in every row, with their share of the source's bytes. One finding per source, from 100
    /// rows on.
    ///
    /// Standard columns are never meant: those that play a role, system fields, ids, times, addresses of pages and
    /// machines, consent, and what a known chat tool writes by itself. Of such a tool's export only columns that a mapping
    /// reads or that come from a form ("pre-chat …", "custom …") are looked at.
    ///
    /// ## Why it matters
    ///
    /// Every field on a form costs answers, and every field that is kept is personal data to be accounted for. A field that
    /// nobody fills, or that always says the same, is not worth either.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [rules.REQ004]
    /// rows = 4
    /// ```
    ///
    /// ```csv chat flags
    /// chat_id,started_at,visitor_email,favourite_colour,newsletter_name
    /// c1,2026-10-01T09:00:00Z,ana@acme.example,,Autumn
    /// c2,2026-10-01T10:00:00Z,bo@acme.example,,Autumn
    /// c3,2026-10-01T11:00:00Z,cy@acme.example,,Autumn
    /// c4,2026-10-01T12:00:00Z,di@acme.example,,Autumn
    /// ```
    ///
    /// ```csv chat passes
    /// chat_id,started_at,visitor_email,plan_size,is_bot,visitor_language
    /// c1,2026-10-01T09:00:00Z,ana@acme.example,small,false,en
    /// c2,2026-10-01T10:00:00Z,bo@acme.example,,false,en
    /// c3,2026-10-01T11:00:00Z,cy@acme.example,large,false,en
    /// c4,2026-10-01T12:00:00Z,di@acme.example,,false,en
    /// ```
    ///
    /// ## Options
    ///
    /// - `rows`: how many rows a source must have to be judged.
    /// - `filled-below`: the share of filled rows under which a column counts as almost never filled.
    ///
    /// ## Cleanup
    ///
    /// None by script: take the field off the form and the mapping, then delete it in the CRM.
    pub struct OverCapturedColumn {
        code: "REQ004",
        name: "over-captured-column",
        family: Required,
        severity: Info,
        dimension: Completeness,
        scope: Scope::Facts,
        kinds: [Crm, Chat],
        needs: [],
        safety: Manual,
        message: "of {checked|column|columns} that chats fill in {source}, some are hardly filled or never vary",
        since: "0.1.0",
        options: Options,
        check: check,
    }
}

/// Options under `[rules.REQ004]`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// How many rows a source must have to be judged.
    pub rows: u64,
    /// The share of filled rows under which a column counts as almost never filled.
    pub filled_below: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { rows: 100, filled_below: 0.02 }
    }
}

fn check(cx: &Check<'_>, options: &Options) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        let facts = cx.facts.of(table);
        if facts.rows < options.rows.max(2) {
            continue;
        }
        let mut columns: Vec<usize> =
            table.source.columns().filter(|column| is_captured(table, *column, cx.config)).collect();
        if columns.is_empty() {
            continue;
        }
        // By name, so that moved columns change nothing.
        columns.sort_by_key(|column| table.source.header(*column));
        out.checked(table, None, columns.len() as u64);
        let bytes: u64 = facts.columns.all_bytes();
        let idle: Vec<(usize, String)> = columns
            .into_iter()
            .filter_map(|column| Some((column, idle(&facts.columns, column, facts.rows, bytes, options)?)))
            .collect();
        if idle.is_empty() {
            continue;
        }
        let header = |column: usize| table.source.header(column);
        let details: Vec<String> = idle.iter().map(|(column, why)| format!("{}: {why}", header(*column))).collect();
        let names: Vec<&str> = idle.iter().map(|(column, _)| header(*column)).collect();
        out.push(Hits::whole(table, None, &details.join("; "))?.with_text("value", &names.join(", "))?);
    }
    Ok(out)
}

/// What is wrong with a column, if anything.
fn idle(columns: &Columns, column: usize, rows: u64, bytes: u64, options: &Options) -> Option<String> {
    let share = (columns.bytes(column) * 1000).checked_div(bytes).unwrap_or(0);
    let share = format!("{}.{} % of the bytes", share / 10, share % 10);
    if columns.filled(column) == 0 {
        Some(format!("never filled, {share}"))
    } else if (columns.filled(column) as f64) < options.filled_below * rows as f64 {
        Some(format!("filled in {} of {rows} rows, {share}", columns.filled(column)))
    } else {
        // Blank beside one value is an answer too: a box that is ticked or not.
        (columns.is_same(column) && columns.filled(column) == rows).then(|| format!("the same in every row, {share}"))
    }
}

/// Whether a chat fills the column, and no system needs it.
fn is_captured(table: &Table, column: usize, config: &Config) -> bool {
    let source = &table.source;
    if source.role_of(column).is_some() || source.system.iter().any(|(_, of)| *of == column) {
        return false;
    }
    let header = source.header(column);
    let words = spelling::words(header);
    if is_standard(&words) {
        return false;
    }
    let is_field = |field: &str| {
        field.split_once('.').is_some_and(|(name, of)| name == source.name && source.column_named(of) == Some(column))
    };
    if config.mapping.iter().any(|mapping| is_field(&mapping.from) || is_field(&mapping.to)) {
        return true;
    }
    // Whoever puts an export together by hand chose each of its columns; a known tool writes many that nobody chose.
    source.kind == Kind::Chat && (source.vendor == "generic-chat" || is_of_a_form(&words))
}

/// Whether the words of a header say that the visitor filled it in.
fn is_of_a_form(words: &[String]) -> bool {
    words.iter().any(|word| matches!(word.as_str(), "prechat" | "custom" | "form" | "field"))
        || words.windows(2).any(|pair| pair[0] == "pre" && pair[1] == "chat")
}

/// Whether the words of a header say that a system writes it, or that the law asks for it.
fn is_standard(words: &[String]) -> bool {
    const WORDS: [&str; 72] = [
        "agent",
        "archived",
        "assigned",
        "at",
        "bot",
        "bounce",
        "bounced",
        "browser",
        "by",
        "campaign",
        "channel",
        "city",
        "closed",
        "consent",
        "count",
        "country",
        "created",
        "currency",
        "date",
        "day",
        "deleted",
        "department",
        "device",
        "domain",
        "duration",
        "ended",
        "first",
        "gclid",
        "gdpr",
        "group",
        "guid",
        "hour",
        "id",
        "ids",
        "ip",
        "key",
        "lang",
        "language",
        "locale",
        "missed",
        "month",
        "number",
        "operator",
        "opt",
        "optin",
        "optout",
        "os",
        "owner",
        "page",
        "platform",
        "privacy",
        "queue",
        "rating",
        "referrer",
        "response",
        "score",
        "seconds",
        "spam",
        "started",
        "state",
        "status",
        "tag",
        "tags",
        "test",
        "time",
        "timezone",
        "type",
        "unsubscribed",
        "updated",
        "url",
        "utm",
        "uuid",
    ];
    words.iter().flat_map(|word| word.split(|c: char| !c.is_alphanumeric())).any(|word| WORDS.contains(&word))
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    fn chats(columns: &str, rows: usize, cells: impl Fn(usize) -> String) -> String {
        let mut text = format!("chat_id,started_at,visitor_email,{columns}\n");
        text.extend((0..rows).map(|row| format!("c{row},2026-10-01T09:00:00Z,v{row}@acme.example,{}\n", cells(row))));
        text
    }

    #[test]
    fn columns_that_tell_nothing_are_one_finding_per_source() {
        let text = chats("colour,fax,size,hobby,ticked", 200, |row| {
            let (fax, hobby) = (if row < 3 { "x" } else { "" }, if row < 4 { "y" } else { "" });
            format!("red,{fax},{},{hobby},{}", row % 3, if row % 2 == 0 { "yes" } else { "" })
        });
        let found = flagged("REQ004", "", &[("chat", &text)]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].value.as_deref(), Some("colour, fax"), "hobby is filled in 2 % of the rows");
        let detail = &found[0].detail;
        assert!(
            detail.starts_with("colour: the same in every row, ")
                && detail.contains("fax: filled in 3 of 200 rows, 0.0 %"),
            "{detail}"
        );
    }

    #[test]
    fn few_rows_and_standard_columns_are_not_judged() {
        let few = chats("colour", 99, |_| "red".to_owned());
        assert!(flagged("REQ004", "", &[("chat", &few)]).is_empty());
        let standard =
            chats("is_bot,visitor_ip,gdpr_consent,page_url,topic,utm_source", 150, |_| "x,,,x,x,".to_owned());
        assert!(flagged("REQ004", "", &[("chat", &standard)]).is_empty());
    }

    #[test]
    fn of_the_crm_only_mapped_columns_are_meant() {
        let mut leads = "Id,Email,LastName,Fax,Colour__c,IsDeleted\n".to_owned();
        leads.extend((0..120).map(|row| format!("{row},v{row}@acme.example,Lee,,,false\n")));
        let texts = [("lead", leads.as_str()), ("chat", "chat_id,started_at,colour\nc1,2026-10-01T09:00:00Z,\n")];
        assert!(flagged("REQ004", "", &texts).is_empty());
        let toml = "[[mapping]]\nfrom = 'chat.colour'\nto = 'lead.Colour__c'\n[[mapping]]\nfrom = 'chat.mail'\nto = 'lead.Email'\n";
        let found = flagged("REQ004", toml, &texts);
        assert_eq!(found.iter().map(|row| row.value.as_deref()).collect::<Vec<_>>(), [Some("Colour__c")]);
        assert_eq!(found[0].detail, "Colour__c: never filled, 0.0 % of the bytes");
    }
}
