"use client";
import { ChevronDown, ChevronUp, Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { useCallback, useDeferredValue, useState } from "react";
import { Pager, pageOf, useCursors } from "@/components/pager";
import { Empty, QueryView } from "@/components/query-view";
import { Button } from "@/components/ui/button";
import { PageHead } from "@/components/ui/card";
import { Input, Select } from "@/components/ui/field";
import { MarketsTable } from "./markets-table";
import { type AssetsQuery, useAssets } from "./queries";

type SortName = NonNullable<AssetsQuery["sort"]>;
const PAGE_SIZES = [50, 100, 250] as const;
/** Columns whose interesting end is the small one. */
const ASCENDING_FIRST: readonly SortName[] = ["rank", "name"];

/** All assets: sorted, searched, paged by the server, live. */
export function MarketsPage() {
  const t = useTranslations("markets");
  const [search, setSearch] = useState("");
  const [sort, setSort] = useState<SortName>("rank");
  const [order, setOrder] = useState<"asc" | "desc">("asc");
  const [limit, setLimit] = useState<number>(PAGE_SIZES[0]);
  const pages = useCursors();
  const { reset } = pages;
  const wanted = useDeferredValue(search.trim());
  const query = useAssets({
    sort,
    order,
    ...pageOf(pages, limit),
    ...(wanted ? { search: wanted } : {}),
  });
  // The same function at each letter of a search, so that the table is left alone.
  const sortBy = useCallback(
    (name: SortName) => {
      reset();
      setOrder(name === sort ? (order === "asc" ? "desc" : "asc") : ASCENDING_FIRST.includes(name) ? "asc" : "desc");
      setSort(name);
    },
    [sort, order, reset],
  );
  return (
    <>
      <PageHead title={t("title")} description={t("description")} />
      <div className="card">
        <div className="flex flex-wrap items-center gap-2 border-b p-3 sm:px-4">
          <div className="relative min-w-48 flex-1 sm:max-w-xs">
            <Search className="-translate-y-1/2 absolute top-1/2 left-2.5 size-4 text-faint" aria-hidden />
            <Input
              type="search"
              aria-label={t("search")}
              placeholder={t("search")}
              className="pl-8"
              value={search}
              onChange={(event) => {
                reset();
                setSearch(event.target.value);
              }}
            />
          </div>
          <div className="flex items-center gap-2 md:hidden">
            <Select aria-label={t("sortBy")} value={sort} onChange={(event) => sortBy(event.target.value as SortName)}>
              {(
                ["rank", "name", "price", "change_1h", "change_24h", "change_7d", "volume_24h", "market_cap"] as const
              ).map((name) => (
                <option key={name} value={name}>
                  {t(name === "rank" ? "sortRank" : `column_${name}`)}
                </option>
              ))}
            </Select>
            <Button size="icon" aria-label={t(order)} onClick={() => sortBy(sort)}>
              {order === "asc" ? <ChevronUp aria-hidden /> : <ChevronDown aria-hidden />}
            </Button>
          </div>
          <Select
            aria-label={t("pageSize")}
            className="ml-auto w-auto"
            value={limit}
            onChange={(event) => {
              reset();
              setLimit(Number(event.target.value));
            }}
          >
            {PAGE_SIZES.map((size) => (
              <option key={size} value={size}>
                {t("rows", { count: size })}
              </option>
            ))}
          </Select>
        </div>
        <QueryView
          query={query}
          skeletonClassName="m-3 h-[60vh]"
          isEmpty={(page) => page.data.length === 0}
          empty={<Empty>{wanted ? t("nothing", { text: wanted }) : t("none")}</Empty>}
        >
          {(page) => <MarketsTable assets={page.data} sort={sort} order={order} onSort={sortBy} />}
        </QueryView>
        <div className="px-3">
          <Pager pages={pages} next={query.data?.page.next} />
        </div>
      </div>
    </>
  );
}
