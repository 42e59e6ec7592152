//! A portal to test against: it speaks HubSpot's documented contract, and fails on request.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use serde_json::{Value, json};

pub(super) const TOKEN: &str = "pat-na1-00000000-secret";

/// Properties of a record.
pub(super) type Properties = BTreeMap<String, String>;

/// How a write goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    /// 429, with the seconds to wait.
    Limit(u32),
    /// 503, nothing done.
    Error,
    /// 500, though it was done.
    ErrorAfter,
    /// The connection breaks, nothing done.
    Drop,
    /// The connection breaks, though it was done.
    DropAfter,
    /// No answer comes, nothing done.
    Hang,
    /// No answer comes, though it was done.
    HangAfter,
}

/// The fault of each write, by its number and path.
type Faults = Box<dyn FnMut(usize, &str) -> Fault + Send>;

/// A write that arrived.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) path: String,
    pub(super) body: Value,
    pub(super) status: u16,
    pub(super) at: Instant,
}

/// What the portal holds.
pub(super) struct World {
    records: BTreeMap<(String, String), Properties>,
    aliases: BTreeMap<(String, String), String>,
    next: u64,
    pub(super) properties: Vec<Value>,
    pub(super) owners: Vec<Value>,
    /// Writes, those that failed too.
    pub(super) writes: Vec<Call>,
    pub(super) reads: usize,
    /// Merges that were carried out.
    pub(super) merged: Vec<(String, String)>,
    /// Ids that no merge may take.
    pub(super) refuse: BTreeSet<String>,
    /// What the contract forbids and was asked all the same.
    pub(super) violations: Vec<String>,
    fault: Faults,
}

/// A portal that listens on this machine.
pub(super) struct Portal {
    world: Arc<Mutex<World>>,
    pub(super) address: String,
    /// Tells when a write hangs.
    pub(super) hanging: Receiver<()>,
}

fn property(name: &str, label: &str, kind: &str, shown: &str, options: &[(&str, &str)]) -> Value {
    let options: Vec<Value> =
        options.iter().map(|(value, label)| json!({ "value": value, "label": label, "hidden": false })).collect();
    let read_only = shown == "calculation";
    json!({ "name": name, "label": label, "type": kind, "fieldType": shown, "options": options,
            "calculated": read_only, "modificationMetadata": { "readOnlyValue": read_only } })
}

fn properties() -> Vec<Value> {
    let text = |name, label| property(name, label, "string", "text", &[]);
    vec![
        text("firstname", "First Name"),
        text("lastname", "Last Name"),
        text("email", "Email"),
        text("phone", "Phone Number"),
        text("city", "City"),
        text("company", "Company Name"),
        text("name", "Company name"),
        text("domain", "Company Domain Name"),
        text("jobtitle", "Job Title"),
        text("country", "Country/Region"),
        text("salesforcecontactid", "Salesforce Contact ID"),
        property("hs_email_optout", "Unsubscribed from all email", "bool", "calculation", &[]),
        property("amount", "Amount", "number", "number", &[]),
        property(
            "lifecyclestage",
            "Lifecycle Stage",
            "enumeration",
            "radio",
            &[("lead", "Lead"), ("marketingqualifiedlead", "Marketing Qualified Lead"), ("customer", "Customer")],
        ),
        property("optin", "Newsletter Opt In", "bool", "booleancheckbox", &[("true", "Yes"), ("false", "No")]),
        property("interests", "Interests", "enumeration", "checkbox", &[("a", "Apples"), ("b", "Pears")]),
        property("hubspot_owner_id", "Contact owner", "enumeration", "select", &[]),
        property("createdate", "Create Date", "datetime", "date", &[]),
        property("hs_object_id", "Record ID", "number", "calculation", &[]),
        property("hs_merged_object_ids", "Merged Record IDs", "string", "calculation", &[]),
    ]
}

impl World {
    /// The id under which a record goes now.
    pub(super) fn now_at(&self, kind: &str, id: &str) -> String {
        let mut id = id.to_owned();
        while let Some(next) = self.aliases.get(&(kind.to_owned(), id.clone())) {
            id.clone_from(next);
        }
        id
    }

    pub(super) fn put(&mut self, kind: &str, id: &str, properties: &[(&str, &str)]) {
        let properties = properties.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.records.insert((kind.to_owned(), id.to_owned()), properties);
    }

    pub(super) fn set(&mut self, kind: &str, id: &str, name: &str, value: &str) {
        let id = self.now_at(kind, id);
        self.records.get_mut(&(kind.to_owned(), id)).unwrap().insert(name.to_owned(), value.to_owned());
    }

    /// A property of a record, wherever it went; blank where there is none.
    pub(super) fn get(&self, kind: &str, id: &str, name: &str) -> String {
        let id = self.now_at(kind, id);
        let record = self.records.get(&(kind.to_owned(), id.clone())).unwrap_or_else(|| panic!("{kind} {id} is gone"));
        record.get(name).cloned().unwrap_or_default()
    }

    pub(super) fn holds(&self, kind: &str, id: &str) -> bool {
        self.records.contains_key(&(kind.to_owned(), id.to_owned()))
    }

    /// Every record, blank properties aside.
    pub(super) fn dump(&self) -> BTreeMap<(String, String), Properties> {
        let filled =
            |of: &Properties| of.iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| (k.clone(), v.clone())).collect();
        self.records.iter().map(|(key, of)| (key.clone(), filled(of))).collect()
    }

    pub(super) fn fault(&mut self, fault: impl FnMut(usize, &str) -> Fault + Send + 'static) {
        self.fault = Box::new(fault);
    }

    fn read(&mut self, kind: &str, body: &Value) -> (u16, Value) {
        self.reads += 1;
        let inputs = body["inputs"].as_array().unwrap();
        if inputs.len() > 100 {
            self.violations.push(format!("{} records in one read", inputs.len()));
        }
        let (mut results, mut missing) = (BTreeMap::new(), Vec::new());
        for input in inputs {
            let id = self.now_at(kind, input["id"].as_str().unwrap());
            match self.records.get(&(kind.to_owned(), id.clone())) {
                Some(record) => {
                    let asked = body["properties"].as_array().unwrap();
                    let of: serde_json::Map<String, Value> = asked
                        .iter()
                        .map(|name| name.as_str().unwrap())
                        .map(|name| (name.to_owned(), record.get(name).map_or(Value::Null, |value| json!(value))))
                        .collect();
                    results.insert(id.clone(), json!({ "id": id, "properties": of, "archived": false }));
                }
                None => missing.push(id),
            }
        }
        // The order of an answer is not that of the question.
        let results: Vec<Value> = results.into_values().rev().collect();
        if missing.is_empty() {
            return (200, json!({ "status": "COMPLETE", "results": results }));
        }
        let errors = json!([{ "status": "error", "category": "OBJECT_NOT_FOUND", "context": { "ids": missing } }]);
        (207, json!({ "status": "COMPLETE", "results": results, "numErrors": 1, "errors": errors }))
    }

    /// Why a value is refused.
    fn wrong(&self, name: &str, value: &str) -> Option<String> {
        let Some(found) = self.properties.iter().find(|one| one["name"] == name) else {
            return Some(format!("Property \"{name}\" does not exist"));
        };
        if found["modificationMetadata"]["readOnlyValue"] == true {
            return Some(format!("{name} is a read only property"));
        }
        let options = found["options"].as_array().unwrap();
        let is_option = |part: &str| options.iter().any(|option| option["value"] == part);
        let listed = value.is_empty() || options.is_empty() || value.split(';').all(is_option);
        let number = value.is_empty() || found["type"] != "number" || value.parse::<f64>().is_ok();
        let refused = !listed || !number || value == "REFUSED";
        refused.then(|| format!("{value} was not one of the allowed options for {name}"))
    }

    fn update(&mut self, kind: &str, body: &Value) -> (u16, Value) {
        let inputs = body["inputs"].as_array().unwrap().clone();
        let ids: BTreeSet<&str> = inputs.iter().map(|input| input["id"].as_str().unwrap()).collect();
        if inputs.len() > 100 || ids.len() < inputs.len() {
            self.violations.push(format!("{} inputs with {} ids in one update", inputs.len(), ids.len()));
            return (400, json!({ "message": "too many, or twice the same" }));
        }
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        for input in &inputs {
            for (name, value) in input["properties"].as_object().unwrap() {
                if let Some(message) = self.wrong(name, &text(value)) {
                    return (400, json!({ "status": "error", "category": "VALIDATION_ERROR", "message": message }));
                }
            }
        }
        let (mut results, mut missing) = (Vec::new(), Vec::new());
        for input in &inputs {
            let id = self.now_at(kind, input["id"].as_str().unwrap());
            let Some(record) = self.records.get_mut(&(kind.to_owned(), id.clone())) else {
                missing.push(id);
                continue;
            };
            for (name, value) in input["properties"].as_object().unwrap() {
                record.insert(name.clone(), text(value));
            }
            results.push(json!({ "id": id, "properties": record.clone() }));
        }
        if missing.is_empty() {
            return (200, json!({ "status": "COMPLETE", "results": results }));
        }
        let errors = json!([{ "message": "not found", "context": { "ids": missing } }]);
        (207, json!({ "results": results, "numErrors": 1, "errors": errors }))
    }

    fn merge(&mut self, kind: &str, body: &Value) -> (u16, Value) {
        let of = |key: &str| body[key].as_str().unwrap().to_owned();
        let (primary, other) = (of("primaryObjectId"), of("objectIdToMerge"));
        let key = |id: &String| (kind.to_owned(), id.clone());
        if self.refuse.contains(&primary) || self.refuse.contains(&other) {
            return (400, json!({ "status": "error", "message": "these records can't be merged" }));
        }
        if !self.records.contains_key(&key(&primary)) || !self.records.contains_key(&key(&other)) || primary == other {
            self.violations.push(format!("merge of {other} into {primary}: not both are current records"));
            return (400, json!({ "status": "error", "message": "record is merged already" }));
        }
        let mut record = self.records.remove(&key(&primary)).unwrap();
        let lost = self.records.remove(&key(&other)).unwrap();
        let ids = |id: &str, of: &Properties| {
            let older = of.get("hs_merged_object_ids").cloned().unwrap_or_default();
            if older.is_empty() { id.to_owned() } else { format!("{older};{id}") }
        };
        let all = format!("{};{}", ids(&primary, &record), ids(&other, &lost));
        if all.split(';').count() > 250 {
            self.violations.push("more than 250 merged".to_owned());
        }
        for (name, value) in lost {
            let held = record.entry(name).or_default();
            if held.is_empty() {
                *held = value;
            }
        }
        record.insert("hs_merged_object_ids".to_owned(), all);
        self.next += 1;
        let id = self.next.to_string();
        for old in [&primary, &other] {
            self.aliases.insert(key(old), id.clone());
        }
        self.records.insert(key(&id), record.clone());
        self.merged.push((primary, other));
        (200, json!({ "id": id, "properties": record, "archived": false }))
    }

    fn archive(&mut self, kind: &str, body: &Value) -> (u16, Value) {
        for input in body["inputs"].as_array().unwrap() {
            let id = self.now_at(kind, input["id"].as_str().unwrap());
            self.records.remove(&(kind.to_owned(), id));
        }
        (204, Value::Null)
    }

    fn answer(&mut self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let parts: Vec<&str> = path.trim_start_matches('/').split(['/', '?']).collect();
        match (method, parts.as_slice()) {
            ("GET", ["crm", "v3", "properties", _]) => (200, json!({ "results": self.properties })),
            ("GET", ["crm", "v3", "owners", ..]) => {
                let archived = path.contains("archived=true");
                let found: Vec<&Value> = self.owners.iter().filter(|one| one["archived"] == archived).collect();
                (200, json!({ "results": found }))
            }
            ("POST", ["crm", "v3", "objects", kind, "batch", "read"]) => self.read(kind, body),
            ("POST", ["crm", "v3", "objects", kind, "batch", "update"]) => self.update(kind, body),
            ("POST", ["crm", "v3", "objects", kind, "batch", "archive"]) => self.archive(kind, body),
            ("POST", ["crm", "v3", "objects", kind, "merge"]) => self.merge(kind, body),
            _ => {
                self.violations.push(format!("{method} {path}"));
                (404, json!({ "message": "no such address" }))
            }
        }
    }
}

impl Portal {
    pub(super) fn new() -> Self {
        let world = World {
            records: BTreeMap::new(),
            aliases: BTreeMap::new(),
            next: 900_000,
            properties: properties(),
            owners: vec![
                json!({ "id": "71", "email": "ana@acme.example", "firstName": "Ana", "lastName": "Moss", "archived": false }),
                json!({ "id": "72", "email": "bo@acme.example", "firstName": "Bo", "lastName": "Lind", "archived": false }),
                json!({ "id": "73", "email": "cy@acme.example", "firstName": "Cy", "lastName": "Dahl", "archived": true }),
            ],
            writes: Vec::new(),
            reads: 0,
            merged: Vec::new(),
            refuse: BTreeSet::new(),
            violations: Vec::new(),
            fault: Box::new(|_, _| Fault::None),
        };
        let world = Arc::new(Mutex::new(world));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (hangs, hanging) = channel();
        let served = Arc::clone(&world);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (world, hangs) = (Arc::clone(&served), hangs.clone());
                std::thread::spawn(move || serve(&stream, &world, &hangs));
            }
        });
        Self { world, address, hanging }
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }
}

/// Answers one request.
fn serve(mut stream: &TcpStream, world: &Mutex<World>, hangs: &Sender<()>) {
    let mut reader = BufReader::new(stream);
    let (mut first, mut length, mut known) = (String::new(), 0, false);
    if reader.read_line(&mut first).unwrap_or(0) == 0 {
        return;
    }
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        match name.to_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "authorization" => known = value == format!("Bearer {TOKEN}"),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
    let is_write = method == "POST" && !path.ends_with("/batch/read");
    let mut held = world.lock().unwrap();
    let fault = if is_write {
        let number = held.writes.len();
        (held.fault)(number, &path)
    } else {
        Fault::None
    };
    let (mut status, mut answer, mut header) = (401, json!({ "message": "no" }), String::new());
    let acts = !matches!(fault, Fault::Limit(_) | Fault::Error | Fault::Drop | Fault::Hang);
    if known && acts {
        (status, answer) = held.answer(&method, &path, &body);
    }
    match fault {
        Fault::Limit(seconds) => {
            (status, answer) = (429, json!({ "category": "RATE_LIMITS" }));
            header = format!("Retry-After: {seconds}\r\n");
        }
        Fault::Error => (status, answer) = (503, json!({})),
        Fault::ErrorAfter => (status, answer) = (500, json!({})),
        Fault::Drop | Fault::DropAfter | Fault::Hang | Fault::HangAfter => status = 0,
        Fault::None => {}
    }
    if is_write {
        held.writes.push(Call { path, body, status, at: Instant::now() });
    }
    drop(held);
    if matches!(fault, Fault::Hang | Fault::HangAfter) {
        hangs.send(()).unwrap();
        // Until the other side is gone.
        let _ = reader.read_to_end(&mut Vec::new());
        return;
    }
    if status == 0 {
        return;
    }
    let text = if answer.is_null() { String::new() } else { answer.to_string() };
    let preface = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{header}Content-Length: {}\r\nConnection: close\r\n\r\n",
        text.len()
    );
    // A client that was killed reads no answer.
    let _ = stream.write_all((preface + &text).as_bytes());
}
