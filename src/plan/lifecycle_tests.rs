//! Who and what a plan leaves alone: converted leads, and what system users changed.

use super::tests::{leads, request};
use super::*;
use crate::config::parse;
use crate::model::Role;
use crate::rules::audit::audit;

fn cleanup(sources: &[Arc<Source>], config: &str) -> Cleanup {
    let config = parse(config, "leadlint.toml").unwrap();
    let request = request(&config);
    let before = audit(sources, &request, &|_| ()).unwrap();
    clean(&before, sources, &request, &Decisions::parse(["DUP001=accept"]).unwrap(), &|_| ()).unwrap()
}

#[test]
fn a_converted_lead_is_in_no_plan() {
    for flag in ["true,", ",003000000000001AAA"] {
        let text = format!(
            "Id,Email,LastName,CreatedDate,IsConverted,ConvertedContactId\n1,ana@acme.example,Moss ,2026-10-01,{flag}\n\
             2,ana@acme.example,Moss ,2026-10-02,false,\n3,ana@acme.example,Moss,2026-10-03,false,\n"
        );
        // Without a flag that says it, what the lead became says it.
        let text = if flag.starts_with(',') {
            text.replace(",IsConverted", "").replace(",false,", ",").replace(",,003", ",003")
        } else {
            text
        };
        let plan = cleanup(&[leads(&text)], "").plan;
        let merge = plan.merges().next().unwrap();
        let ids: Vec<Option<&str>> = merge.losers.iter().map(|loser| loser.record.as_deref()).collect();
        assert_eq!((merge.survivor.record.as_deref(), ids.as_slice()), (Some("2"), [Some("3")].as_slice()));
        assert!(plan.operations.iter().all(|operation| operation.place().record.as_deref() != Some("1")), "{text}");
    }
}

/// A source like another one, with the system users that a config would name.
fn with_system_users(source: &Arc<Source>, users: &[&str]) -> Arc<Source> {
    let mut source = Source::clone(source);
    source.system_users = users.iter().map(|user| (*user).to_owned()).collect();
    Arc::new(source)
}

#[test]
fn the_edits_of_system_users_make_no_record_most_recent() {
    let newest = "[survivor]\nrecord = [\"most-recent\"]\n";
    let text = "Id,Email,Created Date,Last Modified Date,Last Modified By\n\
        1,ana@acme.example,2026-01-01,2026-02-01,Bo Lee\n2,ana@acme.example,2026-01-02,2026-03-01, SYNC BOT\n";
    let source = leads(text);
    assert!(source.role(Role::UpdatedAt).is_some());
    let mut users =
        Source::clone(&leads("Id,Name,Email\n005A,Sync Bot,sync@acme.example\n005B,Bo Lee,bo@acme.example\n"));
    (users.name, users.object) = ("users".to_owned(), Some(crate::model::Object::User));
    let users = Arc::new(users);
    let survivor = |system: &[&str]| {
        let sources = [with_system_users(&source, system), Arc::clone(&users)];
        let plan = cleanup(&sources, newest).plan;
        plan.merges().next().unwrap().survivor.record.clone().unwrap()
    };
    assert_eq!(survivor(&[]), "2");
    // By name, by id and by address, the last two through the export of users.
    for user in ["sync bot", "005a", " Sync@acme.example"] {
        assert_eq!(survivor(&[user]), "1", "{user}");
    }
    assert_eq!(survivor(&["Cy Hahn"]), "2");
}

#[test]
fn merged_records_stay_known() {
    let cleanup = cleanup(&[leads("Id,Email\n1,a@acme.example\n2,a@acme.example\n")], "");
    let applied = &cleanup.applied[0];
    assert_eq!((applied.height(), applied.files[0].set_aside.as_slice()), (1, [2].as_slice()));
}
