"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { Empty, QueryView } from "@/components/query-view";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CheckField, Field, Input } from "@/components/ui/field";
import { Failure } from "@/features/auth/doors";
import { useProblem } from "@/features/session/problem";
import { useToast } from "@/features/shell/toasts";
import { api, body, once, unwrap } from "@/lib/api/client";
import { formatDay, formatMinute } from "@/lib/time";

const KEY = ["mine", "tokens"];
const SCOPES = ["read", "alerts", "trade"] as const;
type Scope = (typeof SCOPES)[number];

/** Tokens for programs. */
export function ApiTokens() {
  const t = useTranslations("tokens");
  const locale = useLocale();
  const toast = useToast();
  const problem = useProblem();
  const queries = useQueryClient();
  const query = useQuery({ queryKey: KEY, queryFn: ({ signal }) => unwrap(api.GET("/api/auth/tokens/", { signal })) });
  const remove = useMutation({
    mutationFn: (id: string) => body(api.DELETE("/api/auth/tokens/{id}/", { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
    onError: (error) => toast(problem(error), "bad"),
  });
  return (
    <Card title={t("title")} description={t("description")}>
      <QueryView
        query={query}
        skeletonClassName="h-16"
        isEmpty={(tokens) => tokens.length === 0}
        empty={<Empty>{t("none")}</Empty>}
      >
        {(tokens) => (
          <ul className="mb-4 divide-y divide-line rounded-md border">
            {tokens.map((token) => (
              <li key={token.id} className="flex items-center gap-3 py-2 pr-1 pl-3">
                <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1">
                  <span className="font-medium">{token.name}</span>
                  <span className="font-mono text-faint text-xs">…{token.hint}</span>
                  <span className="flex flex-wrap gap-1">
                    {token.scopes.map((scope) => (
                      <Badge key={scope}>
                        {SCOPES.includes(scope as Scope) ? t(`scope_${scope as Scope}`) : scope}
                      </Badge>
                    ))}
                  </span>
                  <span className="numeric text-[0.8125rem] text-muted sm:ml-auto">
                    {token.last_used_at ? t("used", { moment: formatMinute(locale, token.last_used_at) }) : t("unused")}
                    {token.expires_at ? ` · ${t("until", { day: formatDay(locale, token.expires_at) })}` : ""}
                  </span>
                </div>
                <Button
                  tone="ghost"
                  size="icon"
                  onClick={() => remove.mutate(token.id)}
                  aria-label={t("delete", { name: token.name })}
                >
                  <Trash2 aria-hidden />
                </Button>
              </li>
            ))}
          </ul>
        )}
      </QueryView>
      <NewToken onMade={() => void queries.invalidateQueries({ queryKey: KEY })} />
    </Card>
  );
}

function NewToken({ onMade }: { onMade: () => void }) {
  const t = useTranslations("tokens");
  const problem = useProblem();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(["read"]);
  const [expires, setExpires] = useState("");
  const create = useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/auth/tokens/", {
          body: { name, scopes: [...scopes], ...(expires ? { expires_at: new Date(expires).toISOString() } : {}) },
          headers: once(),
        }),
      ),
    onSuccess: () => {
      setName("");
      onMade();
    },
  });
  return (
    <form
      className="space-y-3"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate();
      }}
    >
      {create.data ? (
        <div className="rounded-md bg-warn-soft p-3">
          <p className="font-medium text-warn">{t("shownOnce")}</p>
          <code className="mt-1 block break-all font-mono text-[0.8125rem]">{create.data.token}</code>
        </div>
      ) : null}
      <div className="grid max-w-2xl gap-3 sm:grid-cols-2">
        <Field label={t("name")}>
          {(field) => (
            <Input {...field} value={name} maxLength={100} required onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <Field label={t("expires")} hint={t("expiresHint")}>
          {(field) => (
            <Input {...field} type="date" value={expires} onChange={(event) => setExpires(event.target.value)} />
          )}
        </Field>
      </div>
      <fieldset className="flex flex-wrap gap-x-5">
        <legend className="font-medium text-[0.8125rem] text-muted">{t("scopes")}</legend>
        {SCOPES.map((scope) => (
          <CheckField
            key={scope}
            label={t(`scope_${scope}`)}
            checked={scopes.includes(scope)}
            onChange={(event) =>
              setScopes(event.target.checked ? [...scopes, scope] : scopes.filter((one) => one !== scope))
            }
          />
        ))}
      </fieldset>
      <Failure>{create.isError ? problem(create.error) : null}</Failure>
      <Button type="submit" isBusy={create.isPending} disabled={name.trim() === "" || scopes.length === 0}>
        {t("create")}
      </Button>
    </form>
  );
}
