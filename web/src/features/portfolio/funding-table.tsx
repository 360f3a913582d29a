"use client";
import { useLocale, useTranslations } from "next-intl";
import { PagedTable } from "@/components/paged-table";
import { pageOf, useCursors } from "@/components/pager";
import type { Column } from "@/components/ui/column-table";
import type { Funding } from "@/lib/api/types";
import { formatMoney } from "@/lib/format";
import { formatMoment } from "@/lib/time";
import { useFundings } from "./queries";

const PAGE = 25;

/** Deposits and withdrawals. */
export function FundingTable() {
  const t = useTranslations("funding");
  const locale = useLocale();
  const pages = useCursors();
  const columns: Column<Funding>[] = [
    {
      key: "when",
      head: t("when"),
      className: "numeric text-muted",
      cell: (row) => formatMoment(locale, row.created_at),
    },
    {
      key: "direction",
      head: t("direction"),
      cell: (row) => t(row.direction === "deposit" ? "deposit" : "withdraw"),
    },
    { key: "amount", head: t("amount"), isNumeric: true, cell: (row) => formatMoney(locale, row.amount) },
    { key: "balance", head: t("balance"), isNumeric: true, cell: (row) => formatMoney(locale, row.balance_after) },
  ];
  return (
    <PagedTable
      query={useFundings(pageOf(pages, PAGE))}
      pages={pages}
      label={t("title")}
      none={t("none")}
      skeletonClassName="m-3 h-48"
      columns={columns}
      rowKey={(row) => row.id}
      rowClassName=""
    />
  );
}
