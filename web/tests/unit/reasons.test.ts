import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DELIVERY_REASONS, deliveryReason } from "@/features/notifications/delivery-reasons";
import { ORDER_REASONS, orderReason } from "@/features/portfolio/order-reasons";
import { knownReason } from "@/features/session/reasons";

describe("a reason of the server", () => {
  it.each([
    ["is among the passwords that attackers try first; choose another", { key: "breached", count: "" }],
    ["must have at least 12 characters", { key: "tooShort", count: "12" }],
    ["must be below the present price of 81780.8", { key: "below", count: "81780.8" }],
    ["an order must be worth 1.00 USD or more", { key: "minimum", count: "1.00" }],
    ["bitcoin is in the list already", { key: "listed", count: "" }],
    ["is needed to switch this channel on", { key: "channelNeeds", count: "" }],
    ["must be a bot's token such as 123456:ABC-def…", { key: "botToken", count: "" }],
    ["must be 1 to 64 of A-Z a-z 0-9 _ -", { key: "topic", count: "" }],
  ])("is known by its text: %s", (reason, known) => {
    expect(knownReason(reason)).toEqual(known);
  });

  it("is left as it came where there are no words for it", () => {
    expect(knownReason("must be whsec_ followed by 24 to 64 bytes in base64")).toBeNull();
    expect(knownReason("must have at least 12 characters and a candle")).toBeNull();
  });
});

/** All that a service's code says. */
function sourceOf(service: string): string {
  const folder = join(import.meta.dirname, "../../../services", service, "src");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".rs"))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
}

describe("why an order ended", () => {
  const server = sourceOf("portfolio");

  it.each(ORDER_REASONS)("is known in the very words of the server: %s", (key, text) => {
    expect(server).toContain(`"${text}"`);
    expect(orderReason(text)).toBe(key);
  });

  it("is left as it came where there are no words for it", () => {
    expect(orderReason("the moon was full")).toBeNull();
  });
});

describe("why a message did not go out", () => {
  const server = sourceOf("notifier");

  it.each(DELIVERY_REASONS)("is known in the very words of the server: %s", (key, text) => {
    // A figure splits the words; what an address must be follows a prefix of its own.
    for (const words of text.split(/\{code\}|^the address (?=must)/)) expect(server).toContain(words);
    expect(deliveryReason(text.replace("{code}", "503"))).toEqual({
      key,
      code: text.includes("{code}") ? "503" : "",
      tries: null,
    });
  });

  it("is told with the number of tries where it was given up", () => {
    expect(deliveryReason("given up after 6 tries: the target answered 503")).toEqual({
      key: "answered",
      code: "503",
      tries: 6,
    });
  });

  it("is left as it came where there are no words for it", () => {
    expect(deliveryReason("the pigeon got lost")).toBeNull();
    expect(deliveryReason("the target answered 503 and smiled")).toBeNull();
  });
});
