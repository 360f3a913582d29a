import type { ReactNode } from "react";
import { classes } from "@/lib/classes";
import { UNKNOWN } from "@/lib/format";
import { Table, Td, Th } from "./table";

/** A column: its heading, and what it shows of a row. */
export interface Column<Row> {
  key: string;
  head: string;
  cell: (row: Row) => ReactNode;
  isNumeric?: boolean;
  /** Whether its heading is only read out, as over buttons. */
  isHeadHidden?: boolean;
  /** Whether it needs two columns of a card: what names the row, and longer texts. */
  isWide?: boolean;
  className?: string | ((row: Row) => string);
}

export interface ColumnTableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string | number;
  /** How a row looks; where nothing is said it is lit up under the pointer. */
  rowClassName?: string;
}

/** How many columns fit beside each other on a phone's big brother; a table with more is seen as cards there too. */
const MOST_ON_A_TABLET = 6;

/** Rows as cards: their cells under each other in columns, each below its own heading; buttons are in the corner. */
interface CardLook {
  table: string;
  head: string;
  row: string;
  line: string;
  lineHead: string;
  corner: string;
  wide: string;
  unknown: string;
}

const ON_A_PHONE: CardLook = {
  table: "max-sm:block",
  head: "max-sm:sr-only",
  row: "max-sm:relative max-sm:grid max-sm:grid-cols-2 max-sm:gap-x-4 max-sm:gap-y-2.5 max-sm:border-b max-sm:p-3 max-sm:last:border-b-0",
  line: "max-sm:h-auto max-sm:min-w-0 max-sm:self-start max-sm:break-words max-sm:whitespace-normal max-sm:border-b-0 max-sm:p-0 max-sm:text-left max-sm:first:pl-0 max-sm:last:pr-0",
  lineHead:
    "max-sm:before:block max-sm:before:font-normal max-sm:before:font-sans max-sm:before:text-faint max-sm:before:text-xs max-sm:before:content-[attr(data-head)/'']",
  corner: "max-sm:absolute max-sm:top-2 max-sm:right-2",
  wide: "max-sm:col-span-2",
  unknown: "max-sm:hidden",
};

const ON_A_TABLET: CardLook = {
  table: "max-xl:block",
  head: "max-xl:sr-only",
  row: "max-xl:relative max-xl:grid max-xl:grid-cols-2 max-xl:gap-x-4 max-xl:gap-y-2.5 max-xl:border-b max-xl:p-3 max-xl:last:border-b-0 sm:max-xl:grid-cols-4 sm:max-xl:px-4",
  line: "max-xl:h-auto max-xl:min-w-0 max-xl:self-start max-xl:break-words max-xl:whitespace-normal max-xl:border-b-0 max-xl:p-0! max-xl:text-left",
  lineHead:
    "max-xl:before:block max-xl:before:font-normal max-xl:before:font-sans max-xl:before:text-faint max-xl:before:text-xs max-xl:before:content-[attr(data-head)/'']",
  corner: "max-xl:absolute max-xl:top-2 max-xl:right-2",
  wide: "max-xl:col-span-2",
  unknown: "max-xl:hidden",
};

/** A table that is told by its columns. Where it is too broad each row is a card, so that nothing lies beyond the edge. */
export function ColumnTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  rowClassName = "hover:bg-raised/60",
}: ColumnTableProps<Row>) {
  const look = columns.length > MOST_ON_A_TABLET ? ON_A_TABLET : ON_A_PHONE;
  // biome-ignore-start lint/a11y/noRedundantRoles: a browser may forget them where a table is laid out as something else
  return (
    <Table label={label} role="table" className={look.table}>
      <thead role="rowgroup" className={look.head}>
        <tr role="row">
          {columns.map(({ key, head, isNumeric, isHeadHidden }) => (
            <Th key={key} role="columnheader" isNumeric={isNumeric ?? false}>
              {isHeadHidden ? <span className="sr-only">{head}</span> : head}
            </Th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" className={look.table}>
        {rows.map((row) => (
          <tr key={rowKey(row)} role="row" className={classes(look.row, rowClassName)}>
            {columns.map((column) => (
              <Cell key={column.key} column={column} row={row} look={look} />
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
  // biome-ignore-end lint/a11y/noRedundantRoles: as above
}

function Cell<Row>({ column, row, look }: { column: Column<Row>; row: Row; look: CardLook }) {
  const { head, cell, isNumeric, isHeadHidden, isWide, className } = column;
  const content = cell(row);
  return (
    <Td
      role="cell"
      data-head={head}
      isNumeric={isNumeric ?? false}
      className={classes(
        typeof className === "function" ? className(row) : className,
        look.line,
        isHeadHidden ? look.corner : look.lineHead,
        isWide && look.wide,
        content === UNKNOWN && look.unknown,
      )}
    >
      {content}
    </Td>
  );
}
