"use client";
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { Empty, QueryView, useTrouble } from "@/components/query-view";
import { Card } from "@/components/ui/card";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import { AlertsGlance } from "@/features/alerts/glance";
import { PortfolioGlance } from "@/features/portfolio/glance";
import { WatchlistGlance } from "@/features/watchlists/glance";
import type { Asset, Summary } from "@/lib/api/types";
import { formatCompactMoney, formatCount, formatPercent } from "@/lib/format";
import { AssetName } from "./asset-mark";
import { Heatmap } from "./heatmap";
import { ChangeText, LivePriceText } from "./price";
import { type ChangeRange, useMovers, useSummary } from "./queries";

const MOVERS = 6;

/** The market and one's own part of it on one page. */
export function Dashboard() {
  const t = useTranslations("dashboard");
  return (
    <>
      <h1 className="sr-only">{t("title")}</h1>
      <SummaryStrip />
      <div className="mt-3 grid gap-3 xl:grid-cols-[minmax(0,2fr)_minmax(20rem,1fr)]">
        <Heatmap />
        <div className="grid gap-3 md:grid-cols-2 xl:grid-cols-1 xl:grid-rows-[auto_1fr]">
          <PortfolioGlance />
          <AlertsGlance />
        </div>
      </div>
      <div className="mt-3 grid gap-3 md:grid-cols-2 xl:grid-cols-3">
        <MoversCard side="gainers" />
        <MoversCard side="losers" />
        <div className="md:col-span-2 xl:col-span-1">
          <WatchlistGlance />
        </div>
      </div>
    </>
  );
}

function SummaryStrip() {
  const t = useTranslations("dashboard");
  const query = useSummary();
  const trouble = useTrouble(query);
  if (!query.data) {
    return trouble ? (
      <Card>
        <QueryView query={query}>{() => null}</QueryView>
      </Card>
    ) : (
      <Skeleton className="h-[12.5rem] w-full sm:h-[8.5rem] xl:h-[4.75rem]" />
    );
  }
  return (
    <dl
      aria-label={t("summary")}
      className="card grid grid-cols-2 gap-px overflow-hidden bg-line sm:grid-cols-3 xl:grid-cols-5"
    >
      <Figures summary={query.data} />
    </dl>
  );
}

function Figures({ summary }: { summary: Summary }) {
  const t = useTranslations("dashboard");
  const locale = useLocale();
  const counted = summary.advancing + summary.declining;
  return (
    <>
      <Figure label={t("marketCap")}>{formatCompactMoney(locale, summary.total_market_cap)}</Figure>
      <Figure label={t("volume")}>{formatCompactMoney(locale, summary.total_volume_24h)}</Figure>
      <Figure label={t("dominance")}>{formatPercent(locale, summary.btc_dominance)}</Figure>
      <Figure label={t("breadth")}>
        <span className="text-up">{formatCount(locale, summary.advancing)}</span>
        <span className="text-faint"> / </span>
        <span className="text-down">{formatCount(locale, summary.declining)}</span>
        {counted > 0 ? (
          <span aria-hidden className="mt-1.5 flex h-1 w-full overflow-hidden rounded-full bg-down">
            <span className="bg-up" style={{ width: `${(summary.advancing / counted) * 100}%` }} />
          </span>
        ) : null}
      </Figure>
      <Figure label={t("assets")} className="col-span-2 xl:col-span-1">
        {formatCount(locale, summary.assets)}
      </Figure>
    </>
  );
}

function Figure({ label, children, className }: { label: string; children: React.ReactNode; className?: string }) {
  return (
    <div className={`bg-surface px-4 py-3 ${className ?? ""}`}>
      <dt className="text-faint text-xs">{label}</dt>
      <dd className="numeric mt-0.5 font-semibold text-lg leading-tight">{children}</dd>
    </div>
  );
}

function MoversCard({ side }: { side: "gainers" | "losers" }) {
  const t = useTranslations("dashboard");
  const [range, setRange] = useState<ChangeRange>("24h");
  const query = useMovers(range, MOVERS);
  const changeOf = (asset: Asset) =>
    range === "1h" ? asset.change_1h : range === "7d" ? asset.change_7d : asset.change_24h;
  return (
    <Card
      title={t(side)}
      bodyClassName="px-0 pb-1"
      actions={
        <Segmented
          label={t("range")}
          value={range}
          onChange={setRange}
          options={(["1h", "24h", "7d"] as const).map((value) => ({ value, label: t(`range_${value}`) }))}
        />
      }
    >
      <QueryView
        query={query}
        skeletonClassName="mx-4 mb-3 h-56"
        isEmpty={(movers) => movers[side].length === 0}
        empty={<Empty>{t(side === "gainers" ? "noGainers" : "noLosers")}</Empty>}
      >
        {(movers) => <AssetRows assets={movers[side]} changeOf={changeOf} />}
      </QueryView>
    </Card>
  );
}

/** Assets in a narrow list. */
export function AssetRows({
  assets,
  changeOf,
}: {
  assets: readonly Asset[];
  changeOf: (asset: Asset) => number | null;
}) {
  return (
    <ul>
      {assets.map((asset) => (
        <li
          key={asset.asset_id}
          className="grid h-10 grid-cols-[minmax(0,1fr)_auto_4.75rem] items-center gap-3 px-4 hover:bg-raised/60"
        >
          <Link href={`/assets/${asset.asset_id}`} className="min-w-0 hover:underline">
            <AssetName symbol={asset.symbol} name={asset.name} />
          </Link>
          <LivePriceText asset={asset} />
          <ChangeText value={changeOf(asset)} className="text-right" />
        </li>
      ))}
    </ul>
  );
}
