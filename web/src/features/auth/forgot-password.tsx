"use client";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { useProblem } from "@/features/session/problem";
import { api, body } from "@/lib/api/client";
import { DoorHead, Failure } from "./doors";
import { email } from "./passwords";
import { useFormProblem } from "./use-form-problem";

/** Has a link for a new password mailed. */
export function ForgotPassword() {
  const t = useTranslations("forgot");
  const problem = useProblem();
  const wrong = useFormProblem();
  const [isSent, setSent] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const { register, handleSubmit, formState } = useForm({
    defaultValues: { email: "" },
  });
  const submit = handleSubmit(async (values) => {
    setFailure(null);
    try {
      await body(api.POST("/api/auth/password-reset/", { body: values }));
      setSent(true);
    } catch (error) {
      setFailure(problem(error));
    }
  });
  if (isSent) return <DoorHead title={t("sentTitle")} text={t("sentText")} />;
  return (
    <>
      <DoorHead title={t("title")} text={t("text")} />
      <form method="post" onSubmit={submit} noValidate className="space-y-4">
        <Field label={t("email")} error={wrong(formState.errors.email?.message)}>
          {(control) => <Input {...control} type="email" autoComplete="username" {...register("email", email)} />}
        </Field>
        <Failure>{failure}</Failure>
        <Button type="submit" tone="primary" size="large" className="w-full" isBusy={formState.isSubmitting}>
          {t("submit")}
        </Button>
      </form>
      <p className="mt-5">
        <Link href="/login" className="text-muted underline hover:text-text">
          {t("back")}
        </Link>
      </p>
    </>
  );
}
