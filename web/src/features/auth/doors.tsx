"use client";
import Link from "next/link";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { DisplayMenu } from "@/features/shell/account-menu";
import { FeedState } from "@/features/shell/feed-state";
import { Logo } from "@/features/shell/logo";

/** The frame of the pages through which one comes in. */
export function Doors({ children }: { children: ReactNode }) {
  const t = useTranslations("shell");
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex h-14 items-center justify-between gap-3 px-4">
        <Link href="/" className="flex items-center gap-2 rounded-md font-semibold text-base tracking-tight">
          <Logo className="size-6 text-accent" />
          {t("brand")}
        </Link>
        <div className="flex items-center gap-2">
          <FeedState />
          <DisplayMenu />
        </div>
      </header>
      <main className="mx-auto flex w-full max-w-md flex-1 flex-col justify-center px-4 pb-24">
        <div className="card p-6 sm:p-8">{children}</div>
      </main>
    </div>
  );
}

/** What a door is for. */
export function DoorHead({ title, text }: { title: ReactNode; text?: ReactNode }) {
  return (
    <div className="mb-5">
      <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
      {text ? <p className="mt-1 text-muted">{text}</p> : null}
    </div>
  );
}

/** What went wrong with the form as a whole. */
export function Failure({ children }: { children: ReactNode }) {
  return children ? (
    <p role="alert" className="rounded-md bg-down-soft px-3 py-2 text-down">
      {children}
    </p>
  ) : null;
}
