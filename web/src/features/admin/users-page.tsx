"use client";
import { MoreHorizontal } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useDeferredValue, useState } from "react";
import { Confirm } from "@/components/confirm";
import { Pager, useCursors } from "@/components/pager";
import { QueryView } from "@/components/query-view";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Field, Input, Select } from "@/components/ui/field";
import { Menu, MenuItem, MenuLine } from "@/components/ui/menu";
import { Table, Td, Th } from "@/components/ui/table";
import { useProblem } from "@/features/session/problem";
import { useSession } from "@/features/session/session-provider";
import { useToast } from "@/features/shell/toasts";
import type { AdminUser } from "@/lib/api/types";
import { formatCount, formatMoney } from "@/lib/format";
import { formatDay, formatMinute } from "@/lib/time";
import { type UsersQuery, useAdminChanges, useUsers } from "./queries";

const PAGE = 50;
const SORTS = ["created_at", "name", "email", "last_seen_at"] as const;

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
    limit: PAGE,
    sort,
    ...(wanted ? { search: wanted } : {}),
    ...(status ? { status } : {}),
    ...(role ? { role } : {}),
    ...(pages.cursor ? { cursor: pages.cursor } : {}),
  });
  const filtered = (change: () => void) => {
    pages.reset();
    change();
  };
  return (
    <div className="card">
      <div className="grid gap-2 border-b p-3 sm:grid-cols-2 lg:grid-cols-4">
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
      <QueryView query={query} skeletonClassName="m-3 h-96" isEmpty={(page) => page.data.length === 0}>
        {(page) => (
          <>
            <Table label={t("title")}>
              <thead>
                <tr>
                  <Th>{t("user")}</Th>
                  <Th>{t("role")}</Th>
                  <Th>{t("status")}</Th>
                  <Th isNumeric>{t("portfolioValue")}</Th>
                  <Th isNumeric>{t("alerts")}</Th>
                  <Th>{t("seen")}</Th>
                  <Th>{t("since")}</Th>
                  <Th>
                    <span className="sr-only">{t("actions")}</span>
                  </Th>
                </tr>
              </thead>
              <tbody>
                {page.data.map((user) => (
                  <UserRow key={user.id} user={user} />
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

function UserRow({ user }: { user: AdminUser }) {
  const t = useTranslations("adminUsers");
  const locale = useLocale();
  return (
    <tr className="hover:bg-raised/60">
      <Td>
        <span className="block font-medium">{user.name}</span>
        <span className="block text-[0.8125rem] text-muted">
          {user.email} {user.email_verified ? "" : `(${t("unverified")})`}
        </span>
      </Td>
      <Td>
        <Badge tone={user.role === "admin" ? "accent" : "neutral"}>
          {t(user.role === "admin" ? "role_admin" : "role_user")}
        </Badge>
      </Td>
      <Td>
        <Badge tone={user.is_active ? "up" : "down"}>{t(user.is_active ? "active" : "disabled")}</Badge>
        {user.disabled_reason ? <span className="ml-2 text-faint text-xs">{user.disabled_reason}</span> : null}
      </Td>
      <Td isNumeric>{formatMoney(locale, user.portfolio_value)}</Td>
      <Td isNumeric>{formatCount(locale, user.alerts)}</Td>
      <Td className="numeric">{user.last_seen_at ? formatMinute(locale, user.last_seen_at) : "–"}</Td>
      <Td className="numeric">{formatDay(locale, user.created_at)}</Td>
      <Td isNumeric>
        <UserActions user={user} />
      </Td>
    </tr>
  );
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
