// Lighthouse on pages behind a real sign-in, as on a desktop: node measure.mjs ORIGIN EMAIL PASSWORD [PATH ...]
// Ends with 1 where a category scores below the floor.
import { existsSync } from "node:fs";

import lighthouse, { desktopConfig } from "lighthouse";
import puppeteer from "puppeteer-core";

const FLOOR = 0.95;
// What only a person who is signed in sees asks search engines to stay away.
const CATEGORIES = ["performance", "accessibility", "best-practices"];
const CHROMIUM = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

const TRIES = 3;

/** Chromium loses parts of a trace now and then: a category without a score was not measured, which says nothing of the page. */
async function measured(address, page, tries = TRIES) {
  // The tab's own storage holds the session, so it must not be reset.
  const flags = { disableStorageReset: true, logLevel: "error", onlyCategories: CATEGORIES };
  const { lhr } = await lighthouse(address, flags, desktopConfig, page);
  if (tries === 1 || Object.values(lhr.categories).every(({ score }) => score !== null)) return lhr;
  const failed = Object.values(lhr.audits).filter(({ errorMessage }) => errorMessage);
  console.log(`  again: ${failed.map(({ id, errorMessage }) => `${id}: ${errorMessage}`).join("; ")}`);
  return measured(address, page, tries - 1);
}

const [origin, email, password, ...paths] = process.argv.slice(2);
const browser = await puppeteer.launch({
  executablePath: CHROMIUM.find((path) => path && existsSync(path)),
  // As root, Chromium starts without its sandbox only.
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
try {
  const page = await browser.newPage();
  await page.goto(origin, { waitUntil: "networkidle0" });
  await page.type("[name=username]", email);
  await page.type("[name=password]", password);
  await Promise.all([page.waitForNavigation(), page.click("button")]);
  await page.waitForSelector("header");
  for (const path of paths.length > 0 ? paths : ["/", "/alerts"]) {
    const lhr = await measured(`${origin}${path}`, page);
    console.log(path, lhr.finalDisplayedUrl);
    for (const { title, score, auditRefs } of Object.values(lhr.categories)) {
      console.log(`  ${score?.toFixed(2) ?? "----"}  ${title}`);
      if (score === null || score < FLOOR) process.exitCode = 1;
      for (const { id, weight } of auditRefs) {
        const audit = lhr.audits[id];
        if (weight > 0 && audit.score !== null && audit.score < 0.9)
          console.log(`        ${audit.score.toFixed(2)}  ${audit.title} ${audit.displayValue ?? ""}`);
      }
    }
  }
} finally {
  await browser.close();
}
