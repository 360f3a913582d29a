"use client";
import { useLocale, useTranslations } from "next-intl";
import { useDeferredValue, useState } from "react";
import { PagedTable } from "@/components/paged-table";
import { pageOf, useCursors } from "@/components/pager";
import { ProgramName } from "@/components/program-name";
import type { Column } from "@/components/ui/column-table";
import { Input, Select } from "@/components/ui/field";
import type { AdminUser, AuditLine } from "@/lib/api/types";
import { classes } from "@/lib/classes";
import { formatMoment } from "@/lib/time";
import { useAudit, useKnownUsers } from "./queries";

const PAGE = 50;
/** What is written down; one that is not among these is shown as it came. */
const ACTIONS = [
  "registered",
  "admin_created",
  "logged_in",
  "login_failed",
  "locked_out",
  "logged_out",
  "session_revoked",
  "token_reused",
  "password_changed",
  "password_reset",
  "reset_requested",
  "email_verified",
  "email_change_requested",
  "email_changed",
  "mfa_enabled",
  "mfa_disabled",
  "recovery_code_used",
  "api_token_created",
  "api_token_revoked",
  "data_exported",
  "user_disabled",
  "user_enabled",
  "role_changed",
  "user_deleted",
  "keys_rotated",
  "source_change_ordered",
  "asset_change_ordered",
  "dead_letter_replay_ordered",
] as const;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Who did what to whom, when, from where. */
export function AuditPage() {
  const t = useTranslations("adminAudit");
  const locale = useLocale();
  const pages = useCursors();
  const [action, setAction] = useState("");
  const [user, setUser] = useState("");
  const wantedUser = useDeferredValue(user.trim());
  const query = useAudit({
    ...pageOf(pages, PAGE),
    ...(action ? { action } : {}),
    ...(UUID.test(wantedUser) ? { user_id: wantedUser } : {}),
  });
  const users = useKnownUsers();
  const person = (id: string) => <Person id={id} user={users.get(id)} onChoose={choose} />;
  const actionName = (name: string) => {
    const known = ACTIONS.find((one) => one === name);
    return known ? t(`action_${known}`) : name;
  };
  const choose = (id: string) => {
    pages.reset();
    setUser(id);
  };
  const columns: Column<AuditLine>[] = [
    { key: "number", head: t("number"), isNumeric: true, className: "max-sm:hidden", cell: (line) => line.seq },
    { key: "when", head: t("when"), className: "numeric text-muted", cell: (line) => formatMoment(locale, line.at) },
    {
      key: "action",
      isWide: true,
      head: t("action"),
      className: "font-medium",
      cell: (line) => actionName(line.action),
    },
    {
      key: "actor",
      head: t("actor"),
      cell: (line) => (line.actor_id ? person(line.actor_id) : t("nobody")),
    },
    {
      key: "target",
      head: t("target"),
      cell: (line) => (line.target_id ? person(line.target_id) : "–"),
    },
    {
      key: "detail",
      isWide: true,
      head: t("detail"),
      className: "wrap-anywhere max-w-96 whitespace-normal xl:min-w-48",
      cell: (line) => line.detail || "–",
    },
    {
      key: "from",
      isWide: true,
      head: t("from"),
      cell: (line) => (
        <>
          {line.address ?? "–"}
          {line.user_agent ? (
            <span className="block text-xs">
              <ProgramName userAgent={line.user_agent} className="text-faint" />
            </span>
          ) : null}
        </>
      ),
    },
  ];
  return (
    <div className="card">
      <div className="flex flex-wrap gap-2 border-b p-3 sm:px-4">
        <Select
          aria-label={t("action")}
          className="max-w-64"
          value={action}
          onChange={(event) => {
            pages.reset();
            setAction(event.target.value);
          }}
        >
          <option value="">{t("anyAction")}</option>
          {ACTIONS.map((name) => (
            <option key={name} value={name}>
              {actionName(name)}
            </option>
          ))}
        </Select>
        <Input
          aria-label={t("userId")}
          placeholder={t("userId")}
          className="max-w-96"
          value={user}
          onChange={(event) => choose(event.target.value)}
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

interface PersonProps {
  id: string;
  user: AdminUser | undefined;
  onChoose: (id: string) => void;
}

/** Whom a line is about, by name where it is known, else by the end of the id; choosing it shows only their lines. */
function Person({ id, user, onChoose }: PersonProps) {
  const t = useTranslations("adminAudit");
  const name = user?.name ?? `…${id.slice(-12)}`;
  return (
    <button
      type="button"
      title={user ? `${user.email} ${id}` : id}
      aria-label={t("onlyOf", { name })}
      className={classes(
        "min-h-6 max-w-48 truncate text-left underline decoration-dotted hover:text-accent",
        !user && "font-mono text-xs",
      )}
      onClick={() => onChoose(id)}
    >
      {name}
    </button>
  );
}
