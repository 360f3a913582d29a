"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field, Input } from "@/components/ui/field";
import { Switch } from "@/components/ui/switch";
import type { Channel } from "@/features/alerts/conditions";
import { Failure } from "@/features/auth/doors";
import { useProblem } from "@/features/session/problem";
import { useToast } from "@/features/shell/toasts";

export interface ChannelField {
  key: string;
  label: string;
  value: string | null;
  type?: "text" | "url";
  hint?: string;
  /** Never shown again once it is kept. */
  isSecret?: boolean;
  isSet?: boolean;
}

export interface ChannelCardProps {
  name: Channel;
  isOn: boolean;
  fields: readonly ChannelField[];
  /** A secret that the server made and shows once. */
  shown?: string | null;
  onSave: (enabled: boolean, values: Readonly<Partial<Record<string, string>>>) => Promise<unknown>;
}

/** One way to be told: on or off, and what it needs. */
export function ChannelCard({ name, isOn, fields, shown, onSave }: ChannelCardProps) {
  const t = useTranslations("channels");
  const toast = useToast();
  const problem = useProblem();
  const [values, setValues] = useState<Record<string, string>>({});
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [isOpen, setOpen] = useState(isOn);
  const save = async (enabled: boolean) => {
    setBusy(true);
    setFailure(null);
    try {
      await onSave(enabled, values);
      setValues({});
      setOpen(enabled);
      toast(t("saved"), "good");
    } catch (error) {
      setFailure(problem(error));
    } finally {
      setBusy(false);
    }
  };
  const hasFields = fields.length > 0;
  return (
    <Card
      title={t(`name_${name}`)}
      description={t(`about_${name}`)}
      bodyClassName={hasFields && isOpen ? undefined : "p-0"}
      actions={
        <Switch
          aria-label={t("switch", { name: t(`name_${name}`) })}
          checked={hasFields ? isOpen : isOn}
          disabled={isBusy}
          onCheckedChange={(next) => {
            if (hasFields && next) setOpen(true);
            else void save(next);
          }}
        />
      }
    >
      {hasFields && isOpen ? (
        <form
          className="max-w-2xl space-y-3"
          onSubmit={(event) => {
            event.preventDefault();
            void save(true);
          }}
        >
          {shown ? (
            <p className="rounded-md bg-warn-soft p-3">
              <span className="font-medium text-warn">{t("secretOnce")}</span>
              <code className="mt-1 block break-all font-mono text-[0.8125rem]">{shown}</code>
            </p>
          ) : null}
          <div className="grid gap-3 sm:grid-cols-2">
            {fields.map((field) => (
              <Field
                key={field.key}
                label={field.label}
                hint={field.hint ?? (field.isSet ? t("secretSet") : undefined)}
              >
                {(control) => (
                  <Input
                    {...control}
                    type={field.isSecret ? "password" : (field.type ?? "text")}
                    autoComplete="off"
                    placeholder={field.isSet ? "••••••••" : undefined}
                    value={values[field.key] ?? field.value ?? ""}
                    onChange={(event) => setValues({ ...values, [field.key]: event.target.value })}
                  />
                )}
              </Field>
            ))}
          </div>
          <Failure>{failure}</Failure>
          <Button type="submit" isBusy={isBusy}>
            {t("save")}
          </Button>
        </form>
      ) : failure ? (
        <div className="px-4 pb-4">
          <Failure>{failure}</Failure>
        </div>
      ) : null}
    </Card>
  );
}
