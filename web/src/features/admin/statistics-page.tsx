"use client";
import dynamic from "next/dynamic";
import { useLocale, useTranslations } from "next-intl";
import { QueryView } from "@/components/query-view";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import type { AdminStats } from "@/lib/api/types";
import { formatCompactMoney, formatCount } from "@/lib/format";
import { formatMinute, formatMoment, formatMonth } from "@/lib/time";
import { useStats } from "./queries";
import { SERVICE_TONES } from "./service-tones";

const Bars = dynamic(() => import("./bars").then((module) => module.Bars), {
  ssr: false,
  loading: () => <Skeleton className="h-52 w-full" />,
});

const CHANNELS = ["in_app", "email", "webhook", "telegram", "discord", "ntfy"] as const;
const STATES = ["pending", "sent", "failed", "suppressed"] as const;

/** What is going on, counted. */
export function StatisticsPage() {
  const query = useStats();
  return (
    <QueryView query={query} skeletonClassName="h-[30rem]">
      {(stats) => <Statistics stats={stats} />}
    </QueryView>
  );
}

function Statistics({ stats }: { stats: AdminStats }) {
  const t = useTranslations("adminStats");
  const words = useTranslations("deliveries");
  const locale = useLocale();
  const count = (value: number | null | undefined) => formatCount(locale, value);
  const channelName = (channel: string) => {
    const known = CHANNELS.find((one) => one === channel);
    return known ? words(`channel_${known}`) : channel;
  };
  const stateName = (state: string) => {
    const known = STATES.find((one) => one === state);
    return known ? words(`state_${known}`) : state;
  };
  const figures: [string, string][] = [
    [t("users"), count(stats.users?.total)],
    [t("activeUsers"), count(stats.users?.active)],
    [t("verified"), count(stats.users?.verified)],
    [t("admins"), count(stats.users?.admins)],
    [t("sessions"), count(stats.active_sessions)],
    [t("calls"), count(stats.api_calls?.last_24h)],
    [t("alerts"), count(stats.alerts?.total)],
    [t("activeAlerts"), count(stats.alerts?.active)],
    [t("fired24h"), count(stats.alerts?.fired_24h)],
    [t("fired30d"), count(stats.alerts?.fired_30d)],
    [t("portfolios"), count(stats.trading?.portfolios)],
    [t("openOrders"), count(stats.trading?.open_orders)],
    [t("trades24h"), count(stats.trading?.trades_24h)],
    [t("volume24h"), formatCompactMoney(locale, stats.trading?.volume_24h)],
    [t("notifications"), count(stats.notifications?.last_24h)],
  ];
  const calls = stats.api_calls;
  return (
    <div className="space-y-3">
      <dl className="card grid grid-cols-2 gap-px overflow-hidden bg-line sm:grid-cols-3 xl:grid-cols-5">
        {figures.map(([name, value]) => (
          <div key={name} className="bg-surface px-4 py-3 last:odd:col-span-2 sm:last:odd:col-span-1">
            <dt className="text-faint text-xs">{name}</dt>
            <dd className="numeric mt-0.5 font-semibold text-lg leading-tight">{value}</dd>
          </div>
        ))}
      </dl>
      <div className="grid gap-3 xl:grid-cols-2">
        <Card title={t("callsByHour")}>
          {calls ? (
            <Bars
              label={t("callsByHour")}
              rows={calls.by_hour.map((hour) => ({ name: formatMinute(locale, hour.hour), first: hour.calls }))}
              first={t("callsSeries")}
              note={
                calls.counted_since
                  ? t("countedSince", { moment: formatMinute(locale, calls.counted_since) })
                  : undefined
              }
            />
          ) : (
            <p className="text-muted">{t("away")}</p>
          )}
        </Card>
        <Card title={t("growth")}>
          {stats.users ? (
            <Bars
              label={t("growth")}
              rows={stats.users.by_month.map((month) => ({
                name: formatMonth(locale, month.month),
                first: month.registered,
                second: month.active,
              }))}
              first={t("registered")}
              second={t("seen")}
            />
          ) : (
            <p className="text-muted">{t("away")}</p>
          )}
        </Card>
      </div>
      <div className="grid gap-3 xl:grid-cols-2">
        <Card title={t("services")}>
          <ul className="divide-y divide-line">
            {stats.services.map((service) => (
              <li key={service.name} className="flex items-center gap-3 py-2">
                <span className="font-medium">{service.name}</span>
                <span className="text-faint text-xs">{service.version}</span>
                <Badge className="ml-auto" tone={SERVICE_TONES[service.state]}>
                  {t(`state_${service.state}`)}
                </Badge>
              </li>
            ))}
          </ul>
        </Card>
        <Card title={t("deliveries")}>
          {stats.notifications && stats.notifications.deliveries.length > 0 ? (
            <table className="w-full">
              <caption className="sr-only">{t("deliveries")}</caption>
              <tbody>
                {stats.notifications.deliveries.map((row) => (
                  <tr key={`${row.channel}:${row.state}`} className="border-b last:border-b-0">
                    <th scope="row" className="py-2 text-left font-normal">
                      {channelName(row.channel)}
                    </th>
                    <td className="py-2 text-muted">{stateName(row.state)}</td>
                    <td className="numeric py-2 text-right">{count(row.count)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          ) : (
            <p className="text-muted">{stats.notifications ? t("noDeliveries") : t("away")}</p>
          )}
        </Card>
      </div>
      <p className="text-faint text-xs">{t("takenAt", { moment: formatMoment(locale, stats.taken_at) ?? "" })}</p>
    </div>
  );
}
