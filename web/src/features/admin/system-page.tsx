"use client";
import { useLocale, useTranslations } from "next-intl";
import { QueryView } from "@/components/query-view";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import type { ServiceState } from "@/lib/api/types";
import { classes } from "@/lib/classes";
import { formatCount, formatNumber, UNKNOWN } from "@/lib/format";
import { formatMinute } from "@/lib/time";
import { useSystem } from "./queries";
import { SERVICE_TONES } from "./service-tones";

/** Who reads the log of prices. */
const LOG_READERS = ["prices", "recorder", "alerts", "orders"] as const;

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

/** What services depend on; one that is not among these is shown as it came. */
const CHECKS = ["database", "broker", "cache", "keys", "market"] as const;

function Service({ service }: { service: ServiceState }) {
  const t = useTranslations("adminSystem");
  const stats = useTranslations("adminStats");
  const locale = useLocale();
  const ms = (value: number | null) => (value === null ? UNKNOWN : t("ms", { value: formatNumber(locale, value, 1) }));
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
    ...Object.entries(service.log_lag).map(([name, count]): [string, string] => {
      const reader = LOG_READERS.find((one) => one === name);
      return [reader ? t(`lag_${reader}`) : t("lag", { name }), t("lagMessages", { count })];
    }),
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
        {Object.entries(service.checks).map(([name, check]) => (
          <Check key={name} name={name} check={check} />
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

/** One thing that a service depends on. */
function Check({ name, check }: { name: string; check: ServiceState["checks"][string] }) {
  const t = useTranslations("adminSystem");
  const known = CHECKS.find((one) => one === name);
  const isUp = check.state === "up";
  return (
    <li>
      <span className="flex justify-between gap-4">
        <span>{known ? t(`check_${known}`) : name}</span>
        <span className={classes("flex items-center gap-1.5", isUp ? "text-up" : "font-medium text-down")}>
          <span aria-hidden className="size-1.5 rounded-full bg-current" />
          {t(isUp ? "check_up" : "check_down")}
        </span>
      </span>
      {check.error ? (
        <span lang="en" className="block break-words text-down">
          {check.error}
        </span>
      ) : null}
    </li>
  );
}
