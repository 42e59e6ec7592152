//! FMT004: phone numbers that cannot be dialled, or are written unlike the rest.

use polars::prelude::NamedFrom;

use crate::normalise::column_formats::file_rows;
use crate::normalise::country;
use crate::normalise::phone::{Style, Verdict, calling_of, columns, e164, judge, read};
use crate::normalise::shape::{Shape, shape};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Phone numbers that no country in question has: too few or too many digits behind the prefix that they begin with,
    /// else for the country of the row and for the country of the source. The country of the source is `[phone] region`,
    /// or what more than half of its countries and prefixes say. A number without prefix whose country nobody knows is not
    /// judged. Only lengths count, and that North American area codes do not begin with 0 or 1: numbers that are new or made
    /// up pass.
    ///
    /// Numbers in another style than most of their file are listed for information; a foreign number is written as its
    /// country does, and is none. With `[phone] format = "e164"` every number that is not written as `+` and digits is a
    /// warning. Extensions are kept.
    ///
    /// ## Why it matters
    ///
    /// Diallers refuse the number, and the same person under two spellings is two people to a matching rule.
    ///
    /// ## Example
    ///
    /// ```csv lead flags
    /// Id,Phone,Country
    /// 1,+12025550136,United States
    /// 2,+1202555,United States
    /// 3,555-0136,United States
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Phone,Country
    /// 1,(202) 555-0136,United States
    /// 2,(202) 555-0137 x12,United States
    /// 3,+44 20 7946 0136,United Kingdom
    /// 4,(202) 555-0138,
    /// ```
    ///
    /// ```toml
    /// [phone]
    /// format = "e164"
    /// region = "US"
    /// ```
    ///
    /// ```csv lead flags
    /// Id,Phone
    /// 1,(202) 555-0136
    /// ```
    ///
    /// ```csv lead passes
    /// Id,Phone
    /// 1,+12025550136
    /// 2,+12025550137;ext=12
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Review: E.164, with the extension behind `;ext=`. By hand where the number is incomplete or its country unknown.
    ///
    /// ## References
    ///
    /// ITU-T E.164; RFC 3966 for extensions; lengths and prefixes from libphonenumber.
    pub struct UnnormalisedPhone {
        code: "FMT004",
        name: "unnormalised-phone",
        family: Formats,
        severity: Warning,
        dimension: Validity,
        scope: Scope::Row,
        kinds: [Crm, Chat],
        needs: [],
        safety: Manual,
        message: "phone numbers that cannot be dialled as written, or unlike the rest, in {count} of {checked|cell|cells} of {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

/// A number that is wrong, or written unlike the rest.
struct Hit {
    row: u32,
    suggested: Option<String>,
    severity: Severity,
    detail: String,
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    let wants_e164 = cx.config.phone.format.as_deref() == Some("e164");
    let set = cx.config.phone.region.as_deref().and_then(country::country);
    for table in &cx.tables {
        let facts = cx.facts.of(table).phones();
        let home = set.or(facts.region);
        let homes = table.role(Role::Country).map(|column| table.text(column));
        let ranges = file_rows(table);
        for column in columns(table) {
            let usual: Vec<Option<Style>> = (0..ranges.len()).map(|file| facts.usual(column, file, home)).collect();
            let parts = table.text(column).par_parts(|first, cells| {
                let mut file = ranges.partition_point(|rows| rows.end <= first);
                let mut checked = 0_u64;
                let mut hits: Vec<Hit> = Vec::new();
                for (row, cell) in (first..).zip(cells) {
                    while ranges.get(file).is_some_and(|rows| rows.end <= row) {
                        file += 1;
                    }
                    let Some(cell) = cell else { continue };
                    if e164(cell).is_some_and(|(_, fits)| fits) {
                        checked += 1;
                        continue;
                    }
                    let Some(number) = read(cell) else { continue };
                    // A number with an exponent is FMT007's.
                    if shape(cell) == Shape::Exponent {
                        continue;
                    }
                    checked += 1;
                    let own = if number.plus {
                        None
                    } else {
                        homes.as_ref().and_then(|homes| homes.get(row)).and_then(country::country)
                    };
                    let regions: Vec<&str> = own.into_iter().chain(home).collect();
                    let (suggested, severity, detail) = match judge(&number, &regions) {
                        Verdict::Invalid(why) => (None, Severity::Warning, why),
                        Verdict::Fine(_) | Verdict::Unknown if number.style == Style::E164 => continue,
                        // Every country has a style of its own.
                        Verdict::Unknown if !wants_e164 => continue,
                        verdict => {
                            let known = if let Verdict::Fine(known) = verdict { known } else { None };
                            let style = usual.get(file).copied().flatten();
                            let foreign = if number.plus {
                                number.calling() != home.and_then(calling_of)
                            } else {
                                own.is_some_and(|own| Some(own) != home)
                            };
                            if wants_e164 {
                                (known, Severity::Warning, "not written as E.164".to_owned())
                            } else if style.is_none_or(|style| style == number.style)
                                || (foreign && style != Some(Style::E164))
                            {
                                continue;
                            } else {
                                (known, Severity::Info, "another style than most numbers of the file".to_owned())
                            }
                        }
                    };
                    hits.push(Hit { row, suggested, severity, detail });
                }
                (checked, hits)
            });
            out.checked(table, Some(column), parts.iter().map(|(checked, _)| checked).sum());
            let hits: Vec<Hit> = parts.into_iter().flat_map(|(_, hits)| hits).collect();
            let safety: StringChunked = hits
                .iter()
                .map(|hit| Some(if hit.suggested.is_some() { Safety::Review } else { Safety::Manual }.as_str()))
                .collect();
            let suggested: StringChunked = hits.iter().map(|hit| hit.suggested.as_deref()).collect();
            let detail: StringChunked = hits.iter().map(|hit| Some(hit.detail.as_str())).collect();
            let severity =
                Series::new("severity".into(), hits.iter().map(|hit| hit.severity.rank()).collect::<Vec<_>>());
            out.push(
                Hits::rows(table, Some(column), hits.iter().map(|hit| hit.row).collect())?
                    .with("suggested", suggested.into_series())?
                    .with("safety", safety.into_series())?
                    .with("severity", severity)?
                    .with("detail", detail.into_series())?,
            );
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    fn found(toml: &str, text: &str) -> Vec<(String, Option<String>)> {
        flagged("FMT004", toml, &[("lead", text)])
            .into_iter()
            .map(|row| (row.value.unwrap_or_default(), row.suggested))
            .collect()
    }

    #[test]
    fn the_country_of_the_source_is_learned() {
        let rows = found(
            "",
            "Id,Phone\n1,+12025550101\n2,+12025550102\n3,+12025550103\n4,202-555-0104\n5,555-0105\n6,1.2E+10\n7,+442079460136\n",
        );
        let wanted = [("202-555-0104", Some("+12025550104")), ("555-0105", None)];
        assert_eq!(rows, wanted.map(|(a, b)| (a.to_owned(), b.map(str::to_owned))));
    }

    #[test]
    fn numbers_of_unknown_country_are_not_judged() {
        assert_eq!(found("", "Id,Phone\n1,555-0105\n2,030-5550136\n3,+12025550103\n"), []);
    }

    #[test]
    fn the_country_of_the_row_goes_first_and_that_of_the_source_counts_too() {
        let text = "Id,Phone,Country\n1,202-555-0101,US\n2,202-555-0102,US\n3,202-555-0103,US\n4,202-555-0104,Norway\n";
        assert_eq!(found("", text), []);
        let rows = found("[phone]\nregion = \"NO\"\n", text);
        assert_eq!(rows, [("202-555-0104".to_owned(), None)]);
    }

    #[test]
    fn files_may_have_styles_of_their_own() {
        let rows = found("", "Id,Phone,Fax\n1,+12025550101,(202) 555-0101\n2,+12025550102,(202) 555-0102\n");
        assert_eq!(rows, [], "columns too");
        let files = [
            ("lead", "Id,Phone\n1,+12025550101\n2,+12025550102\n"),
            ("lead", "Id,Phone\n3,(202) 555-0103\n4,(202) 555-0104\n"),
        ];
        assert_eq!(flagged("FMT004", "", &files).len(), 0);
    }
}
