"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useLocale, useTranslations } from "next-intl";
import { ProgramName } from "@/components/program-name";
import { QueryView } from "@/components/query-view";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { useProblem } from "@/features/session/problem";
import { useToast } from "@/features/shell/toasts";
import { api, body, unwrap } from "@/lib/api/client";
import { formatMinute } from "@/lib/time";

const KEY = ["mine", "sessions"];

/** Where one is signed in. */
export function Sessions() {
  const t = useTranslations("sessions");
  const locale = useLocale();
  const toast = useToast();
  const problem = useProblem();
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => unwrap(api.GET("/api/auth/sessions/", { signal })),
  });
  const end = useMutation({
    mutationFn: (id: string) => body(api.DELETE("/api/auth/sessions/{id}/", { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
    onSuccess: () => toast(t("ended"), "good"),
    onError: (error) => toast(problem(error), "bad"),
  });
  return (
    <Card title={t("title")} description={t("description")} bodyClassName="px-0 pb-0">
      <QueryView query={query} skeletonClassName="m-4 h-24">
        {(sessions) => (
          <ul className="divide-y divide-line border-t">
            {sessions.map((session) => (
              <li key={session.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3">
                <div className="min-w-0 flex-1">
                  <p className="truncate font-medium">
                    <ProgramName userAgent={session.user_agent} />
                  </p>
                  <p className="numeric text-[0.8125rem] text-muted">
                    {t("used", { address: session.address, moment: formatMinute(locale, session.last_used_at) })}
                  </p>
                </div>
                {session.current ? (
                  <Badge tone="accent">{t("current")}</Badge>
                ) : (
                  <Button
                    size="small"
                    tone="danger"
                    isBusy={end.isPending && end.variables === session.id}
                    onClick={() => end.mutate(session.id)}
                  >
                    {t("end")}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </QueryView>
    </Card>
  );
}
