//! The mapping proof in the JSON report: mappings, probes, automations.

use schemars::JsonSchema;
use serde::Serialize;

use crate::emit::mask::Masker;
use crate::evidence::{self, Held};

/// What one `[[mapping]]` is worth. `tested` is the sum of what arrived (`exact`, `normalised`, `translated`, `contained`),
/// what did not (`lost`, `altered`, `misrouted`, `opposite`, `shifted`, `truncated`, `rejected`), and `stood_back`.
#[derive(Serialize, JsonSchema)]
pub(super) struct Mapping {
    /// The chat field: `chats.reason`.
    from: String,
    /// The CRM field: `leads.Reason__c`.
    to: String,
    /// Where it stands in the config: `leadlint.toml:45`.
    place: Option<String>,
    /// Why nothing could be proved; null where pairs were compared.
    not_proved: Option<String>,
    /// Records that chats made, with both sides loaded.
    pairs: u64,
    /// Of those, pairs of which the chat says something.
    tested: u64,
    /// Of those, pairs of which the chat says nothing: they do not exercise the mapping.
    not_exercised: u64,
    /// Equal byte for byte.
    exact: u64,
    /// Equal but for case, white space or the way in which such values are written.
    normalised: u64,
    /// As the declared translation has it.
    translated: u64,
    /// Among other text.
    contained: u64,
    /// The field is blank.
    lost: u64,
    /// The field shows something else.
    altered: u64,
    /// The value stands in another field.
    misrouted: u64,
    /// The field shows the opposite.
    opposite: u64,
    /// The field shows another time.
    shifted: u64,
    /// The field shows the beginning only.
    truncated: u64,
    /// The field's picklist does not list it.
    rejected: u64,
    /// Of a fallback: another mapping had something to say for the field.
    stood_back: u64,
    /// Of what did not arrive, records that a person changed since.
    edited: u64,
    /// The day, in UTC, on which the first record of which a value did not arrive was created.
    failing_since: Option<String>,
    /// Where misrouted values stand, most first.
    strays: Vec<Stray>,
}

/// A column that holds what was meant for another.
#[derive(Serialize, JsonSchema)]
struct Stray {
    /// Its header.
    column: String,
    /// Records.
    count: u64,
    /// The day, in UTC, on which the first of them was created.
    since: Option<String>,
}

/// What one `[[probe]]` proves.
#[derive(Serialize, JsonSchema)]
pub(super) struct Probe {
    /// Id of the test chat.
    chat: String,
    /// The edge case: `plain`, `repeat`, `overlong`, `incomplete`, `transfer`.
    case: String,
    /// Where it stands in the config.
    place: Option<String>,
    /// Chats of that id that are loaded.
    chats: u64,
    /// The records that belong to it: source and id.
    records: Vec<String>,
    /// What it expects, by field.
    expectations: Vec<Expectation>,
}

/// One expectation of a probe.
#[derive(Serialize, JsonSchema)]
struct Expectation {
    /// `leads.Reason__c`.
    field: String,
    /// What it ought to show.
    expected: String,
    /// Whether it does.
    state: State,
    /// The record or chat that was looked at: source and id.
    record: Option<String>,
    /// Why it failed or could not be checked, where no cell tells.
    why: Option<String>,
}

/// Whether an expectation holds.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum State {
    /// It does.
    Held,
    /// It does not.
    Failed,
    /// That cannot be told.
    NotChecked,
}

/// What one `[[automation]]` reads and did.
#[derive(Serialize, JsonSchema)]
pub(super) struct Automation {
    /// What people call it.
    name: String,
    /// Where it stands in the config.
    place: Option<String>,
    /// The fields that it reads.
    uses: Vec<Use>,
    /// What records that match its `when` must show.
    outcomes: Vec<Outcome>,
}

/// A field that an automation reads.
#[derive(Serialize, JsonSchema)]
struct Use {
    /// `leads.Reason__c`.
    field: String,
    /// Why nothing can be said of it; null where it is there.
    absent: Option<String>,
    /// What `rows` counts: `records that chats made`, `chats that qualify` or `rows`.
    of: String,
    /// Rows in which the automation could want it.
    rows: u64,
    /// Of those, rows in which it holds something.
    filled: u64,
    /// What fills it: `a mapping`, `chats, undeclared`, `the CRM`, `no mapping`, `not asked`.
    fed_by: String,
}

/// One expected outcome of an automation. `matched` is the sum of the others.
#[derive(Serialize, JsonSchema)]
struct Outcome {
    /// `leads.OwnerId`.
    field: String,
    /// What records must show.
    expected: String,
    /// Why nothing could be proved; null where records were looked at.
    not_proved: Option<String>,
    /// Records that match the automation's `when`.
    matched: u64,
    /// They show the outcome, in time as far as that is known.
    shown: u64,
    /// They show it, and it came later than `within-seconds`.
    late: u64,
    /// They do not show it.
    missing: u64,
    /// They do not show it, and a person changed them since.
    changed: u64,
    /// They are younger than `within-seconds`, or nothing ties the owner to the one expected.
    not_judged: u64,
}

pub(super) fn mappings(found: &[evidence::MappingProof]) -> Vec<Mapping> {
    found
        .iter()
        .map(|one| Mapping {
            from: one.from.clone(),
            to: one.to.clone(),
            place: one.place.clone(),
            not_proved: one.not_proved.clone(),
            pairs: one.pairs,
            tested: one.tested,
            not_exercised: one.pairs - one.tested,
            exact: one.exact,
            normalised: one.normalised,
            translated: one.translated,
            contained: one.contained,
            lost: one.lost,
            altered: one.altered,
            misrouted: one.misrouted,
            opposite: one.opposite,
            shifted: one.shifted,
            truncated: one.truncated,
            rejected: one.rejected,
            stood_back: one.stood_back,
            edited: one.edited,
            failing_since: one.failing_since.clone(),
            strays: one
                .strays
                .iter()
                .map(|stray| Stray { column: stray.column.clone(), count: stray.count, since: stray.since.clone() })
                .collect(),
        })
        .collect()
}

pub(super) fn probes(found: &[evidence::ProbeProof], masker: &Masker<'_>) -> Vec<Probe> {
    let expectation = |one: &evidence::Expectation| Expectation {
        field: one.field.clone(),
        expected: masker.declared(&one.field, &one.expected).into_owned(),
        state: match one.held {
            Held::Held => State::Held,
            Held::Failed => State::Failed,
            Held::NotChecked => State::NotChecked,
        },
        record: one.record.clone(),
        why: one.why.clone(),
    };
    found
        .iter()
        .map(|one| Probe {
            chat: one.chat.clone(),
            case: one.case.to_owned(),
            place: one.place.clone(),
            chats: one.chats,
            records: one.records.clone(),
            expectations: one.expectations.iter().map(expectation).collect(),
        })
        .collect()
}

pub(super) fn automations(found: &[evidence::AutomationProof], masker: &Masker<'_>) -> Vec<Automation> {
    let used = |one: &evidence::UseProof| Use {
        field: one.field.clone(),
        absent: one.absent.clone(),
        of: one.of.to_owned(),
        rows: one.rows,
        filled: one.filled,
        fed_by: one.fed_by.to_owned(),
    };
    let outcome = |one: &evidence::OutcomeProof| Outcome {
        field: one.field.clone(),
        expected: masker.declared(&one.field, &one.expected).into_owned(),
        not_proved: one.not_proved.clone(),
        matched: one.matched,
        shown: one.shown,
        late: one.late,
        missing: one.missing,
        changed: one.changed,
        not_judged: one.not_judged,
    };
    found
        .iter()
        .map(|one| Automation {
            name: masker.text(&one.name).into_owned(),
            place: one.place.clone(),
            uses: one.uses.iter().map(used).collect(),
            outcomes: one.outcomes.iter().map(outcome).collect(),
        })
        .collect()
}
