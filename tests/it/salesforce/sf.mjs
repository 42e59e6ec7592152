// A stand-in for the `sf` command over an organisation in a JSON file: { Object: { id: { Field: value } } }.
// Ids are looked up by their first fifteen characters. `ORG_DOWN_AFTER` = number of calls after which it fails.
import { readFileSync, writeFileSync } from "node:fs";

const path = process.env.ORG_FILE;
const org = JSON.parse(readFileSync(path, "utf8"));
const args = process.argv.slice(2);
const flag = (name) => args[args.indexOf(`--${name}`) + 1];
const key = (id) => id.slice(0, 15);
const find = (object, id) => Object.entries(org[object] ?? {}).find(([own]) => key(own) === key(id))?.[1];
const fail = (why) => { console.error(why); process.exit(1); };

org.calls = (org.calls ?? 0) + 1;
const save = () => writeFileSync(path, JSON.stringify(org, null, 1));
if (process.env.ORG_DOWN_AFTER && org.calls > Number(process.env.ORG_DOWN_AFTER)) { save(); fail("connection lost"); }

function rows(text) {
  const out = [[""]];
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const c = text[at], row = out[out.length - 1];
    if (quoted) {
      if (c === '"' && text[at + 1] === '"') { row[row.length - 1] += c; at++; }
      else if (c === '"') quoted = false;
      else row[row.length - 1] += c;
    } else if (c === '"') {
      if (row[row.length - 1] !== "") fail("a quote inside a cell");
      quoted = true;
    } else if (c === ",") row.push("");
    else if (c === "\n") out.push([""]);
    else if (c === "\r") fail("a carriage return");
    else row[row.length - 1] += c;
  }
  return out.filter((row) => row.length > 1 || row[0] !== "");
}

const command = args.slice(0, 3).join(" ");
if (command === "data export bulk") {
  const match = /^SELECT ([\w, ]+) FROM (\w+) WHERE (\w+) IN \(('[A-Za-z0-9]+'(?:,'[A-Za-z0-9]+')*)\)\s*$/.exec(flag("query"));
  if (!match) fail(`no query: ${flag("query")}`);
  const [, select, object, field, list] = match;
  const fields = select.split(", ");
  const ids = new Set(list.split(",").map((id) => key(id.slice(1, -1))));
  const quote = (cell) => `"${String(cell ?? "").replaceAll('"', '""')}"`;
  const held = Object.entries(org[object] ?? {})
    .map(([id, record]) => ({ Id: id, ...record }))
    .filter((record) => !record.IsDeleted && ids.has(key(record[field] ?? "")));
  const lines = [fields, ...held.map((record) => fields.map((name) => record[name]))];
  writeFileSync(flag("output-file"), lines.map((line) => line.map(quote).join(",") + "\n").join(""));
} else if (command === "data update bulk") {
  if (flag("line-ending") !== "LF" || flag("column-delimiter") !== "COMMA") fail("line ending and delimiter are to be given");
  const [header, ...all] = rows(readFileSync(flag("file"), "utf8"));
  if (header[0] !== "Id") fail("the first column is Id");
  for (const row of all) {
    const record = find(flag("sobject"), row[0]);
    if (!record || record.IsDeleted) fail(`no such record: ${row[0]}`);
    header.forEach((name, at) => {
      if (at > 0 && row[at] !== "") record[name] = row[at] === "#N/A" ? "" : row[at];
    });
  }
  org.loads = [...(org.loads ?? []), all.length];
} else if (command === "data delete bulk") {
  const [header, ...all] = rows(readFileSync(flag("file"), "utf8"));
  if (header.length !== 1 || header[0] !== "Id" || args.includes("--column-delimiter")) fail("ids only");
  for (const [id] of all) find(flag("sobject"), id).IsDeleted = true;
} else if (args.slice(0, 2).join(" ") === "apex run") {
  // What the script would do, by its data: the code itself is parsed elsewhere.
  const script = readFileSync(flag("file"), "utf8");
  const object = /objectName = '(\w+)'/.exec(script)[1];
  const literal = /deserializeUntyped\('((?:[^'\\]|\\.)*)'\)/.exec(script)[1];
  const groups = JSON.parse(literal.replace(/\\(.)/g, "$1"));
  const log = [];
  const say = (...words) => log.push(`12:00:00.0 (1)|USER_DEBUG|[1]|ERROR|LEADLINT ${JSON.stringify(words)}`.replace("|ERROR|", "|DEBUG|"));
  for (const group of groups) {
    const survivor = find(object, group.survivor);
    const losers = group.losers.map((id) => [id, find(object, id)]);
    if (group.back) {
      for (const [, loser] of losers) { loser.IsDeleted = undefined; loser.MasterRecordId = undefined; }
      for (const [name, [, old]] of Object.entries(group.back)) survivor[name] = old;
      say("back", group.survivor, "");
      continue;
    }
    if (losers.every(([, loser]) => loser.MasterRecordId === group.survivor)) { say("done", group.survivor, "merged before"); continue; }
    const changed = Object.entries(group.seen).some(([id, fields]) =>
      Object.entries(fields).some(([name, seen]) => (find(object, id)?.[name] ?? "") !== seen));
    if (changed) { say("skipped", group.survivor, "a value has changed"); continue; }
    Object.assign(survivor, group.set);
    for (const [id, loser] of losers) {
      loser.IsDeleted = true;
      loser.MasterRecordId = group.survivor;
      for (const child of Object.values(org.Task ?? {})) if (key(child.WhoId) === key(id)) child.WhoId = group.survivor;
    }
    org.merged = [...(org.merged ?? []), group.survivor];
    say("merged", group.survivor, "");
  }
  console.log(JSON.stringify({ status: 0, result: { success: true, logs: log.join("\n") } }));
} else fail(`unknown: ${args.join(" ")}`);
save();
