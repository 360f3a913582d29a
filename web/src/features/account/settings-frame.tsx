"use client";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { SectionNav } from "@/components/section-nav";
import { PageHead } from "@/components/ui/card";

/** The head of all settings. */
export function SettingsFrame({ children }: { children: ReactNode }) {
  const t = useTranslations("settings");
  return (
    <div className="max-w-4xl">
      <PageHead title={t("title")} />
      <SectionNav
        label={t("sections")}
        places={[
          { href: "/settings", name: t("profile") },
          { href: "/settings/security", name: t("security") },
          { href: "/settings/channels", name: t("channels") },
          { href: "/settings/data", name: t("data") },
        ]}
      />
      {children}
    </div>
  );
}
