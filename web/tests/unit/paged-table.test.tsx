import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { NextIntlClientProvider } from "next-intl";
import { afterEach, describe, expect, it } from "vitest";
import { PagedTable } from "@/components/paged-table";
import { pageOf, useCursors } from "@/components/pager";
import { ApiError } from "@/lib/api/errors";
import en from "../../messages/en.json";

type Page = { data: { id: string; count: number }[]; page: { next: string | null } };
type Ask = (page: { limit: number; cursor?: string }) => Promise<Page>;

function List({ ask }: { ask: Ask }) {
  const pages = useCursors();
  const page = pageOf(pages, 2);
  const query = useQuery({ queryKey: ["list", page], queryFn: () => ask(page), retry: false });
  return (
    <PagedTable
      query={query}
      pages={pages}
      label="rows"
      none="no rows"
      columns={[
        { key: "id", head: "id", cell: (row) => row.id },
        { key: "count", head: "count", isNumeric: true, isHeadHidden: true, cell: (row) => row.count },
      ]}
      rowKey={(row) => row.id}
    />
  );
}

function show(ask: Ask): void {
  render(
    <NextIntlClientProvider locale="en" messages={en}>
      <QueryClientProvider client={new QueryClient()}>
        <List ask={ask} />
      </QueryClientProvider>
    </NextIntlClientProvider>,
  );
}

const cells = () => screen.getAllByRole("cell").map((cell) => cell.textContent);

afterEach(cleanup);

describe("a table with pages", () => {
  it("waits with a skeleton, shows its rows, and goes on and back", async () => {
    const asked: (string | undefined)[] = [];
    show(async ({ cursor }) => {
      asked.push(cursor);
      return cursor
        ? { data: [{ id: "c", count: 3 }], page: { next: null } }
        : {
            data: [
              { id: "a", count: 1 },
              { id: "b", count: 2 },
            ],
            page: { next: "after-b" },
          };
    });
    expect(screen.getByRole("status", { name: "Loading" })).toBeTruthy();
    await screen.findByText("a");
    expect(cells()).toEqual(["a", "1", "b", "2"]);
    expect(screen.getByRole("columnheader", { name: "count" }).querySelector(".sr-only")).not.toBeNull();
    fireEvent.click(screen.getByRole("button", { name: en.pager.next }));
    await screen.findByText("c");
    expect(cells()).toEqual(["c", "3"]);
    fireEvent.click(screen.getByRole("button", { name: en.pager.previous }));
    await screen.findByText("a");
    expect(asked.slice(0, 2)).toEqual([undefined, "after-b"]);
  });

  it("names each value beside it, for where rows are cards and the headings are out of sight", async () => {
    show(async () => ({ data: [{ id: "a", count: 1 }], page: { next: null } }));
    await screen.findByText("a");
    expect(screen.getAllByRole("cell").map((cell) => cell.getAttribute("data-head"))).toEqual(["id", "count"]);
  });

  it("says that there is nothing, and has no pager where all is on one page", async () => {
    show(async () => ({ data: [], page: { next: null } }));
    await screen.findByText("no rows");
    expect(screen.queryByRole("table")).toBeNull();
    expect(screen.queryByRole("navigation")).toBeNull();
  });

  it("says what went wrong, and tries again when asked to", async () => {
    let isDown = true;
    show(async () => {
      if (isDown) throw new ApiError(503, "unavailable", "");
      return { data: [{ id: "a", count: 1 }], page: { next: null } };
    });
    await screen.findByText(en.problems.unavailable);
    isDown = false;
    fireEvent.click(screen.getByRole("button", { name: en.states.retry }));
    await screen.findByText("a");
  });
});
