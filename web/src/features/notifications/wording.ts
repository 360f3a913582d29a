"use client";
import { useLocale, useTranslations } from "next-intl";
import type { Condition } from "@/features/alerts/conditions";
import { useSentences } from "@/features/alerts/sentence";
import type { Notification } from "@/lib/api/types";
import { formatMoney, formatPrice, formatQuantity } from "@/lib/format";
import { formatMinute } from "@/lib/time";

/** What a notification says in figures; which of them are there depends on its kind. */
interface Facts {
  asset_symbol?: string;
  asset_name?: string;
  condition?: Condition;
  note?: string | null;
  price?: string;
  since?: string;
  side?: "buy" | "sell";
  quantity?: string;
  total?: string;
  fee?: string;
  realized_pnl?: string | null;
}

export type Words = Pick<Notification, "title" | "message">;

/** Says a notification in the language and the numbers of the page; as the server wrote it where its facts are not known. */
export function useWording(): (notification: Notification) => Words {
  const t = useTranslations("notificationWords");
  const locale = useLocale();
  const sentences = useSentences();

  const fired = ({ asset_symbol: symbol, asset_name: name, condition, price, note }: Facts): Words | null => {
    if (!symbol || !condition || !price) return null;
    const rule = sentences.condition(condition);
    const at = t("isAt", { asset: name ?? symbol, price: formatPrice(locale, price) });
    return {
      title: t("fired", { symbol, condition: rule }),
      message: note ? `${at} ${t("note", { note })}` : at,
    };
  };

  const noData = ({ asset_symbol: symbol, condition, since }: Facts): Words | null =>
    symbol && condition && since
      ? {
          title: t("noData", { symbol }),
          message: t("noDataSince", {
            moment: formatMinute(locale, since),
            condition: sentences.condition(condition),
          }),
        }
      : null;

  const filled = ({
    asset_symbol: symbol,
    side,
    quantity,
    price,
    total,
    fee,
    realized_pnl: gain,
  }: Facts): Words | null => {
    if (!symbol || !side || !quantity || !price || !total || !fee) return null;
    const how = t(side === "buy" ? "paid" : "received", {
      price: formatPrice(locale, price),
      total: formatMoney(locale, total),
      fee: formatMoney(locale, fee),
    });
    return {
      title: t(side === "buy" ? "bought" : "sold", { symbol, quantity: formatQuantity(locale, quantity) }),
      message: gain ? `${how} ${t("gain", { gain: formatMoney(locale, gain, { isSigned: true }) })}` : how,
    };
  };

  return (notification) => {
    const facts: Facts = notification.data;
    const by = { alert_fired: fired, alert_no_data: noData, order_filled: filled } as const;
    const words = notification.kind in by ? by[notification.kind as keyof typeof by](facts) : null;
    return words ?? notification;
  };
}
