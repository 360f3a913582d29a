"use client";
import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { PageHead } from "@/components/ui/card";
import { useProblem } from "@/features/session/problem";
import { ApiError } from "@/lib/api/errors";
import type { Import } from "@/lib/api/types";
import { ImportForm } from "./import-form";
import { fileProblem, textProblem } from "./import-model";
import { ImportPreview } from "./import-preview";
import { ImportResult } from "./import-result";
import { useImport } from "./queries";

type Step =
  | { name: "choose" }
  /** The key belongs to what is previewed, so that a repeated confirmation counts once. */
  | { name: "preview"; planned: Import; key: string }
  | { name: "done"; done: Import };

/** Takes over trades that were made elsewhere: a file, a preview of it, a confirmation. */
export function ImportPage() {
  const t = useTranslations("import");
  const problem = useProblem();
  const { preview, confirm } = useImport();
  const [text, setText] = useState("");
  const [step, setStep] = useState<Step>({ name: "choose" });
  const [failure, setFailure] = useState<string | null>(null);

  const explain = (error: unknown): string => {
    if (!(error instanceof ApiError)) return problem(error);
    if (error.status === 413) return t("tooLong");
    const known = fileProblem(error.fields.csv);
    return known ? t(known) : problem(error);
  };
  const look = async (csv: string) => {
    setText(csv);
    const wrong = textProblem(csv);
    setFailure(wrong ? t(wrong) : null);
    if (wrong) return;
    try {
      setStep({ name: "preview", planned: await preview.mutateAsync(csv), key: crypto.randomUUID() });
    } catch (error) {
      setStep({ name: "choose" });
      setFailure(explain(error));
    }
  };
  const book = async (key: string) => {
    setFailure(null);
    try {
      setStep({ name: "done", done: await confirm.mutateAsync({ csv: text, key }) });
    } catch (error) {
      // What was bookable a moment ago is not any more: the preview tells which rows.
      if (error instanceof ApiError && error.status === 422) await look(text);
      setFailure(error instanceof ApiError && error.status === 422 ? t("changed") : explain(error));
    }
  };
  const restart = () => {
    setText("");
    setFailure(null);
    setStep({ name: "choose" });
  };

  return (
    <>
      <PageHead
        title={t("title")}
        description={t("description")}
        actions={
          <Button asChild>
            <Link href="/portfolio">
              <ArrowLeft aria-hidden />
              {t("toPortfolio")}
            </Link>
          </Button>
        }
      />
      {step.name === "choose" ? (
        <ImportForm
          text={text}
          failure={failure}
          isBusy={preview.isPending}
          onText={(next) => {
            setText(next);
            setFailure(null);
          }}
          onRefused={(why) => setFailure(t(why))}
          onLook={(csv) => void look(csv)}
        />
      ) : null}
      {step.name === "preview" ? (
        <ImportPreview
          planned={step.planned}
          failure={failure}
          isBusy={confirm.isPending || preview.isPending}
          onConfirm={() => void book(step.key)}
          onBack={() => {
            setFailure(null);
            setStep({ name: "choose" });
          }}
        />
      ) : null}
      {step.name === "done" ? <ImportResult done={step.done} onRestart={restart} /> : null}
    </>
  );
}
