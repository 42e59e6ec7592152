//! Tests over the registry, and of a cleanup from export to folder.

use std::collections::BTreeSet;

use super::*;
use crate::evidence::Audit;
use crate::plan::{Cleanup, Decisions, clean};
use crate::rules::audit::{Request, audit};

#[test]
fn every_target_file_is_in_the_list() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/emit/target");
    let registry = std::fs::read_to_string(folder.join("mod.rs")).unwrap();
    let listed = registry.split("TARGETS: &[&dyn Target]").nth(1).unwrap().split("];").next().unwrap();
    for entry in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
        let source = if entry.is_dir() { entry.join("mod.rs") } else { entry.clone() };
        let name = entry.file_stem().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(&source).unwrap_or_default();
        if name != "tests" && text.contains("\nimpl Target for ") {
            assert!(
                listed.contains(&format!("&{name}::")),
                "src/emit/target/{name} is not in TARGETS; add its line to src/emit/target/mod.rs"
            );
        }
    }
    let names: BTreeSet<&str> = TARGETS.iter().map(|target| target.meta().name).collect();
    assert_eq!(names.len(), TARGETS.len());
    assert!(find("cvs").err().unwrap().to_string().contains("did you mean `csv`?"));
}

struct Run {
    root: tempfile::TempDir,
    sources: Vec<Arc<Source>>,
    config: Options,
}

impl Run {
    fn new(files: &[(&str, &str)], config: &str) -> Self {
        let root = tempfile::tempdir().unwrap();
        let mut args = Vec::new();
        for (name, text) in files {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            args.push(path.to_string_lossy().into_owned());
        }
        let specs = crate::load::resolve(&args, None).unwrap();
        let sources = crate::load::load(&specs, &crate::load::LoadOptions::default()).unwrap();
        // Every target is written, and this one needs to know its database.
        let config = format!("{config}[targets.sql]\ndialect = \"sqlite\"\n");
        let config = crate::config::parse(&config, "leadlint.toml").unwrap();
        let sources = crate::rules::audit::settled(sources, &config).unwrap();
        Self { root, sources, config }
    }

    fn request(&self) -> Request<'_> {
        crate::plan::tests::request(&self.config)
    }

    fn audit(&self) -> Audit {
        audit(&self.sources, &self.request(), &|_| ()).unwrap()
    }

    fn clean(&self, decide: &str) -> Cleanup {
        let decisions = Decisions::parse([decide]).unwrap();
        clean(&self.audit(), &self.sources, &self.request(), &decisions, &|_| ()).unwrap()
    }

    fn write(&self, cleanup: &Cleanup, force: bool) -> Result<Vec<Written>, Error> {
        write(&Order {
            plan: &cleanup.plan,
            before_after: &cleanup.convergence,
            sources: &self.sources,
            config: &self.config,
            config_file: Some("leadlint.toml"),
            targets: TARGETS,
            review: None,
            folder: &self.out(),
            force,
        })
    }

    fn out(&self) -> PathBuf {
        self.root.path().join("out")
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.out().join(name)).unwrap()
    }
}

const LEADS: &str = "Lead ID,Email,First Name,Last Name,Company,City,Created Date\n\
                     1,ana@acme.example,Ana,Lee,Acme,Bonn ,2026-01-01\n\
                     2,Ana@acme.example,,Lee,,,2026-02-01\n\
                     3,bo@acme.example,Bo,Ray,\"=cmd|' /C calc'!A0\",Ulm,2026-02-02\n";

#[test]
fn a_cleanup_is_a_folder_that_a_person_can_work_through() {
    let config = "[audit]\nowner = \"ops_team\"\n[[automation]]\nname = \"route | by city\"\nuses = [\"lead.City\"]\n\
                  [sources.lead]\n";
    let run = Run::new(&[("a/leads.csv", LEADS), ("b/leads.csv", LEADS)], config);
    let cleanup = run.clean("");
    let written = run.write(&cleanup, false).unwrap();
    assert!(written.iter().all(|one| one.refused.is_none()), "{written:?}");
    assert_eq!(run.read("csv/leads.csv"), LEADS.replace("Bonn ", "Bonn"));
    assert_eq!(run.read("csv/leads-2.csv"), LEADS.replace("Bonn ", "Bonn"));
    let changes = run.read("csv/changes.csv");
    assert!(
        changes.starts_with("record,column,old,new,rule,source,file,line\n1,City,\"Bonn \",Bonn,FMT005,lead,"),
        "{changes}"
    );
    let runbook = run.read("RUNBOOK.md");
    for said in [
        "Owner: ops\\_team",
        "not for re-import",
        "leads-2.csv is the cleaned",
        "by record id, never by email",
        "route \\| by city",
        "leadlint clean leads.csv --force --decide DUP001=accept",
        "| FMT005 stray-characters | 2 | 2 | 0 |",
        "leadlint check --config leadlint.toml",
    ] {
        assert!(runbook.contains(said), "{said} is not in\n{runbook}");
    }
    let json: serde_json::Value = serde_json::from_str(&run.read("plan.json")).unwrap();
    assert_eq!(json["schema"], "leadlint.plan/1");
    assert_eq!(json["counts"][0]["operation"], "set");
    assert_eq!(json["inputs"].as_array().unwrap().len(), 2);
    assert!(matches!(run.write(&cleanup, false), Err(Error::NotEmpty(_))));
    let first = run.read("plan.json");
    run.write(&cleanup, true).unwrap();
    assert_eq!(run.read("plan.json"), first);
}

#[test]
fn merges_are_listed_with_every_origin_and_their_deadline() {
    let run = Run::new(&[("leads.csv", LEADS)], "");
    let cleanup = run.clean("DUP001=accept");
    run.write(&cleanup, false).unwrap();
    assert_eq!(cleanup.plan.merges().count(), 1);
    let merges = run.read("csv/merges.csv");
    assert!(merges.contains("1,lead,1,goes,2,"), "{merges}");
    assert!(merges.contains("given up,2,Email,Ana@acme.example"), "{merges}");
    assert!(!run.read("csv/leads.csv").contains("\n2,"));
    let runbook = run.read("RUNBOOK.md");
    assert!(runbook.contains("Due by 2026-02-04 00:00 UTC (48 h)"), "{runbook}");
    assert!(runbook.contains("irreversible") && runbook.contains("into **1**"), "{runbook}");
    let json: serde_json::Value = serde_json::from_str(&run.read("plan.json")).unwrap();
    assert_eq!(json["irreversible"], 1);
    assert_eq!(json["decisions"][0]["code"], "DUP001");
}

#[test]
fn a_record_that_is_deleted_has_its_quarantine_and_its_way_back() {
    let test = "4,test@test.example,Test,Test,Test Company,Ulm,2026-02-03\n";
    let run = Run::new(&[("leads.csv", &format!("{LEADS}{test}"))], "");
    let cleanup = run.clean("CHT003=accept");
    run.write(&cleanup, false).unwrap();
    assert_eq!(cleanup.plan.deletes().count(), 1);
    assert!(run.read("csv/deletes.csv").contains("\n4,CHT003,"));
    assert!(!run.read("csv/leads.csv").contains("\n4,"));
    let runbook = run.read("RUNBOOK.md");
    for said in [
        "The backups are their quarantine: `undo.sql` brings them back until `drop-backups.sql` is run, after 14 days",
        "`csv/deletes.csv` lists them",
        "Set these records apart",
    ] {
        assert!(runbook.contains(said), "{said} is not in\n{runbook}");
    }
}
