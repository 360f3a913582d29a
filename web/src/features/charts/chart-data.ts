import type { CandlestickData, HistogramData, LineData, UTCTimestamp, WhitespaceData } from "lightweight-charts";
import type { Candle, Indicators } from "@/lib/api/types";
import { forDrawing } from "@/lib/format";

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

/** Puts the newest candle in its place: over the last one, or behind it. An older one changes nothing. */
export function withNewest(candles: readonly Candle[], newest: Candle | null): readonly Candle[] {
  if (!newest) return candles;
  const last = candles.at(-1);
  if (!last || newest.timestamp > last.timestamp) return [...candles, newest];
  return newest.timestamp === last.timestamp ? [...candles.slice(0, -1), newest] : candles;
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
