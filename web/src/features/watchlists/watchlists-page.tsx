"use client";
import { ArrowDown, ArrowUp, MoreVertical, Pencil, Plus, Trash2, X } from "lucide-react";
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { Confirm } from "@/components/confirm";
import { Empty, QueryView } from "@/components/query-view";
import { Button } from "@/components/ui/button";
import { Card, PageHead } from "@/components/ui/card";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { Menu, MenuItem } from "@/components/ui/menu";
import { Table, Td, Th } from "@/components/ui/table";
import { AssetName } from "@/features/market/asset-mark";
import { ChangeText, LiveChangeText, LivePriceText } from "@/features/market/price";
import { useAssetChoices } from "@/features/market/queries";
import { Sparkline } from "@/features/market/sparkline";
import { useProblem } from "@/features/session/problem";
import { useToast } from "@/features/shell/toasts";
import type { Asset, Watchlist } from "@/lib/api/types";
import { formatCompactMoney, UNKNOWN } from "@/lib/format";
import { useWatchlistChanges, useWatchlists } from "./queries";
import { useWatchedAssets } from "./rows";

/** One's own ordered lists of assets. */
export function WatchlistsPage() {
  const t = useTranslations("watchlists");
  const query = useWatchlists();
  const { create } = useWatchlistChanges();
  const [isNaming, setNaming] = useState(false);
  return (
    <>
      <PageHead
        title={t("title")}
        description={t("description")}
        actions={
          <Button tone="primary" onClick={() => setNaming(true)}>
            <Plus aria-hidden />
            {t("create")}
          </Button>
        }
      />
      <QueryView
        query={query}
        skeletonClassName="h-96"
        isEmpty={(lists) => lists.length === 0}
        empty={
          <div className="card">
            <Empty
              action={
                <Button tone="primary" onClick={() => setNaming(true)}>
                  {t("create")}
                </Button>
              }
            >
              {t("noLists")}
            </Empty>
          </div>
        }
      >
        {(lists) => (
          <div className="grid items-start gap-3 4xl:grid-cols-2">
            {lists.map((list) => (
              <ListCard key={list.id} list={list} />
            ))}
          </div>
        )}
      </QueryView>
      <NameDialog
        open={isNaming}
        onOpenChange={setNaming}
        title={t("create")}
        name=""
        onName={(name) => create.mutateAsync({ name, assets: [] })}
      />
    </>
  );
}

function ListCard({ list }: { list: Watchlist }) {
  const t = useTranslations("watchlists");
  const toast = useToast();
  const problem = useProblem();
  const { put, remove } = useWatchlistChanges();
  const choices = useAssetChoices();
  const { assets } = useWatchedAssets(list);
  const [dialog, setDialog] = useState<"name" | "delete" | null>(null);
  const ids = list.assets.map((asset) => asset.asset_id);
  const change = (next: string[]) =>
    put.mutate({ list, assets: next }, { onError: (error) => toast(problem(error), "bad") });
  const move = (index: number, by: -1 | 1) => {
    const next = [...ids];
    const [moved] = next.splice(index, 1);
    if (moved) next.splice(index + by, 0, moved);
    change(next);
  };
  const left = (choices.data ?? []).filter((asset) => !ids.includes(asset.asset_id));
  return (
    <Card
      title={list.name}
      bodyClassName="px-0 pb-0"
      actions={
        <>
          <Button
            tone="ghost"
            size="icon"
            aria-label={t("rename", { name: list.name })}
            onClick={() => setDialog("name")}
          >
            <Pencil aria-hidden />
          </Button>
          <Button
            tone="ghost"
            size="icon"
            className="-mr-2.5"
            aria-label={t("delete", { name: list.name })}
            onClick={() => setDialog("delete")}
          >
            <Trash2 aria-hidden />
          </Button>
        </>
      }
    >
      {list.assets.length === 0 ? <Empty>{t("emptyList")}</Empty> : null}
      {list.assets.length > 0 ? (
        <Table label={list.name} className="sm:table-fixed">
          <thead>
            <tr>
              <Th className="sm:w-[26%]">{t("asset")}</Th>
              <Th isNumeric>{t("price")}</Th>
              <Th isNumeric className="hidden sm:table-cell">
                {t("day")}
              </Th>
              <Th isNumeric className="hidden lg:table-cell">
                {t("week")}
              </Th>
              <Th isNumeric className="hidden md:table-cell">
                {t("marketCap")}
              </Th>
              <Th className="hidden w-40 text-right xl:table-cell">{t("chart")}</Th>
              <Th className="sm:w-32">
                <span className="sr-only">{t("order")}</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {list.assets.map((watched, index) => (
              <WatchedRow
                key={watched.asset_id}
                watched={watched}
                asset={assets.find((one) => one.asset_id === watched.asset_id)}
                onUp={index > 0 ? () => move(index, -1) : undefined}
                onDown={index < ids.length - 1 ? () => move(index, 1) : undefined}
                onRemove={() => change(ids.filter((id) => id !== watched.asset_id))}
              />
            ))}
          </tbody>
        </Table>
      ) : null}
      <div className="border-t p-3 sm:px-4">
        <Select
          aria-label={t("add", { name: list.name })}
          className="sm:max-w-64"
          value=""
          onChange={(event) => event.target.value && change([...ids, event.target.value])}
        >
          <option value="">{t("addAsset")}</option>
          {left.map((asset) => (
            <option key={asset.asset_id} value={asset.asset_id}>
              {asset.name} ({asset.symbol})
            </option>
          ))}
        </Select>
      </div>
      <NameDialog
        open={dialog === "name"}
        onOpenChange={(open) => setDialog(open ? "name" : null)}
        title={t("rename", { name: list.name })}
        name={list.name}
        onName={(name) => put.mutateAsync({ list, name })}
      />
      <Confirm
        open={dialog === "delete"}
        onOpenChange={(open) => setDialog(open ? "delete" : null)}
        title={t("deleteTitle")}
        text={t("deleteText", { name: list.name })}
        action={t("deleteAction")}
        onConfirm={() => remove.mutateAsync(list.id)}
      />
    </Card>
  );
}

interface WatchedRowProps {
  watched: Watchlist["assets"][number];
  asset: Asset | undefined;
  onUp: (() => void) | undefined;
  onDown: (() => void) | undefined;
  onRemove: () => void;
}

function WatchedRow({ watched, asset, onUp, onDown, onRemove }: WatchedRowProps) {
  const t = useTranslations("watchlists");
  const locale = useLocale();
  const { name } = watched;
  const change = asset ? <LiveChangeText assetId={asset.asset_id} value={asset.change_24h} /> : UNKNOWN;
  return (
    <tr className="hover:bg-raised/60">
      <Td>
        <Link href={`/assets/${watched.asset_id}`} className="flex max-w-36 hover:underline sm:max-w-full">
          <AssetName symbol={watched.symbol} name={name} />
        </Link>
      </Td>
      <Td isNumeric>
        {asset ? <LivePriceText asset={asset} /> : UNKNOWN}
        <span className="block text-xs sm:hidden">{change}</span>
      </Td>
      <Td isNumeric className="hidden sm:table-cell">
        {change}
      </Td>
      <Td isNumeric className="hidden lg:table-cell">
        <ChangeText value={asset?.change_7d} />
      </Td>
      <Td isNumeric className="hidden md:table-cell">
        {formatCompactMoney(locale, asset?.market_cap)}
      </Td>
      <Td className="hidden xl:table-cell [&_svg]:ml-auto">
        {asset ? <Sparkline points={asset.sparkline_7d} label={t("sparkline", { name })} /> : null}
      </Td>
      <Td isNumeric className="max-sm:px-0">
        <RowButtons name={name} onUp={onUp} onDown={onDown} onRemove={onRemove} />
      </Td>
    </tr>
  );
}

/** What can be done with a row: buttons side by side, on a phone a menu. */
function RowButtons({ name, onUp, onDown, onRemove }: { name: string } & Omit<WatchedRowProps, "watched" | "asset">) {
  const t = useTranslations("watchlists");
  const actions = [
    { key: "up", icon: ArrowUp, act: onUp },
    { key: "down", icon: ArrowDown, act: onDown },
    { key: "remove", icon: X, act: onRemove },
  ] as const;
  return (
    <>
      <span className="hidden sm:inline">
        {actions.map(({ key, icon: Icon, act }) => (
          <Button
            key={key}
            tone="ghost"
            size="icon"
            className="size-8"
            disabled={!act}
            onClick={act}
            aria-label={t(key, { name })}
          >
            <Icon aria-hidden />
          </Button>
        ))}
      </span>
      <span className="sm:hidden">
        <Menu
          trigger={
            <Button tone="ghost" size="icon" className="size-8" aria-label={t("actionsFor", { name })}>
              <MoreVertical aria-hidden />
            </Button>
          }
        >
          {actions.map(({ key, icon: Icon, act }) => (
            <MenuItem key={key} disabled={!act} onSelect={() => act?.()}>
              <Icon aria-hidden />
              {t(key, { name })}
            </MenuItem>
          ))}
        </Menu>
      </span>
    </>
  );
}

interface NameDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  name: string;
  onName: (name: string) => Promise<unknown>;
}

function NameDialog({ open, onOpenChange, title, name, onName }: NameDialogProps) {
  const t = useTranslations("watchlists");
  const problem = useProblem();
  const [text, setText] = useState(name);
  const [failure, setFailure] = useState<string | null>(null);
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    try {
      await onName(text.trim());
      onOpenChange(false);
      setText(name);
    } catch (error) {
      setFailure(problem(error));
    }
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} closeLabel={t("close")} className="sm:w-96">
      <form onSubmit={submit} className="space-y-4">
        <Field label={t("name")} error={failure ?? undefined}>
          {(control) => (
            <Input
              {...control}
              value={text}
              maxLength={100}
              required
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" tone="primary" className="w-full" disabled={text.trim() === ""}>
          {t("save")}
        </Button>
      </form>
    </Dialog>
  );
}
