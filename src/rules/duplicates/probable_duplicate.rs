//! DUP004: records that are one person although no address says so.

use std::collections::BTreeSet;

use super::{cluster, linked, misspelt_email};
use polars::prelude::NamedFrom;

use crate::matching::records::{Capped, Fit, Reason};
use crate::normalise::links::At;
use crate::rules::pair_hits::{self, PairHit};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Records of one source that are one person, told by everything that they show: names (with short forms, initials,
    /// swapped first and last names, slips), phone, company, address parts, birth date and identifiers, weighed after
    /// Fellegi and Sunter. What a field weighs is learned from the file itself, without examples: rare values say more than
    /// common ones. `[duplicates] match` names the columns to compare; by default all that can be.
    ///
    /// Company, place and a telephone line that several people share follow from each other and count once. Names that
    /// contradict each other keep records apart: neither a shared phone nor a shared company joins anybody, and where nobody
    /// is named, an address, a birth date or an identifier has to agree. Birth dates that lie a generation apart and agree in
    /// no part keep parent and child apart, unless an identifier or an email address agrees. A record that fits two people
    /// equally well joins neither. Placeholders (`Website Visitor`, 0000000000, 1900-01-01, `Self Employed`) say nothing. A
    /// cluster is reported only if its records fit together as a whole, and with every member. Records that share an address,
    /// a mailbox, or an address and a slip of it are DUP001's to DUP003's, returning visitors CHT005's, and clusters in which
    /// those join everybody are left to them.
    ///
    /// The detail names the record that fits best, and what each field says, in bits: +10 makes it a thousand times
    /// likelier that the two are one person, -10 that they are not. The confidence is the probability that they are.
    ///
    /// ## Why it matters
    ///
    /// People use another address, a short name, or leave the address out; they get two owners and every mail twice.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,FirstName,LastName,Email,Phone,Company,City
    /// 1,Robert,Quillfeather,robert.quillfeather@acme.example,+1 202 555 0101,Acme,Bath
    /// 2,Bob,Quillfeather,bobq@mail-a.example,(202) 555-0101,Acme Inc.,Bath
    /// 3,Ines,Vandermolen,ines@bolt.example,+1 202 555 0102,Bolt,York
    /// 4,Tarek,Osterhagen,tarek@crane.example,+1 202 555 0103,Crane,Hull
    /// 5,Wilma,Przybylski,wilma@dune.example,+1 202 555 0104,Dune,Ely
    /// 6,Yusuf,Abernathy,yusuf@elm.example,+1 202 555 0105,Elm,Ripon
    /// ```
    ///
    /// ```csv lead passes
    /// Id,FirstName,LastName,Email,Phone,Company,City
    /// 1,Robert,Quillfeather,robert@acme.example,+1 202 555 0101,Acme,Bath
    /// 2,Ines,Vandermolen,ines@acme.example,+1 202 555 0101,Acme,Bath
    /// 3,Tarek,Vandermolen,tarek@acme.example,+1 202 555 0101,Acme,Bath
    /// 4,Wilma,Przybylski,wilma@dune.example,+1 202 555 0104,Dune,Ely
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Review: merges into one surviving record once a person says so, per group or for the rule with
    /// `--decide DUP004=accept`.
    ///
    /// ## References
    ///
    /// I. P. Fellegi and A. B. Sunter, "A theory for record linkage", 1969. W. E. Winkler, "Frequency-based matching in
    /// Fellegi-Sunter model of record linkage", 1989.
    pub struct ProbableDuplicate {
        code: "DUP004",
        name: "probable-duplicate",
        family: Duplicates,
        severity: Warning,
        dimension: Uniqueness,
        scope: Scope::Whole("any two records may be one person, and what a field weighs is learned from all of them"),
        kinds: [Crm],
        objects: [Lead, Contact],
        needs: [],
        safety: Review,
        message: "{count|record|records} of {source} look like {groups|person|people} more than once",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        let linked = match cx.linkages.of(table, cx.config) {
            Ok(linked) => linked,
            Err(why) => {
                out.unchecked(why.clone());
                continue;
            }
        };
        out.checked(table, None, linked.comparable);
        say_capped(&mut out, table.name(), &linked.fields, &linked.linkage.capped);
        let reported = linked::reported(table, cx)?;
        let mut found = Vec::new();
        for one in &linked.linkage.clusters {
            let known: BTreeSet<u32> = one.members.iter().map(|row| reported[*row as usize]).collect();
            if known.len() < 2 {
                continue;
            }
            let key = one.members.iter().map(|row| cluster::identity(table, *row)).min();
            let key = key.map(|first| format!("{}\u{1F}{first}", table.name()));
            for (row, fit) in one.members.iter().zip(&one.fits) {
                found.push((
                    fit.confidence,
                    PairHit {
                        row: *row,
                        key: key.clone(),
                        detail: detail(&misspelt_email::name(table, fit.other), fit),
                        other: Some(At { source: table.index as u32, row: table.source_row(fit.other) }),
                        ..PairHit::default()
                    },
                ));
            }
        }
        let confidence: Vec<f64> = found.iter().map(|(confidence, _)| rounded(*confidence)).collect();
        let hits: Vec<PairHit> = found.into_iter().map(|(_, hit)| hit).collect();
        out.push(
            pair_hits::hits(table, None, &hits, (Severity::Warning, Safety::Review))?
                .with("confidence", Series::new("confidence".into(), confidence))?,
        );
    }
    Ok(out)
}

/// Two decimals, and never certain: only exact rules are.
pub(in crate::rules) fn rounded(confidence: f64) -> f64 {
    (confidence.min(0.99) * 100.0).round() / 100.0
}

/// What the fields say of a record and the one it fits best.
pub(super) fn detail(other: &str, fit: &Fit) -> String {
    let said = |reason: &Reason| format!("{} {} {:+.1}", reason.field, reason.level, reason.weight);
    let reasons: Vec<String> = fit.reasons.iter().map(said).collect();
    format!("like {other}: {}", reasons.join(", "))
}

/// Says which records of `whom` were not all compared with each other.
pub(super) fn say_capped(out: &mut Outcome, whom: &str, fields: &[String], capped: &[Capped]) {
    for capped in capped {
        out.unchecked(format!(
            "{whom}: {} blocks of records that are alike in {} and one thing more were too large to compare ({} records, each \
             counted once a block): they were not compared with each other by it, only where another field brought them \
             together",
            capped.blocks, fields[capped.field], capped.rows
        ));
    }
}
