import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openBrowser } from "../../scripts/browser.mjs";
import { PLACES } from "../../scripts/places.mjs";
import { apiAs, bringGatewayBack, member, type Person, signIn, speak, takeGatewayAway, web } from "./person";

const PAGES = PLACES.filter((place) => place.who !== "administrators");
const INTERRUPTED = "Live updates are interrupted.";
const UNREACHABLE = "The server can't be reached at the moment.";

let browser: BrowserContext;
let page: Page;
let person: Person;
let api: Awaited<ReturnType<typeof apiAs>>;
/** What the stream said since the page was opened. */
let heard: { type: string; channel?: string }[];

beforeAll(async () => {
  person = await member();
  api = await apiAs(person);
  await api("POST", "/api/virtual-portfolio/trades/", { symbol: "bitcoin", side: "buy", quote_amount: "1000" });
  browser = await openBrowser({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
  browser.setDefaultTimeout(30_000);
  page = await browser.newPage();
  page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => heard.push(JSON.parse(String(payload))));
  });
  heard = [];
  await signIn(page, person);
});
afterEach(() => bringGatewayBack());
afterAll(() => browser?.close());

/** Waits until a cell of the page repaints itself. */
async function pricesMove(): Promise<void> {
  const shown = () => page.locator("tbody").textContent();
  const before = await shown();
  await expect.poll(async () => (await shown()) !== before, { timeout: 20_000 }).toBe(true);
}

function snapshotsOf(channel: string): number {
  return heard.filter((message) => message.channel === channel && message.type === "snapshot").length;
}

describe("a page whose gateway is started anew", () => {
  it("says that live updates are interrupted, and goes on without a reload", async () => {
    await page.goto(`${web}/markets`);
    await page.locator(".flash-up, .flash-down").first().waitFor({ state: "attached" });
    await page.evaluate(() => Object.assign(globalThis, { isStillTheSamePage: true }));
    await takeGatewayAway();
    await page.getByText(INTERRUPTED).waitFor();
    heard = [];
    await bringGatewayBack();
    await page.getByText(INTERRUPTED).waitFor({ state: "detached" });
    // Only what comes over the stream counts: what pages ask for by themselves would move prices too.
    await page.route("**/api/assets/?**", (route) => route.abort());
    await pricesMove();
    await page.unroute("**/api/assets/?**");
    expect(await page.evaluate(() => "isStillTheSamePage" in globalThis)).toBe(true);
  });

  it("loses no private channel, and tells what happened meanwhile", async () => {
    // What the page before still hears does not count.
    await page.goto("about:blank");
    heard = [];
    await page.goto(`${web}/portfolio`);
    const channels = ["notifications", "portfolio", "orders"];
    await expect.poll(() => channels.map(snapshotsOf), { timeout: 20_000 }).toEqual([1, 1, 1]);
    await takeGatewayAway();
    await page.getByText(INTERRUPTED).waitFor();
    await api("POST", "/api/virtual-portfolio/trades/", { symbol: "ethereum", side: "buy", quote_amount: "500" });
    await bringGatewayBack();
    await expect.poll(() => channels.map(snapshotsOf), { timeout: 30_000 }).toEqual([2, 2, 2]);
    await page
      .getByRole("region", { name: "Holdings" })
      .getByRole("link", { name: /Ethereum/ })
      .waitFor();
    const unread = page.getByRole("link", { name: /Notifications, [1-9]\d* unread/ });
    await unread.waitFor();
    const updates = () => channels.filter((name) => heard.some((one) => one.channel === name && one.type === "update"));
    await api("POST", "/api/virtual-portfolio/trades/", { symbol: "solana", side: "buy", quote_amount: "500" });
    await expect.poll(updates, { timeout: 20_000 }).toEqual(channels);
  });

  it("says so at once to who is not signed in, and does not waver until the gateway is back", async () => {
    const visitor = await openBrowser({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
    try {
      await speak(visitor, "en");
      const visited = await visitor.newPage();
      await takeGatewayAway();
      for (const { path } of PAGES.filter(({ who }) => who === "everybody")) {
        await visited.goto(`${web}${path}`);
        await visited.getByText(UNREACHABLE).waitFor({ timeout: 5_000 });
      }
      await visited.goto(`${web}/markets`);
      const trouble = visited.getByRole("main").getByRole("alert");
      await trouble.waitFor();
      const asked = () => visited.waitForResponse(/\/api\/assets\//);
      for (let times = 0; times < 3; times += 1) {
        await asked();
        expect(await trouble.count()).toBe(1);
      }
      await bringGatewayBack();
      await visited.getByText(UNREACHABLE).waitFor({ state: "detached" });
      await visited
        .getByRole("link", { name: /Bitcoin/ })
        .first()
        .waitFor();
    } finally {
      await visitor.close();
    }
  });

  it("says so too where nothing but silence comes", async () => {
    const visitor = await openBrowser({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
    try {
      await speak(visitor, "en");
      const visited = await visitor.newPage();
      await visited.route(/\/api\//, () => {});
      await visited.goto(`${web}/`);
      await visited.getByText(UNREACHABLE).waitFor({ timeout: 12_000 });
    } finally {
      await visitor.close();
    }
  });

  it("says on each page why nothing is there, and shows it once the gateway is back", async () => {
    await takeGatewayAway();
    for (const { path } of PAGES) {
      await page.goto(`${web}${path}`);
      await page.getByText(UNREACHABLE).waitFor();
    }
    await bringGatewayBack();
    await page.getByText(UNREACHABLE).waitFor({ state: "detached" });
    await page.getByRole("button", { name: `Account of ${person.name}` }).waitFor();
    await page.getByRole("button", { name: "Save as file" }).waitFor();
  });
});
