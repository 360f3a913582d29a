import type { BrowserContext, Page, WebSocketRoute } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser } from "../../scripts/browser.mjs";
import { gateway, web } from "./person";

/** A market as it is meant to be watched; the simulated one has fewer assets, so each of those comes several times. */
const ASSETS = 250;
/** The API gives no more at once. */
const MOST_AT_ONCE = 200;
/** The stream tells of a price at most so often… */
const TOLD_EVERY_MS = 100;
/** …and a market at its liveliest has so many ticks a second. */
const TICKS_PER_SECOND = 1_667;
const COLUMNS = ["Price", "24 h", "7 d", "Market cap", "Asset"];
/** Rows of the first screen are drawn in full at once, and a screen of others when they come near. */
const MOST_IN_FULL = 70;
/** How far from the screen a row is kept up to date. */
const AHEAD_PX = 200;
/** By how much a price moves with a tick. */
const STEP = 0.0001;
/** A row that is in view from the beginning, in every order by rank. */
const WATCHED = "bitcoin";

/** How long one interaction took: a click is several events. */
interface Felt {
  id: number;
  name: string;
  ms: number;
}

interface Row {
  asset_id: string;
  symbol: string;
  name: string;
  rank: number;
  price: string;
  updated_at: string;
  change_24h: number | null;
  [other: string]: unknown;
}

let browser: BrowserContext;
let page: Page;
let market: LiveMarket;

beforeAll(async () => {
  market = await LiveMarket.open();
  browser = await openBrowser({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
  browser.setDefaultTimeout(20_000);
  page = await browser.newPage();
  await page.route(/\/api\/assets\/\?/, (route) =>
    route.fulfill({ json: market.answer(new URL(route.request().url()).searchParams) }),
  );
  await page.routeWebSocket("**/api/stream", (socket) => market.stream(socket));
  await page.goto(`${web}/markets`);
  await page.getByLabel("Rows on a page").selectOption({ label: `${ASSETS} rows` });
  await rows(ASSETS);
  await page.waitForFunction(() => document.querySelector(".flash-up, .flash-down"));
  await page.evaluate(() => {
    const felt: Felt[] = [];
    Object.assign(globalThis, { felt });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { interactionId: number })[]) {
        if (entry.interactionId > 0) felt.push({ id: entry.interactionId, name: entry.name, ms: entry.duration });
      }
    }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
  });
});
afterAll(async () => {
  market?.close();
  await browser?.close();
});

/** So many assets as are asked for, sorted, searched and paged as the API does it, and their prices over a stream. */
class LiveMarket {
  #rows: Row[];
  #timer: ReturnType<typeof setInterval> | undefined;
  /** Messages and ticks that were sent. */
  readonly sent = { messages: 0, ticks: 0 };
  /** The asset at the top of the newest first page. */
  first = "";

  private constructor(rows: Row[]) {
    this.#rows = rows;
  }

  static async open(): Promise<LiveMarket> {
    const { data } = await (await fetch(`${gateway}/api/assets/?limit=${MOST_AT_ONCE}`)).json();
    const known = data as Row[];
    const rows = Array.from({ length: ASSETS }, (_, index): Row => {
      const row = known[index % known.length] as Row;
      const round = Math.floor(index / known.length);
      const again = round === 0 ? {} : { asset_id: `${row.asset_id}-${round}`, name: `${row.name} ${round + 1}` };
      return { ...row, ...again, rank: index + 1, stale: false };
    });
    return new LiveMarket(rows);
  }

  answer(query: URLSearchParams) {
    const limit = Math.min(MOST_AT_ONCE, Number(query.get("limit")));
    const from = Number(query.get("cursor") ?? 0);
    const wanted = (query.get("search") ?? "").toLowerCase();
    const sort = query.get("sort") ?? "rank";
    const found = this.#rows.filter((row) =>
      [row.asset_id, row.symbol, row.name].some((text) => text.toLowerCase().includes(wanted)),
    );
    found.sort((left, right) => compare(left[sort], right[sort]));
    if (query.get("order") === "desc") found.reverse();
    if (from === 0) this.first = found[0]?.asset_id ?? "";
    const to = from + limit;
    const next = to < found.length ? String(to) : null;
    return { success: true, message: "", data: found.slice(from, to), page: { limit, next } };
  }

  stream(socket: WebSocketRoute): void {
    let seq = 0;
    let at = 0;
    const say = (type: "snapshot" | "update", rows: readonly Row[]) => {
      seq += 1;
      socket.send(JSON.stringify({ channel: "ticker:*", type, seq, data: rows.map(tickerOf) }));
    };
    const batch = Math.round((TICKS_PER_SECOND * TOLD_EVERY_MS) / 1_000);
    const tick = () => {
      const moved = Array.from({ length: batch }, (_, index) => this.#rows[(at + index) % ASSETS] as Row);
      at = (at + batch) % ASSETS;
      for (const row of moved) move(row);
      this.sent.messages += 1;
      this.sent.ticks += moved.length;
      say("update", moved);
    };
    socket.onMessage((text) => {
      const { op, channels = [] } = JSON.parse(String(text)) as { op: string; channels?: string[] };
      if (op !== "subscribe" || !channels.includes("ticker:*")) return;
      say("snapshot", this.#rows);
      clearInterval(this.#timer);
      this.#timer = setInterval(tick, TOLD_EVERY_MS);
    });
    socket.onClose(() => clearInterval(this.#timer));
  }

  priceOf(assetId: string): number {
    return Number(this.#rows.find((row) => row.asset_id === assetId)?.price);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

function compare(left: unknown, right: unknown): number {
  const [one, other] = [Number(left), Number(right)];
  return Number.isNaN(one) || Number.isNaN(other) ? String(left).localeCompare(String(right)) : one - other;
}

/** One step up, so that it can be seen how many steps the page is behind. */
function move(row: Row): void {
  row.price = (Number(row.price) * (1 + STEP)).toFixed(8);
  row.updated_at = new Date().toISOString();
}

function tickerOf({ asset_id, symbol, price, updated_at, change_24h }: Row) {
  const at = { event_at: updated_at, received_at: updated_at };
  return { asset_id, symbol, price, ...at, source: "simulator", change_24h, stale: false };
}

async function rows(count: number): Promise<void> {
  await page.waitForFunction((wanted) => document.querySelectorAll("tbody tr").length === wanted, count);
}

/** From input to the next picture, of everything that was done; what took less than 16 ms is not told. */
async function felt(act: () => Promise<void>): Promise<Felt[]> {
  await page.evaluate(() => {
    (globalThis as unknown as { felt: Felt[] }).felt.length = 0;
  });
  await act();
  // The browser tells of an event a while after it drew its answer.
  await page.waitForTimeout(500);
  const events = await page.evaluate(() => (globalThis as unknown as { felt: Felt[] }).felt);
  const slowest = new Map<number, Felt>();
  for (const one of events) {
    if (one.ms > (slowest.get(one.id)?.ms ?? 0)) slowest.set(one.id, one);
  }
  return [...slowest.values()];
}

/** Within what three of four were answered: a busy machine makes single ones wait. It is told, and not judged here. */
function usual(all: readonly Felt[]): number {
  const times = all.map((one) => one.ms).sort((left, right) => left - right);
  return times[Math.ceil(times.length * 0.75) - 1] ?? 0;
}

function report(what: string, all: readonly Felt[]): void {
  const times = all.map((one) => one.ms).sort((left, right) => right - left);
  console.info(
    `${what}: ${times.length} interactions of 16 ms or more, usual ${usual(all)} ms, slowest ${times.slice(0, 8).join(", ")} ms`,
  );
}

describe(`a list of ${ASSETS} rows with ${TICKS_PER_SECOND} ticks a second`, () => {
  it("shows the prices that come, less than a second late", async () => {
    const before = { ...market.sent, at: performance.now() };
    await page.waitForTimeout(3_000);
    const seconds = (performance.now() - before.at) / 1_000;
    const rate = (market.sent.ticks - before.ticks) / seconds;
    console.info(`${rate.toFixed(0)} ticks a second in ${market.sent.messages - before.messages} messages`);
    expect(rate, "the stream that is played keeps its rate").toBeGreaterThan(TICKS_PER_SECOND * 0.8);
    const cell = page
      .locator("tbody tr", { has: page.locator(`a[href="/assets/${WATCHED}"]`) })
      .locator("td")
      .nth(2);
    const shown = async () => Number(((await cell.textContent()) ?? "").replace(/[^\d.]/g, ""));
    const stepsBehind = async () => (market.priceOf(WATCHED) / (await shown()) - 1) / STEP;
    await expect.poll(stepsBehind, { timeout: 5_000 }).toBeLessThan(TICKS_PER_SECOND / ASSETS);
  });

  it("draws in full what can be seen, and repaints nothing else when prices come", async () => {
    const inFull = await page.evaluate(
      () =>
        [...document.querySelectorAll("tbody tr")].filter((row) => row.querySelectorAll("td")[2]?.textContent).length,
    );
    expect(inFull).toBeGreaterThan(10);
    expect(inFull).toBeLessThan(MOST_IN_FULL);
    expect(await page.locator("tbody tr a").count(), "each can be found by its name").toBe(ASSETS);
    const repainted = await page.evaluate(async (ahead) => {
      const rows = new Set<HTMLElement>();
      const observer = new MutationObserver((changes) => {
        for (const { target } of changes) {
          const row = (target instanceof Element ? target : target.parentElement)?.closest<HTMLElement>("tbody tr");
          if (row) rows.add(row);
        }
      });
      const table = document.querySelector("tbody") as HTMLElement;
      observer.observe(table, { subtree: true, childList: true, characterData: true, attributes: true });
      await new Promise((done) => setTimeout(done, 2_000));
      observer.disconnect();
      const places = [...rows].map((row) => row.getBoundingClientRect());
      const far = places.filter((place) => place.bottom < -ahead || place.top > window.innerHeight + ahead);
      return { near: places.length - far.length, far: far.length };
    }, AHEAD_PX);
    expect(repainted.near).toBeGreaterThan(10);
    expect(repainted.far).toBe(0);
  });

  it("finds what is searched for with each letter", async () => {
    const search = page.getByLabel("Search by name or ticker");
    const all = await felt(async () => {
      for (const word of ["bitcoin", "eth", "sol"]) {
        await search.pressSequentially(word, { delay: 100 });
        await page.waitForTimeout(300);
        const found = market.answer(new URLSearchParams({ search: word, limit: String(MOST_AT_ONCE) })).data.length;
        expect(found).toBeLessThan(ASSETS);
        await rows(found);
        for (const _ of word) {
          await page.keyboard.press("Backspace");
          await page.waitForTimeout(100);
        }
        await rows(ASSETS);
      }
    });
    report("search", all);
  });

  it("shows each change of the order", async () => {
    const firstRow = () => page.locator("tbody tr a").first().getAttribute("href");
    const all = await felt(async () => {
      for (const name of [...COLUMNS, ...COLUMNS, ...COLUMNS]) {
        const column = page.getByRole("columnheader", { name: new RegExp(`^${name}`) }).first();
        await column.getByRole("button").click();
        await page.waitForFunction(
          // A figure and its unit are kept together by a space that breaks no line.
          (text) => document.querySelector("th[aria-sort]")?.textContent?.replaceAll("\u00a0", " ").startsWith(text),
          name,
        );
        await page.waitForTimeout(400);
        await expect.poll(async () => (await firstRow()) === `/assets/${market.first}`, { timeout: 10_000 }).toBe(true);
      }
    });
    report("order", all);
  });

  it("opens a menu and closes it", async () => {
    const all = await felt(async () => {
      for (let time = 0; time < 8; time += 1) {
        await page.getByRole("button", { name: "Theme and language" }).click();
        await page.getByRole("menuitem").first().waitFor();
        await page.keyboard.press("Escape");
        await page.getByRole("menuitem").first().waitFor({ state: "detached" });
      }
    });
    report("menu", all);
    expect(await page.getByRole("menuitem").count()).toBe(0);
  });
});
