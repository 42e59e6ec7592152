//! DUP001: one address on several records.

use super::cluster;
use crate::normalise::keys::KeyName;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Records of one source that carry the same email address under different ids. Addresses compare trimmed and
    /// case-folded, in the primary and in additional email columns. Every member of the cluster is listed.
    ///
    /// An address that stands for "none" is no key, nor is one on more than `shared-above` records: that is a shared
    /// mailbox, which DUP009 reports.
    ///
    /// ## Why it matters
    ///
    /// Two owners write to one person, consent given on one record is not seen on the other, and every count of leads is
    /// too high. The email is the authoritative key of a person.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,Email
    /// 1,ana@acme.example
    /// 2,Ana@Acme.example
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Email
    /// 1,ana@acme.example
    /// 2,bo@acme.example
    /// 3,none@none.com
    /// 4,none@none.com
    /// ```
    ///
    /// ## Options
    ///
    /// - `shared-above`: an address on more records than this is a shared mailbox and no key.
    ///
    /// ## Cleanup
    ///
    /// Review: merges into one surviving record. A merge cannot be undone everywhere, so a person decides, per group or
    /// for the rule with `--decide DUP001=accept`.
    pub struct RepeatedEmail {
        code: "DUP001",
        name: "repeated-email",
        family: Duplicates,
        severity: Error,
        dimension: Uniqueness,
        scope: Scope::Key(KeyName::Email),
        kinds: [Crm],
        objects: [Lead, Contact],
        needs: [Need::Role(Role::Email)],
        safety: Review,
        message: "{count|record|records} of {source} share {groups|address|addresses}",
        since: "0.1.0",
        options: Options,
        check: check,
    }
}

/// Options under `[rules.DUP001]`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// An address on more records than this is a shared mailbox and no key.
    pub shared_above: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { shared_above: 10 }
    }
}

fn check(cx: &Check<'_>, options: &Options) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        let Some(primary) = table.role(Role::Email) else { continue };
        let key = table.key(KeyName::Email);
        out.checked(
            table,
            Some(primary),
            key.column.iter().filter(|column| **column as usize == primary).count() as u64,
        );
        let members = cluster::by_address(table, options.shared_above)?;
        for part in members.partition_by_stable(["column"], true)? {
            let column = part.column("column")?.u32()?.get(0).map(|column| column as usize);
            let detail = part
                .clone()
                .lazy()
                .select([concat_str(
                    [lit("same address on "), col("records").cast(DataType::String), lit(" records")],
                    "",
                    false,
                )
                .alias("detail")])
                .collect()?;
            let hits = Hits::new(table, column, Place::Rows, part.select(["at", "key"])?)?;
            out.push(hits.with("detail", detail.column("detail")?.clone())?);
        }
    }
    Ok(out)
}

/// The options that the config gives the rule.
pub(super) fn configured(config: &crate::config::Options) -> Options {
    let own = crate::rules::run::configured(config, &<RepeatedEmail as crate::rules::declare::Rule>::META);
    // The engine refuses options that cannot be read before any rule runs.
    own.and_then(|own| toml::Value::Table(own.own.clone()).try_into().ok()).unwrap_or_default()
}
