//! CHT006: chats get lost when they are handed on.

use super::carried::chats;
use crate::normalise::boolean::{is_false, is_true};
use crate::normalise::gate::Verdict;
use crate::normalise::links::{At, Trace};
use crate::normalise::text::is_blank;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Chat sources in which transferred chats get lost more often than the others: of the chats that qualify (`[qualify]
    /// any`) and ended in the period that the records cover, nothing of a larger share is in the CRM, as SYN004 counts it.
    /// Needed are 30 transferred chats that qualify, and others beside them; the difference must be one that chance makes in
    /// less than 1 of 100 cases (Fisher's exact test, one-sided: that transferred chats get lost less often is no fault).
    ///
    /// It is one finding per source: the lost chats themselves are SYN004's.
    ///
    /// ## Why it matters
    ///
    /// Chats are handed on when they matter most; if the integration writes for the first agent only, just those are lost.
    ///
    /// ## Example
    ///
    /// ```toml
    /// [rules.CHT006]
    /// at-least = 5
    /// ```
    ///
    /// ```csv lead
    /// Id,Email,CreatedDate
    /// 1,zoe@acme.example,2026-09-30T09:00:00Z
    /// 6,v6@acme.example,2026-10-01T14:10:05Z
    /// 7,v7@acme.example,2026-10-01T15:10:05Z
    /// 8,v8@acme.example,2026-10-01T16:10:05Z
    /// 9,v9@acme.example,2026-10-01T17:10:05Z
    /// 10,v10@acme.example,2026-10-01T18:10:05Z
    /// 11,yan@acme.example,2026-10-03T09:00:00Z
    /// ```
    ///
    /// ```csv chat flags
    /// chat_id,started_at,ended_at,visitor_email,transferred
    /// c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,v1@acme.example,true
    /// c2,2026-10-01T10:00:00Z,2026-10-01T10:10:00Z,v2@acme.example,true
    /// c3,2026-10-01T11:00:00Z,2026-10-01T11:10:00Z,v3@acme.example,true
    /// c4,2026-10-01T12:00:00Z,2026-10-01T12:10:00Z,v4@acme.example,true
    /// c5,2026-10-01T13:00:00Z,2026-10-01T13:10:00Z,v5@acme.example,true
    /// c6,2026-10-01T14:00:00Z,2026-10-01T14:10:00Z,v6@acme.example,false
    /// c7,2026-10-01T15:00:00Z,2026-10-01T15:10:00Z,v7@acme.example,false
    /// c8,2026-10-01T16:00:00Z,2026-10-01T16:10:00Z,v8@acme.example,false
    /// c9,2026-10-01T17:00:00Z,2026-10-01T17:10:00Z,v9@acme.example,false
    /// c10,2026-10-01T18:00:00Z,2026-10-01T18:10:00Z,v10@acme.example,false
    /// ```
    ///
    /// ```csv chat passes
    /// chat_id,started_at,ended_at,visitor_email,transferred
    /// c1,2026-10-01T09:00:00Z,2026-10-01T09:10:00Z,v1@acme.example,true
    /// c2,2026-10-01T10:00:00Z,2026-10-01T10:10:00Z,v2@acme.example,false
    /// c3,2026-10-01T11:00:00Z,2026-10-01T11:10:00Z,v3@acme.example,true
    /// c4,2026-10-01T12:00:00Z,2026-10-01T12:10:00Z,v4@acme.example,false
    /// c5,2026-10-01T13:00:00Z,2026-10-01T13:10:00Z,v5@acme.example,true
    /// c6,2026-10-01T14:00:00Z,2026-10-01T14:10:00Z,v6@acme.example,false
    /// c7,2026-10-01T15:00:00Z,2026-10-01T15:10:00Z,v7@acme.example,true
    /// c8,2026-10-01T16:00:00Z,2026-10-01T16:10:00Z,v8@acme.example,false
    /// c9,2026-10-01T17:00:00Z,2026-10-01T17:10:00Z,v9@acme.example,true
    /// c10,2026-10-01T18:00:00Z,2026-10-01T18:10:00Z,v10@acme.example,false
    /// ```
    ///
    /// ## Options
    ///
    /// - `at-least`: how many transferred chats must qualify for anything to be said.
    ///
    /// ## Cleanup
    ///
    /// None by script: let the integration run at the end of the whole chat, not of its first part.
    ///
    /// ## References
    ///
    /// R. A. Fisher, "On the interpretation of χ² from contingency tables, and the calculation of P", Journal of the Royal
    /// Statistical Society 85 (1922).
    pub struct TransferLoss {
        code: "CHT006",
        name: "transfer-loss",
        family: Chats,
        severity: Warning,
        dimension: Integrity,
        scope: Scope::Whole("it compares shares over all chats of a source"),
        kinds: [Chat, Crm],
        needs: [],
        safety: Manual,
        message: "transferred chats of {source} get lost more often than others",
        since: "0.1.0",
        options: Options,
        check: check,
    }
}

/// Options under `[rules.CHT006]`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// How many transferred chats must qualify for anything to be said.
    pub at_least: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { at_least: 30 }
    }
}

/// What chance may make of it.
const LIMIT: f64 = 0.01;

/// Whether a cell says that the chat was handed on: a word for yes, or how often; `None` for what says neither.
fn was_transferred(cell: &str) -> Option<bool> {
    if is_blank(Some(cell)) || is_false(cell) {
        return Some(false);
    }
    if is_true(cell) || trimmed(cell).eq_ignore_ascii_case("transferred") {
        return Some(true);
    }
    trimmed(cell).parse::<u32>().ok().map(|times| times > 0)
}

/// How many of the chats of one kind there are, and how many of them left nothing.
#[derive(Debug, Default, Clone, Copy)]
struct Group {
    all: u64,
    lost: u64,
}

impl Group {
    fn percent(self) -> f64 {
        self.lost as f64 * 100.0 / self.all.max(1) as f64
    }
}

/// How likely chance alone loses at least as many of the first group, given how many are lost of both: Fisher's exact test,
/// one-sided.
fn chance(first: Group, others: Group) -> f64 {
    let all = (first.all + others.all) as usize;
    let lost = first.lost + others.lost;
    let mut factorials = Vec::with_capacity(all + 1);
    let mut sum = 0.0_f64;
    factorials.push(0.0);
    for n in 1..=all {
        sum += (n as f64).ln();
        factorials.push(sum);
    }
    let choose = |n: u64, k: u64| factorials[n as usize] - factorials[k as usize] - factorials[(n - k) as usize];
    let whole = choose(all as u64, lost);
    let most = first.all.min(lost);
    let least = lost.saturating_sub(others.all).max(first.lost);
    (least..=most).map(|k| (choose(first.all, k) + choose(others.all, lost - k) - whole).exp()).sum::<f64>().min(1.0)
}

fn check(cx: &Check<'_>, options: &Options) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let Some(links) = &cx.facts.links else {
        out.unchecked("what transfers lose needs chats beside leads or contacts; load both".to_owned());
        return Ok(out);
    };
    for table in chats(cx) {
        let Some(side) = links.side(table.index) else { continue };
        let Some(column) = table.role(Role::Transferred) else {
            out.unchecked(format!(
                "{0} has no transferred column; name it under [sources.{0}.columns], as transferred = \"<header>\"",
                table.name()
            ));
            continue;
        };
        let by_id = links.pairs()[links.of_source(table.index)].iter().any(|link| link.by.is_proof());
        let said = table.map_cells(column, was_transferred);
        let blank = table.blank(column);
        let (mut handed_on, mut others) = (Group::default(), Group::default());
        for row in 0..table.height() as u32 {
            let at = table.source_row(row);
            let verdict = side.verdicts[at as usize];
            let nameless = verdict == Verdict::Intent && !by_id;
            if !verdict.qualifies() || nameless || !side.is_judged(at) {
                continue;
            }
            let was = if blank.get(row as usize) == Some(true) { Some(false) } else { said[row as usize] };
            let group = match was {
                Some(true) => &mut handed_on,
                Some(false) => &mut others,
                None => continue,
            };
            let chat = At { source: table.index as u32, row: at };
            group.all += 1;
            group.lost += u64::from(side.traces[at as usize] == Trace::Nothing && links.of_chat(chat).is_empty());
        }
        if handed_on.all < u64::from(options.at_least) || others.all == 0 {
            out.unchecked(format!(
                "{} has {} transferred and {} other chats that qualify in the period of the records; {} and some are needed",
                table.name(),
                handed_on.all,
                others.all,
                options.at_least
            ));
            continue;
        }
        out.checked(table, Some(column), handed_on.all);
        let chance = chance(handed_on, others);
        if chance < LIMIT && handed_on.percent() > others.percent() {
            let odds = if chance < 0.0001 { "p < 0.0001".to_owned() } else { format!("p = {chance:.4}") };
            let detail = format!(
                "{} of {} transferred chats left nothing in the CRM ({:.1} %), of others {} of {} ({:.1} %); {odds}",
                handed_on.lost,
                handed_on.all,
                handed_on.percent(),
                others.lost,
                others.all,
                others.percent()
            );
            out.push(Hits::whole(table, Some(column), &detail)?);
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_that_of_the_exact_test() {
        let group = |lost, all| Group { all, lost };
        // Fisher's lady: four of four cups, 1 in 70; three of four, 17 in 70.
        assert!((chance(group(4, 4), group(0, 4)) - 1.0 / 70.0).abs() < 1e-9);
        assert!((chance(group(3, 4), group(1, 4)) - 17.0 / 70.0).abs() < 1e-9);
        assert!((chance(group(0, 30), group(0, 30)) - 1.0).abs() < 1e-9);
        assert!(chance(group(10, 30), group(0, 30)) < 0.001);
        assert!(chance(group(300, 10_000), group(2_400, 120_000)) < 1e-9);
    }

    #[test]
    fn a_chat_was_handed_on_if_a_word_or_a_number_says_so() {
        assert!(["true", "Yes", "2", "transferred"].iter().all(|cell| was_transferred(cell) == Some(true)));
        assert!(["", "false", "0", " "].iter().all(|cell| was_transferred(cell) == Some(false)));
        assert_eq!(was_transferred("maybe"), None);
    }
}
