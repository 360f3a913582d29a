"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Empty } from "@/components/query-view";
import { Button } from "@/components/ui/button";
import { signInAddress } from "./require-session";

/** What stands in a card for who is not signed in: why one should be, and the way there and back. */
export function SignInFirst({ children }: { children: ReactNode }) {
  const t = useTranslations("session");
  const path = usePathname();
  return (
    <Empty
      action={
        <Button asChild size="small">
          <Link href={signInAddress(path)}>{t("signIn")}</Link>
        </Button>
      }
    >
      {children}
    </Empty>
  );
}
