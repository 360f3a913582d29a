"use client";
import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "next-intl";
import { Dialog } from "radix-ui";
import { useDeferredValue, useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { AssetMark } from "@/features/market/asset-mark";
import { api, unwrap } from "@/lib/api/client";
import { formatPrice } from "@/lib/format";

/** Opens the search, with a click or with the key `/`. */
export function SearchButton() {
  const t = useTranslations("search");
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable;
      const isShortcut = (event.key === "k" && (event.metaKey || event.ctrlKey)) || (event.key === "/" && !isTyping);
      if (!isShortcut) return;
      event.preventDefault();
      setOpen(true);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>
        <Button tone="ghost" className="px-2.5 xl:border xl:border-line xl:pr-2" aria-label={t("open")}>
          <Search aria-hidden />
          <span className="hidden w-40 text-left font-normal text-faint xl:inline">{t("placeholder")}</span>
          <kbd className="hidden rounded border px-1.5 font-sans text-faint text-xs xl:inline">/</kbd>
        </Button>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/50" />
        <Dialog.Content
          aria-describedby={undefined}
          className="appear fixed inset-x-3 top-[10vh] z-50 mx-auto max-w-xl overflow-hidden rounded-xl border bg-surface shadow-2xl"
        >
          <Dialog.Title className="sr-only">{t("open")}</Dialog.Title>
          <SearchList onChosen={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function SearchList({ onChosen }: { onChosen: () => void }) {
  const t = useTranslations("search");
  const locale = useLocale();
  const router = useRouter();
  const [text, setText] = useState("");
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
  const rows = found.data ?? [];
  return (
    <Command shouldFilter={false} label={t("open")}>
      <Command.Input
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
