import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { openBrowser } from "../../scripts/browser.mjs";
import { PLACES } from "../../scripts/places.mjs";
import { apiAs, member, signIn, speak, web } from "./person";

/** What the gateway says to whoever shows a token whose session is over. */
const REFUSAL = {
  success: false,
  data: null,
  message: "the session has ended",
  error: { code: "session_ended", request_id: "01a2194d-0000-7000-8000-000000000000" },
};
const API = /\/api\//;

let browser: BrowserContext;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
  browser.setDefaultTimeout(30_000);
  await speak(browser, "en");
  page = await browser.newPage();
  await signIn(page, inject("admin"));
});
afterEach(() => page.unrouteAll({ behavior: "ignoreErrors" }));
afterAll(() => browser?.close());

/** From now on the session counts as ended; what everybody may read is still told. */
async function endSession(): Promise<void> {
  await page.route(API, async (route) => {
    const isOwn = "authorization" in route.request().headers() || route.request().url().includes("/api/auth/");
    if (isOwn) await route.fulfill({ status: 401, json: REFUSAL });
    else await route.continue();
  });
}

/** The reader comes back to the tab: what it shows is asked for again. */
async function lookAgain(): Promise<void> {
  await page.evaluate(() => window.dispatchEvent(new Event("visibilitychange")));
}

describe("a page for everybody that is only looked at", () => {
  it.each(PLACES.filter(({ who }) => who === "everybody"))(
    "$path says by itself that the session was ended elsewhere",
    async ({ path }) => {
      const person = await member();
      const other = await openBrowser({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
      try {
        await speak(other, "en");
        const looked = await other.newPage();
        let isHeard = false;
        looked.on("websocket", (socket) => {
          socket.on("framereceived", ({ payload }) => {
            isHeard ||= String(payload).includes('"authenticated"');
          });
        });
        await signIn(looked, person);
        isHeard = false;
        await looked.goto(`${web}${path}`);
        await expect.poll(() => isHeard, { timeout: 20_000 }).toBe(true);
        const api = await apiAs(person);
        const { data: sessions } = await api("GET", "/api/auth/sessions/");
        for (const { id, current: isOwn } of sessions) if (!isOwn) await api("DELETE", `/api/auth/sessions/${id}/`);
        const notice = looked.getByRole("status").filter({ hasText: "Your session has ended." });
        await notice.waitFor({ timeout: 15_000 });
      } finally {
        await other.close();
      }
    },
  );
});

describe("a page whose session was ended elsewhere", () => {
  it.each(PLACES)("$path says so, and leads back here through the door", async ({ path, who, english }) => {
    await page.goto(`${web}${path}`);
    const account = page.getByRole("button", { name: /^Account of/ });
    await account.waitFor();
    await page.getByRole("link", { name: /^Notifications, / }).waitFor();
    await endSession();
    // Said once: above what everybody may see, or in the place of what is somebody's own.
    const isForEverybody = who === "everybody";
    const notice = page.getByRole("status").filter({ hasText: "Your session has ended." });
    const link = isForEverybody
      ? notice.getByRole("link", { name: "Sign in again" })
      : page.getByRole("main").getByRole("link", { name: "Sign in", exact: true });
    await expect
      .poll(
        async () => {
          await lookAgain();
          return [await notice.count(), await link.count()];
        },
        { timeout: 20_000 },
      )
      .toEqual([isForEverybody ? 1 : 0, 1]);
    const next = path === "/" ? "/login" : `/login?next=${encodeURIComponent(path)}`;
    expect(await link.getAttribute("href")).toBe(next);
    await account.waitFor({ state: "detached" });
    // What everybody may see stays; what is somebody's own is gone.
    const heading = await page.getByRole("heading", { level: 1 }).textContent();
    const shown = (heading ?? "").replace(/\s+/g, " ").trim();
    expect(shown).toBe(who === "everybody" ? english : "Your session has ended");
  });
});
