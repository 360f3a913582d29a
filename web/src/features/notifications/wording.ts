"use client";
import { useLocale, useTranslations } from "next-intl";
import type { Condition } from "@/features/alerts/conditions";
import { useSentences } from "@/features/alerts/sentence";
import { orderReason } from "@/features/portfolio/order-reasons";
import type { Notification } from "@/lib/api/types";
import { formatCount, formatMoney, formatPrice, formatQuantity } from "@/lib/format";
import { formatMinute } from "@/lib/time";

/** What a notification says in figures; which of them are there depends on its kind. */
interface Facts {
  asset_symbol?: string;
  asset_name?: string;
  condition?: Condition;
  note?: string | null;
  price?: string;
  since?: string;
  fires?: number;
  side?: "buy" | "sell";
  quantity?: string;
  filled_quantity?: string;
  total?: string;
  fee?: string;
  realized_pnl?: string | null;
  reason?: string | null;
  source?: string;
  state?: string;
  warning?: string;
}

export type Words = Pick<Notification, "title" | "message">;

/** What the owner of an account is warned of. */
const WARNINGS = [
  "token_reused",
  "password_changed",
  "password_reset",
  "email_change_requested",
  "email_changed",
  "mfa_enabled",
  "mfa_disabled",
  "locked_out",
  "token_created",
  "role_changed",
] as const;
/** Of these more is to be said than to reset the password. */
const EXPLAINED = ["token_reused", "locked_out", "role_changed"] as const;

/** Says a notification in the language and the numbers of the page; as the server wrote it where its facts are not known. */
export function useWording(): (notification: Notification) => Words {
  const t = useTranslations("notificationWords");
  const orders = useTranslations("orders");
  const locale = useLocale();
  const sentences = useSentences();
  const withNote = (message: string, note: string | null | undefined) =>
    note ? `${message} ${t("note", { note })}` : message;

  const fired = ({ asset_symbol: symbol, asset_name: name, condition, price, note }: Facts): Words | null => {
    if (!symbol || !condition || !price) return null;
    const rule = sentences.condition(condition);
    const at = t("isAt", { asset: name ?? symbol, price: formatPrice(locale, price) });
    return { title: t("fired", { symbol, condition: rule }), message: withNote(at, note) };
  };

  const expired = ({ asset_symbol: symbol, condition, note }: Facts): Words | null => {
    if (!symbol || !condition) return null;
    const rule = t("rule", { condition: sentences.condition(condition) });
    return { title: t("expired", { symbol }), message: withNote(`${t("expiredText")} ${rule}`, note) };
  };

  const paused = ({ asset_symbol: symbol, condition, fires }: Facts): Words | null => {
    if (!symbol || !condition || fires === undefined) return null;
    const rule = t("rule", { condition: sentences.condition(condition) });
    return {
      title: t("paused", { symbol }),
      message: `${t("pausedText", { count: fires, shown: formatCount(locale, fires) })} ${rule}`,
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

  const ended =
    (how: "rejected" | "expired") =>
    ({ asset_symbol: symbol, side, quantity, filled_quantity: part, reason }: Facts): Words | null => {
      if (!symbol || !side || !quantity || !part) return null;
      const known = reason ? orderReason(reason) : null;
      const had = t("orderHad", {
        symbol,
        filled: formatQuantity(locale, part),
        quantity: formatQuantity(locale, quantity),
      });
      const why = reason ? t("orderWhy", { reason: known ? orders(`reason_${known}`) : reason }) : "";
      return { title: t(`ended_${how}_${side}`, { symbol }), message: `${had} ${why}`.trim() };
    };

  const feed = ({ source, state, since, reason }: Facts): Words | null => {
    if (!source || !since) return null;
    const moment = formatMinute(locale, since);
    if (state === "recovered") return { title: t("feedBack", { source }), message: t("feedBackText", { moment }) };
    return { title: t("feedDown", { source }), message: t("feedDownText", { moment, reason: reason ?? "" }) };
  };

  const warned = ({ warning }: Facts): Words | null => {
    const known = WARNINGS.find((one) => one === warning);
    if (!known) return null;
    const explained = EXPLAINED.find((one) => one === known);
    return { title: t(`warning_${known}`), message: t(explained ? `explained_${explained}` : "undo") };
  };

  const by: Partial<Record<string, (facts: Facts) => Words | null>> = {
    alert_fired: fired,
    alert_expired: expired,
    alert_paused: paused,
    alert_no_data: noData,
    order_filled: filled,
    order_rejected: ended("rejected"),
    order_expired: ended("expired"),
    feed_degraded: feed,
    security: warned,
    test: () => ({ title: t("test"), message: t("testText") }),
  };
  return (notification) => by[notification.kind]?.(notification.data as Facts) ?? notification;
}
