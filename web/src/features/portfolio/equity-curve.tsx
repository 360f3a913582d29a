"use client";
import { useQuery } from "@tanstack/react-query";
import { useLocale, useTranslations } from "next-intl";
import { useMemo } from "react";
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { api, unwrap } from "@/lib/api/client";
import type { Performance } from "@/lib/api/types";
import { formatChange, formatMoney } from "@/lib/format";
import { pageScale } from "@/lib/page-scale";
import { formatMinute } from "@/lib/time";

type Point = Performance["equity_curve"][number];

interface Row {
  at: number;
  equity: string;
  own: number | null;
  bitcoin: number | null;
}

/**
 * The course of the portfolio and of bitcoin, both in percent since the start. Prices are stored once a minute; where
 * bitcoin's course ends is said by the server, so that the picture and the figure under it agree.
 */
export function courses(
  points: readonly Point[],
  bitcoin: readonly { timestamp: string; price: string }[],
  whole: number | null = null,
): Row[] {
  const start = Date.parse(points[0]?.timestamp ?? "");
  const distance = (row: { timestamp: string }) => Math.abs(Date.parse(row.timestamp) - start);
  const first = bitcoin.reduce((best, row) => (distance(row) < distance(best) ? row : best), bitcoin[0] ?? NO_PRICE);
  const base = Number(first.price);
  let price: number | null = base || null;
  let next = bitcoin.indexOf(first) + 1;
  const last = points.at(-1);
  return points.map((point) => {
    for (let row = bitcoin[next]; row && row.timestamp <= point.timestamp; row = bitcoin[next]) {
      price = Number(row.price);
      next += 1;
    }
    return {
      at: Date.parse(point.timestamp),
      equity: point.equity,
      own: point.return_pct,
      bitcoin: price === null || !base ? null : point === last && whole !== null ? whole : (price / base - 1) * 100,
    };
  });
}

const NO_PRICE = { timestamp: "", price: "0" };
const HOUR_MS = 3_600_000;

function hourBefore(at: string): string {
  return new Date(Date.parse(at) - HOUR_MS).toISOString();
}

/** Growth over time, deposits and withdrawals left out, against holding bitcoin. */
export function EquityCurve({ performance }: { performance: Performance }) {
  const { equity_curve: points, from, to, benchmark, time_weighted_return_pct: own } = performance;
  const t = useTranslations("performance");
  const locale = useLocale();
  const bitcoin = useQuery({
    queryKey: ["price-history", "bitcoin", from, to],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/price-history/{symbol}/", {
          // An hour more, so that there is a price from which to count.
          params: { path: { symbol: "bitcoin" }, query: { from: hourBefore(from), to, points: 500 } },
          signal,
        }),
      ),
  });
  const rows = useMemo(
    () => courses(points, bitcoin.data ?? [], benchmark.return_pct),
    [points, bitcoin.data, benchmark.return_pct],
  );
  return (
    <figure>
      <div
        className="h-64"
        role="img"
        aria-label={t("described", {
          own: formatChange(locale, own),
          bitcoin: formatChange(locale, benchmark.return_pct),
        })}
      >
        <ResponsiveContainer width="100%" height="100%">
          <LineChart data={rows} margin={{ top: 8, right: 4, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid stroke="var(--line)" strokeDasharray="2 4" vertical={false} />
            <XAxis
              dataKey="at"
              type="number"
              scale="time"
              domain={["dataMin", "dataMax"]}
              tickFormatter={(at: number) => formatMinute(locale, at)}
              stroke="var(--faint)"
              fontSize="0.6875rem"
              tickLine={false}
              minTickGap={48 * pageScale()}
            />
            <YAxis
              tickFormatter={(value: number) => formatChange(locale, value)}
              stroke="var(--faint)"
              fontSize="0.6875rem"
              tickLine={false}
              axisLine={false}
              width={64 * pageScale()}
              domain={["auto", "auto"]}
            />
            <Tooltip
              content={({ active, payload }) => {
                const row = active ? (payload?.[0]?.payload as Row | undefined) : undefined;
                return row ? (
                  <div className="numeric rounded-md border bg-surface px-3 py-2 text-xs shadow-lg">
                    <p className="text-faint">{formatMinute(locale, row.at)}</p>
                    <p className="font-medium">{formatMoney(locale, row.equity)}</p>
                    <p>{t("ownCourse", { change: formatChange(locale, row.own) })}</p>
                    <p>{t("bitcoinCourse", { change: formatChange(locale, row.bitcoin) })}</p>
                  </div>
                ) : null;
              }}
            />
            <Line
              dataKey="bitcoin"
              stroke="var(--chart-5)"
              strokeDasharray="4 3"
              dot={false}
              strokeWidth={1.5}
              isAnimationActive={false}
              connectNulls
            />
            <Line
              dataKey="own"
              stroke="var(--chart-1)"
              dot={false}
              strokeWidth={2}
              isAnimationActive={false}
              connectNulls
            />
          </LineChart>
        </ResponsiveContainer>
      </div>
      <figcaption className="mt-2 flex flex-wrap gap-x-5 text-[0.8125rem] text-muted">
        <span className="flex items-center gap-2">
          <span aria-hidden className="h-0.5 w-5 bg-(--chart-1)" />
          {t("ownCourse", { change: formatChange(locale, own) })}
        </span>
        <span className="flex items-center gap-2">
          <span aria-hidden className="w-5 border-(--chart-5) border-t-2 border-dashed" />
          {t("bitcoinCourse", { change: formatChange(locale, benchmark.return_pct) })}
        </span>
      </figcaption>
    </figure>
  );
}
