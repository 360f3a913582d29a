"use client";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { SectionNav } from "@/components/section-nav";
import { PageHead } from "@/components/ui/card";

const PLACES = [
  ["/admin", "statistics"],
  ["/admin/users", "users"],
  ["/admin/system", "system"],
  ["/admin/sources", "sources"],
  ["/admin/assets", "assets"],
  ["/admin/transactions", "transactions"],
  ["/admin/dead-letters", "deadLetters"],
  ["/admin/audit", "audit"],
] as const;

/** The head of all pages for administrators. */
export function AdminFrame({ children }: { children: ReactNode }) {
  const t = useTranslations("admin");
  return (
    <>
      <PageHead title={t("title")} />
      <SectionNav label={t("sections")} places={PLACES.map(([href, key]) => ({ href, name: t(`tab_${key}`) }))} />
      {children}
    </>
  );
}
