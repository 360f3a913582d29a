import { describe, expect, it } from "vitest";
import { ORDER_TYPES } from "@/features/portfolio/order-types";
import {
  EMPTY_TICKET,
  estimate,
  freeOf,
  type TicketForm,
  ticketForm,
  toOrder,
  toTrade,
} from "@/features/portfolio/ticket-model";

const FILLED: TicketForm = {
  ...EMPTY_TICKET,
  size: "0,25",
  unit: "quantity",
  limitPrice: "70000",
  stopPrice: "60000",
  trailPct: "5",
};

describe("the trade ticket", () => {
  it("never sends the price of a market order", () => {
    expect(toTrade({ ...FILLED, unit: "amount", size: "100.50" }, "bitcoin")).toEqual({
      symbol: "bitcoin",
      side: "buy",
      quote_amount: "100.50",
    });
    expect(toTrade(FILLED, "bitcoin")).toEqual({ symbol: "bitcoin", side: "buy", quantity: "0.25" });
  });

  it.each(ORDER_TYPES.filter((type) => type !== "market"))(
    "sends with a %s the prices that it needs and no others",
    (type) => {
      const order = toOrder({ ...FILLED, type }, "bitcoin") as Record<string, unknown>;
      const sent = Object.keys(order).filter((name) => /price|pct|profit|loss/.test(name));
      const wanted = {
        limit: ["limit_price"],
        stop: ["stop_price"],
        stop_limit: ["limit_price", "stop_price"],
        take_profit: ["stop_price"],
        trailing_stop: ["trail_pct"],
        oco: ["take_profit", "stop_loss"],
      }[type];
      expect(sent.sort()).toEqual([...wanted].sort());
    },
  );

  it("offers what is not reserved by orders: cash to buy with, a holding to sell", () => {
    const portfolio = {
      available_cash: "99.50",
      holdings: [{ asset_id: "bitcoin", quantity: "0.3", reserved: "0.1" }],
    };
    expect(freeOf(portfolio, "buy", "bitcoin")).toBe("99.50");
    expect(freeOf(portfolio, "sell", "bitcoin")).toBe("0.2");
    expect(freeOf(portfolio, "sell", "ethereum")).toBe("0");
  });

  it("asks only for what its type needs", () => {
    expect(ticketForm.safeParse({ ...EMPTY_TICKET, size: "10" }).success).toBe(true);
    expect(ticketForm.safeParse({ ...EMPTY_TICKET, type: "limit", size: "10" }).success).toBe(false);
  });

  it.each([
    ["a quantity finer than its step", { type: "limit", size: "0.123456789" }, "steps"],
    ["an amount finer than a cent", { type: "market", unit: "amount", size: "1.234" }, "cents"],
    ["a distance over half", { type: "trailing_stop", trailPct: "51" }, "trail"],
    ["an end that has passed", { type: "limit", timeInForce: "gtd", expiresAt: "2001-01-01T00:00" }, "future"],
  ] as const)("refuses %s", (_, fields, problem) => {
    const parsed = ticketForm.safeParse({ ...FILLED, ...fields });
    expect(parsed.error?.issues.map((issue) => issue.message)).toContain(problem);
  });

  it("estimates exactly, a value to the cent and a quantity down to its step", () => {
    expect(estimate({ type: "limit", unit: "quantity", size: "0.1" }, "0.3")).toBe("0.03");
    expect(estimate({ type: "market", unit: "amount", size: "100" }, "3")).toBe("33.33333333");
    expect(estimate({ type: "market", unit: "amount", size: "100" }, null)).toBeNull();
    expect(estimate({ type: "market", unit: "amount", size: "x" }, "3")).toBeNull();
  });
});
