// Compares what Salesforce holds now with what the export said, and lets through what is unchanged.
//
//   node guard.mjs organisation <QUERY.json                            the id of the organisation
//   node guard.mjs ready PHASE OBJECT PLANNED.csv OUT.csv NOW.csv...   rows that may be loaded
//   node guard.mjs back PHASE OBJECT UNDO.csv OUT.csv NOW.csv...       rows that may be taken back
//   node guard.mjs delete OBJECT OUT.csv NOW.csv...                    records that may be deleted
//   node guard.mjs merges OBJECT NOW.csv...                            merges that would be left alone; the scripts decide
//   node guard.mjs due COMPLETE                                        whether the quarantine is over
//   node guard.mjs verify OBJECT yes|no NOW.csv...                     what is not as planned; whether deletion has begun
//   node guard.mjs children LOOKUP OUT.csv SAVED.csv NOW.csv... -- RECORDS.csv...   children that go back to who had them
//   node guard.mjs ids SAVED.csv                                       ids as a query has them, 800 a line
//   node guard.mjs receipt SCRIPT.apex RECEIPT.json                    what a script said
//   node guard.mjs loaded SAID.json CODE                               the job of a load that failed in some rows
//   node guard.mjs failures OBJECT FAILED.csv...                       rows that failed, by id
//
// Exit code 3: nothing to load, or something was left alone; 4: rows failed.
// Cells are data here: nothing of them is run.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

function parse(text) {
  const rows = [];
  let row = [], cell = "", quoted = false, begun = false;
  for (let at = text.charCodeAt(0) === 0xfeff ? 1 : 0; at < text.length; at++) {
    const c = text[at];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[at + 1] === '"') { cell += c; at++; }
      else quoted = false;
    } else if (c === '"') { quoted = true; begun = true; }
    else if (c === ",") { row.push(cell); cell = ""; begun = true; }
    else if (c === "\n" || c === "\r") {
      if (c === "\r" && text[at + 1] === "\n") at++;
      if (begun || cell !== "") { row.push(cell); rows.push(row); }
      row = []; cell = ""; begun = false;
    } else cell += c;
  }
  if (begun || cell !== "") { row.push(cell); rows.push(row); }
  return rows;
}

function quote(cell) {
  return /[",\r\n]/.test(cell) || cell.trim() !== cell ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function table(path) {
  const [header = [], ...rows] = existsSync(path) ? parse(readFileSync(path, "utf8")) : [];
  return { header, rows };
}

// Ids are told apart by their first fifteen characters, whichever length they have.
const key = (id) => id.slice(0, 15);

// The last three characters of a long id say which of the others are capitals.
function long(id) {
  const bits = (part) => [...part].reduce((sum, c, at) => sum + (c >= "A" && c <= "Z" ? 1 << at : 0), 0);
  const last = [0, 5, 10].map((at) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[bits(id.slice(at, at + 5))]);
  return id + last.join("");
}

const isShort = (text) => /^[A-Za-z0-9]{15}$/.test(text);

function records(paths) {
  const found = new Map();
  for (const path of paths) {
    const { header, rows } = table(path);
    const names = header.map((name) => name.toLowerCase());
    const id = names.indexOf("id");
    if (id < 0 && rows.length > 0) throw new Error(`${path} has no column Id`);
    for (const row of rows) found.set(key(row[id]), new Map(names.map((name, at) => [name, row[at] ?? ""])));
  }
  return found;
}

const booleans = new Map([["1", "true"], ["true", "true"], ["0", "false"], ["false", "false"]]);
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;
const number = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

function same(a, b) {
  const plain = (text) => text.replaceAll("\r\n", "\n");
  if (plain(a) === plain(b)) return true;
  if (isShort(a) && long(a) === b || isShort(b) && long(b) === a) return true;
  const [one, other] = [booleans.get(a.toLowerCase()), booleans.get(b.toLowerCase())];
  if (one !== undefined && one === other) return true;
  if (instant.test(a) && instant.test(b)) {
    const time = (text) => Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
    return time(a) === time(b);
  }
  // Digits that a leading zero or plus makes a code, and long ones, are no numbers.
  const counts = (text) => number.test(text) && !/^-?0\d/.test(text) && text.length < 16;
  return /[.eE]/.test(a + b) && counts(a) && counts(b) && Number(a) === Number(b);
}

let plan;
const planned = () => (plan ??= JSON.parse(readFileSync(join(here, "expected.json"), "utf8")));
const byId = (all) => new Map(Object.entries(all ?? {}).map(([id, held]) => [key(id), held]));
const expected = (phase, object) => byId(planned().updates[phase]?.[object]);

// What is true of a record: `old` as exported, `new` as planned, else why it is neither.
function state(fields, now) {
  if (now === undefined) return "it is gone";
  const all = Object.entries(fields);
  const held = (field) => now.get(field.toLowerCase()) ?? "";
  if (all.every(([field, [, next]]) => same(held(field), next))) return "new";
  const differs = all.find(([field, [old]]) => !same(held(field), old));
  return differs === undefined ? "old" : `${differs[0]} has changed`;
}

function write(path, header, rows) {
  const text = [header, ...rows].map((row) => row.map(quote).join(",")).join("\n") + "\n";
  writeFileSync(path, text, { mode: 0o600 });
}

function filter(wanted, done, phase, object, planned, out, now) {
  const want = expected(phase, object), held = records(now), { header, rows } = table(planned);
  const through = [];
  let settled = 0;
  for (const row of rows) {
    const found = state(want.get(key(row[0])) ?? {}, held.get(key(row[0])));
    if (found === wanted) through.push(row);
    else if (found === done) settled++;
    else console.log(`skipped ${object} ${row[0]}: ${found === "old" || found === "new" ? "it is as exported" : found}`);
  }
  write(out, header, through);
  const skipped = rows.length - through.length - settled;
  console.log(`${object}, ${phase}: ${through.length} to load, ${settled} done before, ${skipped} skipped`);
  return through.length;
}

// What has changed of a record that is to be deleted; no values at all are a field that is not compared.
function edited(seen, now) {
  const held = (field) => now.get(field.toLowerCase()) ?? "";
  return Object.entries(seen)
    .find(([field, values]) => values.length > 0 && !values.some((value) => same(held(field), value)))?.[0];
}

// The records that a script is about: those that its groups are named by.
function groups(script) {
  const literal = /deserializeUntyped\('((?:[^'\\]|\\.)*)'\)/.exec(readFileSync(script, "utf8"))[1];
  return JSON.parse(literal.replace(/\\(.)/g, "$1")).map((group) => key(group.survivor ?? group));
}

// What a script said: a line of the log has a time, the place in the script and the level before it. Whatever else a log
// holds, the script's own text among it, does not begin so.
function words(log) {
  const said = [];
  for (const line of log.split(/\r?\n/)) {
    const found = /^\d\d:\d\d:\d\d\.\d+ \(\d+\)\|USER_DEBUG\|\[\d+\]\|\w+\|LEADLINT (.*)$/.exec(line);
    if (!found) continue;
    try {
      said.push(JSON.parse(found[1].replaceAll("&quot;", '"')));
    } catch {
      // A line that was cut off says nothing, and its group counts as not heard of.
    }
  }
  return said;
}

function main([task, ...given]) {
  switch (task) {
    case "organisation": {
      const id = JSON.parse(readFileSync(0, "utf8")).result?.records?.[0]?.Id ?? "";
      if (!/^00D[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?$/.test(id)) return 1;
      console.log(id);
      return 0;
    }
    case "loaded": {
      const [path, code] = given;
      const said = readFileSync(path, "utf8");
      const count = Number(/"failedRecords":\s*(\d+)/.exec(said)?.[1] ?? 0);
      if (code === "0" && count === 0) return 0;
      const job = /\b750[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?\b/.exec(said)?.[0];
      if (job && (count > 0 || said.includes("FailedRecordDetails"))) {
        console.log(job);
        return 4;
      }
      console.error(said.slice(0, 2000));
      return 1;
    }
    case "failures": {
      const [object, ...paths] = given;
      for (const path of paths) {
        const { header, rows } = table(path);
        const at = (name) => header.findIndex((own) => own.toLowerCase() === name);
        const named = (row) => row[at("id")] || row[at("sf__id")] || "a row without an id";
        for (const row of rows) console.log(`failed ${object} ${named(row)}: ${row[at("sf__error")] ?? ""}`);
      }
      return 0;
    }
    case "delete": {
      const [object, out, ...now] = given;
      const held = records(now), through = [];
      let gone = 0, skipped = 0;
      for (const [id, seen] of Object.entries(planned().deletes[object] ?? {})) {
        const record = held.get(key(id));
        const field = record && edited(seen, record);
        if (record === undefined) gone++;
        else if (field === undefined) through.push([id]);
        else {
          skipped++;
          console.log(`skipped ${object} ${id}: ${field} has changed`);
        }
      }
      write(out, ["Id"], through);
      console.log(`${object}, delete: ${through.length} to delete, ${gone} gone before, ${skipped} skipped`);
      return through.length > 0 ? 0 : 3;
    }
    case "merges": {
      const [object, ...now] = given;
      const held = records(now), losers = planned().losers[object] ?? {}, consent = expected("consent", object);
      let todo = 0, done = 0, skipped = 0;
      for (const [survivor, members] of Object.entries(planned().members[object] ?? {})) {
        // Consent is written first, and is not yet.
        const beforehand = (id, seen) => Object.fromEntries(Object.entries(seen).map(([field, values]) =>
          [field, [...values, ...(consent.get(key(id))?.[field] ?? [])]]));
        const all = Object.entries(members).map(([id, seen]) => [id, held.get(key(id)), seen]);
        const left = all.filter(([id, record]) => id in losers && record !== undefined);
        if (left.length === 0 && held.has(key(survivor))) { done++; continue; }
        const begun = left.length + 1 < all.length;
        const why = held.has(key(survivor)) ? undefined : `${survivor} is gone`;
        const changed = all.map(([id, record, seen]) => {
          const field = record && !(begun && id === survivor) && edited(beforehand(id, seen), record);
          return field && `${field} of ${id} has changed`;
        });
        const said = why ?? changed.find((one) => one);
        if (said === undefined) todo++;
        else {
          skipped++;
          console.log(`skipped ${survivor}: ${said}`);
        }
      }
      if (todo + done + skipped > 0) console.log(`${object}, merges: ${todo} to do, ${done} done before, ${skipped} skipped`);
      return 0;
    }
    case "due": {
      const begun = Date.parse(readFileSync(given[0], "utf8").trim());
      const due = begun + planned().quarantine_days * 24 * 3600 * 1000;
      if (Date.now() >= due) return 0;
      const when = Number.isNaN(due) ? "nobody knows when" : new Date(due).toISOString();
      console.error(`the quarantine of ${planned().quarantine_days} days ends ${when}; nothing is deleted before`);
      return 1;
    }
    case "ready": {
      const [phase, object, planned, out, ...now] = given;
      return filter("old", "new", phase, object, planned, out, now) > 0 ? 0 : 3;
    }
    case "back": {
      const [phase, object, undo, out, ...now] = given;
      return filter("new", "old", phase, object, undo, out, now) > 0 ? 0 : 3;
    }
    case "verify": {
      const [object, begun, ...now] = given;
      const held = records(now);
      let wrong = 0;
      const compare = (what, all, judge) => {
        let bad = 0;
        for (const [id, fields] of all) {
          const why = judge(id, fields);
          if (why === undefined) continue;
          bad++;
          console.log(`not as planned: ${object} ${id}: ${why}`);
        }
        wrong += bad;
        if (all.size > 0) console.log(`${object}, ${what}: ${all.size - bad} of ${all.size} as planned`);
      };
      const values = (id, fields) => {
        const found = state(fields, held.get(id));
        return found === "new" ? undefined : found === "old" ? "it is as exported" : found;
      };
      const losers = byId(planned().losers[object]);
      const stays = (all) => new Map([...all].filter(([id]) => !losers.has(id)));
      compare("consent", stays(expected("consent", object)), values);
      compare("merges", losers, (id, survivor) => (held.has(id) ? `it is not merged into ${survivor}` : undefined));
      compare("survivors", byId(planned().survivors[object]), values);
      compare("values", stays(expected("values", object)), values);
      const deletes = byId(planned().deletes[object]);
      if (begun === "yes") {
        compare("delete", deletes, (id) => (held.has(id) ? "it is still there" : undefined));
      } else if (deletes.size > 0) {
        console.log(`${object}, delete: ${deletes.size} wait for the end of the quarantine`);
      }
      return wrong === 0 ? 0 : 1;
    }
    case "children": {
      const [lookup, out, saved, ...rest] = given;
      const end = rest.indexOf("--");
      const now = records(rest.slice(0, end)), there = records(rest.slice(end + 1)), rows = [];
      const merged = new Map(Object.values(planned().losers)
        .flatMap((all) => Object.entries(all)).map(([loser, survivor]) => [key(loser), key(survivor)]));
      let left = 0;
      for (const [id, child] of records([saved])) {
        const owner = child.get(lookup.toLowerCase()) ?? "";
        const held = now.get(id)?.get(lookup.toLowerCase()) ?? "";
        if (key(held) === key(owner)) continue;
        if (key(held) === merged.get(key(owner)) && there.has(key(owner))) rows.push([child.get("id"), owner]);
        else {
          left++;
          const why = there.has(key(owner)) ? "it has been moved since" : `${owner} has not come back`;
          console.log(`skipped child ${id}: ${why}`);
        }
      }
      write(out, ["Id", lookup], rows);
      console.log(`${rows.length} children go back, ${left} skipped`);
      return rows.length > 0 ? 0 : 3;
    }
    case "ids": {
      const ids = [...records(given).values()].map((row) => row.get("id")).filter((id) => /^[A-Za-z0-9]{15,18}$/.test(id));
      for (let at = 0; at < ids.length; at += 800) {
        console.log(ids.slice(at, at + 800).map((id) => `'${id}'`).join(","));
      }
      return 0;
    }
    case "receipt": {
      const [script, path] = given;
      let receipt;
      try {
        receipt = JSON.parse(readFileSync(path, "utf8"));
      } catch {
        receipt = {};
      }
      const result = receipt.result ?? receipt;
      let bad = 0, left = 0;
      if (result.success !== true) {
        bad++;
        console.log(`not run: ${result.compileProblem || result.exceptionMessage || receipt.message || "no result"}`);
      }
      const heard = new Set();
      for (const [what, id, why] of words(String(result.logs ?? ""))) {
        console.log(`${what} ${id}${why ? `: ${why}` : ""}`);
        heard.add(key(String(id)));
        if (what === "failed") bad++;
        if (what === "skipped") left++;
      }
      // A log is cut off where it is too long: who is not named may not have been reached.
      for (const id of groups(script).filter((id) => !heard.has(id))) {
        bad++;
        console.log(`failed ${id}: the log does not say what became of it`);
      }
      return bad > 0 ? 1 : left > 0 ? 3 : 0;
    }
    default:
      console.error("guard.mjs TASK …; its first lines name them");
      return 2;
  }
}

process.exitCode = main(process.argv.slice(2));
