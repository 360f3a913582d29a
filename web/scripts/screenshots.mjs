// Looks at every page: WEB_URL=… EMAIL=… PASSWORD=… npm run screenshots -- FOLDER [light,dark] [390,1440] [names]
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openBrowser } from "./browser.mjs";
import { PLACES } from "./places.mjs";

const [folder = "screenshots", themes = "light,dark", widths = "390,1440", names = ""] = process.argv.slice(2);
const web = process.env.WEB_URL ?? "http://127.0.0.1:3000";
const locale = process.env.LOCALE ?? "en";
const wanted = PLACES.filter((place) => !names || names.split(",").includes(place.name));
const SETTLE_MS = 2_500;

mkdirSync(folder, { recursive: true });
const browser = await openBrowser({ colorScheme: "light" });
await browser.addCookies([{ name: "candlewick-locale", value: locale, url: web }]);
const page = await browser.newPage();
page.on("console", (message) => message.type() === "error" && console.log("console:", message.text()));
page.on("pageerror", (error) => console.log("page:", error.message));
await page.setViewportSize({ width: 1440, height: 900 });
await page.goto(`${web}/login`);
await page.waitForTimeout(1_000);
await page.screenshot({ path: join(folder, "sign-in.png") });
await page.fill('input[type="email"]', process.env.EMAIL);
await page.fill('input[type="password"]', process.env.PASSWORD);
await page.click('button[type="submit"]');
await page.waitForURL(`${web}/`);
for (const theme of themes.split(",")) {
  await page.emulateMedia({ colorScheme: theme });
  for (const width of widths.split(",").map(Number)) {
    await page.setViewportSize({ width, height: width < 600 ? 844 : 900 });
    for (const { name, path } of wanted) {
      await page.goto(`${web}${path}`);
      await page.waitForTimeout(SETTLE_MS);
      const isWide = await page.evaluate(
        () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
      );
      if (isWide) console.log(`${name} scrolls sideways at ${width}`);
      await page.screenshot({
        path: join(folder, `${name}-${theme}-${width}.png`),
        fullPage: process.env.FULL !== "no",
      });
    }
  }
}
await browser.close();
