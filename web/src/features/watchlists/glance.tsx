"use client";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { Empty, QueryView } from "@/components/query-view";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { AssetRows } from "@/features/market/dashboard";
import { useSession } from "@/features/session/session-provider";
import { SignInFirst } from "@/features/session/sign-in-first";
import type { Watchlist } from "@/lib/api/types";
import { useWatchlists } from "./queries";
import { useWatchedAssets } from "./rows";

const SHOWN = 6;

/** The first of one's own lists. */
export function WatchlistGlance() {
  const t = useTranslations("watchlists");
  const session = useSession();
  const query = useWatchlists();
  const first = query.data?.[0];
  return (
    <Card
      title={first?.name ?? t("title")}
      bodyClassName="px-0 pb-1"
      className="h-full"
      actions={
        <Button asChild size="small" tone="ghost" className="-mr-2.5">
          <Link href="/watchlists">{t("all")}</Link>
        </Button>
      }
    >
      {session.status === "unknown" ? (
        <Skeleton className="mx-4 mb-3 h-56" />
      ) : session.status === "active" ? (
        <QueryView
          query={query}
          skeletonClassName="mx-4 mb-3 h-56"
          isEmpty={(lists) => (lists[0]?.assets.length ?? 0) === 0}
          empty={<Empty>{t("none")}</Empty>}
        >
          {(lists) => <Rows list={lists[0]} />}
        </QueryView>
      ) : (
        <SignInFirst>{t("signInFirst")}</SignInFirst>
      )}
    </Card>
  );
}

function Rows({ list }: { list: Watchlist | undefined }) {
  const { assets, isPending } = useWatchedAssets(list, SHOWN);
  if (isPending && assets.length === 0) return <Skeleton className="mx-4 mb-3 h-56" />;
  return <AssetRows assets={assets} changeOf={(asset) => asset.change_24h} />;
}
