import { renderHook } from "@testing-library/react";
import { NextIntlClientProvider } from "next-intl";
import type { ReactNode } from "react";
import { describe, expect, it } from "vitest";
import { useWording } from "@/features/notifications/wording";
import type { Notification } from "@/lib/api/types";
import en from "../../messages/en.json";
import fr from "../../messages/fr.json";

const SAID = { title: "BTC: price at or above 1 USD", message: "Bitcoin (BTC) is at 91640.0 USD." };

function words(locale: "en" | "fr", kind: string, data: object) {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <NextIntlClientProvider locale={locale} messages={locale === "fr" ? fr : en}>
      {children}
    </NextIntlClientProvider>
  );
  const notification = { id: "1", kind, data, read: false, created_at: "2026-11-27T10:00:00Z", ...SAID };
  const { title, message } = renderHook(useWording, { wrapper }).result.current(
    notification as unknown as Notification,
  );
  return { title, message };
}

const FILLED = { asset_symbol: "ETH", quantity: "1234.5", price: "2916.1043535", total: "3641.48", fee: "3.64513045" };

describe("a notification", () => {
  it("is said in the language and the numbers of the page", () => {
    const fired = {
      asset_symbol: "BTC",
      asset_name: "Bitcoin",
      condition: { type: "above", price: "1" },
      price: "91640.0",
    };
    expect(words("en", "alert_fired", { ...fired, note: "at last" })).toEqual({
      title: "BTC: the price is at or above $1.00",
      message: "Bitcoin is at $91,640.00. Your note: at last",
    });
    expect(words("fr", "alert_fired", fired).title).toBe("BTC : le prix est à 1,00\u00a0$ ou plus");
    expect(words("en", "order_filled", { ...FILLED, side: "sell", realized_pnl: "-25.81999291" })).toEqual({
      title: "Sold 1,234.5 ETH",
      message: "At $2,916.10 each: $3,641.48 after a fee of $3.65. Realised: -$25.82.",
    });
    expect(words("en", "order_filled", { ...FILLED, side: "buy", realized_pnl: null }).message).toBe(
      "At $2,916.10 each: $3,641.48, of which fee $3.65.",
    );
  });

  it("is said as the server wrote it where its facts are missing or its kind has none", () => {
    expect(words("fr", "alert_fired", {})).toEqual(SAID);
    expect(words("fr", "security", { warning: "token_created" })).toEqual(SAID);
  });
});
