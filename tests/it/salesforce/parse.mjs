// parse.mjs FILE...: every script as Apex, by the published parser; exit 1 and the places where one is none.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.LEADLINT_NPM, "package.json"));
const { ApexParserFactory, ApexErrorListener } = require("@apexdevtools/apex-parser");

let wrong = 0;
for (const file of process.argv.slice(2)) {
  class Listener extends ApexErrorListener {
    apexSyntaxError(line, column, message) {
      wrong++;
      console.log(`${file}:${line}:${column} ${message}`);
    }
  }
  const source = readFileSync(file, "utf8");
  const rule = file.endsWith(".soql") ? "query" : "anonymousUnit";
  ApexParserFactory.createLexerAndParser(source, new Listener()).parser[rule]();
}
process.exitCode = wrong === 0 ? 0 : 1;
