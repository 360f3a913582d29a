"use client";
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { QueryView } from "@/components/query-view";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { ChangeText } from "@/features/market/price";
import { useSession } from "@/features/session/session-provider";
import type { Portfolio } from "@/lib/api/types";
import { formatMoney } from "@/lib/format";
import { Gain } from "./gain";
import { usePortfolio } from "./queries";

/** One's own portfolio in short. */
export function PortfolioGlance() {
  const t = useTranslations("portfolio");
  const session = useSession();
  const query = usePortfolio();
  return (
    <Card
      title={t("title")}
      actions={
        session.status === "active" ? (
          <Button asChild size="small" tone="ghost" className="-mr-2.5">
            <Link href="/portfolio">{t("open")}</Link>
          </Button>
        ) : null
      }
    >
      {session.status === "unknown" ? (
        <Skeleton className="h-20" />
      ) : session.status === "active" ? (
        <QueryView query={query} skeletonClassName="h-20">
          {(portfolio) => <Short portfolio={portfolio} />}
        </QueryView>
      ) : (
        <div className="space-y-3">
          <p className="text-muted">{t("invitation")}</p>
          <Button asChild tone="primary">
            <Link href="/register">{t("begin")}</Link>
          </Button>
        </div>
      )}
    </Card>
  );
}

function Short({ portfolio }: { portfolio: Portfolio }) {
  const t = useTranslations("portfolio");
  const locale = useLocale();
  return (
    <>
      <p className="numeric font-semibold text-2xl tracking-tight">{formatMoney(locale, portfolio.equity)}</p>
      <p className="mt-0.5 flex gap-2">
        <Gain amount={portfolio.pnl} />
        <ChangeText value={portfolio.pnl_pct} />
      </p>
      <dl className="mt-3 grid grid-cols-2 gap-3 border-t pt-3">
        <div>
          <dt className="text-faint text-xs">{t("cash")}</dt>
          <dd className="numeric">{formatMoney(locale, portfolio.available_cash)}</dd>
        </div>
        <div>
          <dt className="text-faint text-xs">{t("holdingsValue")}</dt>
          <dd className="numeric">{formatMoney(locale, portfolio.holdings_value)}</dd>
        </div>
      </dl>
    </>
  );
}
