// Compares what Salesforce holds now with what the export said, and lets through what is unchanged.
//
//   node guard.mjs ready PHASE OBJECT PLANNED.csv OUT.csv NOW.csv...   rows that may be loaded
//   node guard.mjs back PHASE OBJECT UNDO.csv OUT.csv NOW.csv...       rows that may be taken back
//   node guard.mjs verify PHASE OBJECT NOW.csv...                      what is not as planned
//   node guard.mjs children LOOKUP OUT.csv SAVED.csv NOW.csv...        children that go back to who had them
//   node guard.mjs ids SAVED.csv                                       ids as a query has them, 800 a line
//   node guard.mjs receipt RECEIPT.json                                what a script said
//
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

function expected(phase, object) {
  const all = JSON.parse(readFileSync(join(here, "expected.json"), "utf8"));
  return new Map(Object.entries(all.updates[phase]?.[object] ?? {}).map(([id, fields]) => [key(id), fields]));
}

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

function main([task, ...given]) {
  switch (task) {
    case "ready": {
      const [phase, object, planned, out, ...now] = given;
      return filter("old", "new", phase, object, planned, out, now) > 0 ? 0 : 3;
    }
    case "back": {
      const [phase, object, undo, out, ...now] = given;
      return filter("new", "old", phase, object, undo, out, now) > 0 ? 0 : 3;
    }
    case "verify": {
      const [phase, object, ...now] = given;
      const held = records(now);
      let wrong = 0;
      const all = expected(phase, object);
      for (const [id, fields] of all) {
        const found = state(fields, held.get(id));
        if (found === "new") continue;
        wrong++;
        console.log(`not as planned: ${object} ${id}: ${found === "old" ? "it is as exported" : found}`);
      }
      console.log(`${object}, ${phase}: ${all.size - wrong} of ${all.size} as planned`);
      return wrong === 0 ? 0 : 1;
    }
    case "children": {
      const [lookup, out, saved, ...current] = given;
      const merged = new Map(
        Object.entries(JSON.parse(readFileSync(join(here, "expected.json"), "utf8")).merged)
          .map(([loser, survivor]) => [key(loser), key(survivor)]));
      const now = records(current), rows = [];
      for (const [id, child] of records([saved])) {
        const owner = child.get(lookup.toLowerCase()) ?? "";
        const held = now.get(id)?.get(lookup.toLowerCase()) ?? "";
        if (key(held) === merged.get(key(owner))) rows.push([child.get("id"), owner]);
        else if (key(held) !== key(owner)) console.log(`skipped child ${id}: it has been moved since`);
      }
      write(out, ["Id", lookup], rows);
      console.log(`${rows.length} children go back`);
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
      const receipt = JSON.parse(readFileSync(given[0], "utf8"));
      const result = receipt.result ?? receipt;
      const lines = String(result.logs ?? "").split("\n").map((line) => line.split("|DEBUG|").pop());
      let bad = result.success === true ? 0 : 1;
      if (bad) console.log(`not run: ${result.compileProblem || result.exceptionMessage || receipt.message || "no result"}`);
      for (const line of lines.filter((line) => line.startsWith("LEADLINT "))) {
        const [what, id, why] = JSON.parse(line.slice(9).replaceAll("&quot;", '"'));
        console.log(`${what} ${id}${why ? `: ${why}` : ""}`);
        if (what === "failed") bad++;
      }
      return bad === 0 ? 0 : 1;
    }
    default:
      console.error("guard.mjs ready|back|verify|children|receipt …");
      return 2;
  }
}

process.exitCode = main(process.argv.slice(2));
