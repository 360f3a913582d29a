"use client";
import { Pencil } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useDeferredValue, useState } from "react";
import { PagedTable } from "@/components/paged-table";
import { pageOf, useCursors } from "@/components/pager";
import { Button } from "@/components/ui/button";
import type { Column } from "@/components/ui/column-table";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { Switch } from "@/components/ui/switch";
import { Failure } from "@/features/auth/doors";
import { AssetName } from "@/features/market/asset-mark";
import { LivePriceText } from "@/features/market/price";
import { useProblem } from "@/features/session/problem";
import { useToast } from "@/features/shell/toasts";
import type { AdminAsset } from "@/lib/api/types";
import { formatCount } from "@/lib/format";
import { useAdminAssets, useAdminChanges } from "./queries";

const PAGE = 50;

/** All assets; they can be taken out of the offer and renamed. */
export function AssetsPage() {
  const t = useTranslations("adminAssets");
  const pages = useCursors();
  const [search, setSearch] = useState("");
  const [shown, setShown] = useState<"" | "true" | "false">("");
  const [edited, setEdited] = useState<AdminAsset | null>(null);
  const wanted = useDeferredValue(search.trim());
  const query = useAdminAssets({
    ...pageOf(pages, PAGE),
    ...(wanted ? { search: wanted } : {}),
    ...(shown ? { enabled: shown === "true" } : {}),
  });
  return (
    <div className="card">
      <div className="flex flex-wrap gap-2 border-b p-3 sm:px-4">
        <Input
          type="search"
          aria-label={t("search")}
          placeholder={t("search")}
          className="min-w-48 flex-1 sm:max-w-64"
          value={search}
          onChange={(event) => {
            pages.reset();
            setSearch(event.target.value);
          }}
        />
        <Select
          aria-label={t("show")}
          className="w-auto"
          value={shown}
          onChange={(event) => {
            pages.reset();
            setShown(event.target.value as "true");
          }}
        >
          <option value="">{t("all")}</option>
          <option value="true">{t("enabled")}</option>
          <option value="false">{t("disabled")}</option>
        </Select>
      </div>
      <PagedTable
        query={query}
        pages={pages}
        label={t("title")}
        columns={useColumns(setEdited)}
        rowKey={(asset) => asset.asset_id}
      />
      <Dialog
        open={edited !== null}
        onOpenChange={(open) => !open && setEdited(null)}
        title={t("rename")}
        closeLabel={t("close")}
        className="sm:w-96"
      >
        {edited ? <RenameForm key={edited.asset_id} asset={edited} onDone={() => setEdited(null)} /> : null}
      </Dialog>
    </div>
  );
}

function useColumns(onEdit: (asset: AdminAsset) => void): Column<AdminAsset>[] {
  const t = useTranslations("adminAssets");
  const locale = useLocale();
  const toast = useToast();
  const problem = useProblem();
  const { asset: change } = useAdminChanges();
  return [
    {
      key: "rank",
      head: t("rank"),
      isNumeric: true,
      className: "max-sm:hidden",
      cell: (asset) => formatCount(locale, asset.rank),
    },
    {
      key: "asset",
      isWide: true,
      head: t("asset"),
      cell: (asset) => <AssetName symbol={asset.symbol} name={asset.name} />,
    },
    { key: "id", head: t("id"), className: "font-mono text-muted text-xs", cell: (asset) => asset.asset_id },
    { key: "price", head: t("price"), isNumeric: true, cell: (asset) => <LivePriceText asset={asset} /> },
    { key: "source", head: t("source"), cell: (asset) => asset.source ?? "–" },
    {
      key: "offered",
      head: t("offered"),
      cell: (asset) => (
        <Switch
          aria-label={t("offer", { name: asset.name })}
          checked={asset.enabled}
          disabled={change.isPending}
          onCheckedChange={(enabled) =>
            change.mutate(
              { id: asset.asset_id, change: { enabled, version: asset.version } },
              { onError: (error) => toast(problem(error), "bad") },
            )
          }
        />
      ),
    },
    {
      key: "actions",
      head: t("actions"),
      isHeadHidden: true,
      isNumeric: true,
      cell: (asset) => (
        <Button tone="ghost" size="icon" aria-label={t("edit", { name: asset.name })} onClick={() => onEdit(asset)}>
          <Pencil aria-hidden />
        </Button>
      ),
    },
  ];
}

function RenameForm({ asset, onDone }: { asset: AdminAsset; onDone: () => void }) {
  const t = useTranslations("adminAssets");
  const problem = useProblem();
  const { asset: change } = useAdminChanges();
  const [name, setName] = useState(asset.name);
  const [symbol, setSymbol] = useState<string>(asset.symbol);
  return (
    <form
      className="space-y-3"
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate({ id: asset.asset_id, change: { name, symbol, version: asset.version } }, { onSuccess: onDone });
      }}
    >
      <Field label={t("name")}>
        {(control) => (
          <Input {...control} value={name} required maxLength={100} onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
      <Field label={t("symbol")}>
        {(control) => (
          <Input {...control} value={symbol} required onChange={(event) => setSymbol(event.target.value)} />
        )}
      </Field>
      <Failure>{change.isError ? problem(change.error) : null}</Failure>
      <Button type="submit" tone="primary" className="w-full" isBusy={change.isPending}>
        {t("save")}
      </Button>
    </form>
  );
}
