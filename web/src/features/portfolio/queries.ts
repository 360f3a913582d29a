"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSession } from "@/features/session/session-provider";
import { api, body, once, unwrap } from "@/lib/api/client";
import type { components } from "@/lib/api/schema";
import type { OrderBody, Portfolio } from "@/lib/api/types";
import { useChannel } from "@/lib/live/hooks";
import { usePollInterval } from "@/lib/live/polling";

export type PerformanceRange = "24h" | "7d" | "30d" | "90d" | "1y" | "max";
export type TradeBody = components["schemas"]["TradeBody"];
/** What a new book may have of its own. */
export type BookRules = Omit<components["schemas"]["ResetBody"], "confirm">;

interface PageOf {
  cursor?: string;
  limit?: number;
}

const KEY = ["mine", "portfolio"] as const;

/** Takes over the portfolio that the stream tells, and asks for the rest again when an order changed. */
function useLivePortfolio(isActive: boolean): void {
  const queries = useQueryClient();
  useChannel(isActive ? "portfolio" : null, (message) => {
    if (message.data) queries.setQueryData([...KEY, "now"], message.data as Portfolio);
  });
  useChannel(isActive ? "orders" : null, (message) => {
    if (message.type === "update") void queries.invalidateQueries({ queryKey: KEY });
  });
}

/** The portfolio, valued now. */
export function usePortfolio() {
  const isActive = useSession().status === "active";
  useLivePortfolio(isActive);
  return useQuery({
    queryKey: [...KEY, "now"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/virtual-portfolio/", { signal })),
    enabled: isActive,
    refetchInterval: usePollInterval(10_000),
  });
}

/** Returns, risks and comparisons. */
export function usePerformance(range: PerformanceRange) {
  const isActive = useSession().status === "active";
  return useQuery({
    queryKey: [...KEY, "performance", range],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/virtual-portfolio/performance/", { params: { query: { range } }, signal })),
    enabled: isActive,
    refetchInterval: 60_000,
    placeholderData: (before) => before,
  });
}

/** Orders, newest first. */
export function useOrders(filter: PageOf & { symbol?: string; status?: string }) {
  return useQuery({
    queryKey: [...KEY, "orders", filter],
    queryFn: ({ signal }) => body(api.GET("/api/virtual-portfolio/orders/", { params: { query: filter }, signal })),
    refetchInterval: 15_000,
    placeholderData: (before) => before,
  });
}

/** Fills, newest first. */
export function useTrades(filter: PageOf & { symbol?: string; side?: "buy" | "sell" }) {
  return useQuery({
    queryKey: [...KEY, "trades", filter],
    queryFn: ({ signal }) => body(api.GET("/api/virtual-portfolio/trades/", { params: { query: filter }, signal })),
    placeholderData: (before) => before,
  });
}

/** Deposits and withdrawals, newest first. */
export function useFundings(filter: PageOf) {
  return useQuery({
    queryKey: [...KEY, "fundings", filter],
    queryFn: ({ signal }) =>
      body(api.GET("/api/virtual-portfolio/funding-history/", { params: { query: filter }, signal })),
    placeholderData: (before) => before,
  });
}

/** The journal, newest first. */
export function useLedger(filter: PageOf) {
  return useQuery({
    queryKey: [...KEY, "ledger", filter],
    queryFn: ({ signal }) => body(api.GET("/api/virtual-portfolio/ledger/", { params: { query: filter }, signal })),
    placeholderData: (before) => before,
  });
}

/** Taking over trades of elsewhere; a preview changes nothing. */
export function useImport() {
  const queries = useQueryClient();
  const preview = useMutation({
    mutationFn: (csv: string) =>
      unwrap(api.POST("/api/virtual-portfolio/import/", { params: { query: { preview: true } }, body: { csv } })),
  });
  const confirm = useMutation({
    mutationFn: ({ csv, key }: { csv: string; key: string }) =>
      unwrap(api.POST("/api/virtual-portfolio/import/", { body: { csv }, headers: once(key) })),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  return { preview, confirm };
}

/** What can be done with a portfolio. Each call has a key of its own, so that a repeated one counts once. */
export function usePortfolioChanges() {
  const queries = useQueryClient();
  const onSettled = () => queries.invalidateQueries({ queryKey: KEY });
  const trade = useMutation({
    mutationFn: ({ order, key }: { order: TradeBody; key: string }) =>
      unwrap(api.POST("/api/virtual-portfolio/trades/", { body: order, headers: once(key) })),
    onSettled,
  });
  const place = useMutation({
    mutationFn: ({ order, key }: { order: OrderBody; key: string }) =>
      unwrap(api.POST("/api/virtual-portfolio/orders/", { body: order, headers: once(key) })),
    onSettled,
  });
  const cancel = useMutation({
    mutationFn: (id: string) => unwrap(api.DELETE("/api/virtual-portfolio/orders/{id}/", { params: { path: { id } } })),
    onSettled,
  });
  const fund = useMutation({
    mutationFn: ({ amount, direction, key }: { amount: string; direction: "deposit" | "withdraw"; key: string }) =>
      unwrap(api.POST("/api/virtual-portfolio/fund/", { body: { amount, direction }, headers: once(key) })),
    onSettled,
  });
  const reset = useMutation({
    mutationFn: (rules: BookRules) =>
      unwrap(api.POST("/api/virtual-portfolio/reset/", { body: { confirm: true, ...rules }, headers: once() })),
    onSettled,
  });
  return { trade, place, cancel, fund, reset };
}
