"use client";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { type Cursors, Pager } from "@/components/pager";
import { Empty, QueryView } from "@/components/query-view";

export interface PagedListProps<Row, Page> {
  query: UseQueryResult<Page>;
  pages: Cursors;
  /** What is said where there are no rows. */
  none: ReactNode;
  /** A row, as a list item. */
  children: (row: Row) => ReactNode;
}

/** A list that the server pages, row by row on a card: loading, failed, empty, and the way to its other pages. */
export function PagedList<Row, Page extends { data: Row[]; page: { next?: string | null } }>(
  props: PagedListProps<Row, Page>,
) {
  const { query, pages, none, children } = props;
  return (
    <QueryView
      query={query}
      skeletonClassName="h-96"
      isEmpty={(page) => page.data.length === 0}
      empty={
        <div className="card">
          <Empty>{none}</Empty>
        </div>
      }
    >
      {(page) => (
        <>
          <ul className="card divide-y divide-line">{page.data.map(children)}</ul>
          <Pager pages={pages} next={page.page.next} />
        </>
      )}
    </QueryView>
  );
}
