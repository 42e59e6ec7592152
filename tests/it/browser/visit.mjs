// Opens a report in Chromium as a reader would, and prints what was seen as JSON: node visit.mjs PACKAGES REPORT
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [packages, report] = process.argv.slice(2);
const { chromium } = createRequire(`${packages}/`)("playwright-core");
const address = pathToFileURL(report).href;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
});
const seen = { requests: [], complaints: [], violations: [] };

async function open(options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on("request", (request) => seen.requests.push(request.url()));
  page.on("console", (message) => seen.complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => seen.complaints.push(`error: ${error.message}`));
  if (options.javaScriptEnabled !== false) {
    await page.exposeFunction("complain", (what) => seen.violations.push(what));
    await page.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => complain(`${event.violatedDirective} ${event.blockedURI}`));
    });
  }
  await page.goto(address);
  return page;
}

const visible = (page, selector) => page.locator(`${selector}:visible`).count();
const state = async (page) => ({
  said: await page.locator("form.filter output").textContent(),
  findings: await visible(page, ".finding"),
  rows: await visible(page, ".evidence tbody tr"),
  sources: await page.locator(".finding:visible").evaluateAll((all) => [...new Set(all.map((one) => one.dataset.source))]),
  severities: await page
    .locator(".finding:visible")
    .evaluateAll((all) => [...new Set(all.map((one) => one.dataset.severity))]),
});

// By keyboard alone: Tab to each control of the filter, type, choose, reset.
const page = await open({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
const tabTo = async (name) => {
  for (let presses = 0; presses < 200; presses += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((name) => document.activeElement?.name === name || document.activeElement?.type === name, name))
      return;
  }
  throw new Error(`Tab never reaches ${name}`);
};
await page.keyboard.press("Tab");
seen.first = await page.evaluate(() => document.activeElement.textContent);
seen.all = await state(page);
await tabTo("text");
await page.keyboard.type("ana@northpeak.example");
seen.typed = await state(page);
await page.keyboard.press("Control+A");
await page.keyboard.type("no cell says this");
seen.nothing = await state(page);
await page.keyboard.press("Control+A");
await page.keyboard.press("Delete");
await tabTo("severity");
await page.keyboard.type("error");
seen.errors = await state(page);
await tabTo("reset");
await page.keyboard.press("Enter");
await page.waitForFunction(() => document.querySelector("form.filter output").value.split(" of ")[0] !== "");
await page.waitForTimeout(50);
seen.reset = await state(page);

// What cells hold is text.
seen.hit = await page.evaluate(() => typeof window.hit);
seen.foreign = await page.locator("img, iframe, object, embed, script:not(body > script), [onerror], [onclick]").count();
seen.text = await page.locator("main").textContent();
seen.charts = await page.locator(".chart svg[role=img] > title").count();
seen.live = await page.locator("form.filter output").getAttribute("aria-live");

const colours = (page) =>
  page.evaluate(() => ({
    paper: getComputedStyle(document.body).backgroundColor,
    ink: getComputedStyle(document.body).color,
    label: getComputedStyle(document.querySelector(".chart svg text")).fill,
  }));
seen.light = await colours(page);
seen.pdf = (await page.pdf({ format: "A4" })).subarray(0, 5).toString();
const dark = await open({ viewport: { width: 390, height: 800 }, colorScheme: "dark" });
seen.dark = await colours(dark);
seen.overflow = await dark.evaluate(() => document.documentElement.scrollWidth - innerWidth);

const plain = await open({ javaScriptEnabled: false });
seen.unscripted = { findings: await visible(plain, ".finding"), form: await visible(plain, "form.filter") };

await browser.close();
seen.requests = [...new Set(seen.requests)];
seen.address = address;
console.log(JSON.stringify(seen));
