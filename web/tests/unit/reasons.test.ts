import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ORDER_REASONS, orderReason } from "@/features/portfolio/order-reasons";
import { knownReason } from "@/features/session/reasons";

describe("a reason of the server", () => {
  it.each([
    ["is among the passwords that attackers try first; choose another", { key: "breached", count: "" }],
    ["must have at least 12 characters", { key: "tooShort", count: "12" }],
    ["must be below the present price of 81780.8", { key: "below", count: "81780.8" }],
    ["an order must be worth 1.00 USD or more", { key: "minimum", count: "1.00" }],
    ["bitcoin is in the list already", { key: "listed", count: "" }],
  ])("is known by its text: %s", (reason, known) => {
    expect(knownReason(reason)).toEqual(known);
  });

  it("is left as it came where there are no words for it", () => {
    expect(knownReason("must be whsec_ followed by 24 to 64 bytes in base64")).toBeNull();
    expect(knownReason("must have at least 12 characters and a candle")).toBeNull();
  });
});

describe("why an order ended", () => {
  const portfolio = join(import.meta.dirname, "../../../services/portfolio/src");
  const server = readdirSync(portfolio, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".rs"))
    .map((name) => readFileSync(join(portfolio, name), "utf8"))
    .join("\n");

  it.each(ORDER_REASONS)("is known in the very words of the server: %s", (key, text) => {
    expect(server).toContain(`"${text}"`);
    expect(orderReason(text)).toBe(key);
  });

  it("is left as it came where there are no words for it", () => {
    expect(orderReason("the moon was full")).toBeNull();
  });
});
