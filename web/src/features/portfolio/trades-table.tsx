"use client";
import { CircleHelp, Download, FileUp } from "lucide-react";
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { PagedTable } from "@/components/paged-table";
import { pageOf, useCursors } from "@/components/pager";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { Column } from "@/components/ui/column-table";
import { Dialog } from "@/components/ui/dialog";
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
  const pages = useCursors();
  const [explained, setExplained] = useState<Trade | null>(null);
  return (
    <>
      <PagedTable
        query={useTrades(pageOf(pages, PAGE))}
        pages={pages}
        label={t("title")}
        none={t("none")}
        noneAction={<ImportLink />}
        skeletonClassName="m-3 h-48"
        head={
          <div className="flex justify-end gap-2 border-b p-2">
            <ImportLink />
            <ExportButton />
          </div>
        }
        columns={useColumns(setExplained)}
        rowKey={(trade) => trade.id}
      />
      <Dialog
        open={explained !== null}
        onOpenChange={(open) => !open && setExplained(null)}
        title={t("explainTitle")}
        closeLabel={t("close")}
      >
        {explained ? <FillExplained trade={explained} /> : null}
      </Dialog>
    </>
  );
}

function useColumns(onExplain: (trade: Trade) => void): Column<Trade>[] {
  const t = useTranslations("trades");
  const locale = useLocale();
  return [
    {
      key: "when",
      isWide: true,
      head: t("when"),
      className: "numeric text-muted",
      cell: (trade) => <When trade={trade} />,
    },
    {
      key: "asset",
      head: t("asset"),
      cell: (trade) => (
        <Link href={`/assets/${trade.asset_id}`} className="font-medium hover:underline">
          {trade.symbol}
        </Link>
      ),
    },
    {
      key: "side",
      head: t("side"),
      className: (trade) => (trade.side === "buy" ? "text-up" : "text-down"),
      cell: (trade) => t(trade.side === "buy" ? "buy" : "sell"),
    },
    { key: "quantity", head: t("quantity"), isNumeric: true, cell: (trade) => formatQuantity(locale, trade.quantity) },
    { key: "price", head: t("price"), isNumeric: true, cell: (trade) => formatPrice(locale, trade.price) },
    { key: "fee", head: t("fee"), isNumeric: true, cell: (trade) => formatMoney(locale, trade.fee) },
    { key: "total", head: t("total"), isNumeric: true, cell: (trade) => formatMoney(locale, trade.total) },
    {
      key: "gain",
      head: t("gain"),
      isNumeric: true,
      cell: (trade) => (trade.realized_pnl === null ? "–" : <Gain amount={trade.realized_pnl} />),
    },
    {
      key: "explain",
      head: t("explain"),
      isHeadHidden: true,
      isNumeric: true,
      cell: (trade) => (
        <Button size="small" tone="ghost" onClick={() => onExplain(trade)}>
          <CircleHelp aria-hidden />
          {t("explain")}
        </Button>
      ),
    },
  ];
}

function When({ trade }: { trade: Trade }) {
  const t = useTranslations("trades");
  const locale = useLocale();
  if (!trade.imported_from) return formatMinute(locale, trade.created_at);
  return (
    <>
      {formatMoment(locale, trade.executed_at)}{" "}
      <Badge>{t("importedFrom", { source: sourceName(trade.imported_from) })}</Badge>
    </>
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

function ExportButton() {
  const t = useTranslations("trades");
  const toast = useToast();
  const problem = useProblem();
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
    <Button size="small" isBusy={isSaving} onClick={() => void exportAll()}>
      <Download aria-hidden />
      {t("csv")}
    </Button>
  );
}
