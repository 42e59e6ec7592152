//! FMT010: numbers with several decimal signs, or with a currency here and there.

use crate::normalise::column_formats::{Holds, holds};
use crate::normalise::shape::{Shape, shape, without_currency};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Columns of numbers in which some cells prove a decimal comma and others a decimal point (`1.200,50` beside
    /// `1200.50`), or in which some cells carry a currency (`USD 500`, `€ 1.200,00`) and others do not. `1,200` alone
    /// proves nothing.
    ///
    /// A column holds numbers when nine cells in ten are; ids, phone numbers, postcodes and times are left out.
    ///
    /// ## Why it matters
    ///
    /// "1.200" is twelve hundred to one program and one and a fifth to the next; text is not summed at all.
    ///
    /// ## Example
    ///
    /// ```csv account flags
    /// Id,Name,AnnualRevenue
    /// 1,Acme,1200.50
    /// 2,Brightmoor,800.25
    /// 3,Coastline,"1.500,75"
    /// ```
    ///
    /// ```csv account passes
    /// Id,Name,AnnualRevenue,Discount__c
    /// 1,Acme,"1,200",0.5
    /// 2,Brightmoor,"1,200.50",12
    /// 3,Coastline,6.0E7,1.250
    /// ```
    ///
    /// ## Cleanup
    ///
    /// Review: the plain number with the decimal sign of most cells, where the cell can only be read in one way.
    pub struct MixedNumbers {
        code: "FMT010",
        name: "mixed-numbers",
        family: Formats,
        severity: Warning,
        dimension: Consistency,
        scope: Scope::Row,
        kinds: [Crm, Chat, SyncLog],
        needs: [],
        safety: Manual,
        message: "numbers written otherwise than the rest in {count} of {checked|cell|cells} of {source} · {column}",
        since: "0.1.0",
        options: NoOptions,
        check: check,
    }
}

fn check(cx: &Check<'_>, _: &NoOptions) -> anyhow::Result<Outcome> {
    let mut out = Outcome::default();
    for table in &cx.tables {
        for column in table.source.columns() {
            let formats = cx.facts.of(table).columns.formats(column).all();
            let numbers = formats.numbers();
            if numbers < 2
                || numbers * 10 < formats.filled() * 9
                || holds(&table.source, column) != Holds::Anything
                || table.is_time(column)
                || table.source.role_of(column) == Some(Role::BirthDate)
            {
                continue;
            }
            out.checked(table, Some(column), (table.height() - table.blank(column).sum().unwrap_or(0) as usize) as u64);
            let points = formats.of(Shape::Point) + formats.of(Shape::MoneyPoint);
            let commas = formats.of(Shape::Comma) + formats.of(Shape::MoneyComma);
            let money = MONEY.iter().map(|shape| formats.of(*shape)).sum::<u64>();
            let plain = numbers - money;
            let style = Style {
                stray_sign: (points > 0 && commas > 0).then_some(if commas <= points {
                    Shape::Comma
                } else {
                    Shape::Point
                }),
                sign: match (points > 0, commas > 0) {
                    (false, false) => None,
                    _ => Some(if commas <= points { '.' } else { ',' }),
                },
                stray_money: (money > 0 && plain > 0).then_some(money <= plain),
            };
            if style.stray_sign.is_none() && style.stray_money.is_none() {
                continue;
            }
            let text = table.text(column);
            let mut rows = Vec::new();
            let mut suggested: Vec<Option<String>> = Vec::new();
            let mut detail: Vec<&str> = Vec::new();
            for (row, cell) in (0..).zip(text.iter()) {
                let Some(cell) = cell else { continue };
                let found = shape(cell);
                let Some(why) = style.defect(found) else { continue };
                rows.push(row);
                suggested.push(style.rewritten(cell, found));
                detail.push(why);
            }
            let safety: StringChunked = suggested
                .iter()
                .map(|one| Some(if one.is_some() { Safety::Review } else { Safety::Manual }.as_str()))
                .collect();
            let suggested: StringChunked = suggested.iter().map(Option::as_deref).collect();
            out.push(
                Hits::rows(table, Some(column), rows)?
                    .with("suggested", suggested.into_series())?
                    .with("safety", safety.into_series())?
                    .with("detail", detail.into_iter().map(Some).collect::<StringChunked>().into_series())?,
            );
        }
    }
    Ok(out)
}

const MONEY: [Shape; 3] = [Shape::Money, Shape::MoneyPoint, Shape::MoneyComma];

/// How a column writes its numbers.
struct Style {
    /// The plain shape whose decimal sign is that of the few.
    stray_sign: Option<Shape>,
    /// The decimal sign of most cells that have one.
    sign: Option<char>,
    /// Whether it is the cells with a currency that are the few; `None` where all are alike.
    stray_money: Option<bool>,
}

impl Style {
    fn defect(&self, found: Shape) -> Option<&'static str> {
        if !found.is_number() {
            return None;
        }
        let sign = match found {
            Shape::MoneyPoint => Shape::Point,
            Shape::MoneyComma => Shape::Comma,
            other => other,
        };
        if self.stray_sign == Some(sign) {
            return Some("another decimal sign than most cells");
        }
        match self.stray_money {
            Some(true) if MONEY.contains(&found) => Some("a currency, where most cells have none"),
            Some(false) if !MONEY.contains(&found) => Some("no currency, where most cells have one"),
            _ => None,
        }
    }

    /// The number without currency and thousands signs, with the decimal sign of most cells.
    fn rewritten(&self, cell: &str, found: Shape) -> Option<String> {
        // Which currency a plain number lacks is not known.
        if self.stray_money == Some(false) {
            return None;
        }
        let (bare, _) = without_currency(trimmed(cell));
        let own = match found {
            Shape::Point | Shape::MoneyPoint => Some('.'),
            Shape::Comma | Shape::MoneyComma => Some(','),
            _ if bare.contains(['.', ',']) => self.sign.map(Some)?,
            _ => None,
        };
        let negative = trimmed(cell).starts_with('-') || bare.starts_with('-');
        let mut number = String::from(if negative { "-" } else { "" });
        for c in bare.chars() {
            if c.is_ascii_digit() {
                number.push(c);
            } else if Some(c) == own && is_decimal(bare, c) {
                number.push(self.sign.unwrap_or('.'));
            }
        }
        Some(number)
    }
}

/// Whether `sign`, which stands for decimals, stands once: in `1.200.000` the point parts thousands.
fn is_decimal(bare: &str, sign: char) -> bool {
    bare.matches(sign).count() == 1
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::flagged;

    fn found(values: &[&str]) -> Vec<(String, Option<String>)> {
        let text: String =
            (1..).zip(values).map(|(id, value)| format!("{id},\"{value}\"\n")).collect::<Vec<_>>().concat();
        flagged("FMT010", "", &[("account", &format!("Id,AnnualRevenue\n{text}"))])
            .into_iter()
            .map(|row| (row.value.unwrap_or_default(), row.suggested))
            .collect()
    }

    #[test]
    fn the_few_are_rewritten_like_the_many() {
        assert_eq!(
            found(&["1200.5", "800.25", "1.500,75", "-2.000.000,5"]),
            [
                ("1.500,75".to_owned(), Some("1500.75".to_owned())),
                ("-2.000.000,5".to_owned(), Some("-2000000.5".to_owned())),
            ]
        );
        assert_eq!(found(&["100", "200", "USD 500"]), [("USD 500".to_owned(), Some("500".to_owned()))]);
        assert_eq!(
            found(&["100", "200", "€ 1.200"]),
            [("€ 1.200".to_owned(), None)],
            "twelve hundred, or one and a fifth"
        );
        assert_eq!(found(&["$100", "$200", "500"]), [("500".to_owned(), None)]);
    }

    #[test]
    fn one_way_of_writing_is_no_mix() {
        for values in [
            ["1,200", "1,200.50", "3"],
            ["1.200", "1,5", "3"],
            ["€ 1.200,00", "€ 3", "€ 2,50"],
            ["1,2", "a", "1.5"],
            ["6.0E7", "1.5", "3"],
        ] {
            assert_eq!(found(&values), [], "{values:?}");
        }
    }
}
