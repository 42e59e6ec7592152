//! Numbers, as people and exports write them.

use super::shape::{Shape, shape, without_currency};
use super::text::trimmed;

/// The number that a cell is: `1200.5`, `1,200.50`, `1.200,50`, `1 200`, `$ 1,200`, `75 %` (which is 75), `6.0E7`. Where
/// the signs do not tell, a comma before three digits parts thousands and a point is the decimal one. `None` for what is
/// no number.
#[must_use]
pub fn read(cell: &str) -> Option<f64> {
    let text = trimmed(cell);
    let text = text.strip_suffix('%').map_or(text, trimmed);
    let shape = shape(text);
    if !shape.is_number() {
        return None;
    }
    let (bare, _) = without_currency(text);
    let decimal = match shape {
        Shape::Comma | Shape::MoneyComma => ',',
        _ => '.',
    };
    let plain: String = bare
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+') || *c == decimal)
        .map(|c| if c == decimal { '.' } else { c })
        .collect();
    plain.parse::<f64>().ok().filter(|number| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_alike_however_they_are_written() {
        for cell in ["1200.5", "1,200.50", "1.200,50", " 1 200,5", "$1,200.50", "1200,5 %", "EUR 1.200,50", "1.2005E3"]
        {
            assert_eq!(read(cell), Some(1200.5), "{cell}");
        }
        for (cell, number) in [
            ("1,200", 1200.0),
            ("1.200", 1.2),
            ("1.200.000", 1_200_000.0),
            ("0,5", 0.5),
            ("75%", 75.0),
            ("-3", -3.0),
            ("0", 0.0),
            ("1", 1.0),
            ("20261001", 20_261_001.0),
            ("$ 5", 5.0),
        ] {
            assert_eq!(read(cell), Some(number), "{cell}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for cell in ["", " ", "hot", "nan", "inf", "10-49", "2026-10-01", "1,2,3", "%", "true", "0x10", "12 apples"] {
            assert_eq!(read(cell), None, "{cell}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(cell in "\\PC{0,40}|[0-9.,% $+E-]{0,20}") {
            let _ = read(&cell);
        }
    }
}
