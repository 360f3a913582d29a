"use client";
import { useTranslations } from "next-intl";
import { SectionNav } from "@/components/section-nav";

/** Between the alerts and what they did. */
export function AlertTabs() {
  const t = useTranslations("alerts");
  return (
    <SectionNav
      label={t("sections")}
      places={[
        { href: "/alerts", name: t("tab_active") },
        { href: "/alerts/history", name: t("tab_history") },
      ]}
    />
  );
}
