//! Salesforce against Intercom: Data Loader's CSV, and conversations as the API gives them.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use super::World;
use super::field::{Field, Mapped, mapped};
use super::json::{maybe, text};
use super::record::{Chat, Lead, Owner, Stage, USERS, user};
use super::sheet::Sheet;
use super::talk::REASONS;
use super::vendors::{Headers, Vendors};
use crate::generator::clock::Stamp;
use crate::generator::ids::{Prefix, SalesforceId};

/// The pair.
#[derive(Debug)]
pub(crate) struct SalesforceIntercom;

const MAPPINGS: [Mapped; 19] = [
    mapped(Field::Email, "contact_email", "Email", "email"),
    mapped(Field::Name, "contact_name", "LastName", "text"),
    mapped(Field::First, "custom_attributes.first_name", "FirstName", "text"),
    mapped(Field::Phone, "custom_attributes.phone", "Phone", "phone"),
    mapped(Field::Company, "custom_attributes.company", "Company", "text"),
    mapped(Field::Reason, "custom_attributes.reason", "Reason__c", "picklist"),
    mapped(Field::Topic, "title", "Topic__c", "text"),
    mapped(Field::OptIn, "custom_attributes.newsletter", "Newsletter__c", "boolean"),
    mapped(Field::Callback, "custom_attributes.callback_at", "Callback__c", "timestamp"),
    mapped(Field::Seen, "custom_attributes.first_seen_at", "First_Seen__c", "timestamp"),
    mapped(Field::Score, "custom_attributes.intent_score", "Intent_Score__c", "number"),
    mapped(Field::Page, "custom_attributes.landing_page", "Landing_Page__c", "text"),
    mapped(Field::Campaign, "custom_attributes.campaign", "Campaign__c", "text"),
    mapped(Field::Utm, "custom_attributes.utm_campaign", "Campaign__c", "text"),
    mapped(Field::Question, "custom_attributes.question", "Question__c", "long-text"),
    mapped(Field::Transcript, "transcript", "Chat_Transcript__c", "long-text"),
    mapped(Field::Plan, "custom_attributes.plan", "Plan__c", "picklist"),
    mapped(Field::Visits, "custom_attributes.visits", "Visits__c", "number"),
    mapped(Field::Coupon, "custom_attributes.voucher", "Voucher__c", "text"),
];

const HEADERS: Headers = Headers {
    region: "Region__c",
    notes: "Description",
    created: "CreatedDate",
    source: "LeadSource",
    budget: "Budget__c",
    priority: "Priority__c",
    absent: "Language__c",
    language: "custom_attributes.language",
    lost: "custom_attributes.budget",
};

/// Fields of a lead with their Salesforce type and length; blank types are in no describe.
const FIELDS: [(&str, &str, u32); 40] = [
    ("Id", "id", 18),
    ("IsDeleted", "boolean", 0),
    ("FirstName", "string", 40),
    ("LastName", "string", 80),
    ("Company", "string", 255),
    ("Email", "email", 80),
    ("Phone", "phone", 40),
    ("City", "string", 40),
    ("PostalCode", "string", 20),
    ("Country", "string", 80),
    ("Region__c", "string", 80),
    ("Industry", "string", 80),
    ("LeadSource", "picklist", 255),
    ("Status", "picklist", 255),
    ("OwnerId", "reference", 18),
    ("IsConverted", "boolean", 0),
    ("ConvertedDate", "date", 0),
    ("ConvertedContactId", "reference", 18),
    ("Description", "textarea", 32_000),
    ("Reason__c", "picklist", 255),
    ("Topic__c", "string", 255),
    ("Newsletter__c", "boolean", 0),
    ("Callback__c", "datetime", 0),
    ("First_Seen__c", "datetime", 0),
    ("Intent_Score__c", "double", 0),
    ("Landing_Page__c", "string", 255),
    ("Campaign__c", "string", 255),
    ("Question__c", "textarea", 255),
    ("Chat_Transcript__c", "textarea", 32_768),
    ("Plan__c", "picklist", 255),
    ("Visits__c", "double", 0),
    ("Voucher__c", "string", 40),
    ("Budget__c", "currency", 0),
    ("Priority__c", "string", 40),
    ("Chat_Id__c", "string", 255),
    ("CreatedDate", "datetime", 0),
    ("CreatedById", "reference", 18),
    ("LastModifiedDate", "datetime", 0),
    ("LastModifiedById", "reference", 18),
    ("LastActivityDate", "date", 0),
];

fn id(prefix: Prefix, number: u64) -> String {
    String::from_utf8_lossy(SalesforceId::new(prefix, number).as_bytes()).into_owned()
}

/// The id of the contact that a lead became. No digit of the prefix is a capital, so that the checksum holds.
fn contact_id(number: u64) -> String {
    id(Prefix::User, 1_000 + number).replacen("005", "003", 1)
}

fn stamp(stamp: Stamp) -> String {
    String::from_utf8_lossy(stamp.as_ref()).into_owned()
}

impl Vendors for SalesforceIntercom {
    fn name(&self) -> &'static str {
        super::PAIRS[0]
    }

    fn chat_id(&self, number: u64) -> String {
        (215_460_000_001 + number * 7).to_string()
    }

    fn record_id(&self, number: u64) -> String {
        id(Prefix::Lead, number)
    }

    fn user_id(&self, number: usize) -> String {
        id(Prefix::User, number as u64)
    }

    fn owner(&self, number: usize) -> String {
        self.user_id(number)
    }

    fn answer_said(&self, yes: bool) -> &'static str {
        if yes { "true" } else { "false" }
    }

    fn time_said(&self, at: i64) -> String {
        at.to_string()
    }

    fn time_shown(&self, at: i64) -> String {
        stamp(Stamp::millis(at))
    }

    fn number_shown(&self, number: u32) -> String {
        format!("{number}.0")
    }

    fn reason_shown(&self, reason: usize) -> String {
        REASONS[reason].code.to_owned()
    }

    fn stage(&self, stage: Stage) -> &'static str {
        match stage {
            Stage::Open => "Open - Not Contacted",
            Stage::Working => "Working - Contacted",
            Stage::Closed => "Closed - Not Converted",
            Stage::Converted => "Closed - Converted",
        }
    }

    fn mappings(&self) -> &'static [Mapped] {
        &MAPPINGS
    }

    fn headers(&self) -> &'static Headers {
        &HEADERS
    }

    fn has_lengths(&self) -> bool {
        true
    }

    fn has_conversion(&self) -> bool {
        true
    }

    fn has_queues(&self) -> bool {
        true
    }

    fn callback_shift(&self) -> i64 {
        5 * 3_600
    }

    fn sources(&self) -> &'static str {
        "[sources.leads]\nkind = \"crm\"\nobject = \"lead\"\npath = \"leads.csv\"\nschema = \"lead-describe.json\"\n\
         system-users = [\"integration@acme.example\", \"forms@acme.example\"]\n\n\
         [sources.history]\nkind = \"crm\"\npath = \"LeadHistory.csv\"\n\n\
         [sources.users]\nkind = \"crm\"\nobject = \"user\"\npath = \"users.csv\"\n\n\
         [sources.chats]\nkind = \"chat\"\npath = \"conversations.json\"\n"
    }

    fn write(&self, world: &World, dir: &Path) -> io::Result<()> {
        let header: Vec<&str> = FIELDS.iter().map(|(name, ..)| *name).collect();
        let mut sheet = Sheet::new(&header, true);
        for (number, lead) in (0..).zip(&world.leads) {
            sheet.row(self.lead(number, lead));
        }
        sheet.write(&dir.join("leads.csv"))?;
        self.users(dir)?;
        self.history(world, dir)?;
        fs::write(dir.join("lead-describe.json"), describe(world.faulty))?;
        let mut json = "{\"type\":\"conversation.list\",\"pages\":{\"page\":1},\"conversations\":[\n".to_owned();
        for (number, chat) in world.chats.iter().enumerate() {
            json.push_str(if number == 0 { "" } else { ",\n" });
            conversation(&mut json, chat);
        }
        json.push_str("\n]}\n");
        fs::write(dir.join("conversations.json"), json)
    }
}

impl SalesforceIntercom {
    fn lead(&self, number: u64, lead: &Lead) -> Vec<String> {
        let converted = lead.stage == Stage::Converted;
        FIELDS
            .iter()
            .map(|(header, ..)| match *header {
                "Id" => lead.id.clone(),
                "IsDeleted" => "false".to_owned(),
                "LastName" => lead.shown[Field::Last].clone(),
                "City" => lead.who.city.name.to_owned(),
                "PostalCode" => lead.who.postcode.clone(),
                "Country" => lead.who.city.country.name().to_owned(),
                "Region__c" => lead.region.to_owned(),
                "Industry" => lead.who.industry.to_owned(),
                "LeadSource" => lead.source.to_owned(),
                "Status" => self.stage(lead.stage).to_owned(),
                "OwnerId" => self.owner_of(lead.owner),
                "IsConverted" => converted.to_string(),
                "ConvertedDate" if converted => lead.activity.map(|at| stamp(Stamp::date(at))).unwrap_or_default(),
                "ConvertedContactId" if converted => contact_id(number),
                "ConvertedDate" | "ConvertedContactId" => String::new(),
                "Description" => lead.description.clone(),
                "Budget__c" => lead.budget.to_owned(),
                "Priority__c" => lead.priority.to_owned(),
                "Chat_Id__c" => lead.chats.join(";"),
                "CreatedDate" => stamp(Stamp::millis(lead.created)),
                "CreatedById" => self.user_id(lead.created_by),
                "LastModifiedDate" => stamp(Stamp::millis(lead.updated)),
                "LastModifiedById" => self.user_id(lead.updated_by),
                "LastActivityDate" => lead.activity.map(|at| stamp(Stamp::date(at))).unwrap_or_default(),
                other => MAPPINGS
                    .iter()
                    .find(|one| one.to == other)
                    .map_or_else(String::new, |one| lead.shown[one.field].clone()),
            })
            .collect()
    }

    fn owner_of(&self, owner: Owner) -> String {
        match owner {
            Owner::User(user) => self.user_id(user),
            Owner::Queue => id(Prefix::Queue, 1),
        }
    }

    /// Changes of owner, as `LeadHistory` has them.
    fn history(&self, world: &World, dir: &Path) -> io::Result<()> {
        let header =
            ["Id", "IsDeleted", "LeadId", "CreatedById", "CreatedDate", "Field", "DataType", "OldValue", "NewValue"];
        let mut sheet = Sheet::new(&header, true);
        for (number, lead) in world.leads.iter().enumerate() {
            let Some(handed) = lead.handed else { continue };
            sheet.row([
                format!("0175e0000{number:06}AAA"),
                "false".to_owned(),
                lead.id.clone(),
                self.user_id(handed.by),
                stamp(Stamp::millis(handed.at)),
                "Owner".to_owned(),
                "EntityId".to_owned(),
                self.owner_of(handed.from),
                self.owner_of(lead.owner),
            ]);
        }
        sheet.write(&dir.join("LeadHistory.csv"))
    }

    fn users(&self, dir: &Path) -> io::Result<()> {
        let mut sheet = Sheet::new(&["Id", "Username", "Name", "Email", "IsActive", "UserType"], true);
        for (number, (first, last)) in USERS.iter().enumerate() {
            let email = super::vendors::email(number);
            let active = (number != user::GONE).to_string();
            let name = format!("{first} {last}");
            sheet.row([&self.user_id(number), &email, &name, &email, &active, "Standard"]);
        }
        sheet.write(&dir.join("users.csv"))
    }
}

/// The describe of a lead. Where faults are planted, the visits have the type of a switch.
fn describe(faulty: bool) -> String {
    let mut json = "{\"status\":0,\"result\":{\"name\":\"Lead\",\"fields\":[\n".to_owned();
    for (at, (name, kind, length)) in FIELDS.iter().enumerate() {
        let kind = if faulty && *name == "Visits__c" { "boolean" } else { kind };
        let label = name.trim_end_matches("__c").replace('_', " ");
        let values: Vec<String> = match *name {
            "Reason__c" => REASONS.iter().map(|r| r.code.to_owned()).filter(|code| !code.is_empty()).collect(),
            "LeadSource" => ["Live Chat", "Web Form", "Trade Show"].map(str::to_owned).to_vec(),
            "Plan__c" => crate::generator::companies::PLANS.map(str::to_owned).to_vec(),
            "Status" => [Stage::Open, Stage::Working, Stage::Closed, Stage::Converted]
                .map(|stage| SalesforceIntercom.stage(stage).to_owned())
                .to_vec(),
            _ => Vec::new(),
        };
        let listed: Vec<String> = values
            .iter()
            .map(|value| format!("{{\"active\":true,\"label\":{0},\"value\":{0}}}", text(value)))
            .collect();
        let _ = write!(
            json,
            "{}{{\"name\":\"{name}\",\"label\":{},\"type\":\"{kind}\",\"length\":{length},\"restrictedPicklist\":{},\
             \"picklistValues\":[{}]}}",
            if at == 0 { "" } else { ",\n" },
            text(&label),
            *name == "Reason__c",
            listed.join(",")
        );
    }
    json.push_str("\n]}}\n");
    json
}

/// A conversation.
fn conversation(json: &mut String, chat: &Chat) {
    let said = &chat.said;
    let tags: Vec<String> = (1..)
        .zip(&chat.tags)
        .map(|(id, tag)| format!("{{\"type\":\"tag\",\"id\":\"{id}\",\"name\":{}}}", text(tag)))
        .collect();
    let author = format!(
        "{{\"type\":\"lead\",\"id\":\"u{}\",\"name\":{},\"email\":{}}}",
        chat.id,
        maybe(&said[Field::Name]),
        maybe(&said[Field::Email])
    );
    let rating = chat.rating.map_or("null".to_owned(), |rating| format!("{{\"rating\":{rating},\"remark\":null}}"));
    let last = chat.agents.last().copied().unwrap_or_default();
    let _ = write!(
        json,
        "{{\"type\":\"conversation\",\"id\":\"{}\",\"title\":{},\"created_at\":{},\"updated_at\":{},\
         \"waiting_since\":null,\"snoozed_until\":null,\"open\":false,\"state\":\"closed\",\"admin_assignee_id\":{},\
         \"tags\":{{\"type\":\"tag.list\",\"tags\":[{}]}},\"conversation_rating\":{rating},\
         \"source\":{{\"type\":\"conversation\",\"delivered_as\":\"customer_initiated\",\"body\":{},\"author\":{author}}},\
         \"statistics\":{{\"first_admin_reply_at\":{},\"last_close_at\":{},\"count_assignments\":{}}},",
        chat.id,
        maybe(&said[Field::Topic]),
        chat.started,
        chat.ended,
        31 + last,
        tags.join(","),
        text(&format!("<p>{}</p>", chat.talk.messages[0].text)),
        chat.started + chat.talk.messages[1].after,
        chat.ended,
        chat.agents.len(),
    );
    let mut attributes: Vec<String> = Vec::new();
    for one in &MAPPINGS {
        if let Some(name) = one.from.strip_prefix("custom_attributes.") {
            let cell = &said[one.field];
            let plain = matches!(one.kind, "boolean" | "number" | "timestamp") && !cell.is_empty();
            attributes.push(format!("\"{name}\":{}", if plain { cell.clone() } else { maybe(cell) }));
        }
    }
    attributes.push(format!("\"language\":\"{}\"", if chat.started % 3 == 0 { "fr" } else { "en" }));
    let mut parts: Vec<String> = Vec::new();
    let part = |kind: &str, at: i64, author: &str, rest: &str| {
        format!("{{\"part_type\":\"{kind}\",\"created_at\":{at},\"author\":{author},{rest}}}")
    };
    for agent in &chat.agents {
        let to = format!("\"assigned_to\":{{\"type\":\"admin\",\"id\":\"{}\"}},\"body\":null", 31 + agent);
        parts.push(part("assignment", chat.started, "{\"type\":\"bot\",\"id\":\"1\"}", &to));
    }
    for message in &chat.talk.messages[1..] {
        let admin = format!("{{\"type\":\"admin\",\"id\":\"{}\",\"name\":\"Agent {0}\"}}", 31 + last);
        let who = if message.visitor { &author } else { &admin };
        let body = format!("\"body\":{}", text(&format!("<p>{}</p>", message.text)));
        parts.push(part("comment", chat.started + message.after, who, &body));
    }
    let _ = write!(
        json,
        "\"custom_attributes\":{{{}}},\"conversation_parts\":{{\"type\":\"conversation_part.list\",\
         \"total_count\":{},\"conversation_parts\":[{}]}}}}",
        attributes.join(","),
        parts.len(),
        parts.join(",")
    );
}
