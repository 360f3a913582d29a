"use client";
import { useLocale, useTranslations } from "next-intl";
import { PagedTable } from "@/components/paged-table";
import { pageOf, useCursors } from "@/components/pager";
import { Badge, type Tone } from "@/components/ui/badge";
import type { Column } from "@/components/ui/column-table";
import type { Transaction } from "@/lib/api/types";
import { formatMoney, formatPrice, formatQuantity } from "@/lib/format";
import { formatMoment } from "@/lib/time";
import { useKnownUsers, useTransactions } from "./queries";

const PAGE = 50;
const KINDS = ["buy", "sell", "deposit", "withdraw"] as const;
const TONES: Record<string, Tone> = { buy: "up", sell: "down" };

/** Trades and fundings of all users, newest first. */
export function TransactionsPage() {
  const t = useTranslations("adminTransactions");
  const locale = useLocale();
  const pages = useCursors();
  const users = useKnownUsers();
  const columns: Column<Transaction>[] = [
    {
      key: "when",
      head: t("when"),
      className: "numeric text-muted",
      cell: (row) => formatMoment(locale, row.created_at),
    },
    {
      key: "kind",
      head: t("kind"),
      cell: (row) => {
        const kind = KINDS.find((one) => one === row.kind);
        return <Badge tone={TONES[row.kind] ?? "neutral"}>{kind ? t(`kind_${kind}`) : row.kind}</Badge>;
      },
    },
    { key: "asset", head: t("asset"), cell: (row) => row.symbol ?? row.asset_id ?? "–" },
    { key: "quantity", head: t("quantity"), isNumeric: true, cell: (row) => formatQuantity(locale, row.quantity) },
    { key: "price", head: t("price"), isNumeric: true, cell: (row) => formatPrice(locale, row.price) },
    { key: "fee", head: t("fee"), isNumeric: true, cell: (row) => formatMoney(locale, row.fee) },
    { key: "amount", head: t("amount"), isNumeric: true, cell: (row) => formatMoney(locale, row.amount) },
    {
      key: "user",
      isWide: true,
      head: t("user"),
      cell: (row) => <Owner user={users.get(row.user_id)} id={row.user_id} />,
    },
  ];
  return (
    <div className="card">
      <PagedTable
        query={useTransactions(pageOf(pages, PAGE))}
        pages={pages}
        label={t("title")}
        none={t("none")}
        columns={columns}
        rowKey={(row) => row.id}
      />
    </div>
  );
}

function Owner({ user, id }: { user: { name: string; email: string } | undefined; id: string }) {
  if (!user) return <span className="font-mono text-muted text-xs">{id}</span>;
  return (
    <>
      <span className="block leading-tight">{user.name}</span>
      <span className="block break-all text-faint text-xs leading-tight">{user.email}</span>
    </>
  );
}
