//! Records as decisions name them: in which source, by which id.

use crate::config::options::Options;
use crate::evidence::fingerprint::{Identity, Parts};
use crate::model::{Kind, Object, Source};
use crate::normalise::record_id;

/// An id longer than this is named by its hash.
const LONGEST: usize = 100;

/// In front of the hash of an id that is not to be written down.
const HASHED: &str = "record:";

/// Names records. Ids that hold an address, or that no person could type, are named by a hash under the salt.
#[derive(Debug, Clone)]
pub(in crate::plan) struct Records {
    identity: Identity,
}

impl Records {
    pub(in crate::plan) fn new(config: &Options) -> Self {
        Self { identity: Identity::new(config.audit.salt.as_deref()) }
    }

    /// What tells the records of one source from those of another: its name if the config gives it, else what its rows
    /// are; as in fingerprints.
    pub(in crate::plan) fn scope(source: &Source) -> String {
        if source.configured {
            source.name.clone()
        } else {
            source.object.map_or(Kind::as_str(source.kind), Object::as_str).to_owned()
        }
    }

    /// The name of a record with this id; `None` for a blank one.
    pub(in crate::plan) fn name(&self, scope: &str, id: &str) -> Option<String> {
        let id = record_id::canonical(id)?;
        let plain = id.len() <= LONGEST
            && !id.starts_with(HASHED)
            && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/'));
        Some(if plain { id.into_owned() } else { format!("{HASHED}{}", self.hash("record", scope, &id)) })
    }

    /// The key of a record in a workbook, by its name.
    pub(in crate::plan) fn key(&self, scope: &str, name: &str) -> String {
        format!("r-{}", self.hash("name", scope, name))
    }

    /// The key of a group in a workbook, by the keys of its members, which are sorted here.
    pub(in crate::plan) fn group<'a>(&self, members: impl Iterator<Item = &'a str>) -> String {
        let mut members: Vec<&str> = members.collect();
        members.sort_unstable();
        format!("g-{}", &self.hash("group", "", &members.join(" "))[..16])
    }

    /// The fingerprint that a row of evidence would have if its record had another id. The identity is the audit's own.
    pub(super) fn fingerprint(&self, parts: &Parts<'_>) -> String {
        self.identity.fingerprint(parts)
    }

    fn hash(&self, what: &str, scope: &str, record: &str) -> String {
        let parts = Parts { code: "", kind: what, object: "", source: scope, record, field: "", value: "" };
        self.identity.fingerprint(&parts)
    }
}

/// The key of a single value in a workbook, by the fingerprint of its evidence.
pub(in crate::plan) fn value_key(fingerprint: &str) -> String {
    format!("v-{fingerprint}")
}
