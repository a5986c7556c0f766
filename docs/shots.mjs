// Screenshots of the site into build/shots/: desktop, phone, dark. `node docs/shots.mjs [name…]` takes some only.
// Captures of a terminal, build/terminal/NAME.ansi with the command in the first line, become terminal-NAME.png beside them.
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { launch, ROOT, serve } from "./browser.mjs";
import { terminalPage } from "./terminal.mjs";

const OUT = join(ROOT, "build", "shots");
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const SHOTS = [
  { name: "home", path: "", view: DESKTOP },
  { name: "home-dark", path: "", view: DESKTOP, dark: true },
  { name: "home-phone", path: "", view: PHONE },
  { name: "guides", path: "guides/", view: DESKTOP },
  { name: "overview", path: "api/coinbase_pro/", view: DESKTOP },
  { name: "operation", path: "api/coinbase_pro/orders/#orders-place", view: DESKTOP },
  { name: "operation-parameters", path: "api/onefox/order/#order-create-parameters", view: DESKTOP },
  { name: "operation-dark", path: "api/onefox/order/", view: DESKTOP, dark: true },
  { name: "operation-phone", path: "api/freqtrade/trades/#forcesell", view: PHONE },
  { name: "rows", path: "api/coinbase_pro/products/#products-historic_rates-answer", view: DESKTOP },
  { name: "errors", path: "api/coinbase_pro/errors/", view: DESKTOP },
  { name: "schemas", path: "api/freqtrade/schemas/#OpenTrade", view: DESKTOP },
  { name: "schemas-dark-phone", path: "api/onefox/schemas/#Direction", view: PHONE, dark: true },
  { name: "python", path: "python/coinbase_pro_sdk/orders/", view: DESKTOP },
  { name: "python-models", path: "python/onefox_sdk/models/", view: DESKTOP, dark: true },
  { name: "search", path: "", view: DESKTOP, search: "stop_loss" },
  { name: "interactive", path: "interactive/coinbase_pro.html", view: DESKTOP, wait: 2000 },
];

// What the README and the guides may show.
const KEPT = ["home", "operation", "operation-dark", "operation-phone", "terminal-book", "terminal-status"];

const wanted = process.argv.slice(2);
mkdirSync(OUT, { recursive: true });
mkdirSync(join(ROOT, "docs", "images"), { recursive: true });
const site = await serve();
const browser = await launch();
for (const shot of SHOTS.filter(({ name }) => !wanted.length || wanted.includes(name))) {
  const page = await browser.newPage({ viewport: shot.view, colorScheme: shot.dark ? "dark" : "light", deviceScaleFactor: 1.25 });
  await page.goto(site.url + shot.path, { waitUntil: "load" });
  if (shot.search) {
    await page.keyboard.press("Control+k");
    await page.keyboard.type(shot.search);
    await page.waitForTimeout(1500);
  }
  await page.waitForTimeout(shot.wait ?? 400);
  await page.screenshot({ path: join(OUT, `${shot.name}.png`) });
  await page.close();
}
const terminal = join(ROOT, "build", "terminal");
const captures = existsSync(terminal) ? readdirSync(terminal).filter((file) => file.endsWith(".ansi")) : [];
for (const file of captures) {
  const name = file.replace(/\.ansi$/, "");
  if (wanted.length && !wanted.includes(name)) continue;
  const page = await browser.newPage({ viewport: { width: 1600, height: 900 }, deviceScaleFactor: 1.25 });
  // The first line is the command, which is the title as well.
  const text = readFileSync(join(terminal, file), "utf-8").trimEnd();
  await page.setContent(terminalPage(text, text.split("\n")[0].replace(/^\$ /, "")));
  await page.locator("figure").screenshot({ path: join(OUT, `terminal-${name}.png`), omitBackground: true });
  await page.close();
}
await browser.close();
site.close();
for (const name of KEPT.filter((kept) => existsSync(join(OUT, `${kept}.png`)))) {
  copyFileSync(join(OUT, `${name}.png`), join(ROOT, "docs", "images", `${name}.png`));
}
console.log(readdirSync(OUT).length, "screenshots in build/shots/");
