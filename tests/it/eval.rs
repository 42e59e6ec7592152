//! `leadlint eval`: what the rules join, scored against labels.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::Desk;

/// Five people on nine rows. Ana stands three times, twice under one address; Bo and Cy share an address.
const PEOPLE: &str = "who,full_name,email\n\
    p1,Ana Moss,ana.moss@acme.example\n\
    p1,Ana Moss,ANA.MOSS@acme.example\n\
    p1,Anna Moss,am@home.example\n\
    p2,Bo Lind,desk@acme.example\n\
    p3,Cy Dahl,desk@acme.example\n\
    p4,Di Ray,di@acme.example\n\
    p5,Ed Orr,ed@acme.example\n\
    ,Flo Nye,flo@acme.example\n\
    ,Flo Nye,flo@acme.example\n";

fn json(desk: &Desk, args: &str) -> (i32, Value) {
    let run = desk.leadlint(&format!("eval {args} --format json"));
    (run.code, serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}{}", run.stdout, run.stderr)))
}

fn said(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[test]
fn pairs_are_counted_after_closure_and_rows_without_a_label_are_left_out() {
    let desk = Desk::with("people.csv", PEOPLE);
    desk.write("leadlint.toml", "[rules.DUP003]\nseverity = \"off\"\n");
    let (code, found) = json(&desk, "crm=people.csv --label who --errors 5");
    assert_eq!(code, 0);
    let pairs = &found["scores"]["pairs"];
    assert_eq!(
        (&pairs["true_positives"], &pairs["false_positives"], &pairs["false_negatives"]),
        (&1.into(), &1.into(), &2.into())
    );
    assert_eq!(found["scores"]["items"], 7);
    assert_eq!(found["scores"]["clusters_true"], 1);
    assert_eq!(found["scores"]["clusters_found"], 2);
    assert_eq!(found["rules"][0]["code"], "DUP001");
    assert_eq!((&found["rules"][0]["adds_right"], &found["rules"][0]["adds_wrong"]), (&1.into(), &1.into()));
    assert!(said(&found["notes"][0]).starts_with("2 of 9 rows have no label"), "{found}");
    let (wrong, missed) = (&found["false_positives"][0], &found["false_negatives"][0]);
    assert_eq!((said(&wrong["one"]), said(&wrong["other"])), ("row 4", "row 5"));
    assert!(said(&wrong["why"][0]).starts_with("DUP001 on row 4: same address"), "{wrong}");
    assert_eq!((said(&missed["one"]), said(&missed["other"]), &missed["pairs"]), ("row 1", "row 3", &2.into()));
}

#[test]
fn the_score_that_was_asked_for_decides_the_exit_code() {
    let desk = Desk::with("people.csv", PEOPLE);
    for (least, code) in [("0", 0), ("0.3", 0), ("0.99", 1)] {
        let run = desk.leadlint(&format!("eval crm=people.csv --label who --min-f1 {least}"));
        assert_eq!(run.code, code, "{least}: {}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains(if code == 0 { "reached" } else { "not reached" }), "{}", run.stdout);
    }
    assert_eq!(desk.leadlint("eval crm=people.csv --label who --min-f1 2").code, 2);
}

#[test]
fn the_label_is_hidden_from_detection_and_from_rules() {
    // Were the label seen, it would be the address, and the id.
    let desk = Desk::with(
        "people.csv",
        "Email,Name,Mailbox\nx@acme.example,Ana,a@acme.example\nx@acme.example,Bo,b@acme.example\ny@acme.example,Cy,b@acme.example\n",
    );
    let (_, found) = json(&desk, "crm=people.csv --label Email");
    let pairs = &found["scores"]["pairs"];
    assert_eq!((&pairs["true_positives"], &pairs["false_positives"]), (&0.into(), &1.into()), "{found}");
    let run = desk.leadlint("eval crm=people.csv --label Email --match Name,Email");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("that is the label"), "{}", run.stderr);
}

#[test]
fn columns_that_are_not_there_are_refused_with_the_nearest_name() {
    let desk = Desk::with("people.csv", PEOPLE);
    for (args, words) in [
        ("--label whom", "did you mean `who`?"),
        ("--label who --id full_nme", "did you mean `full_name`?"),
        ("--label who --match emial", "did you mean `email`?"),
        ("--drift emial=people.csv", "did you mean `email`?"),
        ("--drift email=people.csv", "raw_value"),
        ("--label who --drift email=people.csv", "cannot be used with"),
        ("", "--label"),
    ] {
        let run = desk.leadlint(&format!("eval crm=people.csv {args}"));
        assert_eq!(run.code, 2, "{args}: {}", run.stdout);
        assert!(run.stderr.contains(words) && run.stdout.is_empty(), "{args}: {}", run.stderr);
    }
    desk.write("blank.csv", "who,email\n,ana@acme.example\n");
    assert!(desk.leadlint("eval crm=blank.csv --label who").stderr.contains("no row has a label"));
}

#[test]
fn files_of_one_kind_are_one_source_and_labels_may_stand_beside() {
    let desk = Desk::with("a.csv", "origin,nr,email\nA,1,ana@acme.example\nA,2,bo@acme.example\n");
    desk.write("b.csv", "origin,nr,email,city\nB,1,ana@acme.example,Bath\nB,2,cy@acme.example,York\n");
    desk.write("key.csv", "who,origin,nr\n7,A,1\n7,B,1\n8,A,2\n9,B,2\n");
    let (_, found) = json(&desk, "crm=a.csv crm=b.csv --label who --labels key.csv");
    assert_eq!(found["scores"]["pairs"]["true_positives"], 1, "{found}");
    assert_eq!(found["scores"]["items"], 4);
    desk.write("other.csv", "who,key\n7,1\n");
    assert!(desk.leadlint("eval crm=a.csv --label who --labels other.csv").stderr.contains("--id"));
    desk.write("twice.csv", "who,nr\n7,1\n8,1\n");
    assert!(desk.leadlint("eval crm=a.csv --label who --labels twice.csv --id nr").stderr.contains("two labels"));
}

#[test]
fn ids_that_are_repeated_or_blank_do_not_hurt() {
    let desk = Desk::with(
        "people.csv",
        "Id,who,email\n,p1,ana@acme.example\n,p1,ana@acme.example\n7,p2,bo@acme.example\n8,p2,bo@acme.example\n",
    );
    let (_, found) = json(&desk, "crm=people.csv --label who");
    assert_eq!(found["scores"]["pairs"]["true_positives"], 2, "{found}");
}

#[test]
fn drift_is_scored_by_distinct_values() {
    let mut leads = "Id,Region\n".to_owned();
    for n in 0..40 {
        let _ = writeln!(
            leads,
            "{n},{}",
            ["East Region", "West Region", "East Region", "east-region"][if n % 13 == 0 { 3 } else { n % 3 }]
        );
    }
    let desk = Desk::with("leads.csv", leads);
    desk.write(
        "gold.csv",
        "raw_value,count,gold\nEast Region,20,East Region\neast-region,4,East Region\nWest Region,12,West Region\n",
    );
    let (code, found) = json(&desk, "crm=leads.csv --drift Region=gold.csv --min-f1 1");
    assert_eq!(code, 0, "{found}");
    assert_eq!(found["scores"]["pairs"]["true_positives"], 1, "{found}");
    desk.write("gold.csv", "raw_value,gold\nEast Region,East Region\neast-region,Orient\nWest Region,West Region\n");
    let (code, found) = json(&desk, "crm=leads.csv --drift Region=gold.csv --min-f1 1 --errors 3");
    assert_eq!(code, 1, "{found}");
    assert_eq!(said(&found["false_positives"][0]["one"]), "East Region", "{found}");
}

#[test]
fn names_are_scored_pair_by_pair() {
    let desk = Desk::with(
        "pairs.csv",
        "kind,one,other,same\nPerson,Robert Moss,Bob Moss,true\nPerson,Ana Moss,Viktor Quill,false\nCompany,Acme Ltd,ACME Limited,true\nCompany,Acme Ltd,Zenith Ltd,false\n",
    );
    let args = "crm=pairs.csv --pairs one,other --label same --kind-column kind";
    let (code, found) = json(&desk, &format!("{args} --min-f1 1"));
    assert_eq!(code, 0, "{found}");
    assert_eq!((&found["scores"]["items"], &found["scores"]["b_cubed"]), (&4.into(), &Value::Null));
    let run = desk.leadlint(&format!("eval {}", args.replace("--label same", "--label one")));
    assert!(run.code == 2 && run.stderr.contains("true or false"), "{}", run.stderr);
    assert_eq!(desk.leadlint("eval crm=pairs.csv --pairs one --label same").code, 2);
}
