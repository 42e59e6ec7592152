//! Open records: those on which something is still to be done, as their status or stage says.

use crate::matching::spelling;
use crate::model::Role;
use crate::normalise::Table;

/// Which rows are over, by status, else by stage; `None` where there is no such column, and every record counts as open.
pub(super) fn over(table: &Table) -> Option<Vec<bool>> {
    let status = [Role::Status, Role::Stage].into_iter().find_map(|role| table.role(role))?;
    Some(table.map_cells(status, is_over))
}

/// Whether a status or stage says that nothing more is to be done.
pub(super) fn is_over(status: &str) -> bool {
    const OVER: [&str; 32] = [
        "abandoned",
        "archived",
        "bad",
        "churned",
        "closed",
        "converted",
        "customer",
        "dead",
        "declined",
        "deleted",
        "disqualified",
        "duplicate",
        "evangelist",
        "former",
        "inactive",
        "invalid",
        "junk",
        "lost",
        "nurture",
        "nurturing",
        "qualifiedout",
        "recycle",
        "recycled",
        "rejected",
        "spam",
        "unqualified",
        "unsubscribed",
        "won",
        "abgeschlossen",
        "gewonnen",
        "konvertiert",
        "verloren",
    ];
    let words = spelling::words(status);
    let said = |at: usize| OVER.contains(&words[at].as_str()) && (at == 0 || words[at - 1] != "not");
    let not_interested =
        words.windows(2).any(|pair| pair[0] == "not" && matches!(pair[1].as_str(), "interested" | "qualified"));
    not_interested || (0..words.len()).any(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_ends_a_lead_by_whole_words() {
        for status in
            ["Closed - Converted", "Unqualified", "closed_lost", "Not Interested", "ClosedWon", "Junk Lead", "Customer"]
        {
            assert!(is_over(status), "{status}");
        }
        for status in ["Open - Not Contacted", "Working", "Not Converted", "Qualified", "Enclosed", "", "New", "Badge"]
        {
            assert!(!is_over(status), "{status}");
        }
    }
}
