//! Personal data in what leaves the house.
//!
//! Two nets: a cell whose column plays a personal role is masked as a whole, and every address or phone-like run of
//! digits inside any other text is masked where it stands. Record ids are never masked, for they are how people find
//! the record; dates, times and uuids are not taken for phones.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use hmac::{Hmac, KeyInit, Mac};
use polars::prelude::{DataFrame, IntoColumn, NamedFrom, PolarsResult, Series};
use regex::{Captures, Regex};
use sha2::Sha256;

use super::view::{Pii, View};
use crate::evidence::{Audit, EvidenceRow, Finding};
use crate::model::Role;

/// The rule whose evidence is the raw line of a row.
const UNREADABLE: &str = "FMT009";

/// An address anywhere in a text: quoted local parts, encoded and full-width signs, and blanks around the sign included.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    let local = r#"(?P<local>"[^"\r\n]{0,80}"|[^\s@＠﹫]+)"#;
    let at = r"(?P<at>@|＠|﹫|%40|&#64;)";
    let domain = r#"(?P<domain>\[[^\]\s]+\]|[^\s<>()\[\],;:"|=]+)"#;
    let spaced = r#"[^\s<>()\[\],;:"|=@]+\.\pL{2,}"#;
    pattern(&format!(r"{local}(?:{at}{domain}|\s{{0,3}}[@＠﹫]\s{{0,3}}(?P<spaced>{spaced}))"))
});

/// What looks like a phone, after what only looks like one: times, dates, uuids and Salesforce ids.
static DIGITS: LazyLock<Regex> = LazyLock::new(|| {
    let iso = r"\b(?:19|20)\d\d[-/.](?:0[1-9]|1[0-2])[-/.](?:0[1-9]|[12]\d|3[01])(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?\b";
    let day = r"\b(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:19|20)\d\d\b";
    let uuid = r"\b[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}\b";
    let id = r"\b[0a][0-9A-Za-z]{14}(?:[0-9A-Za-z]{3})?\b";
    let gap =
        r"[ \t\u{a0}\u{ad}\u{2000}-\u{200f}\u{2010}-\u{2015}\u{202a}-\u{202f}\u{2060}\u{2212}\u{feff}.\-_/()·]{0,3}";
    pattern(&format!(r"(?P<time>{iso}|{day}|{uuid})|(?P<id>{id})|[+(]?\d(?:{gap}\d){{6,}}"))
});

/// Whether a header whose role nobody knows says that its cells name people.
fn names_people(header: &str) -> bool {
    let header = header.to_lowercase();
    ["name", "contact", "person", "visitor", "customer", "email", "phone"].iter().any(|word| header.contains(word))
}

/// Whether cells of a role name colleagues, beside ids and queues.
const fn names_staff(role: Role) -> bool {
    matches!(role, Role::Owner | Role::Agent)
}

/// The people whom the audit knows by name as owners; sentences of rules and notes call them so.
fn people(audit: &Audit) -> Option<Regex> {
    let mut names: BTreeSet<&str> = audit.exceptions.iter().filter_map(|one| one.owner.as_deref()).collect();
    if let Some(replay) = &audit.metrics.assignment {
        names.extend(replay.rules.iter().map(|rule| rule.owner.as_str()));
        names.extend(replay.load.iter().filter_map(|load| load.owner.as_deref()));
        names.extend(replay.changes.iter().flat_map(|one| one.from.as_deref().into_iter().chain([one.to.as_str()])));
    }
    let is_name = |name: &&&str| {
        let plain = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’' | '.');
        name.starts_with(char::is_alphabetic) && name.ends_with(char::is_alphabetic) && name.chars().all(plain)
    };
    let mut names: Vec<String> = names.iter().filter(is_name).map(|name| regex::escape(name)).collect();
    if names.is_empty() {
        return None;
    }
    // The longest first, for the first that fits is taken.
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    Regex::new(&format!(r"(?P<before>\bnames |\bknows: `)?\b(?P<name>{})\b", names.join("|"))).ok()
}

#[expect(clippy::expect_used, reason = "the patterns are constants of this file, compiled by its tests")]
fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("a valid pattern")
}

/// The texts of one evidence row, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    /// What stands there.
    pub(crate) value: Option<String>,
    /// What should stand there.
    pub(crate) suggested: Option<String>,
    /// Why.
    pub(crate) detail: String,
}

/// Masks the texts of one audit as one view wants it.
#[derive(Debug)]
pub(crate) struct Masker<'a> {
    view: &'a View,
    roles: HashMap<(&'a str, &'a str), Role>,
    people: Option<Regex>,
}

impl<'a> Masker<'a> {
    /// A masker that knows the roles of the audit's columns.
    pub(crate) fn new(audit: &'a Audit, view: &'a View) -> Self {
        let mut roles = HashMap::new();
        for source in &audit.sources {
            for role in &source.roles {
                roles.insert((source.name.as_str(), role.column.as_str()), role.role);
            }
        }
        for finding in &audit.findings {
            if let (Some(column), Some(role)) = (&finding.column, finding.role) {
                roles.insert((finding.source.as_str(), column.as_str()), role);
            }
        }
        let people = if view.pii == Pii::Show { None } else { people(audit) };
        Self { view, roles, people }
    }

    /// A masker that knows no column.
    pub(crate) fn plain(view: &'a View) -> Self {
        Self { view, roles: HashMap::new(), people: None }
    }

    /// Whether nothing is masked.
    pub(crate) fn shows(&self) -> bool {
        self.view.pii == Pii::Show
    }

    /// The texts of a row of evidence.
    pub(crate) fn row(&self, row: &EvidenceRow) -> Shown {
        let ids = [row.record_id.as_deref(), row.other_id.as_deref()];
        let (value, suggested, detail) = self.texts(
            row.code,
            &row.source,
            row.column.as_deref(),
            ids,
            [row.value.as_deref(), row.suggested.as_deref(), Some(&row.detail)],
        );
        Shown {
            value: value.map(Cow::into_owned),
            suggested: suggested.map(Cow::into_owned),
            detail: detail.map(Cow::into_owned).unwrap_or_default(),
        }
    }

    /// Text that people wrote or rules put together: addresses, phones and known owners inside it.
    pub(crate) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.shows() { Cow::Borrowed(text) } else { self.embedded(text, true, [None; 2]) }
    }

    /// The name of a person that no column says to be one; ids stay, as they do elsewhere.
    pub(crate) fn person<'t>(&self, name: &'t str) -> Cow<'t, str> {
        let is_id = !name.contains(char::is_whitespace) && name.bytes().any(|b| b.is_ascii_digit());
        match self.view.pii {
            Pii::Show => Cow::Borrowed(name),
            _ if name.contains(['@', '＠', '﹫']) => self.contacts(name, true, [None; 2]),
            _ if is_id => Cow::Borrowed(name),
            Pii::Mask => Cow::Owned(whole(name, Role::Name)),
            Pii::Hash => Cow::Owned(self.hash(name)),
        }
    }

    /// A value that a rule suggests for a column.
    pub(crate) fn suggestion<'t>(&self, source: &str, column: &str, text: &'t str) -> Cow<'t, str> {
        if self.shows() {
            return Cow::Borrowed(text);
        }
        let role = self.roles.get(&(source, column)).copied();
        self.cell(text, role.or_else(|| names_people(column).then_some(Role::Name)), false, [None; 2])
    }

    /// A value that the config expects of a field (`leads.Email`): like a cell of its column.
    pub(crate) fn declared<'t>(&self, field: &str, text: &'t str) -> Cow<'t, str> {
        if self.shows() {
            return Cow::Borrowed(text);
        }
        let (source, header) = field.split_once('.').unwrap_or((field, ""));
        let role = self.roles.get(&(source, header)).copied().or_else(|| header.parse().ok());
        self.cell(text, role.or_else(|| names_people(header).then_some(Role::Name)), false, [None; 2])
    }

    /// The sentence of a finding: like [`text`](Self::text), and the values of its examples where it quotes them.
    pub(crate) fn message(&self, finding: &Finding) -> String {
        let mut message = finding.message.clone();
        if !self.shows() && finding.role.is_some_and(|role| role.is_personal() || names_staff(role)) {
            for row in &finding.examples {
                let shown = self.row(row);
                for (raw, shown) in [(&row.value, &shown.value), (&row.suggested, &shown.suggested)] {
                    if let (Some(raw), Some(shown)) = (raw, shown)
                        && raw.chars().nth(2).is_some()
                    {
                        message = message.replace(raw.as_str(), shown);
                    }
                }
            }
        }
        self.text(&message).into_owned()
    }

    /// The evidence frame, its three columns of free text masked.
    pub(crate) fn frame(&self, frame: &DataFrame) -> PolarsResult<DataFrame> {
        let mut frame = frame.clone();
        if self.shows() {
            return Ok(frame);
        }
        let text = |name: &str| -> PolarsResult<_> { Ok(frame.column(name)?.str()?.clone()) };
        let (codes, sources, columns) = (text("code")?, text("source")?, text("column")?);
        let (ids, others) = (text("record_id")?, text("other_id")?);
        let (values, suggestions, details) = (text("value")?, text("suggested")?, text("detail")?);
        let mut masked: [Vec<Option<String>>; 3] = Default::default();
        for i in 0..frame.height() {
            let (value, suggested, detail) = self.texts(
                codes.get(i).unwrap_or_default(),
                sources.get(i).unwrap_or_default(),
                columns.get(i),
                [ids.get(i), others.get(i)],
                [values.get(i), suggestions.get(i), details.get(i)],
            );
            for (column, text) in masked.iter_mut().zip([value, suggested, detail]) {
                column.push(text.map(Cow::into_owned));
            }
        }
        for (name, texts) in ["value", "suggested", "detail"].into_iter().zip(masked) {
            frame.with_column(Series::new(name.into(), texts).into_column())?;
        }
        Ok(frame)
    }

    #[expect(clippy::type_complexity, reason = "three texts in the order of the three that came in")]
    fn texts<'t>(
        &self,
        code: &str,
        source: &str,
        column: Option<&str>,
        ids: [Option<&str>; 2],
        [value, suggested, detail]: [Option<&'t str>; 3],
    ) -> (Option<Cow<'t, str>>, Option<Cow<'t, str>>, Option<Cow<'t, str>>) {
        if self.shows() {
            return (value.map(Cow::Borrowed), suggested.map(Cow::Borrowed), detail.map(Cow::Borrowed));
        }
        let role = column
            .and_then(|c| self.roles.get(&(source, c)).copied())
            .or_else(|| column.filter(|c| names_people(c)).map(|_| Role::Name));
        // Without a column the text may be the raw line of a row that could not be read, names and all: what the rule of
        // such rows shows is one, and so is what has as many separators.
        let is_line =
            |text: &str| column.is_none() && (code == UNREADABLE || text.split([',', ';', '\t', '|']).count() > 3);
        let cell = |text: &'t str| self.cell(text, role, is_line(text), ids);
        let (shown_value, shown_suggested) = (value.map(cell), suggested.map(cell));
        let shown_detail = detail.map(|detail| {
            let mut detail = Cow::Borrowed(detail);
            // A detail may quote the cell that its own column hides.
            for (raw, shown) in [(value, &shown_value), (suggested, &shown_suggested)] {
                if let (Some(raw), Some(shown)) = (raw, shown)
                    && raw.chars().count() > 2
                    && raw != shown
                    && detail.contains(raw)
                {
                    detail = Cow::Owned(detail.replace(raw, shown));
                }
            }
            match detail {
                Cow::Borrowed(text) => self.embedded(text, true, ids),
                Cow::Owned(text) => Cow::Owned(self.embedded(&text, true, ids).into_owned()),
            }
        });
        (shown_value, shown_suggested, shown_detail)
    }

    fn cell<'t>(&self, text: &'t str, role: Option<Role>, is_line: bool, ids: [Option<&str>; 2]) -> Cow<'t, str> {
        if text.is_empty() || ids.contains(&Some(text)) {
            return Cow::Borrowed(text);
        }
        match role {
            Some(role) if role.is_personal() => match self.view.pii {
                Pii::Hash => Cow::Owned(self.hash(text)),
                _ => Cow::Owned(whole(text, role)),
            },
            Some(role) if names_staff(role) => self.person(text),
            Some(role) => self.embedded(text, may_hold_phone(role), ids),
            None if is_line => match self.view.pii {
                Pii::Hash => Cow::Owned(self.hash(text)),
                _ => Cow::Owned(whole(text, Role::Notes)),
            },
            None => self.embedded(text, true, ids),
        }
    }

    fn embedded<'t>(&self, text: &'t str, phones: bool, ids: [Option<&str>; 2]) -> Cow<'t, str> {
        let Some(people) = &self.people else { return self.contacts(text, phones, ids) };
        let named = people.replace_all(text, |found: &Captures<'_>| {
            let (before, name) = (found.name("before").map_or("", |before| before.as_str()), &found["name"]);
            // A single word may be any word, and is a person where the text says that it names one.
            if before.is_empty() && !name.contains(char::is_whitespace) {
                return found[0].to_owned();
            }
            format!("{before}{}", self.person(name))
        });
        match named {
            Cow::Borrowed(text) => self.contacts(text, phones, ids),
            Cow::Owned(text) => Cow::Owned(self.contacts(&text, phones, ids).into_owned()),
        }
    }

    /// Addresses and phones in a text.
    fn contacts<'t>(&self, text: &'t str, phones: bool, ids: [Option<&str>; 2]) -> Cow<'t, str> {
        let text = if text.contains(['@', '＠', '﹫']) || text.contains("%40") || text.contains("&#64;") {
            ADDRESS.replace_all(text, |found: &Captures<'_>| self.address(found))
        } else {
            Cow::Borrowed(text)
        };
        if !phones || text.chars().filter(|c| c.is_numeric()).nth(6).is_none() {
            return text;
        }
        let phone = |found: &Captures<'_>| {
            let all = &found[0];
            let id = found.name("id").is_some() && all.chars().take(6).any(char::is_alphabetic);
            if found.name("time").is_some()
                || id
                || ids.contains(&Some(all))
                || all.chars().filter(|c| c.is_numeric()).count() < 7
            {
                all.to_owned()
            } else if self.view.pii == Pii::Hash {
                self.hash(all)
            } else {
                last_digits(all)
            }
        };
        match text {
            Cow::Borrowed(text) => DIGITS.replace_all(text, phone),
            Cow::Owned(text) => Cow::Owned(DIGITS.replace_all(&text, phone).into_owned()),
        }
    }

    fn address(&self, found: &Captures<'_>) -> String {
        let local = &found["local"];
        // Punctuation in front is the text's, not the address's.
        let split =
            if local.starts_with('"') { None } else { local.rfind(['<', '(', '[', ',', ';', ':', '|', '=', '>']) };
        let (prefix, own) = match split {
            Some(at) if at + 1 < local.len() => local.split_at(at + 1),
            _ => ("", local),
        };
        let prefix = self.embedded(prefix, true, [None; 2]);
        if self.view.pii == Pii::Hash {
            return format!("{prefix}{}", self.hash(found[0].get(local.len() - own.len()..).unwrap_or(&found[0])));
        }
        let domain = found.name("domain").or_else(|| found.name("spaced")).map_or("", |d| d.as_str());
        format!("{prefix}{}", short_address(own, domain))
    }

    fn hash(&self, text: &str) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.view.salt.as_bytes()) else {
            return "#".to_owned();
        };
        mac.update(text.as_bytes());
        let digest = mac.finalize().into_bytes();
        digest.iter().take(6).fold(String::from("#"), |out, byte| out + &format!("{byte:02x}"))
    }
}

/// Whether long runs of digits in cells of this role are more likely phones than ids, times or amounts.
const fn may_hold_phone(role: Role) -> bool {
    !(role.is_time()
        || matches!(role, Role::Id | Role::ChatId | Role::RecordId | Role::Owner | Role::Duration | Role::Score))
}

/// A cell of a personal role, masked as a whole.
fn whole(text: &str, role: Role) -> String {
    match role {
        Role::Email => {
            text.split_once('@').map_or_else(|| initial(text), |(local, domain)| short_address(local, domain))
        }
        Role::Phone => last_digits(text),
        Role::BirthDate => "…".to_owned(),
        Role::Notes | Role::Transcript => {
            format!("… ({} characters)", super::words::number(text.chars().count() as u64))
        }
        _ => text.split_whitespace().take(6).map(initial).collect::<Vec<_>>().join(" "),
    }
}

/// `a…@….example`: the first letter and the last label.
fn short_address(local: &str, domain: &str) -> String {
    // What is masked already stays: a first letter and an ellipsis are no address.
    if domain.starts_with('…') && local.ends_with('…') && local.chars().count() <= 2 {
        return format!("{local}@{domain}");
    }
    let label = domain.trim_end_matches(['.', '>']).rsplit_once('.').map(|(_, label)| label);
    match label.filter(|l| (2..=12).contains(&l.len()) && l.chars().all(|c| c.is_ascii_alphabetic())) {
        Some(label) => format!("{}@….{label}", initial(local)),
        None => format!("{}@…", initial(local)),
    }
}

/// The first letter of a word that is long enough not to be given away by it.
fn initial(word: &str) -> String {
    let word = word.trim_start_matches(['"', '\'', ' ']);
    match word.chars().next() {
        Some(c) if c.is_alphanumeric() && word.chars().nth(2).is_some() => format!("{c}…"),
        _ => "…".to_owned(),
    }
}

/// The last two digits of a number that has enough others.
fn last_digits(text: &str) -> String {
    let digits: Vec<char> = text.chars().filter(|c| c.is_numeric()).collect();
    match digits.as_slice() {
        [.., a, b] if digits.len() >= 7 => format!("…{a}{b}"),
        _ => "…".to_owned(),
    }
}

#[cfg(test)]
#[path = "mask_tests.rs"]
mod tests;
