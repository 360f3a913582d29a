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
  /** Whether it needs the whole width of a phone: what names the row, and longer texts. */
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

/** A row on a phone: its cells under each other in two columns, each below its own heading. */
const ROW_AS_CARD =
  "max-sm:relative max-sm:grid max-sm:grid-cols-2 max-sm:gap-x-4 max-sm:gap-y-2.5 max-sm:border-b max-sm:p-3 max-sm:last:border-b-0";
const CELL_AS_LINE =
  "max-sm:h-auto max-sm:min-w-0 max-sm:self-start max-sm:break-words max-sm:whitespace-normal max-sm:border-b-0 max-sm:p-0 max-sm:text-left max-sm:first:pl-0 max-sm:last:pr-0";
/** Buttons need no heading: they are in the corner of the card. */
const CELL_IN_CORNER = "max-sm:absolute max-sm:top-2 max-sm:right-2";
const HEAD_IN_CELL =
  "max-sm:before:block max-sm:before:font-normal max-sm:before:font-sans max-sm:before:text-faint max-sm:before:text-xs max-sm:before:content-[attr(data-head)/'']";

/** A table that is told by its columns. On a phone each row is a card, so that nothing lies beyond the edge. */
export function ColumnTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  rowClassName = "hover:bg-raised/60",
}: ColumnTableProps<Row>) {
  // biome-ignore-start lint/a11y/noRedundantRoles: a browser may forget them where a table is laid out as something else
  return (
    <Table label={label} role="table" className="max-sm:block">
      <thead role="rowgroup" className="max-sm:sr-only">
        <tr role="row">
          {columns.map(({ key, head, isNumeric, isHeadHidden }) => (
            <Th key={key} role="columnheader" isNumeric={isNumeric ?? false}>
              {isHeadHidden ? <span className="sr-only">{head}</span> : head}
            </Th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" className="max-sm:block">
        {rows.map((row) => (
          <tr key={rowKey(row)} role="row" className={classes(ROW_AS_CARD, rowClassName)}>
            {columns.map((column) => (
              <Cell key={column.key} column={column} row={row} />
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
  // biome-ignore-end lint/a11y/noRedundantRoles: as above
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const { head, cell, isNumeric, isHeadHidden, isWide, className } = column;
  const content = cell(row);
  return (
    <Td
      role="cell"
      data-head={head}
      isNumeric={isNumeric ?? false}
      className={classes(
        typeof className === "function" ? className(row) : className,
        CELL_AS_LINE,
        isHeadHidden ? CELL_IN_CORNER : HEAD_IN_CELL,
        isWide && "max-sm:col-span-2",
        content === UNKNOWN && "max-sm:hidden",
      )}
    >
      {content}
    </Td>
  );
}
