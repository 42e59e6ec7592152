//! The log of an integration that carries chats into the CRM: a row per attempt.

use super::{Alias, Exhibit, Match, Meta, Vendor};
use crate::model::{Kind, Object, Role};

/// Any sync log.
pub(super) struct SyncLog;

const fn alias(role: Role, headers: &'static [&'static str]) -> Alias {
    Alias { role, headers, what: "a usual name for it" }
}

const TIME: Alias = alias(
    Role::LoggedAt,
    &[
        "loggedat",
        "timestamp",
        "syncedat",
        "logtime",
        "synctime",
        "attemptedat",
        "time",
        "date",
        "createdat",
        "eventtime",
        "logged",
        "executedat",
    ],
);
const CHAT: Alias =
    alias(Role::ChatId, &["chatid", "conversationid", "sourceid", "sourcechatid", "externalid", "sessionid"]);
const RECORD: Alias = alias(
    Role::RecordId,
    &[
        "recordid",
        "leadid",
        "crmid",
        "crmrecordid",
        "targetid",
        "contactid",
        "salesforceid",
        "hubspotid",
        "destinationid",
    ],
);
const RESULT: Alias = alias(Role::Result, &["result", "status", "outcome", "success", "state", "syncstatus"]);
const ERROR: Alias =
    alias(Role::Error, &["error", "errormessage", "errorcode", "message", "failurereason", "exception"]);
const ATTEMPT: Alias = alias(Role::Attempt, &["attempt", "attempts", "try", "retry", "retrycount", "attemptnumber"]);
const REST: &[Alias] = &[
    alias(Role::Id, &["logid", "id", "eventid", "syncid", "jobid"]),
    alias(Role::Email, &["email", "visitoremail", "emailaddress"]),
    alias(Role::StartedAt, &["startedat", "chatstartedat"]),
    alias(Role::EndedAt, &["endedat", "chatendedat"]),
    alias(Role::Duration, &["duration", "durationms", "latency", "durationseconds"]),
];

impl Vendor for SyncLog {
    fn meta(&self) -> Meta {
        Meta { name: "sync-log", title: "Sync log", kinds: &[Kind::SyncLog] }
    }

    fn aliases(&self, kind: Kind, _object: Option<Object>) -> Vec<&'static Alias> {
        if kind == Kind::SyncLog {
            [&TIME, &CHAT, &RECORD, &RESULT, &ERROR, &ATTEMPT].into_iter().chain(REST).collect()
        } else {
            Vec::new()
        }
    }

    fn recognise(&self, exhibit: &Exhibit<'_>) -> Option<Match> {
        let has = |alias: &Alias| exhibit.count(alias.headers) > 0;
        let time = has(&TIME);
        let outcome = exhibit.count(&[
            "result",
            "outcome",
            "success",
            "error",
            "errormessage",
            "errorcode",
            "syncstatus",
            "attempt",
            "retrycount",
        ]);
        let named = exhibit.file_says(&["sync", "integration"]);
        let links = u32::from(has(&CHAT)) + u32::from(has(&RECORD));
        let said = exhibit.kind == Some(Kind::SyncLog);
        if !said && !(time && outcome > 0 && links > 0 && (outcome > 1 || exhibit.has("loggedat") || named)) {
            return None;
        }
        let why = "a time, an outcome and the ids of a chat and a record".to_owned();
        // An attempt that names both sides is no record of either, whatever its ids look like.
        let both = 30 * u32::from(links == 2 && time && outcome > 1);
        let score = 55 + 5 * outcome.min(3) + 5 * links + 15 * u32::from(named) + both;
        Some(Match { score, kind: Kind::SyncLog, object: None, why })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::testing::Folder;

    #[test]
    fn a_sync_log_is_known_by_its_columns() {
        let source = Folder::new()
            .source("log.csv", "logged_at,chat_id,lead_id,result,error,attempt\n2026-01-01T00:00:00Z,c1,00Q,ok,,1\n");
        assert_eq!((source.kind, source.name.as_str()), (Kind::SyncLog, "sync-log"));
        let roles = [Role::LoggedAt, Role::ChatId, Role::RecordId, Role::Result, Role::Error, Role::Attempt];
        assert!(roles.iter().all(|r| source.role(*r).is_some()));
    }

    #[test]
    fn ids_of_leads_do_not_make_a_log_a_list_of_leads() {
        let row = "c00000001,00Q5e000000018EEAQ,2026-01-01T00:00:00Z,success,,1\n";
        let text = format!("chat_id,lead_id,attempted_at,status,error,attempt\n{}", row.repeat(20));
        assert_eq!(Folder::new().source("sync_log.csv", &text).kind, Kind::SyncLog);
    }
}
