"use client";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { useServerErrors } from "@/features/session/form-errors";
import { api, body } from "@/lib/api/client";
import { session } from "@/lib/api/session";
import { DoorHead, Failure } from "./doors";
import { newPassword, SHORTEST_PASSWORD } from "./passwords";
import { useFormProblem } from "./use-form-problem";

/** Sets a new password with the token of a mail. */
export function ResetPassword() {
  const t = useTranslations("resetPassword");
  const token = useSearchParams().get("token") ?? "";
  const wrong = useFormProblem();
  const [isDone, setDone] = useState(false);
  const [failure, setFailure] = useState<ReactNode>(null);
  const { register, handleSubmit, formState, setError } = useForm({
    defaultValues: { password: "" },
  });
  const serverErrors = useServerErrors(setError, { new_password: "password" });
  const submit = handleSubmit(async ({ password }) => {
    setFailure(null);
    try {
      await body(api.POST("/api/auth/password-reset/confirm/", { body: { token, new_password: password } }));
      session.forget("anonymous");
      setDone(true);
    } catch (error) {
      setFailure(serverErrors(error));
    }
  });
  if (isDone) {
    return (
      <>
        <DoorHead title={t("doneTitle")} text={t("doneText")} />
        <Button asChild tone="primary" size="large" className="w-full">
          <Link href="/login">{t("signIn")}</Link>
        </Button>
      </>
    );
  }
  if (!token) return <DoorHead title={t("title")} text={t("noToken")} />;
  return (
    <>
      <DoorHead title={t("title")} text={t("text")} />
      <form method="post" onSubmit={submit} noValidate className="space-y-4">
        <Field
          label={t("password")}
          hint={t("passwordHint", { least: SHORTEST_PASSWORD })}
          error={wrong(formState.errors.password?.message)}
        >
          {(control) => (
            <Input {...control} type="password" autoComplete="new-password" {...register("password", newPassword)} />
          )}
        </Field>
        <Failure>{failure}</Failure>
        <Button type="submit" tone="primary" size="large" className="w-full" isBusy={formState.isSubmitting}>
          {t("submit")}
        </Button>
      </form>
    </>
  );
}
