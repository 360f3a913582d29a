"use client";
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { PagedList } from "@/components/paged-list";
import { useCursors } from "@/components/pager";
import { Badge } from "@/components/ui/badge";
import { PageHead } from "@/components/ui/card";
import { Unfold } from "@/components/unfold";
import type { Firing } from "@/lib/api/types";
import { formatCount, formatNumber, formatPrice } from "@/lib/format";
import { formatMoment } from "@/lib/time";
import { AlertTabs } from "./alert-tabs";
import { useFirings } from "./queries";
import { useSentences } from "./sentence";

const PAGE = 50;

/** Every firing with its evidence. */
export function AlertHistoryPage() {
  const t = useTranslations("firings");
  const pages = useCursors();
  const query = useFirings({ limit: PAGE, ...(pages.cursor ? { cursor: pages.cursor } : {}) });
  return (
    <>
      <PageHead title={t("title")} description={t("description")} />
      <AlertTabs />
      <PagedList query={query} pages={pages} none={t("none")}>
        {(firing: Firing) => <FiringRow key={firing.id} firing={firing} />}
      </PagedList>
    </>
  );
}

function FiringRow({ firing }: { firing: Firing }) {
  const t = useTranslations("firings");
  const locale = useLocale();
  const words = useSentences();
  const facts: [string, string | null][] = [
    [t("previousPrice"), firing.previous_price ? formatPrice(locale, firing.previous_price) : null],
    [t("value"), firing.value != null ? formatNumber(locale, firing.value, 6) : null],
    [t("previousValue"), firing.previous_value != null ? formatNumber(locale, firing.previous_value, 6) : null],
    [t("source"), firing.source],
    [t("eventAt"), formatMoment(locale, firing.event_at)],
    [t("receivedAt"), formatMoment(locale, firing.received_at)],
    [t("evaluatedAt"), formatMoment(locale, firing.evaluated_at)],
    [t("notifiedAt"), formatMoment(locale, firing.notified_at)],
    [t("triggerKey"), firing.trigger_key],
    [t("version"), String(firing.alert_version)],
  ];
  return (
    <li>
      <details className="group">
        <summary className="relative grid list-none grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 py-3 pr-10 pl-4 hover:bg-raised/60 sm:grid-cols-[10.5rem_7rem_minmax(0,1fr)_auto]">
          <span className="numeric text-[0.8125rem] text-muted">{formatMoment(locale, firing.event_at)}</span>
          <span className="col-span-2 min-w-0 sm:order-1 sm:col-span-1">
            <span className="font-semibold">{firing.asset_symbol}</span> {words.headline(firing.condition)}
          </span>
          <span className="flex flex-wrap gap-1 sm:order-2">
            {firing.late ? <Badge tone="warn">{t("late")}</Badge> : null}
            {firing.suppressed ? <Badge>{t("suppressed")}</Badge> : null}
            {firing.from_candle_range ? <Badge>{t("fromRange")}</Badge> : null}
            <Badge>{t("latency", { count: formatCount(locale, firing.latency_ms) })}</Badge>
          </span>
          <span className="numeric text-right font-medium">{formatPrice(locale, firing.price)}</span>
          <Unfold />
        </summary>
        <dl className="grid gap-x-6 gap-y-2 border-t bg-background px-4 py-3 text-[0.8125rem] sm:grid-cols-2 xl:grid-cols-5">
          <div>
            <dt className="text-faint">{t("asset")}</dt>
            <dd>
              <Link href={`/assets/${firing.asset_id}`} className="underline hover:text-accent">
                {firing.asset_symbol}
              </Link>
            </dd>
          </div>
          {facts.map(([name, value]) =>
            value ? (
              <div key={name} className="min-w-0">
                <dt className="text-faint">{name}</dt>
                <dd className="numeric break-words">{value}</dd>
              </div>
            ) : null,
          )}
        </dl>
      </details>
    </li>
  );
}
