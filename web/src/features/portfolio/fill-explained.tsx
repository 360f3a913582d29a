"use client";
import { useLocale, useTranslations } from "next-intl";
import type { Trade } from "@/lib/api/types";
import { formatCount, formatMoney, formatNumber, formatPrice, formatQuantity } from "@/lib/format";
import { formatMoment } from "@/lib/time";
import { sourceName } from "./import-model";

/** How the price of a fill came about, step by step, from what was recorded with it. */
export function FillExplained({ trade }: { trade: Trade }) {
  const t = useTranslations("fill");
  const locale = useLocale();
  const { quote } = trade;
  const isBuy = trade.side === "buy";
  const bps = (value: number | null) => t("bps", { value: formatNumber(locale, value, 4) });
  const made: [string, string, string?][] = [
    [
      t("marketPrice"),
      formatPrice(locale, quote.price),
      t("quoted", {
        source: quote.source,
        moment: formatMoment(locale, quote.event_at) ?? "",
        age: formatCount(locale, quote.age_ms),
      }),
    ],
    [t("spread"), `${isBuy ? "+" : "−"}${bps(quote.spread_bps)}`, t(isBuy ? "spreadBuy" : "spreadSell")],
    [t("slippage"), `${isBuy ? "+" : "−"}${bps(quote.slippage_bps)}`, t("slippageText")],
    [t("fillPrice"), formatPrice(locale, trade.price)],
  ];
  const source = trade.imported_from;
  const taken: [string, string, string?][] = [
    [
      t("fillPrice"),
      formatPrice(locale, trade.price),
      t("fromFile", { source: sourceName(source ?? ""), moment: formatMoment(locale, trade.executed_at) ?? "" }),
    ],
  ];
  const steps: [string, string, string?][] = [
    ...(source ? taken : made),
    [t("times"), `× ${formatQuantity(locale, trade.quantity)} ${trade.symbol}`],
    [t("fee"), formatMoney(locale, trade.fee), source ? undefined : t("feeText", { rate: bps(quote.fee_bps) })],
    [t(isBuy ? "paid" : "received"), formatMoney(locale, trade.total)],
  ];
  return (
    <>
      <dl>
        {steps.map(([name, value, why]) => (
          <div
            key={name}
            className="flex items-start justify-between gap-4 border-b py-2.5 last:border-b-0 last:font-semibold"
          >
            <dt>
              {name}
              {why ? <span className="block font-normal text-[0.8125rem] text-faint">{why}</span> : null}
            </dt>
            <dd className="numeric whitespace-nowrap">{value}</dd>
          </div>
        ))}
      </dl>
      {trade.import_note ? (
        <p lang="en" className="mt-2 text-[0.8125rem] text-muted">
          {trade.import_note}
        </p>
      ) : null}
      <p className="mt-2 text-faint text-xs">
        {source
          ? t("booked", { moment: formatMoment(locale, trade.created_at) ?? "", trade: trade.id })
          : t("quoteId", { id: quote.id, trade: trade.id })}
      </p>
    </>
  );
}
