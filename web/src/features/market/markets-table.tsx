"use client";
import { createColumnHelper, flexRender, getCoreRowModel, type Row, useReactTable } from "@tanstack/react-table";
import { ChevronDown, ChevronUp } from "lucide-react";
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { memo, type ReactNode, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { Table, Td, Th } from "@/components/ui/table";
import type { Asset } from "@/lib/api/types";
import { classes } from "@/lib/classes";
import { formatCompactMoney, formatCount } from "@/lib/format";
import { SeenProvider, watchSeen } from "@/lib/live/seen";
import { AssetName } from "./asset-mark";
import { ChangeText, LiveChangeText, LivePriceText } from "./price";
import type { AssetsQuery } from "./queries";
import { Sparkline } from "./sparkline";

type SortName = NonNullable<AssetsQuery["sort"]>;

export interface MarketsTableProps {
  assets: readonly Asset[];
  sort: SortName;
  order: "asc" | "desc";
  onSort: (name: SortName) => void;
}

const column = createColumnHelper<Asset>();
/** No screen shows more of them at once. */
const FIRST_ROWS = 30;
const FROM_TABLET = "hidden md:table-cell";
const FROM_LAPTOP = "hidden xl:table-cell";

interface Look {
  className?: string;
  isNumeric?: boolean;
  sort?: SortName;
}

function useColumns() {
  const t = useTranslations("markets");
  const locale = useLocale();
  return useMemo(
    () => [
      column.accessor("rank", {
        header: t("column_rank"),
        cell: (cell) => <span className="text-faint">{formatCount(locale, cell.getValue())}</span>,
        meta: { sort: "rank", isNumeric: true, className: "hidden w-12 sm:table-cell" } satisfies Look,
      }),
      column.accessor("name", {
        header: t("column_name"),
        cell: (cell) => (
          <Link
            href={`/assets/${cell.row.original.asset_id}`}
            className="flex max-w-32 items-center hover:underline sm:max-w-64"
          >
            <AssetName symbol={cell.row.original.symbol} name={cell.getValue()} />
          </Link>
        ),
        meta: { sort: "name" } satisfies Look,
      }),
      column.accessor("price", {
        header: t("column_price"),
        cell: (cell) => <LivePriceText asset={cell.row.original} />,
        meta: { sort: "price", isNumeric: true } satisfies Look,
      }),
      column.accessor("change_1h", {
        header: t("column_change_1h"),
        cell: (cell) => <ChangeText value={cell.getValue()} />,
        meta: { sort: "change_1h", isNumeric: true, className: FROM_TABLET } satisfies Look,
      }),
      column.accessor("change_24h", {
        header: t("column_change_24h"),
        cell: (cell) => <LiveChangeText assetId={cell.row.original.asset_id} value={cell.getValue()} />,
        meta: { sort: "change_24h", isNumeric: true } satisfies Look,
      }),
      column.accessor("change_7d", {
        header: t("column_change_7d"),
        cell: (cell) => <ChangeText value={cell.getValue()} />,
        meta: { sort: "change_7d", isNumeric: true, className: FROM_TABLET } satisfies Look,
      }),
      column.accessor("volume_24h", {
        header: t("column_volume_24h"),
        cell: (cell) => formatCompactMoney(locale, cell.getValue()),
        meta: { sort: "volume_24h", isNumeric: true, className: FROM_TABLET } satisfies Look,
      }),
      column.accessor("market_cap", {
        header: t("column_market_cap"),
        cell: (cell) => formatCompactMoney(locale, cell.getValue()),
        meta: { sort: "market_cap", isNumeric: true, className: FROM_TABLET } satisfies Look,
      }),
      column.accessor("sparkline_7d", {
        header: t("column_week"),
        cell: (cell) => (
          <Sparkline
            points={cell.getValue()}
            label={t("sparkline", { name: cell.row.original.name })}
            className="ml-auto"
          />
        ),
        meta: { isNumeric: true, className: FROM_LAPTOP } satisfies Look,
      }),
    ],
    [t, locale],
  );
}

/** The rows; each price cell in view follows the stream by itself, so a tick repaints one cell and not the table. */
export const MarketsTable = memo(function MarketsTable({ assets, sort, order, onSort }: MarketsTableProps) {
  const t = useTranslations("markets");
  const columns = useColumns();
  const settled = useAfterPaint(assets);
  const data = useMemo(() => [...settled], [settled]);
  const table = useReactTable({
    data,
    columns,
    manualSorting: true,
    getCoreRowModel: getCoreRowModel(),
    getRowId: (asset) => asset.asset_id,
  });
  return (
    <Table label={t("title")}>
      <thead>
        {table.getHeaderGroups().map((group) => (
          <tr key={group.id}>
            {group.headers.map((header) => {
              const look = header.column.columnDef.meta as Look;
              const isSorted = look.sort === sort;
              return (
                <Th
                  key={header.id}
                  className={look.className}
                  isNumeric={look.isNumeric}
                  aria-sort={isSorted ? (order === "asc" ? "ascending" : "descending") : undefined}
                >
                  {look.sort ? (
                    <SortButton name={look.sort} isSorted={isSorted} order={order} onSort={onSort}>
                      {flexRender(header.column.columnDef.header, header.getContext())}
                    </SortButton>
                  ) : (
                    flexRender(header.column.columnDef.header, header.getContext())
                  )}
                </Th>
              );
            })}
          </tr>
        ))}
      </thead>
      <tbody>
        {useInTwoSteps(table.getRowModel().rows).map((row) => (
          <MarketRow key={row.id} row={row} columns={columns} />
        ))}
      </tbody>
    </Table>
  );
});

/** The value once the screen showed what it came with: an arrow or a letter does not wait for a hundred rows. */
function useAfterPaint<T>(value: T): T {
  const [shown, setShown] = useState(value);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const frame = requestAnimationFrame(() => {
      timer = setTimeout(() => setShown(value));
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, [value]);
  return shown;
}

/** The rows that can be in view at once, the others a moment later, so that a new order is seen without waiting for all. */
function useInTwoSteps(rows: readonly Row<Asset>[]): readonly Row<Asset>[] {
  const last = useDeferredValue(rows);
  if (last === rows) return rows;
  const first = rows.slice(0, FIRST_ROWS);
  const ids = new Set(first.map((row) => row.id));
  return [...first, ...last.slice(FIRST_ROWS).filter((row) => !ids.has(row.id))];
}

/** A row; it is drawn again only when its asset was told anew. */
const MarketRow = memo(
  function MarketRow({ row }: { row: Row<Asset>; columns: unknown }) {
    return (
      <SeenRow className={classes("hover:bg-raised/60", row.original.stale && "text-faint")}>
        {row.getVisibleCells().map((cell) => {
          const look = cell.column.columnDef.meta as Look;
          return (
            <Td key={cell.id} className={look.className} isNumeric={look.isNumeric}>
              {flexRender(cell.column.columnDef.cell, cell.getContext())}
            </Td>
          );
        })}
      </SeenRow>
    );
  },
  (before, now) => before.row.original === now.row.original && before.columns === now.columns,
);

/** A row whose prices follow the stream while it can be seen. */
function SeenRow({ className, children }: { className: string; children: ReactNode }) {
  const row = useRef<HTMLTableRowElement>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => (row.current ? watchSeen(row.current, setSeen) : undefined), []);
  return (
    <SeenProvider value={isSeen}>
      <tr ref={row} className={className}>
        {children}
      </tr>
    </SeenProvider>
  );
}

function SortButton({
  name,
  isSorted,
  order,
  onSort,
  children,
}: {
  name: SortName;
  isSorted: boolean;
  order: "asc" | "desc";
  onSort: (name: SortName) => void;
  children: ReactNode;
}) {
  const Arrow = order === "asc" ? ChevronUp : ChevronDown;
  return (
    <button
      type="button"
      onClick={() => onSort(name)}
      className={classes("inline-flex h-9 items-center gap-0.5 hover:text-text", isSorted && "text-text")}
    >
      {children}
      {isSorted ? <Arrow className="size-3.5" aria-hidden /> : null}
    </button>
  );
}
