//! CHT007: chats longer than what carries them.

use std::collections::{BTreeMap, BTreeSet};

use super::carried::chats;
use crate::normalise::links::Links;
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Chats that are longer than the limit of the config: of the transcript, in characters, or of the chat, in minutes.
    /// Without a limit none is assumed.
    ///
    /// And chats whose transcript was cut, whatever the config says: five or more different transcripts of 200 characters or
    /// more have exactly the greatest length of all (in characters, in UTF-16 units or in bytes, as the tool counts), more
    /// than there are in the tenth below it, and nearly all of them break off in the middle of a sentence; or the records of
    /// five or more chats hold the beginning of the transcript, cut at the greatest length that their column has. Where a
    /// `[[mapping]]` carries the transcript, the second is MAP009's.
    ///
    /// ## Why it matters
    ///
    /// What is cut off is the end of the talk: the price, the date, the promise.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [rules.CHT007]
    /// max-minutes = 120
    /// ```
    ///
    /// ```csv chat flags
    /// chat_id,started_at,ended_at,visitor_email,transcript
    /// c1,2026-10-01T09:00:00Z,2026-10-01T13:10:00Z,ana@acme.example,Visitor: One more question.
    /// ```
    ///
    /// ```csv chat passes
    /// chat_id,started_at,ended_at,visitor_email,transcript
    /// c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,ana@acme.example,Visitor: What does it cost?
    /// ```
    ///
    /// ## Options
    ///
    /// - `max-characters`: the longest transcript that the integration carries; 0 for no limit.
    /// - `max-minutes`: the longest chat that is in order; 0 for no limit.
    ///
    /// ## Cleanup
    ///
    /// None by script: fetch the whole transcript from the chat tool. Then raise the limit of the field, or have the
    /// integration write a link to the chat.
    pub struct OverlongChat {
        code: "CHT007",
        name: "overlong-chat",
        family: Chats,
        severity: Warning,
        dimension: Completeness,
        scope: Scope::Whole("the longest transcript of all is the measure"),
        kinds: [Chat, Crm],
        needs: [],
        safety: Manual,
        message: "{count} of {checked|chat|chats} of {source} over the limit, or cut at it",
        since: "0.1.0",
        options: Options,
        check: check,
    }
}

/// Options under `[rules.CHT007]`.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// The longest transcript that the integration carries; 0 for no limit.
    pub max_characters: u32,
    /// The longest chat that is in order; 0 for no limit.
    pub max_minutes: u32,
}

/// Transcripts of one length that are a pile.
const PILE: usize = 5;
/// Shorter texts have one length by chance, or because they are canned.
const SHORTEST: usize = 200;

/// The length of a text in some unit.
type Length = fn(&str) -> usize;

/// What tools count the length of a text in.
const UNITS: [(&str, Length); 3] = [
    ("characters", |text| text.chars().count()),
    ("UTF-16 units", |text| text.encode_utf16().count()),
    ("bytes", str::len),
];

/// Whether a text breaks off in the middle of a sentence.
fn is_broken_off(text: &str) -> bool {
    let end = text.trim_end();
    end.ends_with("...")
        || end.ends_with('…')
        || end.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ',' | '-' | ':'))
}

/// The rows whose text has the greatest length of all, where they were cut at it; and that length in words.
fn pile(texts: &BTreeMap<u32, &str>) -> Option<(String, Vec<u32>)> {
    UNITS.into_iter().find_map(|(unit, length)| {
        let lengths: Vec<(u32, usize)> = texts.iter().map(|(row, text)| (*row, length(text))).collect();
        let most = lengths.iter().map(|(_, length)| *length).max().filter(|most| *most >= SHORTEST)?;
        let at_most: Vec<u32> = lengths.iter().filter(|(_, length)| *length == most).map(|(row, _)| *row).collect();
        let below = lengths.iter().filter(|(_, length)| *length < most && *length >= most - most / 10).count();
        let different: BTreeSet<&str> = at_most.iter().map(|row| texts[row]).collect();
        let broken = different.iter().filter(|text| is_broken_off(text)).count();
        let is_pile = different.len() >= PILE && at_most.len() > below && broken * 5 >= different.len() * 4;
        is_pile.then(|| (format!("{most} {unit}"), at_most))
    })
}

/// How long the chats of a table lasted, in microseconds.
fn lasted(table: &Table) -> Vec<Option<i64>> {
    let times = |role: Role| table.role(role).map(|column| &table.times(column).micros);
    let from_ends = times(Role::StartedAt).zip(times(Role::EndedAt)).map(|(started, ended)| {
        let known = |(from, to): (&i64, &i64)| {
            (*from != Times::MISSING && *to != Times::MISSING).then(|| to.saturating_sub(*from))
        };
        started.iter().zip(ended).map(known).collect::<Vec<_>>()
    });
    let seconds =
        |cell: &str| cell.trim().parse::<f64>().ok().filter(|s| (0.0..1e7).contains(s)).map(|s| (s * 1e6) as i64);
    from_ends
        .or_else(|| table.role(Role::Duration).map(|column| table.map_cells(column, seconds)))
        .unwrap_or_else(|| vec![None; table.height()])
}

fn check(cx: &Check<'_>, options: &Options) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let own = (Severity::Warning, Safety::Manual);
    for table in chats(cx) {
        let column = table.role(Role::Transcript);
        let mut found: BTreeMap<(Option<usize>, u32), PairHit> = BTreeMap::new();
        let mut note = |column: Option<usize>, row: u32, value: String, detail: String| {
            let hit = PairHit { row, value: Some(value), detail, ..PairHit::default() };
            found.entry((column, row)).or_insert(hit);
        };
        let limit = i64::from(options.max_minutes).saturating_mul(60_000_000);
        if limit > 0 {
            let lasted = lasted(table);
            out.checked(table, None, lasted.iter().flatten().count() as u64);
            for (row, lasted) in (0_u32..).zip(lasted) {
                if let Some(lasted) = lasted.filter(|lasted| *lasted > limit) {
                    let minutes = lasted / 60_000_000;
                    note(
                        None,
                        row,
                        format!("{minutes} min"),
                        format!("over the limit of {} minutes", options.max_minutes),
                    );
                }
            }
        }
        if let Some(column) = column {
            let text = table.text(column);
            let texts: BTreeMap<u32, &str> = (0_u32..)
                .zip(text.iter())
                .filter_map(|(row, cell)| Some((row, cell?)))
                .filter(|(_, c)| !c.trim().is_empty())
                .collect();
            out.checked(table, Some(column), texts.len() as u64);
            if options.max_characters > 0 {
                for (row, text) in &texts {
                    let length = text.chars().count();
                    if length > options.max_characters as usize {
                        let limit = options.max_characters;
                        note(
                            Some(column),
                            *row,
                            format!("{length} characters"),
                            format!("over the limit of {limit} characters"),
                        );
                    }
                }
            }
            if let Some((length, rows)) = pile(&texts) {
                for row in &rows {
                    note(
                        Some(column),
                        *row,
                        length.clone(),
                        format!("cut: {} transcripts end at this length", rows.len()),
                    );
                }
            }
            if let Some(links) = cx.facts.links.as_ref().filter(|_| !is_mapped(cx, table, column)) {
                for (row, length, records, count) in cut_in_records(cx, links, table, &texts) {
                    note(Some(column), row, length, format!("cut in {records}, as {count} are at this length"));
                }
            }
        } else if limit == 0 {
            out.unchecked(format!(
                "{} has no transcript, and the config sets no [rules.CHT007] max-minutes",
                table.name()
            ));
        }
        for of in [None, column].into_iter().collect::<BTreeSet<_>>() {
            let hits: Vec<PairHit> =
                found.iter().filter(|((at, _), _)| *at == of).map(|(_, hit)| hit.clone()).collect();
            out.push(pair_hits::hits(table, of, &hits, own)?);
        }
    }
    Ok(out)
}

/// Whether the config says where the transcript goes.
fn is_mapped(cx: &Check<'_>, table: &Table, column: usize) -> bool {
    let from = format!("{}.{}", table.name(), table.source.header(column));
    cx.config.mapping.iter().any(|mapping| mapping.from == from)
}

/// The chats whose record holds the beginning of the transcript only, cut at the greatest length in its column: row, length,
/// source of the records, how many.
fn cut_in_records<'t>(
    cx: &Check<'t>,
    links: &Links,
    table: &Table,
    texts: &BTreeMap<u32, &str>,
) -> Vec<(u32, String, &'t str, usize)> {
    let mut found = Vec::new();
    for records in cx.tables.iter().filter(|records| links.people.contains(&records.index)) {
        let Some(column) = records.role(Role::Transcript) else { continue };
        let held = records.text(column);
        let most = held.iter().flatten().map(|cell| cell.chars().count()).max().unwrap_or_default();
        if most < SHORTEST {
            continue;
        }
        let mut cut = BTreeSet::new();
        for link in &links.pairs()[links.of_source(table.index)] {
            if link.record.source as usize != records.index {
                continue;
            }
            let (Some(row), Some(of_chat)) = (records.part_row(link.record.row), table.part_row(link.chat.row)) else {
                continue;
            };
            let Some((held, said)) = held.get(row).zip(texts.get(&of_chat)) else { continue };
            if said.len() > held.len() && said.starts_with(held) && held.chars().count() == most {
                cut.insert(of_chat);
            }
        }
        if cut.len() >= PILE {
            let length = format!("{most} characters");
            found.extend(cut.iter().map(|row| (*row, length.clone(), records.name(), cut.len())));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    fn chats(of: impl Iterator<Item = String>) -> String {
        let rows: Vec<String> =
            of.enumerate().map(|(n, talk)| format!("c{n},2026-10-01T09:00:00Z,\"{talk}\"\n")).collect();
        format!("chat_id,started_at,transcript\n{}", rows.concat())
    }

    fn found(toml: &str, chats: &str) -> usize {
        flagged("CHT007", toml, &[("chat", chats)]).len()
    }

    /// Texts of exactly `length` bytes that end in a letter.
    fn cut(n: usize, length: usize) -> String {
        let text = format!("Visitor {n}: {}", "and then we would like to know more about it ".repeat(30));
        format!("{}w", &text[..length - 1])
    }

    #[test]
    fn a_pile_at_the_greatest_length_is_a_cut() {
        let short = |n: usize| cut(n, 210 + 10 * n);
        assert_eq!(found("", &chats((1..8).map(|n| cut(n, 500)).chain((1..8).map(short)))), 7);
        // Too few, too short, one canned text, whole sentences, or many just below.
        assert_eq!(found("", &chats((1..5).map(|n| cut(n, 500)).chain((1..8).map(short)))), 0);
        assert_eq!(found("", &chats((1..8).map(|n| cut(n, 150)))), 0);
        assert_eq!(found("", &chats((1..8).map(|_| cut(1, 500)))), 0);
        assert_eq!(found("", &chats((1..8).map(|n| format!("{}.", &cut(n, 500)[..499])))), 0);
        assert_eq!(found("", &chats((1..8).map(|n| cut(n, 500)).chain((1..9).map(|n| cut(n, 490 + n))))), 0);
    }

    #[test]
    fn limits_are_the_configs() {
        let chats = chats((1..4).map(|n| cut(n, 300 + n)));
        assert_eq!(found("", &chats), 0);
        assert_eq!(found("[rules.CHT007]\nmax-characters = 302\n", &chats), 1);
    }

    #[test]
    fn records_that_hold_the_beginning_only_are_cut() {
        let said: Vec<String> = (1..7).map(|n| format!("{}.", cut(n, 400 + n))).collect();
        let rows = said.iter().enumerate();
        let rows = rows.map(|(n, said)| format!("{n},,2026-10-01T09:10:05Z,c{n},\"{}\"\n", &said[..255]));
        let leads =
            format!("Id,Email,CreatedDate,Chat_Id__c,Chat_Transcript__c\n{}", rows.collect::<Vec<_>>().concat());
        let chats = chats(said.into_iter());
        assert_eq!(flagged("CHT007", "", &[("chat", &chats), ("lead", &leads)]).len(), 6);
        let mapped = "[[mapping]]\nfrom = \"chat.transcript\"\nto = \"lead.Chat_Transcript__c\"\n";
        assert!(flagged("CHT007", mapped, &[("chat", &chats), ("lead", &leads)]).is_empty());
    }
}
