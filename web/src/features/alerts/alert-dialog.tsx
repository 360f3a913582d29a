"use client";
import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { FormProvider, useFieldArray, useForm, useFormContext, useWatch } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { useAssetChoices } from "@/features/market/queries";
import { useServerErrors } from "@/features/session/form-errors";
import { useToast } from "@/features/shell/toasts";
import { type Alert, INTERVALS } from "@/lib/api/types";
import { type AlertForm, alertForm, emptyAlert, emptyPart, fromAlert, toBody } from "./alert-form-model";
import { AlertOutlook } from "./alert-outlook";
import { TRIGGER_MODES } from "./conditions";
import { PartFields } from "./part-fields";
import { useAlertChanges } from "./queries";
import { WaysField } from "./ways-field";

const COOLDOWNS = [0, 60, 300, 900, 3_600, 14_400, 86_400, 604_800] as const;
const MOST_PARTS = 5;

export interface AlertDialogProps {
  /** The alert to change; a new one otherwise. */
  alert?: Alert | undefined;
  symbol?: string | undefined;
  price?: string | undefined;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Makes or changes an alert. */
export function AlertDialog(props: AlertDialogProps) {
  const t = useTranslations("alertForm");
  return (
    <Dialog
      open={props.open}
      onOpenChange={props.onOpenChange}
      title={props.alert ? t("edit") : t("create")}
      closeLabel={t("close")}
      className="sm:w-[min(42rem,calc(100vw-2rem))]"
    >
      <AlertFormBody {...props} />
    </Dialog>
  );
}

function initial({ alert, symbol, price }: AlertDialogProps): AlertForm {
  if (!alert) return emptyAlert(symbol ?? "", price);
  return fromAlert(alert);
}

function AlertFormBody(props: AlertDialogProps) {
  const t = useTranslations("alertForm");
  const toast = useToast();
  const { create, change } = useAlertChanges();
  const key = useRef(crypto.randomUUID());
  const [failure, setFailure] = useState<ReactNode>(null);
  const form = useForm<AlertForm>({ resolver: standardSchemaResolver(alertForm), defaultValues: initial(props) });
  const serverErrors = useServerErrors(form.setError, {
    symbol: "symbol",
    note: "note",
    channels: "channels",
    expires_at: "expiresAt",
    cooldown_seconds: "cooldownSeconds",
    "condition.price": "parts.0.price",
    "condition.low": "parts.0.low",
    "condition.high": "parts.0.high",
    "condition.percent": "parts.0.percent",
    "condition.indicator": "parts.0.indicator",
    "condition.value": "parts.0.value",
    "condition.multiple": "parts.0.multiple",
  });
  const { isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (values) => {
    setFailure(null);
    try {
      if (props.alert) {
        const { symbol: _, ...patch } = toBody(values);
        await change.mutateAsync({ id: props.alert.id, patch: { ...patch, version: props.alert.version } });
      } else {
        await create.mutateAsync({ alert: toBody(values), key: key.current });
      }
      toast(t(props.alert ? "changed" : "created"), "good");
      props.onOpenChange(false);
    } catch (error) {
      key.current = crypto.randomUUID();
      setFailure(serverErrors(error));
    }
  });

  return (
    <FormProvider {...form}>
      <form onSubmit={submit} noValidate className="space-y-4">
        <SymbolField isFixed={Boolean(props.alert)} />
        <Conditions />
        <TriggerFields />
        <WaysField />
        <Field label={t("note")} error={form.formState.errors.note?.message}>
          {(control) => (
            <Input {...control} maxLength={500} placeholder={t("notePlaceholder")} {...form.register("note")} />
          )}
        </Field>
        <AlertOutlook />
        {failure ? (
          <p role="alert" className="rounded-md bg-down-soft px-3 py-2 text-down">
            {failure}
          </p>
        ) : null}
        <div className="flex justify-end gap-2">
          <Button onClick={() => props.onOpenChange(false)}>{t("cancel")}</Button>
          <Button type="submit" tone="primary" isBusy={isSubmitting}>
            {props.alert ? t("save") : t("create")}
          </Button>
        </div>
      </form>
    </FormProvider>
  );
}

function SymbolField({ isFixed }: { isFixed: boolean }) {
  const t = useTranslations("alertForm");
  const { register, setValue } = useFormContext<AlertForm>();
  const choices = useAssetChoices();
  const symbol = useWatch<AlertForm, "symbol">({ name: "symbol" });
  const rows = choices.data ?? [];
  const first = choices.data?.[0]?.asset_id;
  const isChosen = symbol !== "";
  useEffect(() => {
    if (!isChosen && first) setValue("symbol", first);
  }, [isChosen, first, setValue]);
  return (
    <Field label={t("asset")}>
      {(control) => (
        <Select {...control} {...register("symbol")} disabled={isFixed} value={symbol}>
          {rows.some((asset) => asset.asset_id === symbol) ? null : <option value={symbol}>{symbol}</option>}
          {rows.map((asset) => (
            <option key={asset.asset_id} value={asset.asset_id}>
              {asset.name} ({asset.symbol})
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}

function Conditions() {
  const t = useTranslations("alertForm");
  const { control } = useFormContext<AlertForm>();
  const parts = useFieldArray({ control, name: "parts" });
  return (
    <fieldset className="space-y-3">
      <legend className="font-medium text-[0.8125rem] text-muted">{t("when")}</legend>
      {parts.fields.map((part, index) => (
        <PartFields
          key={part.id}
          index={index}
          onRemove={parts.fields.length > 1 ? () => parts.remove(index) : undefined}
        />
      ))}
      {parts.fields.length < MOST_PARTS ? (
        <Button tone="ghost" size="small" onClick={() => parts.append(emptyPart())}>
          <Plus aria-hidden />
          {t("andAlso")}
        </Button>
      ) : null}
    </fieldset>
  );
}

function TriggerFields() {
  const t = useTranslations("alertForm");
  const words = useTranslations("alertWords");
  const intervals = useTranslations("intervals");
  const { register, setValue, formState } = useFormContext<AlertForm>();
  const [mode, cooldown, expiry] = useWatch<AlertForm, ["mode", "cooldownSeconds", "expiry"]>({
    name: ["mode", "cooldownSeconds", "expiry"],
  });
  const hasInterval = mode === "once_per_bar" || mode === "once_per_bar_close";
  const cooldowns = COOLDOWNS.some((seconds) => seconds === cooldown) ? COOLDOWNS : [...COOLDOWNS, cooldown];
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label={t("trigger")}>
        {(control) => (
          <Select
            {...control}
            {...register("mode", {
              // What the API takes where nothing is said.
              onChange: (event) => setValue("cooldownSeconds", event.target.value === "once" ? 0 : 60),
            })}
          >
            {TRIGGER_MODES.map((value) => (
              <option key={value} value={value}>
                {words(`trigger_${value}`, { interval: "" })}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {hasInterval ? (
        <Field label={t("interval")}>
          {(control) => (
            <Select {...control} {...register("triggerInterval")}>
              {INTERVALS.map((value) => (
                <option key={value} value={value}>
                  {intervals(value)}
                </option>
              ))}
            </Select>
          )}
        </Field>
      ) : null}
      <Field label={t("cooldown")} error={formState.errors.cooldownSeconds?.message}>
        {(control) => (
          <Select {...control} {...register("cooldownSeconds", { valueAsNumber: true })}>
            {cooldowns.map((seconds) => (
              <option key={seconds} value={seconds}>
                {t("cooldownSeconds", { seconds })}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={t("expiry")}>
        {(control) => (
          <Select {...control} {...register("expiry")}>
            <option value="standard">{t("expiry_standard")}</option>
            <option value="never">{t("expiry_never")}</option>
            <option value="at">{t("expiry_at")}</option>
          </Select>
        )}
      </Field>
      {expiry === "at" ? (
        <Field label={t("expiresAt")} error={formState.errors.expiresAt ? t("problem_future") : undefined}>
          {(control) => <Input {...control} type="datetime-local" {...register("expiresAt")} />}
        </Field>
      ) : null}
    </div>
  );
}
