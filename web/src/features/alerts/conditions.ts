import type { components } from "@/lib/api/schema";
import type { Interval } from "@/lib/api/types";
import { decimal } from "@/lib/format";

export const LEVELS = ["above", "below", "crosses_above", "crosses_below", "crosses"] as const;
export const CHANNEL_OPS = ["inside", "outside", "enters", "exits"] as const;
export const DIRECTIONS = ["up", "down", "either"] as const;
export const WINDOWS = ["5m", "1h", "24h"] as const;
export const VALUE_OPS = ["above", "below", "crosses_above", "crosses_below"] as const;
export const CONDITION_TYPES = [...LEVELS, "channel", "change_pct", "indicator", "volume_spike"] as const;

export type LevelType = (typeof LEVELS)[number];
export type ConditionType = (typeof CONDITION_TYPES)[number];

/** A condition as the API writes it, one that is not combined of others. */
export type SimpleCondition = components["schemas"]["SingleCondition"];

export type Condition = components["schemas"]["ToldCondition"];

export type Trigger = components["schemas"]["TriggerForm"];

export const TRIGGER_MODES = ["once", "every_time", "once_per_minute", "once_per_bar", "once_per_bar_close"] as const;
export type TriggerMode = (typeof TRIGGER_MODES)[number];

export const CHANNELS = ["in_app", "email", "webhook", "telegram", "discord", "ntfy"] as const;
export type Channel = (typeof CHANNELS)[number];

/** Whether the type is one of a price level. */
export function isLevel(type: string): type is LevelType {
  return LEVELS.some((level) => level === type);
}

/** The parts of a condition; a simple one is its own only part. */
export function partsOf(condition: Condition): readonly SimpleCondition[] {
  return "all" in condition ? condition.all : [condition];
}

/** One part as it is, several as a condition that wants them all. */
export function combined(parts: readonly SimpleCondition[]): Condition {
  const [first, ...others] = parts;
  return first && others.length === 0 ? first : { all: [...parts] };
}

/** The mode and the interval of a trigger. */
export function triggerParts(trigger: Trigger): { mode: TriggerMode; interval: Interval | null } {
  if (typeof trigger === "string") return { mode: trigger, interval: null };
  if ("once_per_bar" in trigger) return { mode: "once_per_bar", interval: trigger.once_per_bar };
  return { mode: "once_per_bar_close", interval: trigger.once_per_bar_close };
}

/** A trigger of a mode, with the interval where it has one. */
export function triggerOf(mode: TriggerMode, interval: Interval): Trigger {
  if (mode === "once_per_bar") return { once_per_bar: interval };
  return mode === "once_per_bar_close" ? { once_per_bar_close: interval } : mode;
}

/** Prices at which a condition changes: what can be drawn as lines on a chart. */
export function levelsOf(condition: Condition): string[] {
  return partsOf(condition).flatMap((part) => {
    if ("price" in part) return [String(part.price)];
    return part.type === "channel" ? [String(part.low), String(part.high)] : [];
  });
}

/** Whether a part that only looks at the price is true at this price; null where more must be known. */
export function isTrueAt(part: SimpleCondition, price: string): boolean | null {
  const now = decimal(price);
  switch (part.type) {
    case "above":
      return now.gte(part.price);
    case "below":
      return now.lte(part.price);
    case "channel": {
      if (part.op === "enters" || part.op === "exits") return null;
      const isInside = now.gte(part.low) && now.lte(part.high);
      return part.op === "inside" ? isInside : !isInside;
    }
    default:
      return null;
  }
}

/** Whether the whole condition is true at this price; null where more must be known. */
export function isConditionTrueAt(condition: Condition, price: string): boolean | null {
  const truths = partsOf(condition).map((part) => isTrueAt(part, price));
  if (truths.some((truth) => truth === false)) return false;
  return truths.every((truth) => truth === true) ? true : null;
}
