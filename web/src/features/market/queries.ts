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
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/movers/", { params: { query: { range, limit } }, signal })),
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

/** A page of the list of assets. */
export function useAssets(query: AssetsQuery) {
  return useQuery({
    queryKey: ["assets", "list", query],
    queryFn: ({ signal }) => body(api.GET("/api/assets/", { params: { query }, signal })),
    refetchInterval: usePollInterval(15_000),
    placeholderData: (before) => before,
  });
}

/** All assets that can be chosen from, the best rank first. */
export function useAssetChoices() {
  return useQuery({
    queryKey: ["assets", "choices"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/assets/", { params: { query: { limit: 200 } }, signal })),
    staleTime: 60_000,
  });
}

/** One asset in detail. */
export function useAsset(symbol: string) {
  return useQuery({
    queryKey: ["assets", "one", symbol],
    queryFn: ({ signal }) => unwrap(api.GET("/api/assets/{symbol}/", { params: { path: { symbol } }, signal })),
    refetchInterval: usePollInterval(10_000),
  });
}
