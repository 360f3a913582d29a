"use client";
import { type QueryClient, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { api, body, unwrap } from "@/lib/api/client";
import type { Candle, Interval } from "@/lib/api/types";
import { useChannel } from "@/lib/live/hooks";
import { usePollInterval } from "@/lib/live/polling";
import { keepLive, keepOlder, precededBy, withLive } from "./chart-data";

/** A stretch of time, or the newest so many candles. */
export interface Period {
  from: string;
  to: string;
}

const NEWEST = 600;
const INTERVAL_MS: Record<Interval, number> = {
  "1m": 60_000,
  "5m": 300_000,
  "15m": 900_000,
  "30m": 1_800_000,
  "1h": 3_600_000,
  "4h": 14_400_000,
  "1d": 86_400_000,
  "1w": 604_800_000,
};

function window(interval: Interval, period: Period | null) {
  return period ? { interval, from: period.from, to: period.to } : { interval, limit: NEWEST };
}

/** How often a chart's series are asked for again. */
function seriesPollMs(interval: Interval): number {
  return Math.min(60_000, INTERVAL_MS[interval] / 4);
}

const NONE: readonly Candle[] = [];
/** An answer about indicators holds 5,000 values from the first candle on: with more candles the newest would have none. */
const MOST = 8 * NEWEST;

/** Candles as they were loaded so far. */
interface Course {
  data: Candle[];
  gaps: Period[];
  /** There are none before them. */
  isWhole: boolean;
}

type Window = ReturnType<typeof window> | { interval: Interval; to: string; limit: number };

async function load(symbol: string, query: Window, signal?: AbortSignal): Promise<Course> {
  const answer = await body(
    api.GET("/api/ohlc/{symbol}/", { params: { path: { symbol }, query }, ...(signal ? { signal } : {}) }),
  );
  const { data, gaps } = answer;
  return { data, gaps, isWhole: query.limit !== undefined && data.length < query.limit };
}

function courseKey(symbol: string, interval: Interval, period: Period | null) {
  return ["ohlc", symbol, interval, period] as const;
}

/** How a course is asked for; what was loaded before the newest candles stays. */
function courseOptions(queries: QueryClient, symbol: string, interval: Interval, period: Period | null) {
  const queryKey = courseKey(symbol, interval, period);
  return {
    queryKey,
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Course> => {
      const newest = await load(symbol, window(interval, period), signal);
      const before = period ? undefined : queries.getQueryData<Course>(queryKey);
      return before ? joined(before, newest) : newest;
    },
  };
}

function joined(before: Course, newest: Course): Course {
  const data = keepOlder(before.data, newest.data, MOST);
  const isKept = data[0]?.timestamp === before.data[0]?.timestamp;
  return { data, gaps: gapsOf(before, newest), isWhole: newest.isWhole || (isKept && before.isWhole) };
}

function gapsOf(...courses: readonly Course[]): Period[] {
  const gaps = new Map(courses.flatMap((course) => course.gaps.map((gap) => [gap.from, gap])));
  return [...gaps.values()].sort((left, right) => (left.from < right.from ? -1 : 1));
}

/** Candles of an asset; without a period the newest and, when asked for, older ones, with the running one live. */
export function useCandles(symbol: string, interval: Interval, period: Period | null) {
  const queries = useQueryClient();
  const key = `${symbol}:${interval}`;
  const [live, setLive] = useState({ key, candles: NONE });
  const poll = usePollInterval(seriesPollMs(interval));
  const query = useQuery({
    ...courseOptions(queries, symbol, interval, period),
    refetchInterval: period ? false : poll,
    placeholderData: (before, previous) => (previous?.queryKey[1] === symbol ? before : undefined),
  });
  useChannel(period ? null : `candles:${key}`, (message) => {
    const data = message.data as Candle | Candle[] | null;
    const newest = Array.isArray(data) ? data.at(-1) : data;
    if (!newest) return;
    setLive((before) => ({ key, candles: keepLive(before.key === key ? before.candles : NONE, newest) }));
  });
  const isFitting = !period && live.key === key && !query.isPlaceholderData;
  const stored = query.data?.data;
  const newer = isFitting ? live.candles : NONE;
  const candles = useMemo(() => withLive(stored ?? NONE, newer), [stored, newer]);
  return { query, candles, gaps: query.data?.gaps ?? [], older: useOlder(symbol, interval, period) };
}

/** Loads what lies before the first candle, one stretch at a time. */
function useOlder(symbol: string, interval: Interval, period: Period | null) {
  const queries = useQueryClient();
  const key = `${symbol}:${interval}`;
  /** The chart asks with every step of a scroll; one stretch is asked for once. */
  const asking = useRef(new Set<string>());
  const [failed, setFailed] = useState<string | null>(null);
  const [loading, setLoading] = useState<string | null>(null);
  const ask = async () => {
    const queryKey = courseKey(symbol, interval, null);
    const course = queries.getQueryData<Course>(queryKey);
    const first = course?.data[0];
    if (period || !first || course.isWhole || course.data.length >= MOST || asking.current.has(key)) return;
    asking.current.add(key);
    setLoading(key);
    setFailed(null);
    try {
      const older = await load(symbol, { interval, to: first.timestamp, limit: NEWEST });
      queries.setQueryData<Course>(
        queryKey,
        (now) => now && { data: precededBy(now.data, older.data), gaps: gapsOf(older, now), isWhole: older.isWhole },
      );
    } catch {
      setFailed(key);
    } finally {
      asking.current.delete(key);
      setLoading((now) => (now === key ? null : now));
    }
  };
  const isFailed = failed === key && !period;
  return {
    isLoading: loading === key && !period,
    isFailed,
    /** For the chart; once it failed only the reader asks again. */
    more: () => {
      if (!isFailed) void ask();
    },
    retry: () => void ask(),
  };
}

/** Candles of other assets over the same time. */
export function useComparison(symbols: readonly string[], interval: Interval, period: Period | null) {
  const queries = useQueryClient();
  const poll = usePollInterval(seriesPollMs(interval));
  return useQueries({
    queries: symbols.map((symbol) => ({
      ...courseOptions(queries, symbol, interval, period),
      refetchInterval: period ? (false as const) : poll,
    })),
  });
}

/** Indicators over the candles that are shown. */
export function useIndicators(
  symbol: string,
  interval: Interval,
  specs: readonly string[],
  period: { from: string; to?: string } | null,
) {
  const poll = usePollInterval(seriesPollMs(interval));
  return useQuery({
    queryKey: ["indicators", symbol, interval, specs, period],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/indicators/{symbol}/", {
          params: { path: { symbol }, query: { interval, set: specs.join(","), series: true, ...(period ?? {}) } },
          signal,
        }),
      ),
    enabled: specs.length > 0 && period !== null,
    refetchInterval: period?.to ? false : Math.max(10_000, poll),
    placeholderData: (before) => before,
  });
}
