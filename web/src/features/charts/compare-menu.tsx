"use client";
import { GitCompareArrows, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Select } from "@/components/ui/field";
import { useAssetChoices } from "@/features/market/queries";

const MOST = 4;

/** Chooses assets to compare with. */
export function CompareMenu({
  own,
  compared,
  onChange,
}: {
  own: string;
  compared: readonly string[];
  onChange: (symbols: readonly string[]) => void;
}) {
  const t = useTranslations("chart");
  const [isOpen, setOpen] = useState(false);
  const choices = useAssetChoices();
  const nameOf = (id: string) => choices.data?.find((asset) => asset.asset_id === id)?.name ?? id;
  const left = (choices.data ?? []).filter((asset) => asset.asset_id !== own && !compared.includes(asset.asset_id));
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)} aria-pressed={compared.length > 0}>
        <GitCompareArrows aria-hidden />
        {compared.length > 0 ? t("comparing", { count: compared.length }) : t("compare")}
      </Button>
      <Dialog
        open={isOpen}
        onOpenChange={setOpen}
        title={t("compareTitle")}
        description={t("compareText")}
        closeLabel={t("close")}
        className="sm:w-96"
      >
        <ul className="mb-3 space-y-1">
          {compared.map((id) => (
            <li key={id} className="flex items-center justify-between rounded-md bg-raised py-1 pr-1 pl-3">
              {nameOf(id)}
              <Button
                size="icon"
                tone="ghost"
                className="size-7"
                aria-label={t("removeComparison", { name: nameOf(id) })}
                onClick={() => onChange(compared.filter((one) => one !== id))}
              >
                <X aria-hidden />
              </Button>
            </li>
          ))}
        </ul>
        <Field label={t("addComparison")}>
          {(control) => (
            <Select
              {...control}
              value=""
              disabled={compared.length >= MOST}
              onChange={(event) => event.target.value && onChange([...compared, event.target.value])}
            >
              <option value="">{t("choose")}</option>
              {left.map((asset) => (
                <option key={asset.asset_id} value={asset.asset_id}>
                  {asset.name} ({asset.symbol})
                </option>
              ))}
            </Select>
          )}
        </Field>
      </Dialog>
    </>
  );
}
