"use client";
import { SearchX } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { useEffect } from "react";
import { QueryView } from "@/components/query-view";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { AssetChart } from "@/features/charts/asset-chart";
import { WatchButton } from "@/features/watchlists/watch-button";
import { ApiError } from "@/lib/api/errors";
import type { AssetDetail } from "@/lib/api/types";
import { formatCompact, formatCompactMoney, formatPrice, UNKNOWN } from "@/lib/format";
import { formatDay } from "@/lib/time";
import { AssetMark } from "./asset-mark";
import { ChangeText, LiveChangeText, LivePriceText, useNewestPrice } from "./price";
import { useAsset } from "./queries";

const TradeTicket = dynamic(() => import("@/features/portfolio/trade-ticket").then((module) => module.TradeTicket), {
  ssr: false,
  loading: () => <Skeleton className="h-[26rem]" />,
});

/** One asset: its price, its chart, its figures, and the ticket to trade it. */
export function AssetPage({ symbol }: { symbol: string }) {
  const t = useTranslations("asset");
  const query = useAsset(symbol);
  if (query.error instanceof ApiError && query.error.status === 404) {
    return (
      <div className="card mx-auto mt-10 flex max-w-md flex-col items-center gap-3 p-8 text-center">
        <SearchX className="size-6 text-faint" aria-hidden />
        <h1 className="font-semibold text-lg">{t("unknown", { symbol })}</h1>
        <Button asChild>
          <Link href="/markets">{t("toMarkets")}</Link>
        </Button>
      </div>
    );
  }
  if (query.isPending) {
    return (
      <div className="space-y-3" role="status" aria-label={t("loading")}>
        <Skeleton className="h-14 w-72" />
        <div className="grid gap-3 xl:grid-cols-[minmax(0,1fr)_21rem]">
          <Skeleton className="h-[32rem] xl:h-[max(36rem,100dvh-10rem)]" />
          <Skeleton className="h-[26rem]" />
        </div>
      </div>
    );
  }
  return (
    <QueryView query={query}>
      {(asset) => (
        <>
          <LiveTitle asset={asset} />
          <Head asset={asset} />
          <div className="grid gap-3 xl:grid-cols-[minmax(0,1fr)_21rem]">
            <AssetChart asset={asset} />
            <div className="grid content-start gap-3 md:grid-cols-2 xl:grid-cols-1">
              <TradeTicket asset={asset} />
              <Figures asset={asset} />
            </div>
          </div>
        </>
      )}
    </QueryView>
  );
}

/** The price in the name of the browser's tab, so that it is seen while one works elsewhere. */
function LiveTitle({ asset }: { asset: AssetDetail }) {
  const t = useTranslations("asset");
  const locale = useLocale();
  const { price, stale } = useNewestPrice(asset);
  const text = t(price && !stale ? "tabPrice" : "tab", {
    symbol: asset.symbol,
    name: asset.name,
    price: formatPrice(locale, price),
  });
  useEffect(() => {
    document.title = text;
  }, [text]);
  return null;
}

function Head({ asset }: { asset: AssetDetail }) {
  const t = useTranslations("asset");
  return (
    <div className="mb-4 flex flex-wrap items-center gap-x-6 gap-y-3">
      <div className="flex items-center gap-3">
        <AssetMark symbol={asset.symbol} className="size-10 text-xs" />
        <div>
          <h1 className="font-semibold text-[1.375rem] leading-tight tracking-tight">
            {asset.name} <span className="font-normal text-faint text-lg">{asset.symbol}</span>
          </h1>
          {asset.rank ? <p className="text-[0.8125rem] text-muted">{t("rank", { rank: asset.rank })}</p> : null}
        </div>
      </div>
      <div className="flex items-baseline gap-3">
        <LivePriceText asset={asset} className="font-semibold text-2xl" />
        <span className="whitespace-nowrap">
          <LiveChangeText assetId={asset.asset_id} value={asset.change_24h} />{" "}
          <span className="text-faint text-xs">{t("day")}</span>
        </span>
      </div>
      <div className="ml-auto">
        <WatchButton assetId={asset.asset_id} name={asset.name} />
      </div>
    </div>
  );
}

function Figures({ asset }: { asset: AssetDetail }) {
  const t = useTranslations("asset");
  const locale = useLocale();
  const withDay = (price: string | null, at: string | null) =>
    price ? `${formatPrice(locale, price)}${at ? ` (${formatDay(locale, at)})` : ""}` : UNKNOWN;
  const rows: [string, React.ReactNode][] = [
    [t("marketCap"), formatCompactMoney(locale, asset.market_cap)],
    [t("volume"), formatCompactMoney(locale, asset.volume_24h)],
    [t("change1h"), <ChangeText key="1h" value={asset.change_1h} />],
    [t("change7d"), <ChangeText key="7d" value={asset.change_7d} />],
    [t("circulating"), formatCompact(locale, asset.circulating_supply)],
    [t("total"), formatCompact(locale, asset.total_supply)],
    [t("max"), formatCompact(locale, asset.max_supply)],
    [t("ath"), withDay(asset.ath, asset.ath_at)],
    [t("atl"), withDay(asset.atl, asset.atl_at)],
    [t("sources"), asset.providers.join(", ") || UNKNOWN],
  ];
  return (
    <Card title={t("figures")}>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name} className="flex justify-between gap-4 border-b py-2 last:border-b-0">
            <dt className="text-muted">{name}</dt>
            <dd className="numeric text-right">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
