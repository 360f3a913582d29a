"use client";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { Badge, type Tone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { type Column, ColumnTable } from "@/components/ui/column-table";
import { Failure } from "@/features/auth/doors";
import type { Import } from "@/lib/api/types";
import { formatCount, formatMoney, formatPrice, formatQuantity } from "@/lib/format";
import { formatMoment } from "@/lib/time";
import { ImportFigures, StepHead } from "./import-figures";
import { sourceName } from "./import-model";

/** Kinds of faults that the catalogues have words for. */
const REASONS = [
  "unreadable_row",
  "missing_cell",
  "wrong_number",
  "wrong_time",
  "wrong_cell",
  "unknown_pair",
  "other_currency",
  "wrong_sum",
  "unknown_asset",
  "in_future",
  "more_than_held",
  "too_small",
  "too_large",
] as const;

type ImportRow = Import["rows"][number];

const SHOWN = 50;
const STATES = ["new", "known", "wrong"] as const;
const TONES: Record<string, Tone> = { new: "accent", wrong: "down" };

export interface ImportPreviewProps {
  planned: Import;
  failure: string | null;
  isBusy: boolean;
  onConfirm: () => void;
  onBack: () => void;
}

/** What an import would do, and what keeps it from being done. Nothing is booked yet. */
export function ImportPreview({ planned, failure, isBusy, onConfirm, onBack }: ImportPreviewProps) {
  const t = useTranslations("import");
  const refused = planned.rows.filter((row) => row.state === "wrong");
  const others = planned.rows.filter((row) => row.state !== "wrong");
  const canBook = planned.new > 0 && planned.wrong === 0;
  return (
    <div className="space-y-3">
      <section className="card space-y-4 p-4">
        <StepHead>{t("recognised", { count: planned.rows.length, source: sourceName(planned.source) })}</StepHead>
        <Failure>{failure}</Failure>
        <ImportFigures of={planned} />
        <p className="max-w-[75ch] text-muted">{t(verdict(planned))}</p>
        <div className="flex flex-wrap gap-2">
          {canBook ? (
            <Button tone="primary" isBusy={isBusy} onClick={onConfirm}>
              {t("confirm", { count: planned.new })}
            </Button>
          ) : null}
          <Button disabled={isBusy} onClick={onBack}>
            {t("back")}
          </Button>
        </div>
      </section>
      {refused.length > 0 ? <Refused rows={refused} /> : null}
      {others.length > 0 ? <Recognised rows={others} /> : null}
    </div>
  );
}

function verdict(planned: Import): "refusedText" | "nothingNew" | "previewText" {
  if (planned.wrong > 0) return "refusedText";
  return planned.new === 0 ? "nothingNew" : "previewText";
}

function Refused({ rows }: { rows: readonly ImportRow[] }) {
  const t = useTranslations("import");
  const locale = useLocale();
  const columns: Column<ImportRow>[] = [
    {
      key: "line",
      head: t("line"),
      isNumeric: true,
      className: "w-16",
      cell: (row) => formatCount(locale, row.line),
    },
    {
      key: "reason",
      isWide: true,
      head: t("reason"),
      className: "whitespace-normal",
      cell: (row) => <Reason row={row} />,
    },
  ];
  return <Part title={t("refusedTitle", { count: rows.length })} rows={rows} columns={columns} />;
}

/** The server's own words are English and say the most; readers of another language are told the kind of fault in theirs. */
function Reason({ row }: { row: ImportRow }) {
  const t = useTranslations("import");
  const locale = useLocale();
  const known = REASONS.find((code) => code === row.reason_code);
  if (known && locale !== "en") return t(`reason_${known}`);
  return <span lang="en">{row.reason}</span>;
}

function Recognised({ rows }: { rows: readonly ImportRow[] }) {
  const t = useTranslations("import");
  const locale = useLocale();
  const columns: Column<ImportRow>[] = [
    { key: "line", head: t("line"), isNumeric: true, cell: (row) => formatCount(locale, row.line) },
    {
      key: "when",
      head: t("when"),
      className: "numeric text-muted",
      cell: (row) => formatMoment(locale, row.executed_at) ?? "–",
    },
    {
      key: "asset",
      head: t("asset"),
      className: "font-medium",
      cell: (row) => row.symbol ?? "–",
    },
    {
      key: "side",
      head: t("side"),
      className: (row) => (row.side === "buy" ? "text-up" : "text-down"),
      cell: (row) => (row.side ? t(row.side === "buy" ? "buy" : "sell") : "–"),
    },
    { key: "quantity", head: t("quantity"), isNumeric: true, cell: (row) => formatQuantity(locale, row.quantity) },
    { key: "price", head: t("price"), isNumeric: true, cell: (row) => formatPrice(locale, row.price) },
    { key: "fee", head: t("fee"), isNumeric: true, cell: (row) => formatMoney(locale, row.fee) },
    { key: "total", head: t("total"), isNumeric: true, cell: (row) => formatMoney(locale, row.total) },
    { key: "state", isWide: true, head: t("state"), cell: (row) => <RowState row={row} /> },
  ];
  return <Part title={t("rowsTitle", { count: rows.length })} rows={rows} columns={columns} />;
}

function RowState({ row }: { row: ImportRow }) {
  const t = useTranslations("import");
  const state = STATES.find((one) => one === row.state);
  return (
    <>
      <Badge tone={TONES[row.state] ?? "neutral"}>{state ? t(`state_${state}`) : row.state}</Badge>
      {row.note ? (
        <span lang="en" className="block max-w-96 whitespace-normal sm:min-w-56 text-faint text-xs">
          {row.note}
        </span>
      ) : null}
    </>
  );
}

function Part({
  title,
  rows,
  columns,
}: {
  title: string;
  rows: readonly ImportRow[];
  columns: readonly Column<ImportRow>[];
}) {
  const t = useTranslations("import");
  const [shown, setShown] = useState(SHOWN);
  const hidden = rows.length - shown;
  return (
    <section className="card overflow-hidden">
      <h3 className="border-b px-4 py-3 font-semibold text-[0.9375rem]">{title}</h3>
      <ColumnTable label={title} columns={columns} rows={rows.slice(0, shown)} rowKey={(row) => row.line} />
      {hidden > 0 ? (
        <div className="border-t p-2 text-center">
          <Button tone="ghost" size="small" onClick={() => setShown(shown + SHOWN * 4)}>
            {t("more", { count: hidden })}
          </Button>
        </div>
      ) : null}
    </section>
  );
}
