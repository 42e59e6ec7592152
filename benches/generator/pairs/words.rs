//! What both sides show of a chat: as the visitor typed it, and as the CRM keeps it.

use fastrand::Rng;

use super::super::draw::happens;
use super::super::places::at_home;
use super::field::{Cells, Field};
use super::record::Who;
use super::talk::{REASONS, Talk};
use super::vendors::Vendors;

/// The most characters of a question that the CRM keeps.
pub(crate) const LIMIT: usize = 255;

/// What the chat tool shows.
pub(crate) fn say(vendors: &dyn Vendors, who: &Who, talk: &Talk, faulty: bool, rng: &mut Rng) -> Cells {
    let (first, last) = (who.name.given().to_owned(), who.name.family());
    let lazy = happens(rng, 0.05);
    let typed = |text: &str| if lazy { text.to_lowercase() } else { text.to_owned() };
    let mut said = Cells::default();
    said[Field::First] = typed(&first);
    said[Field::Last] = typed(&last);
    said[Field::Name] = typed(&format!("{first} {last}"));
    said[Field::Email] = match rng.u32(0..20) {
        0 => who.email.to_uppercase(),
        1 | 2 => who.email[..1].to_uppercase() + &who.email[1..],
        _ => who.email.clone(),
    };
    said[Field::Phone] = match who.phone.as_str() {
        "" => String::new(),
        phone if happens(rng, 0.5) => at_home(phone, who.city.country),
        phone => phone.to_owned(),
    };
    said[Field::Company].clone_from(&who.company);
    REASONS[talk.reason].said.clone_into(&mut said[Field::Reason]);
    talk.topic.clone_into(&mut said[Field::Topic]);
    said[Field::OptIn] = talk.opt_in.map(|yes| vendors.answer_said(yes).to_owned()).unwrap_or_default();
    said[Field::Callback] = talk.callback.map(|at| vendors.time_said(at)).unwrap_or_default();
    said[Field::Seen] = vendors.time_said(talk.seen);
    said[Field::Score] = talk.score.to_string();
    said[Field::Page].clone_from(&talk.page);
    talk.campaign.clone_into(&mut said[Field::Campaign]);
    if talk.utm {
        talk.campaign.clone_into(&mut said[Field::Utm]);
    }
    said[Field::Question].clone_from(&talk.question);
    said[Field::Transcript] = if vendors.has_transcripts() { talk.transcript() } else { talk.project() };
    talk.plan.clone_into(&mut said[Field::Plan]);
    // Where there is no schema, the type of a target shows in its values only.
    said[Field::Visits] =
        if faulty && !vendors.has_schema() { format!("{} times", talk.visits) } else { talk.visits.to_string() };
    if !faulty && talk.visits == 1 {
        "WELCOME10".clone_into(&mut said[Field::Coupon]);
    }
    said
}

/// What the CRM shows of what was said, where nothing goes wrong.
pub(crate) fn show(vendors: &dyn Vendors, who: &Who, talk: &Talk, said: &Cells, shift: i64) -> Cells {
    let mut shown = said.clone();
    shown[Field::First] = who.name.given().to_owned();
    shown[Field::Last] = who.name.family();
    shown[Field::Name] = format!("{} {}", shown[Field::First], shown[Field::Last]);
    shown[Field::Email] = who.email.to_lowercase();
    shown[Field::Phone].clone_from(&who.phone);
    shown[Field::Reason] = vendors.reason_shown(talk.reason);
    shown[Field::OptIn] = talk.opt_in.map(|yes| vendors.answer_shown(yes).to_owned()).unwrap_or_default();
    shown[Field::Callback] = talk.callback.map(|at| vendors.time_shown(at + shift)).unwrap_or_default();
    shown[Field::Seen] = vendors.time_shown(talk.seen);
    shown[Field::Score] = vendors.number_shown(talk.score);
    if let Ok(visits) = said[Field::Visits].parse() {
        shown[Field::Visits] = vendors.number_shown(visits);
    }
    if let Some((cut, _)) = said[Field::Question].char_indices().nth(LIMIT) {
        shown[Field::Question].truncate(cut);
    }
    shown
}

/// What a web form asks of all that a chat tells.
pub(crate) fn of_form(all: &Cells, rng: &mut Rng) -> Cells {
    const ASKED: [(Field, f64); 13] = [
        (Field::First, 1.0),
        (Field::Last, 1.0),
        (Field::Name, 1.0),
        (Field::Email, 1.0),
        (Field::Phone, 0.7),
        (Field::Company, 1.0),
        (Field::Reason, 0.85),
        (Field::Topic, 0.3),
        (Field::OptIn, 0.8),
        (Field::Score, 0.6),
        (Field::Page, 0.6),
        (Field::Campaign, 0.6),
        (Field::Plan, 0.3),
    ];
    let mut shown = Cells::default();
    for (field, rate) in ASKED {
        if happens(rng, rate) {
            shown[field].clone_from(&all[field]);
        }
    }
    shown
}

/// Takes away what says who the visitor is.
pub(crate) fn leave_nothing(cells: &mut Cells, nobody: &str) {
    for field in [Field::First, Field::Email, Field::Phone, Field::Company] {
        cells[field].clear();
    }
    nobody.clone_into(&mut cells[Field::Last]);
    nobody.clone_into(&mut cells[Field::Name]);
}

/// Fills what is blank of a record from a later chat; what is there stays.
pub(crate) fn complete(shown: &mut Cells, later: &Cells) {
    for field in [Field::Phone, Field::Topic, Field::Question, Field::Transcript] {
        if shown[field].is_empty() {
            shown[field].clone_from(&later[field]);
        }
    }
}
