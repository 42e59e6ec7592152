//! HubSpot against LiveChat: contacts exported from the screen, stamped to the minute in the account's zone, and the
//! chats CSV, whose zone stands in its headers.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use super::World;
use super::field::{Field, Mapped, mapped};
use super::json::text;
use super::record::{Lead, Owner, Stage, USERS, user};
use super::sheet::Sheet;
use super::talk::REASONS;
use super::vendors::{Headers, Vendors, local, wall};

/// The pair.
#[derive(Debug)]
pub(crate) struct HubSpotLiveChat;

const ZONE: &str = "Europe/Berlin";

const MAPPINGS: [Mapped; 19] = [
    mapped(Field::Email, "pre chat: E-mail:", "Email", "email"),
    mapped(Field::Name, "pre chat: Name:", "Last Name", "text"),
    mapped(Field::Phone, "pre chat: Phone:", "Phone Number", "phone"),
    mapped(Field::Company, "pre chat: Company:", "Company Name", "text"),
    mapped(Field::Reason, "pre chat: Reason:", "Chat Reason", "picklist"),
    mapped(Field::Topic, "pre chat: Topic:", "Chat Topic", "text"),
    mapped(Field::OptIn, "pre chat: May we write to you?", "Newsletter Consent", "boolean"),
    mapped(Field::Callback, "pre chat: Call me at:", "Callback Time", "timestamp"),
    mapped(Field::Seen, "custom variable 1 value", "First Seen On Site", "timestamp"),
    mapped(Field::Score, "custom variable 2 value", "Chat Score", "number"),
    mapped(Field::Page, "custom variable 3 value", "Chat Landing Page", "text"),
    mapped(Field::Campaign, "custom variable 4 value", "Chat Campaign", "text"),
    mapped(Field::Utm, "custom variable 5 value", "Chat Campaign", "text"),
    mapped(Field::Question, "pre chat: How can we help?", "Chat Question", "long-text"),
    mapped(Field::Transcript, "pre chat: Tell us about your project:", "Project Details", "long-text"),
    mapped(Field::Plan, "pre chat: Plan:", "Requested Plan", "picklist"),
    mapped(Field::Visits, "custom variable 6 value", "Site Visits", "number"),
    mapped(Field::Coupon, "pre chat: Voucher:", "Voucher Code", "text"),
    mapped(Field::Name, "pre chat: Name:", "First Name", "text"),
];

/// Names of the custom variables, in the order of their numbers.
const VARIABLES: [(&str, Field); 6] = [
    ("first_seen", Field::Seen),
    ("score", Field::Score),
    ("landing_page", Field::Page),
    ("campaign", Field::Campaign),
    ("utm_campaign", Field::Utm),
    ("visits", Field::Visits),
];

const HEADERS: Headers = Headers {
    region: "Sales Region",
    notes: "Notes",
    created: "Create Date",
    source: "Original Source",
    budget: "Budget",
    priority: "Priority",
    absent: "Preferred Language",
    language: "pre chat: Language:",
    lost: "pre chat: Budget:",
};

/// Headers of the contacts with HubSpot's name, type and field type of each property.
const FIELDS: [(&str, &str, &str, &str); 38] = [
    ("Record ID", "hs_object_id", "number", "number"),
    ("First Name", "firstname", "string", "text"),
    ("Last Name", "lastname", "string", "text"),
    ("Email", "email", "string", "text"),
    ("Phone Number", "phone", "string", "phonenumber"),
    ("Company Name", "company", "string", "text"),
    ("City", "city", "string", "text"),
    ("Postal Code", "zip", "string", "text"),
    ("Country/Region", "country", "string", "text"),
    ("Sales Region", "sales_region", "string", "text"),
    ("Industry", "industry", "string", "text"),
    ("Lead Status", "hs_lead_status", "enumeration", "radio"),
    ("Lifecycle Stage", "lifecyclestage", "enumeration", "radio"),
    ("Contact owner", "hubspot_owner_id", "enumeration", "select"),
    ("Original Source", "hs_analytics_source", "string", "text"),
    ("Notes", "message", "string", "textarea"),
    ("Chat Reason", "chat_reason", "enumeration", "select"),
    ("Chat Topic", "chat_topic", "string", "text"),
    ("Newsletter Consent", "newsletter_consent", "enumeration", "booleancheckbox"),
    ("Callback Time", "callback_time", "datetime", "date"),
    ("First Seen On Site", "first_seen_on_site", "datetime", "date"),
    ("Chat Score", "chat_score", "number", "number"),
    ("Chat Landing Page", "chat_landing_page", "string", "text"),
    ("Chat Campaign", "chat_campaign", "string", "text"),
    ("Chat Question", "chat_question", "string", "textarea"),
    ("Project Details", "project_details", "string", "textarea"),
    ("Requested Plan", "requested_plan", "enumeration", "select"),
    ("Site Visits", "site_visits", "number", "number"),
    ("Voucher Code", "voucher_code", "string", "text"),
    ("Budget", "budget", "number", "number"),
    ("Priority", "priority", "string", "text"),
    ("Chat ID", "chat_id", "string", "text"),
    ("Create Date", "createdate", "datetime", "date"),
    ("Owner assigned date", "hubspot_owner_assigneddate", "datetime", "date"),
    ("Created by user ID", "hs_created_by_user_id", "number", "number"),
    ("Last Modified Date", "lastmodifieddate", "datetime", "date"),
    ("Updated by user ID", "hs_updated_by_user_id", "number", "number"),
    ("Last Activity Date", "notes_last_updated", "datetime", "date"),
];

impl Vendors for HubSpotLiveChat {
    fn name(&self) -> &'static str {
        super::PAIRS[1]
    }

    fn records(&self) -> &'static str {
        "contacts"
    }

    fn chat_id(&self, number: u64) -> String {
        const LETTERS: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        let mut rest = number.wrapping_mul(0x9E37_79B9) ^ 0x5bd1_e995_0000 ^ number << 40;
        let mut id = String::from("T");
        for _ in 0..9 {
            id.push(char::from(LETTERS[(rest % 36) as usize]));
            rest /= 36;
        }
        id
    }

    fn record_id(&self, number: u64) -> String {
        (901_000_051 + number * 50).to_string()
    }

    fn user_id(&self, number: usize) -> String {
        (4_410_021 + 37 * number).to_string()
    }

    fn owner(&self, number: usize) -> String {
        let (first, last) = USERS[number];
        format!("{first} {last}")
    }

    fn answer_said(&self, yes: bool) -> &'static str {
        if yes { "Yes" } else { "No" }
    }

    fn time_said(&self, at: i64) -> String {
        wall(at, ZONE)
    }

    fn time_shown(&self, at: i64) -> String {
        let [year, month, day, hour, minute, _] = local(at, ZONE);
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
    }

    fn reason_shown(&self, reason: usize) -> String {
        REASONS[reason].said.to_lowercase().replace(' ', "_")
    }

    fn stage(&self, stage: Stage) -> &'static str {
        match stage {
            Stage::Open => "NEW",
            Stage::Working => "IN_PROGRESS",
            Stage::Closed => "UNQUALIFIED",
            Stage::Converted => "CONVERTED",
        }
    }

    fn mappings(&self) -> &'static [Mapped] {
        &MAPPINGS
    }

    fn headers(&self) -> &'static Headers {
        &HEADERS
    }

    fn has_seconds(&self) -> bool {
        false
    }

    fn has_transcripts(&self) -> bool {
        false
    }

    fn callback_shift(&self) -> i64 {
        2 * 3_600
    }

    fn zone(&self) -> &'static str {
        ZONE
    }

    fn sources(&self) -> &'static str {
        "[sources.contacts]\nkind = \"crm\"\nobject = \"contact\"\npath = \"hubspot-crm-exports-all-contacts-2026-10-31.csv\"\n\
         schema = \"contact-properties.json\"\nsystem-users = [\"integration@acme.example\", \"forms@acme.example\"]\n\n\
         [sources.users]\nkind = \"crm\"\nobject = \"user\"\npath = \"users.csv\"\n\n\
         [sources.chats]\nkind = \"chat\"\npath = \"chats.csv\"\n"
    }

    fn write(&self, world: &World, dir: &Path) -> io::Result<()> {
        let header: Vec<&str> = FIELDS.iter().map(|(label, ..)| *label).collect();
        let mut sheet = Sheet::new(&header, true);
        for lead in &world.leads {
            sheet.row(self.contact(lead));
        }
        sheet.write(&dir.join("hubspot-crm-exports-all-contacts-2026-10-31.csv"))?;
        let mut users = Sheet::new(&["User ID", "First Name", "Last Name", "Email", "Active"], false);
        for (number, (first, last)) in USERS.iter().enumerate() {
            let active = (number != user::GONE).to_string();
            users.row([&self.user_id(number), *first, last, &super::vendors::email(number), &active]);
        }
        users.write(&dir.join("users.csv"))?;
        fs::write(dir.join("contact-properties.json"), properties(world.faulty))?;
        chats(world).write(&dir.join("chats.csv"))
    }
}

impl HubSpotLiveChat {
    fn contact(&self, lead: &Lead) -> Vec<String> {
        FIELDS
            .iter()
            .map(|(label, ..)| match *label {
                "Record ID" => lead.id.clone(),
                "First Name" => lead.shown[Field::First].clone(),
                "Last Name" => lead.shown[Field::Last].clone(),
                "City" => lead.who.city.name.to_owned(),
                "Postal Code" => lead.who.postcode.clone(),
                "Country/Region" => lead.who.city.country.name().to_owned(),
                "Sales Region" => lead.region.to_owned(),
                "Industry" => lead.who.industry.to_owned(),
                "Lead Status" => self.stage(lead.stage).to_owned(),
                "Lifecycle Stage" => if lead.stage == Stage::Converted { "Customer" } else { "Lead" }.to_owned(),
                "Contact owner" => match lead.owner {
                    Owner::User(user) => self.owner(user),
                    Owner::Queue => String::new(),
                },
                "Original Source" => lead.source.to_owned(),
                "Notes" => lead.description.clone(),
                "Budget" => lead.budget.to_owned(),
                "Priority" => lead.priority.to_owned(),
                "Chat ID" => lead.chats.join(";"),
                "Create Date" => self.time_shown(lead.created),
                "Owner assigned date" => self.time_shown(lead.handed.map_or(lead.created, |handed| handed.at)),
                "Created by user ID" => self.user_id(lead.created_by),
                "Last Modified Date" => self.time_shown(lead.updated),
                "Updated by user ID" => self.user_id(lead.updated_by),
                "Last Activity Date" => lead.activity.map(|at| self.time_shown(at)).unwrap_or_default(),
                other => MAPPINGS
                    .iter()
                    .find(|one| one.to == other)
                    .map_or_else(String::new, |one| lead.shown[one.field].clone()),
            })
            .collect()
    }
}

/// The properties. Where faults are planted, the visits have the type of a switch.
fn properties(faulty: bool) -> String {
    let mut json = "{\"results\":[\n".to_owned();
    for (at, (label, name, kind, shown)) in FIELDS.iter().enumerate() {
        let switch = faulty && *label == "Site Visits";
        let (kind, shown) = if switch { ("enumeration", "booleancheckbox") } else { (*kind, *shown) };
        let values: Vec<(String, String)> = match *label {
            "Chat Reason" => (0..super::talk::CAREERS)
                .map(|at| (REASONS[at].said.to_owned(), HubSpotLiveChat.reason_shown(at)))
                .collect(),
            "Requested Plan" => {
                crate::generator::companies::PLANS.map(|plan| (plan.to_owned(), plan.to_owned())).to_vec()
            }
            _ => Vec::new(),
        };
        let listed: Vec<String> = values
            .iter()
            .map(|(label, value)| format!("{{\"label\":{},\"value\":{},\"hidden\":false}}", text(label), text(value)))
            .collect();
        // Only the lists that are written out are meant to be complete here.
        let options = if listed.is_empty() { String::new() } else { format!(",\"options\":[{}]", listed.join(",")) };
        let _ = write!(
            json,
            "{}{{\"name\":\"{name}\",\"label\":{},\"type\":\"{kind}\",\"fieldType\":\"{shown}\"{options}}}",
            if at == 0 { "" } else { ",\n" },
            text(label),
        );
    }
    json.push_str("\n]}\n");
    json
}

/// The chats.
fn chats(world: &World) -> Sheet {
    let mut header: Vec<String> = [
        "chat id",
        "chat creation date Europe/Berlin",
        "chat start date Europe/Berlin",
        "start url",
        "referrer",
        "chat duration in seconds",
        "queue duration in seconds",
        "visitor id",
        "visitor nick",
        "visitor ip",
        "visitor email",
        "last operator id",
        "group id",
        "group name",
        "rate",
        "rate comment",
        "operator 1 nick",
        "operator 1 id",
        "operator 2 nick",
        "operator 2 id",
    ]
    .map(str::to_owned)
    .to_vec();
    // The name is asked once, and kept in two parts.
    let is_asked = |one: &&Mapped| one.from.starts_with("pre chat") && one.to != "First Name";
    let asked: Vec<&Mapped> = MAPPINGS.iter().filter(is_asked).collect();
    header.extend(asked.iter().map(|one| one.from.to_owned()));
    header.push(HEADERS.language.to_owned());
    header.extend(["tag 1", "tag 2", "tag 3"].map(str::to_owned));
    for number in 1..=VARIABLES.len() {
        header.extend([format!("custom variable {number} name"), format!("custom variable {number} value")]);
    }
    header.push("visitor country code".to_owned());
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut sheet = Sheet::new(&header, true);
    for (number, chat) in world.chats.iter().enumerate() {
        let said = &chat.said;
        let begun = wall(chat.started, ZONE);
        let agent = |at: usize| chat.agents.get(at).map_or(String::new(), |agent| format!("Agent {agent}"));
        let address = |at: usize| chat.agents.get(at).map_or(String::new(), |a| format!("agent{a}@acme.example"));
        let rate = match chat.rating {
            Some(4..) => "rated good",
            Some(_) => "rated bad",
            None => "not rated",
        };
        let last = if chat.agents.len() > 1 { address(1) } else { address(0) };
        let mut row = vec![
            chat.id.clone(),
            begun.clone(),
            begun,
            "https://www.acme.example/".to_owned(),
            String::new(),
            (chat.ended - chat.started).to_string(),
            (number % 40).to_string(),
            format!("S{:010}", number * 13),
            said[Field::Name].clone(),
            format!("192.0.2.{}", number % 250),
            said[Field::Email].clone(),
            last,
            "0".to_owned(),
            "Website".to_owned(),
            rate.to_owned(),
            String::new(),
            agent(0),
            address(0),
            agent(1),
            address(1),
        ];
        row.extend(asked.iter().map(|one| said[one.field].clone()));
        row.push(if number.is_multiple_of(3) { "fr" } else { "en" }.to_owned());
        row.extend((0..3).map(|at| chat.tags.get(at).copied().unwrap_or_default().to_owned()));
        for (name, field) in VARIABLES {
            row.extend([name.to_owned(), said[field].clone()]);
        }
        row.push("US".to_owned());
        sheet.row(row);
    }
    sheet
}
