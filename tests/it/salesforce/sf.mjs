// A stand-in for the `sf` command over an organisation in a JSON file: { Object: { id: { Field: value } } }.
// Ids are looked up by their first fifteen characters. `ORG_DOWN_AFTER` = number of calls after which it fails. In the file:
// `invalid`, ids whose rows are refused; `refuse`, survivors whose merges are; `cut`, lines of a log that are lost; `bin`, ids
// that the recycle bin no longer has.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

const path = process.env.ORG_FILE;
const org = JSON.parse(readFileSync(path, "utf8"));
const args = process.argv.slice(2);
const flag = (name) => args[args.indexOf(`--${name}`) + 1];
const key = (id) => id.slice(0, 15);
const find = (object, id) => Object.entries(org[object] ?? {}).find(([own]) => key(own) === key(id))?.[1];
// What nobody can update: the reference of objects says so.
const fixed = { CampaignMember: ["LeadId", "ContactId"] };
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
} else if (args.slice(0, 2).join(" ") === "data query") {
  if (flag("query") !== "SELECT Id FROM Organization" || !args.includes("--json")) fail(`no query: ${flag("query")}`);
  console.log(JSON.stringify({ status: 0, result: { records: [{ Id: org.id ?? "00D5e0000000001EAA" }], done: true } }));
} else if (command === "data update bulk" || command === "data delete bulk") {
  const deletes = args[1] === "delete", object = flag("sobject");
  if (flag("line-ending") !== "LF") fail("the line ending is to be given");
  if (deletes ? args.includes("--column-delimiter") : flag("column-delimiter") !== "COMMA") fail("columns are not as they have to be");
  const [header, ...all] = rows(readFileSync(flag("file"), "utf8"));
  if (header[0] !== "Id" || deletes && header.length !== 1) fail("the first column is Id, and of a deletion the only one");
  if (all.length === 0) fail("no rows");
  const failures = [];
  for (const row of all) {
    const record = find(object, row[0]);
    const refuse = (why) => failures.push([row[0], why]);
    if (!record || record.IsDeleted) refuse("ENTITY_IS_DELETED:entity is deleted:--");
    else if ((org.invalid ?? []).includes(row[0])) refuse("FIELD_CUSTOM_VALIDATION_EXCEPTION:not like that:--");
    else if (header.some((name) => fixed[object]?.includes(name))) refuse("INVALID_FIELD_FOR_INSERT_UPDATE:not updateable:--");
    else if (deletes) record.IsDeleted = true;
    else {
      header.forEach((name, at) => {
        if (at > 0 && row[at] !== "") record[name] = row[at] === "#N/A" ? "" : row[at];
      });
    }
  }
  org.loads = [...(org.loads ?? []), all.length];
  const jobId = `7505e000000${String(org.calls).padStart(4, "0")}AAA`;
  if (failures.length > 0) {
    org.jobs = { ...org.jobs, [jobId]: failures };
    const json = args.includes("--json");
    const done = { jobId, processedRecords: all.length, failedRecords: failures.length };
    const actions = [`Get the job results by running: "sf data bulk results -o me@example.com --job-id ${jobId}".`];
    const message = `Job finished being processed but failed to ${args[1]} ${failures.length} records.`;
    // A deletion with --json says its failures and ends well; everything else ends with 1.
    if (json && deletes) console.log(JSON.stringify({ status: 0, result: done }));
    else {
      if (json) console.log(JSON.stringify({ name: "FailedRecordDetailsError", message, exitCode: 1, status: 1, actions }));
      else console.error(message);
      process.exitCode = 1;
    }
  } else console.log(JSON.stringify({ status: 0, result: { jobId, processedRecords: all.length, failedRecords: 0 } }));
} else if (command === "data bulk results") {
  const job = flag("job-id"), line = (cells) => cells.map((cell) => `"${cell}"`).join(",") + "\n";
  writeFileSync(`${job}-success-records.csv`, line(["sf__Id", "sf__Created", "Id"]));
  const failures = org.jobs[job].map(([id, why]) => line([id, why, id]));
  writeFileSync(`${job}-failed-records.csv`, line(["sf__Id", "sf__Error", "Id"]) + failures.join(""));
} else if (args.slice(0, 2).join(" ") === "apex run") {
  // What the script would do, by its data: the code itself is parsed elsewhere.
  const script = readFileSync(flag("file"), "utf8");
  const object = /objectName = '(\w+)'/.exec(script)[1];
  const literal = /deserializeUntyped\('((?:[^'\\]|\\.)*)'\)/.exec(script)[1];
  const groups = JSON.parse(literal.replace(/\\(.)/g, "$1"));
  // The log begins with the script itself; a line of it has its level before the words.
  const log = ["66.0 APEX_CODE,DEBUG;APEX_PROFILING,INFO", ...script.split("\n").map((line) => `Execute Anonymous: ${line}`)];
  const said = [];
  const say = (...words) => said.push(`12:00:00.0 (${1000 + said.length})|USER_DEBUG|[42]|ERROR|LEADLINT ${JSON.stringify(words)}`);
  const plain = (value) => String(value ?? "").replaceAll("\r\n", "\n");
  const truth = (value) => ({ 1: "true", true: "true", 0: "false", false: "false" })[value.toLowerCase()] ?? value;
  const same = (held, seen) =>
    truth(plain(held)) === truth(plain(seen)) || /^[A-Za-z0-9]{15}$/.test(held) && /^[A-Za-z0-9]{18}$/.test(seen) && key(held) === key(seen);
  const holds = (held, seen) => Array.isArray(seen) ? seen.some((one) => holds(held, one))
    : typeof seen === "object" ? createHash("sha256").update(plain(held)).digest("hex") === seen.sha256
    : same(held, seen);
  const inBin = (id) => !(org.bin ?? []).includes(id);
  const restore = (id, record) => {
    delete record.IsDeleted;
    delete record.MasterRecordId;
    say("back", id, "");
  };
  for (const group of groups) {
    if (typeof group === "string") {
      const record = find(object, group);
      if (!inBin(group)) say("failed", group, "it is no longer in the recycle bin");
      else if (record.IsDeleted) restore(group, record);
      else say("done", group, "");
      continue;
    }
    const survivor = find(object, group.survivor);
    const all = group.losers.map((id) => [id, find(object, id)]);
    if (group.back) {
      for (const [id, loser] of all) {
        if (!inBin(id)) say("failed", id, "it is no longer in the recycle bin");
        else if (loser.IsDeleted && loser.MasterRecordId === group.survivor) restore(id, loser);
      }
      for (const [name, [next, old]] of Object.entries(group.back)) {
        if (same(survivor[name], old)) continue;
        if (same(survivor[name], next)) {
          survivor[name] = old;
          org.woken = [...(org.woken ?? []), group.survivor];
        } else say("kept", group.survivor, `${name} has changed since`);
      }
      say("done", group.survivor, "");
      continue;
    }
    const losers = all.filter(([, loser]) => loser?.MasterRecordId !== group.survivor);
    if (losers.length === 0) { say("done", group.survivor, "merged before"); continue; }
    const begun = losers.length < all.length;
    let why;
    for (const [id, record] of [...losers, [group.survivor, survivor]]) {
      if (!record || record.IsDeleted) why ??= `${id} is gone`;
      for (const [name, seen] of Object.entries(group.seen[id])) {
        if (begun && id === group.survivor && name in group.set) continue;
        if (!holds(record?.[name], seen)) why ??= `${name} of ${id} has changed`;
      }
    }
    if (why) { say("skipped", group.survivor, why); continue; }
    if ((org.refuse ?? []).includes(group.survivor)) { say("failed", group.survivor, "UNABLE_TO_LOCK_ROW"); continue; }
    for (const [name, next] of Object.entries(group.set)) {
      const seen = group.seen[group.survivor][name];
      if (!begun || seen === undefined || holds(survivor[name], seen)) survivor[name] = next;
      else if (!same(survivor[name], next)) say("kept", group.survivor, `${name} has changed since the merge began`);
    }
    for (const [id, loser] of losers) {
      loser.IsDeleted = true;
      loser.MasterRecordId = group.survivor;
      for (const [child, lookup] of [["Task", "WhoId"], ["CampaignMember", "LeadId"]]) {
        for (const held of Object.values(org[child] ?? {})) if (key(held[lookup]) === key(id)) held[lookup] = group.survivor;
      }
    }
    org.merged = [...(org.merged ?? []), group.survivor];
    say("merged", group.survivor, "");
  }
  log.push(...said.slice(org.cut ?? 0));
  console.log(JSON.stringify({ status: 0, result: { success: true, compiled: true, logs: log.join("\n") } }));
} else fail(`unknown: ${args.join(" ")}`);
save();
