"use client";
import { useLocale, useTranslations } from "next-intl";
import { Pager, useCursors } from "@/components/pager";
import { Empty, QueryView } from "@/components/query-view";
import { Table, Td, Th } from "@/components/ui/table";
import { formatMoney } from "@/lib/format";
import { formatMoment } from "@/lib/time";
import { useFundings } from "./queries";

const PAGE = 25;

/** Deposits and withdrawals. */
export function FundingTable() {
  const t = useTranslations("funding");
  const locale = useLocale();
  const pages = useCursors();
  const query = useFundings({ limit: PAGE, ...(pages.cursor ? { cursor: pages.cursor } : {}) });
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
                <Th>{t("direction")}</Th>
                <Th isNumeric>{t("amount")}</Th>
                <Th isNumeric>{t("balance")}</Th>
              </tr>
            </thead>
            <tbody>
              {page.data.map((row) => (
                <tr key={row.id}>
                  <Td className="numeric text-muted">{formatMoment(locale, row.created_at)}</Td>
                  <Td>{t(row.direction === "deposit" ? "deposit" : "withdraw")}</Td>
                  <Td isNumeric>{formatMoney(locale, row.amount)}</Td>
                  <Td isNumeric>{formatMoney(locale, row.balance_after)}</Td>
                </tr>
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
