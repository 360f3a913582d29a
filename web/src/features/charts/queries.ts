"use client";
import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, body, unwrap } from "@/lib/api/client";
import type { Candle, Interval } from "@/lib/api/types";
import { useChannel } from "@/lib/live/hooks";
import { usePollInterval } from "@/lib/live/polling";
import { keepLive, withLive } from "./chart-data";

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
  return period ? { interval, from: period.from, to: period.to } : { interval, limit: String(NEWEST) };
}

/** How often a chart's series are asked for again. */
function seriesPollMs(interval: Interval): number {
  return Math.min(60_000, INTERVAL_MS[interval] / 4);
}

const NONE: readonly Candle[] = [];

/** Candles of an asset; without a period the newest, with the running one live. */
export function useCandles(symbol: string, interval: Interval, period: Period | null) {
  const key = `${symbol}:${interval}`;
  const [live, setLive] = useState({ key, candles: NONE });
  const poll = usePollInterval(seriesPollMs(interval));
  const query = useQuery({
    queryKey: ["ohlc", symbol, interval, period],
    queryFn: ({ signal }) =>
      body(api.GET("/api/ohlc/{symbol}/", { params: { path: { symbol }, query: window(interval, period) }, signal })),
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
  return { query, candles, gaps: query.data && "gaps" in query.data ? (query.data.gaps as Period[]) : [] };
}

/** Candles of other assets over the same time. */
export function useComparison(symbols: readonly string[], interval: Interval, period: Period | null) {
  const poll = usePollInterval(seriesPollMs(interval));
  return useQueries({
    queries: symbols.map((symbol) => ({
      queryKey: ["ohlc", symbol, interval, period],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        body(api.GET("/api/ohlc/{symbol}/", { params: { path: { symbol }, query: window(interval, period) }, signal })),
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
