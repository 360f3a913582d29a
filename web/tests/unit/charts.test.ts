import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  candlePoint,
  chartTime,
  commonStart,
  distinctNames,
  indicatorLines,
  keepLive,
  keepOlder,
  lineColors,
  lineShape,
  precededBy,
  rebased,
  volumePoint,
  withLive,
} from "@/features/charts/chart-data";
import { INDICATOR_KINDS, kindOf, specOf } from "@/features/charts/indicator-kinds";
import { placeTiles } from "@/features/market/heatmap";
import { sparklinePath } from "@/features/market/sparkline";
import { courses } from "@/features/portfolio/equity-curve";
import type { Candle, HeatmapTile } from "@/lib/api/types";

function candle(minute: number, close: string, more: Partial<Candle> = {}): Candle {
  return {
    timestamp: `2026-11-26T10:0${minute}:00.000Z`,
    open: "10",
    high: "12",
    low: "9",
    close,
    volume: "5",
    samples: 3,
    is_closed: true,
    filled: false,
    partial: false,
    repaired: false,
    ...more,
  };
}

describe("candles", () => {
  it("that are still running are drawn pale, closed ones are not", () => {
    const pale = { up: "pale-up", down: "pale-down" };
    expect(candlePoint(candle(0, "11"), pale)).not.toHaveProperty("color");
    expect(candlePoint(candle(0, "11", { is_closed: false }), pale)).toHaveProperty("color", "pale-up");
    expect(candlePoint(candle(0, "9", { is_closed: false }), pale)).toHaveProperty("color", "pale-down");
  });

  it("have no bar for a volume that nobody told", () => {
    const at = chartTime(candle(0, "11").timestamp);
    expect(volumePoint(candle(0, "11", { volume: null }), { up: "u", down: "d" })).toEqual({ time: at });
    expect(volumePoint(candle(0, "9"), { up: "u", down: "d" })).toEqual({ time: at, value: 5, color: "d" });
  });

  it("take what the stream says in its place, and ignore what is older", () => {
    const stored = [candle(0, "1"), candle(1, "2")];
    const closes = (live: Candle[]) => withLive(stored, live).map((one) => one.close);
    expect(closes([candle(1, "3")])).toEqual(["1", "3"]);
    expect(closes([candle(1, "3"), candle(2, "4")])).toEqual(["1", "3", "4"]);
    expect(closes([candle(2, "4"), candle(3, "5")])).toEqual(["1", "2", "4", "5"]);
    expect(withLive(stored, [candle(0, "9")])).toBe(stored);
    expect(withLive(stored, [])).toBe(stored);
  });

  it("that lie further back come before the others, each once", () => {
    const closes = (candles: readonly Candle[]) => candles.map((one) => one.close);
    expect(closes(precededBy([candle(2, "3")], [candle(0, "1"), candle(1, "2"), candle(2, "old")]))).toEqual([
      "1",
      "2",
      "3",
    ]);
    expect(closes(precededBy([], [candle(0, "1")]))).toEqual(["1"]);
  });

  it("that were loaded stay before a newer answer, unless there is a hole between, and not without end", () => {
    const closes = (before: Candle[], newest: Candle[], most = 9) =>
      keepOlder(before, newest, most).map((one) => one.close);
    const before = [candle(0, "1"), candle(1, "2"), candle(2, "3")];
    expect(closes(before, [candle(2, "4"), candle(3, "5")])).toEqual(["1", "2", "4", "5"]);
    expect(closes(before, [candle(2, "4"), candle(3, "5")], 3)).toEqual(["2", "4", "5"]);
    expect(closes(before, [candle(4, "6")])).toEqual(["6"]);
    expect(closes([], [candle(4, "6")])).toEqual(["6"]);
    expect(closes(before, [])).toEqual([]);
  });

  it("of the stream are kept in order, each once, and not without end", () => {
    const live = keepLive(keepLive([], candle(2, "1")), candle(1, "2"));
    expect(keepLive(live, candle(2, "3")).map((one) => one.close)).toEqual(["2", "3"]);
    let many: readonly Candle[] = [];
    for (let hour = 0; hour < 60; hour += 1)
      many = keepLive(many, candle(0, "1", { timestamp: String(hour).padStart(3) }));
    expect(many.length).toBeLessThan(30);
  });

  it("are compared from 100 on, where the youngest begins", () => {
    const old = [candle(0, "50"), candle(1, "100"), candle(2, "110")];
    const young = [candle(1, "4"), candle(2, "2")];
    const from = commonStart([old, young]);
    expect(from).toBe(young[0]?.timestamp);
    expect(rebased(old, from ?? "").map((point) => point.value)).toEqual([100, 110.00000000000001]);
    expect(rebased(young, from ?? "").map((point) => point.value)).toEqual([100, 50]);
    expect(commonStart([old, []])).toBeNull();
  });
});

describe("indicators", () => {
  const series = {
    timestamps: ["2026-11-26T10:00:00.000Z", "2026-11-26T10:01:00.000Z"],
    "rsi:14": [null, 55.5],
    "macd:12:26:9": { macd: [1, 2], signal: [null, 1] },
  };

  it("leave a gap while they warm up", () => {
    const [line] = indicatorLines(series as never, "rsi:14");
    expect(line?.points).toEqual([
      { time: chartTime("2026-11-26T10:00:00.000Z") },
      { time: chartTime("2026-11-26T10:01:00.000Z"), value: 55.5 },
    ]);
  });

  it("of several lines have one for each component", () => {
    expect(indicatorLines(series as never, "macd:12:26:9").map((line) => line.component)).toEqual(["macd", "signal"]);
    expect(indicatorLines(series as never, "sma:20")).toEqual([]);
  });

  it("are found again by the name that was made for them", () => {
    for (const { kind, parameters } of INDICATOR_KINDS) {
      const spec = specOf(
        kind,
        parameters.map((parameter) => parameter.initial),
      );
      expect(kindOf(spec)?.kind).toBe(kind);
    }
  });
});

function tile(id: string, cap: string | null): HeatmapTile {
  return { asset_id: id, symbol: id, name: id, price: "1", market_cap: cap, change: 1, updated_at: null, stale: false };
}

describe("drawings", () => {
  it("of the market give each asset the area of its market cap, and none to one without", () => {
    const placed = placeTiles([tile("a", "300"), tile("b", "100"), tile("c", null)], 400, 400);
    const area = Object.fromEntries(placed.map((one) => [one.tile?.asset_id, one.width * one.height]));
    expect(Object.keys(area).sort()).toEqual(["a", "b"]);
    expect((area.a ?? 0) / (area.b ?? 1)).toBeCloseTo(3, 1);
    expect(placeTiles([tile("a", "1")], 0, 0)).toEqual([]);
  });

  it("of the market give all the same area where no market cap is known", () => {
    const placed = placeTiles([tile("a", null), tile("b", null), tile("c", null)], 300, 300);
    expect(placed.map((one) => one.tile?.asset_id)).toEqual(["a", "b", "c"]);
    const areas = placed.map((one) => one.width * one.height);
    expect(Math.min(...areas) / Math.max(...areas)).toBeGreaterThan(0.95);
  });

  it("of the market put assets too small to see together", () => {
    const many = Array.from({ length: 60 }, (_, index) => tile(`asset-${index}`, String(10_000 / (index + 1) ** 2)));
    const placed = placeTiles(many, 360, 290);
    expect(Math.min(...placed.map((one) => Math.min(one.width, one.height)))).toBeGreaterThanOrEqual(9);
    expect(placed.reduce((sum, one) => sum + one.count, 0)).toBe(60);
    expect(placed.filter((one) => one.tile === null)).toHaveLength(1);
  });

  it("of a week stay within their frame, also where nothing moved", () => {
    expect(sparklinePath(["1"])).toBeNull();
    expect(sparklinePath(["1", "3", "2"])).toBe("M0.0 30.0L56.0 2.0L112.0 16.0");
    expect(sparklinePath(["5", "5"])).not.toContain("NaN");
  });

  it("of a portfolio hold bitcoin beside it, counted from the price at its start", () => {
    const at = (minute: number) => `2026-11-26T10:0${minute}:00.000Z`;
    const rows = courses(
      [
        { timestamp: at(1), equity: "100", return_pct: 0 },
        { timestamp: at(3), equity: "101", return_pct: 1 },
      ],
      [
        { timestamp: at(0), price: "200" },
        { timestamp: at(2), price: "220" },
      ],
    );
    expect(rows.map((row) => row.bitcoin)).toEqual([0, 10.000000000000009]);
    expect(courses([{ timestamp: at(1), equity: "100", return_pct: 0 }], [])[0]?.bitcoin).toBeNull();
  });

  it("ends where the figure under it says that bitcoin ended", () => {
    const at = (minute: number) => `2026-11-26T10:0${minute}:00.000Z`;
    const points = [1, 2, 3].map((minute) => ({ timestamp: at(minute), equity: "100", return_pct: 0 }));
    const prices = [
      { timestamp: at(0), price: "200" },
      { timestamp: at(2), price: "220" },
    ];
    expect(courses(points, prices, -0.5).map((row) => row.bitcoin)).toEqual([0, 10.000000000000009, -0.5]);
  });
});

describe("the lines of indicators", () => {
  it("take the colours of the page in turn, over all indicators", () => {
    const of = (...keys: string[]) => ({ lines: keys.map((key) => ({ key, component: null, points: [] })) });
    const colors = lineColors([of("sma:20"), of("bb:20:2.upper", "bb:20:2.lower"), of("rsi:14")], ["a", "b", "c"]);
    expect([...colors]).toEqual([
      ["sma:20", "a"],
      ["bb:20:2.upper", "b"],
      ["bb:20:2.lower", "c"],
      ["rsi:14", "a"],
    ]);
  });
});

describe("what assets are called beside each other", () => {
  it("is their ticker, with the name where two have the same", () => {
    const [own, other, third] = [
      { symbol: "UNI", name: "Uniswap" },
      { symbol: "BTC", name: "Bitcoin" },
      { symbol: "UNI", name: "Unicorn" },
    ];
    expect(distinctNames([own, other, third])).toEqual(["UNI (Uniswap)", "BTC", "UNI (Unicorn)"]);
    expect(distinctNames([own, other])).toEqual(["UNI", "BTC"]);
  });
});

describe("the lines of a chart", () => {
  it("have the shape of what they are", () => {
    const keys = ["sma:20", "bb:20:2.upper", "bb:20:2.middle", "bb:20:2.lower", "sar:0.02:0.2"];
    expect(keys.map(lineShape)).toEqual(["solid", "dashed", "solid", "dashed", "dotted"]);
  });

  // The chart writes black on a label whose grey is above 160, and white on any other.
  it.each(["light", "dark"])("have labels that can be read, in the %s", (theme) => {
    const sheet = readFileSync(join(import.meta.dirname, "../../src/app/globals.css"), "utf8");
    const block = sheet.slice(sheet.indexOf(theme === "dark" ? "\n.dark {" : ":root {"));
    const colors = block
      .slice(0, block.indexOf("\n}"))
      .matchAll(/--(?:chart-\d|up|down|accent|muted): #([0-9a-f]{6});/g);
    const contrasts = [...colors].map(([line, hex = ""]) => {
      const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
      const [r = 0, g = 0, b = 0] = [red, green, blue]
        .map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      const light = 0.2126 * r + 0.7152 * g + 0.0722 * b;
      const isBlack = 0.199 * red + 0.687 * green + 0.114 * blue > 160;
      return { line, contrast: isBlack ? (light + 0.05) / 0.05 : 1.05 / (light + 0.05) };
    });
    expect(contrasts).toHaveLength(12);
    expect(contrasts.filter(({ contrast }) => contrast < 4.5)).toEqual([]);
  });
});
