//! References within a merge: no record comes to refer to itself.

use std::fmt::Write as _;

use super::operation_tests::{cleanup, followed};
use super::*;

/// A merge of contacts with who reports to whom.
fn reports(rows: &[(&str, &str, &str, &str)]) -> Cleanup {
    let mut text = "Contact ID,First Name,Last Name,Email,Title,Reports To ID,Created Date\n".to_owned();
    for (at, (id, email, title, to)) in rows.iter().enumerate() {
        let _ = writeln!(text, "{id},Ana,Moss,{email}@acme.example,{title},{to},2026-01-{:02}", at + 1);
    }
    let cleanup = cleanup(&[("contacts.csv", &text)], "", "DUP001");
    assert!(cleanup.convergence.converged(), "{:?}", cleanup.convergence.left);
    cleanup
}

/// Who each record reports to once the plan is carried out.
fn after(cleanup: &Cleanup) -> Vec<(String, String)> {
    let frame = &cleanup.applied[0].frame;
    let text = |name: &str| {
        let cells = frame.column(name).unwrap().str().unwrap();
        cells.iter().map(|cell| cell.unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    text("Contact ID").into_iter().zip(text("Reports To ID")).collect()
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(id, to)| ((*id).to_owned(), (*to).to_owned())).collect()
}

#[test]
fn the_survivor_does_not_take_its_own_id_from_a_record_that_goes() {
    let cleanup = reports(&[("1", "ana", "CEO", ""), ("2", "ana", "", "1"), ("3", "bo", "", "2")]);
    assert_eq!(after(&cleanup), owned(&[("1", ""), ("3", "1")]));
    let merge = cleanup.plan.merges().next().unwrap();
    assert_eq!(merge.notes, ["contact · Reports To ID: 1 reference to the record itself goes with the merge"]);
    assert!(merge.fields.iter().all(|field| field.header != "Reports To ID"), "{:?}", merge.fields);
}

#[test]
fn a_survivor_that_referred_to_a_record_that_goes_refers_to_nobody() {
    let cleanup = reports(&[("3", "ana", "CEO", "4"), ("4", "ana", "", "")]);
    assert_eq!(after(&cleanup), owned(&[("3", "")]));
    let moved = followed(&cleanup);
    assert_eq!((moved.len(), moved[0].3.as_str(), moved[0].4.as_str()), (1, "4", ""));
    assert_eq!(cleanup.plan.merges().next().unwrap().notes.len(), 1);
}

#[test]
fn whom_the_record_that_goes_referred_to_is_taken_instead() {
    let cleanup = reports(&[("3", "ana", "CEO", "4"), ("4", "ana", "", "7"), ("7", "bo", "", "")]);
    assert_eq!(after(&cleanup), owned(&[("3", "7"), ("7", "")]));
}

#[test]
fn records_that_go_and_refer_to_each_other_leave_nothing() {
    let cleanup =
        reports(&[("1", "ana", "CEO", ""), ("2", "ana", "", "5"), ("5", "ana", "", "5"), ("6", "bo", "", "6")]);
    assert_eq!(after(&cleanup), owned(&[("1", ""), ("6", "6")]));
    let notes = &cleanup.plan.merges().next().unwrap().notes;
    assert_eq!(notes, &["contact · Reports To ID: 2 references to the record itself go with the merge"]);
}

#[test]
fn a_reference_that_two_records_of_one_id_may_mean_stays_and_is_said() {
    let leads = "Id,Email,LastName,CreatedDate\n11,bo@acme.example,Lee,2026-01-01\n12,bo@acme.example,Lee,2026-01-02\n\
        13,cy@acme.example,Vale,2026-01-03\n";
    let contacts = "Contact ID,Email,LastName,CreatedDate\n10,ana@acme.example,Moss,2026-01-01\n\
        12,ana@acme.example,Moss,2026-01-02\n14,di@acme.example,Hahn,2026-01-02\n";
    let tasks = "Id,Subject,WhoId,CreatedDate\n90,Call,12,2026-01-04\n91,Call,13,2026-01-04\n92,Mail,12,2026-01-05\n";
    let cleanup = cleanup(&[("leads.csv", leads), ("contacts.csv", contacts), ("activities.csv", tasks)], "", "DUP001");
    assert_eq!(followed(&cleanup), []);
    let notes: Vec<&String> = cleanup.plan.merges().flat_map(|merge| &merge.notes).collect();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes.iter().all(|note| note.contains("WhoId: 2 references to 12 may mean")), "{notes:?}");
}
