"use client";
import { Pause, Pencil, Play, Plus, Trash2 } from "lucide-react";
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { Confirm } from "@/components/confirm";
import { Pager, useCursors } from "@/components/pager";
import { Empty, QueryView } from "@/components/query-view";
import { Button } from "@/components/ui/button";
import { PageHead } from "@/components/ui/card";
import { Segmented } from "@/components/ui/segmented";
import { useProblem } from "@/features/session/problem";
import { useToast } from "@/features/shell/toasts";
import type { Alert } from "@/lib/api/types";
import { formatCount } from "@/lib/format";
import { formatMinute } from "@/lib/time";
import { AlertStatus, STATUSES } from "./alert-status";
import { AlertTabs } from "./alert-tabs";
import type { Channel } from "./conditions";
import { LazyAlertDialog } from "./lazy-alert-dialog";
import { useAlertChanges, useAlerts } from "./queries";
import { useSentences } from "./sentence";
import { awaitedWindow } from "./waiting";

type Filter = "all" | (typeof STATUSES)[number];
const PAGE = 50;

/** All alerts of the signed-in user. */
export function AlertsPage() {
  const t = useTranslations("alerts");
  const [filter, setFilter] = useState<Filter>("all");
  const pages = useCursors();
  const query = useAlerts({
    limit: PAGE,
    ...(filter === "all" ? {} : { status: filter }),
    ...(pages.cursor ? { cursor: pages.cursor } : {}),
  });
  const [edited, setEdited] = useState<Alert | "new" | null>(null);
  return (
    <>
      <PageHead
        title={t("title")}
        description={t("description")}
        actions={
          <Button tone="primary" onClick={() => setEdited("new")}>
            <Plus aria-hidden />
            {t("create")}
          </Button>
        }
      />
      <AlertTabs />
      <Segmented
        className="mb-3"
        label={t("filter")}
        value={filter}
        onChange={(value) => {
          pages.reset();
          setFilter(value);
        }}
        options={(["all", ...STATUSES] as const).map((value) => ({ value, label: t(`status_${value}`) }))}
      />
      <QueryView
        query={query}
        skeletonClassName="h-96"
        isEmpty={(page) => page.data.length === 0}
        empty={
          <div className="card">
            <Empty
              action={
                <Button tone="primary" onClick={() => setEdited("new")}>
                  {t("create")}
                </Button>
              }
            >
              {filter === "all" ? t("none") : t("noneHere")}
            </Empty>
          </div>
        }
      >
        {(page) => (
          <>
            <ul className="grid gap-2.5 xl:grid-cols-2 3xl:grid-cols-3">
              {page.data.map((alert) => (
                <AlertCard key={alert.id} alert={alert} onEdit={() => setEdited(alert)} />
              ))}
            </ul>
            <Pager pages={pages} next={page.page.next} />
          </>
        )}
      </QueryView>
      <LazyAlertDialog
        key={edited === "new" ? "new" : edited?.id}
        open={edited !== null}
        onOpenChange={(open) => !open && setEdited(null)}
        alert={edited === "new" ? undefined : (edited ?? undefined)}
      />
    </>
  );
}

function AlertCard({ alert, onEdit }: { alert: Alert; onEdit: () => void }) {
  const t = useTranslations("alerts");
  const locale = useLocale();
  const words = useSentences();
  const toast = useToast();
  const problem = useProblem();
  const { change, remove } = useAlertChanges();
  const [isConfirming, setConfirming] = useState(false);
  const awaited = awaitedWindow(alert, Date.now());
  const toggle = () =>
    change.mutate(
      { id: alert.id, patch: { is_active: !alert.is_active, version: alert.version } },
      { onError: (error) => toast(problem(error), "bad") },
    );
  return (
    <li className="card flex flex-col gap-2 p-4">
      <div className="flex items-center gap-2.5">
        <Link
          href={`/assets/${alert.asset_id}`}
          className="inline-flex min-h-6 items-center font-semibold hover:underline"
        >
          {alert.asset_symbol}
        </Link>
        <AlertStatus alert={alert} />
        {alert.already_true && alert.status === "armed" ? (
          <span className="text-[0.8125rem] text-warn">{t("alreadyTrue")}</span>
        ) : null}
        <span className="-my-1.5 -mr-2.5 ml-auto flex">
          <Button
            tone="ghost"
            size="icon"
            onClick={toggle}
            isBusy={change.isPending}
            disabled={alert.status === "expired"}
            aria-label={t(alert.is_active ? "pause" : "arm", { symbol: alert.asset_symbol })}
          >
            {alert.is_active ? <Pause aria-hidden /> : <Play aria-hidden />}
          </Button>
          <Button tone="ghost" size="icon" onClick={onEdit} aria-label={t("edit", { symbol: alert.asset_symbol })}>
            <Pencil aria-hidden />
          </Button>
          <Button
            tone="ghost"
            size="icon"
            onClick={() => setConfirming(true)}
            aria-label={t("delete", { symbol: alert.asset_symbol })}
          >
            <Trash2 aria-hidden />
          </Button>
        </span>
      </div>
      <p className="font-medium text-[0.9375rem]">{words.headline(alert.condition)}</p>
      <p className="text-muted">
        {words.consequence({
          symbol: alert.asset_symbol,
          condition: alert.condition,
          trigger: alert.trigger,
          cooldownSeconds: alert.cooldown_seconds,
          channels: alert.channels as Channel[],
          expiresAt: alert.expires_at ?? null,
        })}
      </p>
      {awaited ? <p className="text-muted">{t("waitsFor", { window: words.window(awaited) })}</p> : null}
      {alert.note ? <p className="border-line border-l-2 pl-3 text-muted">{alert.note}</p> : null}
      <p className="mt-auto text-faint text-xs">
        {t("fired", { count: alert.fired_count, shown: formatCount(locale, alert.fired_count) })}
        {alert.triggered_at ? ` · ${t("lastFired", { moment: formatMinute(locale, alert.triggered_at) })}` : ""}
        {` · ${t("createdAt", { moment: formatMinute(locale, alert.created_at) })}`}
      </p>
      <Confirm
        open={isConfirming}
        onOpenChange={setConfirming}
        title={t("deleteTitle")}
        text={t("deleteText", { symbol: alert.asset_symbol, condition: words.condition(alert.condition) })}
        action={t("deleteAction")}
        onConfirm={() => remove.mutateAsync(alert.id)}
      />
    </li>
  );
}
