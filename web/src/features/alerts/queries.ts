"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSession } from "@/features/session/session-provider";
import { api, body, notText, once, unwrap } from "@/lib/api/client";
import type { components } from "@/lib/api/schema";

export type AlertBody = components["schemas"]["AlertBody"];
export type AlertPatch = components["schemas"]["AlertPatch"];

const OFTEN_MS = 15_000;

/** Alerts of the signed-in user. */
export function useAlerts(filter: { status?: string; symbol?: string; cursor?: string; limit?: number } = {}) {
  const isActive = useSession().status === "active";
  return useQuery({
    queryKey: ["mine", "alerts", "list", filter],
    queryFn: ({ signal }) => body(api.GET("/api/alerts/", { params: { query: filter }, signal })),
    enabled: isActive,
    refetchInterval: OFTEN_MS,
    placeholderData: (before) => before,
  });
}

/** Every firing. */
export function useFirings(filter: { alert_id?: string; symbol?: string; cursor?: string; limit?: number } = {}) {
  const isActive = useSession().status === "active";
  return useQuery({
    queryKey: ["mine", "alerts", "firings", filter],
    queryFn: async ({ signal }) =>
      notText(await body(api.GET("/api/alerts/history/", { params: { query: filter }, signal }))),
    enabled: isActive,
    refetchInterval: OFTEN_MS,
    placeholderData: (before) => before,
  });
}

/** Changes to alerts. */
export function useAlertChanges() {
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ["mine", "alerts"] });
  const create = useMutation({
    mutationFn: ({ alert, key }: { alert: AlertBody; key: string }) =>
      unwrap(api.POST("/api/alerts/", { body: alert, headers: once(key) })),
    onSuccess: refresh,
  });
  const change = useMutation({
    mutationFn: ({ id, patch }: { id: string; patch: AlertPatch }) =>
      unwrap(api.PATCH("/api/alerts/{id}/", { params: { path: { id } }, body: patch })),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: (id: string) => body(api.DELETE("/api/alerts/{id}/", { params: { path: { id } } })),
    onSettled: refresh,
  });
  return { create, change, remove };
}

/** When an alert would have fired. */
export function previewAlert(alert: AlertBody, days: number, signal?: AbortSignal) {
  return unwrap(
    api.POST("/api/alerts/preview/", { params: { query: { days } }, body: alert, ...(signal ? { signal } : {}) }),
  );
}
