"use client";
import dynamic from "next/dynamic";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { Empty, QueryView } from "@/components/query-view";
import { Card } from "@/components/ui/card";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import { ChangeText } from "@/features/market/price";
import type { Performance } from "@/lib/api/types";
import { formatCount, formatNumber, formatPercent, UNKNOWN } from "@/lib/format";
import { Gain } from "./gain";
import { type PerformanceRange, usePerformance } from "./queries";

const RANGES: readonly PerformanceRange[] = ["24h", "7d", "30d", "90d", "1y", "max"];
const Curve = dynamic(() => import("./equity-curve").then((module) => module.EquityCurve), {
  ssr: false,
  loading: () => <Skeleton className="h-64 w-full" />,
});

/** The equity curve, and what it says. */
export function PerformanceCard() {
  const t = useTranslations("performance");
  const [range, setRange] = useState<PerformanceRange>("30d");
  const query = usePerformance(range);
  return (
    <Card
      title={t("title")}
      actions={
        <Segmented
          label={t("range")}
          value={range}
          onChange={setRange}
          options={RANGES.map((value) => ({ value, label: t(`range_${value}`) }))}
        />
      }
    >
      <QueryView query={query} skeletonClassName="h-[27rem]">
        {(performance) => (
          <>
            {performance.equity_curve.length > 1 ? <Curve performance={performance} /> : <Empty>{t("tooYoung")}</Empty>}
            <Figures performance={performance} />
            {performance.notes.length > 0 ? (
              <ul className="mt-3 text-[0.8125rem] text-muted">
                {performance.notes.map((note) => (
                  <li key={note}>
                    {note === "undefined_period" || note === "modified_dietz" ? t(`note_${note}`) : note}
                  </li>
                ))}
              </ul>
            ) : null}
          </>
        )}
      </QueryView>
    </Card>
  );
}

function Figures({ performance }: { performance: Performance }) {
  const t = useTranslations("performance");
  const locale = useLocale();
  const best = performance.best_trade;
  const worst = performance.worst_trade;
  const figures: [string, React.ReactNode, string?][] = [
    [t("timeWeighted"), <ChangeText key="twr" value={performance.time_weighted_return_pct} />],
    [t("moneyWeighted"), <ChangeText key="mwr" value={performance.money_weighted_return_pct} />],
    [t("bitcoin"), <ChangeText key="btc" value={performance.benchmark.return_pct} />],
    [t("bitcoinMoneyWeighted"), <ChangeText key="btc-mwr" value={performance.benchmark.money_weighted_return_pct} />],
    [t("excess"), <ChangeText key="excess" value={performance.benchmark.excess_pct} />],
    [t("drawdown"), formatPercent(locale, performance.max_drawdown_pct, 2)],
    [t("volatility"), formatPercent(locale, performance.volatility_pct, 2)],
    [t("sharpe"), formatNumber(locale, performance.sharpe)],
    [t("sortino"), formatNumber(locale, performance.sortino)],
    [t("closedTrades"), formatCount(locale, performance.closed_trades)],
    [t("winRate"), formatPercent(locale, performance.win_rate_pct)],
    [t("best"), best ? <Gain key="best" amount={best.realized_pnl} /> : UNKNOWN, best?.symbol],
    [t("worst"), worst ? <Gain key="worst" amount={worst.realized_pnl} /> : UNKNOWN, worst?.symbol],
  ];
  return (
    <dl className="mt-4 grid grid-cols-2 gap-x-6 gap-y-3 border-t pt-4 sm:grid-cols-4 2xl:grid-cols-6">
      {figures.map(([name, value, symbol]) => (
        <div key={name}>
          <dt className="text-faint text-xs">{name}</dt>
          <dd className="numeric font-medium">
            {value} {symbol ? <span className="font-normal text-faint text-xs">{symbol}</span> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}
