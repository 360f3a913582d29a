import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { openBrowser } from "../../scripts/browser.mjs";
import { PLACES } from "../../scripts/places.mjs";
import { apiAs, complaints, signIn, speak, stranger, web } from "./person";

const PAGES = PLACES.filter((place) => place.asks);
/** A failure that is not tried again by itself, so that what the page says of it is there at once. */
const FAULT = {
  success: false,
  data: null,
  message: "no",
  error: { code: "forbidden", request_id: "01a2194d-0000-7000-8000-000000000000" },
};
const EVERYTHING_ELSE = /\/api\/(?!auth\/(refresh|me)\/)/;
/** The name of the last asset of the list, as somebody would have it who wants to run a script. */
const HOSTILE = `<img src=x onerror="window.hit=1">`;
const RENAMED = "quant-network";

let browser: BrowserContext;
let page: Page;
let admin: Awaited<ReturnType<typeof apiAs>>;

beforeAll(async () => {
  admin = await apiAs(inject("admin"));
  browser = await openBrowser({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
  browser.setDefaultTimeout(30_000);
  await speak(browser, "en");
  page = await browser.newPage();
  await signIn(page, inject("admin"));
});
afterAll(() => browser?.close());

describe("a page whose API refuses everything but the session", () => {
  beforeAll(async () => {
    await page.routeWebSocket("**/api/stream", (socket) => socket.close());
  });

  it.each(PAGES)("$path says so, names the request, and comes to life when asked to try again", async ({ path }) => {
    await page.route(EVERYTHING_ELSE, (route) => route.fulfill({ status: 403, json: FAULT }));
    await page.goto(`${web}${path}`);
    const faults = page.getByRole("alert").filter({ hasText: "You may not do this." });
    await faults.getByText(`Request ${FAULT.error.request_id}`).first().waitFor();
    await page.waitForFunction(() => document.querySelectorAll(".animate-pulse").length === 0);
    await page.unroute(EVERYTHING_ELSE);
    // What came back by itself meanwhile needs no pushing.
    for (let left = await faults.count(); left > 0; left = await faults.count()) {
      await faults
        .getByRole("button", { name: "Try again" })
        .first()
        .click({ timeout: 2_000 })
        .catch(() => {});
    }
    await page.getByRole("heading", { level: 1 }).waitFor();
  });
});

describe("an asset with a hostile name", () => {
  it("is shown as it is called, and nothing of it runs", async () => {
    const { data: before } = await admin("GET", `/api/assets/${RENAMED}/`);
    await page.close();
    page = await browser.newPage();
    const found = complaints(page);
    try {
      await admin("PATCH", `/api/admin/assets/${RENAMED}/`, { name: HOSTILE });
      for (const path of ["/markets", "/admin/assets"]) {
        await page.goto(`${web}${path}`);
        await page
          .getByRole("searchbox")
          .or(page.getByLabel(/^Search by name/))
          .first()
          .fill("<img");
        await page.getByRole("row", { name: HOSTILE }).first().waitFor();
      }
      await page.goto(`${web}/assets/${RENAMED}`);
      await page.getByRole("heading", { level: 1, name: HOSTILE }).waitFor();
      expect(await page.evaluate(() => "hit" in globalThis)).toBe(false);
      expect(found).toEqual([]);
    } finally {
      await admin("PATCH", `/api/admin/assets/${RENAMED}/`, { name: before.name });
    }
  });
});

describe("a refusal of the server", () => {
  it("is told in the reader's language, beside the field that it is about", async () => {
    await speak(browser, "fr");
    const person = stranger();
    await page.goto(`${web}/register`);
    await page.getByLabel("Nom").fill(person.name);
    await page.getByLabel("Adresse e-mail").fill(person.email);
    const password = page.getByLabel("Mot de passe");
    await password.fill("password1234");
    await page.getByRole("button", { name: "Créer le compte" }).click();
    await page.getByText("Fait partie des mots de passe que les attaquants essaient d’abord.").waitFor();
    expect(await password.getAttribute("aria-invalid")).toBe("true");
  });

  it("is marked as English where there are no words for it in the reader's language", async () => {
    const why = "must not be a Tuesday";
    const refusal = {
      success: false,
      data: null,
      message: "wrong",
      error: { code: "validation_failed", fields: { name: [why] } },
    };
    await page.route("**/api/auth/register/", (route) => route.fulfill({ status: 422, json: refusal }));
    await page.goto(`${web}/register`);
    await page.getByLabel("Nom").fill("Ana");
    await page.getByLabel("Adresse e-mail").fill("ana@example.com");
    await page.getByLabel("Mot de passe").fill("long-enough-word-1");
    await page.getByRole("button", { name: "Créer le compte" }).click();
    await page.getByText("Refusé ; voir plus bas.").waitFor();
    expect(await page.getByText(why).getAttribute("lang")).toBe("en");
  });
});
