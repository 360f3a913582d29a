"use client";
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { Empty } from "@/components/query-view";
import { Button } from "@/components/ui/button";
import { type Column, ColumnTable } from "@/components/ui/column-table";
import { AssetName } from "@/features/market/asset-mark";
import { ChangeText, LivePriceText } from "@/features/market/price";
import type { Holding } from "@/lib/api/types";
import { formatMoney, formatPercent, formatPrice, formatQuantity } from "@/lib/format";
import { Gain } from "./gain";

/** What is held. */
export function HoldingsTable({ holdings }: { holdings: readonly Holding[] }) {
  const t = useTranslations("portfolio");
  const columns = useColumns();
  if (holdings.length === 0) {
    return (
      <Empty
        action={
          <Button asChild tone="primary">
            <Link href="/markets">{t("toMarkets")}</Link>
          </Button>
        }
      >
        {t("noHoldings")}
      </Empty>
    );
  }
  return (
    <ColumnTable label={t("tab_holdings")} columns={columns} rows={holdings} rowKey={(holding) => holding.asset_id} />
  );
}

function useColumns(): Column<Holding>[] {
  const t = useTranslations("portfolio");
  const locale = useLocale();
  return [
    {
      key: "asset",
      head: t("asset"),
      isWide: true,
      cell: (holding) => (
        <Link href={`/assets/${holding.asset_id}`} className="hover:underline">
          <AssetName symbol={holding.symbol} name={holding.name} />
        </Link>
      ),
    },
    { key: "quantity", head: t("quantity"), isNumeric: true, cell: (holding) => <Quantity of={holding} /> },
    {
      key: "averagePrice",
      head: t("averagePrice"),
      isNumeric: true,
      cell: (holding) => formatPrice(locale, holding.avg_price),
    },
    {
      key: "price",
      head: t("price"),
      isNumeric: true,
      cell: (holding) => <LivePriceText asset={{ ...holding, price: holding.latest_price }} />,
    },
    {
      key: "value",
      head: t("value"),
      isNumeric: true,
      cell: (holding) => formatMoney(locale, holding.market_value),
    },
    {
      key: "gain",
      head: t("gain"),
      isNumeric: true,
      cell: (holding) => (
        <>
          <Gain amount={holding.pnl_abs} /> <ChangeText value={holding.pnl_pct} className="text-xs" />
        </>
      ),
    },
    {
      key: "weight",
      head: t("weight"),
      isNumeric: true,
      cell: (holding) => formatPercent(locale, holding.weight),
    },
  ];
}

function Quantity({ of: holding }: { of: Holding }) {
  const t = useTranslations("portfolio");
  const locale = useLocale();
  return (
    <>
      {formatQuantity(locale, holding.quantity)}
      {Number(holding.reserved) > 0 ? (
        <span className="block text-faint text-xs">
          {t("reservedQuantity", { quantity: formatQuantity(locale, holding.reserved) })}
        </span>
      ) : null}
    </>
  );
}
