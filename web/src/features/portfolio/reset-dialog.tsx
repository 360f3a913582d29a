"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Confirm } from "@/components/confirm";
import { Field, Input, Select } from "@/components/ui/field";
import { parseDecimal } from "@/lib/format";
import { usePortfolioChanges } from "./queries";

/** Closes this book and opens a fresh one, with rules of its own. */
export function ResetDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const t = useTranslations("reset");
  const { reset } = usePortfolioChanges();
  const [limitFill, setLimitFill] = useState<"normal" | "strict">("normal");
  const [maker, setMaker] = useState("");
  const [taker, setTaker] = useState("");
  const start = () =>
    reset.mutateAsync({
      limit_fill: limitFill,
      ...(maker.trim() ? { maker_fee_bps: parseDecimal(maker) ?? maker.trim() } : {}),
      ...(taker.trim() ? { taker_fee_bps: parseDecimal(taker) ?? taker.trim() } : {}),
    });
  return (
    <Confirm
      open={open}
      onOpenChange={onOpenChange}
      title={t("title")}
      text={t("text")}
      action={t("action")}
      onConfirm={start}
    >
      <div className="grid gap-3">
        <Field label={t("limitFill")} hint={t(`about_${limitFill}`)}>
          {(control) => (
            <Select {...control} value={limitFill} onChange={(event) => setLimitFill(event.target.value as "normal")}>
              <option value="normal">{t("normal")}</option>
              <option value="strict">{t("strict")}</option>
            </Select>
          )}
        </Field>
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label={t("makerFee")} hint={t("feeHint")}>
            {(control) => (
              <Input
                {...control}
                inputMode="decimal"
                value={maker}
                onChange={(event) => setMaker(event.target.value)}
              />
            )}
          </Field>
          <Field label={t("takerFee")} hint={t("feeHint")}>
            {(control) => (
              <Input
                {...control}
                inputMode="decimal"
                value={taker}
                onChange={(event) => setTaker(event.target.value)}
              />
            )}
          </Field>
        </div>
      </div>
    </Confirm>
  );
}
