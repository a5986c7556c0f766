// Walks the built site in a browser: `make docs test-docs`.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, ROOT, serve } from "./browser.mjs";

const AXE = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf-8");
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };

let site;
let browser;
before(async () => {
  site = await serve();
  browser = await launch();
});
after(async () => {
  await browser.close();
  site.close();
});

function pages(folder = "") {
  return readdirSync(join(ROOT, "site", folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.isDirectory()) return pages(path);
    return entry.name.endsWith(".html") ? [path] : [];
  });
}
// The page for missing pages cannot know where it is served, so its links are absolute.
const PAGES = pages().filter((path) => path !== "404.html");
const PLAIN = PAGES.filter((path) => !path.startsWith("interactive/"));

async function open(path, options = {}) {
  const context = await browser.newContext({ viewport: DESKTOP, ...options });
  const page = await context.newPage();
  page.troubles = [];
  page.on("console", (message) => message.type() === "error" && page.troubles.push(message.text()));
  page.on("pageerror", (error) => page.troubles.push(error.message));
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith("http") && hostname !== "127.0.0.1") page.troubles.push(`asks ${request.url()}`);
  });
  await page.goto(site.url + path, { waitUntil: "load" });
  return page;
}

test("no page complains, asks another host, links to nothing, or is wider than a phone", async () => {
  assert.ok(PAGES.length > 60);
  const page = await open("");
  const anchors = new Map();
  const links = new Map();
  const troubles = [];
  for (const path of PAGES) {
    page.troubles.length = 0;
    await page.setViewportSize(path.startsWith("interactive/") ? DESKTOP : PHONE);
    const answer = await page.goto(site.url + path, { waitUntil: "load" });
    assert.equal(answer.status(), 200);
    await page.waitForLoadState("networkidle");
    troubles.push(...page.troubles.map((trouble) => `${path}: ${trouble}`));
    const found = await page.evaluate(() => ({
      ids: [...document.querySelectorAll("[id], a[name]")].flatMap((item) => [item.id, item.name].filter(Boolean)),
      links: [...document.querySelectorAll("a[href]")].map((item) => item.href),
      wider: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      title: document.title,
      headings: document.querySelectorAll("h1").length,
    }));
    if (!found.title.trim()) troubles.push(`${path}: has no title`);
    if (PLAIN.includes(path)) {
      if (found.wider > 0) troubles.push(`${path}: ${found.wider} pixels wider than a phone`);
      if (found.headings !== 1) troubles.push(`${path}: ${found.headings} first headings`);
      for (const link of found.links) links.set(link, path);
    }
    anchors.set(site.url + path.replace(/index\.html$/, ""), new Set(found.ids));
  }
  const statuses = new Map();
  for (const [link, path] of links) {
    const [address, hash] = link.split("#");
    if (!link.startsWith("http")) continue;
    if (!link.startsWith(site.url)) {
      if (link.startsWith("http://127.0.0.1")) troubles.push(`${path}: leaves the site: ${link}`);
      continue;
    }
    const known = anchors.get(address.replace(/index\.html$/, ""));
    if (!known) {
      if (!statuses.has(address)) statuses.set(address, (await fetch(address)).status);
      if (statuses.get(address) !== 200) troubles.push(`${path}: ${link} leads nowhere`);
    } else if (hash && !address.includes("/interactive/") && !known.has(decodeURIComponent(hash))) {
      troubles.push(`${path}: ${link} has no such place`);
    }
  }
  assert.deepEqual(troubles, []);
  await page.context().close();
});

for (const word of ["granularity", "forcesell", "stop_loss"]) {
  test(`search finds ${word} with the keyboard alone`, async () => {
    const page = await open("");
    await page.waitForLoadState("networkidle");
    await page.keyboard.press("Control+k");
    await page.getByPlaceholder("Search").last().waitFor();
    await page.keyboard.type(word);
    await page.getByText(/^[1-9]\d* results?$/).waitFor();
    // It searches while one types: what is listed first is for the first letters.
    let listed;
    do {
      listed = await page.locator("body").innerText();
      await page.waitForTimeout(300);
    } while (listed !== (await page.locator("body").innerText()));
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname.includes("/api/") || url.pathname.includes("/python/") || url.pathname.includes("/guides/"));
    await page.getByText(word).first().waitFor({ state: "attached" });
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  });
}

test("a sample can be copied, and every operation shows one in each language", async () => {
  const page = await open("api/coinbase_pro/orders/", { permissions: ["clipboard-read", "clipboard-write"] });
  await page.waitForLoadState("networkidle");
  const labels = await page.locator(".tabbed-set").first().locator(".tabbed-labels label").allTextContents();
  for (const label of ["Python", "Python, async", "curl"]) assert.ok(labels.some((text) => text.trim() === label), label);
  const block = page.locator(".tabbed-block").first();
  await block.hover();
  await block.locator("button").first().click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^from coinbase_pro_sdk import CoinbasePro\n[\s\S]*client\.orders\.limit\(/);
  assert.equal(copied.trimEnd(), (await block.locator("code").first().textContent()).trimEnd());
  await page.context().close();
});

test("dark mode can be switched, and stays", async () => {
  const page = await open("", { colorScheme: "light" });
  await page.waitForLoadState("networkidle");
  const scheme = () => page.locator("body").getAttribute("data-md-color-scheme");
  assert.equal(await scheme(), "default");
  await page.locator("[title='Switch to dark mode']:visible").first().click();
  assert.equal(await scheme(), "slate");
  await page.goto(`${site.url}api/freqtrade/`);
  assert.equal(await scheme(), "slate");
  await page.context().close();
});

test("the interactive reference shows the operations", async () => {
  const operations = [
    ["coinbase_pro.html#tag/orders", "Place an order"],
    ["freqtrade.html#tag/trades", "Sell an open trade now"],
    ["onefox.html#tag/position", "Merge open positions into one"],
  ];
  for (const [path, text] of operations) {
    const page = await open(`interactive/${path}`);
    await page.getByText(text).first().waitFor({ state: "attached" });
    await page.waitForLoadState("networkidle");
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  }
});

const SAMPLE = ["", "api/coinbase_pro/", "api/coinbase_pro/orders/", "api/onefox/order/", "api/freqtrade/schemas/", "api/onefox/errors/", "guides/", "guides/errors/", "python/onefox_sdk/client/", "python/freqtrade_sdk/models/"];
for (const colorScheme of ["light", "dark"]) {
  test(`nothing stands in the way of anybody, ${colorScheme}`, async () => {
    const found = [];
    for (const path of SAMPLE) {
      const page = await open(path, { colorScheme });
      await page.waitForLoadState("networkidle");
      await page.evaluate(AXE);
      const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
      for (const { id, impact, nodes } of violations) {
        if (impact === "serious" || impact === "critical") found.push(`${path || "home"}: ${id}: ${nodes.length}: ${nodes[0].html.slice(0, 160)} ${nodes[0].failureSummary.slice(0, 200)}`);
      }
      await page.context().close();
    }
    assert.deepEqual(found, []);
  });
}
