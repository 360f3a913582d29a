import * as z from "zod";
import type { OrderBody, Portfolio } from "@/lib/api/types";
import { decimal, parseDecimal } from "@/lib/format";
import { ORDER_TYPES, type OrderType } from "./order-types";
import type { TradeBody } from "./queries";

export const TIMES_IN_FORCE = ["gtc", "ioc", "fok", "gtd"] as const;
export type TicketProblem = "required" | "decimal" | "positive" | "steps" | "cents" | "future" | "trail";

const QUANTITY_DECIMALS = 8;
const CASH_DECIMALS = 2;
const MOST_TRAIL = 50;

type PriceField = "limitPrice" | "stopPrice" | "stopLimitPrice" | "trailPct";

/** The prices that a type of order needs. */
export function pricesOf(type: OrderType): readonly PriceField[] {
  switch (type) {
    case "market":
      return [];
    case "limit":
      return ["limitPrice"];
    case "stop":
    case "take_profit":
      return ["stopPrice"];
    case "stop_limit":
      return ["stopPrice", "limitPrice"];
    case "trailing_stop":
      return ["trailPct"];
    case "oco":
      return ["limitPrice", "stopPrice"];
  }
}

function decimalsOf(text: string): number {
  return text.split(".")[1]?.replace(/0+$/, "").length ?? 0;
}

export const ticketForm = z
  .object({
    side: z.enum(["buy", "sell"]),
    type: z.enum(ORDER_TYPES),
    unit: z.enum(["quantity", "amount"]),
    size: z.string(),
    limitPrice: z.string(),
    stopPrice: z.string(),
    stopLimitPrice: z.string(),
    trailPct: z.string(),
    timeInForce: z.enum(TIMES_IN_FORCE),
    expiresAt: z.string(),
  })
  .superRefine((form, context) => {
    const refuse = (path: keyof typeof form, message: TicketProblem) =>
      context.addIssue({ code: "custom", path: [path], message });
    const positive = (path: "size" | PriceField): string | null => {
      const value = parseDecimal(form[path]);
      if (value === null) refuse(path, form[path].trim() === "" ? "required" : "decimal");
      else if (decimal(value).lte(0)) refuse(path, "positive");
      else return value;
      return null;
    };
    const size = positive("size");
    const isAmount = form.type === "market" && form.unit === "amount";
    if (size && isAmount && decimalsOf(size) > CASH_DECIMALS) refuse("size", "cents");
    if (size && !isAmount && decimalsOf(size) > QUANTITY_DECIMALS) refuse("size", "steps");
    for (const field of pricesOf(form.type)) {
      const value = positive(field);
      if (field === "trailPct" && value && decimal(value).gt(MOST_TRAIL)) refuse(field, "trail");
    }
    if (form.type === "oco" && form.stopLimitPrice.trim() !== "") positive("stopLimitPrice");
    if (form.type !== "market" && form.timeInForce === "gtd" && !(Date.parse(form.expiresAt) > Date.now())) {
      refuse("expiresAt", "future");
    }
  });

export type TicketForm = z.infer<typeof ticketForm>;

/** An empty ticket. */
export const EMPTY_TICKET: TicketForm = {
  side: "buy",
  type: "market",
  unit: "amount",
  size: "",
  limitPrice: "",
  stopPrice: "",
  stopLimitPrice: "",
  trailPct: "",
  timeInForce: "gtc",
  expiresAt: "",
};

const plain = (text: string): string => parseDecimal(text) ?? text;

/** A market order as the API wants it: never with a price, which is the server's to find. */
export function toTrade(form: TicketForm, symbol: string): TradeBody {
  return form.unit === "amount"
    ? { symbol, side: form.side, quote_amount: plain(form.size) }
    : { symbol, side: form.side, quantity: plain(form.size) };
}

/** Any other order as the API wants it. */
export function toOrder(form: TicketForm, symbol: string): OrderBody {
  const life = {
    time_in_force: form.timeInForce,
    ...(form.timeInForce === "gtd" ? { expires_at: new Date(form.expiresAt).toISOString() } : {}),
  };
  const base = { symbol, side: form.side, type: form.type, quantity: plain(form.size), ...life };
  if (form.type === "oco") {
    const limit = form.stopLimitPrice.trim();
    return {
      ...base,
      take_profit: { limit_price: plain(form.limitPrice) },
      stop_loss: { stop_price: plain(form.stopPrice), ...(limit ? { limit_price: plain(limit) } : {}) },
    };
  }
  const wanted = pricesOf(form.type);
  return {
    ...base,
    ...(wanted.includes("limitPrice") ? { limit_price: plain(form.limitPrice) } : {}),
    ...(wanted.includes("stopPrice") ? { stop_price: plain(form.stopPrice) } : {}),
    ...(wanted.includes("trailPct") ? { trail_pct: plain(form.trailPct) } : {}),
  };
}

/** What can be spent or sold: what is not reserved by orders. */
export function freeOf(
  portfolio: Pick<Portfolio, "available_cash"> & {
    holdings: readonly Pick<Portfolio["holdings"][number], "asset_id" | "quantity" | "reserved">[];
  },
  side: TicketForm["side"],
  assetId: string,
): string {
  if (side === "buy") return portfolio.available_cash;
  const holding = portfolio.holdings.find((one) => one.asset_id === assetId);
  return holding ? decimal(holding.quantity).minus(holding.reserved).toFixed() : "0";
}

/** About how much the other side of the ticket is, at this price; the server alone decides what it will be. */
export function estimate(form: Pick<TicketForm, "type" | "unit" | "size">, price: string | null): string | null {
  const size = parseDecimal(form.size);
  if (!size || !price || decimal(price).lte(0)) return null;
  if (form.type === "market" && form.unit === "amount") {
    return decimal(size).div(decimal(price)).round(QUANTITY_DECIMALS, 0).toFixed();
  }
  return decimal(size).times(decimal(price)).round(CASH_DECIMALS, 1).toFixed();
}
