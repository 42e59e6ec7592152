//! Which vendor an export is of and what its rows are: as said, else as its content says. A detection that may be wrong
//! is told, with how to say better.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::Error;
use super::header::nearest;
use super::vendors::{Exhibit, Match, VENDORS, Vendor, guess_object};
use crate::model::Kind;

/// How the note of a doubtful detection begins.
pub const DOUBTFUL: &str = "doubtful: ";

/// A score below this says little more than that the file is a table: fewer than three headers that any CRM has, in a
/// file whose name says nothing.
const LOW: u32 = 20;
/// Two scores nearer than this are a matter of one header.
const CLOSE: u32 = 8;
/// A score from which content contradicts what was said of its kind, if it is also this far above the kind that was said.
const STRONG: u32 = 45;
const FAR: u32 = 20;
/// A score from which an export has shown a mark that no other vendor has: nothing near it is a rival.
const SURE: u32 = 85;

/// What an export was taken for.
pub(crate) struct Detection {
    pub(crate) vendor: &'static dyn Vendor,
    pub(crate) found: Match,
    /// Why that may be wrong, for the notes of the source.
    pub(crate) doubts: Vec<String>,
}

type Candidate = (&'static dyn Vendor, Match);

/// The vendor that matches best, or the one that the config names.
pub(crate) fn detect(exhibit: &Exhibit<'_>, wanted: Option<&str>, source: &str) -> Result<Detection, Error> {
    let mut candidates: Vec<Candidate> =
        VENDORS.iter().filter_map(|vendor| Some((*vendor, vendor.recognise(exhibit)?))).collect();
    // Of two that match equally well the earlier one wins.
    candidates.sort_by_key(|(_, found)| std::cmp::Reverse(found.score));
    let how = How::of(exhibit, source);
    if let Some(wanted) = wanted {
        let vendor = named(wanted).ok_or_else(|| unknown(wanted, source))?;
        let own = vendor.recognise(exhibit);
        let mut doubts = contradictions(exhibit, &candidates, &how);
        if own.is_none()
            && !is_generic(vendor)
            && let Some((other, found)) = candidates.first().filter(|(_, found)| found.score >= SURE)
        {
            doubts.push(format!(
                "{DOUBTFUL}said to be of {wanted}, but it looks like {} ({}); if it is, write vendor = \"{}\" in {}",
                described(*other, found),
                found.why,
                other.meta().name,
                how.table
            ));
        }
        let object = own.as_ref().map_or_else(|| guess_object(exhibit), |found| found.object);
        let kind = own.as_ref().map_or(exhibit.kind.unwrap_or(vendor.meta().kinds[0]), |found| found.kind);
        let why = "the config names the vendor".to_owned();
        return Ok(Detection { vendor, found: settle(exhibit, Match { score: 100, kind, object, why }), doubts });
    }
    let fits = |(vendor, _): &&Candidate| exhibit.kind.is_none_or(|kind| vendor.meta().kinds.contains(&kind));
    let fitting: Vec<&Candidate> = candidates.iter().filter(fits).collect();
    let Some((vendor, best)) = fitting.first().copied() else {
        let kind = exhibit.kind.unwrap_or(Kind::Crm);
        let vendor = VENDORS.iter().rev().copied().find(|vendor| vendor.meta().kinds.contains(&kind));
        let vendor = vendor.unwrap_or(VENDORS[0]);
        let why = "no known export; taken as it is".to_owned();
        let found = settle(exhibit, Match { score: 0, kind, object: None, why });
        let doubts = vec![how.low(vendor, &found)];
        return Ok(Detection { vendor, found, doubts });
    };
    let mut doubts = contradictions(exhibit, &candidates, &how);
    let found = settle(exhibit, best.clone());
    if doubts.is_empty() {
        if exhibit.kind.is_none() && best.score < LOW {
            doubts.push(how.low(*vendor, &found));
        } else if let Some(rival) = rival(exhibit, &fitting) {
            doubts.push(how.close((*vendor, &found), (rival.0, &rival.1)));
        } else if found.kind == Kind::Crm && found.object.is_none() && best.score < SURE {
            doubts.push(format!(
                "{DOUBTFUL}nothing says what a row is; write object = \"lead\", or contact, account, deal, user or activity, \
                 in {}",
                how.table
            ));
        }
    }
    Ok(Detection { vendor: *vendor, found, doubts })
}

fn named(name: &str) -> Option<&'static dyn Vendor> {
    VENDORS.iter().copied().find(|vendor| vendor.meta().name == name)
}

fn unknown(wanted: &str, source: &str) -> Error {
    let names: BTreeSet<&str> = VENDORS.iter().map(|vendor| vendor.meta().name).collect();
    Error::UnknownVendor {
        source_name: source.to_owned(),
        vendor: wanted.to_owned(),
        nearest: nearest(wanted, names.into_iter()).map(str::to_owned),
    }
}

/// Whether a vendor stands for all that have no file of their own.
fn is_generic(vendor: &dyn Vendor) -> bool {
    vendor.meta().name.starts_with("generic-")
}

/// What was found, with what was said in its place.
fn settle(exhibit: &Exhibit<'_>, mut found: Match) -> Match {
    if let Some(kind) = exhibit.kind
        && found.kind != kind
    {
        found.kind = kind;
        let _ = write!(found.why, " (kind as said)");
    }
    if let Some(object) = exhibit.object {
        found.object = Some(object);
    }
    if found.kind != Kind::Crm {
        found.object = None;
    }
    found
}

/// What the content says against what was said.
fn contradictions(exhibit: &Exhibit<'_>, candidates: &[Candidate], how: &How) -> Vec<String> {
    let mut doubts = Vec::new();
    if let Some(said) = exhibit.kind {
        let best = |fits: &dyn Fn(Kind) -> bool| candidates.iter().find(|(_, found)| fits(found.kind));
        let own = best(&|kind| kind == said).map_or(0, |(_, found)| found.score);
        if let Some((vendor, found)) = best(&|kind| kind != said)
            && found.score >= STRONG
            && found.score >= own + FAR
        {
            let kind = found.kind;
            doubts.push(format!(
                "{DOUBTFUL}said to be {said}, but it looks like {} ({}); if it is, write {kind}={}, or kind = \"{kind}\" in {}",
                described(*vendor, found),
                found.why,
                how.file,
                how.table
            ));
        }
    }
    if let Some(said) = exhibit.object
        && let Some((vendor, found)) = candidates.first()
        && let Some(object) = found.object.filter(|object| *object != said)
        && found.score >= SURE
        && vendor.tells_object(exhibit)
        && doubts.is_empty()
    {
        doubts.push(format!(
            "{DOUBTFUL}said to hold a {said} per row, but it looks like {} ({}); if it is, write object = \"{object}\" in {}",
            described(*vendor, found),
            found.why,
            how.table
        ));
    }
    doubts
}

/// The best of those that mean something else and match nearly as well.
fn rival<'c>(exhibit: &Exhibit<'_>, fitting: &[&'c Candidate]) -> Option<&'c Candidate> {
    let (vendor, best) = *fitting.first()?;
    if best.score >= SURE {
        return None;
    }
    fitting.iter().skip(1).copied().take_while(|(_, other)| best.score - other.score < CLOSE).find(|(of, other)| {
        let kind = exhibit.kind.is_none() && other.kind != best.kind;
        let same = other.kind == best.kind;
        let object =
            exhibit.object.is_none() && same && matches!((other.object, best.object), (Some(a), Some(b)) if a != b);
        // Headers of any CRM are found in exports of each.
        let shape = same && !is_generic(*of) && !is_generic(*vendor);
        kind || object || shape
    })
}

/// `contact records of HubSpot`, `chats`.
fn described(vendor: &dyn Vendor, found: &Match) -> String {
    let rows = match (found.kind, found.object) {
        (Kind::Crm, Some(object)) => format!("{object} records"),
        (Kind::Crm, None) => "CRM records".to_owned(),
        (Kind::Chat, _) => "chats".to_owned(),
        (Kind::SyncLog, _) => "a sync log".to_owned(),
    };
    if is_generic(vendor) || found.kind == Kind::SyncLog { rows } else { format!("{rows} of {}", vendor.meta().title) }
}

/// How to say better.
struct How {
    /// The file, as an argument names it.
    file: String,
    /// The table of the config.
    table: String,
}

impl How {
    fn of(exhibit: &Exhibit<'_>, source: &str) -> Self {
        let file = exhibit.paths.first().cloned().unwrap_or_else(|| "FILE".to_owned());
        // What is not configured goes by the path of its file.
        let name = if file == source { "NAME" } else { source };
        Self { file, table: format!("[sources.{name}] of leadlint.toml") }
    }

    fn low(&self, vendor: &dyn Vendor, found: &Match) -> String {
        format!(
            "{DOUBTFUL}hardly anything says what this export is; taken for {} ({}); say crm={file}, chat={file} or \
             sync-log={file}, or kind, object and vendor in {}",
            described(vendor, found),
            found.why,
            self.table,
            file = self.file
        )
    }

    fn close(&self, one: (&dyn Vendor, &Match), other: (&dyn Vendor, &Match)) -> String {
        let next = if one.1.kind != other.1.kind {
            let (first, second, file) = (one.1.kind, other.1.kind, &self.file);
            format!("{first}={file} or {second}={file}, or with kind in {}", self.table)
        } else if one.1.object != other.1.object {
            format!("object in {}", self.table)
        } else {
            format!("vendor in {}", self.table)
        };
        format!(
            "{DOUBTFUL}taken for {} ({}), but it may as well be {} ({}); say which with {next}",
            described(one.0, one.1),
            one.1.why,
            described(other.0, other.1),
            other.1.why
        )
    }
}

/// What is said of an export of which no column is known.
pub(crate) fn unrecognised(found: &Match, source: Option<&str>) -> String {
    if found.score >= SURE && found.object.is_none() {
        return format!("only rules that need no role look at this source: {}", found.why);
    }
    format!(
        "no column was recognised, so only rules that need no role look at this source; if the file is right, say what its \
         columns mean: columns = {{ email = \"...\" }} in [sources.{}] of leadlint.toml",
        source.unwrap_or("NAME")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::testing::Folder;
    use crate::load::{Input, LoadOptions, SourceSpec, load};
    use crate::model::{Object, Source};

    const CHATS: &str = "chat_id,started_at,ended_at,visitor_name,visitor_email,agent,transcript\nc1,2026-01-01T10:00:00Z,,Bo,b@x.example,Ana,Hi\n";
    const LEADS: &str = "Id,FirstName,LastName,Email,OwnerId,CreatedDate\n00Q5e0000000001EAA,Bo,Li,b@x.example,0055e0000000001AAA,2026-01-01T10:00:00Z\n";

    fn source(name: &str, text: &str, said: impl FnOnce(&mut SourceSpec)) -> Source {
        let folder = Folder::new();
        let mut spec = SourceSpec::of(vec![Input::file(folder.write(name, text))]);
        said(&mut spec);
        load(&[spec], &LoadOptions::default()).unwrap().remove(0)
    }

    fn doubts(name: &str, text: &str, said: impl FnOnce(&mut SourceSpec)) -> Vec<String> {
        source(name, text, said).notes.into_iter().filter(|note| note.starts_with(DOUBTFUL)).collect()
    }

    #[track_caller]
    fn says(doubts: &[String], words: &[&str]) {
        let [doubt] = doubts else { panic!("{doubts:?}") };
        for word in words {
            assert!(doubt.contains(word), "{word} is not in {doubt}");
        }
    }

    #[test]
    fn a_plain_export_is_not_doubted() {
        let plain = |_: &mut SourceSpec| {};
        for (name, text) in [
            ("chats.csv", CHATS),
            ("export.csv", CHATS),
            ("export.csv", LEADS),
            ("leads.csv", "Id,FirstName,LastName,Email,CreatedDate\n1,A,B,a@x.example,2026-01-01\n"),
            ("leads.csv", "id,email\n1,a@x.example\n"),
            ("log.csv", "logged_at,chat_id,lead_id,result,error,attempt\n2026-01-01T00:00:00Z,c1,00Q,ok,,1\n"),
        ] {
            assert!(doubts(name, text, plain).is_empty(), "{name}: {:?}", doubts(name, text, plain));
        }
    }

    #[test]
    fn a_table_that_could_be_anything_is_doubted() {
        let doubts = doubts("export.csv", "Number,Country,Value\n1,DE,2\n", |_| {});
        says(&doubts, &["hardly anything", "chat=", "sync-log=", "[sources.NAME]"]);
    }

    #[test]
    fn two_kinds_that_match_nearly_as_well_are_doubted() {
        let text = "chat_id,rating,email,firstname,company\n1,5,a@x.example,A,B\n";
        says(&doubts("export.csv", text, |_| {}), &["may as well be", "chat=", "crm="]);
        let clear = "chat_id,rating,agent,transcript,missed,email,firstname\n1,5,Ana,Hi,false,a@x.example,A\n";
        assert!(doubts("export.csv", clear, |_| {}).is_empty());
        assert!(doubts("export.csv", text, |spec| spec.kind = Some(Kind::Chat)).is_empty());
    }

    #[test]
    fn two_vendors_that_match_nearly_as_well_are_doubted() {
        let text =
            "Record ID,Contact owner,Create Date,Account Owner,Email Opt Out,First Name\n1,Ana,2026-01-01,Ana,0,Bo\n";
        let doubt = doubts("export.csv", text, |_| {});
        says(&doubt, &["records of HubSpot", "records of Salesforce", "vendor in [sources.NAME]"]);
        // Another label of HubSpot's decides.
        let more = text.replace("First Name", "Lifecycle Stage");
        assert!(doubts("export.csv", &more, |_| {}).is_empty());
    }

    #[test]
    fn tables_of_links_are_not_doubted_and_say_why_nobody_looks_at_them() {
        let text = "contact_id,tag_id,_fivetran_synced\n1,2,2026-01-01 00:00:00\n";
        let source = source("contact_tag.csv", text, |_| {});
        let [note] = source.notes.as_slice() else { panic!("{:?}", source.notes) };
        assert!(note.contains("are no records"), "{note}");
    }

    #[test]
    fn rows_of_which_nothing_says_what_they_are_are_doubted_until_it_is_said() {
        let text = "id,company,country,region,industry\n1,A,DE,Ost,Bau\n";
        says(&doubts("export.csv", text, |_| {}), &["what a row is", "object = \"lead\""]);
        assert!(doubts("export.csv", text, |spec| spec.object = Some(Object::Account)).is_empty());
        assert!(doubts("accounts.csv", text, |_| {}).is_empty());
    }

    #[test]
    fn an_amount_or_a_parent_alone_makes_no_deal_and_no_account() {
        let object = |text: &str| source("export.csv", text, |_| {}).object;
        assert_eq!(object("Record Id,Given,Surname,Email,Amount\n1,Ana,Moss,a@x.example,20\n"), Some(Object::Contact));
        assert_eq!(object("Name,Body,ParentId\nplan.png,plan.png,1\n"), None);
        assert_eq!(object("Id,Name,Stage,Amount\n1,Roof,Won,20\n"), Some(Object::Deal));
    }

    #[test]
    fn content_speaks_against_a_kind_that_was_said() {
        says(&doubts("chats.csv", CHATS, |spec| spec.kind = Some(Kind::Crm)), &["said to be crm", "chats", "chat="]);
        says(
            &doubts("leads.csv", LEADS, |spec| spec.kind = Some(Kind::Chat)),
            &["said to be chat", "lead records of Salesforce"],
        );
        assert!(doubts("chats.csv", CHATS, |spec| spec.kind = Some(Kind::Chat)).is_empty());
        // A few headers of a CRM are no strong word against it.
        let few = "id,email,company,created_at\n1,a@x.example,A,2026-01-01\n";
        assert!(doubts("export.csv", few, |spec| spec.kind = Some(Kind::Chat)).is_empty());
    }

    #[test]
    fn ids_speak_against_an_object_that_was_said() {
        let said = |object| move |spec: &mut SourceSpec| spec.object = Some(object);
        says(&doubts("x.csv", LEADS, said(Object::Contact)), &["said to hold a contact", "object = \"lead\""]);
        assert!(doubts("x.csv", LEADS, said(Object::Lead)).is_empty());
        // Some keep their leads as contacts of HubSpot.
        let hubspot = "Record ID,First Name,Last Name,Email,Contact owner,Lifecycle Stage,hs_object_id\n1,A,B,a@x.example,Ana,Lead,1\n";
        assert!(doubts("x.csv", hubspot, said(Object::Lead)).is_empty());
    }

    #[test]
    fn content_speaks_against_a_vendor_that_was_said() {
        let said = |vendor: &'static str| move |spec: &mut SourceSpec| spec.vendor = Some(vendor.to_owned());
        says(&doubts("x.csv", LEADS, said("tidio")), &["said to be of tidio", "vendor = \"salesforce\""]);
        assert!(doubts("x.csv", LEADS, said("salesforce")).is_empty());
        assert!(doubts("x.csv", LEADS, said("generic-crm")).is_empty());
    }

    #[test]
    fn a_configured_source_is_called_by_its_name() {
        let doubts = doubts("x.csv", LEADS, |spec| {
            spec.name = Some("people".to_owned());
            spec.object = Some(Object::Contact);
        });
        says(&doubts, &["[sources.people]"]);
    }

    #[test]
    fn a_source_without_known_columns_says_so_and_what_to_do() {
        let source = source("leads.csv", "column1,column2\n1,2\n", |_| {});
        assert!(source.roles.is_empty());
        assert!(
            source.notes.iter().any(|note| note.contains("no column was recognised") && note.contains("columns = {"))
        );
    }
}
