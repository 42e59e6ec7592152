//! Chat exports of no particular vendor: a row per conversation.

use super::{Alias, Exhibit, Match, Meta, Vendor};
use crate::load::table::Table;
use crate::load::{Error, said};
use crate::model::{Kind, Object, Role};

/// Any chat tool.
pub(super) struct GenericChat;

const fn alias(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "a usual name for it" }
}

const ALIASES: &[Alias] = &[
    alias(
        Role::Id,
        &["chatid", "conversationid", "id", "ticketid", "sessionid", "convoid", "displayid", "threadid", "uuid"],
    ),
    alias(
        Role::Email,
        &[
            "email",
            "visitoremail",
            "customeremail",
            "emailaddress",
            "prechatemail",
            "contactemail",
            "useremail",
            "requesteremail",
            "mail",
            "clientemail",
        ],
    ),
    alias(Role::FirstName, &["firstname", "visitorfirstname", "prechatfirstname", "givenname"]),
    alias(Role::LastName, &["lastname", "visitorlastname", "prechatlastname", "surname", "familyname"]),
    alias(
        Role::Name,
        &[
            "name",
            "visitorname",
            "customername",
            "fullname",
            "contactname",
            "prechatname",
            "visitornick",
            "requestername",
            "username",
        ],
    ),
    alias(
        Role::Phone,
        &["phone", "visitorphone", "phonenumber", "prechatphone", "customerphone", "telephone", "mobile"],
    ),
    alias(Role::Company, &["company", "companyname", "visitorcompany", "prechatcompany", "organization"]),
    alias(Role::Country, &["country", "visitorcountry", "countrycode", "visitorcountrycode"]),
    alias(Role::City, &["city", "visitorcity"]),
    alias(Role::Region, &["region", "visitorregion"]),
    alias(Role::Status, &["status", "state", "chatstatus"]),
    alias(Role::Owner, &["owner", "ownerid", "assigneeid"]),
    alias(Role::Source, &["source", "channel", "initialchannel", "viachannel", "referrer", "origin"]),
    // What a chat tool calls created is when the chat began, unless it has another word for that.
    alias(
        Role::StartedAt,
        &[
            "startedat",
            "starttime",
            "started",
            "chatstart",
            "startdate",
            "chatstartdate",
            "chatstartedat",
            "beginat",
            "timestart",
            "createdat",
            "creationdate",
            "created",
            "timestamp",
            "createddate",
            "createdtime",
            "date",
        ],
    ),
    alias(Role::CreatedAt, &["createdat", "created", "creationdate", "createddate", "chatcreationdate"]),
    alias(Role::UpdatedAt, &["updatedat", "updated", "lastmodified"]),
    alias(
        Role::EndedAt,
        &[
            "endedat",
            "endtime",
            "ended",
            "chatend",
            "enddate",
            "endtimestamp",
            "closedat",
            "closeddate",
            "chatendedat",
            "endat",
            "timeend",
        ],
    ),
    alias(
        Role::Duration,
        &[
            "duration",
            "durationseconds",
            "chatduration",
            "chatdurationinseconds",
            "durations",
            "durationsec",
            "handlingtime",
        ],
    ),
    alias(
        Role::Agent,
        &[
            "agent",
            "agentname",
            "operator",
            "operatorname",
            "assignee",
            "assigneename",
            "agentemail",
            "assigneeemail",
            "agentid",
            "agentnames",
            "assignedagentid",
            "assigneeagentemail",
        ],
    ),
    alias(Role::Transferred, &["transferred", "istransferred", "transfer", "wastransferred"]),
    alias(Role::Tags, &["tags", "tag", "labels", "segments", "chattags"]),
    alias(Role::Reason, &["reason", "contactreason", "chatreason", "reasonforcontact", "prechatreason"]),
    alias(Role::Topic, &["topic", "subject", "category", "chattopic", "prechattopic", "title"]),
    alias(
        Role::Transcript,
        &["transcript", "chattranscript", "messages", "conversation", "body", "plaintext", "bodytext"],
    ),
    alias(Role::Notes, &["notes", "note", "comment", "comments", "visitornotes"]),
    alias(Role::OptIn, &["optin", "consent", "marketingconsent", "gdprconsent", "marketingoptin", "emailoptin"]),
    alias(Role::IsBot, &["isbot", "bot", "botchat", "visitorisbot"]),
    alias(Role::IsSpam, &["isspam", "spam", "markedasspam", "isblocked"]),
    alias(Role::IsTest, &["istest", "test", "testchat"]),
    alias(Role::Missed, &["missed", "ismissed", "missedchat", "unanswered"]),
    alias(Role::Rating, &["rating", "rate", "surveyscore", "csat", "chatrating", "satisfaction", "score"]),
    alias(Role::Score, &["leadscore", "intentscore"]),
    alias(Role::RecordId, &["recordid", "leadid", "crmid", "crmrecordid", "contactid", "salesforceid"]),
];

/// Headers that show a chat export.
const TELLING: &[&str] = &[
    "chatid",
    "conversationid",
    "startedat",
    "endedat",
    "starttime",
    "endtime",
    "duration",
    "durationseconds",
    "agent",
    "agentname",
    "operator",
    "transcript",
    "visitorname",
    "visitoremail",
    "visitorid",
    "transferred",
    "isbot",
    "isspam",
    "istest",
    "missed",
    "rating",
    "waittime",
    "firstresponsetime",
    "firstresponsetimes",
    "messages",
    "messagecount",
    "chatstart",
    "chatend",
    "initialchannel",
    "ticketid",
    "convoid",
    "requesteremail",
    "numberofagentmessages",
    "endtimestamp",
    "triggered",
    "assigneename",
    "waitingsince",
    "agentid",
    "surveyscore",
];

impl Vendor for GenericChat {
    fn meta(&self) -> Meta {
        Meta { name: "generic-chat", title: "Any chat tool", kinds: &[Kind::Chat] }
    }

    fn aliases(&self, kind: Kind, _object: Option<Object>) -> Vec<&'static Alias> {
        if kind == Kind::Chat { ALIASES.iter().collect() } else { Vec::new() }
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let telling = exhibit.count(TELLING);
        let named = u32::from(exhibit.file_says(&["chat", "conversation", "ticket"]));
        let messages = u32::from(said::column(exhibit.frame).is_some());
        if telling + (named + messages) * 2 < 2 && exhibit.kind != Some(Kind::Chat) {
            return None;
        }
        let score = 10 + 7 * telling.min(8) + 14 * named + 40 * messages;
        let why = match messages {
            0 => format!("headers typical of chat exports: {telling}"),
            _ => format!("a list of messages in each row, and headers typical of chat exports: {telling}"),
        };
        Some(Match { score, kind: Kind::Chat, object: None, why })
    }

    fn prepare(&self, table: &mut Table, _found: &Match) -> Result<(), Error> {
        match said::column(&table.frame) {
            Some(column) => said::fold(table, column),
            None => Ok(()),
        }
    }
}
