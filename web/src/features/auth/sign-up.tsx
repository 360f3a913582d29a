"use client";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { useServerErrors } from "@/features/session/form-errors";
import { api, body } from "@/lib/api/client";
import { DoorHead, Failure } from "./doors";
import { email, newPassword, required, SHORTEST_PASSWORD } from "./passwords";
import { useFormProblem } from "./use-form-problem";

/** Makes an account. The answer is the same whether or not the address has one already. */
export function SignUp() {
  const t = useTranslations("signUp");
  const wrong = useFormProblem();
  const [sentTo, setSentTo] = useState<string | null>(null);
  const [failure, setFailure] = useState<ReactNode>(null);
  const { register, handleSubmit, formState, setError } = useForm({
    defaultValues: { name: "", email: "", password: "" },
  });
  const serverErrors = useServerErrors(setError, { name: "name", email: "email", password: "password" });
  const submit = handleSubmit(async (values) => {
    setFailure(null);
    try {
      await body(api.POST("/api/auth/register/", { body: values }));
      setSentTo(values.email);
    } catch (error) {
      setFailure(serverErrors(error));
    }
  });
  if (sentTo) {
    return (
      <>
        <DoorHead title={t("sentTitle")} text={t("sentText", { email: sentTo })} />
        <Button asChild tone="primary" size="large" className="w-full">
          <Link href="/login">{t("toSignIn")}</Link>
        </Button>
      </>
    );
  }
  return (
    <>
      <DoorHead title={t("title")} text={t("text")} />
      <form method="post" onSubmit={submit} noValidate className="space-y-4">
        <Field label={t("name")} error={wrong(formState.errors.name?.message)}>
          {(control) => <Input {...control} autoComplete="name" maxLength={100} {...register("name", required)} />}
        </Field>
        <Field label={t("email")} error={wrong(formState.errors.email?.message)}>
          {(control) => <Input {...control} type="email" autoComplete="username" {...register("email", email)} />}
        </Field>
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
      <p className="mt-5 text-muted">
        {t("haveAccount")}{" "}
        <Link href="/login" className="underline hover:text-text">
          {t("toSignIn")}
        </Link>
      </p>
    </>
  );
}
