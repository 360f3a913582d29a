"use client";
import { CircleHelp, Download, FileUp } from "lucide-react";
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { Pager, useCursors } from "@/components/pager";
import { Empty, QueryView } from "@/components/query-view";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Table, Td, Th } from "@/components/ui/table";
import { useProblem } from "@/features/session/problem";
import { useToast } from "@/features/shell/toasts";
import { download } from "@/lib/api/client";
import type { Trade } from "@/lib/api/types";
import { formatMoney, formatPrice, formatQuantity } from "@/lib/format";
import { save } from "@/lib/save";
import { formatMinute, formatMoment } from "@/lib/time";
import { FillExplained } from "./fill-explained";
import { Gain } from "./gain";
import { sourceName } from "./import-model";
import { useTrades } from "./queries";

const PAGE = 25;

/** All fills; each can be explained. */
export function TradesTable() {
  const t = useTranslations("trades");
  const locale = useLocale();
  const toast = useToast();
  const problem = useProblem();
  const pages = useCursors();
  const query = useTrades({ limit: PAGE, ...(pages.cursor ? { cursor: pages.cursor } : {}) });
  const [explained, setExplained] = useState<Trade | null>(null);
  const [isSaving, setSaving] = useState(false);
  const exportAll = async () => {
    setSaving(true);
    try {
      save(await download("/api/virtual-portfolio/trades/", "text/csv"), "candlewick-trades.csv");
    } catch (error) {
      toast(problem(error), "bad");
    } finally {
      setSaving(false);
    }
  };
  return (
    <QueryView
      query={query}
      skeletonClassName="m-3 h-48"
      isEmpty={(page) => page.data.length === 0}
      empty={<Empty action={<ImportLink />}>{t("none")}</Empty>}
    >
      {(page) => (
        <>
          <div className="flex justify-end gap-2 border-b p-2">
            <ImportLink />
            <Button size="small" isBusy={isSaving} onClick={() => void exportAll()}>
              <Download aria-hidden />
              {t("csv")}
            </Button>
          </div>
          <Table label={t("title")}>
            <thead>
              <tr>
                <Th>{t("when")}</Th>
                <Th>{t("asset")}</Th>
                <Th>{t("side")}</Th>
                <Th isNumeric>{t("quantity")}</Th>
                <Th isNumeric>{t("price")}</Th>
                <Th isNumeric>{t("fee")}</Th>
                <Th isNumeric>{t("total")}</Th>
                <Th isNumeric>{t("gain")}</Th>
                <Th>
                  <span className="sr-only">{t("explain")}</span>
                </Th>
              </tr>
            </thead>
            <tbody>
              {page.data.map((trade) => (
                <tr key={trade.id} className="hover:bg-raised/60">
                  <Td className="numeric text-muted">
                    {trade.imported_from ? (
                      <>
                        {formatMoment(locale, trade.executed_at)}{" "}
                        <Badge>{t("importedFrom", { source: sourceName(trade.imported_from) })}</Badge>
                      </>
                    ) : (
                      formatMinute(locale, trade.created_at)
                    )}
                  </Td>
                  <Td>
                    <Link href={`/assets/${trade.asset_id}`} className="font-medium hover:underline">
                      {trade.symbol}
                    </Link>
                  </Td>
                  <Td className={trade.side === "buy" ? "text-up" : "text-down"}>
                    {t(trade.side === "buy" ? "buy" : "sell")}
                  </Td>
                  <Td isNumeric>{formatQuantity(locale, trade.quantity)}</Td>
                  <Td isNumeric>{formatPrice(locale, trade.price)}</Td>
                  <Td isNumeric>{formatMoney(locale, trade.fee)}</Td>
                  <Td isNumeric>{formatMoney(locale, trade.total)}</Td>
                  <Td isNumeric>{trade.realized_pnl === null ? "–" : <Gain amount={trade.realized_pnl} />}</Td>
                  <Td isNumeric>
                    <Button size="small" tone="ghost" onClick={() => setExplained(trade)}>
                      <CircleHelp aria-hidden />
                      {t("explain")}
                    </Button>
                  </Td>
                </tr>
              ))}
            </tbody>
          </Table>
          <div className="px-3">
            <Pager pages={pages} next={page.page.next} />
          </div>
          <Dialog
            open={explained !== null}
            onOpenChange={(open) => !open && setExplained(null)}
            title={t("explainTitle")}
            closeLabel={t("close")}
          >
            {explained ? <FillExplained trade={explained} /> : null}
          </Dialog>
        </>
      )}
    </QueryView>
  );
}

function ImportLink() {
  const t = useTranslations("trades");
  return (
    <Button asChild size="small">
      <Link href="/portfolio/import">
        <FileUp aria-hidden />
        {t("import")}
      </Link>
    </Button>
  );
}
