"use client";
import { useTranslations } from "next-intl";
import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { useProblem } from "@/features/session/problem";

export interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  text: ReactNode;
  action: ReactNode;
  onConfirm: () => Promise<unknown>;
  /** More to fill in before it is done. */
  children?: ReactNode;
}

/** Asks before something is done that can't be undone. */
export function Confirm({ open, onOpenChange, title, text, action, onConfirm, children }: ConfirmProps) {
  const t = useTranslations("confirm");
  const problem = useProblem();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const confirm = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(null);
    try {
      await onConfirm();
      onOpenChange(false);
    } catch (error) {
      setFailure(problem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} description={text} closeLabel={t("close")}>
      <form onSubmit={confirm}>
        {children}
        {failure ? (
          <p role="alert" className="mt-3 rounded-md bg-down-soft px-3 py-2 text-down">
            {failure}
          </p>
        ) : null}
        <div className="mt-4 flex justify-end gap-2">
          <Button onClick={() => onOpenChange(false)}>{t("cancel")}</Button>
          <Button type="submit" tone="danger" isBusy={isBusy}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
