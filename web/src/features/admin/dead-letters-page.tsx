"use client";
import { RotateCw } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { Pager, useCursors } from "@/components/pager";
import { Empty, QueryView } from "@/components/query-view";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Table, Td, Th } from "@/components/ui/table";
import { useProblem } from "@/features/session/problem";
import { useToast } from "@/features/shell/toasts";
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
  const query = useDeadLetters({ limit: PAGE, ...(pages.cursor ? { cursor: pages.cursor } : {}) });
  const missing = (query.data?.page as { missing?: string[] } | undefined)?.missing ?? [];
  return (
    <div className="card">
      {missing.length > 0 ? (
        <p className="border-b bg-warn-soft px-4 py-2 text-warn">{t("missing", { services: missing.join(", ") })}</p>
      ) : null}
      <QueryView
        query={query}
        skeletonClassName="m-3 h-96"
        isEmpty={(page) => page.data.length === 0}
        empty={<Empty>{t("none")}</Empty>}
      >
        {(page) => (
          <>
            <Table label={t("title")}>
              <thead>
                <tr>
                  <Th>{t("when")}</Th>
                  <Th>{t("service")}</Th>
                  <Th>{t("event")}</Th>
                  <Th>{t("cause")}</Th>
                  <Th isNumeric>{t("attempts")}</Th>
                  <Th>
                    <span className="sr-only">{t("replay")}</span>
                  </Th>
                </tr>
              </thead>
              <tbody>
                {page.data.map((letter) => (
                  <tr key={letter.id} className="hover:bg-raised/60">
                    <Td className="numeric text-muted">{formatMoment(locale, letter.dead_at)}</Td>
                    <Td>{letter.service}</Td>
                    <Td>
                      <span className="font-medium">{letter.event}</span>
                      <span className="block font-mono text-faint text-xs">{letter.key}</span>
                    </Td>
                    <Td className="max-w-md whitespace-normal">{letter.cause}</Td>
                    <Td isNumeric>{letter.attempts}</Td>
                    <Td isNumeric>
                      {letter.replayed_at ? (
                        <Badge>{t("replayed", { moment: formatMoment(locale, letter.replayed_at) ?? "" })}</Badge>
                      ) : (
                        <Button
                          size="small"
                          isBusy={replay.isPending}
                          onClick={() =>
                            replay.mutate(letter.id, {
                              onSuccess: () => toast(t("sent"), "good"),
                              onError: (error) => toast(problem(error), "bad"),
                            })
                          }
                        >
                          <RotateCw aria-hidden />
                          {t("replay")}
                        </Button>
                      )}
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
    </div>
  );
}
