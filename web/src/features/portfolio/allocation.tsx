"use client";
import dynamic from "next/dynamic";
import { useLocale, useTranslations } from "next-intl";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import type { Portfolio } from "@/lib/api/types";
import { decimal, formatMoney, formatPercent } from "@/lib/format";

const SHOWN = 6;
const Ring = dynamic(() => import("./allocation-ring").then((module) => module.AllocationRing), {
  ssr: false,
  loading: () => <Skeleton className="mx-auto size-40 rounded-full" />,
});

export interface Slice {
  name: string;
  value: string;
  percent: number;
  color: string;
}

/** The largest holdings, the rest together, and cash. */
export function slicesOf(portfolio: Portfolio, words: { cash: string; others: string }): Slice[] {
  const equity = decimal(portfolio.equity);
  if (equity.lte(0)) return [];
  const share = (value: string) => decimal(value).div(equity).times(100).toNumber();
  const priced = portfolio.holdings.flatMap((holding) =>
    holding.market_value ? [{ name: holding.symbol, value: holding.market_value }] : [],
  );
  const rest = priced.slice(SHOWN).reduce((sum, holding) => sum.plus(holding.value), decimal("0"));
  const rows = [
    ...priced.slice(0, SHOWN),
    ...(rest.gt(0) ? [{ name: words.others, value: rest.toFixed(2) }] : []),
    { name: words.cash, value: portfolio.cash_balance },
  ];
  return rows.map((row, index) => ({
    ...row,
    percent: share(row.value),
    color:
      index === rows.length - 1
        ? "color-mix(in oklab, var(--edge) 60%, var(--surface))"
        : `color-mix(in oklab, var(--accent) ${100 - index * 13}%, var(--chart-2))`,
  }));
}

/** What the portfolio is made of. */
export function Allocation({ portfolio }: { portfolio: Portfolio }) {
  const t = useTranslations("portfolio");
  const locale = useLocale();
  const slices = slicesOf(portfolio, { cash: t("cashSlice"), others: t("others") });
  return (
    <Card title={t("allocation")} bodyClassName="flex flex-wrap content-center items-center justify-center gap-4">
      <Ring slices={slices} label={t("allocation")} />
      <table className="min-w-44 flex-1">
        <caption className="sr-only">{t("allocation")}</caption>
        <tbody>
          {slices.map((slice) => (
            <tr key={slice.name}>
              <th scope="row" className="py-1 text-left font-normal">
                <span className="flex items-center gap-2">
                  <span aria-hidden className="size-2.5 rounded-sm border" style={{ background: slice.color }} />
                  {slice.name}
                </span>
              </th>
              <td className="numeric py-1 text-right text-muted">{formatMoney(locale, slice.value)}</td>
              <td className="numeric w-16 py-1 text-right">{formatPercent(locale, slice.percent)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
