//! The text of a cell, as a CSV export of the same record would have it.

use calamine::{Data, ExcelDateTime};

/// Serial dates lie below this: the end of the year 9999.
const LAST_SERIAL: f64 = 2_958_466.0;

/// What a cell holds, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) form: Form,
}

/// Whole numbers from here on are not told apart by the numbers of spreadsheets: 2 to the power of 53.
const LAST_WHOLE: f64 = 9_007_199_254_740_992.0;

/// What a cell holds beyond its text: a real date, of a kind (a column that has days with times writes its midnights as
/// such, too), or a number that has lost digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Plain,
    Day,
    Moment,
    /// A number so long that its last digits need not be those that were meant.
    Blurred,
}

impl Text {
    fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), form: Form::Plain }
    }

    /// The text of a cell; `None` for a blank one.
    pub(super) fn of(cell: Data) -> Option<Self> {
        let text = match cell {
            Data::Empty => return None,
            Data::String(text) => Self::plain(text),
            Data::Int(number) => Self::plain(number.to_string()),
            Data::Float(number) if number.abs() >= LAST_WHOLE => {
                Self { text: number_text(number), form: Form::Blurred }
            }
            Data::Float(number) => Self::plain(number_text(number)),
            Data::Bool(truth) => Self::plain(if truth { "true" } else { "false" }),
            Data::DateTime(at) => serial(&at),
            Data::DateTimeIso(at) => Self::plain(at),
            Data::DurationIso(span) => Self::plain(span_text(&span).unwrap_or(span)),
            Data::Error(error) => Self::plain(error.to_string()),
        };
        (!text.text.is_empty()).then_some(text)
    }
}

/// A number without exponent, and without a fraction that it has not: an id stays an id.
pub(crate) fn number_text(number: f64) -> String {
    // Zero has a sign that nobody means.
    if number == 0.0 { "0".to_owned() } else { number.to_string() }
}

/// A date, a time of day or a span, from days since the epoch.
fn serial(at: &ExcelDateTime) -> Text {
    let value = at.as_f64();
    if !(0.0..LAST_SERIAL).contains(&value) {
        return Text::plain(number_text(value));
    }
    if at.is_duration() {
        return Text::plain(clock((value * 86_400_000.0).round() as u64));
    }
    // A value below one day is a time of day without a date.
    if value < 1.0 {
        return Text::plain(clock((value * 86_400_000.0).round() as u64));
    }
    let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second, milli) == (0, 0, 0, 0) {
        return Text { text: date, form: Form::Day };
    }
    let fraction = if milli == 0 { String::new() } else { format!(".{milli:03}") };
    Text { text: format!("{date}T{hour:02}:{minute:02}:{second:02}{fraction}"), form: Form::Moment }
}

/// Hours, minutes and seconds, as many hours as there are.
fn clock(millis: u64) -> String {
    let (seconds, milli) = (millis / 1000, millis % 1000);
    let fraction = if milli == 0 { String::new() } else { format!(".{milli:03}") };
    format!("{:02}:{:02}:{:02}{fraction}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// `PT09H30M00S` as `09:30:00`.
fn span_text(span: &str) -> Option<String> {
    let (hours, rest) = span.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let whole = seconds.split(['.', ',']).next()?;
    let fraction: String = seconds[whole.len()..].trim_end_matches('0').replace(',', ".");
    let fraction = if fraction == "." { String::new() } else { fraction };
    (digits(hours) && digits(minutes) && digits(whole))
        .then(|| format!("{hours:0>2}:{minutes:0>2}:{whole:0>2}{fraction}"))
}

#[cfg(test)]
mod tests {
    use calamine::{CellErrorType, ExcelDateTimeType};

    use super::*;

    fn text(cell: Data) -> String {
        Text::of(cell).map(|text| text.text).unwrap_or_default()
    }

    fn date(value: f64, kind: ExcelDateTimeType, is_1904: bool) -> String {
        text(Data::DateTime(ExcelDateTime::new(value, kind, is_1904)))
    }

    #[test]
    fn numbers_are_written_as_people_wrote_them() {
        assert_eq!(text(Data::Float(123_456_789_012.0)), "123456789012");
        assert_eq!(text(Data::Float(1e21)), "1000000000000000000000");
        assert_eq!(text(Data::Float(0.1)), "0.1");
        assert_eq!(text(Data::Float(-0.0)), "0");
        assert_eq!(text(Data::Float(15_550_100.5)), "15550100.5");
        assert_eq!(text(Data::Int(-7)), "-7");
    }

    #[test]
    fn truths_errors_and_blanks() {
        assert_eq!(text(Data::Bool(true)), "true");
        assert_eq!(text(Data::Error(CellErrorType::Ref)), "#REF!");
        assert_eq!(Text::of(Data::Empty), None);
        assert_eq!(Text::of(Data::String(String::new())), None);
    }

    #[test]
    fn dates_are_iso_in_both_epochs() {
        use ExcelDateTimeType::{DateTime, TimeDelta};
        assert_eq!(date(46_296.0, DateTime, false), "2026-10-01");
        assert_eq!(date(46_296.0 - 1462.0, DateTime, true), "2026-10-01");
        assert_eq!(date(46_296.395_833_333_336, DateTime, false), "2026-10-01T09:30:00");
        assert_eq!(date(46_296.5 + 0.25 / 86_400.0, DateTime, false), "2026-10-01T12:00:00.250");
        assert_eq!(date(0.395_833_333_333_333, DateTime, false), "09:30:00");
        assert_eq!(date(1.5, TimeDelta, false), "36:00:00");
        assert_eq!(date(-1.0, DateTime, false), "-1");
    }

    #[test]
    fn spans_of_open_documents_are_clocks() {
        assert_eq!(text(Data::DurationIso("PT09H30M00S".to_owned())), "09:30:00");
        assert_eq!(text(Data::DurationIso("PT36H00M01.500S".to_owned())), "36:00:01.5");
        assert_eq!(text(Data::DurationIso("P1D".to_owned())), "P1D");
    }
}
