"use client";
import { useTranslations } from "next-intl";
import { SectionNav } from "@/components/section-nav";

/** Between the list and what left the platform. */
export function NotificationTabs() {
  const t = useTranslations("notifications");
  return (
    <SectionNav
      label={t("sections")}
      places={[
        { href: "/notifications", name: t("tab_list") },
        { href: "/notifications/deliveries", name: t("tab_deliveries") },
      ]}
    />
  );
}
