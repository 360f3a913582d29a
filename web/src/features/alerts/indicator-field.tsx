"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useFormContext, useWatch } from "react-hook-form";
import { Field, Input, Select } from "@/components/ui/field";
import type { AlertForm } from "./alert-form-model";
import { useSentences } from "./sentence";

/** Values that are often watched, written as the API names them. */
const KNOWN: readonly string[] = [
  "rsi:14",
  "sma:20",
  "sma:50",
  "sma:200",
  "ema:12",
  "ema:26",
  "macd:12:26:9.macd",
  "macd:12:26:9.signal",
  "macd:12:26:9.histogram",
  "bb:20:2.upper",
  "bb:20:2.lower",
  "atr:14",
  "stoch:14:3:3.k",
  "stoch:14:3:3.d",
  "adx:14.adx",
  "cci:14",
  "mfi:14",
  "willr:14",
  "roc:10",
  "obv",
  "vwap",
  "sar:0.02:0.2",
];
const OTHER = "other";

/** Which indicator is watched: one of the usual ones by its name, any other one as the API writes it. */
export function IndicatorField({ index, error }: { index: number; error: string | undefined }) {
  const t = useTranslations("alertForm");
  const words = useSentences();
  const { register, setValue } = useFormContext<AlertForm>();
  const name = `parts.${index}.indicator` as const;
  const indicator = useWatch<AlertForm, typeof name>({ name });
  const [isOther, setOther] = useState(!KNOWN.includes(indicator));
  return (
    <div className="space-y-3">
      <Field label={t("indicator")}>
        {(control) => (
          <Select
            {...control}
            value={isOther ? OTHER : indicator}
            onChange={(event) => {
              const { value } = event.target;
              setOther(value === OTHER);
              if (value !== OTHER) setValue(name, value, { shouldDirty: true, shouldValidate: true });
            }}
          >
            {KNOWN.map((value) => (
              <option key={value} value={value}>
                {words.indicator(value)}
              </option>
            ))}
            <option value={OTHER}>{t("indicatorOther")}</option>
          </Select>
        )}
      </Field>
      {isOther ? (
        <Field label={t("indicatorWritten")} error={error} hint={t("indicatorHint")}>
          {(control) => <Input {...control} autoComplete="off" spellCheck={false} {...register(name)} />}
        </Field>
      ) : null}
    </div>
  );
}
