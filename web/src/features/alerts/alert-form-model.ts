import * as z from "zod";
import { INTERVALS, type Interval } from "@/lib/api/types";
import { parseDecimal, parseSigned } from "@/lib/format";
import { toLocalField } from "@/lib/time";
import {
  CHANNEL_OPS,
  CHANNELS,
  CONDITION_TYPES,
  type Condition,
  combined,
  DIRECTIONS,
  isLevel,
  partsOf,
  type SimpleCondition,
  TRIGGER_MODES,
  type Trigger,
  triggerOf,
  triggerParts,
  VALUE_OPS,
  WINDOWS,
} from "./conditions";

/** Why a field is not accepted; the catalogues have a sentence for each. */
export type FieldProblem = "required" | "decimal" | "positive" | "number" | "order" | "future" | "indicator";

const MOST_COOLDOWN_SECONDS = 604_800;

const part = z
  .object({
    type: z.enum(CONDITION_TYPES),
    price: z.string(),
    low: z.string(),
    high: z.string(),
    channelOp: z.enum(CHANNEL_OPS),
    direction: z.enum(DIRECTIONS),
    percent: z.string(),
    window: z.enum(WINDOWS),
    indicator: z.string(),
    interval: z.enum(INTERVALS),
    valueOp: z.enum(VALUE_OPS),
    value: z.string(),
    multiple: z.string(),
  })
  .superRefine((fields, context) => {
    const refuse = (path: keyof typeof fields, message: FieldProblem) =>
      context.addIssue({ code: "custom", path: [path], message });
    const positive = (path: "price" | "low" | "high" | "percent" | "multiple") => {
      const value = parseDecimal(fields[path]);
      if (value === null) refuse(path, fields[path].trim() === "" ? "required" : "decimal");
      else if (Number(value) <= 0) refuse(path, "positive");
      return value;
    };
    if (isLevel(fields.type)) positive("price");
    if (fields.type === "channel") {
      const [low, high] = [positive("low"), positive("high")];
      if (low !== null && high !== null && Number(low) >= Number(high)) refuse("high", "order");
    }
    if (fields.type === "change_pct") positive("percent");
    if (fields.type === "volume_spike") positive("multiple");
    if (fields.type === "indicator") {
      if (parseSigned(fields.value) === null) refuse("value", "number");
      if (!/^[a-z]+(:[\d.]+)*(\.[a-z_]+)?$/.test(fields.indicator.trim().toLowerCase()))
        refuse("indicator", "indicator");
    }
  });

export const alertForm = z
  .object({
    symbol: z.string().min(1, "required" satisfies FieldProblem),
    parts: z.array(part).min(1).max(5),
    mode: z.enum(TRIGGER_MODES),
    triggerInterval: z.enum(INTERVALS),
    cooldownSeconds: z.number().int().min(0).max(MOST_COOLDOWN_SECONDS),
    expiry: z.enum(["standard", "never", "at"]),
    expiresAt: z.string(),
    channels: z.array(z.enum(CHANNELS)),
    note: z.string().max(500),
  })
  .superRefine((form, context) => {
    if (form.expiry === "at" && !(Date.parse(form.expiresAt) > Date.now())) {
      context.addIssue({ code: "custom", path: ["expiresAt"], message: "future" satisfies FieldProblem });
    }
  });

export type AlertForm = z.infer<typeof alertForm>;
export type PartForm = AlertForm["parts"][number];

const EMPTY_PART: PartForm = {
  type: "crosses",
  price: "",
  low: "",
  high: "",
  channelOp: "exits",
  direction: "either",
  percent: "5",
  window: "1h",
  indicator: "rsi:14",
  interval: "1h",
  valueOp: "crosses_below",
  value: "30",
  multiple: "3",
};

/** A new part, at this price where one is given. */
export function emptyPart(price?: string): PartForm {
  return { ...EMPTY_PART, price: price ?? "" };
}

/** The form of a new alert. */
export function emptyAlert(symbol: string, price?: string): AlertForm {
  return {
    symbol,
    parts: [emptyPart(price)],
    mode: "once",
    triggerInterval: "1h",
    cooldownSeconds: 0,
    expiry: "standard",
    expiresAt: "",
    channels: ["in_app", "email"],
    note: "",
  };
}

function plain(text: string): string {
  return parseDecimal(text) ?? text;
}

/** A part as the API wants it. */
export function toCondition(fields: PartForm): SimpleCondition {
  const { type } = fields;
  if (isLevel(type)) return { type, price: plain(fields.price) };
  switch (type) {
    case "channel":
      return { type, low: plain(fields.low), high: plain(fields.high), op: fields.channelOp };
    case "change_pct":
      return { type, direction: fields.direction, percent: Number(plain(fields.percent)), window: fields.window };
    case "indicator":
      return {
        type,
        indicator: fields.indicator.trim().toLowerCase(),
        interval: fields.interval,
        op: fields.valueOp,
        value: parseSigned(fields.value) ?? Number.NaN,
      };
    case "volume_spike":
      return { type, multiple: Number(plain(fields.multiple)), interval: fields.interval };
  }
}

function fromCondition(condition: SimpleCondition): PartForm {
  const fields = emptyPart();
  fields.type = condition.type;
  if ("price" in condition) fields.price = String(condition.price);
  if (condition.type === "channel") {
    Object.assign(fields, { low: String(condition.low), high: String(condition.high), channelOp: condition.op });
  }
  if (condition.type === "change_pct") {
    Object.assign(fields, {
      direction: condition.direction,
      percent: String(condition.percent),
      window: condition.window,
    });
  }
  if (condition.type === "indicator") {
    const { indicator, interval, op, value } = condition;
    Object.assign(fields, { indicator, interval, valueOp: op, value: String(value) });
  }
  if (condition.type === "volume_spike") {
    Object.assign(fields, { multiple: String(condition.multiple), interval: condition.interval });
  }
  return fields;
}

export interface StoredAlert {
  asset_id: string;
  condition: Condition;
  trigger: Trigger;
  cooldown_seconds: number;
  expires_at?: string | null;
  channels: readonly string[];
  note?: string | null;
}

/** The form of an alert that is there already. */
export function fromAlert(alert: StoredAlert): AlertForm {
  const { mode, interval } = triggerParts(alert.trigger);
  return {
    symbol: alert.asset_id,
    parts: partsOf(alert.condition).map(fromCondition),
    mode,
    triggerInterval: interval ?? "1h",
    cooldownSeconds: alert.cooldown_seconds,
    expiry: alert.expires_at ? "at" : "never",
    expiresAt: alert.expires_at ? toLocalField(alert.expires_at) : "",
    channels: CHANNELS.filter((channel) => alert.channels.includes(channel)),
    note: alert.note ?? "",
  };
}

/** The whole form as the API wants it. */
export function toBody(form: AlertForm) {
  return {
    symbol: form.symbol,
    condition: combined(form.parts.map(toCondition)),
    trigger: triggerOf(form.mode, form.triggerInterval as Interval),
    cooldown_seconds: form.cooldownSeconds,
    channels: [...form.channels],
    note: form.note.trim(),
    ...(form.expiry === "never" ? { expires_at: null } : {}),
    ...(form.expiry === "at" ? { expires_at: new Date(form.expiresAt).toISOString() } : {}),
  };
}
