"use client";
import { useTranslations } from "next-intl";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { useProblem } from "@/features/session/problem";
import { useToast } from "@/features/shell/toasts";
import { parseDecimal } from "@/lib/format";
import { usePortfolioChanges } from "./queries";

/** Puts play money in or takes it out. */
export function FundDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const t = useTranslations("funding");
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t("dialog")}
      description={t("dialogText")}
      closeLabel={t("close")}
      className="sm:w-96"
    >
      <FundForm onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function FundForm({ onDone }: { onDone: () => void }) {
  const t = useTranslations("funding");
  const toast = useToast();
  const problem = useProblem();
  const { fund } = usePortfolioChanges();
  const key = useRef(crypto.randomUUID());
  const [direction, setDirection] = useState<"deposit" | "withdraw">("deposit");
  const [text, setText] = useState("");
  const [failure, setFailure] = useState<string | null>(null);
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    const amount = parseDecimal(text);
    if (!amount || Number(amount) <= 0) {
      setFailure(t("notAnAmount"));
      return;
    }
    try {
      await fund.mutateAsync({ amount, direction, key: key.current });
      toast(t(direction === "deposit" ? "deposited" : "withdrawn"), "good");
      onDone();
    } catch (error) {
      setFailure(problem(error));
      key.current = crypto.randomUUID();
    }
  };
  return (
    <form onSubmit={submit} className="space-y-4" noValidate>
      <Segmented
        className="flex w-full"
        label={t("direction")}
        value={direction}
        onChange={setDirection}
        options={[
          { value: "deposit", label: t("deposit") },
          { value: "withdraw", label: t("withdraw") },
        ]}
      />
      <Field label={t("amountUsd")} error={failure ?? undefined}>
        {(control) => (
          <Input
            {...control}
            inputMode="decimal"
            autoComplete="off"
            className="numeric text-base"
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setFailure(null);
            }}
          />
        )}
      </Field>
      <Button type="submit" tone="primary" className="w-full" isBusy={fund.isPending}>
        {t(direction === "deposit" ? "deposit" : "withdraw")}
      </Button>
    </form>
  );
}
