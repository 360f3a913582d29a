"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSession } from "@/features/session/session-provider";
import { api, once, unwrap } from "@/lib/api/client";
import type { Watchlist } from "@/lib/api/types";

const KEY = ["mine", "watchlists"] as const;

/** The user's lists, in their order. */
export function useWatchlists() {
  const isActive = useSession().status === "active";
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => unwrap(api.GET("/api/watchlists/", { signal })),
    enabled: isActive,
  });
}

/** Changes to lists. */
export function useWatchlistChanges() {
  const queries = useQueryClient();
  const onSettled = () => queries.invalidateQueries({ queryKey: KEY });
  const create = useMutation({
    mutationFn: (list: { name: string; assets: string[] }) =>
      unwrap(api.POST("/api/watchlists/", { body: list, headers: once() })),
    onSettled,
  });
  const put = useMutation({
    mutationFn: ({ list, name, assets }: { list: Watchlist; name?: string; assets?: string[] }) =>
      unwrap(
        api.PUT("/api/watchlists/{id}/", {
          params: { path: { id: list.id } },
          body: {
            name: name ?? list.name,
            assets: assets ?? list.assets.map((asset) => asset.asset_id),
            version: list.version,
          },
        }),
      ),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE("/api/watchlists/{id}/", { params: { path: { id } } })),
    onSettled,
  });
  return { create, put, remove };
}
