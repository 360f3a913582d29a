import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { openBrowser } from "../../scripts/browser.mjs";
import { DOORS, PLACES } from "../../scripts/places.mjs";
import { apiAs, complaints, gateway, member, type Person, signIn, source, speak, web } from "./person";

const AXE = readFileSync(join(import.meta.dirname, "../../node_modules/axe-core/axe.min.js"), "utf8");
const PAGES = PLACES.filter((place) => place.who !== "administrators");
const ADMIN_PAGES = PLACES.filter((place) => place.who === "administrators");
const PHONE = { width: 360, height: 740 };
const DESK = { width: 1440, height: 900 };

let browser: BrowserContext;
let page: Page;
let person: Person;
let found: string[];

beforeAll(async () => {
  person = await member();
  const api = await apiAs(person);
  await api("POST", "/api/virtual-portfolio/trades/", { symbol: "bitcoin", side: "buy", quote_amount: "2500" });
  await api("POST", "/api/alerts/", { symbol: "bitcoin", condition: { type: "above", price: "1" } });
  await api("POST", "/api/watchlists/", { name: "Mine", assets: ["bitcoin", "ethereum"] });
  browser = await openBrowser({ viewport: DESK, locale: "en-GB", bypassCSP: false });
  browser.setDefaultTimeout(20_000);
  page = await browser.newPage();
  found = complaints(page);
  await signIn(page, person);
});
afterAll(() => browser?.close());

/** Waits until the page shows what it was asked for. */
async function open(path: string): Promise<void> {
  await page.goto(`${web}${path}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll(".animate-pulse").length === 0);
}

/** What axe finds of WCAG 2.2 AA on the page as it is. */
async function violations(): Promise<string[]> {
  // The page's own policy lets no foreign script in; the debugger's evaluation is not bound by it.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    // What is fading in has not its colours yet.
    const passing = document
      .getAnimations()
      .filter((one) => one.effect?.getTiming().iterations !== Number.POSITIVE_INFINITY);
    await Promise.allSettled(passing.map((one) => one.finished));
    const axe = (globalThis as unknown as { axe: typeof import("axe-core") }).axe;
    const { violations: broken } = await axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    });
    return broken.flatMap((rule) =>
      rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")} ${node.any[0]?.message ?? ""}`),
    );
  });
}

/** Looks at the page in both themes. */
async function expectNoBarrier(): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.waitForFunction(
      (dark) => document.documentElement.classList.contains("dark") === dark,
      colorScheme === "dark",
    );
    expect(await violations(), colorScheme).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: "light" });
}

async function headingOf(shown: Page): Promise<string> {
  const text = await shown.getByRole("heading", { level: 1 }).textContent();
  return (text ?? "").replace(/\s+/g, " ").trim();
}

async function isTooWide(): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
}

/** Tables of which a part lies beyond the edge. */
async function hiddenAside(): Promise<(string | null)[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("section:has(> table)")]
      .filter((table) => table.scrollWidth > table.clientWidth)
      .map((table) => table.getAttribute("aria-label")),
  );
}

describe("every page", () => {
  it.each(PAGES)("$path has its heading and no barrier, light and dark", async ({ path, english }) => {
    await speak(browser, "en");
    await open(path);
    expect(await headingOf(page)).toBe(english);
    await expectNoBarrier();
  });

  it.each(PAGES)("$path speaks French, and fits a small phone", async ({ path, french }) => {
    await speak(browser, "fr");
    await page.setViewportSize(PHONE);
    await open(path);
    expect(await headingOf(page)).toBe(french);
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("fr");
    expect(await isTooWide()).toBe(false);
    expect(await hiddenAside(), "every table is seen whole").toEqual([]);
    await page.setViewportSize(DESK);
  });

  it("has forms without a barrier, which keep the focus until they are closed", async () => {
    await speak(browser, "en");
    await open("/alerts");
    await page.getByRole("button", { name: "New alert" }).click();
    await page.getByRole("dialog").getByLabel("Price in USD").waitFor();
    expect(await violations()).toEqual([]);
    for (let step = 0; step < 30; step += 1) await page.keyboard.press("Tab");
    expect(await page.evaluate(() => Boolean(document.activeElement?.closest("[role=dialog]")))).toBe(true);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  it("previews an import without a barrier, also where rows are refused", async () => {
    await open("/portfolio/import");
    const rows = ["T1,XXBTZUSD,2026-01-05 10:00:00,buy,60000,600,0,0.01", "T2,NOPEUSD,2026-01-05 10:00:00,buy,1,1,0,1"];
    await page.getByLabel("Or paste its text").fill(`txid,pair,time,type,price,cost,fee,vol\n${rows.join("\n")}\n`);
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByRole("heading", { name: "1 refused row" }).waitFor();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await violations()).toEqual([]);
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize(PHONE);
    expect(await isTooWide()).toBe(false);
    await page.setViewportSize(DESK);
  });

  it("met nothing that broke, and nothing that its policy refused", () => {
    expect(found).toEqual([]);
  });
});

describe("the states of a page", () => {
  it("say that the server can't be reached, and recover when asked to", async () => {
    await speak(browser, "en");
    await page.route("**/api/assets/?**", (route) => route.abort());
    await page.goto(`${web}/markets`);
    await page.getByText("The server can't be reached.").waitFor();
    await page.unroute("**/api/assets/?**");
    await page.getByRole("button", { name: "Try again" }).click();
    await page
      .getByRole("link", { name: /Bitcoin/ })
      .first()
      .waitFor();
  });

  it("say that one is offline", async () => {
    await browser.setOffline(true);
    await page.getByText("You are offline.").waitFor();
    await browser.setOffline(false);
    await page.getByText("You are offline.").waitFor({ state: "detached" });
  });

  it("say that there is no such asset and no such page", async () => {
    await page.goto(`${web}/assets/no-such-coin`);
    await page.getByRole("heading", { name: "There is no asset “no-such-coin”" }).waitFor();
    const answer = await page.goto(`${web}/no-such-page`);
    expect(answer?.status()).toBe(404);
    await page.getByRole("heading", { name: "There is no such page" }).waitFor();
  });

  it("grey what is stale, and say since when", async () => {
    await page.routeWebSocket("**/api/stream", (socket) => socket.close());
    await page.route("**/api/assets/?**", async (route) => {
      const answer = await route.fetch();
      const body = await answer.json();
      for (const asset of body.data) asset.stale = true;
      await route.fulfill({ response: answer, json: body });
    });
    await page.goto(`${web}/markets`);
    const price = page
      .getByRole("row", { name: /Bitcoin BTC/ })
      .getByText("(stale)")
      .first();
    await price.waitFor({ state: "attached" });
    await page
      .getByRole("row", { name: /Bitcoin BTC/ })
      .locator("[tabindex]")
      .first()
      .focus();
    await page
      .getByRole("tooltip")
      .filter({ hasText: `Stale: ${source} last said a price` })
      .waitFor();
    await page.unrouteAll({ behavior: "ignoreErrors" });
  });

  it("can be read where prices are stale, light and dark", async () => {
    await page.routeWebSocket("**/api/stream", (socket) => socket.close());
    await page.route(/\/api\/(assets|heatmap)\/(\?.*)?$/, async (route) => {
      const answer = await route.fetch();
      const body = await answer.json();
      for (const one of body.data) one.stale = true;
      await route.fulfill({ response: answer, json: body });
    });
    for (const [path, stale] of [
      ["/", page.getByTitle(/^Bitcoin .*\(stale\)$/)],
      ["/markets", page.getByRole("row", { name: /Bitcoin BTC/ }).getByText("(stale)")],
    ] as const) {
      await open(path);
      await stale.first().waitFor({ state: "attached" });
      await expectNoBarrier();
    }
    await page.unrouteAll({ behavior: "ignoreErrors" });
  });
});

describe("the doors", () => {
  it.each(DOORS)("%s has no barrier, and fits a small phone", async (path) => {
    await page.setViewportSize(PHONE);
    await open(path);
    expect(await violations()).toEqual([]);
    expect(await isTooWide()).toBe(false);
    await page.setViewportSize(DESK);
  });
});

describe("administration", () => {
  it("is closed to others", async () => {
    await page.goto(`${web}/admin`);
    await page.getByRole("heading", { name: "This page is for administrators" }).waitFor();
  });

  it("shows real figures on every page, without a barrier", async () => {
    await browser.clearCookies();
    await signIn(page, inject("admin"));
    for (const { path, english } of ADMIN_PAGES) {
      await open(path);
      expect(await headingOf(page)).toBe(english);
      expect(await violations(), path).toEqual([]);
    }
    await page.goto(`${web}/admin/users`);
    await page.getByLabel("Search by name or address").fill(person.email);
    const row = page.getByRole("row", { name: new RegExp(person.email) });
    await row.waitFor();
    await row.getByText(/^\$\d{1,3},\d{3}\.\d{2}$/).waitFor();
    await page.goto(`${web}/admin/transactions`);
    await page.getByRole("row").filter({ hasText: person.email }).first().waitFor();
    await page.goto(`${web}/admin/audit`);
    await page
      .getByRole("button", { name: `Only what concerns ${person.name}` })
      .first()
      .waitFor();
  });

  it("asks how often a source is asked only where it is asked", async () => {
    await open("/admin/sources");
    const card = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: source }) });
    await card.getByText("Last price").waitFor();
    expect(await card.getByLabel("Ask every").count()).toBe(0);
  });

  it.each(ADMIN_PAGES)("$path speaks French, and is seen whole on a small phone", async ({ path, french }) => {
    await speak(browser, "fr");
    await page.setViewportSize(PHONE);
    await open(path);
    expect(await headingOf(page)).toBe(french);
    expect(await isTooWide()).toBe(false);
    expect(await hiddenAside()).toEqual([]);
    expect(await violations()).toEqual([]);
    await page.setViewportSize(DESK);
    await speak(browser, "en");
  });
});

describe("what lies under the pages", () => {
  it("is the very API that the gateway describes: the client is not stale", async () => {
    const served = await (await fetch(`${gateway}/api/openapi.json`)).json();
    const kept = JSON.parse(readFileSync(join(import.meta.dirname, "../../src/lib/api/openapi.json"), "utf8"));
    expect(kept, "run `npm run generate` against this gateway").toEqual(served);
  });

  it("streams live prices through the web's own origin", async () => {
    const other = await browser.newPage();
    await other.goto(`${web}/login`);
    const first = await other.evaluate(
      () =>
        new Promise<{ channel?: string; type: string; data: unknown[] }>((resolve, reject) => {
          const socket = new WebSocket(new URL("/api/stream", location.href.replace(/^http/, "ws")));
          socket.onopen = () => socket.send(JSON.stringify({ op: "subscribe", channels: ["ticker:*"] }));
          socket.onmessage = (event) => resolve(JSON.parse(event.data));
          socket.onerror = () => reject(new Error("the stream refused"));
        }),
    );
    expect(first).toMatchObject({ channel: "ticker:*", type: "snapshot" });
    expect(first.data.length).toBeGreaterThan(5);
  });
});
