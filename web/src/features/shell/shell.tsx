"use client";
import Link from "next/link";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { NotificationBell } from "@/features/notifications/bell";
import { AccountMenu, DisplayMenu } from "./account-menu";
import { FeedState } from "./feed-state";
import { Logo } from "./logo";
import { FootBar, Sidebar } from "./navigation";
import { Notices } from "./notices";
import { SearchButton } from "./search";

/** The frame of every page but the doors. */
export function Shell({ children }: { children: ReactNode }) {
  const t = useTranslations("shell");
  return (
    <>
      <a
        href="#content"
        className="-translate-y-20 fixed top-2 left-2 z-[70] rounded-md bg-accent-solid px-4 py-2 font-medium text-on-accent focus:translate-y-0"
      >
        {t("skip")}
      </a>
      <header className="sticky top-0 z-30 box-border h-14 border-b bg-surface">
        <div className="flex h-full items-center gap-2 px-3 sm:px-5">
          <Link href="/" className="flex items-center gap-2 rounded-md pr-2 font-semibold text-base tracking-tight">
            <Logo className="size-6 text-accent" />
            <span className="hidden sm:inline">{t("brand")}</span>
            <span className="sr-only sm:hidden">{t("brand")}</span>
          </Link>
          <FeedState />
          <div className="ml-auto flex items-center gap-1.5">
            <SearchButton />
            <NotificationBell />
            <DisplayMenu />
            <AccountMenu />
          </div>
        </div>
      </header>
      <div className="flex min-h-[calc(100dvh-3.5rem)]">
        <Sidebar />
        <main
          id="content"
          tabIndex={-1}
          className="mx-auto w-full min-w-0 max-w-[150rem] px-3 pt-4 pb-24 outline-none sm:px-5 lg:pb-10"
        >
          <Notices />
          {children}
        </main>
      </div>
      <FootBar />
    </>
  );
}
