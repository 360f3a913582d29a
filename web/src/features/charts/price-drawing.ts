import {
  ColorType,
  CrosshairMode,
  createChart,
  HistogramSeries,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineSeries,
  LineStyle,
  type PriceFormatCustom,
  type SeriesType,
  type Time,
} from "lightweight-charts";
import type { Candle } from "@/lib/api/types";
import { formatFixed, formatScale, priceDecimals } from "@/lib/format";
import { pageScale } from "@/lib/page-scale";
import { candlePoint, chartTime, lineColors, lineShape, type NamedLine, rebased, volumePoint } from "./chart-data";
import type { ChartColors } from "./chart-theme";

/** A level drawn across the chart. */
export interface ChartLevel {
  id: string;
  price: number;
  title: string;
  isActive: boolean;
}

/** A moment marked on the chart. */
export interface ChartMark {
  at: string;
  text: string;
}

export interface ChartIndicator {
  spec: string;
  place: "overlay" | "pane";
  lines: readonly NamedLine[];
}

export interface ChartCourse {
  name: string;
  candles: readonly Candle[];
}

/** Courses to compare: everything is rebased to 100 at `from`. */
export interface ChartComparison {
  own: string;
  from: string;
  courses: readonly ChartCourse[];
}

export const FONT_PX = 11;
const PANE_STRETCH = 0.28;
const HALF = 0.5;

/** A chart and what stands on it. */
export interface Drawn {
  chart: IChartApi;
  locale: string;
  main: ISeriesApi<SeriesType>;
  volume: ISeriesApi<"Histogram"> | null;
  marks: ISeriesMarkersPluginApi<Time> | null;
  levels: IPriceLine[];
  extra: ISeriesApi<SeriesType>[];
  /** Which series is drawn, from when, and how many candles of it. */
  series: string | null;
  first: string | null;
  count: number;
}

export function makeChart(element: HTMLElement, colors: ChartColors, locale: string): IChartApi {
  return createChart(element, {
    autoSize: true,
    layout: {
      background: { type: ColorType.Solid, color: colors.surface },
      textColor: colors.text,
      fontFamily: getComputedStyle(document.body).fontFamily,
      fontSize: FONT_PX * pageScale(),
      panes: { separatorColor: colors.line, enableResize: true },
      // Its logo needs a style element without the page's nonce; the link stands below the chart instead.
      attributionLogo: false,
    },
    grid: {
      vertLines: { color: colors.line, style: LineStyle.Dotted },
      horzLines: { color: colors.line, style: LineStyle.Dotted },
    },
    crosshair: { mode: CrosshairMode.Normal },
    rightPriceScale: { borderColor: colors.line },
    timeScale: { borderColor: colors.line, timeVisible: true, secondsVisible: false, rightOffset: 4 },
    localization: { locale },
  });
}

/** Numbers at the axis as they stand on the rest of the page. */
function fixedFormat(locale: string, decimals: number): PriceFormatCustom {
  return { type: "custom", minMove: 10 ** -decimals, formatter: (value) => formatFixed(locale, value, decimals) };
}

/** As many digits as the largest value of an indicator needs: some have millions, others ten-thousandths. */
function scaleFormat(locale: string, line: NamedLine): PriceFormatCustom {
  let most = 0;
  for (const point of line.points) if ("value" in point) most = Math.max(most, Math.abs(point.value));
  const minMove = 10 ** -priceDecimals(most);
  return { type: "custom", minMove, formatter: (value) => formatScale(locale, value, most) };
}

export function addVolume(chart: IChartApi): ISeriesApi<"Histogram"> {
  const volume = chart.addSeries(HistogramSeries, {
    priceScaleId: "volume",
    priceFormat: { type: "volume" },
    lastValueVisible: false,
    priceLineVisible: false,
  });
  volume.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
  return volume;
}

export function drawCandles(
  drawn: Drawn,
  {
    candles,
    series,
    colors,
    isWhole,
    compare,
  }: {
    candles: readonly Candle[];
    series: string;
    colors: ChartColors;
    isWhole: boolean;
    compare: ChartComparison | null;
  },
): void {
  if (compare) {
    drawn.main.setData(rebased(candles, compare.from));
    drawn.main.applyOptions({ title: compare.own, priceFormat: fixedFormat(drawn.locale, 2) });
    drawn.chart.timeScale().fitContent();
    return;
  }
  const last = candles.at(-1);
  if (!last) {
    drawn.main.setData([]);
    drawn.volume?.setData([]);
    return;
  }
  const decimals = priceDecimals(last.close);
  const pale = { up: colors.upSoft, down: colors.downSoft };
  const isSame = drawn.first === candles[0]?.timestamp && drawn.series === series && candles.length >= drawn.count;
  if (isSame && drawn.count > 0) {
    // The last one moved, or some came behind it: the view stays where the reader put it.
    for (const candle of candles.slice(drawn.count - 1)) {
      drawn.main.update(candlePoint(candle, pale));
      drawn.volume?.update(volumePoint(candle, pale));
    }
  } else {
    const view = drawn.series === series ? drawn.chart.timeScale().getVisibleLogicalRange() : null;
    const added = candles.findIndex((candle) => candle.timestamp === drawn.first);
    drawn.main.applyOptions({ priceFormat: fixedFormat(drawn.locale, decimals) });
    // A scale that became narrower, since shorter prices are seen than before, would make all candles wider.
    const scale = drawn.chart.priceScale("right");
    scale.applyOptions({ minimumWidth: view && added > 0 ? scale.width() : 0 });
    drawn.main.setData(candles.map((candle) => candlePoint(candle, pale)));
    drawn.volume?.setData(candles.map((candle) => volumePoint(candle, pale)));
    if (isWhole) drawn.chart.timeScale().fitContent();
    else if (drawn.series !== series) showNewest(drawn.chart, candles.length);
    // Older candles came before the first: what was seen stays where it was seen.
    if (view && added > 0) {
      drawn.chart.timeScale().setVisibleLogicalRange({ from: view.from + added, to: view.to + added });
    }
  }
  drawn.series = series;
  drawn.first = candles[0]?.timestamp ?? null;
  drawn.count = candles.length;
}

const BAR_WIDTH = 7;
const LEAST_BARS = 40;
const FIRST_WIDTH = 900;

function showNewest(chart: IChartApi, count: number): void {
  const bars = Math.max(LEAST_BARS, Math.round((chart.timeScale().width() || FIRST_WIDTH) / (BAR_WIDTH * pageScale())));
  chart.timeScale().setVisibleLogicalRange({ from: count - Math.min(count, bars) - HALF, to: count + 3 });
}

export function drawExtra(
  drawn: Drawn,
  indicators: readonly ChartIndicator[],
  compare: ChartComparison | null,
  colors: ChartColors,
  nameLine: (key: string) => string,
): void {
  for (const series of drawn.extra) drawn.chart.removeSeries(series);
  drawn.extra = [];
  if (compare) {
    for (const [index, course] of compare.courses.entries()) {
      const color = colors.series[(index + 1) % colors.series.length] ?? colors.accent;
      const series = drawn.chart.addSeries(LineSeries, {
        color,
        lineWidth: 2,
        title: course.name,
        priceFormat: fixedFormat(drawn.locale, 2),
        priceLineVisible: false,
      });
      series.setData(rebased(course.candles, compare.from));
      drawn.extra.push(series);
    }
    return;
  }
  const shades = lineColors(indicators, colors.series);
  let pane = 0;
  for (const indicator of indicators) {
    if (indicator.lines.length === 0) continue;
    if (indicator.place === "pane") pane += 1;
    for (const line of indicator.lines) {
      const color = shades.get(line.key) ?? colors.accent;
      const place = indicator.place === "pane" ? { pane, title: nameLine(line.key) } : { pane: 0, title: "" };
      drawn.extra.push(addLine(drawn, line, place, { ...colors, color }));
    }
  }
  for (const [index, one] of drawn.chart.panes().entries()) one.setStretchFactor(index === 0 ? 1 : PANE_STRETCH);
}

function addLine(
  { chart, locale }: Drawn,
  line: NamedLine,
  { pane, title }: { pane: number; title: string },
  colors: ChartColors & { color: string },
): ISeriesApi<SeriesType> {
  const { color } = colors;
  const priceFormat = scaleFormat(locale, line);
  const shape = lineShape(line.key);
  if (line.component === "histogram") {
    const bars = chart.addSeries(
      HistogramSeries,
      { priceFormat, priceLineVisible: false, lastValueVisible: false, color: colors.faint },
      pane,
    );
    bars.setData(
      line.points.map((point) =>
        "value" in point ? { ...point, color: point.value >= 0 ? colors.upSoft : colors.downSoft } : point,
      ),
    );
    return bars;
  }
  const series = chart.addSeries(
    LineSeries,
    {
      color,
      priceFormat,
      lineWidth: 1,
      lineStyle: shape === "dashed" ? LineStyle.Dashed : LineStyle.Solid,
      lineVisible: shape !== "dotted",
      pointMarkersVisible: shape === "dotted",
      pointMarkersRadius: 1.5,
      priceLineVisible: false,
      lastValueVisible: pane > 0,
      crosshairMarkerVisible: false,
      title,
    },
    pane,
  );
  series.setData([...line.points]);
  return series;
}

export function drawLevels(drawn: Drawn, levels: readonly ChartLevel[], colors: ChartColors): void {
  for (const line of drawn.levels) drawn.main.removePriceLine(line);
  drawn.levels = levels.map((level) =>
    drawn.main.createPriceLine({
      price: level.price,
      color: level.isActive ? colors.accent : colors.text,
      lineWidth: 1,
      lineStyle: LineStyle.Dashed,
      axisLabelVisible: true,
      title: level.title,
    }),
  );
}

export function drawMarks(drawn: Drawn, marks: readonly ChartMark[], colors: ChartColors): void {
  drawn.marks?.setMarkers(
    marks.map((mark) => ({
      time: chartTime(mark.at),
      position: "aboveBar",
      shape: "arrowDown",
      color: colors.accent,
      text: mark.text,
    })),
  );
}
