"use client";
import { useQuery } from "@tanstack/react-query";
import { api, body, unwrap } from "@/lib/api/client";
import type { paths } from "@/lib/api/schema";
import { usePollInterval } from "@/lib/live/polling";

export type AssetsQuery = NonNullable<paths["/api/assets/"]["get"]["parameters"]["query"]>;
export type ChangeRange = "1h" | "24h" | "7d";

/** How prices come in. */
export function useMarketStatus() {
  return useQuery({
    queryKey: ["market", "status"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/market/status/", { signal })),
    refetchInterval: 15_000,
  });
}

/** The market in figures. */
export function useSummary() {
  return useQuery({
    queryKey: ["market", "summary"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/market/summary/", { signal })),
    refetchInterval: usePollInterval(10_000),
  });
}

/** What rose and fell most. */
export function useMovers(range: ChangeRange, limit: number) {
  return useQuery({
    queryKey: ["market", "movers", range, limit],
    queryFn: ({ signal }) => unwrap(api.GET("/api/movers/", { params: { query: { range, limit } }, signal })),
    refetchInterval: usePollInterval(15_000),
    placeholderData: (before) => before,
  });
}

/** Tiles of the heatmap. */
export function useHeatmap(range: ChangeRange) {
  return useQuery({
    queryKey: ["market", "heatmap", range],
    queryFn: ({ signal }) => unwrap(api.GET("/api/heatmap/", { params: { query: { range, limit: 60 } }, signal })),
    refetchInterval: usePollInterval(15_000),
    placeholderData: (before) => before,
  });
}

/** The most rows that the API gives at once. */
const MOST_AT_ONCE = 200;
/** As many assets as a list to choose from may hold. */
const MOST_CHOICES = 1_000;

/** A page of assets; one that is longer than the API's is put together from several. */
async function loadAssets(query: AssetsQuery & { limit: number }, signal: AbortSignal) {
  const load = (part: AssetsQuery) =>
    body(api.GET("/api/assets/", { params: { query: { ...query, ...part } }, signal }));
  let last = await load({ limit: Math.min(query.limit, MOST_AT_ONCE) });
  // What moves while it is read may come twice.
  const rows = new Map(last.data.map((asset) => [asset.asset_id, asset]));
  for (let read = last.data.length; last.page.next && read < query.limit; read += last.data.length) {
    last = await load({ limit: Math.min(query.limit - read, MOST_AT_ONCE), cursor: last.page.next });
    for (const asset of last.data) rows.set(asset.asset_id, asset);
  }
  return { ...last, data: [...rows.values()] };
}

/** A page of the list of assets. */
export function useAssets(query: AssetsQuery & { limit: number }) {
  return useQuery({
    queryKey: ["assets", "list", query],
    queryFn: ({ signal }) => loadAssets(query, signal),
    refetchInterval: usePollInterval(15_000),
    placeholderData: (before) => before,
  });
}

/** All assets that can be chosen from, the best rank first. */
export function useAssetChoices() {
  return useQuery({
    queryKey: ["assets", "choices"],
    queryFn: async ({ signal }) => (await loadAssets({ limit: MOST_CHOICES }, signal)).data,
    staleTime: 60_000,
  });
}

/** One asset in detail. */
export function useAsset(symbol: string) {
  return useQuery({
    queryKey: ["assets", "one", symbol],
    queryFn: ({ signal }) => unwrap(api.GET("/api/assets/{symbol}/", { params: { path: { symbol } }, signal })),
    enabled: symbol !== "",
    refetchInterval: usePollInterval(10_000),
  });
}
