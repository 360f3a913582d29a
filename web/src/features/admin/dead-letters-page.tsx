"use client";
import { RotateCw } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { PagedTable } from "@/components/paged-table";
import { pageOf, useCursors } from "@/components/pager";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { Column } from "@/components/ui/column-table";
import { useProblem } from "@/features/session/problem";
import { useToast } from "@/features/shell/toasts";
import type { DeadLetter } from "@/lib/api/types";
import { formatMoment } from "@/lib/time";
import { useAdminChanges, useDeadLetters } from "./queries";

const PAGE = 50;

/** Facts that a service gave up; each can be tried again. */
export function DeadLettersPage() {
  const t = useTranslations("adminDeadLetters");
  const locale = useLocale();
  const toast = useToast();
  const problem = useProblem();
  const pages = useCursors();
  const { replay } = useAdminChanges();
  const query = useDeadLetters(pageOf(pages, PAGE));
  const missing = (query.data?.page as { missing?: string[] } | undefined)?.missing ?? [];
  const told = { onSuccess: () => toast(t("sent"), "good"), onError: (error: unknown) => toast(problem(error), "bad") };
  const columns: Column<DeadLetter>[] = [
    {
      key: "when",
      isWide: true,
      head: t("when"),
      className: "numeric text-muted",
      cell: (letter) => formatMoment(locale, letter.dead_at),
    },
    { key: "service", head: t("service"), cell: (letter) => letter.service },
    {
      key: "event",
      isWide: true,
      head: t("event"),
      cell: (letter) => (
        <>
          <span className="font-medium">{letter.event}</span>
          <span className="block font-mono text-faint text-xs">{letter.key}</span>
        </>
      ),
    },
    {
      key: "cause",
      isWide: true,
      head: t("cause"),
      className: "max-w-md whitespace-normal",
      cell: (letter) => <span lang="en">{letter.cause}</span>,
    },
    { key: "attempts", head: t("attempts"), isNumeric: true, cell: (letter) => letter.attempts },
    {
      key: "replay",
      head: t("replay"),
      isHeadHidden: true,
      isNumeric: true,
      cell: (letter) =>
        letter.replayed_at ? (
          <Badge>{t("replayed", { moment: formatMoment(locale, letter.replayed_at) ?? "" })}</Badge>
        ) : (
          <Button
            size="small"
            isBusy={replay.isPending && replay.variables === letter.id}
            onClick={() => replay.mutate(letter.id, told)}
          >
            <RotateCw aria-hidden />
            {t("replay")}
          </Button>
        ),
    },
  ];
  return (
    <div className="card">
      {missing.length > 0 ? (
        <p className="rounded-t-card border-b bg-warn-soft px-4 py-2 text-warn">
          {t("missing", { services: missing.join(", ") })}
        </p>
      ) : null}
      <PagedTable
        query={query}
        pages={pages}
        label={t("title")}
        none={t("none")}
        columns={columns}
        rowKey={(letter) => letter.id}
      />
    </div>
  );
}
