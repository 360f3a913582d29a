import type { ReactNode } from "react";
import { Table, Td, Th } from "./table";

/** A column: its heading, and what it shows of a row. */
export interface Column<Row> {
  key: string;
  head: ReactNode;
  cell: (row: Row) => ReactNode;
  isNumeric?: boolean;
  /** Whether its heading is only read out, as over buttons. */
  isHeadHidden?: boolean;
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

/** A table that is told by its columns. */
export function ColumnTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  rowClassName = "hover:bg-raised/60",
}: ColumnTableProps<Row>) {
  return (
    <Table label={label}>
      <thead>
        <tr>
          {columns.map(({ key, head, isNumeric, isHeadHidden }) => (
            <Th key={key} isNumeric={isNumeric ?? false}>
              {isHeadHidden ? <span className="sr-only">{head}</span> : head}
            </Th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)} className={rowClassName}>
            {columns.map(({ key, cell, isNumeric, className }) => (
              <Td
                key={key}
                isNumeric={isNumeric ?? false}
                className={typeof className === "function" ? className(row) : className}
              >
                {cell(row)}
              </Td>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
