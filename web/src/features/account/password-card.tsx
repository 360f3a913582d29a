"use client";
import { useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field, Input } from "@/components/ui/field";
import { Failure } from "@/features/auth/doors";
import { newPassword, required, SHORTEST_PASSWORD } from "@/features/auth/passwords";
import { useFormProblem } from "@/features/auth/use-form-problem";
import { useServerErrors } from "@/features/session/form-errors";
import { useToast } from "@/features/shell/toasts";
import { api, body } from "@/lib/api/client";

/** Changes the password; other sessions end. */
export function PasswordCard() {
  const t = useTranslations("password");
  const toast = useToast();
  const wrong = useFormProblem();
  const [failure, setFailure] = useState<ReactNode>(null);
  const { register, handleSubmit, formState, setError, reset } = useForm({
    defaultValues: { current_password: "", new_password: "" },
  });
  const serverErrors = useServerErrors(setError, {
    current_password: "current_password",
    new_password: "new_password",
  });
  const submit = handleSubmit(async (values) => {
    setFailure(null);
    try {
      await body(api.POST("/api/auth/change-password/", { body: values }));
      reset();
      toast(t("changed"), "good");
    } catch (error) {
      setFailure(serverErrors(error));
    }
  });
  return (
    <Card title={t("title")} description={t("description")}>
      <form onSubmit={submit} noValidate className="grid max-w-2xl gap-4 sm:grid-cols-2">
        <Field label={t("current")} error={wrong(formState.errors.current_password?.message)}>
          {(field) => (
            <Input
              {...field}
              type="password"
              autoComplete="current-password"
              {...register("current_password", required)}
            />
          )}
        </Field>
        <Field
          label={t("next")}
          hint={t("hint", { least: SHORTEST_PASSWORD })}
          error={wrong(formState.errors.new_password?.message)}
        >
          {(field) => (
            <Input {...field} type="password" autoComplete="new-password" {...register("new_password", newPassword)} />
          )}
        </Field>
        <div className="space-y-3 sm:col-span-2">
          <Failure>{failure}</Failure>
          <Button type="submit" isBusy={formState.isSubmitting}>
            {t("submit")}
          </Button>
        </div>
      </form>
    </Card>
  );
}
