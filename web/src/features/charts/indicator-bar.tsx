"use client";
import { Plus, X } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { formatScale, UNKNOWN } from "@/lib/format";
import { lineShape } from "./chart-data";
import { Swatch } from "./course-legend";
import { INDICATOR_KINDS, type KindName, MOST_INDICATORS, specOf } from "./indicator-kinds";
import { nameOf } from "./indicator-name";

const MOST_PERIOD = 500;

export interface IndicatorBarProps {
  specs: readonly string[];
  onChange: (specs: string[]) => void;
  latest: Record<string, unknown> | undefined;
  isFailed: boolean;
  /** How each line is drawn. */
  colors: ReadonlyMap<string, string>;
}

/** The indicators on the chart, with their newest values; more can be added, with parameters. */
export function IndicatorBar({ specs, onChange, latest, isFailed, colors }: IndicatorBarProps) {
  const t = useTranslations("chart");
  const locale = useLocale();
  const [isAdding, setAdding] = useState(false);
  const figure = (number: number) => formatScale(locale, number, Math.abs(number));
  const values = (spec: string): { key: string; text: string }[] => {
    const newest = latest?.[spec];
    if (typeof newest === "number") return [{ key: spec, text: figure(newest) }];
    if (typeof newest !== "object" || newest === null) return [];
    return Object.entries(newest).map(([component, one]) => ({
      key: `${spec}.${component}`,
      text: typeof one === "number" ? figure(one) : UNKNOWN,
    }));
  };
  return (
    <div className="flex flex-wrap items-center gap-1.5 border-b px-2.5 py-2">
      {specs.map((spec) => (
        <span
          key={spec}
          className="inline-flex min-h-7 items-center gap-x-2 rounded-md bg-raised pl-2.5 text-[0.8125rem]"
        >
          <span className="flex flex-wrap items-center gap-x-2">
            <span className="font-medium">{nameOf(spec).name}</span>
            {values(spec).map(({ key, text }) => (
              <span key={key} className="numeric inline-flex items-center gap-1 text-muted">
                {key.endsWith(".histogram") ? null : <Swatch color={colors.get(key)} shape={lineShape(key)} />}
                {text}
              </span>
            ))}
          </span>
          <button
            type="button"
            className="mr-0.5 rounded p-[0.3125rem] text-faint hover:text-text"
            aria-label={t("removeIndicator", { name: nameOf(spec).name })}
            onClick={() => onChange(specs.filter((one) => one !== spec))}
          >
            <X className="size-3.5" aria-hidden />
          </button>
        </span>
      ))}
      <Button
        size="small"
        tone="ghost"
        className="h-7"
        onClick={() => setAdding(true)}
        disabled={specs.length >= MOST_INDICATORS}
      >
        <Plus aria-hidden />
        {t("addIndicator")}
      </Button>
      {isFailed ? <span className="text-[0.8125rem] text-down">{t("indicatorsFailed")}</span> : null}
      <Dialog
        open={isAdding}
        onOpenChange={setAdding}
        title={t("addIndicator")}
        closeLabel={t("close")}
        className="sm:w-96"
      >
        <AddIndicator
          onAdd={(spec) => {
            if (!specs.includes(spec)) onChange([...specs, spec]);
            setAdding(false);
          }}
        />
      </Dialog>
    </div>
  );
}

function AddIndicator({ onAdd }: { onAdd: (spec: string) => void }) {
  const t = useTranslations("chart");
  const [name, setName] = useState<KindName>("rsi");
  const kind = INDICATOR_KINDS.find((one) => one.kind === name) ?? INDICATOR_KINDS[0];
  const [values, setValues] = useState<Record<string, string>>({});
  const entered = kind.parameters.map((parameter) =>
    Number((values[`${name}.${parameter.key}`] ?? String(parameter.initial)).replace(",", ".")),
  );
  const isFine = entered.every((value) => Number.isFinite(value) && value > 0 && value <= MOST_PERIOD);
  return (
    <form
      className="space-y-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (isFine) onAdd(specOf(name, entered));
      }}
    >
      <Field label={t("indicator")}>
        {(control) => (
          <Select {...control} value={name} onChange={(event) => setName(event.target.value as KindName)}>
            {(["overlay", "pane"] as const).map((place) => (
              <optgroup key={place} label={t(place)}>
                {INDICATOR_KINDS.filter((one) => one.place === place).map((one) => (
                  <option key={one.kind} value={one.kind}>
                    {t(`kind_${one.kind}`)}
                  </option>
                ))}
              </optgroup>
            ))}
          </Select>
        )}
      </Field>
      <div className="grid grid-cols-2 gap-3">
        {kind.parameters.map((parameter) => (
          <Field key={`${name}.${parameter.key}`} label={t(`parameter_${parameter.key}`)}>
            {(control) => (
              <Input
                {...control}
                inputMode="decimal"
                className="numeric"
                value={values[`${name}.${parameter.key}`] ?? String(parameter.initial)}
                onChange={(event) => setValues({ ...values, [`${name}.${parameter.key}`]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </div>
      {isFine ? null : (
        <p role="alert" className="text-[0.8125rem] text-down">
          {t("parameterRange", { most: MOST_PERIOD })}
        </p>
      )}
      <div className="flex justify-end">
        <Button type="submit" tone="primary" disabled={!isFine}>
          {t("add")}
        </Button>
      </div>
    </form>
  );
}
