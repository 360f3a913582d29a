"use client";
import { useQueries } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";
import type { Asset, Watchlist } from "@/lib/api/types";
import { usePollInterval } from "@/lib/live/polling";

/** The assets of a list with their figures, in the list's order; those that are not there yet are left out. */
export function useWatchedAssets(list: Watchlist | undefined, most?: number): { assets: Asset[]; isPending: boolean } {
  const poll = usePollInterval(30_000);
  const watched = list?.assets.slice(0, most) ?? [];
  const results = useQueries({
    queries: watched.map(({ asset_id }) => ({
      queryKey: ["assets", "one", asset_id],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        unwrap(api.GET("/api/assets/{symbol}/", { params: { path: { symbol: asset_id } }, signal })),
      refetchInterval: poll,
    })),
  });
  return {
    assets: results.flatMap((result) => (result.data ? [result.data] : [])),
    isPending: results.some((result) => result.isPending),
  };
}
