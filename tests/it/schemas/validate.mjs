// Holds JSON files to a schema: node validate.mjs SCHEMA FILE... Says what is wrong, and ends with 1.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.LEADLINT_NPM, "package.json"));
const Ajv = require("ajv").default;
const formats = require("ajv-formats").default;
const [schema, ...files] = process.argv.slice(2);
// A pattern of the schema has a stray bracket, which only the older kind of regular expressions takes.
const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false });
formats(ajv);
const holds = ajv.compile(JSON.parse(readFileSync(schema, "utf8")));
for (const file of files) {
  if (!holds(JSON.parse(readFileSync(file, "utf8")))) {
    console.log(file, JSON.stringify(holds.errors.slice(0, 5), null, 1));
    process.exitCode = 1;
  }
}
