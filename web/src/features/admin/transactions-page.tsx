"use client";
import { useLocale, useTranslations } from "next-intl";
import { Pager, useCursors } from "@/components/pager";
import { Empty, QueryView } from "@/components/query-view";
import { Badge, type Tone } from "@/components/ui/badge";
import { Table, Td, Th } from "@/components/ui/table";
import { formatMoney, formatPrice, formatQuantity } from "@/lib/format";
import { formatMoment } from "@/lib/time";
import { useTransactions } from "./queries";

const PAGE = 50;
const KINDS = ["buy", "sell", "deposit", "withdraw"] as const;
const TONES: Record<string, Tone> = { buy: "up", sell: "down" };

/** Trades and fundings of all users, newest first. */
export function TransactionsPage() {
  const t = useTranslations("adminTransactions");
  const locale = useLocale();
  const pages = useCursors();
  const query = useTransactions({ limit: PAGE, ...(pages.cursor ? { cursor: pages.cursor } : {}) });
  return (
    <div className="card">
      <QueryView
        query={query}
        skeletonClassName="m-3 h-96"
        isEmpty={(page) => page.data.length === 0}
        empty={<Empty>{t("none")}</Empty>}
      >
        {(page) => (
          <>
            <Table label={t("title")}>
              <thead>
                <tr>
                  <Th>{t("when")}</Th>
                  <Th>{t("kind")}</Th>
                  <Th>{t("asset")}</Th>
                  <Th isNumeric>{t("quantity")}</Th>
                  <Th isNumeric>{t("price")}</Th>
                  <Th isNumeric>{t("fee")}</Th>
                  <Th isNumeric>{t("amount")}</Th>
                  <Th>{t("user")}</Th>
                </tr>
              </thead>
              <tbody>
                {page.data.map((row) => {
                  const kind = KINDS.find((one) => one === row.kind);
                  return (
                    <tr key={row.id} className="hover:bg-raised/60">
                      <Td className="numeric text-muted">{formatMoment(locale, row.created_at)}</Td>
                      <Td>
                        <Badge tone={TONES[row.kind] ?? "neutral"}>{kind ? t(`kind_${kind}`) : row.kind}</Badge>
                      </Td>
                      <Td>{row.symbol ?? row.asset_id ?? "–"}</Td>
                      <Td isNumeric>{formatQuantity(locale, row.quantity)}</Td>
                      <Td isNumeric>{formatPrice(locale, row.price)}</Td>
                      <Td isNumeric>{formatMoney(locale, row.fee)}</Td>
                      <Td isNumeric>{formatMoney(locale, row.amount)}</Td>
                      <Td className="font-mono text-muted text-xs">{row.user_id}</Td>
                    </tr>
                  );
                })}
              </tbody>
            </Table>
            <div className="px-3">
              <Pager pages={pages} next={page.page.next} />
            </div>
          </>
        )}
      </QueryView>
    </div>
  );
}
