import type { CandlestickData, HistogramData, LineData, UTCTimestamp, WhitespaceData } from "lightweight-charts";
import type { Candle, Indicators } from "@/lib/api/types";
import { forDrawing } from "@/lib/format";

/** More than close between two answers of the series itself. */
const KEPT_LIVE = 20;

/** A moment as the chart counts it. */
export function chartTime(at: string): UTCTimestamp {
  return Math.floor(Date.parse(at) / 1_000) as UTCTimestamp;
}

export type CandlePoint = CandlestickData<UTCTimestamp>;

/** A candle to draw; one that is still open is drawn pale. */
export function candlePoint(candle: Candle, pale: { up: string; down: string }): CandlePoint {
  const point: CandlePoint = {
    time: chartTime(candle.timestamp),
    open: Number(candle.open),
    high: Number(candle.high),
    low: Number(candle.low),
    close: Number(candle.close),
  };
  return candle.is_closed ? point : { ...point, color: point.close >= point.open ? pale.up : pale.down };
}

/** Its volume; nothing where no source tells it. */
export function volumePoint(
  candle: Candle,
  colors: { up: string; down: string },
): HistogramData<UTCTimestamp> | WhitespaceData<UTCTimestamp> {
  const time = chartTime(candle.timestamp);
  const value = forDrawing(candle.volume);
  if (value === null) return { time };
  return { time, value, color: Number(candle.close) >= Number(candle.open) ? colors.up : colors.down };
}

export interface NamedLine {
  /** The indicator's specification, and the component of it. */
  key: string;
  component: string | null;
  points: (LineData<UTCTimestamp> | WhitespaceData<UTCTimestamp>)[];
}

function line(times: readonly string[], values: readonly (number | null)[]): NamedLine["points"] {
  return times.map((at, index) => {
    const value = values[index];
    const time = chartTime(at);
    return value === null || value === undefined ? { time } : { time, value };
  });
}

/** The lines of one indicator in an answer; none where it has no series. */
export function indicatorLines(series: Indicators["series"], spec: string): NamedLine[] {
  const all = (series ?? {}) as Record<string, unknown>;
  const times = (all.timestamps ?? []) as string[];
  const values = all[spec];
  if (Array.isArray(values)) {
    return [{ key: spec, component: null, points: line(times, values as (number | null)[]) }];
  }
  if (typeof values !== "object" || values === null) return [];
  return Object.entries(values).map(([component, list]) => ({
    key: `${spec}.${component}`,
    component,
    points: line(times, list as (number | null)[]),
  }));
}

/** The colour of each line of these indicators: they take those of the page in turn. */
export function lineColors(
  indicators: readonly { lines: readonly NamedLine[] }[],
  palette: readonly string[],
): ReadonlyMap<string, string> {
  const keys = indicators.flatMap(({ lines }) => lines.map(({ key }) => key));
  return new Map(keys.map((key, index) => [key, palette[index % palette.length] ?? ""]));
}

/** How a line is drawn: the edges of a band dashed, and in dots what jumps from one side of the price to the other. */
export type LineShape = "solid" | "dashed" | "dotted";

/** The shape of the line with this key, on the chart and beside its name. */
export function lineShape(key: string): LineShape {
  if (key.startsWith("sar")) return "dotted";
  return /\.(upper|lower)$/.test(key) ? "dashed" : "solid";
}

/** What each asset is called beside others: by its ticker, and by its name as well where another one has the same ticker. */
export function distinctNames(assets: readonly { symbol: string; name: string }[]): readonly string[] {
  return assets.map(({ symbol, name }, index) =>
    assets.some((other, place) => place !== index && other.symbol === symbol) ? `${symbol} (${name})` : symbol,
  );
}

/** Puts what the stream said in its place: over the last candle, or behind it. What is older changes nothing. */
export function withLive(candles: readonly Candle[], live: readonly Candle[]): readonly Candle[] {
  const last = candles.at(-1);
  if (!last) return candles;
  const newer = live.filter((candle) => candle.timestamp >= last.timestamp);
  if (newer.length === 0) return candles;
  return newer[0]?.timestamp === last.timestamp ? [...candles.slice(0, -1), ...newer] : [...candles, ...newer];
}

/** Puts an older stretch before a course; candles that both hold come from the course. */
export function precededBy(candles: readonly Candle[], older: readonly Candle[]): Candle[] {
  const first = candles[0];
  return first ? [...older.filter((candle) => candle.timestamp < first.timestamp), ...candles] : [...older];
}

/** Keeps what was loaded before the newest answer begins, where the two touch; a hole between them begins anew. */
export function keepOlder(before: readonly Candle[], newest: readonly Candle[], most: number): Candle[] {
  const first = newest[0];
  const last = before.at(-1);
  if (!first || !last || last.timestamp < first.timestamp) return [...newest];
  return precededBy(newest, before).slice(-most);
}

/** Takes a candle of the stream in, in order of time; only the newest few are kept. */
export function keepLive(live: readonly Candle[], candle: Candle): readonly Candle[] {
  const others = live.filter((one) => one.timestamp !== candle.timestamp);
  return [...others, candle].sort((left, right) => (left.timestamp < right.timestamp ? -1 : 1)).slice(-KEPT_LIVE);
}

/** Closes as a course from 100 at the first of them that is not before `from`. */
export function rebased(candles: readonly Candle[], from: string): LineData<UTCTimestamp>[] {
  const shown = candles.filter((candle) => candle.timestamp >= from);
  const base = Number(shown[0]?.close);
  if (!base) return [];
  return shown.map((candle) => ({ time: chartTime(candle.timestamp), value: (Number(candle.close) / base) * 100 }));
}

/** The first moment at which all courses have a candle; null where one has none. */
export function commonStart(courses: readonly (readonly Candle[])[]): string | null {
  const starts = courses.map((candles) => candles[0]?.timestamp);
  if (starts.some((start) => start === undefined)) return null;
  return starts.reduce<string>((latest, start) => (start && start > latest ? start : latest), "");
}
