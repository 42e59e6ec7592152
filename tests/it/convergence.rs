//! `leadlint clean` with every decision accepted: what is planned is mended, nothing is made that was not there, and what
//! was written has nothing left to propose. And: it stops at automations that nobody paused.

use serde_json::Value;

use crate::generator::{Request, generate};
use crate::schema::broken;
use crate::support::{Desk, array, text};

/// Every rule accepted.
fn everything(desk: &Desk) -> String {
    let rules = desk.leadlint("rule --all --format json").exits(0).json();
    let codes: Vec<String> =
        rules.as_array().unwrap().iter().map(|rule| format!("{}=accept", text(rule, "code"))).collect();
    format!("--automations-paused --decide {}", codes.join(","))
}

fn plan(desk: &Desk, folder: &str) -> Value {
    serde_json::from_str(&desk.read(&format!("{folder}/plan.json"))).unwrap()
}

/// What a cleanup left or made, as `code source record`.
fn unconverged(plan: &Value, which: &str) -> Vec<String> {
    let word = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
    let rows = array(&plan["before_after"], which).iter();
    rows.map(|one| ["code", "source", "record"].map(|key| word(one, key)).join(" ")).collect()
}

/// Cleans with everything accepted, then what came out of it; the plans of both.
fn twice(desk: &Desk, inputs: &str, exports: &[&str]) -> (Value, Value) {
    let all = everything(desk);
    desk.leadlint(&format!("clean {inputs} --target csv --out cleanup {all}")).exits(0);
    let again = Desk::new();
    if desk.path("leadlint.toml").is_file() {
        again.write("leadlint.toml", desk.read("leadlint.toml"));
    }
    for name in exports {
        again.write(name, desk.read(&format!("cleanup/csv/{name}")));
    }
    again.leadlint(&format!("clean {inputs} --target csv --out cleanup {all}")).exits(0);
    (plan(desk, "cleanup"), plan(&again, "cleanup"))
}

#[test]
fn acme_converges_with_everything_accepted() {
    let desk = Desk::with_fixture("acme");
    let exports = ["deals.csv", "leads.csv", "contacts.csv", "accounts.csv", "users.csv", "chats.csv", "sync-log.csv"];
    let (first, second) = twice(&desk, "", &exports);
    assert_eq!((unconverged(&first, "left"), unconverged(&first, "new")), (Vec::new(), Vec::new()));
    let kinds = |plan: &Value| -> Vec<String> {
        array(plan, "operations").iter().map(|one| text(one, "operation").to_owned()).collect()
    };
    for kind in ["merge", "set", "retag", "assign", "delete"] {
        assert!(kinds(&first).iter().any(|one| one == kind), "{kind} is not in {:?}", kinds(&first));
    }
    assert!(kinds(&second).is_empty(), "{}", second["operations"]);
    let schema = desk.leadlint("schema plan").exits(0).json();
    assert_eq!(broken(&schema, &first), Vec::<String>::new());
    // Whoever is merged away is named nowhere any more.
    for merge in array(&first, "operations").iter().filter(|one| one["operation"] == "merge") {
        for loser in array(merge, "losers") {
            for name in exports {
                let export = desk.read(&format!("cleanup/csv/{name}"));
                assert!(!export.contains(text(loser, "record")), "{} in {name}", loser["record"]);
            }
        }
    }
}

#[test]
fn a_generated_export_converges_with_everything_accepted() {
    let desk = Desk::new();
    let request = Request { leads: 3_000, chats: Some(2_000), seed: 7, faults: 2.0, ragged: 5.0 };
    generate(&request, &desk.path(".")).unwrap();
    let (first, second) = twice(&desk, "leads.csv chats.csv sync_log.csv", &["leads.csv", "chats.csv", "sync_log.csv"]);
    assert_eq!((unconverged(&first, "left"), unconverged(&first, "new")), (Vec::new(), Vec::new()));
    let of = |plan: &Value, kind: &str| array(plan, "operations").iter().filter(|one| one["operation"] == kind).count();
    assert!(of(&first, "merge") > 100 && of(&first, "set") > 100, "{}", first["counts"]);
    assert!(array(&second, "operations").is_empty(), "{}", second["operations"]);
}

const AUTOMATED: &str = "[sources.leads]\nkind = \"crm\"\nobject = \"lead\"\npath = \"leads.csv\"\n\
    [[automation]]\nname = \"route by city\"\naction = \"assign\"\nuses = [\"leads.City\"]\n";
const LEADS: &str = "Id,Email,LastName,City,CreatedDate\n1,ana@acme.example,Moss,Bonn ,2026-10-01T09:00:00Z\n\
    2,bo@acme.example,Lee,Ulm,2026-10-02T09:00:00Z\n";

#[test]
fn a_cleanup_stops_at_automations_until_they_are_paused() {
    let desk = Desk::with("leads.csv", LEADS);
    desk.write("leadlint.toml", AUTOMATED);
    let run = desk.leadlint("clean --target csv --out cleanup");
    run.exits(2);
    for said in ["route by city (assign): uses leads.City", "--automations-paused", "paused = true"] {
        assert!(run.stderr.contains(said), "{said} is not in {}", run.stderr);
    }
    assert!(!desk.path("cleanup").exists(), "nothing is written");
    desk.leadlint("clean --target csv --out cleanup --automations-paused").exits(0);
    assert_eq!(plan(&desk, "cleanup")["wakes"][0]["paused"], true);
    assert!(desk.read("cleanup/RUNBOOK.md").contains("- [x] route by city (assign)"));
    desk.write("leadlint.toml", AUTOMATED.replace("action =", "paused = true\naction ="));
    desk.leadlint("clean --target csv --out again").exits(0);
    // What reads other fields does not wake.
    desk.write("leadlint.toml", AUTOMATED.replace("leads.City", "leads.Email"));
    desk.leadlint("clean --target csv --out other").exits(0);
}
