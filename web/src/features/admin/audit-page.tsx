"use client";
import { useLocale, useTranslations } from "next-intl";
import { useDeferredValue, useState } from "react";
import { PagedTable } from "@/components/paged-table";
import { pageOf, useCursors } from "@/components/pager";
import type { Column } from "@/components/ui/column-table";
import { Input } from "@/components/ui/field";
import type { AuditLine } from "@/lib/api/types";
import { formatMoment } from "@/lib/time";
import { useAudit } from "./queries";

const PAGE = 50;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Who did what to whom, when, from where. */
export function AuditPage() {
  const t = useTranslations("adminAudit");
  const locale = useLocale();
  const pages = useCursors();
  const [action, setAction] = useState("");
  const [user, setUser] = useState("");
  const wantedAction = useDeferredValue(action.trim());
  const wantedUser = useDeferredValue(user.trim());
  const query = useAudit({
    ...pageOf(pages, PAGE),
    ...(wantedAction ? { action: wantedAction } : {}),
    ...(UUID.test(wantedUser) ? { user_id: wantedUser } : {}),
  });
  const columns: Column<AuditLine>[] = [
    { key: "number", head: t("number"), isNumeric: true, cell: (line) => line.seq },
    { key: "when", head: t("when"), className: "numeric text-muted", cell: (line) => formatMoment(locale, line.at) },
    { key: "action", head: t("action"), className: "font-medium", cell: (line) => line.action.replaceAll("_", " ") },
    { key: "actor", head: t("actor"), className: "font-mono text-xs", cell: (line) => line.actor_id ?? t("nobody") },
    { key: "target", head: t("target"), className: "font-mono text-xs", cell: (line) => line.target_id ?? "–" },
    { key: "detail", head: t("detail"), cell: (line) => line.detail || "–" },
    {
      key: "from",
      head: t("from"),
      cell: (line) => (
        <>
          {line.address ?? "–"}
          <span className="block max-w-64 truncate text-faint text-xs" title={line.user_agent ?? undefined}>
            {line.user_agent}
          </span>
        </>
      ),
    },
  ];
  return (
    <div className="card">
      <div className="flex flex-wrap gap-2 border-b p-3">
        <Input
          aria-label={t("action")}
          placeholder={t("actionExample")}
          className="max-w-64"
          value={action}
          onChange={(event) => {
            pages.reset();
            setAction(event.target.value);
          }}
        />
        <Input
          aria-label={t("userId")}
          placeholder={t("userId")}
          className="max-w-96"
          value={user}
          onChange={(event) => {
            pages.reset();
            setUser(event.target.value);
          }}
        />
      </div>
      <PagedTable
        query={query}
        pages={pages}
        label={t("title")}
        none={t("none")}
        columns={columns}
        rowKey={(line) => line.id}
      />
    </div>
  );
}
