"use client";
import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { useFormContext, useWatch } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/field";
import { useChartColors } from "@/features/charts/chart-theme";
import { LazyPriceChart } from "@/features/charts/lazy";
import { useAsset } from "@/features/market/queries";
import { useProblem } from "@/features/session/problem";
import { api, unwrap } from "@/lib/api/client";
import type { Preview } from "@/lib/api/types";
import { formatCount, formatPrice } from "@/lib/format";
import { useLivePrice } from "@/lib/live/hooks";
import { formatMinute } from "@/lib/time";
import { type AlertForm, alertForm, toBody, toCondition } from "./alert-form-model";
import { combined, isConditionTrueAt, levelsOf, triggerOf } from "./conditions";
import { previewAlert } from "./queries";
import { useSentences } from "./sentence";

const DAY_MS = 86_400_000;
const STANDARD_EXPIRY_DAYS = 60;
const DAYS = [1, 7, 30] as const;
const SHOWN_FIRES = 200;

/** What the alert will do, whether it is true already, and what it would have done. */
export function AlertOutlook() {
  const t = useTranslations("alertForm");
  const locale = useLocale();
  const words = useSentences();
  const form = useWatch<AlertForm>() as AlertForm;
  const parsed = alertForm.safeParse(form);
  const asset = useAsset(form.symbol);
  const live = useLivePrice(asset.data?.asset_id);
  const price = live?.price ?? asset.data?.price ?? null;
  if (!parsed.success) return <p className="rounded-md bg-raised px-3 py-2 text-muted">{t("incomplete")}</p>;
  const { data } = parsed;
  const condition = combined(data.parts.map(toCondition));
  const isTrue = price ? isConditionTrueAt(condition, price) : null;
  const expiresAt =
    data.expiry === "never"
      ? null
      : data.expiry === "at"
        ? new Date(data.expiresAt).toISOString()
        : new Date(Date.now() + STANDARD_EXPIRY_DAYS * DAY_MS).toISOString();
  return (
    <div className="space-y-2 rounded-lg border-accent border-l-4 bg-accent-soft px-3 py-2.5">
      <p data-testid="alert-sentence">
        {words.plan({
          symbol: asset.data?.symbol ?? data.symbol,
          condition,
          trigger: triggerOf(data.mode, data.triggerInterval),
          cooldownSeconds: data.cooldownSeconds,
          channels: data.channels,
          expiresAt,
        })}
      </p>
      {price ? <p className="numeric text-muted">{t("priceNow", { price: formatPrice(locale, price) })}</p> : null}
      {isTrue ? <p className="font-medium text-warn">{t("alreadyTrue")}</p> : null}
      <PreviewPanel form={data} levels={levelsOf(condition)} />
    </div>
  );
}

function PreviewPanel({ form, levels }: { form: AlertForm; levels: readonly string[] }) {
  const t = useTranslations("alertForm");
  const problem = useProblem();
  const { getValues } = useFormContext<AlertForm>();
  const [asked, setAsked] = useState<{ form: AlertForm; days: number } | null>(null);
  const [days, setDays] = useState<number>(DAYS[1]);
  const preview = useQuery({
    queryKey: ["mine", "alerts", "preview", asked],
    queryFn: ({ signal }) => previewAlert(toBody(asked?.form ?? form), asked?.days ?? days, signal),
    enabled: asked !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const isCurrent = asked && JSON.stringify(asked.form) === JSON.stringify(form) && asked.days === days;
  return (
    <div className="space-y-2 pt-1">
      <div className="flex flex-wrap items-center gap-2">
        <Button
          size="small"
          isBusy={preview.isFetching}
          onClick={() => setAsked({ form: alertForm.parse(getValues()), days })}
        >
          <History aria-hidden />
          {t("preview")}
        </Button>
        <Select
          aria-label={t("previewDays")}
          className="h-8 min-h-8 w-auto"
          value={days}
          onChange={(event) => setDays(Number(event.target.value))}
        >
          {DAYS.map((count) => (
            <option key={count} value={count}>
              {t("lastDays", { count })}
            </option>
          ))}
        </Select>
      </div>
      {preview.isError ? <p className="text-down">{problem(preview.error)}</p> : null}
      {preview.data && isCurrent ? <PreviewResult preview={preview.data} symbol={form.symbol} levels={levels} /> : null}
    </div>
  );
}

function PreviewResult({ preview, symbol, levels }: { preview: Preview; symbol: string; levels: readonly string[] }) {
  const t = useTranslations("alertForm");
  const locale = useLocale();
  const colors = useChartColors();
  const { from, to, gaps } = preview.coverage;
  const candles = useQuery({
    queryKey: ["ohlc", symbol, "preview", from, to],
    queryFn: ({ signal }) => {
      const spanDays = (Date.parse(to) - Date.parse(from ?? to)) / DAY_MS;
      const interval = spanDays <= 1 ? "5m" : spanDays <= 7 ? "30m" : "4h";
      return unwrap(
        api.GET("/api/ohlc/{symbol}/", {
          params: { path: { symbol }, query: { interval, from: from ?? to, to } },
          signal,
        }),
      );
    },
    enabled: from != null,
  });
  const told = preview.fires.filter((fire) => !fire.suppressed);
  const last = told.at(-1);
  return (
    <div className="space-y-2">
      <p className="font-medium">{t("wouldHaveFired", { count: told.length })}</p>
      <p className="text-[0.8125rem] text-muted">
        {from
          ? t("coverage", {
              from: formatMinute(locale, from),
              to: formatMinute(locale, to),
              resolution: t(`resolution_${preview.resolution as "ticks"}`),
              gaps: gaps.length,
            })
          : t("nothingStored")}
        {last
          ? ` ${t("lastFire", { moment: formatMinute(locale, last.event_at), price: formatPrice(locale, last.price) })}`
          : ""}
        {preview.fires.length > told.length
          ? ` ${t("suppressedFires", { count: formatCount(locale, preview.fires.length - told.length) })}`
          : ""}
      </p>
      {colors && candles.data && candles.data.length > 1 ? (
        <LazyPriceChart
          className="h-52 overflow-hidden rounded-md"
          colors={colors}
          candles={candles.data}
          series={`${symbol}:${from}:${to}`}
          isWhole
          label={t("previewChart", { count: told.length })}
          levels={levels.map((price) => ({ id: price, price: Number(price), title: "", isActive: true }))}
          marks={told.slice(-SHOWN_FIRES).map((fire) => ({ at: fire.event_at, text: "" }))}
        />
      ) : null}
    </div>
  );
}
