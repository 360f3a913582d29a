"use client";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { PagedList } from "@/components/paged-list";
import { pageOf, useCursors } from "@/components/pager";
import { Badge } from "@/components/ui/badge";
import { PageHead } from "@/components/ui/card";
import { Select } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { Unfold } from "@/components/unfold";
import type { LoggedDelivery } from "@/lib/api/types";
import { formatMoment } from "@/lib/time";
import { Attempts, STATE_TONES } from "./deliveries";
import { KINDS } from "./kinds";
import { NotificationTabs } from "./notification-tabs";
import { useDeliveryLog } from "./queries";

const PAGE = 50;
const STATES = ["sent", "pending", "failed", "suppressed"] as const;
const CHANNELS = ["email", "webhook", "telegram", "discord", "ntfy"] as const;

/** All that left the platform for its reader, or was to leave. */
export function DeliveryLogPage() {
  const t = useTranslations("deliveries");
  const [state, setState] = useState<(typeof STATES)[number] | "all">("all");
  const [channel, setChannel] = useState<(typeof CHANNELS)[number] | "all">("all");
  const pages = useCursors();
  const query = useDeliveryLog({
    ...pageOf(pages, PAGE),
    ...(state === "all" ? {} : { state }),
    ...(channel === "all" ? {} : { channel }),
  });
  const isFiltered = state !== "all" || channel !== "all";
  return (
    <>
      <PageHead title={t("title")} description={t("description")} />
      <NotificationTabs />
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <Segmented
          label={t("state")}
          value={state}
          onChange={(value) => {
            pages.reset();
            setState(value);
          }}
          options={(["all", ...STATES] as const).map((value) => ({ value, label: t(`state_${value}`) }))}
        />
        <Select
          aria-label={t("channel")}
          className="w-auto"
          value={channel}
          onChange={(event) => {
            pages.reset();
            setChannel(event.target.value as typeof channel);
          }}
        >
          {(["all", ...CHANNELS] as const).map((value) => (
            <option key={value} value={value}>
              {t(`channel_${value}`)}
            </option>
          ))}
        </Select>
      </div>
      <PagedList query={query} pages={pages} none={t(isFiltered ? "noneSuch" : "none")}>
        {(delivery: LoggedDelivery) => <LogRow key={delivery.id} delivery={delivery} />}
      </PagedList>
    </>
  );
}

function LogRow({ delivery }: { delivery: LoggedDelivery }) {
  const t = useTranslations("deliveries");
  const kinds = useTranslations("notifications");
  const locale = useLocale();
  const kind = KINDS.find((one) => one === delivery.kind);
  return (
    <li>
      <details className="group">
        <summary className="relative grid list-none grid-cols-[auto_minmax(0,1fr)] items-center gap-x-4 gap-y-1 py-3 pr-10 pl-4 hover:bg-raised/60 sm:grid-cols-[11rem_6rem_minmax(0,1fr)_auto]">
          <span className="numeric text-[0.8125rem] text-muted">{formatMoment(locale, delivery.created_at)}</span>
          <span className="text-right font-medium text-[0.8125rem] sm:text-left">
            {t(`channel_${delivery.channel}`)}
          </span>
          <span className="col-span-2 min-w-0 break-words sm:col-span-1">{delivery.title ?? t("ofAccount")}</span>
          <span className="col-span-2 flex flex-wrap gap-1 sm:col-span-1 sm:justify-end">
            {kind ? <Badge>{kinds(`kind_${kind}`)}</Badge> : null}
            <Badge tone={STATE_TONES[delivery.state]}>{t(`state_${delivery.state}`)}</Badge>
          </span>
          <Unfold />
        </summary>
        <div className="border-t bg-background px-4 py-3 text-[0.8125rem]">
          <Attempts delivery={delivery} />
        </div>
      </details>
    </li>
  );
}
