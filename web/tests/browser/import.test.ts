import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser } from "../../scripts/browser.mjs";
import { apiAs, complaints, member, type Person, signIn, web } from "./person";

const SAMPLES = join(import.meta.dirname, "../../../services/portfolio/tests/samples");
const KRAKEN = readFileSync(join(SAMPLES, "kraken.csv"), "utf8");
const BINANCE = readFileSync(join(SAMPLES, "binance.csv"), "utf8");

let browser: BrowserContext;
let page: Page;
let person: Person;
let found: string[];

beforeAll(async () => {
  person = await member();
  browser = await openBrowser({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
  browser.setDefaultTimeout(20_000);
  page = await browser.newPage();
  found = complaints(page);
  await signIn(page, person);
});
afterAll(() => browser?.close());

function asFile(name: string, text: string) {
  return { name, mimeType: "text/csv", buffer: Buffer.from(text) };
}

async function choose(name: string, text: string): Promise<void> {
  await page.getByLabel("Choose a file").and(page.locator("input")).setInputFiles(asFile(name, text));
}

function focused(): Promise<string | null | undefined> {
  return page.evaluate(() => document.activeElement?.textContent);
}

/** The figure under a name. */
async function figure(name: string): Promise<string | null> {
  return page
    .locator("dl > div", { has: page.getByText(name, { exact: true }) })
    .locator("dd")
    .textContent();
}

describe("an import of trades", () => {
  it("is found from the portfolio and from its trades", async () => {
    await page.goto(`${web}/portfolio`);
    await page.getByRole("tab", { name: "Trades" }).click();
    await page.getByRole("link", { name: "Import", exact: true }).first().waitFor();
    await page.getByRole("link", { name: "Import trades" }).click();
    await page.waitForURL(`${web}/portfolio/import`);
    await page.getByRole("heading", { level: 1, name: "Import trades" }).waitFor();
  });

  it("asks for a file, and says what is wrong with one that is none or too long", async () => {
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByRole("alert").filter({ hasText: "Choose a file or paste its text first." }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("TEXTAREA");
    await page.getByLabel("Or paste its text").fill("a,b\n1,2\n");
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByRole("alert").filter({ hasText: "no header of a trade export" }).waitFor();
    await choose("only-a-header.csv", KRAKEN.split("\n")[0] ?? "");
    await page.getByRole("alert").filter({ hasText: "This has a header, but no rows." }).waitFor();
    await choose("long.csv", KRAKEN.repeat(1_000));
    await page.getByRole("alert").filter({ hasText: "This is too long" }).waitFor();
  });

  it("tells each row that is refused with its line, and then books nothing", async () => {
    const sold = "T9,O9,XXBTZUSD,2026-01-08 10:00:00,sell,limit,61000,6100,0,0.1,0,,\n";
    await choose("trades.csv", KRAKEN + sold);
    await page.getByRole("heading", { name: "4 rows of an export of Kraken" }).waitFor();
    expect(await focused(), "the preview is where one goes on").toContain("4 rows");
    const refused = page.getByRole("region", { name: "1 refused row" });
    await refused.getByRole("cell", { name: "5", exact: true }).waitFor();
    await refused.getByRole("cell", { name: "sells 0.1 BTC where 0.005 are held and free" }).waitFor();
    expect(await page.getByRole("button", { name: /^Import/ }).count()).toBe(0);
    await page.getByRole("button", { name: "Change the file" }).click();
    expect(await page.getByLabel("Or paste its text").inputValue()).toBe(KRAKEN + sold);
  });

  it("is done by keyboard from a pasted text, brings its own cash, and is read out", async () => {
    await page.getByLabel("Or paste its text").fill(KRAKEN);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "3 rows of an export of Kraken" }).waitFor();
    expect([await figure("New"), await figure("Refused"), await figure("Cash deposited")]).toEqual([
      "3",
      "0",
      "$2,105.46",
    ]);
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Import 3 rows");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "3 rows of Kraken are imported" }).waitFor();
    expect(await focused()).toBe("3 rows of Kraken are imported");
    expect([await figure("Cash withdrawn"), await figure("Free cash")]).toEqual(["$304.20", "$100,000.00"]);
  });

  it("counts once, however often its file is sent", async () => {
    await page.getByRole("button", { name: "Import another file" }).click();
    await choose("again.csv", KRAKEN);
    await page.getByText("All rows were imported before. There is nothing left to do.").waitFor();
    expect(await page.getByRole("button", { name: /^Import/ }).count()).toBe(0);
    await page.getByRole("button", { name: "Change the file" }).click();
    await choose("binance.csv", BINANCE);
    await page.getByRole("heading", { name: "5 rows of an export of Binance" }).waitFor();
    // An answer that is lost on its way: the same button asks again, with the same key.
    const confirmed = "**/api/virtual-portfolio/import/";
    await page.route(confirmed, async (route) => {
      await route.fetch();
      await route.abort();
    });
    await page.getByRole("button", { name: "Import 5 rows" }).click();
    await page.getByRole("alert").filter({ hasText: "The server can't be reached." }).waitFor();
    await page.unroute(confirmed);
    await page.getByRole("button", { name: "Import 5 rows" }).click();
    await page.getByRole("heading", { name: "5 rows of Binance are imported" }).waitFor();
    const { data } = await (await apiAs(person))("GET", "/api/virtual-portfolio/trades/");
    expect(data).toHaveLength(8);
  });

  it("is looked at anew where the portfolio changed between preview and confirmation", async () => {
    const sale = (quantity: string, cost: string) =>
      `${KRAKEN.split("\n")[0]}\nTS,OS,XXBTZUSD,2026-03-01 10:00:00,sell,limit,60000,${cost},0,${quantity},0,,\n`;
    await page.getByRole("button", { name: "Import another file" }).click();
    await choose("sale.csv", sale("0.05", "3000"));
    await page.getByRole("button", { name: "Import 1 row" }).waitFor();
    const api = await apiAs(person);
    await api("POST", "/api/virtual-portfolio/trades/", { symbol: "bitcoin", side: "sell", quantity: "0.05" });
    await page.getByRole("button", { name: "Import 1 row" }).click();
    await page.getByRole("alert").filter({ hasText: "The portfolio changed meanwhile." }).waitFor();
    await page.getByRole("heading", { name: "1 refused row" }).waitFor();
  });

  it("shows its trades with the times of the file, and explains them without a quote", async () => {
    await page.getByRole("link", { name: "To the portfolio" }).click();
    await page.getByRole("tab", { name: "Trades" }).click();
    const row = page.getByRole("row", { name: /5 Jan 2026.*imported from Kraken/ });
    await row.getByRole("button", { name: "Explain" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(/from the file of Kraken, traded on 5 Jan 2026/).waitFor();
    await dialog.getByText("$601.56").waitFor();
    await page.keyboard.press("Escape");
  });

  it("met nothing that broke, and nothing that its policy refused", () => {
    expect(found).toEqual([]);
  });
});
