//! How faults are planted in a record, and what people change of healthy ones.

use fastrand::Rng;

use super::fate::{Fault, Wrong};
use super::field::Field;
use super::gold::Gold;
use super::record::{Chat, Handover, Lead, Owner, territory, user};
use super::talk::DEMO;
use super::vendors::Vendors;
use crate::generator::clock::{DAY, END, HOUR};
use crate::generator::draw::happens;

/// The header of a field in the records; nothing where the pair does not have it.
fn target(vendors: &dyn Vendors, field: Field) -> &'static str {
    vendors.mappings().iter().find(|one| one.field == field).map_or("", |one| one.to)
}

/// Plants `fault`; whether it was possible.
pub(crate) fn spoil(
    vendors: &dyn Vendors,
    gold: &mut Gold,
    fault: Fault,
    chat: &Chat,
    lead: &mut Lead,
    rng: &mut Rng,
) -> bool {
    let records = vendors.records();
    let mut tell = |code: &str, field: Field, lead: &Lead, note: &str| {
        gold.fault(code, [records, &lead.id, target(vendors, field), &chat.id], note);
    };
    match fault {
        Fault::Lost if !lead.shown[Field::Company].is_empty() => {
            lead.shown[Field::Company].clear();
            tell("MAP005", Field::Company, lead, "the company did not arrive");
        }
        Fault::Altered => {
            let other = (chat.talk.reason + 1 + rng.usize(..5)) % 7;
            lead.shown[Field::Reason] = vendors.reason_shown(other);
            lead.priority = if other == DEMO { "High" } else { "" };
            tell("MAP006", Field::Reason, lead, "another reason than the chat's");
        }
        Fault::Inverted if chat.talk.opt_in.is_some() => {
            vendors.answer_shown(chat.talk.opt_in == Some(false)).clone_into(&mut lead.shown[Field::OptIn]);
            tell("MAP007", Field::OptIn, lead, "the opposite answer");
        }
        Fault::Notes => {
            lead.shown[Field::Topic].clear();
            lead.description = format!("Topic: {}\n", chat.talk.topic);
            tell("MAP004", Field::Topic, lead, "stands in the notes");
        }
        Fault::Half => {
            let text = &lead.shown[Field::Transcript];
            let half = text.chars().count() / 2;
            // Not behind a space, which no field keeps at its end.
            let cut: String = text.chars().take(half).collect();
            cut.trim_end().clone_into(&mut lead.shown[Field::Transcript]);
            tell("MAP009", Field::Transcript, lead, "half of it arrived");
        }
        Fault::Limit => tell("MAP009", Field::Question, lead, "cut at the limit of its field"),
        Fault::Rejected => {
            lead.shown[Field::Reason].clear();
            tell("MAP010", Field::Reason, lead, "its picklist does not list it");
        }
        Fault::Idle => {
            lead.priority = "";
            gold.fault("MAP016", [records, &lead.id, "", ""], "the automation did not set the priority");
        }
        Fault::Bare => {
            if vendors.has_transcripts() {
                lead.shown[Field::Transcript].clear();
                gold.also("MAP005", [records, &lead.id, target(vendors, Field::Transcript), &chat.id], "no transcript");
                gold.fault("CHT002", [records, &lead.id, "", &chat.id], "no transcript");
            } else {
                lead.chats.clear();
                gold.also("DUP007", ["chats", &chat.id, "", &lead.id], "no chat id");
                gold.fault("CHT002", [records, &lead.id, "", &chat.id], "no chat id");
            }
        }
        Fault::Slow => gold.fault("SYN001", ["chats", &chat.id, "", &lead.id], "30 to 300 seconds"),
        Fault::Stalled => gold.fault("SYN002", ["chats", &chat.id, "", &lead.id], "over 300 seconds"),
        Fault::Backdated => {
            gold.fault("SYN006", [records, &lead.id, "", &chat.id], "created before its chat began");
        }
        Fault::Lost | Fault::Inverted => return false,
    }
    true
}

/// Swaps page and campaign, where both were said.
pub(crate) fn swap(vendors: &dyn Vendors, gold: &mut Gold, chat: &Chat, lead: &mut Lead) -> bool {
    let (page, campaign) = (chat.said[Field::Page].clone(), chat.said[Field::Campaign].clone());
    if page.is_empty() || campaign.is_empty() {
        return false;
    }
    lead.shown[Field::Page] = campaign;
    lead.shown[Field::Campaign] = page;
    for field in [Field::Page, Field::Campaign] {
        let at = [vendors.records(), &lead.id, target(vendors, field), &chat.id];
        gold.fault("MAP004", at, "swapped since 2026-10-20");
    }
    true
}

/// Plants a wrong owner.
pub(crate) fn misassign(vendors: &dyn Vendors, gold: &mut Gold, wrong: Wrong, lead: &mut Lead) {
    let records = vendors.records();
    let codes: (&str, &str, &[&str]);
    match wrong {
        Wrong::Nobody => {
            lead.owner = if vendors.has_queues() { Owner::Queue } else { Owner::User(user::INTEGRATION) };
            codes = ("ASG001", "nobody's", &["ASG002", "ASG008"]);
        }
        Wrong::Other => {
            lead.owner = Owner::User((territory(lead.region) + 1) % 6);
            codes = ("ASG002", "another territory's", &[]);
        }
        Wrong::Uncovered => {
            lead.region = "";
            codes = ("ASG006", "no rule covers it", &[]);
        }
        Wrong::Late => {
            let from = if vendors.has_queues() { Owner::Queue } else { Owner::User(user::DEFAULT) };
            // Three to twenty hours after it was made.
            let at = lead.created + 3 * HOUR + lead.created % (17 * HOUR);
            lead.handed = Some(Handover { at, by: user::INTEGRATION, from });
            lead.touch(at, user::INTEGRATION);
            codes = ("ASG007", "waited for its first owner", &[]);
        }
        Wrong::Default => {
            lead.owner = Owner::User(user::DEFAULT);
            codes = ("ASG008", "left with the default owner", &["ASG001", "ASG002"]);
        }
        Wrong::Gone => {
            lead.owner = Owner::User(user::GONE);
            codes = ("ASG009", "of somebody who left", &[]);
        }
    }
    gold.fault(codes.0, [records, &lead.id, "", ""], codes.1);
    for code in codes.2 {
        gold.also(code, [records, &lead.id, "", ""], codes.0);
    }
}

/// What people change of a record: a quarter are edited, and some are handed on.
pub(crate) fn edit(vendors: &dyn Vendors, gold: &mut Gold, lead: &mut Lead, rng: &mut Rng) {
    let age = END - lead.created;
    lead.touch(lead.created + rng.i64(0..300).min(age - 1), lead.created_by);
    if !happens(rng, 0.25) || age < DAY {
        return;
    }
    let at = lead.created + rng.i64(1_200..age);
    let Owner::User(owner) = lead.owner else { return };
    lead.touch(at, owner);
    let records = vendors.records();
    if happens(rng, 0.12) && owner != user::GONE {
        lead.handed = Some(Handover { at, by: owner, from: lead.owner });
        lead.owner = Owner::User(user::SPARE);
        gold.also("ASG002", [records, &lead.id, "", ""], "handed on by a person");
        // An assigned date says when, and not that there was an owner before.
        gold.also("ASG007", [records, &lead.id, "", ""], "handed on by a person");
    }
    let field = match rng.u32(0..10) {
        0 => Field::Reason,
        1 => Field::Company,
        2 => Field::Topic,
        3 => Field::Phone,
        _ => return,
    };
    match field {
        Field::Reason => {
            let other = rng.usize(..5);
            lead.shown[field] = vendors.reason_shown(other);
            lead.priority = if other == DEMO { "High" } else { "" };
        }
        Field::Company if !lead.who.company.is_empty() => lead.shown[field].push_str(" Group"),
        Field::Topic => "Talked on the phone".clone_into(&mut lead.shown[field]),
        Field::Phone => lead.who.city.phone(rng).clone_into(&mut lead.shown[field]),
        _ => return,
    }
    for code in ["MAP005", "MAP006", "MAP010"] {
        gold.also(code, [records, &lead.id, target(vendors, field), ""], "changed by a person");
    }
}
