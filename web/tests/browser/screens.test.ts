import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { openBrowser } from "../../scripts/browser.mjs";
import { DOORS, PLACES } from "../../scripts/places.mjs";
import { apiAs, signIn, speak, web } from "./person";

const LARGE = { width: 3840, height: 2160 };
const TABLET = { width: 768, height: 1024 };
/** The smallest text of a table or a form that is read without leaning forward. */
const LEAST_TEXT_PX = 18;

let browser: BrowserContext;
let page: Page;

beforeAll(async () => {
  const admin = inject("admin");
  const api = await apiAs(admin);
  await api("POST", "/api/virtual-portfolio/trades/", { symbol: "bitcoin", side: "buy", quote_amount: "2500" });
  const order = { symbol: "bitcoin", side: "buy", type: "limit", quantity: "0.001", limit_price: "5000" };
  await api("POST", "/api/virtual-portfolio/orders/", order);
  browser = await openBrowser({ viewport: LARGE, locale: "en-GB" });
  browser.setDefaultTimeout(20_000);
  page = await browser.newPage();
  await speak(browser, "en");
});
afterAll(() => browser?.close());

async function open(path: string): Promise<void> {
  await page.goto(`${web}${path}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll(".animate-pulse").length === 0);
}

/** How the page lies on the screen. */
async function layout() {
  return page.evaluate(() => {
    const root = document.documentElement;
    const main = document.querySelector("main");
    const bottoms = [...(main?.querySelectorAll(".card") ?? [])].map((card) => card.getBoundingClientRect().bottom);
    return {
      isTooWide: root.scrollWidth > root.clientWidth,
      hiddenAside: [...document.querySelectorAll("section:has(> table)")]
        .filter((table) => table.scrollWidth > table.clientWidth)
        .map((table) => table.getAttribute("aria-label")),
      text: Number.parseFloat(getComputedStyle(document.body).fontSize),
      width: (main?.getBoundingClientRect().width ?? 0) / root.clientWidth,
      bottom: Math.max(0, ...bottoms) / root.clientHeight,
    };
  });
}

describe("on a screen of 4K", () => {
  it.each(DOORS)("%s fits, and is large enough to be read", async (path) => {
    await open(path);
    const { isTooWide, text } = await layout();
    expect(isTooWide).toBe(false);
    expect(text).toBeGreaterThan(LEAST_TEXT_PX);
  });

  it("is signed in to", () => signIn(page, inject("admin")));

  it.each(PLACES)("$path fits, takes the whole width and is large enough to be read", async ({ path }) => {
    await open(path);
    const { isTooWide, hiddenAside, text, width } = await layout();
    expect(isTooWide).toBe(false);
    expect(hiddenAside).toEqual([]);
    expect(text).toBeGreaterThan(LEAST_TEXT_PX);
    expect(width).toBeGreaterThan(0.9);
  });

  it.each(["/", "/assets/bitcoin"])("%s goes down to the foot, and not below it", async (path) => {
    await open(path);
    // What is drawn comes a moment later than what is written.
    await expect.poll(async () => (await layout()).bottom).toBeGreaterThan(0.9);
    expect((await layout()).bottom).toBeLessThanOrEqual(1);
  });
});

describe("on a tablet", () => {
  it.each(PLACES)("$path is seen whole", async ({ path }) => {
    await speak(browser, "fr");
    await page.setViewportSize(TABLET);
    await open(path);
    const { isTooWide, hiddenAside } = await layout();
    expect(isTooWide).toBe(false);
    expect(hiddenAside).toEqual([]);
  });

  it("an order can be cancelled without looking for the button", async () => {
    await open("/portfolio");
    await page.getByRole("tab", { name: "Ordres" }).click();
    await page.getByRole("button", { name: "Annuler" }).first().click({ trial: true });
    expect((await layout()).hiddenAside).toEqual([]);
  });
});
