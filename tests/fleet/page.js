// SPDX-License-Identifier: GPL-2.0-or-later
// page.js PAGE MODULES [PICTURES]: the report of 2,000 hosts in headless Chromium. Prints what it
// measured; ends with 1 and the reasons where something is not as it should be.
"use strict";
const [page, modules, pictures] = process.argv.slice(2);
const { chromium } = require(modules + "/playwright-core");
const { pace, words } = require("./pace.js");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const DRAWN_MAX = 1000, FRAME_MAX = 100; // ms
const WAIT_MAX = 120000; // ms for anything that is waited for: a busy machine is slow, not wrong
const wrong = [];
const expect = (what, good) => { if (!good) wrong.push(what); };

const type = (tab, id, value) => tab.evaluate(([id, value]) => {
  const e = document.getElementById(id);
  e.value = value;
  e.dispatchEvent(new Event(e.tagName === "SELECT" ? "change" : "input"));
}, [id, value]);
const names = tab => tab.$$eval("#body [role=rowheader]", cells => cells.map(c => c.textContent));
const ordered = tab => tab.$$eval("#body .row", rows => rows.every((r, i) => i === 0 || parseInt(r.style.top) > parseInt(rows[i - 1].style.top)));
const number = (tab, word) => tab.$$eval("#sums li", (l, word) => Number(l.find(e => e.textContent.endsWith(word)).querySelector("b").textContent), word);

// How many hosts are clear, counted from the data: each of the nine faults has an answer, and a good one.
const known = () => JSON.parse(document.getElementById("data").textContent).hosts.filter(h => h.secep &&
  [5, 6, 7, 8, 9, 11, 16, 18, 19].every(id => h.secep.faults.some(f => f.id === id && ["ok", "not-applicable", "not-asked"].includes(f.verdict)))).length;

async function axe(context, act) {
  const tab = await context.newPage();
  await tab.goto("file://" + page);
  if (act) await act(tab);
  await tab.addScriptTag({ path: modules + "/axe-core/axe.min.js" });
  return (await tab.evaluate(() => axe.run())).violations.map(v => v.id);
}

async function behave(tab) {
  expect("clear are those of which all is known, and no other", await number(tab, "clear") === await tab.evaluate(known));
  const next = await tab.$$eval("#next .todo", l => l.map(e => e.textContent));
  expect("kernels that break at the next boot", next.length === 49 && next.includes("host0053: 6.18.0-1-amd64 (16 kernel-compat)"));
  await type(tab, "search", "host0001");
  expect("one host is found", (await names(tab)).join() === "host0001");
  await type(tab, "search", "");
  await type(tab, "fault", "11"); await type(tab, "verdict", "fault");
  const some = await tab.$$eval("#body .row", rows => rows.map(r => r.children[6].className));
  expect("only hosts with fault 11", some.length > 5 && some.every(c => c === "v-fault"));
  await type(tab, "fault", ""); await type(tab, "verdict", "");
  await tab.locator("#head button").first().click();
  expect("sorted the other way", (await names(tab))[0] === "host1999");
  await tab.locator("#head button").first().click();
  await tab.evaluate(() => { document.getElementById("grid").scrollTop = 20000; });
  await tab.waitForFunction(() => document.querySelector("#body .row").style.top !== "0px");
  await tab.evaluate(() => { document.getElementById("grid").scrollTop = 19800; });
  await tab.waitForFunction(() => parseInt(document.querySelector("#body .row").style.top) <= 19800);
  expect("rows are in their order", await ordered(tab));
  await tab.evaluate(() => { document.getElementById("grid").scrollTop = 0; });
  await tab.focus("#search");
  for (let i = 0; i < 30; i++) { await tab.keyboard.press("Tab"); if (await tab.evaluate(() => document.activeElement.closest("#body") !== null)) break; }
  await tab.keyboard.press("Enter");
  expect("the keyboard alone opens a host", await tab.waitForFunction(() => document.getElementById("one").open).catch(() => false));
  await tab.keyboard.press("Escape");
  await type(tab, "language", "pt");
  expect("Portuguese", (await tab.title()) === "Conector Secure Endpoint: a frota" && await tab.evaluate(() => document.documentElement.lang === "pt-BR"));
  await type(tab, "language", "en");
}

async function look(browser, colorScheme) {
  const options = { viewport: { width: 1366, height: 900 }, colorScheme, locale: "en-US" };
  const context = await browser.newContext(options);
  context.setDefaultTimeout(WAIT_MAX);
  const speed = await pace(context, page, DRAWN_MAX, FRAME_MAX);
  console.log(colorScheme + ": " + words(speed));
  expect("drawn in a second", speed.drawnWell);
  expect("no frame over 100 ms", speed.framesWell);
  const tab = await context.newPage();
  tab.on("console", m => wrong.push("console: " + m.text()));
  tab.on("pageerror", e => wrong.push("page: " + e));
  tab.on("request", r => { if (!r.url().startsWith("file:")) wrong.push("asked for " + r.url()); });
  await tab.goto("file://" + page);
  expect("nothing of a host is markup", await tab.evaluate(() => !document.querySelector("main img, main b") && document.title !== "taken"));
  if (pictures) {
    await type(tab, "search", "host"); // the hostile one is not for show
    await tab.screenshot({ path: `${pictures}/fleet-${colorScheme}.png` });
    await type(tab, "search", "");
  }
  await behave(tab);
  const free = await browser.newContext({ ...options, bypassCSP: true });
  free.setDefaultTimeout(WAIT_MAX);
  const plain = await axe(free);
  expect("axe-core: " + plain, plain.length === 0);
  const opened = await axe(free, t => t.locator("#body button").first().click());
  expect("axe-core with a host open: " + opened, opened.length === 0);
}

(async () => {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
  try {
    for (const scheme of ["light", "dark"]) await look(browser, scheme);
  } finally {
    await browser.close();
  }
  for (const w of wrong) console.log("WRONG " + w);
  process.exitCode = wrong.length ? 1 : 0;
})();
