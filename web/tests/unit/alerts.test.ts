import { describe, expect, it } from "vitest";
import { alertForm, emptyAlert, fromAlert, toBody } from "@/features/alerts/alert-form-model";
import {
  type Condition,
  isConditionTrueAt,
  levelsOf,
  type SimpleCondition,
  type Trigger,
  triggerOf,
  triggerParts,
} from "@/features/alerts/conditions";
import { awaitedWindow, type Standing } from "@/features/alerts/waiting";
import { nameOf } from "@/features/charts/indicator-name";

const CONDITIONS: Condition[] = [
  { type: "above", price: "70000.1" },
  { type: "crosses", price: "0.000000000012" },
  { type: "channel", low: "1", high: "2", op: "exits" },
  { type: "change_pct", direction: "either", percent: 2.5, window: "24h" },
  { type: "indicator", indicator: "macd:12:26:9.histogram", interval: "4h", op: "crosses_below", value: -1.5 },
  { type: "volume_spike", multiple: 3, interval: "5m" },
  {
    all: [
      { type: "below", price: "5" },
      { type: "volume_spike", multiple: 2, interval: "1m" },
    ],
  },
];

function stored(condition: Condition, trigger: Trigger = "once") {
  return { asset_id: "bitcoin", condition, trigger, cooldown_seconds: 60, channels: ["in_app"], note: null };
}

describe("the alert form", () => {
  it.each(CONDITIONS)("gives back the condition that it was opened with: %j", (condition) => {
    const form = fromAlert(stored(condition));
    expect(alertForm.safeParse(form).success).toBe(true);
    expect(toBody(form).condition).toEqual(condition);
  });

  it("gives back every trigger that it was opened with", () => {
    const triggers: Trigger[] = [
      "once",
      "every_time",
      "once_per_minute",
      { once_per_bar: "4h" },
      { once_per_bar_close: "1d" },
    ];
    for (const trigger of triggers) {
      expect(toBody(fromAlert(stored(CONDITIONS[0] as Condition, trigger))).trigger).toEqual(trigger);
      const { mode, interval } = triggerParts(trigger);
      expect(triggerOf(mode, interval ?? "1h")).toEqual(trigger);
    }
  });

  it("leaves the end to the server, says never, or names a moment", () => {
    const form = emptyAlert("bitcoin", "1");
    expect(toBody(form)).not.toHaveProperty("expires_at");
    expect(toBody({ ...form, expiry: "never" })).toHaveProperty("expires_at", null);
    const at = toBody({ ...form, expiry: "at", expiresAt: "2099-01-01T12:00" });
    expect(at).toHaveProperty("expires_at", new Date("2099-01-01T12:00").toISOString());
  });

  it.each([
    ["a price that is missing", { price: "" }, "required"],
    ["a price that is no number", { price: "cheap" }, "decimal"],
    ["a price of nothing", { price: "0" }, "positive"],
    ["bounds in the wrong order", { type: "channel", low: "2", high: "1" }, "order"],
    ["an indicator that is none", { type: "indicator", indicator: "RSI 14!" }, "indicator"],
    ["a value that is no number", { type: "indicator", value: "" }, "number"],
  ] as const)("refuses %s", (_, fields, problem) => {
    const form = emptyAlert("bitcoin", "1");
    const first = form.parts[0];
    if (!first) throw new Error("a form begins with one condition");
    const parsed = alertForm.safeParse({ ...form, parts: [{ ...first, ...fields }] });
    expect(parsed.success).toBe(false);
    expect(parsed.error?.issues.map((issue) => issue.message)).toContain(problem);
  });

  it("refuses an end that has passed", () => {
    const parsed = alertForm.safeParse({ ...emptyAlert("bitcoin", "1"), expiry: "at", expiresAt: "2001-01-01T00:00" });
    expect(parsed.error?.issues.map((issue) => issue.message)).toEqual(["future"]);
  });
});

describe("a condition that is looked at beforehand", () => {
  const at = (condition: SimpleCondition, price: string) => isConditionTrueAt(condition, price);

  it("is true at its very level, as the evaluator says", () => {
    expect(at({ type: "above", price: "100" }, "100")).toBe(true);
    expect(at({ type: "below", price: "100" }, "100.01")).toBe(false);
    expect(at({ type: "channel", low: "1", high: "2", op: "inside" }, "2")).toBe(true);
    expect(at({ type: "channel", low: "1", high: "2", op: "outside" }, "2")).toBe(false);
  });

  it("is compared exactly, where floats would be equal", () => {
    expect(at({ type: "above", price: "0.1000000000000000001" }, "0.1")).toBe(false);
  });

  it("is not known for edges and for what needs more than a price", () => {
    expect(at({ type: "crosses", price: "100" }, "100")).toBeNull();
    expect(isConditionTrueAt(CONDITIONS[6] as Condition, "4")).toBeNull();
    expect(isConditionTrueAt(CONDITIONS[6] as Condition, "6")).toBe(false);
  });

  it("has lines to draw only where it has prices", () => {
    expect(CONDITIONS.map(levelsOf)).toEqual([["70000.1"], ["0.000000000012"], ["1", "2"], [], [], [], ["5"]]);
  });
});

describe("an alert that has no price to compare with", () => {
  const BORN = "2026-03-01T12:00:00.000Z";
  const standing: Standing = {
    status: "no_data",
    condition: { type: "change_pct", direction: "up", percent: 2, window: "1h" },
    version: 1,
    created_at: BORN,
    updated_at: "2026-03-01T12:30:00.000Z",
  };
  const minute = (minutes: number) => Date.parse(BORN) + minutes * 60_000;

  it("waits for one until its window has passed once, and then misses it", () => {
    expect(awaitedWindow(standing, minute(1))).toBe("1h");
    expect(awaitedWindow(standing, minute(65))).toBe("1h");
    expect(awaitedWindow(standing, minute(67))).toBeNull();
    expect(awaitedWindow({ ...standing, version: 2 }, minute(67))).toBe("1h");
  });

  it("waits for the longest of its windows", () => {
    const parts: SimpleCondition[] = (["5m", "24h", "1h"] as const).map((window) => ({
      type: "change_pct",
      direction: "up",
      percent: 2,
      window,
    }));
    expect(awaitedWindow({ ...standing, condition: { all: parts } }, minute(1))).toBe("24h");
  });

  it("waits for nothing where it compares with nothing, or is judged already", () => {
    expect(awaitedWindow({ ...standing, condition: { type: "above", price: "1" } }, minute(1))).toBeNull();
    expect(awaitedWindow({ ...standing, status: "armed" }, minute(1))).toBeNull();
  });
});

describe("the name of an indicator", () => {
  it.each([
    ["rsi:14", "RSI 14", null],
    ["macd:12:26:9.histogram", "MACD 12 26 9", "histogram"],
    ["macd:12:26:9.macd", "MACD 12 26 9", null],
    ["stoch:14:3:3.k", "Stoch 14 3 3", "%K"],
    ["adx:14.adx", "ADX 14", null],
    ["adx:14.plus_di", "ADX 14", "+DI"],
    ["adx:14.minus_di", "ADX 14", "−DI"],
    ["willr:14", "Williams %R 14", null],
    ["sar:0.02:0.2", "SAR 0.02 0.2", null],
  ])("of %s is %s, and of its lines the one that is meant is said apart", (spec, name, component) => {
    expect(nameOf(spec)).toMatchObject({ name, component });
  });
});
