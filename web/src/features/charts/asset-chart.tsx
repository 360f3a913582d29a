"use client";
import { BellPlus, Crosshair } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useMemo, useState } from "react";
import { Empty, QueryView } from "@/components/query-view";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import { levelsOf } from "@/features/alerts/conditions";
import { LazyAlertDialog } from "@/features/alerts/lazy-alert-dialog";
import { useAlerts } from "@/features/alerts/queries";
import { useAssetChoices } from "@/features/market/queries";
import { useSession } from "@/features/session/session-provider";
import { type AssetDetail, INTERVALS, type Interval } from "@/lib/api/types";
import { classes } from "@/lib/classes";
import { formatPrice, priceDecimals } from "@/lib/format";
import { formatMinute } from "@/lib/time";
import { commonStart, distinctNames, indicatorLines, lineColors } from "./chart-data";
import { useChartColors } from "./chart-theme";
import { CompareMenu } from "./compare-menu";
import { CourseLegend } from "./course-legend";
import { IndicatorBar } from "./indicator-bar";
import { kindOf } from "./indicator-kinds";
import { LazyPriceChart } from "./lazy";
import { PeriodMenu } from "./period-menu";
import type { ChartIndicator } from "./price-drawing";
import { type Period, useCandles, useComparison, useIndicators } from "./queries";
import { useKept } from "./use-kept";

const FIRST_INDICATORS = ["sma:20"];

/** The chart of an asset with everything that can be done to it. */
export function AssetChart({ asset }: { asset: AssetDetail }) {
  const t = useTranslations("chart");
  const intervals = useTranslations("intervals");
  const locale = useLocale();
  const colors = useChartColors();
  const session = useSession();
  const [interval, setInterval] = useKept<Interval>("candlewick-interval", "1h");
  const [specs, setSpecs] = useKept<string[]>("candlewick-indicators", FIRST_INDICATORS);
  const [period, setPeriod] = useState<Period | null>(null);
  const [compared, setCompared] = useState<readonly string[]>([]);
  const [isPicking, setPicking] = useState(false);
  const [alertPrice, setAlertPrice] = useState<string | null>(null);
  const id = asset.asset_id;

  const { query, candles, gaps, older } = useCandles(id, interval, period);
  const first = candles[0]?.timestamp;
  const shown = useMemo(() => (first ? { from: first, ...(period ? { to: period.to } : {}) } : null), [first, period]);
  const indicators = useIndicators(id, interval, specs, shown);
  const drawn = useMemo<ChartIndicator[]>(
    () =>
      specs.map((spec) => ({
        spec,
        place: kindOf(spec)?.place ?? "pane",
        lines: indicatorLines(indicators.data?.series, spec),
      })),
    [specs, indicators.data],
  );
  const shades = useMemo(() => lineColors(drawn, colors?.series ?? []), [drawn, colors]);
  const alerts = useAlerts({ symbol: id, limit: 100 });
  const levels = useMemo(
    () =>
      (alerts.data?.data ?? [])
        .filter((alert) => alert.status !== "expired")
        .flatMap((alert) =>
          levelsOf(alert.condition).map((price) => ({
            id: `${alert.id}:${price}`,
            price: Number(price),
            title: t("alertLine"),
            isActive: alert.is_active,
          })),
        ),
    [alerts.data, t],
  );
  const courses = useComparison(compared, interval, period);
  const choices = useAssetChoices().data;
  const names = useMemo(() => {
    const found = compared.map((id) => choices?.find((one) => one.asset_id === id) ?? { symbol: id, name: id });
    return distinctNames([asset, ...found]);
  }, [asset, compared, choices]);
  const compare = useMemo(() => {
    const [own = asset.symbol, ...others] = names;
    if (others.length === 0) return null;
    const loaded = others.flatMap((name, index) => {
      const data = courses[index]?.data?.data;
      return data ? [{ name, candles: data }] : [];
    });
    const from = commonStart([candles, ...loaded.map((course) => course.candles)]);
    return from ? { own, from, courses: loaded } : null;
  }, [names, courses, candles, asset.symbol]);

  const onPrice = isPicking
    ? (price: number) => {
        setPicking(false);
        setAlertPrice(price.toFixed(priceDecimals(price)));
      }
    : undefined;
  const last = candles.at(-1);
  const isSignedIn = session.status === "active";
  const hasPane = !compare && specs.some((spec) => kindOf(spec)?.place === "pane");

  return (
    <Card
      bodyClassName="flex min-h-0 flex-col p-0"
      className={classes(
        "overflow-hidden xl:sticky xl:top-[4.5rem] xl:self-start",
        hasPane ? "xl:h-[max(44rem,100dvh-10rem)]" : "xl:h-[max(36rem,100dvh-10rem)]",
      )}
    >
      <div className="flex flex-wrap items-center gap-2 border-b p-2.5">
        <Segmented
          label={t("interval")}
          value={interval}
          onChange={setInterval}
          options={INTERVALS.map((value) => ({ value, label: intervals(value) }))}
        />
        <PeriodMenu period={period} onChange={setPeriod} />
        <CompareMenu own={id} compared={compared} onChange={setCompared} />
        {isSignedIn ? (
          <span className="flex gap-2 lg:ml-auto">
            <Button
              size="small"
              aria-pressed={isPicking}
              tone={isPicking ? "primary" : "plain"}
              onClick={() => setPicking(!isPicking)}
              disabled={compare !== null}
            >
              <Crosshair aria-hidden />
              {isPicking ? t("pickNow") : t("pick")}
            </Button>
            <Button size="small" onClick={() => setAlertPrice("")}>
              <BellPlus aria-hidden />
              {t("newAlert")}
            </Button>
          </span>
        ) : null}
      </div>
      {compared.length > 0 ? (
        <CourseLegend names={names} colors={colors} />
      ) : (
        <IndicatorBar
          specs={specs}
          onChange={setSpecs}
          latest={indicators.data?.latest as Record<string, unknown> | undefined}
          isFailed={indicators.isError}
          colors={shades}
        />
      )}
      <QueryView
        query={query}
        skeletonClassName="m-3 h-[24rem]"
        isEmpty={(page) => page.data.length === 0}
        empty={<Empty>{t("noCandles")}</Empty>}
      >
        {() =>
          colors ? (
            <LazyPriceChart
              className={classes(
                "w-full flex-1 xl:min-h-0",
                isPicking && "cursor-crosshair",
                hasPane ? "min-h-[34rem]" : "min-h-[24rem]",
              )}
              candles={candles}
              series={`${id}:${interval}:${period?.from ?? ""}:${period?.to ?? ""}`}
              colors={colors}
              indicators={drawn}
              levels={levels}
              compare={compare}
              onPrice={onPrice}
              onStart={compare ? undefined : older.more}
              label={
                last
                  ? t("described", {
                      name: asset.name,
                      interval: intervals(interval),
                      count: candles.length,
                      close: formatPrice(locale, last.close),
                      high: formatPrice(locale, last.high),
                      low: formatPrice(locale, last.low),
                    })
                  : asset.name
              }
            />
          ) : (
            <Skeleton className="m-3 h-[24rem]" />
          )
        }
      </QueryView>
      <footer className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t px-4 py-2 text-faint text-xs">
        <span>{t("utc")}</span>
        {compare ? <span>{t("rebased", { moment: formatMinute(locale, compare.from) })}</span> : null}
        {gaps.length > 0 ? <span className="text-warn">{t("gaps", { count: gaps.length })}</span> : null}
        {older.isFailed ? (
          <span className="text-warn">
            {t("olderFailed")}{" "}
            <button type="button" className="underline hover:text-text" onClick={older.retry}>
              {t("olderRetry")}
            </button>
          </span>
        ) : null}
        {last && !last.is_closed && !compare ? <span>{t("running")}</span> : null}
        <span role="status">{older.isLoading ? t("loadingOlder") : null}</span>
        <a
          className="ml-auto inline-flex min-h-6 items-center underline hover:text-text"
          href="https://www.tradingview.com/"
          target="_blank"
          rel="noreferrer"
        >
          {t("attribution")}
        </a>
      </footer>
      <LazyAlertDialog
        key={alertPrice ?? "closed"}
        open={alertPrice !== null}
        onOpenChange={(open) => !open && setAlertPrice(null)}
        symbol={id}
        price={alertPrice ?? undefined}
      />
    </Card>
  );
}
