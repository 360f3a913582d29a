"use client";
import { useLocale, useTranslations } from "next-intl";
import { useDeferredValue, useState } from "react";
import { Pager, useCursors } from "@/components/pager";
import { Empty, QueryView } from "@/components/query-view";
import { Input } from "@/components/ui/field";
import { Table, Td, Th } from "@/components/ui/table";
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
    limit: PAGE,
    ...(wantedAction ? { action: wantedAction } : {}),
    ...(UUID.test(wantedUser) ? { user_id: wantedUser } : {}),
    ...(pages.cursor ? { cursor: pages.cursor } : {}),
  });
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
                  <Th isNumeric>{t("number")}</Th>
                  <Th>{t("when")}</Th>
                  <Th>{t("action")}</Th>
                  <Th>{t("actor")}</Th>
                  <Th>{t("target")}</Th>
                  <Th>{t("detail")}</Th>
                  <Th>{t("from")}</Th>
                </tr>
              </thead>
              <tbody>
                {page.data.map((line) => (
                  <tr key={line.id} className="hover:bg-raised/60">
                    <Td isNumeric>{line.seq}</Td>
                    <Td className="numeric text-muted">{formatMoment(locale, line.at)}</Td>
                    <Td className="font-medium">{line.action.replaceAll("_", " ")}</Td>
                    <Td className="font-mono text-xs">{line.actor_id ?? t("nobody")}</Td>
                    <Td className="font-mono text-xs">{line.target_id ?? "–"}</Td>
                    <Td>{line.detail || "–"}</Td>
                    <Td>
                      {line.address ?? "–"}
                      <span className="block max-w-64 truncate text-faint text-xs" title={line.user_agent ?? undefined}>
                        {line.user_agent}
                      </span>
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
