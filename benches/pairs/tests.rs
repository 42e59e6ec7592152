//! What the pairs promise: the same bytes for the same options, gold that agrees with the exports, and each side written as
//! its vendor writes it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::record::{Owner, Stage, territory, user};
use super::vendors::{local, wall};
use super::{PAIRS, Request, START, Variant, generate, tell, vendors};

/// A folder that is removed at the end of a test.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const FAULTY: Request = Request { pair: 0, variant: Variant::Plain, leads: 3_000, chats: 3_000, seed: 7, faults: 1.0 };

fn generated(name: &str, request: &Request) -> Folder {
    let name = format!("leadlint-pairs-{}-{name}-{}", std::process::id(), request.pair);
    let folder = Folder(std::env::temp_dir().join(name));
    let summary = generate(request, &folder.0).unwrap();
    assert_eq!((summary.leads, summary.chats), (request.leads, request.chats));
    folder
}

/// Rows of a gold file, by header; no cell of it has a quote.
fn gold(dir: &Path, file: &str) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(dir.join("gold").join(file)).unwrap();
    let mut lines = text.lines().map(|line| {
        let mut quoted = false;
        line.split(|c| {
            quoted ^= c == '"';
            c == ',' && !quoted
        })
        .map(|cell| cell.trim_matches('"').to_owned())
        .collect::<Vec<_>>()
    });
    let header = lines.next().unwrap();
    lines.map(|cells| header.iter().cloned().zip(cells).collect()).collect()
}

#[test]
fn the_same_options_give_the_same_bytes() {
    for (pair, name) in PAIRS.iter().enumerate() {
        let request = Request { pair, ..FAULTY };
        let (one, other) = (generated("one", &request), generated("other", &request));
        let mut files = 0;
        for entry in fs::read_dir(&one.0).unwrap().chain(fs::read_dir(one.0.join("gold")).unwrap()) {
            let path = entry.unwrap().path();
            if path.is_file() {
                files += 1;
                let same = other.0.join(path.strip_prefix(&one.0).unwrap());
                assert_eq!(fs::read(&path).unwrap(), fs::read(same).unwrap(), "{}", path.display());
            }
        }
        assert!(files >= 8, "{files} files of {name}");
    }
}

#[test]
fn every_pair_has_twelve_classes_of_mapping_faults_and_more() {
    for (pair, name) in PAIRS.iter().enumerate() {
        let mut classes = BTreeSet::new();
        for variant in [Variant::Plain, Variant::Shifted] {
            let folder = generated("classes", &Request { pair, variant, ..FAULTY });
            classes.extend(
                gold(&folder.0, "faults.csv").into_iter().map(|row| (row["code"].clone(), row["note"].clone())),
            );
        }
        let of = |front: &str| classes.iter().filter(|(code, _)| code.starts_with(front)).count();
        assert!(of("MAP") >= 17, "{name}: {classes:?}");
        assert!(of("SYN") >= 7 && of("ASG") >= 6 && of("CHT") >= 3 && of("DUP007") >= 1, "{classes:?}");
    }
}

#[test]
fn healthy_data_has_no_gold_and_looks_alive() {
    for pair in 0..PAIRS.len() {
        let request = Request { pair, faults: 0.0, ..FAULTY };
        let folder = generated("healthy", &request);
        assert!(gold(&folder.0, "faults.csv").is_empty());
        let world = tell(&request);
        let count = |test: &dyn Fn(&super::Lead) -> bool| world.leads.iter().filter(|lead| test(lead)).count();
        let is_edited = |lead: &super::Lead| lead.updated > lead.created + 600 && lead.updated_by != user::INTEGRATION;
        assert!(count(&is_edited) > 300, "people edit");
        assert!(count(&|lead| lead.chats.len() > 1) > 50, "visitors come back");
        assert!(count(&|lead| lead.stage == Stage::Converted) > 30);
        assert!(count(&|lead| lead.handed.is_some()) > 20);
        // No record is twice, and none is without its owner.
        let addresses: BTreeSet<&str> = world.leads.iter().map(|lead| lead.who.email.as_str()).collect();
        assert_eq!(addresses.len(), world.leads.len());
        for lead in world.leads.iter().filter(|lead| lead.handed.is_none() && lead.stage != Stage::Closed) {
            assert_eq!(lead.owner, Owner::User(territory(lead.region)));
        }
        // Made within half a minute after the chat.
        let ended: BTreeMap<&str, i64> = world.chats.iter().map(|chat| (chat.id.as_str(), chat.ended)).collect();
        for lead in world.leads.iter().filter(|lead| lead.by_chat) {
            let late = lead.created - ended[lead.chats[0].as_str()];
            assert!((1..30).contains(&late), "{late}");
        }
    }
}

#[test]
fn gold_points_at_what_is_there() {
    for pair in 0..PAIRS.len() {
        let request = Request { pair, ..FAULTY };
        let folder = generated("gold", &request);
        let world = tell(&request);
        let ids: BTreeSet<&str> = world
            .leads
            .iter()
            .map(|lead| lead.id.as_str())
            .chain(world.chats.iter().map(|chat| chat.id.as_str()))
            .chain(world.log.iter().map(|one| one.id.as_str()))
            .collect();
        let config = fs::read_to_string(folder.0.join("leadlint.toml")).unwrap();
        let rows = gold(&folder.0, "faults.csv");
        let mut seen = BTreeSet::new();
        for row in rows.iter().chain(&gold(&folder.0, "also.csv")) {
            for key in ["record_id", "other_id"] {
                assert!(row[key].is_empty() || ids.contains(row[key].as_str()), "{key} of {row:?}");
            }
            let column = &row["column"];
            assert!(
                column.is_empty()
                    || config.contains(&format!(".{column}\""))
                    || *column == vendors(pair).headers().created,
                "{row:?}"
            );
        }
        for row in rows.iter().filter(|row| !row["record_id"].is_empty()) {
            assert!(seen.insert(["code", "source", "record_id", "column"].map(|key| row[key].clone())), "{row:?}");
        }
    }
}

#[test]
fn chats_keep_out_of_the_gap_and_failures_come_in_bursts() {
    let world = tell(&FAULTY);
    let (from, to) = super::fate::GAP;
    assert!(world.chats.iter().all(|chat| chat.ended < from || chat.started >= to));
    assert!(world.chats.iter().all(|chat| chat.started >= START && chat.ended > chat.started));
    assert!(world.log.windows(2).all(|pair| pair[0].at <= pair[1].at));
}

#[test]
fn walls_change_with_the_season() {
    // 2026-10-25T00:59:59Z and the second after it, where European summer time ends.
    assert_eq!(wall(1_792_889_999, "Europe/Berlin"), "2026-10-25 02:59:59");
    assert_eq!(wall(1_792_890_000, "Europe/Berlin"), "2026-10-25 02:00:00");
    assert_eq!(wall(1_793_512_799, "America/New_York"), "2026-11-01 01:59:59");
    assert_eq!(wall(1_793_512_800, "America/New_York"), "2026-11-01 01:00:00");
    assert_eq!(local(START, "UTC"), [2026, 8, 1, 0, 0, 0]);
}
