"use client";
import { CircleCheck } from "lucide-react";
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import type { Import } from "@/lib/api/types";
import { formatMoney } from "@/lib/format";
import { ImportFigures, StepHead } from "./import-figures";
import { sourceName } from "./import-model";

/** What an import did. */
export function ImportResult({ done, onRestart }: { done: Import; onRestart: () => void }) {
  const t = useTranslations("import");
  const locale = useLocale();
  return (
    <section className="card space-y-4 p-4">
      <div className="flex items-center gap-2">
        <CircleCheck className="size-5 shrink-0 text-up" aria-hidden />
        <StepHead>{t("done", { count: done.new, source: sourceName(done.source) })}</StepHead>
      </div>
      <ImportFigures
        of={done}
        more={
          done.portfolio
            ? [
                [t("cash"), formatMoney(locale, done.portfolio.available_cash)],
                [t("equity"), formatMoney(locale, done.portfolio.equity)],
              ]
            : []
        }
      />
      <p className="max-w-[75ch] text-muted">{t("doneText")}</p>
      <div className="flex flex-wrap gap-2">
        <Button asChild tone="primary">
          <Link href="/portfolio">{t("toPortfolio")}</Link>
        </Button>
        <Button onClick={onRestart}>{t("another")}</Button>
      </div>
    </section>
  );
}
