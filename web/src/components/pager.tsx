"use client";
import { useTranslations } from "next-intl";
import { useCallback, useState } from "react";
import { Button } from "@/components/ui/button";

export interface Cursors {
  cursor: string | undefined;
  number: number;
  forward: (next: string) => void;
  back: () => void;
  reset: () => void;
}

/** Remembers the way through a list that the server pages by cursors. */
export function useCursors(): Cursors {
  const [cursors, setCursors] = useState<string[]>([]);
  const reset = useCallback(() => setCursors([]), []);
  return {
    cursor: cursors.at(-1),
    number: cursors.length + 1,
    forward: (next) => setCursors((before) => [...before, next]),
    back: () => setCursors((before) => before.slice(0, -1)),
    reset,
  };
}

/** The page to ask for, as queries take it. */
export function pageOf(pages: Cursors, limit: number): { limit: number; cursor?: string } {
  return pages.cursor ? { limit, cursor: pages.cursor } : { limit };
}

/** To the next page and back; nothing where all is on one page. */
export function Pager({ pages, next }: { pages: Cursors; next: string | null | undefined }) {
  const t = useTranslations("pager");
  if (pages.number === 1 && !next) return null;
  return (
    <nav aria-label={t("label")} className="flex items-center justify-between gap-2 py-3">
      <Button disabled={pages.number === 1} onClick={pages.back}>
        {t("previous")}
      </Button>
      <span className="numeric text-muted">{t("page", { number: pages.number })}</span>
      <Button disabled={!next} onClick={() => next && pages.forward(next)}>
        {t("next")}
      </Button>
    </nav>
  );
}
