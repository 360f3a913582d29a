"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import type { Me } from "@/lib/api/types";
import { useSession } from "./session-provider";

/** The address of the sign-in page that comes back to where the reader is. */
export function signInAddress(path: string): string {
  return path === "/" ? "/login" : `/login?next=${encodeURIComponent(path)}`;
}

/** Whether a page is for everybody. On the others the end of a session is told in the place of what they show. */
export function isForEverybody(path: string): boolean {
  return path === "/" || path.startsWith("/markets") || path.startsWith("/assets/");
}

/** Shows its content to who is signed in; asks everybody else to sign in. */
export function RequireSession({ children, isAdmin }: { children: (user: Me) => ReactNode; isAdmin?: boolean }) {
  const t = useTranslations("session");
  const path = usePathname();
  const state = useSession();
  if (state.status === "unknown") {
    return (
      <div className="space-y-4" role="status" aria-label={t("checking")}>
        <Skeleton className="h-8 w-48" />
        <Skeleton className="h-40 w-full" />
        <Skeleton className="h-64 w-full" />
      </div>
    );
  }
  if (state.status === "active" && (!isAdmin || state.user.role === "admin")) return children(state.user);
  const kind = state.status === "active" ? "forbidden" : state.status === "expired" ? "expired" : "needed";
  return (
    <div className="card mx-auto mt-10 max-w-md p-6 text-center">
      <h1 className="font-semibold text-lg">{t(`${kind}Title`)}</h1>
      <p className="mt-2 text-muted">{t(`${kind}Text`)}</p>
      {kind === "forbidden" ? (
        <Button asChild className="mt-5">
          <Link href="/">{t("home")}</Link>
        </Button>
      ) : (
        <div className="mt-5 flex justify-center gap-2">
          <Button asChild tone="primary">
            <Link href={signInAddress(path)}>{t("signIn")}</Link>
          </Button>
          {kind === "needed" ? (
            <Button asChild>
              <Link href="/register">{t("signUp")}</Link>
            </Button>
          ) : null}
        </div>
      )}
    </div>
  );
}
