import { describe, expect, it } from "vitest";
import { ASSETS, recordedMarket } from "../../scripts/recorded-market.mjs";

const NOW = Date.parse("2026-11-26T10:00:00.000Z");
const DAY = 86_400_000;

interface Line {
  at: number;
  symbol: string;
  price: string;
  quantity: string;
}

function linesOf(file: string): Line[] {
  const [header, ...rows] = file.trimEnd().split("\n");
  expect(header).toBe("timestamp_ms,symbol,price,quantity");
  return rows.map((row) => {
    const [at = "", symbol = "", price = "", quantity = ""] = row.split(",");
    return { at: Number(at), symbol, price, quantity };
  });
}

function withoutTimes(file: string): string {
  return file.replace(/^\d+/gm, "");
}

function firstTime(file: string): number {
  return Number(file.match(/^\d+/m)?.[0]);
}

describe("the recorded market", () => {
  const { past, present } = recordedMarket(NOW);
  const files = { past: linesOf(past), present: linesOf(present) };

  it("has the same prices each time, at times that follow the clock", () => {
    const later = recordedMarket(NOW + 5_000);
    for (const name of ["past", "present"] as const) {
      const [before, after] = [{ past, present }[name], later[name]];
      expect(withoutTimes(after) === withoutTimes(before), name).toBe(true);
      expect(firstTime(after) - firstTime(before)).toBe(5_000);
    }
  });

  it.each(["past", "present"] as const)("has a %s whose times never go back, in plain decimals above zero", (name) => {
    const lines = files[name];
    expect(lines.filter((line, index) => line.at < (lines[index - 1]?.at ?? 0))).toEqual([]);
    const isPlain = (text: string) => /^\d+(\.\d+)?$/.test(text);
    expect(lines.filter(({ price, quantity }) => !isPlain(price) || !isPlain(quantity))).toEqual([]);
    expect(lines.filter(({ price }) => Number(price) <= 0)).toEqual([]);
  });

  it("goes on where its past ends, with every asset, and holds more than a day of each", () => {
    expect(files.past.at(-1)?.at).toBeLessThan(NOW);
    expect(files.present[0]?.at).toBe(NOW);
    for (const { asset_id } of ASSETS) {
      const symbol = asset_id.toUpperCase();
      const own = files.past.filter((line) => line.symbol === symbol);
      const [first, last] = [own[0], own.at(-1)];
      const next = files.present.find((line) => line.symbol === symbol);
      expect(first?.at).toBeLessThan(NOW - DAY);
      expect(Number(next?.price) / Number(last?.price)).toBeCloseTo(1, 2);
    }
  });
});
