"use client";
import { Search } from "lucide-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { Dialog } from "radix-ui";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";

// Fetched when somebody searches.
const SearchList = dynamic(() => import("./search-list").then((module) => module.SearchList), {
  ssr: false,
  loading: () => <Skeleton className="m-3 h-12" />,
});

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
