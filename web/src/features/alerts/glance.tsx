"use client";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { Empty, QueryView } from "@/components/query-view";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { useSession } from "@/features/session/session-provider";
import { SignInFirst } from "@/features/session/sign-in-first";
import { AlertStatus } from "./alert-status";
import { useAlerts } from "./queries";
import { useSentences } from "./sentence";

/** On a screen with room for more than the first five. */
const SHOWN = 11;

/** One's own alerts in short. */
export function AlertsGlance() {
  const t = useTranslations("alerts");
  const session = useSession();
  const query = useAlerts({ limit: SHOWN });
  const words = useSentences();
  return (
    <Card
      title={t("title")}
      bodyClassName="px-0 pb-2"
      actions={
        <Button asChild size="small" tone="ghost" className="-mr-2.5">
          <Link href="/alerts">{t("all")}</Link>
        </Button>
      }
    >
      {session.status === "unknown" ? (
        <Skeleton className="mx-4 h-72" />
      ) : session.status === "active" ? (
        <QueryView
          query={query}
          skeletonClassName="mx-4 h-72"
          isEmpty={(page) => page.data.length === 0}
          empty={<Empty>{t("noneYet")}</Empty>}
        >
          {(page) => (
            <ul className="[&>li:nth-child(n+6)]:hidden roomy:[&>li:nth-child(n+6)]:flex">
              {page.data.map((alert) => (
                <li key={alert.id} className="flex items-center gap-3 px-4 py-2 hover:bg-raised/60">
                  <div className="min-w-0 flex-1">
                    <Link href={`/assets/${alert.asset_id}`} className="font-medium hover:underline">
                      {alert.asset_symbol}
                    </Link>
                    <p className="line-clamp-2 text-[0.8125rem] text-muted">{words.headline(alert.condition)}</p>
                  </div>
                  <AlertStatus alert={alert} />
                </li>
              ))}
            </ul>
          )}
        </QueryView>
      ) : (
        <SignInFirst>{t("signInFirst")}</SignInFirst>
      )}
    </Card>
  );
}
