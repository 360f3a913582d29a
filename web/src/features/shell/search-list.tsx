"use client";
import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "next-intl";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { AssetMark } from "@/features/market/asset-mark";
import { api, unwrap } from "@/lib/api/client";
import type { Asset } from "@/lib/api/types";
import { formatPrice } from "@/lib/format";

function matches({ asset_id, symbol, name }: Asset, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return [asset_id, symbol, name].some((word) => word.toLowerCase().includes(wanted));
}

/** Assets that match what is typed; goes to the chosen one. */
export function SearchList({ onChosen }: { onChosen: () => void }) {
  const t = useTranslations("search");
  const locale = useLocale();
  const router = useRouter();
  const [text, setText] = useState("");
  const [marked, setMarked] = useState("");
  const field = useRef<HTMLInputElement>(null);
  // The dialog is open before this is fetched, so it found nothing to focus.
  useEffect(() => field.current?.focus(), []);
  const wanted = useDeferredValue(text.trim());
  const found = useQuery({
    queryKey: ["assets", "search", wanted],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/assets/", { params: { query: { search: wanted, limit: 12 } }, signal })),
    placeholderData: (before) => before,
  });
  const go = (href: string) => {
    onChosen();
    router.push(href);
  };
  // What was answered to an earlier text is narrowed here, so that Enter never opens what no longer matches.
  const rows = (found.data ?? []).filter((asset) => matches(asset, text));
  // What was marked may be gone with the newest answer: then the first is.
  const isThere = rows.some((asset) => asset.asset_id === marked);
  const value = isThere ? marked : (rows[0]?.asset_id ?? "");
  return (
    <Command shouldFilter={false} label={t("open")} value={value} onValueChange={setMarked}>
      <Command.Input
        ref={field}
        value={text}
        onValueChange={setText}
        placeholder={t("placeholder")}
        className="h-12 w-full border-b bg-transparent px-4 text-base outline-none placeholder:text-faint"
      />
      <Command.List className="max-h-[60vh] overflow-y-auto p-1.5">
        {found.isSuccess && rows.length === 0 ? (
          <Command.Empty className="px-3 py-6 text-center text-muted">{t("nothing", { text: wanted })}</Command.Empty>
        ) : null}
        {rows.map((asset) => (
          <Command.Item
            key={asset.asset_id}
            value={asset.asset_id}
            onSelect={() => go(`/assets/${asset.asset_id}`)}
            className="flex h-11 cursor-pointer items-center gap-3 rounded-md px-3 data-[selected=true]:bg-raised"
          >
            <AssetMark symbol={asset.symbol} />
            <span className="truncate">{asset.name}</span>
            <span className="text-faint text-xs">{asset.symbol}</span>
            <span className="numeric ml-auto">{formatPrice(locale, asset.price)}</span>
          </Command.Item>
        ))}
      </Command.List>
    </Command>
  );
}
