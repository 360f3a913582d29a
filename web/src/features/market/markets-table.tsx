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
const CHANGE = "w-20 sm:w-22";
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
          <Link href={`/assets/${cell.row.original.asset_id}`} className="flex items-center hover:underline">
            <AssetName symbol={cell.row.original.symbol} name={cell.getValue()} />
          </Link>
        ),
        meta: { sort: "name" } satisfies Look,
      }),
      column.accessor("price", {
        header: t("column_price"),
        cell: (cell) => <LivePriceText asset={cell.row.original} />,
        meta: { sort: "price", isNumeric: true, className: "w-32 sm:w-36" } satisfies Look,
      }),
      column.accessor("change_1h", {
        header: t("column_change_1h"),
        cell: (cell) => <ChangeText value={cell.getValue()} />,
        meta: { sort: "change_1h", isNumeric: true, className: `${CHANGE} ${FROM_LAPTOP}` } satisfies Look,
      }),
      column.accessor("change_24h", {
        header: t("column_change_24h"),
        cell: (cell) => <LiveChangeText assetId={cell.row.original.asset_id} value={cell.getValue()} />,
        meta: { sort: "change_24h", isNumeric: true, className: CHANGE } satisfies Look,
      }),
      column.accessor("change_7d", {
        header: t("column_change_7d"),
        cell: (cell) => <ChangeText value={cell.getValue()} />,
        meta: { sort: "change_7d", isNumeric: true, className: `${CHANGE} ${FROM_TABLET}` } satisfies Look,
      }),
      column.accessor("volume_24h", {
        header: t("column_volume_24h"),
        cell: (cell) => formatCompactMoney(locale, cell.getValue()),
        meta: { sort: "volume_24h", isNumeric: true, className: `w-28 ${FROM_LAPTOP}` } satisfies Look,
      }),
      column.accessor("market_cap", {
        header: t("column_market_cap"),
        cell: (cell) => formatCompactMoney(locale, cell.getValue()),
        meta: { sort: "market_cap", isNumeric: true, className: `w-32 ${FROM_TABLET}` } satisfies Look,
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
        meta: { isNumeric: true, className: `w-36 ${FROM_LAPTOP}` } satisfies Look,
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
    // Columns of a fixed width: a price that gets longer moves no other cell, and the browser need not measure all of them.
    <Table label={t("title")} className="table-fixed md:min-w-[44rem] xl:min-w-[62rem]">
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
      <MarketRows rows={table.getRowModel().rows} columns={columns} />
    </Table>
  );
});

/** Apart from the head: an arrow that turns does not look through all rows. */
const MarketRows = memo(function MarketRows({ rows, columns }: { rows: readonly Row<Asset>[]; columns: unknown }) {
  return (
    <tbody>
      {useInTwoSteps(rows).map((row, index) => (
        <MarketRow key={row.id} row={row} isFirst={index < FIRST_ROWS} columns={columns} />
      ))}
    </tbody>
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

/** The column that is there in every row, so that any asset can be found on the page and by a screen reader. */
const ALWAYS: keyof Asset = "name";

/**
 * A row; it is drawn again only when its asset was told anew. Far from what can be seen it is its name alone, and its
 * prices follow the stream only in view.
 */
const MarketRow = memo(
  function MarketRow({ row, isFirst }: { row: Row<Asset>; isFirst: boolean; columns: unknown }) {
    const element = useRef<HTMLTableRowElement>(null);
    const [isSeen, setSeen] = useState(false);
    useEffect(() => (element.current ? watchSeen(element.current, setSeen) : undefined), []);
    return (
      <SeenProvider value={isSeen}>
        <tr ref={element} className={classes("hover:bg-raised/60", row.original.stale && "text-faint")}>
          {row.getVisibleCells().map((cell) => {
            const look = cell.column.columnDef.meta as Look;
            const isDrawn = isFirst || isSeen || cell.column.id === ALWAYS;
            return (
              <Td key={cell.id} className={look.className} isNumeric={look.isNumeric}>
                {isDrawn ? flexRender(cell.column.columnDef.cell, cell.getContext()) : null}
              </Td>
            );
          })}
        </tr>
      </SeenProvider>
    );
  },
  (before, now) =>
    before.row.original === now.row.original && before.isFirst === now.isFirst && before.columns === now.columns,
);

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
      className={classes(
        "inline-flex h-9 min-w-6 items-center justify-end gap-0.5 hover:text-text",
        isSorted && "text-text",
      )}
    >
      {children}
      {isSorted ? <Arrow className="size-3.5" aria-hidden /> : null}
    </button>
  );
}
