"use client";
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { Empty } from "@/components/query-view";
import { Button } from "@/components/ui/button";
import { Table, Td, Th } from "@/components/ui/table";
import { AssetName } from "@/features/market/asset-mark";
import { ChangeText, LivePriceText } from "@/features/market/price";
import type { Holding } from "@/lib/api/types";
import { formatMoney, formatPercent, formatPrice, formatQuantity } from "@/lib/format";
import { Gain } from "./gain";

/** What is held. */
export function HoldingsTable({ holdings }: { holdings: readonly Holding[] }) {
  const t = useTranslations("portfolio");
  const locale = useLocale();
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
    <Table label={t("tab_holdings")}>
      <thead>
        <tr>
          <Th>{t("asset")}</Th>
          <Th isNumeric>{t("quantity")}</Th>
          <Th isNumeric>{t("averagePrice")}</Th>
          <Th isNumeric>{t("price")}</Th>
          <Th isNumeric>{t("value")}</Th>
          <Th isNumeric>{t("gain")}</Th>
          <Th isNumeric>{t("weight")}</Th>
        </tr>
      </thead>
      <tbody>
        {holdings.map((holding) => (
          <tr key={holding.asset_id} className="hover:bg-raised/60">
            <Td>
              <Link href={`/assets/${holding.asset_id}`} className="hover:underline">
                <AssetName symbol={holding.symbol} name={holding.name} />
              </Link>
            </Td>
            <Td isNumeric>
              {formatQuantity(locale, holding.quantity)}
              {Number(holding.reserved) > 0 ? (
                <span className="block text-faint text-xs">
                  {t("reservedQuantity", { quantity: formatQuantity(locale, holding.reserved) })}
                </span>
              ) : null}
            </Td>
            <Td isNumeric>{formatPrice(locale, holding.avg_price)}</Td>
            <Td isNumeric>
              <LivePriceText asset={{ ...holding, price: holding.latest_price }} />
            </Td>
            <Td isNumeric>{formatMoney(locale, holding.market_value)}</Td>
            <Td isNumeric>
              <Gain amount={holding.pnl_abs} /> <ChangeText value={holding.pnl_pct} className="text-xs" />
            </Td>
            <Td isNumeric>{formatPercent(locale, holding.weight)}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
