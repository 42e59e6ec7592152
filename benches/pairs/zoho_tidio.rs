//! Zoho CRM against Tidio: a module export in the account's zone, and the messages CSV, a row per message. What Tidio's
//! pre-chat survey asks stands in columns of the contact's own properties, behind the columns that every export has.

use std::io;
use std::path::Path;

use super::World;
use super::field::{Field, Mapped, mapped};
use super::record::{Chat, Lead, Owner, Stage, USERS, user};
use super::sheet::Sheet;
use super::talk::REASONS;
use super::vendors::{Headers, Vendors, wall};

/// The pair.
#[derive(Debug)]
pub(crate) struct ZohoTidio;

const ZONE: &str = "America/New_York";

const MAPPINGS: [Mapped; 20] = [
    mapped(Field::Email, "EMAIL", "Email", "email"),
    mapped(Field::First, "FIRST_NAME", "First Name", "text"),
    mapped(Field::Last, "LAST_NAME", "Last Name", "text"),
    mapped(Field::Name, "NAME", "Lead Name", "text"),
    mapped(Field::Phone, "PHONE", "Phone", "phone"),
    mapped(Field::Company, "COMPANY", "Company", "text"),
    mapped(Field::Reason, "CONTACT_REASON", "Chat Reason", "picklist"),
    mapped(Field::Topic, "CHAT_TOPIC", "Chat Topic", "text"),
    mapped(Field::OptIn, "NEWSLETTER", "Newsletter", "boolean"),
    mapped(Field::Callback, "CALLBACK_AT", "Callback Time", "timestamp"),
    mapped(Field::Seen, "FIRST_SEEN", "First Seen", "timestamp"),
    mapped(Field::Score, "INTENT_SCORE", "Intent Score", "number"),
    mapped(Field::Page, "LANDING_PAGE", "Landing Page", "text"),
    mapped(Field::Campaign, "CAMPAIGN", "Chat Campaign", "text"),
    mapped(Field::Utm, "UTM_CAMPAIGN", "Chat Campaign", "text"),
    mapped(Field::Question, "QUESTION", "Question", "long-text"),
    mapped(Field::Transcript, "transcript", "Chat Transcript", "long-text"),
    mapped(Field::Plan, "PLAN", "Plan", "picklist"),
    mapped(Field::Visits, "VISITS", "Site Visits", "number"),
    mapped(Field::Coupon, "VOUCHER", "Voucher", "text"),
];

const HEADERS: Headers = Headers {
    region: "Region",
    notes: "Description",
    created: "Created Time",
    source: "Lead Source",
    budget: "Budget",
    priority: "Priority",
    absent: "Language",
    language: "LANGUAGE",
    lost: "BUDGET",
};

const LEAD: [&str; 43] = [
    "Record Id",
    "Lead Owner.id",
    "Lead Owner",
    "Company",
    "First Name",
    "Last Name",
    "Lead Name",
    "Email",
    "Phone",
    "Lead Source",
    "Lead Status",
    "Industry",
    "City",
    "Region",
    "Zip Code",
    "Country",
    "Created By.id",
    "Created By",
    "Modified By.id",
    "Modified By",
    "Created Time",
    "Modified Time",
    "Owner Assigned Date",
    "Last Activity Time",
    "Tag",
    "Description",
    "Email Opt Out",
    "Chat Reason",
    "Chat Topic",
    "Newsletter",
    "Callback Time",
    "First Seen",
    "Intent Score",
    "Landing Page",
    "Chat Campaign",
    "Question",
    "Chat Transcript",
    "Plan",
    "Site Visits",
    "Voucher",
    "Budget",
    "Priority",
    "Chat Id",
];

impl Vendors for ZohoTidio {
    fn name(&self) -> &'static str {
        super::PAIRS[2]
    }

    fn chat_id(&self, number: u64) -> String {
        let mut rest = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        rest ^= rest >> 29;
        format!("{:032x}", u128::from(rest) << 64 | u128::from(number))
    }

    fn record_id(&self, number: u64) -> String {
        format!("zcrm_{}", 5_120_000_000_000_451_001_u64 + number * 17)
    }

    fn user_id(&self, number: usize) -> String {
        format!("zcrm_{}", 5_120_000_000_000_088_001_u64 + number as u64 * 1_000)
    }

    fn owner(&self, number: usize) -> String {
        let (first, last) = USERS[number];
        format!("{first} {last}")
    }

    fn answer_said(&self, yes: bool) -> &'static str {
        if yes { "yes" } else { "no" }
    }

    fn time_said(&self, at: i64) -> String {
        iso(at)
    }

    fn time_shown(&self, at: i64) -> String {
        wall(at, ZONE)
    }

    fn reason_shown(&self, reason: usize) -> String {
        // Tidio's words are Zoho's, but for two that were there before.
        match REASONS[reason].said {
            "Pricing" => "Price enquiry".to_owned(),
            "Demo Request" => "Product demo".to_owned(),
            said => said.to_owned(),
        }
    }

    fn stage(&self, stage: Stage) -> &'static str {
        match stage {
            Stage::Open => "Not Contacted",
            Stage::Working => "Contacted",
            Stage::Closed => "Lost Lead",
            Stage::Converted => "Junk Lead",
        }
    }

    fn mappings(&self) -> &'static [Mapped] {
        &MAPPINGS
    }

    fn headers(&self) -> &'static Headers {
        &HEADERS
    }

    fn has_schema(&self) -> bool {
        false
    }

    fn has_tags(&self) -> bool {
        false
    }

    fn callback_shift(&self) -> i64 {
        4 * 3_600
    }

    fn zone(&self) -> &'static str {
        ZONE
    }

    fn sources(&self) -> &'static str {
        "[sources.leads]\nkind = \"crm\"\nobject = \"lead\"\npath = \"Leads_2026_10_31.csv\"\n\
         system-users = [\"integration@acme.example\", \"forms@acme.example\"]\n\n\
         [sources.users]\nkind = \"crm\"\nobject = \"user\"\npath = \"Users_001.csv\"\n\n\
         [sources.chats]\nkind = \"chat\"\npath = \"messages.csv\"\n"
    }

    fn write(&self, world: &World, dir: &Path) -> io::Result<()> {
        let mut sheet = Sheet::new(&LEAD, false);
        for lead in &world.leads {
            sheet.row(self.lead(lead));
        }
        sheet.write(&dir.join("Leads_2026_10_31.csv"))?;
        let mut users = Sheet::new(&["User Id", "First Name", "Last Name", "Email", "Active"], false);
        for (number, (first, last)) in USERS.iter().enumerate() {
            let active = (number != user::GONE).to_string();
            users.row([&self.user_id(number), *first, last, &super::vendors::email(number), &active]);
        }
        users.write(&dir.join("Users_001.csv"))?;
        messages(world).write(&dir.join("messages.csv"))
    }
}

/// `2026-10-31T09:15:27Z`.
fn iso(at: i64) -> String {
    format!("{}Z", wall(at, "UTC").replace(' ', "T"))
}

impl ZohoTidio {
    fn lead(&self, lead: &Lead) -> Vec<String> {
        let owner = match lead.owner {
            Owner::User(user) => user,
            Owner::Queue => user::DEFAULT,
        };
        LEAD.iter()
            .map(|header| match *header {
                "Record Id" => lead.id.clone(),
                "Lead Owner.id" => self.user_id(owner),
                "Lead Owner" => self.owner(owner),
                "Lead Source" => lead.source.to_owned(),
                "Lead Status" => self.stage(lead.stage).to_owned(),
                "Industry" => lead.who.industry.to_owned(),
                "City" => lead.who.city.name.to_owned(),
                "Region" => lead.region.to_owned(),
                "Zip Code" => lead.who.postcode.clone(),
                "Country" => lead.who.city.country.name().to_owned(),
                "Created By.id" => self.user_id(lead.created_by),
                "Created By" => self.owner(lead.created_by),
                "Modified By.id" => self.user_id(lead.updated_by),
                "Modified By" => self.owner(lead.updated_by),
                "Created Time" => self.time_shown(lead.created),
                "Modified Time" => self.time_shown(lead.updated),
                "Owner Assigned Date" => self.time_shown(lead.handed.map_or(lead.created, |handed| handed.at)),
                "Last Activity Time" => lead.activity.map(|at| self.time_shown(at)).unwrap_or_default(),
                "Tag" => String::new(),
                "Description" => lead.description.clone(),
                "Email Opt Out" => "false".to_owned(),
                "Budget" => lead.budget.to_owned(),
                "Priority" => lead.priority.to_owned(),
                "Chat Id" => lead.chats.join(";"),
                other => MAPPINGS
                    .iter()
                    .find(|one| one.to == other)
                    .map_or_else(String::new, |one| lead.shown[one.field].clone()),
            })
            .collect()
    }
}

/// The messages.
fn messages(world: &World) -> Sheet {
    const FIXED: [&str; 13] = [
        "CONVERSATION_ID",
        "THREAD_ID",
        "TIME_SENT",
        "CHANNEL",
        "SENDER",
        "MESSAGE_CONTENT",
        "NAME",
        "FIRST_NAME",
        "LAST_NAME",
        "EMAIL",
        "PHONE",
        "OS_NAME",
        "BROWSER",
    ];
    let own: Vec<&Mapped> =
        MAPPINGS.iter().filter(|one| !FIXED.contains(&one.from) && one.from != "transcript").collect();
    let mut header = FIXED.to_vec();
    header.extend(own.iter().map(|one| one.from));
    header.push(HEADERS.language);
    let mut sheet = Sheet::new(&header, false);
    for (number, chat) in world.chats.iter().enumerate() {
        for message in &chat.talk.messages {
            sheet.row(row(number, chat, message, &own));
        }
    }
    sheet
}

/// A message. Who the visitor is stands on their own messages only.
fn row(number: usize, chat: &Chat, message: &super::talk::Message, own: &[&Mapped]) -> Vec<String> {
    let said = |field: Field| if message.visitor { chat.said[field].clone() } else { String::new() };
    let mut row = vec![
        chat.id.clone(),
        "1".to_owned(),
        iso(chat.started + message.after),
        "chat".to_owned(),
        if message.visitor { "visitor" } else { "operator" }.to_owned(),
        message.text.clone(),
    ];
    row.extend([Field::Name, Field::First, Field::Last, Field::Email, Field::Phone].map(said));
    row.extend(["Windows", "Chrome"].map(str::to_owned));
    row.extend(own.iter().map(|one| said(one.field)));
    let language = if number.is_multiple_of(3) { "fr" } else { "en" };
    row.push(if message.visitor { language.to_owned() } else { String::new() });
    row
}
