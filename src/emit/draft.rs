//! A first `leadlint.toml`, drafted from what was found in exports.
//!
//! What was found for sure is written as settings, everything else as comments to be taken up. Of the cells nothing goes
//! into it but tags. Headers, paths and tags are hostile: values are quoted by the toml crate, and comments hold one line each.

use std::collections::BTreeSet;
use std::fmt::{Display, Write as _};

use chrono::NaiveDate;

use super::text;
use crate::load::DOUBTFUL;
use crate::load::vendors::VENDORS;
use crate::model::{Kind, Object, Role, Source};

/// A source of the draft.
#[derive(Debug)]
pub struct Drafted<'a> {
    /// What was read.
    pub source: &'a Source,
    /// Its files, from the folder of the config.
    pub paths: Vec<String>,
    /// First and last day of its records, as far as their times show.
    pub window: Option<(NaiveDate, NaiveDate)>,
}

/// More tags than this are no vocabulary that somebody keeps; they are written as comments.
const VOCABULARY: usize = 200;
/// More tags than this are not written at all.
const TAGS: usize = 2_000;
/// Most characters of a comment's line.
const LINE: usize = 300;

/// Drafts a config. `salt` keys fingerprints; `unread` are files that could not be read, with the reason.
#[must_use]
pub fn draft(sources: &[Drafted<'_>], unread: &[(String, String)], salt: &str) -> String {
    let mut draft = Draft::default();
    draft.comment("Drafted by `leadlint init` from what the exports show. Lines that begin with # change nothing.");
    draft.comment("Paths start at the folder of this file. `leadlint schema config` knows every key.");
    draft.audit(sources, salt);
    for one in sources {
        draft.source(one);
    }
    for (path, why) in unread {
        draft.blank();
        draft.comment(&format!("not read: {path}: {why}"));
    }
    draft.mapping(sources);
    draft.tags(sources);
    draft.assignment();
    draft.text
}

/// A text as TOML writes it, on one line.
pub(super) fn quoted(text: &str) -> String {
    let value = toml::Value::String(text.to_owned()).to_string();
    if value.contains(['\n', '\r']) {
        // What JSON escapes, TOML reads alike; a delete character is the one that JSON leaves and TOML refuses.
        serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
    } else {
        value
    }
}

fn list<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(quoted).collect();
    format!("[{}]", texts.join(", "))
}

#[derive(Default)]
struct Draft {
    text: String,
}

impl Draft {
    fn blank(&mut self) {
        self.text.push('\n');
    }

    fn line(&mut self, line: impl Display) {
        let _ = writeln!(self.text, "{line}");
    }

    /// A comment, on one line whatever it says.
    fn comment(&mut self, words: &str) {
        self.line(format_args!("# {}", text::line(words, LINE)));
    }

    /// A setting to be taken up by taking the `#` away, from each of its lines; then why, in words.
    fn offer(&mut self, setting: &str, why: &str) {
        let last = setting.lines().count();
        for (at, line) in (1..).zip(setting.lines()) {
            let why =
                if at == last && !why.is_empty() { format!("  # {}", text::line(why, LINE)) } else { String::new() };
            self.line(format_args!("# {line}{why}"));
        }
    }

    fn audit(&mut self, sources: &[Drafted<'_>], salt: &str) {
        self.blank();
        self.line("[audit]");
        self.comment("Who answers for the audit. Without it GOV001 says that nobody does.");
        self.offer("owner = \"you@company.example\"", "");
        self.comment(
            "Keys fingerprints, baselines and --pii hash. Keep it: with another one, known findings look new.",
        );
        self.line(format_args!("salt = {}", quoted(salt)));
        self.comment("The zone of times that carry none; UTC if nobody says.");
        let zone = sources.iter().find_map(|one| one.source.zone.as_deref().map(|zone| (zone, &one.source.name)));
        let why =
            zone.map(|(_, name)| format!("the zone in the headers of {name}, which stays its own")).unwrap_or_default();
        self.offer(&format!("timezone = {}", quoted(zone.map_or("Europe/Berlin", |(zone, _)| zone))), &why);
    }

    fn source(&mut self, one: &Drafted<'_>) {
        let source = one.source;
        self.blank();
        self.line(format_args!("[sources.{}]", source.name));
        match one.paths.as_slice() {
            [path] => self.line(format_args!("path = {}", quoted(path))),
            paths => self.line(format_args!("path = {}", list(paths.iter().map(String::as_str)))),
        }
        self.detection(source);
        self.columns(source);
        let usual: &[Role] = match source.kind {
            Kind::Crm => &[Role::Id, Role::Email, Role::CreatedAt],
            Kind::Chat => &[Role::Id, Role::StartedAt],
            Kind::SyncLog => &[Role::LoggedAt, Role::Result],
        };
        let filled: Vec<&str> =
            usual.iter().filter(|role| source.role(**role).is_some()).map(|role| role.as_str()).collect();
        if !filled.is_empty() {
            self.offer(&format!("required = {}", list(filled)), "roles or headers that every row must fill");
        }
        if let Some((first, last)) = one.window {
            let why = "the period exported, as its times show";
            self.offer(&format!("covers = [\"{first}\", \"{last}\"]"), why);
        }
    }

    fn detection(&mut self, source: &Source) {
        let doubts: Vec<&str> = source.notes.iter().filter_map(|note| note.strip_prefix(DOUBTFUL)).collect();
        let title =
            VENDORS.iter().find(|vendor| vendor.meta().name == source.vendor).map_or("", |vendor| vendor.meta().title);
        let kind = format!("kind = \"{}\"", source.kind);
        let object = source.object.map(|object| format!("object = \"{object}\""));
        let vendor = format!("vendor = \"{}\"", source.vendor);
        let settings = [Some(kind), object, Some(vendor)].into_iter().flatten();
        if doubts.is_empty() {
            self.comment(&format!("{title}, recognised by: {}", source.detected));
            settings.for_each(|setting| self.line(setting));
            if source.kind == Kind::Crm && source.object.is_none() {
                self.comment("No object: its rows are no records of one kind.");
            }
        } else {
            for doubt in doubts {
                self.comment(&format!("DOUBTFUL: {doubt}"));
            }
            self.comment("Taken for the following. Take the # away from what is right, or mend it:");
            settings.for_each(|setting| self.offer(&setting, ""));
        }
    }

    fn columns(&mut self, source: &Source) {
        if source.roles.is_empty() {
            self.comment("No column was recognised. Say what the columns mean, such as:");
            self.offer("columns.email = \"...\"", "");
        } else {
            self.comment("What the columns were taken for. Only what is wrong or missing has to be said:");
            for binding in &source.roles {
                let header = source.header(binding.column);
                // The header stands in the setting already.
                let why = binding.why.rsplit_once("\" is ").map_or(binding.why.as_str(), |(_, what)| what);
                self.offer(&format!("columns.{} = {}", binding.role, quoted(header)), why);
            }
        }
        let free: Vec<&str> = (0..source.frame.width())
            .filter(|column| source.role_of(*column).is_none())
            .map(|column| source.header(column))
            .collect();
        if !free.is_empty() {
            let shown: Vec<String> = free.iter().take(20).map(|header| text::quoted(header, 40)).collect();
            let more = if free.len() > 20 { format!(" and {} more", free.len() - 20) } else { String::new() };
            self.comment(&format!("without a role: {}{more}", shown.join(", ")));
        }
    }

    fn mapping(&mut self, sources: &[Drafted<'_>]) {
        self.blank();
        self.comment("Which chat field is meant to land in which CRM field: a contract that can be tested.");
        let chat = sources.iter().find(|one| one.source.kind == Kind::Chat).map(|one| one.source);
        let of = |object| sources.iter().find(|one| one.source.object == Some(object)).map(|one| one.source);
        let crm = of(Object::Lead).or_else(|| of(Object::Contact));
        let types = [
            (Role::Email, "email"),
            (Role::Phone, "phone"),
            (Role::Name, "text"),
            (Role::Reason, "picklist"),
            (Role::Topic, "text"),
            (Role::Transcript, "long-text"),
        ];
        let mut any = false;
        if let (Some(chat), Some(crm)) = (chat, crm) {
            for (role, kind) in types {
                if let (Some(from), Some(to)) = (chat.role(role), crm.role(role)) {
                    let from = quoted(&format!("{}.{}", chat.name, chat.header(from)));
                    let to = quoted(&format!("{}.{}", crm.name, crm.header(to)));
                    self.offer(&format!("[[mapping]]\nfrom = {from}\nto = {to}\ntype = \"{kind}\""), "");
                    any = true;
                }
            }
        }
        if !any {
            self.offer(
                "[[mapping]]\nfrom = \"chat.reason\"\nto = \"lead.Reason__c\"\ntype = \"picklist\"\nrequired = true",
                "",
            );
        }
    }

    fn tags(&mut self, sources: &[Drafted<'_>]) {
        let mut tags = BTreeSet::new();
        for one in sources {
            seen(one.source, &mut tags);
        }
        self.blank();
        self.line("[tags]");
        if tags.is_empty() || tags.len() > TAGS {
            self.comment("The tags that may be used.");
            self.offer("vocabulary = [\"Source_Live_Chat\", \"Intent_Pricing\"]", "");
            return;
        }
        let vocabulary: String =
            tags.iter().fold("vocabulary = [\n".to_owned(), |all, tag| all + "  " + &quoted(tag) + ",\n");
        let vocabulary = vocabulary + "]";
        if tags.len() > VOCABULARY {
            self.comment(&format!(
                "The tags that may be used. {} were seen, which is hardly a vocabulary:",
                tags.len()
            ));
            self.offer(&vocabulary, "");
        } else {
            self.comment("The tags that may be used: those that were seen. Strike out what nobody should use.");
            self.line(vocabulary);
        }
        self.comment("What each stands for:");
        self.offer("meaning = { Intent_Pricing = \"asked for a price\" }", "");
    }

    fn assignment(&mut self) {
        self.blank();
        self.comment("Who is meant to get which records.");
        self.offer("[[assignment]]\nname = \"east territory\"\nwhen = { region = \"East\" }\nowner = \"East rep\"", "");
    }
}

/// Adds the tags of a source. What looks like an address or a number of somebody is no tag.
fn seen(source: &Source, tags: &mut BTreeSet<String>) {
    let Some(cells) = source.role(Role::Tags).and_then(|column| source.frame.columns().get(column)) else { return };
    let Ok(cells) = cells.str() else { return };
    let several = cells.iter().flatten().any(|cell| cell.contains(';'));
    let apart = if several { ';' } else { ',' };
    for cell in cells.iter().flatten() {
        for tag in cell.split(apart).map(str::trim).filter(|tag| !tag.is_empty() && !is_private(tag)) {
            if tags.len() > TAGS {
                return;
            }
            if !tags.contains(tag) {
                tags.insert(tag.to_owned());
            }
        }
    }
}

/// Whether a tag may be a person's address or number.
fn is_private(tag: &str) -> bool {
    tag.contains('@') || tag.bytes().filter(u8::is_ascii_digit).count() > 6 || tag.chars().count() > 100
}

#[cfg(test)]
#[path = "draft_tests.rs"]
mod tests;
