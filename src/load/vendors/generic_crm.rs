//! CRM exports of no particular vendor.

use super::{Alias, Exhibit, Match, Meta, Vendor};
use crate::model::{Kind, Object, Role};

/// Any CRM.
pub(super) struct GenericCrm;

const WHAT: &str = "a usual name for it";

const fn alias(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: WHAT }
}

const LEAD_ID: Alias = alias(Role::Id, &["leadid"]);
const CONTACT_ID: Alias = alias(Role::Id, &["contactid", "personid", "vid"]);
const ACCOUNT_ID: Alias = alias(Role::Id, &["accountid", "companyid", "organizationid"]);
const DEAL_ID: Alias = alias(Role::Id, &["opportunityid", "dealid"]);
const USER_ID: Alias = alias(Role::Id, &["userid", "ownerid", "adminid"]);
const ACTIVITY_ID: Alias = alias(Role::Id, &["activityid", "taskid", "eventid"]);

const ACCOUNT_NAME: Alias = alias(
    Role::Name,
    &[
        "accountname",
        "companyname",
        "organizationname",
        "name",
        "company",
        "account",
        "organization",
        "displayname",
        "leadname",
    ],
);
const DEAL_NAME: Alias = alias(Role::Name, &["dealname", "opportunityname", "dealtitle", "name", "title"]);

const COMMON: &[Alias] = &[
    alias(Role::Id, &["id", "recordid", "hsobjectid", "externalid", "uuid", "guid", "rowid", "recordnumber"]),
    alias(
        Role::Email,
        &[
            "email",
            "emailaddress",
            "primaryemail",
            "workemail",
            "businessemail",
            "emailaddress1",
            "email1",
            "mail",
            "contactemail",
            "customeremail",
            "leademail",
            "useremail",
            "emailwork",
        ],
    ),
    alias(Role::FirstName, &["firstname", "givenname", "forename", "fname", "first"]),
    alias(Role::LastName, &["lastname", "surname", "familyname", "lname", "last"]),
    alias(Role::Name, &["fullname", "name", "contactname", "personname", "displayname", "leadname", "customername"]),
    alias(
        Role::Phone,
        &[
            "phone",
            "phonenumber",
            "businessphone",
            "workphone",
            "mainphone",
            "telephone",
            "mobile",
            "mobilephone",
            "mobilephonenumber",
            "cellphone",
            "tel",
            "phone1",
            "contactphone",
        ],
    ),
    alias(
        Role::Company,
        &[
            "company",
            "companyname",
            "accountname",
            "companyaccount",
            "organization",
            "organisation",
            "organizationname",
            "employer",
            "account",
            "associatedcompany",
        ],
    ),
    alias(
        Role::Domain,
        &["website", "domain", "companydomain", "companydomainname", "websiteurl", "webaddress", "homepage", "url"],
    ),
    alias(
        Role::Owner,
        &[
            "owner",
            "ownerid",
            "leadowner",
            "contactowner",
            "accountowner",
            "companyowner",
            "dealowner",
            "opportunityowner",
            "assignedto",
            "assignee",
            "ownername",
            "owneremail",
            "salesrep",
            "rep",
            "assignedowner",
        ],
    ),
    alias(Role::Status, &["status", "leadstatus", "contactstatus", "recordstatus", "accountstatus", "dealstatus"]),
    alias(Role::Stage, &["stage", "lifecyclestage", "stagename", "dealstage", "pipelinestage", "salesstage"]),
    alias(
        Role::Source,
        &[
            "leadsource",
            "source",
            "originalsource",
            "accountsource",
            "contactsource",
            "channel",
            "recordsource",
            "leadorigin",
        ],
    ),
    alias(
        Role::Region,
        &[
            "region",
            "salesregion",
            "territory",
            "state",
            "stateregion",
            "stateprovince",
            "province",
            "mailingstate",
            "billingstate",
            "mailingstateprovince",
        ],
    ),
    alias(
        Role::Country,
        &["country", "countryregion", "mailingcountry", "billingcountry", "countrycode", "countryname"],
    ),
    alias(Role::City, &["city", "mailingcity", "billingcity", "town"]),
    alias(
        Role::Postcode,
        &[
            "postalcode",
            "zip",
            "zipcode",
            "postcode",
            "zippostalcode",
            "mailingzip",
            "mailingpostalcode",
            "mailingzippostalcode",
            "billingpostalcode",
            "billingzippostalcode",
        ],
    ),
    alias(Role::Street, &["street", "streetaddress", "address", "mailingstreet", "billingstreet", "address1"]),
    alias(Role::Industry, &["industry", "sector", "vertical"]),
    alias(Role::Score, &["leadscore", "score", "hubspotscore", "leadrating"]),
    alias(
        Role::CreatedAt,
        &[
            "createddate",
            "createdat",
            "createdate",
            "createdtime",
            "createdon",
            "created",
            "datecreated",
            "creationdate",
            "createdatetime",
        ],
    ),
    alias(
        Role::UpdatedAt,
        &[
            "lastmodifieddate",
            "updatedat",
            "lastmodified",
            "modifiedtime",
            "modifiedon",
            "updated",
            "dateupdated",
            "systemmodstamp",
            "modifieddate",
            "updatedate",
            "lastupdated",
            "lastmodifiedtime",
            "updateddate",
        ],
    ),
    alias(
        Role::LastActivityAt,
        &["lastactivitydate", "lastactivityat", "lastactivity", "lastactivitytime", "lastcontacted", "lastseenat"],
    ),
    alias(Role::AssignedAt, &["assignedat", "assigneddate", "assignedon", "ownerassigneddate", "assignmentdate"]),
    alias(Role::Tags, &["tags", "tag", "labels", "segments"]),
    alias(Role::Notes, &["notes", "note", "description", "comments", "comment", "remarks"]),
    alias(
        Role::Reason,
        &[
            "reason",
            "contactreason",
            "reasonforcontact",
            "chatreason",
            "inquiryreason",
            "enquiryreason",
            "visitreason",
            "reasonforchat",
        ],
    ),
    alias(Role::Topic, &["topic", "subject", "chattopic", "inquirytopic"]),
    alias(Role::Transcript, &["transcript", "chattranscript", "conversationtranscript", "livechattranscript"]),
    alias(
        Role::ChatId,
        &[
            "chatid",
            "livechatid",
            "conversationid",
            "chatreference",
            "sourcechatid",
            "livechattranscriptid",
            "chatsessionid",
            "lastchatid",
        ],
    ),
    alias(
        Role::OptIn,
        &[
            "optin",
            "emailoptin",
            "marketingoptin",
            "marketingconsent",
            "consent",
            "gdprconsent",
            "subscribed",
            "newsletteroptin",
        ],
    ),
    alias(Role::BirthDate, &["birthdate", "dateofbirth", "birthday", "dob"]),
    alias(Role::IsTest, &["istest", "testrecord", "istestrecord"]),
    alias(Role::IsSpam, &["isspam", "spam"]),
];

/// Headers that show a CRM.
const TELLING: &[&str] = &[
    "ownerid",
    "owner",
    "leadowner",
    "contactowner",
    "accountowner",
    "leadsource",
    "leadstatus",
    "lifecyclestage",
    "stage",
    "company",
    "companyname",
    "accountname",
    "firstname",
    "lastname",
    "createddate",
    "createdate",
    "createdat",
    "leadscore",
    "industry",
    "email",
    "phone",
    "postalcode",
    "opportunityid",
    "dealname",
    "dealstage",
    "jobtitle",
    "leadid",
    "contactid",
    "accountid",
    "recordid",
    "region",
    "country",
    "personname",
    "amount",
    "isconverted",
];

/// What a row is, by file name and headers, and why.
pub(super) fn guess_object(exhibit: &Exhibit<'_>) -> (Option<Object>, String) {
    let by_name: &[(Object, &[&str])] = &[
        (Object::Deal, &["deal", "opportunit"]),
        (Object::Activity, &["activit", "task", "event", "meeting", "call"]),
        (Object::Lead, &["lead"]),
        (Object::Contact, &["contact", "people", "person"]),
        (Object::Account, &["account", "compan", "organi"]),
        (Object::User, &["user", "owner", "admin"]),
    ];
    if let Some((object, _)) = by_name.iter().find(|(_, words)| exhibit.file_says(words)) {
        return (Some(*object), format!("the file name says {object}"));
    }
    let by_header: &[(Object, &[&str])] = &[
        (Object::Lead, &["leadid", "leadstatus", "leadowner", "isconverted", "leadsource", "leadscore"]),
        (Object::Contact, &["contactid", "contactowner", "personid", "personname", "lifecyclestage"]),
        (Object::Deal, &["dealid", "dealname", "dealstage", "opportunityid", "stagename", "closedate", "dealtitle"]),
        (Object::Activity, &["activitydate", "whoid", "whatid", "duedate", "activitytype"]),
        (Object::User, &["username", "profileid", "userroleid", "isactive"]),
        (
            Object::Account,
            &["accountnumber", "numberofemployees", "annualrevenue", "billingcity", "organizationname", "tickersymbol"],
        ),
    ];
    // Payments and orders have amounts too.
    let more = |object: Object| match object {
        Object::Deal if exhibit.count(&["stage", "pipeline", "probability"]) > 0 => exhibit.count(&["amount"]),
        _ => 0,
    };
    let best = by_header
        .iter()
        .map(|(object, keys)| (exhibit.count(keys) + more(*object), *object))
        .rev()
        .max_by_key(|(count, _)| *count);
    if let Some((count, object)) = best
        && count > 0
    {
        return (Some(object), format!("headers typical of {object} exports: {count}"));
    }
    let person = exhibit.count(&["email", "emailaddress", "workemail"]) > 0
        && exhibit.count(&["firstname", "lastname", "name", "fullname", "surname"]) > 0;
    if person
        && exhibit.count(&["source", "status", "score", "company", "companyname", "owner", "ownerid", "reason"]) > 0
    {
        return (Some(Object::Lead), "names, emails and how they are worked".to_owned());
    }
    if person {
        return (Some(Object::Contact), "names and emails".to_owned());
    }
    (None, "its headers do not say what a row is".to_owned())
}

impl Vendor for GenericCrm {
    fn meta(&self) -> Meta {
        Meta { name: "generic-crm", title: "Any CRM", kinds: &[Kind::Crm] }
    }

    fn aliases(&self, kind: Kind, object: Option<Object>) -> Vec<&'static Alias> {
        if kind != Kind::Crm {
            return Vec::new();
        }
        let own: &[&'static Alias] = match object {
            Some(Object::Lead) => &[&LEAD_ID],
            Some(Object::Contact) => &[&CONTACT_ID],
            Some(Object::Account) => &[&ACCOUNT_ID, &ACCOUNT_NAME],
            Some(Object::Deal) => &[&DEAL_ID, &DEAL_NAME],
            Some(Object::User) => &[&USER_ID],
            Some(Object::Activity) => &[&ACTIVITY_ID],
            None => &[&LEAD_ID, &CONTACT_ID],
        };
        let plain_id = &COMMON[0];
        [plain_id].into_iter().chain(own.iter().copied()).chain(&COMMON[1..]).collect()
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let (object, why) = guess_object(exhibit);
        let named =
            u32::from(exhibit.file_says(&["lead", "contact", "account", "crm", "compan", "deal", "opportunit"]));
        let score = 10 + 4 * exhibit.count(TELLING).min(10) + 12 * named;
        Some(Match { score, kind: Kind::Crm, object, why })
    }
}
