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
    expect(words("fr", "alert_fired", fired).title).toBe("BTC\u00a0: le prix est à 1,00\u00a0$ ou plus");
    expect(words("en", "order_filled", { ...FILLED, side: "sell", realized_pnl: "-25.81999291" })).toEqual({
      title: "Sold 1,234.5 ETH",
      message: "At $2,916.10 each: $3,641.48 after a fee of $3.65. Realised: -$25.82.",
    });
    expect(words("en", "order_filled", { ...FILLED, side: "buy", realized_pnl: null }).message).toBe(
      "At $2,916.10 each: $3,641.48, of which fee $3.65.",
    );
  });

  it("tells why an order ended in the words of the page", () => {
    const facts = {
      asset_symbol: "ETH",
      side: "buy",
      quantity: "2.5",
      filled_quantity: "0",
      reason: "its time ran out",
    };
    expect(words("fr", "order_expired", facts)).toEqual({
      title: "Votre ordre d’achat de ETH a expiré",
      message: "Quantité exécutée\u00a0: 0 sur 2,5 ETH. Motif\u00a0: son délai est passé.",
    });
    expect(words("en", "order_rejected", { ...facts, side: "sell", reason: null })).toEqual({
      title: "Your order to sell ETH was refused",
      message: "0 of 2.5 ETH had been filled.",
    });
  });

  it("of an alert that no longer watches names its rule", () => {
    const alert = { asset_symbol: "BTC", condition: { type: "below", price: "5" } };
    expect(words("en", "alert_expired", { ...alert, note: "at last" })).toEqual({
      title: "Your alert on BTC has expired",
      message:
        "It no longer watches, unless you renew it. Its rule: the price is at or below $5.00. Your note: at last",
    });
    expect(words("fr", "alert_paused", { ...alert, fires: 1200 }).message).toContain("1\u202f200 fois");
  });

  it("of the account and of a source of prices is said in the language of the page", () => {
    expect(words("fr", "security", { warning: "token_created" }).title).toBe("Un jeton d’API a été créé");
    expect(words("fr", "security", { warning: "role_changed" }).message).toBe(
      "Un administrateur a modifié vos droits.",
    );
    const since = "2026-11-27T10:00:00Z";
    expect(words("fr", "feed_degraded", { source: "kraken", state: "recovered", since }).title).toBe(
      "La source de prix kraken est rétablie",
    );
    expect(words("en", "test", {}).title).toBe("Test notification");
  });

  it("is said as the server wrote it where its facts are missing or its kind has none", () => {
    expect(words("fr", "alert_fired", {})).toEqual(SAID);
    expect(words("fr", "security", { warning: "moon_full" })).toEqual(SAID);
    expect(words("fr", "digest", { count: 3 })).toEqual(SAID);
  });
});
