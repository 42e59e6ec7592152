//! The rules, their registry, and the engine that runs them.
//!
//! To add a rule: write `src/rules/<family>/<defect>.rs` after the pattern of its neighbours, add its `pub mod` line to
//! the family and its line to [`RULES`]. Its page, its entry in `leadlint rule`, the test of its examples, the test of
//! its scope and its sample page come by themselves.

pub mod assignment;
pub mod audit;
pub mod chats;
pub mod check;
pub mod condition;
pub mod consent;
pub mod declare;
pub mod drift;
pub mod duplicates;
pub mod evaluate;
pub mod formats;
mod gate;
pub mod governance;
pub mod links;
pub mod mapping;
mod metrics;
mod open_record;
pub mod outcome;
pub mod page;
#[cfg(test)]
mod page_tests;
mod pair_hits;
mod past;
mod prelude;
pub mod required;
pub mod run;
#[cfg(test)]
mod scope_tests;
#[cfg(test)]
mod settled_tests;
pub mod stages;
pub mod sync;
pub mod tags;
#[cfg(test)]
mod testing;

use declare::AnyRule;
pub use gate::Gate;

/// Every rule, by code.
pub static RULES: &[&dyn AnyRule] = &[
    &required::missing_required_value::MissingRequiredValue,
    &required::invalid_email::InvalidEmail,
    &required::required_column_absent::RequiredColumnAbsent,
    &required::over_captured_column::OverCapturedColumn,
    &required::incomplete_visitor::IncompleteVisitor,
    &required::unusable_email::UnusableEmail,
    &required::free_mail::FreeMail,
    &duplicates::repeated_email::RepeatedEmail,
    &duplicates::equivalent_mailbox::EquivalentMailbox,
    &duplicates::misspelt_email::MisspeltEmail,
    &duplicates::probable_duplicate::ProbableDuplicate,
    &duplicates::repeated_record_id::RepeatedRecordId,
    &duplicates::overdue_merge::OverdueMerge,
    &duplicates::unlinked_chat::UnlinkedChat,
    &duplicates::cross_object_duplicate::CrossObjectDuplicate,
    &duplicates::shared_mailbox::SharedMailbox,
    &duplicates::duplicate_account::DuplicateAccount,
    &drift::spelling_variant::SpellingVariant,
    &drift::misspelt_value::MisspeltValue,
    &drift::short_form::ShortForm,
    &drift::unlisted_value::UnlistedValue,
    &drift::new_value::NewValue,
    &drift::shifted_distribution::ShiftedDistribution,
    &drift::contradictory_place::ContradictoryPlace,
    &formats::mixed_booleans::MixedBooleans,
    &formats::mixed_dates::MixedDates,
    &formats::unreadable_timestamp::UnreadableTimestamp,
    &formats::unnormalised_phone::UnnormalisedPhone,
    &formats::stray_characters::StrayCharacters,
    &formats::damaged_encoding::DamagedEncoding,
    &formats::spreadsheet_damage::SpreadsheetDamage,
    &formats::future_timestamp::FutureTimestamp,
    &formats::unreadable_row::UnreadableRow,
    &formats::mixed_numbers::MixedNumbers,
    &formats::incomplete_export::IncompleteExport,
    &mapping::absent_source::AbsentSource,
    &mapping::absent_target::AbsentTarget,
    &mapping::wrong_target_type::WrongTargetType,
    &mapping::misrouted_value::MisroutedValue,
    &mapping::lost_value::LostValue,
    &mapping::altered_value::AlteredValue,
    &mapping::boolean_mismatch::BooleanMismatch,
    &mapping::shifted_timestamp::ShiftedTimestamp,
    &mapping::truncated_value::TruncatedValue,
    &mapping::rejected_picklist_value::RejectedPicklistValue,
    &mapping::contested_target::ContestedTarget,
    &mapping::free_text_target::FreeTextTarget,
    &mapping::starved_automation::StarvedAutomation,
    &mapping::failed_probe::FailedProbe,
    &mapping::unexercised_mapping::UnexercisedMapping,
    &mapping::untriggered_automation::UntriggeredAutomation,
    &tags::unknown_tag::UnknownTag,
    &tags::malformed_tag::MalformedTag,
    &tags::variant_tag::VariantTag,
    &tags::idle_tag::IdleTag,
    &tags::one_off_tag::OneOffTag,
    &tags::undocumented_tag::UndocumentedTag,
    &assignment::unassigned_lead::UnassignedLead,
    &assignment::wrong_owner::WrongOwner,
    &assignment::silent_rule::SilentRule,
    &assignment::sweeping_rule::SweepingRule,
    &assignment::clashing_rules::ClashingRules,
    &assignment::uncovered_lead::UncoveredLead,
    &assignment::slow_assignment::SlowAssignment,
    &assignment::default_owner_leak::DefaultOwnerLeak,
    &assignment::inactive_owner::InactiveOwner,
    &sync::slow_sync::SlowSync,
    &sync::stalled_sync::StalledSync,
    &sync::error_burst::ErrorBurst,
    &sync::lost_chat::LostChat,
    &sync::silent_gap::SilentGap,
    &sync::backdated_lead::BackdatedLead,
    &sync::stale_log::StaleLog,
    &chats::ungated_lead::UngatedLead,
    &chats::missing_transcript::MissingTranscript,
    &chats::test_record::TestRecord,
    &chats::abandoned_lead::AbandonedLead,
    &chats::repeat_visitor::RepeatVisitor,
    &chats::transfer_loss::TransferLoss,
    &chats::overlong_chat::OverlongChat,
    &chats::empty_record::EmptyRecord,
    &chats::unanswered_visitor::UnansweredVisitor,
    &consent::consent_conflict::ConsentConflict,
    &consent::sensitive_content::SensitiveContent,
    &consent::over_retained::OverRetained,
    &links::dangling_reference::DanglingReference,
    &stages::contradictory_stage::ContradictoryStage,
    &stages::stage_regression::StageRegression,
    &governance::unowned_audit::UnownedAudit,
    &governance::overdue_audit::OverdueAudit,
    &governance::unsupervised_automation::UnsupervisedAutomation,
    &governance::untested_edge_case::UntestedEdgeCase,
    &governance::shrunken_source::ShrunkenSource,
];

/// The rule with code `code`.
#[must_use]
pub fn by_code(code: &str) -> Option<&'static dyn AnyRule> {
    RULES.iter().copied().find(|rule| rule.meta().code == code)
}

/// Codes and names, for selection and hints.
#[must_use]
pub fn known() -> Vec<crate::config::Known<'static>> {
    RULES.iter().map(|rule| crate::config::Known { code: rule.meta().code, name: rule.meta().name }).collect()
}
