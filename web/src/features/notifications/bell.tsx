"use client";
import { Bell } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { useSession } from "@/features/session/session-provider";
import { useToast } from "@/features/shell/toasts";
import { placeOf } from "./place";
import { unreadOf, useIncoming, useNotifications } from "./queries";

const MOST_SHOWN = 99;

/** How many notifications are unread, live. */
export function NotificationBell() {
  const t = useTranslations("notifications");
  const session = useSession();
  const toast = useToast();
  const query = useNotifications({ limit: 1, unread: true });
  useIncoming((title, kind) => toast(title, "plain", placeOf(kind) ?? "/notifications"));
  if (session.status !== "active") return null;
  const unread = unreadOf(query.data);
  return (
    <Button asChild tone="ghost" size="icon" className="relative">
      <Link href="/notifications" aria-label={t("bell", { count: unread })}>
        <Bell aria-hidden />
        {unread > 0 ? (
          <span
            aria-hidden
            className="numeric absolute top-0.5 right-0 min-w-4 rounded-full bg-accent-solid px-1 text-center font-semibold text-[0.625rem] text-on-accent leading-4"
          >
            {unread > MOST_SHOWN ? `${MOST_SHOWN}+` : unread}
          </span>
        ) : null}
      </Link>
    </Button>
  );
}
