"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, body, unwrap } from "@/lib/api/client";
import type { components, paths } from "@/lib/api/schema";
import type { AdminUser } from "@/lib/api/types";

const KEY = ["mine", "admin"] as const;
const OFTEN_MS = 10_000;

export interface PageOf {
  limit: number;
  cursor?: string;
}

export type UsersQuery = NonNullable<paths["/api/admin/users/"]["get"]["parameters"]["query"]>;

/** The figures of the first page. */
export function useStats() {
  return useQuery({
    queryKey: [...KEY, "stats"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/admin/dashboard/stats/", { signal })),
    refetchInterval: OFTEN_MS,
  });
}

/** How each service is doing. */
export function useSystem() {
  return useQuery({
    queryKey: [...KEY, "system"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/admin/system/", { signal })),
    refetchInterval: OFTEN_MS,
  });
}

/** A page of users. */
export function useUsers(query: UsersQuery) {
  return useQuery({
    queryKey: [...KEY, "users", query],
    queryFn: ({ signal }) => body(api.GET("/api/admin/users/", { params: { query }, signal })),
    placeholderData: (before) => before,
  });
}

/** As many users as the API tells of at once. */
const MOST_USERS = 200;

/**
 * Who some of the users are, by their ids: one page of those who were seen last. What the API tells by ids alone was
 * nearly always done by one of these.
 */
export function useKnownUsers(): ReadonlyMap<string, AdminUser> {
  const users = useUsers({ limit: MOST_USERS, sort: "last_seen_at" }).data?.data;
  return useMemo(() => new Map(users?.map((user) => [user.id, user])), [users]);
}

/** Where prices come from. */
export function useSources() {
  return useQuery({
    queryKey: [...KEY, "sources"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/admin/sources/", { signal })),
    refetchInterval: OFTEN_MS,
  });
}

/** A page of assets, disabled ones too. */
export function useAdminAssets(query: PageOf & { search?: string; enabled?: boolean }) {
  return useQuery({
    queryKey: [...KEY, "assets", query],
    queryFn: ({ signal }) => body(api.GET("/api/admin/assets/", { params: { query }, signal })),
    placeholderData: (before) => before,
  });
}

/** Trades and fundings of all users. */
export function useTransactions(query: PageOf) {
  return useQuery({
    queryKey: [...KEY, "transactions", query],
    queryFn: ({ signal }) => body(api.GET("/api/admin/transactions/", { params: { query }, signal })),
    placeholderData: (before) => before,
  });
}

/** Facts that were given up. */
export function useDeadLetters(query: PageOf) {
  return useQuery({
    queryKey: [...KEY, "dead-letters", query],
    queryFn: ({ signal }) => body(api.GET("/api/admin/dead-letters/", { params: { query }, signal })),
    refetchInterval: OFTEN_MS,
    placeholderData: (before) => before,
  });
}

/** Who did what to whom. */
export function useAudit(query: PageOf & { action?: string; user_id?: string }) {
  return useQuery({
    queryKey: [...KEY, "audit", query],
    queryFn: ({ signal }) => body(api.GET("/api/admin/audit/", { params: { query }, signal })),
    placeholderData: (before) => before,
  });
}

/** What administrators can do. */
export function useAdminChanges() {
  const queries = useQueryClient();
  const onSettled = () => queries.invalidateQueries({ queryKey: KEY });
  const status = useMutation({
    mutationFn: ({ id, change }: { id: string; change: components["schemas"]["StatusChange"] }) =>
      unwrap(api.PATCH("/api/admin/users/{id}/status/", { params: { path: { id } }, body: change })),
    onSettled,
  });
  const role = useMutation({
    mutationFn: ({ id, change }: { id: string; change: components["schemas"]["RoleChange"] }) =>
      unwrap(api.PATCH("/api/admin/users/{id}/role/", { params: { path: { id } }, body: change })),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (id: string) => body(api.DELETE("/api/admin/users/{id}/", { params: { path: { id } } })),
    onSettled,
  });
  const source = useMutation({
    mutationFn: ({ name, change }: { name: string; change: components["schemas"]["SourceChange"] }) =>
      unwrap(api.PATCH("/api/admin/sources/{name}/", { params: { path: { name } }, body: change })),
    onSettled,
  });
  const asset = useMutation({
    mutationFn: ({ id, change }: { id: string; change: components["schemas"]["AssetChange"] }) =>
      unwrap(api.PATCH("/api/admin/assets/{asset_id}/", { params: { path: { asset_id: id } }, body: change })),
    onSettled,
  });
  const replay = useMutation({
    mutationFn: (id: string) => unwrap(api.POST("/api/admin/dead-letters/{id}/replay/", { params: { path: { id } } })),
    onSettled,
  });
  return { status, role, remove, source, asset, replay };
}
