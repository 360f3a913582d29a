"use client";
import { useLocale, useTranslations } from "next-intl";
import { PagedTable } from "@/components/paged-table";
import { pageOf, useCursors } from "@/components/pager";
import type { Column } from "@/components/ui/column-table";
import { useAssetChoices } from "@/features/market/queries";
import type { LedgerEntry } from "@/lib/api/types";
import { formatQuantity } from "@/lib/format";
import { formatMoment } from "@/lib/time";
import { useLedger } from "./queries";

const PAGE = 25;
const HASH_SHOWN = 12;
const KINDS = ["deposit", "withdrawal", "fill", "import", "reserve", "release", "reset"] as const;
const ACCOUNTS = ["cash", "reserved", "holdings", "external", "market", "fees"] as const;

/** The double-entry journal: each entry's lines sum to zero for each asset. */
export function LedgerTable() {
  const t = useTranslations("ledger");
  const locale = useLocale();
  const pages = useCursors();
  const columns: Column<LedgerEntry>[] = [
    { key: "number", head: t("number"), isNumeric: true, cell: (entry) => entry.seq },
    {
      key: "when",
      head: t("when"),
      className: "numeric text-muted",
      cell: (entry) => formatMoment(locale, entry.created_at),
    },
    {
      key: "kind",
      head: t("kind"),
      cell: (entry) => {
        const kind = KINDS.find((one) => one === entry.kind);
        return kind ? t(`kind_${kind}`) : entry.kind;
      },
    },
    { key: "postings", isWide: true, head: t("postings"), cell: (entry) => <Postings of={entry} /> },
    {
      key: "hash",
      head: t("hash"),
      className: "font-mono text-faint text-xs",
      cell: (entry) => <span title={entry.hash}>{entry.hash.slice(0, HASH_SHOWN)}</span>,
    },
  ];
  return (
    <PagedTable
      query={useLedger(pageOf(pages, PAGE))}
      pages={pages}
      label={t("title")}
      none={t("none")}
      skeletonClassName="m-3 h-48"
      columns={columns}
      rowKey={(entry) => entry.id}
      rowClassName="align-top"
    />
  );
}

function Postings({ of: entry }: { of: LedgerEntry }) {
  const t = useTranslations("ledger");
  const locale = useLocale();
  const assets = useAssetChoices().data;
  const accountName = (name: string) => {
    const known = ACCOUNTS.find((one) => one === name);
    return known ? t(`account_${known}`) : name;
  };
  return (
    <table>
      <tbody>
        {entry.postings.map((posting) => (
          <tr key={`${posting.account}:${posting.asset}`}>
            <td className="min-w-24 pr-4 text-muted">{accountName(posting.account)}</td>
            <td className="numeric min-w-40 pr-2 text-right">{formatQuantity(locale, posting.amount)}</td>
            <td className="text-faint">
              {assets?.find((asset) => asset.asset_id === posting.asset)?.symbol ?? posting.asset}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
