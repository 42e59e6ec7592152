//! System fields: what a system stamps on a record about the record itself, beside the roles that people work with.

use serde::Serialize;

macro_rules! system_fields {
    ($($variant:ident $name:literal $doc:literal [$($header:literal),* $(,)?]),* $(,)?) => {
        /// What a system says of a record: whether it is deleted, what it became, what it belongs to. Found by header alone.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub enum SystemField {
            $(
                #[doc = $doc]
                $variant,
            )*
        }

        impl SystemField {
            /// Every system field.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word used in reports.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// Headers that mean it, most telling first, in lower-case letters and digits only.
            #[must_use]
            pub const fn headers(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($header),*]),* }
            }
        }
    };
}

system_fields! {
    Deleted "deleted" "Whether the record is in the bin." ["isdeleted", "fivetrandeleted", "deleted", "hsisdeleted"],
    Archived "archived" "Whether the record is archived." ["archived", "isarchived", "hsarchived"],
    MergedInto "merged-into" "The record that this one was merged into." ["masterrecordid", "mergedinto", "mergedintoid", "mergedintorecordid"],
    MergedFrom "merged-from" "The records that were merged into this one." ["hsmergedobjectids", "mergedrecordids", "mergedobjectids"],
    Active "active" "Whether a warehouse's row is the current one of its record." ["fivetranactive"],
    Enabled "enabled" "Whether a user may work." ["isactive", "active", "useractive"],
    Converted "converted" "Whether a lead became a contact." ["isconverted", "converted"],
    ConvertedAt "converted-at" "When a lead became a contact." ["converteddate", "convertedat", "convertedon", "convertedtime"],
    ConvertedContact "converted-contact" "The contact that a lead became." ["convertedcontactid", "convertedcontact"],
    ConvertedAccount "converted-account" "The account that a lead became." ["convertedaccountid", "convertedaccount"],
    ConvertedDeal "converted-deal" "The deal that a lead became." ["convertedopportunityid", "converteddealid", "convertedopportunity"],
    Account "account" "The account that the record belongs to." ["accountid", "accountnameid", "associatedcompanyid", "associatedcompanyids", "companyid", "organizationid", "parentcustomerid"],
    Contact "contact" "The contact that the record belongs to." ["contactid", "whoid", "associatedcontactid", "associatedcontactids", "contactnameid"],
    Parent "parent" "The parent of an account." ["parentid", "parentaccountid", "parentcompanyid", "hsparentcompanyid", "parentaccount", "parentcompany", "parentaccountidid"],
    CreatedBy "created-by" "Who created the record." ["createdbyid", "createdby", "createdbyuser", "createdbyuserid", "createdbyname", "creator", "creatoruserid", "hscreatedbyuserid"],
    UpdatedBy "updated-by" "Who changed the record last." ["lastmodifiedbyid", "lastmodifiedby", "modifiedby", "modifiedbyid", "lastmodifiedbyname", "updatedby", "updatedbyid", "updatedbyuserid", "hsupdatedbyuserid"],
    Bounced "bounced" "Whether mail to the record bounces." ["emailbouncedreason", "emailbounceddate", "hashardbounced", "hshardbouncereason", "hardbounced", "hardbouncedreason", "emailbounced", "isemailbounced", "hsemailhardbouncereason", "hsemailhardbouncereasonenum", "bounced", "emailhardbounced"],
    Won "won" "Whether a deal is won." ["iswon", "hsisclosedwon"],
    Closed "closed" "Whether a deal is closed." ["isclosed", "hsisclosed"],
    ClosedAt "closed-at" "When a deal was closed." ["closedate", "closedat", "closeddate", "wontime", "dealwontime"],
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_header_means_one_field() {
        let mut seen = BTreeSet::new();
        for field in SystemField::ALL {
            for header in field.headers() {
                assert!(seen.insert(header), "{header} is there twice");
                assert!(header.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{header}");
            }
        }
    }
}
