"use client";
import { CandlestickSeries, createSeriesMarkers, LineSeries } from "lightweight-charts";
import { useLocale, useTranslations } from "next-intl";
import { useCallback, useEffect, useRef } from "react";
import type { Candle } from "@/lib/api/types";
import { classes } from "@/lib/classes";
import { pageScale } from "@/lib/page-scale";
import type { ChartColors } from "./chart-theme";
import { nameOf } from "./indicator-name";
import {
  addVolume,
  type ChartComparison,
  type ChartIndicator,
  type ChartLevel,
  type ChartMark,
  type Drawn,
  drawCandles,
  drawExtra,
  drawLevels,
  drawMarks,
  FONT_PX,
  makeChart,
} from "./price-drawing";

export interface PriceChartProps {
  candles: readonly Candle[];
  /** Names what is drawn; with another name the view begins anew. */
  series: string;
  colors: ChartColors;
  label: string;
  indicators?: readonly ChartIndicator[];
  levels?: readonly ChartLevel[];
  marks?: readonly ChartMark[];
  /** Courses to compare; with them everything is rebased to 100 at `from`. */
  compare?: ChartComparison | null;
  onPrice?: ((price: number) => void) | undefined;
  /** The view comes near the first candle. */
  onStart?: (() => void) | undefined;
  /** All candles are seen at first, not only the newest of them. */
  isWhole?: boolean;
  className?: string;
}

/** How many candles before the view reaches the first one older ones are wanted. */
const NEAR_START = 50;

/** Candles and what is drawn over and under them. */
export function PriceChart(props: PriceChartProps) {
  const { candles, series, colors, label, indicators, levels, marks, compare, onPrice, onStart, isWhole, className } =
    props;
  const locale = useLocale();
  const nameLine = useLineNames();
  const frame = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | null>(null);
  const clicked = useRef(onPrice);
  const started = useRef(onStart);
  useEffect(() => {
    clicked.current = onPrice;
    started.current = onStart;
  });
  const isComparing = Boolean(compare);

  useEffect(() => {
    if (!frame.current) return;
    const chart = makeChart(frame.current, colors, locale);
    const main = isComparing
      ? chart.addSeries(LineSeries, { color: colors.series[0], lineWidth: 2, priceLineVisible: false })
      : chart.addSeries(CandlestickSeries, {
          upColor: colors.up,
          downColor: colors.down,
          wickUpColor: colors.up,
          wickDownColor: colors.down,
          borderUpColor: colors.up,
          borderDownColor: colors.down,
        });
    const volume = isComparing ? null : addVolume(chart);
    const marksApi = isComparing ? null : createSeriesMarkers(main, []);
    drawn.current = {
      chart,
      locale,
      main,
      volume,
      marks: marksApi,
      levels: [],
      extra: [],
      series: null,
      first: null,
      count: 0,
    };
    chart.subscribeClick((event) => {
      const price = event.point ? main.coordinateToPrice(event.point.y) : null;
      if (price !== null) clicked.current?.(Number(price));
    });
    chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      if (range && range.from < NEAR_START && drawn.current?.count) started.current?.();
    });
    const scale = () => chart.applyOptions({ layout: { fontSize: FONT_PX * pageScale() } });
    window.addEventListener("resize", scale);
    return () => {
      window.removeEventListener("resize", scale);
      drawn.current = null;
      chart.remove();
    };
  }, [colors, locale, isComparing]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a chart that was made anew must be filled anew
  useEffect(() => {
    if (drawn.current)
      drawCandles(drawn.current, { candles, series, colors, isWhole: isWhole ?? false, compare: compare ?? null });
  }, [candles, series, colors, isWhole, compare, locale]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => {
    if (drawn.current) drawExtra(drawn.current, indicators ?? [], compare ?? null, colors, nameLine);
  }, [indicators, compare, colors, locale, nameLine]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => {
    if (drawn.current) drawLevels(drawn.current, isComparing ? [] : (levels ?? []), colors);
  }, [levels, colors, locale, isComparing]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => {
    if (drawn.current) drawMarks(drawn.current, marks ?? [], colors);
  }, [marks, colors, locale, candles]);

  return (
    <div
      ref={frame}
      role="img"
      aria-label={label}
      className={classes("bg-surface", className)}
      data-testid="price-chart"
    />
  );
}

/** `RSI 14`; of an indicator with several lines each by its own name, the first by the whole one. */
function useLineNames(): (key: string) => string {
  const t = useTranslations("chart");
  return useCallback(
    (key) => {
      const { kind, name, component } = nameOf(key);
      if (component === "signal") return t("signalLine", { indicator: kind });
      return component ?? name;
    },
    [t],
  );
}
