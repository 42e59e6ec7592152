//! Generated exports of a CRM and a chat tool: known without a config, and without findings where nothing is wrong.

use crate::pairs::{PAIRS, Request, Variant, generate};
use crate::support::{Desk, array, text};

/// A healthy corpus of a pair, in `corpus`.
fn corpus(pair: usize) -> Desk {
    let desk = Desk::new();
    let request = Request { pair, variant: Variant::Plain, leads: 1_500, chats: 1_500, seed: 11, faults: 0.0 };
    generate(&request, &desk.path("corpus")).unwrap();
    desk
}

#[test]
fn vendors_kinds_and_roles_are_known_without_a_config() {
    const FILES: [(&str, &str, &str, &str); 3] = [
        ("leads.csv", "conversations.json", "salesforce", "intercom"),
        ("hubspot-crm-exports-all-contacts-2026-10-31.csv", "chats.csv", "hubspot", "livechat"),
        ("Leads_2026_10_31.csv", "messages.csv", "zoho", "tidio"),
    ];
    for (pair, (records, chats, crm, tool)) in FILES.into_iter().enumerate() {
        let desk = corpus(pair);
        let report = desk.report(&format!("corpus/{records} corpus/{chats} corpus/sync-log.csv --select SYN"));
        let sources = array(&report, "sources");
        let found: Vec<(&str, &str)> =
            sources.iter().map(|source| (text(source, "kind"), text(source, "vendor"))).collect();
        assert_eq!(found, [("crm", crm), ("chat", tool), ("sync-log", "sync-log")], "{}", PAIRS[pair]);
        let roles =
            |at: usize| -> Vec<&str> { array(&sources[at], "roles").iter().map(|role| text(role, "role")).collect() };
        for role in [
            "id",
            "email",
            "phone",
            "company",
            "owner",
            "status",
            "source",
            "region",
            "created_at",
            "updated_at",
            "chat_id",
        ] {
            assert!(roles(0).contains(&role), "{}: {role} among {:?}", PAIRS[pair], roles(0));
        }
        for role in ["id", "email", "name", "phone", "started_at"] {
            assert!(roles(1).contains(&role), "{}: {role} among {:?}", PAIRS[pair], roles(1));
        }
    }
}

#[test]
fn healthy_pairs_are_healthy() {
    for (pair, name) in PAIRS.iter().enumerate() {
        let report = corpus(pair).report("corpus --select MAP,SYN");
        let above: Vec<String> = array(&report, "findings")
            .iter()
            .filter(|finding| text(finding, "severity") != "info")
            .map(|finding| format!("{} {}", text(finding, "code"), text(finding, "message")))
            .collect();
        assert_eq!(above, [""; 0], "{name}");
    }
}
