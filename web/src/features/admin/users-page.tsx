"use client";
import { MoreHorizontal } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useDeferredValue, useState } from "react";
import { Confirm } from "@/components/confirm";
import { PagedTable } from "@/components/paged-table";
import { pageOf, useCursors } from "@/components/pager";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { Column } from "@/components/ui/column-table";
import { Field, Input, Select } from "@/components/ui/field";
import { Menu, MenuItem, MenuLine } from "@/components/ui/menu";
import { useProblem } from "@/features/session/problem";
import { useSession } from "@/features/session/session-provider";
import { useToast } from "@/features/shell/toasts";
import type { AdminUser } from "@/lib/api/types";
import { formatCount, formatMoney } from "@/lib/format";
import { formatDay, formatMinute } from "@/lib/time";
import { type UsersQuery, useAdminChanges, useUsers } from "./queries";

const PAGE = 50;
const SORTS = ["created_at", "name", "email", "last_seen_at", "portfolio_value", "alerts"] as const;

/** All accounts. */
export function UsersPage() {
  const t = useTranslations("adminUsers");
  const pages = useCursors();
  const [search, setSearch] = useState("");
  const [status, setStatus] = useState<"" | "active" | "disabled">("");
  const [role, setRole] = useState<"" | "user" | "admin">("");
  const [sort, setSort] = useState<NonNullable<UsersQuery["sort"]>>("created_at");
  const wanted = useDeferredValue(search.trim());
  const query = useUsers({
    ...pageOf(pages, PAGE),
    sort,
    ...(wanted ? { search: wanted } : {}),
    ...(status ? { status } : {}),
    ...(role ? { role } : {}),
  });
  const filtered = (change: () => void) => {
    pages.reset();
    change();
  };
  return (
    <div className="card">
      <div className="grid gap-2 border-b p-3 sm:px-4 sm:grid-cols-2 lg:grid-cols-4">
        <Input
          type="search"
          aria-label={t("search")}
          placeholder={t("search")}
          value={search}
          onChange={(event) => filtered(() => setSearch(event.target.value))}
        />
        <Select
          aria-label={t("status")}
          value={status}
          onChange={(event) => filtered(() => setStatus(event.target.value as "active"))}
        >
          <option value="">{t("anyStatus")}</option>
          <option value="active">{t("active")}</option>
          <option value="disabled">{t("disabled")}</option>
        </Select>
        <Select
          aria-label={t("role")}
          value={role}
          onChange={(event) => filtered(() => setRole(event.target.value as "user"))}
        >
          <option value="">{t("anyRole")}</option>
          <option value="user">{t("role_user")}</option>
          <option value="admin">{t("role_admin")}</option>
        </Select>
        <Select
          aria-label={t("sort")}
          value={sort}
          onChange={(event) => filtered(() => setSort(event.target.value as "name"))}
        >
          {SORTS.map((value) => (
            <option key={value} value={value}>
              {t(`sort_${value}`)}
            </option>
          ))}
        </Select>
      </div>
      <PagedTable query={query} pages={pages} label={t("title")} columns={useColumns()} rowKey={(user) => user.id} />
    </div>
  );
}

function useColumns(): Column<AdminUser>[] {
  const t = useTranslations("adminUsers");
  const locale = useLocale();
  return [
    {
      key: "user",
      isWide: true,
      head: t("user"),
      cell: (user) => (
        <>
          <span className="block font-medium">{user.name}</span>
          <span className="block text-[0.8125rem] text-muted">
            {user.email} {user.email_verified ? "" : `(${t("unverified")})`}
          </span>
        </>
      ),
    },
    {
      key: "role",
      head: t("role"),
      cell: (user) => (
        <Badge tone={user.role === "admin" ? "accent" : "neutral"}>
          {t(user.role === "admin" ? "role_admin" : "role_user")}
        </Badge>
      ),
    },
    {
      key: "status",
      head: t("status"),
      cell: (user) => (
        <>
          <Badge tone={user.is_active ? "up" : "down"}>{t(user.is_active ? "active" : "disabled")}</Badge>
          {user.disabled_reason ? <span className="ml-2 text-faint text-xs">{user.disabled_reason}</span> : null}
        </>
      ),
    },
    {
      key: "portfolioValue",
      head: t("portfolioValue"),
      isNumeric: true,
      cell: (user) => formatMoney(locale, user.portfolio_value),
    },
    { key: "alerts", head: t("alerts"), isNumeric: true, cell: (user) => formatCount(locale, user.alerts) },
    {
      key: "seen",
      head: t("seen"),
      className: "numeric",
      cell: (user) => (user.last_seen_at ? formatMinute(locale, user.last_seen_at) : "–"),
    },
    { key: "since", head: t("since"), className: "numeric", cell: (user) => formatDay(locale, user.created_at) },
    {
      key: "actions",
      head: t("actions"),
      isHeadHidden: true,
      isNumeric: true,
      cell: (user) => <UserActions user={user} />,
    },
  ];
}

function UserActions({ user }: { user: AdminUser }) {
  const t = useTranslations("adminUsers");
  const toast = useToast();
  const problem = useProblem();
  const session = useSession();
  const { status, role, remove } = useAdminChanges();
  const [dialog, setDialog] = useState<"disable" | "delete" | null>(null);
  const [reason, setReason] = useState("");
  const isOneself = session.status === "active" && session.user.id === user.id;
  const { id, version } = user;
  const told = { onSuccess: () => toast(t("done"), "good"), onError: (error: unknown) => toast(problem(error), "bad") };
  return (
    <>
      <Menu
        trigger={
          <Button tone="ghost" size="icon" aria-label={t("actionsFor", { name: user.name })} disabled={isOneself}>
            <MoreHorizontal aria-hidden />
          </Button>
        }
      >
        <MenuItem
          onSelect={() =>
            role.mutate({ id, change: { role: user.role === "admin" ? "user" : "admin", version } }, told)
          }
        >
          {t(user.role === "admin" ? "demote" : "promote")}
        </MenuItem>
        {user.is_active ? (
          <MenuItem onSelect={() => setDialog("disable")}>{t("disable")}</MenuItem>
        ) : (
          <MenuItem onSelect={() => status.mutate({ id, change: { is_active: true, version } }, told)}>
            {t("enable")}
          </MenuItem>
        )}
        <MenuLine />
        <MenuItem className="text-down" onSelect={() => setDialog("delete")}>
          {t("delete")}
        </MenuItem>
      </Menu>
      <Confirm
        open={dialog === "disable"}
        onOpenChange={(open) => setDialog(open ? "disable" : null)}
        title={t("disableTitle", { name: user.name })}
        text={t("disableText")}
        action={t("disable")}
        onConfirm={() =>
          status.mutateAsync({ id, change: { is_active: false, version, ...(reason ? { reason } : {}) } })
        }
      >
        <Field label={t("reason")}>
          {(control) => <Input {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
      </Confirm>
      <Confirm
        open={dialog === "delete"}
        onOpenChange={(open) => setDialog(open ? "delete" : null)}
        title={t("deleteTitle", { name: user.name })}
        text={t("deleteText")}
        action={t("delete")}
        onConfirm={() => remove.mutateAsync(id)}
      />
    </>
  );
}
