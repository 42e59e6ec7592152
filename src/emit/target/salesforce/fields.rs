//! API names of objects and fields: exports have them in any case, reports have labels.

use crate::config::options::SalesforceOptions;

/// An object whose records are changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Object {
    Account,
    Contact,
    Lead,
    Opportunity,
}

impl Object {
    /// The object of a record with that id of 18 characters.
    pub(super) fn of(id: &str) -> Option<Self> {
        if id.len() != 18 || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        match &id[..3] {
            "001" => Some(Self::Account),
            "003" => Some(Self::Contact),
            "00Q" => Some(Self::Lead),
            "006" => Some(Self::Opportunity),
            _ => None,
        }
    }

    /// The API name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Account => "Account",
            Self::Contact => "Contact",
            Self::Lead => "Lead",
            Self::Opportunity => "Opportunity",
        }
    }

    /// The name of its files.
    pub(super) const fn file(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Contact => "contact",
            Self::Lead => "lead",
            Self::Opportunity => "opportunity",
        }
    }

    /// Whether Apex can merge its records.
    pub(super) const fn merges(self) -> bool {
        !matches!(self, Self::Opportunity)
    }

    /// Lookups of standard objects that a merge moves to the record that stays.
    pub(super) const fn children(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Lead => &[("Task", "WhoId"), ("Event", "WhoId"), ("CampaignMember", "LeadId")],
            Self::Contact => &[
                ("Task", "WhoId"),
                ("Event", "WhoId"),
                ("CampaignMember", "ContactId"),
                ("Case", "ContactId"),
                ("OpportunityContactRole", "ContactId"),
                ("Contact", "ReportsToId"),
            ],
            Self::Account => &[
                ("Task", "WhatId"),
                ("Event", "WhatId"),
                ("Contact", "AccountId"),
                ("Opportunity", "AccountId"),
                ("Case", "AccountId"),
                ("Account", "ParentId"),
            ],
            Self::Opportunity => &[],
        }
    }

    fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Account => ACCOUNT,
            Self::Contact => CONTACT,
            Self::Lead => LEAD,
            Self::Opportunity => OPPORTUNITY,
        }
    }

    /// The prefix of its address fields, which reports leave out or write apart.
    const fn address(self) -> &'static str {
        match self {
            Self::Account => "Billing",
            Self::Contact => "Mailing",
            Self::Lead | Self::Opportunity => "",
        }
    }
}

const LEAD: &[&str] = &[
    "FirstName",
    "LastName",
    "Salutation",
    "Title",
    "Company",
    "Email",
    "Phone",
    "MobilePhone",
    "Fax",
    "Website",
    "Description",
    "LeadSource",
    "Status",
    "Industry",
    "Rating",
    "AnnualRevenue",
    "NumberOfEmployees",
    "OwnerId",
    "HasOptedOutOfEmail",
    "HasOptedOutOfFax",
    "DoNotCall",
    "Street",
    "City",
    "State",
    "PostalCode",
    "Country",
];
const CONTACT: &[&str] = &[
    "FirstName",
    "LastName",
    "Salutation",
    "Title",
    "Department",
    "Email",
    "Phone",
    "MobilePhone",
    "HomePhone",
    "OtherPhone",
    "AssistantPhone",
    "AssistantName",
    "Fax",
    "Birthdate",
    "Description",
    "LeadSource",
    "OwnerId",
    "AccountId",
    "ReportsToId",
    "HasOptedOutOfEmail",
    "HasOptedOutOfFax",
    "DoNotCall",
    "MailingStreet",
    "MailingCity",
    "MailingState",
    "MailingPostalCode",
    "MailingCountry",
    "OtherStreet",
    "OtherCity",
    "OtherState",
    "OtherPostalCode",
    "OtherCountry",
];
const ACCOUNT: &[&str] = &[
    "Name",
    "AccountNumber",
    "Site",
    "Type",
    "Industry",
    "Rating",
    "Phone",
    "Fax",
    "Website",
    "Description",
    "AnnualRevenue",
    "NumberOfEmployees",
    "OwnerId",
    "ParentId",
    "AccountSource",
    "Ownership",
    "TickerSymbol",
    "Sic",
    "SicDesc",
    "BillingStreet",
    "BillingCity",
    "BillingState",
    "BillingPostalCode",
    "BillingCountry",
    "ShippingStreet",
    "ShippingCity",
    "ShippingState",
    "ShippingPostalCode",
    "ShippingCountry",
];
const OPPORTUNITY: &[&str] = &[
    "Name",
    "StageName",
    "Amount",
    "CloseDate",
    "Probability",
    "Type",
    "LeadSource",
    "NextStep",
    "Description",
    "AccountId",
    "OwnerId",
    "CampaignId",
    "ForecastCategoryName",
];

/// Labels that are more than the API name with spaces, squeezed.
const LABELS: &[(&str, &str)] = &[
    ("companyaccount", "Company"),
    ("mobile", "MobilePhone"),
    ("emailoptout", "HasOptedOutOfEmail"),
    ("faxoptout", "HasOptedOutOfFax"),
    ("leadstatus", "Status"),
    ("noofemployees", "NumberOfEmployees"),
    ("employees", "NumberOfEmployees"),
    ("accountname", "Name"),
    ("opportunityname", "Name"),
    ("stage", "StageName"),
    ("accountsite", "Site"),
    ("accountphone", "Phone"),
    ("accountfax", "Fax"),
    ("stateprovince", "State"),
    ("zippostalcode", "PostalCode"),
    ("zip", "PostalCode"),
];

/// What Salesforce keeps itself, squeezed.
const COMPUTED: &[&str] = &[
    "id",
    "leadid",
    "contactid",
    "accountid18",
    "createddate",
    "createdbyid",
    "createdby",
    "createdate",
    "lastmodifieddate",
    "lastmodifiedbyid",
    "lastmodifiedby",
    "lastmodified",
    "systemmodstamp",
    "lastactivitydate",
    "lastactivity",
    "lastvieweddate",
    "lastreferenceddate",
    "isdeleted",
    "masterrecordid",
    "isconverted",
    "converted",
    "converteddate",
    "convertedaccountid",
    "convertedcontactid",
    "convertedopportunityid",
    "emailbounceddate",
    "emailbouncedreason",
    "isunreadbyowner",
    "photourl",
    "fullname",
];

/// Why a column cannot be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unwritable {
    /// Nobody knows its API name.
    Unknown,
    /// It shows another record's name.
    Lookup,
    /// Salesforce keeps it itself.
    Computed,
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a name may be a field's: it goes into queries and scripts.
pub(super) fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    name.len() <= 80
        && bytes.next().is_some_and(|b| b.is_ascii_alphabetic())
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The API name of the field that a column of that header holds.
pub(super) fn field(object: Object, header: &str, options: &SalesforceOptions) -> Result<String, Unwritable> {
    if let Some(name) = options.fields.get(header) {
        return Ok(name.clone());
    }
    if header.len() > 3 && header.to_ascii_lowercase().ends_with("__c") && is_name(header) {
        return Ok(header.to_owned());
    }
    let own = squeezed(header);
    let known = |name: &str| object.fields().iter().find(|field| squeezed(field) == name);
    if let Some(field) = known(&own) {
        return Ok((*field).to_owned());
    }
    if COMPUTED.contains(&own.as_str()) {
        return Err(Unwritable::Computed);
    }
    // "Account Name" is a contact's account, not its name.
    let is_lookup = own.ends_with("owner") || own == "accountname" && object != Object::Account || own == "reportsto";
    if is_lookup {
        return Err(Unwritable::Lookup);
    }
    let prefix = squeezed(object.address());
    let label = |own: &str| LABELS.iter().find(|(label, _)| *label == own).map(|(_, name)| squeezed(name));
    let part = own.strip_prefix(&prefix).filter(|_| !prefix.is_empty());
    let candidates = [
        label(&own),
        label(&own).map(|name| format!("{prefix}{name}")),
        part.and_then(label).map(|name| format!("{prefix}{name}")),
        Some(format!("{prefix}{own}")),
    ];
    let found = candidates.into_iter().flatten().find_map(|name| known(&name));
    found.map(|field| (*field).to_owned()).ok_or(Unwritable::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn api_names_in_any_case_and_labels_are_known() {
        let none = SalesforceOptions::default();
        let named = |object, header: &str| field(object, header, &none).unwrap();
        assert_eq!(named(Object::Lead, "FIRSTNAME"), "FirstName");
        assert_eq!(named(Object::Lead, "Company / Account"), "Company");
        assert_eq!(named(Object::Lead, "Zip/Postal Code"), "PostalCode");
        assert_eq!(named(Object::Contact, "Mailing State/Province"), "MailingState");
        assert_eq!(named(Object::Contact, "Mailing Zip/Postal Code"), "MailingPostalCode");
        assert_eq!(named(Object::Account, "Billing City"), "BillingCity");
        assert_eq!(named(Object::Account, "Account Name"), "Name");
        assert_eq!(named(Object::Lead, "Email Opt Out"), "HasOptedOutOfEmail");
        assert_eq!(named(Object::Lead, "Region__c"), "Region__c");
        assert_eq!(field(Object::Lead, "Lead Owner", &none), Err(Unwritable::Lookup));
        assert_eq!(field(Object::Contact, "Account Name", &none), Err(Unwritable::Lookup));
        assert_eq!(field(Object::Lead, "Created Date", &none), Err(Unwritable::Computed));
        assert_eq!(field(Object::Lead, "x'; delete [select Id from Lead]; __c", &none), Err(Unwritable::Unknown));
        let own =
            SalesforceOptions { fields: [("Sales Region".into(), "Region__c".into())].into(), children: Vec::new() };
        assert_eq!(field(Object::Lead, "Sales Region", &own).unwrap(), "Region__c");
    }
}
