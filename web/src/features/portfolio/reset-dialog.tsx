"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Confirm } from "@/components/confirm";
import { Field, Select } from "@/components/ui/field";
import { usePortfolioChanges } from "./queries";

/** Closes this book and opens a fresh one. */
export function ResetDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const t = useTranslations("reset");
  const { reset } = usePortfolioChanges();
  const [limitFill, setLimitFill] = useState<"normal" | "strict">("normal");
  return (
    <Confirm
      open={open}
      onOpenChange={onOpenChange}
      title={t("title")}
      text={t("text")}
      action={t("action")}
      onConfirm={() => reset.mutateAsync(limitFill)}
    >
      <Field label={t("limitFill")} hint={t(`about_${limitFill}`)}>
        {(control) => (
          <Select {...control} value={limitFill} onChange={(event) => setLimitFill(event.target.value as "normal")}>
            <option value="normal">{t("normal")}</option>
            <option value="strict">{t("strict")}</option>
          </Select>
        )}
      </Field>
    </Confirm>
  );
}
