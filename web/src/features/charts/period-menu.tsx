"use client";
import { CalendarRange, X } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { formatMinute, toLocalField } from "@/lib/time";
import type { Period } from "./queries";

const WEEK_MS = 604_800_000;

/** Chooses a stretch of time of one's own; without one the newest candles are shown. */
export function PeriodMenu({ period, onChange }: { period: Period | null; onChange: (period: Period | null) => void }) {
  const t = useTranslations("chart");
  const locale = useLocale();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <span className="inline-flex">
        <Button size="small" onClick={() => setOpen(true)} aria-pressed={period !== null}>
          <CalendarRange aria-hidden />
          {period ? `${formatMinute(locale, period.from)} – ${formatMinute(locale, period.to)}` : t("period")}
        </Button>
        {period ? (
          <Button
            size="small"
            tone="ghost"
            className="px-1.5"
            aria-label={t("periodOff")}
            onClick={() => onChange(null)}
          >
            <X aria-hidden />
          </Button>
        ) : null}
      </span>
      <Dialog
        open={isOpen}
        onOpenChange={setOpen}
        title={t("period")}
        description={t("periodText")}
        closeLabel={t("close")}
        className="sm:w-96"
      >
        <PeriodForm
          period={period}
          onChosen={(chosen) => {
            onChange(chosen);
            setOpen(false);
          }}
        />
      </Dialog>
    </>
  );
}

function PeriodForm({ period, onChosen }: { period: Period | null; onChosen: (period: Period) => void }) {
  const t = useTranslations("chart");
  const [from, setFrom] = useState(() => toLocalField(period?.from ?? new Date(Date.now() - WEEK_MS)));
  const [to, setTo] = useState(() => toLocalField(period?.to ?? new Date()));
  const isFine = Date.parse(from) < Date.parse(to);
  return (
    <form
      className="space-y-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (isFine) onChosen({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
      }}
    >
      <Field label={t("from")}>
        {(control) => (
          <Input
            {...control}
            type="datetime-local"
            value={from}
            onChange={(event) => setFrom(event.target.value)}
            required
          />
        )}
      </Field>
      <Field label={t("to")} error={isFine ? undefined : t("periodOrder")}>
        {(control) => (
          <Input
            {...control}
            type="datetime-local"
            value={to}
            onChange={(event) => setTo(event.target.value)}
            required
          />
        )}
      </Field>
      <div className="flex justify-end">
        <Button type="submit" tone="primary" disabled={!isFine}>
          {t("show")}
        </Button>
      </div>
    </form>
  );
}
