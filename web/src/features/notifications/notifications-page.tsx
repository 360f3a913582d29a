"use client";
import { CheckCheck, Trash2 } from "lucide-react";
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { PagedList } from "@/components/paged-list";
import { useCursors } from "@/components/pager";
import { QueryView } from "@/components/query-view";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { PageHead } from "@/components/ui/card";
import { Segmented } from "@/components/ui/segmented";
import { useProblem } from "@/features/session/problem";
import { useToast } from "@/features/shell/toasts";
import type { Notification } from "@/lib/api/types";
import { classes } from "@/lib/classes";
import { formatMinute } from "@/lib/time";
import { Deliveries } from "./deliveries";
import { KINDS } from "./kinds";
import { NotificationTabs } from "./notification-tabs";
import { placeOf } from "./place";
import { unreadOf, useDeliveries, useNotificationChanges, useNotifications } from "./queries";
import { useWording } from "./wording";

const PAGE = 30;

/** The notification centre. */
export function NotificationsPage() {
  const t = useTranslations("notifications");
  const toast = useToast();
  const problem = useProblem();
  const [show, setShow] = useState<"all" | "unread">("all");
  const pages = useCursors();
  const { readAll } = useNotificationChanges();
  const query = useNotifications({
    limit: PAGE,
    ...(show === "unread" ? { unread: true } : {}),
    ...(pages.cursor ? { cursor: pages.cursor } : {}),
  });
  const unread = unreadOf(query.data);
  return (
    <>
      <PageHead
        title={t("title")}
        description={t("unread", { count: unread })}
        actions={
          <>
            <Button asChild>
              <Link href="/settings/channels">{t("channels")}</Link>
            </Button>
            <Button
              disabled={unread === 0}
              isBusy={readAll.isPending}
              onClick={() => readAll.mutate(undefined, { onError: (error) => toast(problem(error), "bad") })}
            >
              <CheckCheck aria-hidden />
              {t("readAll")}
            </Button>
          </>
        }
      />
      <NotificationTabs />
      <Segmented
        className="mb-3"
        label={t("show")}
        value={show}
        onChange={(value) => {
          pages.reset();
          setShow(value);
        }}
        options={[
          { value: "all", label: t("all") },
          { value: "unread", label: t("onlyUnread") },
        ]}
      />
      <PagedList query={query} pages={pages} none={t(show === "unread" ? "noneUnread" : "none")}>
        {(notification: Notification) => <Row key={notification.id} notification={notification} />}
      </PagedList>
    </>
  );
}

function Row({ notification }: { notification: Notification }) {
  const t = useTranslations("notifications");
  const locale = useLocale();
  const { read, remove } = useNotificationChanges();
  const [isOpen, setOpen] = useState(false);
  const deliveries = useDeliveries(notification.id, isOpen);
  const kind = KINDS.find((one) => one === notification.kind);
  const place = placeOf(notification.kind);
  const { title, message } = useWording()(notification);
  return (
    <li className="px-4 py-3">
      <div className="flex items-start gap-3">
        <span
          aria-hidden
          className={classes(
            "mt-2 size-2 shrink-0 rounded-full",
            notification.read ? "bg-transparent" : "bg-accent-solid",
          )}
        />
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <span className={classes(notification.read ? "font-medium" : "font-semibold")}>{title}</span>
            {notification.read ? null : <span className="sr-only">{t("isUnread")}</span>}
            <Badge>{kind ? t(`kind_${kind}`) : notification.kind}</Badge>
            <span className="numeric ml-auto text-[0.8125rem] text-faint">
              {formatMinute(locale, notification.created_at)}
            </span>
          </p>
          <div className="lg:flex lg:items-start lg:justify-between lg:gap-6">
            <p className="mt-0.5 max-w-[80ch] text-muted">{message}</p>
            <div className="mt-1 -ml-2.5 flex shrink-0 flex-wrap items-center gap-1 max-sm:-ml-1.5 max-sm:gap-0.5 max-sm:[&>*]:px-1.5 lg:-mr-2.5 lg:mt-0 lg:ml-0">
              {place ? (
                <Button asChild size="small" tone="ghost">
                  <Link href={place} onClick={() => notification.read || read.mutate(notification.id)}>
                    {t("open")}
                  </Link>
                </Button>
              ) : null}
              {notification.read ? null : (
                <Button size="small" tone="ghost" isBusy={read.isPending} onClick={() => read.mutate(notification.id)}>
                  {t("markRead")}
                </Button>
              )}
              <Button size="small" tone="ghost" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
                {t("deliveries")}
              </Button>
              <Button
                size="small"
                tone="ghost"
                isBusy={remove.isPending}
                onClick={() => remove.mutate(notification.id)}
                aria-label={t("delete", { title })}
              >
                <Trash2 aria-hidden />
              </Button>
            </div>
          </div>
          {isOpen ? (
            <QueryView
              query={deliveries}
              skeletonClassName="h-10"
              isEmpty={(rows) => rows.length === 0}
              empty={<p className="text-faint">{t("noDeliveries")}</p>}
            >
              {(rows) => <Deliveries deliveries={rows} />}
            </QueryView>
          ) : null}
        </div>
      </div>
    </li>
  );
}
