//! Anonymous Apex: merges, and the way back as far as there is one. Cell content stands in it as JSON within one literal, and
//! is data to the script.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::fields::Object;
use super::job::Merging;
use super::seen::Seen;
use crate::evidence::fingerprint::hex;

/// The longest anonymous script that Salesforce takes, in characters.
pub(super) const SCRIPT: usize = 32_000;
/// Statements that change records, in one script.
pub(super) const STATEMENTS: usize = 150;
/// Records that go, in one merge statement.
const LOSERS: usize = 2;
/// Records that one script brings back.
const BACK: usize = 1_000;
/// Characters of a value that stands in a script as its digest: it is compared, and nothing more.
const LONG: usize = 100;

/// Scripts of one kind, and what was too large for any.
#[derive(Debug, Default)]
pub(super) struct Scripts {
    pub(super) texts: Vec<String>,
    pub(super) too_large: usize,
}

/// Scripts that merge, in the order of the merges.
pub(super) fn merges(all: &[Merging]) -> Scripts {
    let entry = |merge: &Merging| {
        let set: BTreeMap<&str, &str> =
            merge.changes.iter().map(|(field, change)| (field.as_str(), change.new.as_str())).collect();
        let seen: BTreeMap<&str, Value> = merge.seen.iter().map(|(id, seen)| (id.as_str(), compared(seen))).collect();
        json!({ "survivor": merge.survivor, "losers": merge.losers, "set": set, "seen": seen })
    };
    // A merge of more than two is several statements; where one is refused, the rest of its records is left alone.
    packed(all, MERGE, entry, |merge| merge.losers.len().div_ceil(LOSERS))
}

/// What a record has to hold: by field one value, or several of which one will do.
fn compared(seen: &Seen) -> Value {
    let one = |value: &String| {
        if value.chars().count() <= LONG {
            return json!(value);
        }
        json!({ "sha256": hex(&Sha256::digest(value.replace("\r\n", "\n"))) })
    };
    let several = |values: &Vec<String>| match values.as_slice() {
        [] => None,
        [value] => Some(one(value)),
        values => Some(values.iter().map(one).collect()),
    };
    seen.iter().filter_map(|(field, values)| Some((field.clone(), several(values)?))).collect()
}

/// Scripts that bring back what was deleted.
pub(super) fn undeletes(deletes: &BTreeMap<Object, BTreeMap<String, Seen>>) -> Vec<String> {
    let mut texts = Vec::new();
    for (object, records) in deletes {
        let ids: Vec<String> = records.keys().map(|id| literal(&json!(id))).collect();
        texts.extend(ids.chunks(BACK).map(|ids| script(*object, &ids.join(","), UNDELETE)));
    }
    texts
}

/// Scripts that bring back what was merged away, and the survivors' own values.
pub(super) fn undo(all: &[Merging]) -> Scripts {
    let entry = |merge: &Merging| {
        let back: BTreeMap<&str, [&str; 2]> = merge
            .changes
            .iter()
            .map(|(field, change)| (field.as_str(), [change.new.as_str(), change.old.as_str()]))
            .collect();
        json!({ "survivor": merge.survivor, "losers": merge.losers, "back": back })
    };
    // Every survivor may be updated, and all records of a script come back in one statement more.
    packed(all, UNDO, entry, |_| 1)
}

fn packed(
    all: &[Merging],
    code: &str,
    entry: impl Fn(&Merging) -> Value,
    statements: impl Fn(&Merging) -> usize,
) -> Scripts {
    let mut scripts = Scripts::default();
    let mut part: Option<(Object, String, usize)> = None;
    let mut close = |part: Option<(Object, String, usize)>| {
        if let Some((object, data, _)) = part {
            scripts.texts.push(script(object, &data, code));
        }
    };
    let mut too_large = 0;
    for merge in all {
        let data = literal(&entry(merge));
        let needs = statements(merge);
        let overhead = script(merge.object, "", code).len();
        if overhead + data.len() > SCRIPT || needs >= STATEMENTS {
            too_large += 1;
            continue;
        }
        let fits = part.as_ref().is_some_and(|(object, held, used)| {
            *object == merge.object && overhead + held.len() + data.len() < SCRIPT && used + needs < STATEMENTS
        });
        if !fits {
            close(part.take());
        }
        match &mut part {
            Some((_, held, used)) => {
                let _ = write!(held, ",{data}");
                *used += needs;
            }
            None => part = Some((merge.object, data, needs)),
        }
    }
    close(part);
    scripts.too_large = too_large;
    scripts
}

fn script(object: Object, data: &str, code: &str) -> String {
    format!(
        "final String objectName = '{}';\nfinal List<Object> groups = (List<Object>) JSON.deserializeUntyped('[{data}]');\n{SHARED}{code}",
        object.name()
    )
}

/// JSON as it stands in an Apex string: ASCII only, and neither a quote nor a backslash that ends it.
fn literal(value: &Value) -> String {
    let mut out = String::new();
    for c in value.to_string().chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\'' => out.push_str("\\'"),
            ' '..='~' => out.push(c),
            // What JSON escapes, so that it is the JSON reader that decodes it.
            other => {
                let mut units = [0; 2];
                for unit in other.encode_utf16(&mut units) {
                    let _ = write!(out, "\\\\u{unit:04X}");
                }
            }
        }
    }
    out
}

/// What both kinds need: fields, the comparison with what the export said, values of the field's own type.
const SHARED: &str = r"final Map<String, Schema.SObjectField> fieldMap =
    Schema.getGlobalDescribe().get(objectName).getDescribe().fields.getMap();
DisplayType typeOf(String name) {
    return fieldMap.get(name).getDescribe().getType();
}
Object typed(String name, String value) {
    if (String.isEmpty(value)) { return null; }
    DisplayType kind = typeOf(name);
    if (kind == DisplayType.BOOLEAN) { return value == '1' || value.toLowerCase() == 'true'; }
    if (kind == DisplayType.INTEGER) { return Integer.valueOf(value); }
    if (kind == DisplayType.DOUBLE || kind == DisplayType.CURRENCY || kind == DisplayType.PERCENT) {
        return Decimal.valueOf(value);
    }
    // Reports write dates as the user's own settings have them.
    if (kind == DisplayType.DATE) {
        try { return Date.valueOf(value); } catch (Exception other) { return Date.parse(value); }
    }
    if (kind == DisplayType.DATETIME) {
        try {
            return (Datetime) JSON.deserialize(JSON.serialize(value), Datetime.class);
        } catch (Exception other) { return Datetime.parse(value); }
    }
    return value;
}
Boolean same(String name, SObject record, String seen) {
    Object held = record.get(name);
    if (held == null) { return String.isEmpty(seen); }
    try {
        if (typeOf(name) == DisplayType.BOOLEAN && String.isEmpty(seen)) { return held == false; }
        if (typeOf(name) == DisplayType.REFERENCE) { return (Id) held == (Id) seen; }
        // Reports write money with its currency and thousands apart.
        Boolean isNumber = held instanceof Integer || held instanceof Decimal || held instanceof Double;
        if (isNumber && !seen.containsOnly('0123456789.eE+-')) { seen = seen.replaceAll('[^0-9.-]', ''); }
        Object wanted = typed(name, seen);
        if (wanted instanceof String) {
            return ((String) wanted).replace('\r\n', '\n').equals(String.valueOf(held).replace('\r\n', '\n'));
        }
        return held == wanted;
    } catch (Exception unreadable) {
        return false;
    }
}
// One value, several of which one will do, or the digest of a long one. What Salesforce computes is no edit.
Boolean holds(String name, SObject record, Object seen) {
    if (fieldMap.get(name).getDescribe().isCalculated()) { return true; }
    if (seen instanceof List<Object>) {
        for (Object one : (List<Object>) seen) {
            if (holds(name, record, one)) { return true; }
        }
        return false;
    }
    if (seen instanceof Map<String, Object>) {
        String held = String.valueOf(record.get(name));
        if (held == null) { return false; }
        Blob digest = Crypto.generateDigest('SHA-256', Blob.valueOf(held.replace('\r\n', '\n')));
        return EncodingUtil.convertToHex(digest) == (String) ((Map<String, Object>) seen).get('sha256');
    }
    return same(name, record, (String) seen);
}
void say(String what, String id, String why) {
    System.debug(LoggingLevel.ERROR, 'LEADLINT ' + JSON.serialize(new List<String>{ what, id, why }));
}
Set<Id> ids = new Set<Id>();
Set<String> names = new Set<String>{ 'Id', 'IsDeleted', 'MasterRecordId' };
";

const MERGE: &str = r"for (Object one : groups) {
    Map<String, Object> seen = (Map<String, Object>) ((Map<String, Object>) one).get('seen');
    for (String id : seen.keySet()) {
        ids.add((Id) id);
        names.addAll(((Map<String, Object>) seen.get(id)).keySet());
    }
}
Database.query('SELECT Id FROM ' + objectName + ' WHERE Id IN :ids FOR UPDATE');
Map<Id, SObject> now = new Map<Id, SObject>(Database.query(
    'SELECT ' + String.join(new List<String>(names), ', ') + ' FROM ' + objectName + ' WHERE Id IN :ids ALL ROWS'));
for (Object one : groups) {
    Map<String, Object> entry = (Map<String, Object>) one;
    Id survivor = (Id) (String) entry.get('survivor');
    Map<String, Object> seen = (Map<String, Object>) entry.get('seen');
    List<Id> losers = new List<Id>();
    String why = null;
    for (Object loser : (List<Object>) entry.get('losers')) {
        SObject record = now.get((Id) (String) loser);
        if (record != null && record.get('IsDeleted') == true && record.get('MasterRecordId') == survivor) { continue; }
        losers.add((Id) (String) loser);
    }
    if (losers.isEmpty()) { say('done', survivor, 'merged before'); continue; }
    List<Id> involved = new List<Id>(losers);
    involved.add(survivor);
    Boolean begun = losers.size() < ((List<Object>) entry.get('losers')).size();
    Map<String, Object> values = (Map<String, Object>) entry.get('set');
    for (Id id : involved) {
        SObject record = now.get(id);
        if (record == null || record.get('IsDeleted') == true) { why = id + ' is gone'; break; }
        Map<String, Object> fields = (Map<String, Object>) seen.get((String) id);
        for (String name : fields.keySet()) {
            if (begun && id == survivor && values.containsKey(name)) { continue; }
            if (!holds(name, record, fields.get(name))) { why = name + ' of ' + id + ' has changed'; break; }
        }
        if (why != null) { break; }
    }
    if (why != null) { say('skipped', survivor, why); continue; }
    SObject kept = Schema.getGlobalDescribe().get(objectName).newSObject(survivor);
    try {
        for (String name : values.keySet()) {
            // A merge that is taken up again may find what somebody wrote meanwhile.
            Object expected = ((Map<String, Object>) seen.get((String) survivor)).get(name);
            if (begun && expected != null && !holds(name, now.get(survivor), expected)) {
                if (!same(name, now.get(survivor), (String) values.get(name))) {
                    say('kept', survivor, name + ' has changed since the merge began');
                }
                continue;
            }
            kept.put(name, typed(name, (String) values.get(name)));
        }
        while (!losers.isEmpty()) {
            List<Id> some = new List<Id>{ losers.remove(0) };
            if (!losers.isEmpty()) { some.add(losers.remove(0)); }
            for (Database.MergeResult result : Database.merge(kept, some, false)) {
                if (!result.isSuccess()) { throw new DmlException(result.getErrors()[0].getMessage()); }
            }
        }
        say('merged', survivor, '');
    } catch (Exception refused) {
        say('failed', survivor, refused.getMessage());
    }
}
";

const UNDO: &str = r"for (Object one : groups) {
    Map<String, Object> entry = (Map<String, Object>) one;
    ids.add((Id) (String) entry.get('survivor'));
    for (Object loser : (List<Object>) entry.get('losers')) { ids.add((Id) (String) loser); }
    names.addAll(((Map<String, Object>) entry.get('back')).keySet());
}
Map<Id, SObject> now = new Map<Id, SObject>(Database.query(
    'SELECT ' + String.join(new List<String>(names), ', ') + ' FROM ' + objectName + ' WHERE Id IN :ids ALL ROWS'));
List<Id> gone = new List<Id>();
List<SObject> survivors = new List<SObject>();
for (Object one : groups) {
    Map<String, Object> entry = (Map<String, Object>) one;
    Id survivor = (Id) (String) entry.get('survivor');
    SObject record = now.get(survivor);
    if (record == null || record.get('IsDeleted') == true) { say('skipped', survivor, 'it is gone'); continue; }
    for (Object loser : (List<Object>) entry.get('losers')) {
        SObject lost = now.get((Id) (String) loser);
        if (lost == null) { say('failed', (String) loser, 'it is no longer in the recycle bin'); continue; }
        if (lost.get('IsDeleted') == true && lost.get('MasterRecordId') == survivor) { gone.add(lost.Id); }
    }
    SObject kept = Schema.getGlobalDescribe().get(objectName).newSObject(survivor);
    Map<String, Object> back = (Map<String, Object>) entry.get('back');
    Boolean put = false;
    for (String name : back.keySet()) {
        List<Object> values = (List<Object>) back.get(name);
        if (same(name, record, (String) values[1])) { continue; }
        if (same(name, record, (String) values[0])) {
            kept.put(name, typed(name, (String) values[1]));
            put = true;
        } else {
            say('kept', survivor, name + ' has changed since');
        }
    }
    // A record without a change would wake flows for nothing.
    if (put) { survivors.add(kept); }
    say('done', survivor, '');
}
Integer at = 0;
for (Database.UndeleteResult result : Database.undelete(gone, false)) {
    say(result.isSuccess() ? 'back' : 'failed', gone[at], result.isSuccess() ? '' : result.getErrors()[0].getMessage());
    at++;
}
at = 0;
for (Database.SaveResult result : Database.update(survivors, false)) {
    if (!result.isSuccess()) { say('failed', survivors[at].Id, result.getErrors()[0].getMessage()); }
    at++;
}
";

const UNDELETE: &str = r"for (Object one : groups) { ids.add((Id) (String) one); }
Map<Id, SObject> now = new Map<Id, SObject>(Database.query(
    'SELECT Id, IsDeleted FROM ' + objectName + ' WHERE Id IN :ids ALL ROWS'));
List<Id> gone = new List<Id>();
for (Id one : ids) {
    SObject record = now.get(one);
    if (record == null) {
        say('failed', one, 'it is no longer in the recycle bin');
    } else if (record.get('IsDeleted') == true) {
        gone.add(one);
    } else {
        say('done', one, '');
    }
}
Integer at = 0;
for (Database.UndeleteResult result : Database.undelete(gone, false)) {
    say(result.isSuccess() ? 'back' : 'failed', gone[at], result.isSuccess() ? '' : result.getErrors()[0].getMessage());
    at++;
}
";
