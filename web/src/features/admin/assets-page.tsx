"use client";
import { Pencil } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useDeferredValue, useState } from "react";
import { Pager, useCursors } from "@/components/pager";
import { QueryView } from "@/components/query-view";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { Switch } from "@/components/ui/switch";
import { Table, Td, Th } from "@/components/ui/table";
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
  const locale = useLocale();
  const toast = useToast();
  const problem = useProblem();
  const pages = useCursors();
  const [search, setSearch] = useState("");
  const [shown, setShown] = useState<"" | "true" | "false">("");
  const [edited, setEdited] = useState<AdminAsset | null>(null);
  const wanted = useDeferredValue(search.trim());
  const { asset: change } = useAdminChanges();
  const query = useAdminAssets({
    limit: PAGE,
    ...(wanted ? { search: wanted } : {}),
    ...(shown ? { enabled: shown === "true" } : {}),
    ...(pages.cursor ? { cursor: pages.cursor } : {}),
  });
  return (
    <div className="card">
      <div className="flex flex-wrap gap-2 border-b p-3">
        <Input
          type="search"
          aria-label={t("search")}
          placeholder={t("search")}
          className="max-w-64"
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
      <QueryView query={query} skeletonClassName="m-3 h-96" isEmpty={(page) => page.data.length === 0}>
        {(page) => (
          <>
            <Table label={t("title")}>
              <thead>
                <tr>
                  <Th isNumeric>{t("rank")}</Th>
                  <Th>{t("asset")}</Th>
                  <Th>{t("id")}</Th>
                  <Th isNumeric>{t("price")}</Th>
                  <Th>{t("source")}</Th>
                  <Th>{t("offered")}</Th>
                  <Th>
                    <span className="sr-only">{t("actions")}</span>
                  </Th>
                </tr>
              </thead>
              <tbody>
                {page.data.map((asset) => (
                  <tr key={asset.asset_id} className="hover:bg-raised/60">
                    <Td isNumeric>{formatCount(locale, asset.rank)}</Td>
                    <Td>
                      <AssetName symbol={asset.symbol} name={asset.name} />
                    </Td>
                    <Td className="font-mono text-muted text-xs">{asset.asset_id}</Td>
                    <Td isNumeric>
                      <LivePriceText asset={asset} />
                    </Td>
                    <Td>{asset.source ?? "–"}</Td>
                    <Td>
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
                    </Td>
                    <Td isNumeric>
                      <Button
                        tone="ghost"
                        size="icon"
                        aria-label={t("edit", { name: asset.name })}
                        onClick={() => setEdited(asset)}
                      >
                        <Pencil aria-hidden />
                      </Button>
                    </Td>
                  </tr>
                ))}
              </tbody>
            </Table>
            <div className="px-3">
              <Pager pages={pages} next={page.page.next} />
            </div>
          </>
        )}
      </QueryView>
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
