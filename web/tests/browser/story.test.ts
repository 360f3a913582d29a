import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser } from "../../scripts/browser.mjs";
import { apiAs, complaints, source, stranger, verificationOf, web } from "./person";

const person = stranger();
let browser: BrowserContext;
let page: Page;
let found: string[];

beforeAll(async () => {
  browser = await openBrowser({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
  browser.setDefaultTimeout(20_000);
  page = await browser.newPage();
  found = complaints(page);
});
afterAll(() => browser?.close());

describe("somebody new", () => {
  it("signs up, confirms the address by mail, and signs in", async () => {
    await page.goto(`${web}/register`);
    await page.getByLabel("Name").fill(person.name);
    await page.getByLabel("E-mail address").fill(person.email);
    await page.getByLabel("Password").fill("short");
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByText("Must have 12 to 128 characters.").waitFor();
    await page.getByLabel("Password").fill(person.password);
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByRole("heading", { name: "Look into your mail" }).waitFor();

    await page.goto(`${web}/verify?token=${await verificationOf(person)}`);
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByRole("heading", { name: "Your address is confirmed" }).waitFor();

    await page.getByRole("link", { name: "Sign in" }).click();
    await page.getByLabel("E-mail address").fill(person.email);
    await page.getByLabel("Password").fill("not-the-password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Address, password or code is wrong.").waitFor();
    await page.getByLabel("Password").fill(person.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: `Account of ${person.name}` }).waitFor();
  });

  it("stays signed in over a reload, though no token can be read by scripts", async () => {
    await page.reload();
    await page.getByRole("button", { name: `Account of ${person.name}` }).waitFor();
    const readable = await page.evaluate(
      () => JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie,
    );
    expect(readable).not.toMatch(/eyJ|cwr_|refresh/);
  });

  it("sees the market on the dashboard, and that its prices are not those of now", async () => {
    await page.getByText(source === "replay" ? "Replayed prices" : "Simulated prices").waitFor();
    await page.getByRole("list", { name: "Heatmap" }).getByRole("link").first().waitFor();
    expect(await page.getByRole("list", { name: "Heatmap" }).getByRole("link").count()).toBeGreaterThan(5);
    await page.getByText("$100,000.00").first().waitFor();
  });

  it("makes an alert on the asset's page, is told that it is already true, and is told when it fires", async () => {
    await page.goto(`${web}/assets/bitcoin`);
    await page.getByTestId("price-chart").locator("canvas").first().waitFor();
    await page.getByRole("button", { name: "New alert" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Condition", { exact: true }).selectOption("above");
    await dialog.getByLabel("Price in USD").fill("1");
    await dialog
      .getByTestId("alert-sentence")
      .filter({ hasText: "BTC: when the price is at or above $1.00" })
      .waitFor();
    await dialog.getByText("This is already true now").waitFor();
    await dialog.getByRole("button", { name: "Try on history" }).click();
    await dialog.getByText(/It would have fired once\./).waitFor();
    await dialog.getByRole("button", { name: "Create alert" }).click();
    await page.getByText("The alert is watching.").first().waitFor();
    await page.getByRole("link", { name: /Notifications, [1-9]\d* unread/ }).waitFor({ timeout: 75_000 });

    await page.goto(`${web}/alerts/history`);
    await page.getByText("The price is at or above $1.00").click();
    await page.getByText("Price received").waitFor();
    await page.getByText(source, { exact: true }).first().waitFor();
  });

  it("buys with play money, sees the holding, and has the fill explained", async () => {
    await page.goto(`${web}/assets/bitcoin`);
    await page.getByLabel("Amount in USD, fee included").fill("1000");
    await page.getByRole("button", { name: "Buy BTC" }).click();
    await page
      .getByText(/^Bought [\d.]+ BTC at \$/)
      .first()
      .waitFor();

    await page.goto(`${web}/portfolio`);
    await page
      .getByRole("region", { name: "Holdings" })
      .getByRole("link", { name: /Bitcoin/ })
      .waitFor();
    await page.getByRole("tab", { name: "Trades" }).click();
    await page.getByRole("button", { name: "Explain" }).click();
    const dialog = page.getByRole("dialog");
    for (const step of ["Market price", "Half of the spread", "Slippage", "Fee", "Paid"]) {
      await dialog.getByRole("term").filter({ hasText: step }).first().waitFor();
    }
    await dialog.getByText("$1,000.00").waitFor();
    await page.keyboard.press("Escape");
  });

  it("is refused more than there is, in words that say why, and places a limit order instead", async () => {
    await page.goto(`${web}/assets/bitcoin`);
    await page.getByLabel("Amount in USD, fee included").fill("900000");
    await page.getByRole("button", { name: "Buy BTC" }).click();
    await page.getByText("There is not enough free cash for this.").waitFor();
    await page.getByLabel("Order type").selectOption("limit");
    await page.getByLabel("Quantity of BTC").fill("0.01");
    await page.getByLabel("Limit price in USD").fill("1000");
    await page.getByRole("button", { name: "Buy BTC" }).click();
    await page.getByText("The order is placed.").first().waitFor();
    await page.goto(`${web}/portfolio`);
    await page.getByRole("tab", { name: "Orders" }).click();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("cancelled", { exact: true }).waitFor();
  });

  it("keeps a watchlist from the asset's page", async () => {
    await page.goto(`${web}/assets/ethereum`);
    await page.getByRole("button", { name: "Watch", exact: true }).click();
    await page.getByRole("button", { name: /Lists with/ }).waitFor();
    await page.goto(`${web}/watchlists`);
    await page
      .getByRole("region", { name: "Watchlist" })
      .getByRole("link", { name: /Ethereum/ })
      .waitFor();
  });

  it("finds an asset by keyboard alone", async () => {
    await page.goto(web);
    await page.getByRole("list", { name: "Heatmap" }).getByRole("link").first().waitFor();
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the content");
    await page.keyboard.press("/");
    await page.getByPlaceholder("Search assets").waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === "INPUT");
    await page.keyboard.type("solana");
    await page.getByRole("option", { name: /Solana/, selected: true }).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(`${web}/assets/solana`);
    await page.getByRole("heading", { name: /Solana/ }).waitFor();
  });

  it("is asked to sign in again once the session is ended elsewhere", async () => {
    const api = await apiAs(person);
    const { data } = await api("GET", "/api/auth/sessions/");
    for (const session of data.filter((one: { current: boolean }) => !one.current)) {
      await api("DELETE", `/api/auth/sessions/${session.id}/`);
    }
    await page.getByText("Your session has ended.").waitFor({ timeout: 45_000 });
    await page.getByRole("link", { name: "Sign in again" }).click();
    await page.waitForURL(/\/login\?next=%2Fassets%2Fsolana/);
  });

  it("met nothing that broke, and nothing that the page's policy refused", () => {
    expect(found).toEqual([]);
  });
});
