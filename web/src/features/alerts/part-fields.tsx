"use client";
import { Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { useFormContext, useWatch } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Field, Input, Select } from "@/components/ui/field";
import { INTERVALS, type Interval } from "@/lib/api/types";
import type { AlertForm, FieldProblem, PartForm } from "./alert-form-model";
import { CHANNEL_OPS, CONDITION_TYPES, DIRECTIONS, isLevel, VALUE_OPS, WINDOWS } from "./conditions";
import { IndicatorField } from "./indicator-field";

const PROBLEMS: readonly FieldProblem[] = ["required", "decimal", "positive", "number", "order", "indicator"];

/** The fields of one condition. */
export function PartFields({ index, onRemove }: { index: number; onRemove?: (() => void) | undefined }) {
  const t = useTranslations("alertForm");
  const intervals = useTranslations("intervals");
  const { register, formState } = useFormContext<AlertForm>();
  const type = useWatch<AlertForm, `parts.${number}.type`>({ name: `parts.${index}.type` });
  const errors = formState.errors.parts?.[index];

  const problem = (field: keyof PartForm): string | undefined => {
    const message = errors?.[field]?.message;
    if (!message) return undefined;
    const known = PROBLEMS.find((one) => one === message);
    return known ? t(`problem_${known}`) : message;
  };
  const text = (field: "price" | "low" | "high" | "percent" | "value" | "multiple", label: string) => (
    <Field label={label} error={problem(field)}>
      {(control) => (
        <Input
          {...control}
          inputMode="decimal"
          autoComplete="off"
          className="numeric"
          {...register(`parts.${index}.${field}`)}
        />
      )}
    </Field>
  );
  const choice = (
    field: keyof PartForm,
    label: string,
    options: readonly string[],
    name: (value: string) => ReactNode,
  ) => (
    <Field label={label} error={problem(field)}>
      {(control) => (
        <Select {...control} {...register(`parts.${index}.${field}`)}>
          {options.map((value) => (
            <option key={value} value={value}>
              {name(value)}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );

  return (
    <div className="rounded-lg border bg-background p-3">
      <div className="flex items-end gap-2">
        <Field label={t("condition")} className="flex-1">
          {(control) => (
            <Select {...control} {...register(`parts.${index}.type`)}>
              {CONDITION_TYPES.map((value) => (
                <option key={value} value={value}>
                  {t(`type_${value}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {onRemove ? (
          <Button tone="ghost" size="icon" onClick={onRemove} aria-label={t("removeCondition", { number: index + 1 })}>
            <Trash2 aria-hidden />
          </Button>
        ) : null}
      </div>
      <div className="mt-3 grid gap-3 sm:grid-cols-2">
        {isLevel(type) ? text("price", t("price")) : null}
        {type === "channel" ? (
          <>
            {choice("channelOp", t("channelOp"), CHANNEL_OPS, (value) => t(`channel_${value as "inside"}`))}
            <span className="hidden sm:block" />
            {text("low", t("low"))}
            {text("high", t("high"))}
          </>
        ) : null}
        {type === "change_pct" ? (
          <>
            {choice("direction", t("direction"), DIRECTIONS, (value) => t(`direction_${value as "up"}`))}
            {text("percent", t("percent"))}
            {choice("window", t("window"), WINDOWS, (value) => t(`window_${value as "5m"}`))}
          </>
        ) : null}
        {type === "indicator" ? (
          <>
            <IndicatorField index={index} error={problem("indicator")} />
            {choice("interval", t("interval"), INTERVALS, (value) => intervals(value as Interval))}
            {choice("valueOp", t("valueOp"), VALUE_OPS, (value) => t(`value_${value as "above"}`))}
            {text("value", t("value"))}
          </>
        ) : null}
        {type === "volume_spike" ? (
          <>
            {text("multiple", t("multiple"))}
            {choice("interval", t("interval"), INTERVALS, (value) => intervals(value as Interval))}
          </>
        ) : null}
      </div>
    </div>
  );
}
