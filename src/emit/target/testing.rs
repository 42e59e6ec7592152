//! What the tests of all targets start from.

use crate::plan::{Heading, Operation, Plan};

/// A plan of nothing but operations.
pub(super) fn plan(operations: Vec<Operation>) -> Plan {
    Plan {
        heading: Heading {
            version: "0",
            as_of: None,
            owner: None,
            config_sha256: None,
            command: Vec::new(),
            sources: Vec::new(),
        },
        operations,
        set_aside: Vec::new(),
        decisions: Vec::new(),
        wakes: Vec::new(),
        merge_within_hours: 48,
    }
}
