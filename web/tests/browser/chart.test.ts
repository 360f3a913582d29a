import type { APIResponse, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openBrowser } from "../../scripts/browser.mjs";
import { complaints, gateway, web } from "./person";

const OLDER = /\/api\/ohlc\/bitcoin\/\?.*\bto=/;
const NEWEST = /\/api\/ohlc\/bitcoin\/\?(?!.*\bto=)/;

let browser: BrowserContext;
let page: Page;
let chart: Locator;
let found: string[];
let asked: string[];
let newest: APIResponse | undefined;

beforeAll(async () => {
  browser = await openBrowser({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
  browser.setDefaultTimeout(20_000);
  page = await browser.newPage();
  found = complaints(page);
  page.on("request", (request) => OLDER.test(request.url()) && asked.push(request.url()));
  // The browser asks again by itself for what it kept and showed a moment too long; here only the page's requests count.
  const tools = await browser.newCDPSession(page);
  await tools.send("Network.enable");
  await tools.send("Network.setCacheDisabled", { cacheDisabled: true });
  await page.addInitScript(() => {
    localStorage.setItem("candlewick-interval", '"15m"');
    localStorage.setItem("candlewick-indicators", "[]");
  });
  // Nothing moves by itself: what changes in the picture is what was loaded.
  await page.routeWebSocket("**/api/stream", (socket) => socket.close());
  await page.route(NEWEST, async (route) => {
    newest ??= await route.fetch();
    await route.fulfill({ response: newest });
  });
});
afterAll(() => browser?.close());

beforeEach(async () => {
  asked = [];
  newest = undefined;
  await page.goto(`${web}/assets/bitcoin`);
  chart = page.getByTestId("price-chart");
  await chart.locator("canvas").first().waitFor();
  await expect.poll(count, { timeout: 20_000 }).toBeGreaterThanOrEqual(600);
  await chart.scrollIntoViewIfNeeded();
});

/** How many candles the chart says that it has. */
async function count(): Promise<number> {
  const label = (await chart.getAttribute("aria-label")) ?? "";
  return Number(label.replaceAll(",", "").match(/(\d+) of them/)?.[1] ?? 0);
}

/** Draws the chart to the right by so many pixels, so that what lies further back comes in. */
async function draw(pixels: number): Promise<void> {
  const box = await chart.boundingBox();
  if (!box) throw new Error("the chart is not there");
  const y = box.y + box.height / 3;
  await page.mouse.move(box.x + 50, y);
  await page.mouse.down();
  await page.mouse.move(box.x + 50 + pixels, y, { steps: 6 });
  await page.mouse.up();
  await page.mouse.move(box.x + 20, box.y - 8);
}

/** Goes back in the chart, not far at once, until something holds. */
async function drawUntil(isThere: () => boolean | Promise<boolean>, pixels = 200): Promise<void> {
  for (let tries = 0; tries < 80; tries += 1) {
    if (await isThere()) return;
    await draw(pixels);
    // What the page does about it, it does in a moment.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50))));
  }
  throw new Error("the chart was drawn a long way, and nothing came of it");
}

/** The picture of the course, without the scales that change by themselves. */
async function picture(): Promise<Buffer> {
  const box = await chart.boundingBox();
  if (!box) throw new Error("the chart is not there");
  return page.screenshot({ clip: { x: box.x, y: box.y, width: box.width - 120, height: box.height - 40 } });
}

async function stored(): Promise<number> {
  const answer = await fetch(`${gateway}/api/ohlc/bitcoin/?interval=15m&limit=5000`);
  const { data } = await answer.json();
  return data.length;
}

describe("a chart", () => {
  it("loads what lies before its first candle, each stretch once, and keeps the view where it was", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route(OLDER, async (route) => {
      await held;
      await route.continue();
    });
    // In small steps: behind the first candle lies what is empty now, and would not be then.
    await drawUntil(() => asked.length > 0, 100);
    await page.getByText("Older candles are loading.").waitFor();
    expect(asked).toHaveLength(1);
    // The chart rolls on for a moment after it was let go.
    let before = await picture();
    const isStill = async () => {
      const last = before;
      before = await picture();
      return last.equals(before);
    };
    await expect.poll(isStill, { timeout: 5_000 }).toBe(true);
    release();
    await expect.poll(count, { timeout: 10_000 }).toBeGreaterThanOrEqual(1_200);
    await page.getByText("Older candles are loading.").waitFor({ state: "detached" });
    await expect.poll(async () => (await picture()).equals(before), { timeout: 5_000 }).toBe(true);
    expect(asked).toHaveLength(1);
    await page.unroute(OLDER);
  });

  it("stops asking at the beginning of the course", async () => {
    const all = await stored();
    await drawUntil(async () => (await count()) >= Math.min(all, 4_800));
    const times = asked.map((url) => new URL(url).searchParams.get("to"));
    expect(new Set(times).size, "no stretch was asked for twice").toBe(times.length);
    for (let step = 0; step < 10; step += 1) await draw(600);
    expect(asked).toHaveLength(times.length);
  });

  it("says when older candles could not be loaded, and asks again only when it is asked to", async () => {
    await page.route(OLDER, (route) => route.abort());
    await drawUntil(() => asked.length > 0);
    await page.getByText("Older candles could not be loaded.").waitFor();
    const failed = asked.length;
    await draw(600);
    expect(asked).toHaveLength(failed);
    await page.unroute(OLDER);
    await page.getByRole("button", { name: "Try again" }).click();
    await expect.poll(count, { timeout: 10_000 }).toBeGreaterThanOrEqual(1_200);
    await page.getByText("Older candles could not be loaded.").waitFor({ state: "detached" });
  });

  it("takes the colours of the theme that is chosen", async () => {
    const corner = () =>
      chart.evaluate((frame) => {
        const drawn = frame.querySelector("canvas")?.getContext("2d")?.getImageData(2, 2, 1, 1).data;
        const box = getComputedStyle(frame).backgroundColor;
        return { drawn: `rgb(${[...(drawn ?? [])].slice(0, 3).join(", ")})`, box };
      });
    for (const [theme, surface] of [
      ["Dark", "rgb(22, 20, 18)"],
      ["Light", "rgb(255, 255, 255)"],
      ["As the device", "rgb(255, 255, 255)"],
    ] as const) {
      await page.getByRole("button", { name: "Theme and language" }).click();
      await page.getByRole("menuitem", { name: theme }).click();
      await expect.poll(corner).toEqual({ drawn: surface, box: surface });
    }
  });

  it("met nothing that broke", () => {
    expect(found).toEqual([]);
  });
});
