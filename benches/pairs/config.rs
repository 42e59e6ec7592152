//! `leadlint.toml` of a corpus: the contracts, the assignment rules, automations, probes, tags and the sync; and what is
//! planted in it.

use std::fmt::Write as _;

use super::World;
use super::field::Field;
use super::gold::Gold;
use super::record::{Chat, Lead, TERRITORIES, USERS, user};
use super::talk::{CAREERS, DEMO, REASONS};
use super::vendors::Vendors;

/// Fields that have a contract of their own in healthy data only, or in faulty data only.
const HEALTHY_ONLY: [Field; 1] = [Field::Plan];
const FAULTY_ONLY: [Field; 1] = [Field::Utm];

fn quoted(text: &str) -> String {
    super::json::text(text)
}

/// The config.
pub(crate) fn config(world: &World) -> String {
    let vendors = world.vendors;
    let mut toml = format!(
        "# A generated corpus: {}. What is wrong in it is told in gold/.\n\n[audit]\nowner = \"revops@acme.example\"\n\
         salt = \"generated\"\ntimezone = \"{}\"\n\n{}\n[sources.sync-log]\nkind = \"sync-log\"\npath = \"sync-log.csv\"\n",
        vendors.name(),
        vendors.zone(),
        vendors.sources()
    );
    mappings(&mut toml, world);
    let headers = vendors.headers();
    let records = vendors.records();
    for (at, (name, regions)) in TERRITORIES.iter().enumerate() {
        let regions: Vec<String> = regions.iter().map(|region| quoted(region)).collect();
        let regions = regions.join(", ");
        let owner = full_name(at);
        let _ = write!(
            toml,
            "\n[[assignment]]\nname = \"{name}\"\nwhen = {{ {} = {{ in = [{regions}] }} }}\nowner = \"{owner}\"\n\
             since = \"2026-08-15\"\n",
            quoted(headers.region)
        );
    }
    let _ = write!(toml, "\n[assign]\ndefault-owner = \"{}\"\n", full_name(user::DEFAULT));
    let reason = mapping_of(vendors, Field::Reason);
    let demo = quoted(&vendors.reason_shown(DEMO));
    let _ = write!(
        toml,
        "\n[[automation]]\nname = \"demos first\"\nuses = [{}]\naction = \"set-priority\"\ntopic = \"routing\"\n\
         approval = \"none\"\nwhen = {{ {} = {demo} }}\nexpect = {{ {} = \"High\" }}\n",
        quoted(&format!("{records}.{}", reason.1)),
        quoted(reason.1),
        quoted(&format!("{records}.{}", headers.priority))
    );
    if world.faulty {
        for (name, header) in STARVED.iter().zip([headers.budget, headers.absent]) {
            let _ = write!(
                toml,
                "\n[[automation]]\nname = \"{name}\"\nuses = [{}]\naction = \"assign\"\ntopic = \"routing\"\n\
                 approval = \"none\"\n",
                quoted(&format!("{records}.{header}"))
            );
        }
    }
    probes(&mut toml, world);
    let tags: Vec<String> =
        REASONS.iter().map(|reason| reason.tag).chain(["Source_Live_Chat", "spam"]).map(quoted).collect();
    let _ = write!(
        toml,
        "\n[tags]\nvocabulary = [{}]\n\n[sync]\ntarget-seconds = 30\nalert-seconds = 300\nerror-rate = 0.02\n\
         trigger = \"chat-end\"\nalert-to = \"integrations@acme.example\"\npage-to = \"on-call\"\n\n[qualify]\n\
         any = [\"email\", \"phone\", \"intent\"]\n",
        tags.join(", ")
    );
    toml
}

/// The automations that lack what they use: a field that is mostly blank, and one that is absent.
const STARVED: [&str; 2] = ["route by budget", "route by language"];

fn full_name(number: usize) -> String {
    let (first, last) = USERS[number];
    format!("{first} {last}")
}

/// Both headers of a contract.
fn mapping_of(vendors: &dyn Vendors, field: Field) -> (&'static str, &'static str) {
    vendors.mappings().iter().find(|one| one.field == field).map_or(("", ""), |one| (one.from, one.to))
}

fn mappings(toml: &mut String, world: &World) {
    let vendors = world.vendors;
    let records = vendors.records();
    let headers = vendors.headers();
    let mut add = |from: &str, to: &str, kind: &str, more: &str| {
        let (from, to) = (quoted(&format!("chats.{from}")), quoted(&format!("{records}.{to}")));
        let _ = write!(toml, "\n[[mapping]]\nfrom = {from}\nto = {to}\ntype = \"{kind}\"\n{more}");
    };
    for one in vendors.mappings() {
        let left_out = if world.faulty { HEALTHY_ONLY } else { FAULTY_ONLY };
        if left_out.contains(&one.field) {
            continue;
        }
        let more = match one.field {
            Field::Email => "required = true\n".to_owned(),
            Field::Reason => translation((0..REASONS.len()).filter(|at| *at != CAREERS).filter_map(|at| {
                let (said, shown) = (REASONS[at].said, vendors.reason_shown(at));
                (said != shown).then_some((said.to_owned(), shown))
            })),
            Field::OptIn => translation(
                [true, false]
                    .map(|yes| (vendors.answer_said(yes).to_owned(), vendors.answer_shown(yes).to_owned()))
                    .into_iter()
                    .filter(|(said, shown)| said != shown),
            ),
            _ => String::new(),
        };
        add(one.from, one.to, one.kind, &more);
    }
    if world.faulty {
        let plan = mapping_of(vendors, Field::Plan);
        add(plan.0, headers.notes, "picklist", "");
        add(headers.lost, headers.budget, "number", "");
        add(headers.language, headers.absent, "text", "");
    }
}

fn translation(values: impl Iterator<Item = (String, String)>) -> String {
    let values: Vec<String> = values.map(|(said, shown)| format!("{} = {}", quoted(&said), quoted(&shown))).collect();
    if values.is_empty() { String::new() } else { format!("values = {{ {} }}\n", values.join(", ")) }
}

fn probes(toml: &mut String, world: &World) {
    let vendors = world.vendors;
    let records = vendors.records();
    for (at, (chat, lead)) in world.probes.iter().enumerate() {
        let (chat, lead) = (&world.chats[*chat], &world.leads[*lead]);
        let reason = mapping_of(vendors, Field::Reason).1;
        // The second one expects another source than the one that the integration sets.
        let source = if at == 1 && world.faulty { "Chat" } else { lead.source };
        // Nobody puts an overlong chat to the test where faults are planted.
        let case = match at {
            0 => "transfer",
            _ if world.faulty => "plain",
            _ => "overlong",
        };
        let _ = write!(
            toml,
            "\n[[probe]]\nchat = {}\ncase = \"{case}\"\nexpect = {{ {} = {}, {} = {} }}\n",
            quoted(&chat.id),
            quoted(&format!("{records}.{reason}")),
            quoted(&lead.shown[Field::Reason]),
            quoted(&format!("{records}.{}", vendors.headers().source)),
            quoted(source),
        );
    }
}

/// What is planted in the config, and what stands in every record alike.
pub(crate) fn gold(gold: &mut Gold, vendors: &dyn Vendors, probes: &[(usize, usize)], chats: &[Chat], leads: &[Lead]) {
    let records = vendors.records();
    let headers = vendors.headers();
    let of = |field: Field| mapping_of(vendors, field);
    gold.fault("MAP001", ["chats", "", "", ""], "a chat field that is not there");
    gold.fault("MAP002", [records, "", "", ""], "a field of the CRM that is not there");
    gold.fault("MAP003", [records, "", of(Field::Visits).1, ""], "a number into a field of another type");
    gold.fault("MAP011", [records, "", of(Field::Campaign).1, ""], "two contracts write it");
    gold.fault("MAP012", [records, "", headers.notes, ""], "a picklist into the notes");
    gold.fault("MAP013", [records, "", headers.budget, ""], "its field is mostly blank");
    gold.fault("MAP013", [records, "", headers.absent, ""], "its field is absent");
    gold.fault("MAP015", [records, "", of(Field::Coupon).1, ""], "no chat has a voucher");
    // Where the schema gives lengths, the questions over the limit are overlong chats.
    if !vendors.has_lengths() {
        gold.fault("GOV004", ["audit", "", "", ""], "no overlong chat");
    }
    if let Some((chat, lead)) = probes.get(1) {
        gold.fault("MAP014", [records, &leads[*lead].id, "", &chats[*chat].id], "another source than expected");
    }
    for lead in leads.iter().filter(|lead| lead.by_chat && !lead.shown[Field::Callback].is_empty()) {
        let chat = lead.chats.first().map_or("", String::as_str);
        gold.fault("MAP008", [records, &lead.id, of(Field::Callback).1, chat], "off by the offset of a zone");
    }
}
