//! Decisions on records that were merged since, by what the exports say of them.

use super::{DECISION, RECORD, group_of, merges, save, sheet, sheets};
use crate::support::{Desk, text};

#[test]
fn merged_records_keep_what_was_said_of_them() {
    let export = |rows: &str| format!("Record ID,Email,First Name,Last Name,hs_merged_object_ids\n{rows}");
    let three = "1,ana@acme.example,Ana,Moss,\n2,ana@acme.example,Ana,Moss,\n3,ana@acme.example,Ana,Moss,\n";
    let desk = Desk::with("contacts.csv", export(three));
    desk.write("leadlint.toml", "[sources.contacts]\nkind = \"crm\"\nobject = \"contact\"\npath = \"contacts.csv\"\n");
    desk.leadlint("clean --target xlsx --out book").exits(0);
    let mut book = sheets(&desk.path("book/xlsx/review.xlsx"));
    let rows = sheet(&mut book, "Duplicates");
    let group = group_of(rows, "1");
    rows[group[0]][DECISION] = "accept".to_owned();
    let third = group.iter().find(|at| rows[**at][RECORD] == "3").unwrap();
    rows[*third][DECISION] = "reject".to_owned();
    save(&book, &desk.path("review.xlsx"));
    desk.leadlint("clean --target csv --out one --decisions review.xlsx").exits(0);
    assert_eq!(merges(&desk, "one"), [["1", "2"]]);
    // HubSpot gave the merged record a new id.
    let two = "77,ana@acme.example,Ana,Moss,1;2\n3,ana@acme.example,Ana,Moss,\n";
    desk.write("contacts.csv", export(two));
    desk.leadlint("clean --target csv --out two --decide DUP001=accept").exits(0);
    assert!(merges(&desk, "two").is_empty(), "{:?}", merges(&desk, "two"));
}

#[test]
fn salesforce_says_what_a_record_was_merged_into() {
    let leads = "Id,Email,FirstName,LastName,IsDeleted,MasterRecordId\n\
                 00Q5e0000000001EAA,ana@acme.example,Ana,Moss,true,00Q5e0000000002EAA\n\
                 00Q5e0000000002EAA,ana@acme.example,Ana,Moss,false,\n\
                 00Q5e0000000003EAA,ana@acme.example,Ana,Moss,false,\n";
    let desk = Desk::with("leads.csv", leads);
    desk.leadlint("clean leads.csv --target csv --out one --decide DUP001=accept").exits(0);
    assert_eq!(merges(&desk, "one"), [["00Q5e0000000002EAA", "00Q5e0000000003EAA"]]);
    desk.write(
        "leadlint.decisions.toml",
        "[[merge]]\nin = \"lead\"\nrecords = [\"00Q5e0000000003EAA\", \"00Q5e0000000001EAA\"]\ndecision = \"reject\"\n\
         rule = \"DUP001\"\n",
    );
    desk.leadlint("clean leads.csv --target csv --out two --decide DUP001=accept").exits(0);
    assert!(merges(&desk, "two").is_empty());
}

#[test]
fn a_value_that_was_rejected_stays_when_its_record_is_merged() {
    let export = |rows: &str| format!("Record ID,Email,First Name,Last Name,City,hs_merged_object_ids\n{rows}");
    let desk = Desk::with("contacts.csv", export("1,ana@acme.example,Ana,Moss,Bonn ,\n"));
    let evidence = desk.evidence("contacts.csv --select FMT005");
    let fingerprint = text(&evidence[0], "fingerprint");
    desk.leadlint("clean contacts.csv --target csv --out one").exits(0);
    assert!(desk.read("one/csv/contacts.csv").contains("Bonn,"));
    let kept = format!("[[value]]\nfingerprint = \"{fingerprint}\"\ndecision = \"reject\"\nrule = \"FMT005\"\n");
    desk.write("leadlint.decisions.toml", kept);
    desk.leadlint("clean contacts.csv --target csv --out two").exits(0);
    assert!(desk.read("two/csv/contacts.csv").contains("Bonn ,"));
    desk.write("contacts.csv", export("77,ana@acme.example,Ana,Moss,Bonn ,9;1\n"));
    desk.leadlint("clean contacts.csv --target csv --out three").exits(0);
    assert!(desk.read("three/csv/contacts.csv").contains("Bonn ,"), "{}", desk.read("three/csv/contacts.csv"));
    // Another record's city is another matter.
    desk.write("contacts.csv", export("78,ana@acme.example,Ana,Moss,Bonn ,9\n"));
    desk.leadlint("clean contacts.csv --target csv --out four").exits(0);
    assert!(desk.read("four/csv/contacts.csv").contains("Bonn,"));
}
