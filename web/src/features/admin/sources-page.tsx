"use client";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { Empty, QueryView } from "@/components/query-view";
import { Badge, type Tone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field, Input } from "@/components/ui/field";
import { Switch } from "@/components/ui/switch";
import { useProblem } from "@/features/session/problem";
import { useToast } from "@/features/shell/toasts";
import type { Source } from "@/lib/api/types";
import { formatCount } from "@/lib/format";
import { formatMoment } from "@/lib/time";
import { useAdminChanges, useSources } from "./queries";

/** The one source that is asked from time to time. The API does not tell it from a stream: neither has a pace of its own. */
const POLLED = "coingecko";
const TONES: Record<Source["state"], Tone> = { live: "up", degraded: "warn", down: "down", disabled: "neutral" };

/** Where prices come from; changes take effect at once. */
export function SourcesPage() {
  const t = useTranslations("adminSources");
  const query = useSources();
  return (
    <QueryView
      query={query}
      skeletonClassName="h-60"
      isEmpty={(sources) => sources.length === 0}
      empty={
        <div className="card">
          <Empty>{t("none")}</Empty>
        </div>
      }
    >
      {(sources) => (
        <ul className="grid gap-3 md:grid-cols-2 2xl:grid-cols-3">
          {sources.map((source) => (
            <li key={source.name}>
              <SourceCard source={source} />
            </li>
          ))}
        </ul>
      )}
    </QueryView>
  );
}

function SourceCard({ source }: { source: Source }) {
  const t = useTranslations("adminSources");
  const feed = useTranslations("feed");
  const locale = useLocale();
  const { change, told } = useSourceChange();
  const rows: [string, string][] = [
    [t("lastTick"), formatMoment(locale, source.last_tick_at) ?? "–"],
    [t("lag"), source.lag_ms === null ? "–" : t("ms", { value: formatCount(locale, source.lag_ms) })],
    [t("lastSync"), formatMoment(locale, source.last_sync_at) ?? "–"],
  ];
  return (
    <Card
      className="h-full"
      title={
        <span className="flex items-center gap-2">
          {source.name}
          <Badge tone={TONES[source.state]}>{feed(`state_${source.state}`)}</Badge>
        </span>
      }
      actions={
        <Switch
          aria-label={t("enabled", { name: source.name })}
          checked={source.enabled}
          disabled={change.isPending}
          onCheckedChange={(enabled) => change.mutate({ name: source.name, change: { enabled } }, told)}
        />
      }
    >
      <dl className="space-y-1.5">
        {rows.map(([name, value]) => (
          <div key={name} className="flex justify-between gap-4">
            <dt className="text-muted">{name}</dt>
            <dd className="numeric">{value}</dd>
          </div>
        ))}
      </dl>
      {source.error ? <p className="mt-2 text-down">{source.error}</p> : null}
      {source.name === POLLED || source.poll_seconds !== null ? <Pace source={source} /> : null}
    </Card>
  );
}

/** How often it is asked. */
function Pace({ source }: { source: Source }) {
  const t = useTranslations("adminSources");
  const { change, told } = useSourceChange();
  const [poll, setPoll] = useState(source.poll_seconds === null ? "" : String(source.poll_seconds));
  return (
    <form
      className="mt-3 flex items-end gap-2 border-t pt-3"
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate({ name: source.name, change: { poll_seconds: poll === "" ? null : Number(poll) } }, told);
      }}
    >
      <Field label={t("poll")} hint={t("pollHint")} className="flex-1">
        {(control) => (
          <Input
            {...control}
            type="number"
            min={1}
            max={86_400}
            value={poll}
            onChange={(event) => setPoll(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" className="mb-6" isBusy={change.isPending}>
        {t("save")}
      </Button>
    </form>
  );
}

function useSourceChange() {
  const t = useTranslations("adminSources");
  const toast = useToast();
  const problem = useProblem();
  const { source: change } = useAdminChanges();
  const told = {
    onSuccess: () => toast(t("changed"), "good"),
    onError: (error: unknown) => toast(problem(error), "bad"),
  };
  return { change, told };
}
