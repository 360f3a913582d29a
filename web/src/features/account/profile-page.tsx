"use client";
import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field, Input, Select } from "@/components/ui/field";
import { Failure } from "@/features/auth/doors";
import { email, required } from "@/features/auth/passwords";
import { useFormProblem } from "@/features/auth/use-form-problem";
import { useServerErrors } from "@/features/session/form-errors";
import { RequireSession } from "@/features/session/require-session";
import { useToast } from "@/features/shell/toasts";
import { isLocale, LOCALES } from "@/i18n/locales";
import { rememberLocale } from "@/i18n/remember";
import { api, unwrap } from "@/lib/api/client";
import { session } from "@/lib/api/session";
import type { Me } from "@/lib/api/types";
import { formatDay } from "@/lib/time";

/** Who one is. */
export function ProfilePage() {
  return <RequireSession>{(user) => <Profile user={user} />}</RequireSession>;
}

function Profile({ user }: { user: Me }) {
  const t = useTranslations("profile");
  const locale = useLocale();
  const router = useRouter();
  const toast = useToast();
  const wrong = useFormProblem();
  const [failure, setFailure] = useState<ReactNode>(null);
  const { register, handleSubmit, formState, setError, control, resetField } = useForm({
    defaultValues: {
      name: user.name,
      email: user.pending_email ?? user.email,
      current_password: "",
      phone: user.phone ?? "",
      country: user.country ?? "",
      locale: isLocale(user.locale) ? user.locale : "en",
    },
  });
  const address = useWatch({ control, name: "email" });
  const isNewAddress = address !== user.email && address !== user.pending_email;
  const serverErrors = useServerErrors(setError, {
    name: "name",
    email: "email",
    current_password: "current_password",
    phone: "phone",
    country: "country",
    locale: "locale",
  });
  const submit = handleSubmit(async (values) => {
    setFailure(null);
    const { email: address, current_password, ...others } = values;
    try {
      const changed = await unwrap(
        api.POST("/api/auth/update-profile/", {
          body: { ...others, ...(isNewAddress ? { email: address, current_password } : {}) },
        }),
      );
      session.update(changed);
      resetField("current_password");
      toast(t("saved"), "good");
      if (values.locale !== locale) {
        rememberLocale(values.locale);
        router.refresh();
      }
    } catch (error) {
      setFailure(serverErrors(error));
    }
  });
  const countries = countriesIn(locale);
  return (
    <Card title={t("title")} description={t("since", { day: formatDay(locale, user.created_at) })}>
      <form onSubmit={submit} noValidate className="grid max-w-2xl gap-4 sm:grid-cols-2">
        <Field label={t("name")} error={wrong(formState.errors.name?.message)} className="sm:col-span-2">
          {(field) => <Input {...field} autoComplete="name" maxLength={100} {...register("name", required)} />}
        </Field>
        <Field
          label={
            <span className="flex items-center gap-2">
              {t("email")}
              <Badge tone={user.email_verified ? "up" : "warn"}>
                {t(user.email_verified ? "verified" : "unverified")}
              </Badge>
            </span>
          }
          error={wrong(formState.errors.email?.message)}
          hint={user.pending_email ? t("pending", { email: user.pending_email, current: user.email }) : undefined}
          className="sm:col-span-2"
        >
          {(field) => <Input {...field} type="email" autoComplete="email" {...register("email", email)} />}
        </Field>
        {isNewAddress ? (
          <Field
            label={t("currentPassword")}
            hint={t("whyPassword")}
            error={wrong(formState.errors.current_password?.message)}
            className="sm:col-span-2"
          >
            {(field) => (
              <Input {...field} type="password" autoComplete="current-password" {...register("current_password")} />
            )}
          </Field>
        ) : null}
        <Field label={t("phone")} error={wrong(formState.errors.phone?.message)}>
          {(field) => <Input {...field} type="tel" autoComplete="tel" {...register("phone")} />}
        </Field>
        <Field label={t("country")} error={wrong(formState.errors.country?.message)}>
          {(field) => (
            <Select {...field} autoComplete="country" {...register("country")}>
              <option value="">{t("noCountry")}</option>
              {countries.map(({ code, name }) => (
                <option key={code} value={code}>
                  {name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={t("language")} error={wrong(formState.errors.locale?.message)} hint={t("languageHint")}>
          {(field) => (
            <Select {...field} {...register("locale")}>
              {LOCALES.map((code) => (
                <option key={code} value={code} lang={code}>
                  {languageName(code)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <div className="space-y-3 sm:col-span-2">
          <Failure>{failure}</Failure>
          <Button type="submit" tone="primary" isBusy={formState.isSubmitting}>
            {t("save")}
          </Button>
        </div>
      </form>
    </Card>
  );
}

const A = 65;
const LETTERS = 26;

/** What a language is called by who speaks it, as it begins a line. */
function languageName(code: string): string {
  const name = new Intl.DisplayNames(code, { type: "language" }).of(code) ?? code;
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}

/** All countries that the reader's browser knows, by name. */
function countriesIn(locale: string): { code: string; name: string }[] {
  const names = new Intl.DisplayNames(locale, { type: "region", fallback: "none" });
  const found: { code: string; name: string }[] = [];
  for (let first = 0; first < LETTERS; first += 1) {
    for (let second = 0; second < LETTERS; second += 1) {
      const code = String.fromCharCode(A + first, A + second);
      const name = names.of(code);
      if (name && !NOT_COUNTRIES.has(code)) found.push({ code, name });
    }
  }
  return found.sort((left, right) => left.name.localeCompare(right.name, locale));
}

/** Codes that name no country: unions, former states, placeholders. */
const NOT_COUNTRIES = new Set(
  "AC AN BU CP CQ CS CT DD DG DY EA EU EZ FQ FX HV IC JT MI NH NQ NT PC PU PZ QO QU RH SU TA TP UK UN VD WK XA XB XK YD YU ZR ZZ".split(
    " ",
  ),
);
