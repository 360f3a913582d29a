"use client";
import { useLocale, useTranslations } from "next-intl";
import { QueryView } from "@/components/query-view";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import type { ServiceState } from "@/lib/api/types";
import { formatCount, formatNumber, UNKNOWN } from "@/lib/format";
import { formatMinute } from "@/lib/time";
import { useSystem } from "./queries";
import { SERVICE_TONES } from "./service-tones";

/** Each service: whether it is ready, what waits in it, how fast it answers. */
export function SystemPage() {
  const query = useSystem();
  return (
    <QueryView query={query} skeletonClassName="h-96">
      {(services) => (
        <ul className="grid grid-cols-[minmax(0,1fr)] gap-3 md:grid-cols-2 2xl:grid-cols-3">
          {services.map((service) => (
            <li key={service.name}>
              <Service service={service} />
            </li>
          ))}
        </ul>
      )}
    </QueryView>
  );
}

/** What a check or a lag says, whether it is a plain value or has a state within. */
function words(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return Object.values(value).map(String).join(", ");
}

function Service({ service }: { service: ServiceState }) {
  const t = useTranslations("adminSystem");
  const stats = useTranslations("adminStats");
  const locale = useLocale();
  const ms = (value: number | null) => (value === null ? UNKNOWN : t("ms", { value: formatNumber(locale, value, 1) }));
  const lags = Object.entries(service.log_lag as Record<string, unknown>);
  const figures: [string, string][] = [
    [t("requests"), formatCount(locale, service.requests)],
    [t("median"), ms(service.p50_ms)],
    [t("slow"), ms(service.p99_ms)],
    [t("queue"), formatCount(locale, service.queue_depth)],
    [t("outbox"), formatCount(locale, service.outbox_rows)],
    [
      t("outboxAge"),
      service.outbox_age_seconds === null
        ? UNKNOWN
        : t("seconds", { value: formatNumber(locale, service.outbox_age_seconds, 1) }),
    ],
    [t("deadLetters"), formatCount(locale, service.dead_letters)],
    ...lags.map(([name, lag]): [string, string] => [t("lag", { name }), words(lag)]),
  ];
  return (
    <Card
      className="h-full"
      title={
        <span className="flex items-center gap-2">
          {service.name}
          <Badge tone={SERVICE_TONES[service.state]}>{stats(`state_${service.state}`)}</Badge>
        </span>
      }
      description={service.version ?? undefined}
    >
      <dl className="grid grid-cols-2 gap-x-6 gap-y-2.5 sm:grid-cols-3">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt className="text-faint text-xs">{name}</dt>
            <dd className="numeric font-medium">{value}</dd>
          </div>
        ))}
      </dl>
      <ul className="mt-3 space-y-1 border-t pt-3 text-[0.8125rem] text-muted">
        {Object.entries(service.checks as Record<string, unknown>).map(([name, state]) => (
          <li key={name} className="flex justify-between gap-4">
            <span>{name}</span>
            <span className="break-words text-right">{words(state)}</span>
          </li>
        ))}
        {(service.instances ?? []).map((instance) => (
          <li key={instance.id} className="flex justify-between gap-4">
            <span className="min-w-0 truncate font-mono text-xs">{instance.id}</span>
            <span className="numeric shrink-0">
              {t("started", { moment: formatMinute(locale, instance.started_at) })}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
