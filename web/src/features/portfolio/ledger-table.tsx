"use client";
import { useLocale, useTranslations } from "next-intl";
import { Pager, useCursors } from "@/components/pager";
import { Empty, QueryView } from "@/components/query-view";
import { Table, Td, Th } from "@/components/ui/table";
import type { LedgerEntry } from "@/lib/api/types";
import { formatQuantity } from "@/lib/format";
import { formatMoment } from "@/lib/time";
import { useLedger } from "./queries";

const PAGE = 25;
const HASH_SHOWN = 12;

/** The double-entry journal: each entry's lines sum to zero for each asset. */
export function LedgerTable() {
  const t = useTranslations("ledger");
  const pages = useCursors();
  const query = useLedger({ limit: PAGE, ...(pages.cursor ? { cursor: pages.cursor } : {}) });
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
                <Th isNumeric>{t("number")}</Th>
                <Th>{t("when")}</Th>
                <Th>{t("kind")}</Th>
                <Th>{t("postings")}</Th>
                <Th>{t("hash")}</Th>
              </tr>
            </thead>
            <tbody>
              {page.data.map((entry) => (
                <EntryRow key={entry.id} entry={entry} />
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

function EntryRow({ entry }: { entry: LedgerEntry }) {
  const locale = useLocale();
  return (
    <tr className="align-top">
      <Td isNumeric>{entry.seq}</Td>
      <Td className="numeric text-muted">{formatMoment(locale, entry.created_at)}</Td>
      <Td>{entry.kind}</Td>
      <Td>
        <table>
          <tbody>
            {entry.postings.map((posting) => (
              <tr key={`${posting.account}:${posting.asset}`}>
                <td className="pr-4 text-muted">{posting.account}</td>
                <td className="numeric pr-2 text-right">{formatQuantity(locale, posting.amount)}</td>
                <td className="text-faint">{posting.asset}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Td>
      <Td className="font-mono text-faint text-xs">
        <span title={entry.hash}>{entry.hash.slice(0, HASH_SHOWN)}</span>
      </Td>
    </tr>
  );
}
