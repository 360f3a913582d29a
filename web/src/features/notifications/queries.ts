"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSession } from "@/features/session/session-provider";
import { api, body, unwrap } from "@/lib/api/client";
import type { components, paths } from "@/lib/api/schema";
import { useChannel } from "@/lib/live/hooks";
import { usePollInterval } from "@/lib/live/polling";

const KEY = ["mine", "notifications"] as const;
type NotificationPage = components["schemas"]["NotificationPage"];

/** How many are unread; the API says it beside the page. */
export function unreadOf(page: NotificationPage | undefined): number {
  return page?.page.unread ?? 0;
}

/** A page of the list, newest first. */
export function useNotifications(filter: { unread?: boolean; cursor?: string; limit: number }) {
  const isActive = useSession().status === "active";
  return useQuery({
    queryKey: [...KEY, "list", filter],
    queryFn: ({ signal }) => body(api.GET("/api/notifications/", { params: { query: filter }, signal })),
    enabled: isActive,
    refetchInterval: usePollInterval(60_000),
    placeholderData: (before) => before,
  });
}

/** Calls back when a notification comes in, and has the lists read again. */
export function useIncoming(onIncoming: (title: string, kind: string) => void): void {
  const queries = useQueryClient();
  const isActive = useSession().status === "active";
  useChannel(isActive ? "notifications" : null, (message) => {
    if (message.type !== "update") return;
    void queries.invalidateQueries({ queryKey: KEY });
    void queries.invalidateQueries({ queryKey: ["mine", "alerts"] });
    const { title, kind, read } = (message.data ?? {}) as { title?: unknown; kind?: unknown; read?: unknown };
    // One that was read is told too.
    if (typeof title === "string" && !read) onIncoming(title, String(kind));
  });
}

/** What became of a notification on its ways. */
export function useDeliveries(id: string, isWanted: boolean) {
  return useQuery({
    queryKey: [...KEY, "deliveries", id],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/notifications/{id}/deliveries/", { params: { path: { id } }, signal })),
    enabled: isWanted,
  });
}

/** A page of all that left the platform, newest first. */
export function useDeliveryLog(
  filter: NonNullable<paths["/api/notifications/deliveries/"]["get"]["parameters"]["query"]>,
) {
  return useQuery({
    queryKey: [...KEY, "log", filter],
    queryFn: ({ signal }) => body(api.GET("/api/notifications/deliveries/", { params: { query: filter }, signal })),
    refetchInterval: usePollInterval(60_000),
    placeholderData: (before) => before,
  });
}

/** Changes to the list. */
export function useNotificationChanges() {
  const queries = useQueryClient();
  const onSettled = () => queries.invalidateQueries({ queryKey: KEY });
  const read = useMutation({
    mutationFn: (id: string) => unwrap(api.POST("/api/notifications/{id}/read/", { params: { path: { id } } })),
    onSettled,
  });
  const readAll = useMutation({
    mutationFn: () => unwrap(api.POST("/api/notifications/read-all/")),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE("/api/notifications/{id}/", { params: { path: { id } } })),
    onSettled,
  });
  return { read, readAll, remove };
}
