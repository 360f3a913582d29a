"use client";
import { ArrowLeftRight, FileUp, RotateCcw } from "lucide-react";
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { QueryView } from "@/components/query-view";
import { Button } from "@/components/ui/button";
import { PageHead } from "@/components/ui/card";
import { Tabs } from "@/components/ui/tabs";
import { ChangeText } from "@/features/market/price";
import type { Portfolio } from "@/lib/api/types";
import { formatMoney } from "@/lib/format";
import { Allocation } from "./allocation";
import { FundDialog } from "./fund-dialog";
import { FundingTable } from "./funding-table";
import { Gain } from "./gain";
import { HoldingsTable } from "./holdings-table";
import { LedgerTable } from "./ledger-table";
import { OrdersTable } from "./orders-table";
import { PerformanceCard } from "./performance-card";
import { usePortfolio } from "./queries";
import { ResetDialog } from "./reset-dialog";
import { TradesTable } from "./trades-table";

/** The paper portfolio. */
export function PortfolioPage() {
  const t = useTranslations("portfolio");
  const query = usePortfolio();
  const [dialog, setDialog] = useState<"fund" | "reset" | null>(null);
  const [tab, setTab] = useState("holdings");
  return (
    <>
      <PageHead
        title={t("title")}
        description={t("description")}
        actions={
          <>
            <Button onClick={() => setDialog("fund")}>
              <ArrowLeftRight aria-hidden />
              {t("fund")}
            </Button>
            <Button asChild>
              <Link href="/portfolio/import">
                <FileUp aria-hidden />
                {t("import")}
              </Link>
            </Button>
            <Button tone="danger" onClick={() => setDialog("reset")}>
              <RotateCcw aria-hidden />
              {t("reset")}
            </Button>
          </>
        }
      />
      <QueryView query={query} skeletonClassName="h-[30rem]">
        {(portfolio) => (
          <div className="space-y-3">
            <Figures portfolio={portfolio} />
            <div className="grid gap-3 xl:grid-cols-[minmax(0,1fr)_24rem]">
              <PerformanceCard />
              <Allocation portfolio={portfolio} />
            </div>
            <div className="card overflow-hidden">
              <Tabs
                label={t("sections")}
                value={tab}
                onChange={setTab}
                tabs={[
                  {
                    value: "holdings",
                    label: t("tab_holdings"),
                    content: <HoldingsTable holdings={portfolio.holdings} />,
                  },
                  { value: "orders", label: t("tab_orders"), content: <OrdersTable /> },
                  { value: "trades", label: t("tab_trades"), content: <TradesTable /> },
                  { value: "funding", label: t("tab_funding"), content: <FundingTable /> },
                  { value: "ledger", label: t("tab_ledger"), content: <LedgerTable /> },
                ]}
              />
            </div>
            <FundDialog open={dialog === "fund"} onOpenChange={(open) => setDialog(open ? "fund" : null)} />
            <ResetDialog open={dialog === "reset"} onOpenChange={(open) => setDialog(open ? "reset" : null)} />
          </div>
        )}
      </QueryView>
    </>
  );
}

function Figures({ portfolio }: { portfolio: Portfolio }) {
  const t = useTranslations("portfolio");
  const locale = useLocale();
  const small: [string, React.ReactNode][] = [
    [t("cash"), formatMoney(locale, portfolio.available_cash)],
    [t("reserved"), formatMoney(locale, portfolio.reserved)],
    [t("holdingsValue"), formatMoney(locale, portfolio.holdings_value)],
    [t("netDeposits"), formatMoney(locale, portfolio.initial_balance)],
    [t("realized"), <Gain key="realized" amount={portfolio.realized_pnl} />],
    [t("unrealized"), <Gain key="unrealized" amount={portfolio.unrealized_pnl} />],
    [t("fees"), formatMoney(locale, portfolio.fees_paid)],
  ];
  return (
    <div className="card grid gap-x-8 gap-y-4 p-4 lg:grid-cols-[auto_1fr]">
      <div>
        <p className="text-faint text-xs">{t("equity")}</p>
        <p className="numeric font-semibold text-3xl tracking-tight" data-testid="equity">
          {formatMoney(locale, portfolio.equity)}
        </p>
        <p className="flex gap-2">
          <Gain amount={portfolio.pnl} />
          <ChangeText value={portfolio.pnl_pct} />
        </p>
        {portfolio.partial ? (
          <p className="mt-1 max-w-[40ch] text-[0.8125rem] text-warn">
            {t("partial", { assets: portfolio.unpriced.join(", ") })}
          </p>
        ) : null}
        {portfolio.stale && !portfolio.partial ? <p className="mt-1 text-[0.8125rem] text-warn">{t("stale")}</p> : null}
      </div>
      <dl className="grid grid-cols-2 content-center gap-x-6 gap-y-3 sm:grid-cols-4 2xl:grid-cols-7">
        {small.map(([name, value]) => (
          <div key={name}>
            <dt className="text-faint text-xs">{name}</dt>
            <dd className="numeric font-medium">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
