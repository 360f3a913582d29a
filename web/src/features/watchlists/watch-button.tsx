"use client";
import { Star } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { useProblem } from "@/features/session/problem";
import { useSession } from "@/features/session/session-provider";
import { useToast } from "@/features/shell/toasts";
import type { Watchlist } from "@/lib/api/types";
import { useWatchlistChanges, useWatchlists } from "./queries";

/** Puts an asset on a list or takes it off. */
export function WatchButton({ assetId, name }: { assetId: string; name: string }) {
  const t = useTranslations("watchlists");
  const session = useSession();
  const toast = useToast();
  const problem = useProblem();
  const lists = useWatchlists();
  const { create, put } = useWatchlistChanges();
  if (session.status !== "active") return null;
  const rows = lists.data ?? [];
  const has = (list: Watchlist) => list.assets.some((asset) => asset.asset_id === assetId);
  const isWatched = rows.some(has);
  const told = { onError: (error: unknown) => toast(problem(error), "bad") };
  const toggle = (list: Watchlist) => {
    const ids = list.assets.map((asset) => asset.asset_id);
    put.mutate({ list, assets: has(list) ? ids.filter((id) => id !== assetId) : [...ids, assetId] }, told);
  };
  const label = t(isWatched ? "watched" : "watch");
  if (rows.length === 0) {
    return (
      <Button
        isBusy={create.isPending || lists.isPending}
        onClick={() => create.mutate({ name: t("firstName"), assets: [assetId] }, told)}
      >
        <Star aria-hidden />
        {label}
      </Button>
    );
  }
  return (
    <Menu
      trigger={
        <Button>
          <Star aria-hidden className={isWatched ? "fill-current text-accent" : ""} />
          {label}
          <span className="sr-only">. {t("watchAsset", { name })}</span>
        </Button>
      }
    >
      {rows.map((list) => (
        <MenuItem key={list.id} role="menuitemcheckbox" aria-checked={has(list)} onSelect={() => toggle(list)}>
          <Star aria-hidden className={has(list) ? "fill-current" : ""} />
          {list.name}
        </MenuItem>
      ))}
    </Menu>
  );
}
