"use client";
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { Pager, useCursors } from "@/components/pager";
import { Empty, QueryView } from "@/components/query-view";
import { Badge, type Tone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Table, Td, Th } from "@/components/ui/table";
import { useProblem } from "@/features/session/problem";
import { useToast } from "@/features/shell/toasts";
import type { Order } from "@/lib/api/types";
import { formatPercent, formatPrice, formatQuantity } from "@/lib/format";
import { formatMinute } from "@/lib/time";
import { ORDER_TYPES } from "./order-types";
import { useOrders, usePortfolioChanges } from "./queries";

const PAGE = 25;
const STATES = ["accepted", "triggered", "filled", "cancelled", "expired", "rejected"] as const;
const TONES: Record<string, Tone> = { accepted: "accent", triggered: "warn", filled: "up", rejected: "down" };
const OPEN: readonly string[] = ["accepted", "triggered"];

/** All orders; open ones can be cancelled. */
export function OrdersTable() {
  const t = useTranslations("orders");
  const pages = useCursors();
  const query = useOrders({ limit: PAGE, ...(pages.cursor ? { cursor: pages.cursor } : {}) });
  return (
    <QueryView
      query={query}
      skeletonClassName="m-3 h-48"
      isEmpty={(page) => page.data.length === 0}
      empty={<Empty>{t("none")}</Empty>}
    >
      {(page) => (
        <>
          <Table label={t("title")}>
            <thead>
              <tr>
                <Th>{t("when")}</Th>
                <Th>{t("asset")}</Th>
                <Th>{t("side")}</Th>
                <Th>{t("type")}</Th>
                <Th isNumeric>{t("quantity")}</Th>
                <Th isNumeric>{t("filled")}</Th>
                <Th>{t("prices")}</Th>
                <Th>{t("status")}</Th>
                <Th>
                  <span className="sr-only">{t("actions")}</span>
                </Th>
              </tr>
            </thead>
            <tbody>
              {page.data.map((order) => (
                <OrderRow key={order.id} order={order} />
              ))}
            </tbody>
          </Table>
          <div className="px-3">
            <Pager pages={pages} next={page.page.next} />
          </div>
        </>
      )}
    </QueryView>
  );
}

function OrderRow({ order }: { order: Order }) {
  const t = useTranslations("orders");
  const locale = useLocale();
  const toast = useToast();
  const problem = useProblem();
  const { cancel } = usePortfolioChanges();
  const type = ORDER_TYPES.find((one) => one === order.type);
  const state = STATES.find((one) => one === order.status);
  const prices = [
    order.stop_price ? t("stop", { price: formatPrice(locale, order.stop_price) }) : null,
    order.limit_price ? t("limit", { price: formatPrice(locale, order.limit_price) }) : null,
    order.trail_pct ? t("trail", { percent: formatPercent(locale, order.trail_pct, 2) }) : null,
  ].filter(Boolean);
  return (
    <tr className="hover:bg-raised/60">
      <Td className="numeric text-muted">{formatMinute(locale, order.created_at)}</Td>
      <Td>
        <Link href={`/assets/${order.asset_id}`} className="font-medium hover:underline">
          {order.symbol}
        </Link>
      </Td>
      <Td className={order.side === "buy" ? "text-up" : "text-down"}>{t(order.side === "buy" ? "buy" : "sell")}</Td>
      <Td>{type ? t(`type_${type}`) : order.type}</Td>
      <Td isNumeric>{formatQuantity(locale, order.quantity)}</Td>
      <Td isNumeric>{formatQuantity(locale, order.filled_quantity)}</Td>
      <Td className="numeric">{prices.join(" · ") || "–"}</Td>
      <Td>
        <Badge tone={TONES[order.status] ?? "neutral"}>{state ? t(`status_${state}`) : order.status}</Badge>
        {order.reason ? <span className="ml-2 text-faint text-xs">{order.reason.replaceAll("_", " ")}</span> : null}
      </Td>
      <Td isNumeric>
        {OPEN.includes(order.status) ? (
          <Button
            size="small"
            tone="ghost"
            isBusy={cancel.isPending}
            onClick={() =>
              cancel.mutate(order.id, {
                onSuccess: () => toast(t("cancelled"), "good"),
                onError: (error) => toast(problem(error), "bad"),
              })
            }
          >
            {t("cancel")}
          </Button>
        ) : null}
      </Td>
    </tr>
  );
}
