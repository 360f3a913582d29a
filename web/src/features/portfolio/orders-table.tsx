"use client";
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { PagedTable } from "@/components/paged-table";
import { pageOf, useCursors } from "@/components/pager";
import { Badge, type Tone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { Column } from "@/components/ui/column-table";
import { useProblem } from "@/features/session/problem";
import { useToast } from "@/features/shell/toasts";
import type { Order } from "@/lib/api/types";
import { formatPercent, formatPrice, formatQuantity } from "@/lib/format";
import { formatMinute } from "@/lib/time";
import { orderReason } from "./order-reasons";
import { ORDER_TYPES } from "./order-types";
import { useOrders, usePortfolioChanges } from "./queries";

const PAGE = 25;
const STATES = ["accepted", "triggered", "filled", "cancelled", "expired", "rejected"] as const;
const TONES: Record<string, Tone> = { accepted: "accent", triggered: "warn", filled: "up", rejected: "down" };
const OPEN: readonly string[] = ["accepted", "triggered"];

/** All orders; open ones can be cancelled. */
export function OrdersTable() {
  const t = useTranslations("orders");
  const locale = useLocale();
  const pages = useCursors();
  const columns: Column<Order>[] = [
    {
      key: "when",
      head: t("when"),
      className: "numeric text-muted",
      cell: (order) => formatMinute(locale, order.created_at),
    },
    {
      key: "asset",
      head: t("asset"),
      cell: (order) => (
        <Link href={`/assets/${order.asset_id}`} className="font-medium hover:underline">
          {order.symbol}
        </Link>
      ),
    },
    {
      key: "side",
      head: t("side"),
      className: (order) => (order.side === "buy" ? "text-up" : "text-down"),
      cell: (order) => t(order.side === "buy" ? "buy" : "sell"),
    },
    {
      key: "type",
      head: t("type"),
      cell: (order) => {
        const type = ORDER_TYPES.find((one) => one === order.type);
        return type ? t(`type_${type}`) : order.type;
      },
    },
    {
      key: "quantity",
      head: t("quantity"),
      isNumeric: true,
      cell: (order) => formatQuantity(locale, order.quantity),
    },
    {
      key: "filled",
      head: t("filled"),
      isNumeric: true,
      cell: (order) => formatQuantity(locale, order.filled_quantity),
    },
    { key: "prices", head: t("prices"), className: "numeric", cell: (order) => <Prices of={order} /> },
    { key: "status", head: t("status"), cell: (order) => <Status of={order} /> },
    {
      key: "actions",
      head: t("actions"),
      isHeadHidden: true,
      isNumeric: true,
      cell: (order) => (OPEN.includes(order.status) ? <CancelButton order={order} /> : null),
    },
  ];
  return (
    <PagedTable
      query={useOrders(pageOf(pages, PAGE))}
      pages={pages}
      label={t("title")}
      none={t("none")}
      skeletonClassName="m-3 h-48"
      columns={columns}
      rowKey={(order) => order.id}
    />
  );
}

function Prices({ of: order }: { of: Order }) {
  const t = useTranslations("orders");
  const locale = useLocale();
  const prices = [
    order.stop_price ? t("stop", { price: formatPrice(locale, order.stop_price) }) : null,
    order.limit_price ? t("limit", { price: formatPrice(locale, order.limit_price) }) : null,
    order.trail_pct ? t("trail", { percent: formatPercent(locale, order.trail_pct, 2) }) : null,
  ].filter(Boolean);
  return prices.join(" · ") || "–";
}

function Status({ of: order }: { of: Order }) {
  const t = useTranslations("orders");
  const state = STATES.find((one) => one === order.status);
  return (
    <>
      <Badge tone={TONES[order.status] ?? "neutral"}>{state ? t(`status_${state}`) : order.status}</Badge>
      <Reason of={order} />
    </>
  );
}

/** Why it ended, in the reader's language where the catalogues have words for it. */
function Reason({ of: { reason } }: { of: Order }) {
  const t = useTranslations("orders");
  if (!reason) return null;
  const known = orderReason(reason);
  return (
    <span lang={known ? undefined : "en"} className="block max-w-56 whitespace-normal text-faint text-xs">
      {known ? t(`reason_${known}`) : reason}
    </span>
  );
}

function CancelButton({ order }: { order: Order }) {
  const t = useTranslations("orders");
  const toast = useToast();
  const problem = useProblem();
  const { cancel } = usePortfolioChanges();
  return (
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
  );
}
