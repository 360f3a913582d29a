"use client";
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { useFormContext, useWatch } from "react-hook-form";
import { CheckField } from "@/components/ui/field";
import { usePreferences } from "@/features/notifications/preferences";
import type { AlertForm } from "./alert-form-model";
import { CHANNELS } from "./conditions";

/** On which channels the alert is told; one that is off in the settings is said to be. */
export function WaysField() {
  const t = useTranslations("alertForm");
  const locale = useLocale();
  const { register } = useFormContext<AlertForm>();
  const chosen = useWatch<AlertForm, "channels">({ name: "channels" });
  const preferences = usePreferences().data;
  const off = preferences ? chosen.filter((channel) => !preferences[channel].enabled) : [];
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  return (
    <fieldset>
      <legend className="font-medium text-[0.8125rem] text-muted">{t("ways")}</legend>
      <div className="mt-1 flex flex-wrap gap-x-5">
        {CHANNELS.map((channel) => (
          <CheckField key={channel} label={t(`way_${channel}`)} value={channel} {...register("channels")} />
        ))}
      </div>
      <div role="status" className="text-[0.8125rem] text-warn">
        {off.length > 0 ? (
          <p className="mt-1">
            {t("waysOff", { count: off.length, ways: list.format(off.map((channel) => t(`way_${channel}`))) })}{" "}
            <Link
              href="/settings/channels"
              target="_blank"
              className="inline-flex min-h-6 items-center underline hover:text-text"
            >
              {t("waysSettings")}
            </Link>
          </p>
        ) : null}
      </div>
    </fieldset>
  );
}
