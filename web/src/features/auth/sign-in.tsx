"use client";
import Link from "next/link";
import { useRouter, useSearchParams } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { useProblem } from "@/features/session/problem";
import { isLocale } from "@/i18n/locales";
import { rememberLocale } from "@/i18n/remember";
import { api, unwrap } from "@/lib/api/client";
import { ApiError } from "@/lib/api/errors";
import { session } from "@/lib/api/session";
import { DoorHead, Failure } from "./doors";
import { email, required } from "./passwords";
import { safeNext } from "./safe-next";
import { useFormProblem } from "./use-form-problem";

/** Signs in; asks for a code where the account has a second factor. */
export function SignIn() {
  const t = useTranslations("signIn");
  const router = useRouter();
  const next = safeNext(useSearchParams().get("next"));
  const problem = useProblem();
  const wrong = useFormProblem();
  const [needsCode, setNeedsCode] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const { register, handleSubmit, formState, setFocus } = useForm({
    defaultValues: { email: "", password: "", otp: "" },
  });
  const submit = handleSubmit(async ({ otp, ...values }) => {
    setFailure(null);
    try {
      const answer = await unwrap(api.POST("/api/auth/login/", { body: { ...values, ...(otp ? { otp } : {}) } }));
      session.begin(answer.access, answer.expires_in, answer.user);
      if (isLocale(answer.user.locale)) rememberLocale(answer.user.locale);
      router.push(next);
      router.refresh();
    } catch (error) {
      if (error instanceof ApiError && error.code === "otp_required") {
        setNeedsCode(true);
        setTimeout(() => setFocus("otp"));
      } else setFailure(problem(error));
    }
  });
  return (
    <>
      <DoorHead title={t("title")} text={needsCode ? t("codeText") : t("text")} />
      <form method="post" onSubmit={submit} noValidate className="space-y-4">
        <Field label={t("email")} error={wrong(formState.errors.email?.message)}>
          {(control) => <Input {...control} type="email" autoComplete="username" {...register("email", email)} />}
        </Field>
        <Field label={t("password")} error={wrong(formState.errors.password?.message)}>
          {(control) => (
            <Input {...control} type="password" autoComplete="current-password" {...register("password", required)} />
          )}
        </Field>
        {needsCode ? (
          <Field label={t("code")} hint={t("codeHint")}>
            {(control) => <Input {...control} autoComplete="one-time-code" className="numeric" {...register("otp")} />}
          </Field>
        ) : null}
        <Failure>{failure}</Failure>
        <Button type="submit" tone="primary" size="large" className="w-full" isBusy={formState.isSubmitting}>
          {t("submit")}
        </Button>
      </form>
      <p className="mt-5 flex justify-between gap-4 text-muted">
        <Link href="/forgot" className="inline-flex min-h-6 items-center underline hover:text-text">
          {t("forgot")}
        </Link>
        <Link href="/register" className="inline-flex min-h-6 items-center underline hover:text-text">
          {t("signUp")}
        </Link>
      </p>
    </>
  );
}
