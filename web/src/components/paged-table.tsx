"use client";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { type Cursors, Pager } from "@/components/pager";
import { Empty, QueryView } from "@/components/query-view";
import { ColumnTable, type ColumnTableProps } from "@/components/ui/column-table";

export interface PagedTableProps<Row> extends Omit<ColumnTableProps<Row>, "rows"> {
  query: UseQueryResult<{ data: Row[]; page: { next?: string | null } }>;
  pages: Cursors;
  skeletonClassName?: string;
  /** What is said where there are no rows. */
  none?: ReactNode;
  /** What can be done beside saying so. */
  noneAction?: ReactNode;
  /** Stands over the table, once there is one. */
  head?: ReactNode;
}

/** A list that the server pages, as a table: loading, failed, empty, and the way to its other pages. */
export function PagedTable<Row>(props: PagedTableProps<Row>) {
  const { query, pages, skeletonClassName = "m-3 h-96", none, noneAction, head, ...table } = props;
  return (
    <QueryView
      query={query}
      skeletonClassName={skeletonClassName}
      isEmpty={(page) => page.data.length === 0}
      {...(none ? { empty: <Empty action={noneAction}>{none}</Empty> } : {})}
    >
      {(page) => (
        <>
          {head}
          <ColumnTable {...table} rows={page.data} />
          <div className="px-3">
            <Pager pages={pages} next={page.page.next} />
          </div>
        </>
      )}
    </QueryView>
  );
}
