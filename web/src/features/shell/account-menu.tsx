"use client";
import { Languages, LogOut, Monitor, Moon, Settings, Sun, User } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "next-intl";
import { useTheme } from "next-themes";
import { Button } from "@/components/ui/button";
import { Menu, MenuItem, MenuLine } from "@/components/ui/menu";
import { useSession } from "@/features/session/session-provider";
import { rememberLocale } from "@/i18n/remember";
import { session } from "@/lib/api/session";

const THEMES = [
  { name: "light", icon: Sun },
  { name: "dark", icon: Moon },
  { name: "system", icon: Monitor },
] as const;

/** Theme and language, for everybody. */
export function DisplayMenu() {
  const t = useTranslations("shell");
  const locale = useLocale();
  const router = useRouter();
  const { setTheme } = useTheme();
  return (
    <Menu
      trigger={
        <Button tone="ghost" size="icon" aria-label={t("display")}>
          <Sun className="dark:hidden" aria-hidden />
          <Moon className="hidden dark:block" aria-hidden />
        </Button>
      }
    >
      {THEMES.map(({ name, icon: Icon }) => (
        <MenuItem key={name} onSelect={() => setTheme(name)}>
          <Icon aria-hidden />
          {t(`theme_${name}`)}
        </MenuItem>
      ))}
      <MenuLine />
      <MenuItem
        lang={locale === "en" ? "fr" : "en"}
        onSelect={() => {
          rememberLocale(locale === "en" ? "fr" : "en");
          router.refresh();
        }}
      >
        <Languages aria-hidden />
        {t("otherLanguage")}
      </MenuItem>
    </Menu>
  );
}

/** Who is signed in, or the way in. */
export function AccountMenu() {
  const t = useTranslations("shell");
  const router = useRouter();
  const state = useSession();
  if (state.status === "unknown") return <span className="size-9" aria-hidden />;
  if (state.status !== "active") {
    return (
      <>
        <Button asChild tone="ghost" className="hidden sm:inline-flex">
          <Link href="/login">{t("signIn")}</Link>
        </Button>
        <Button asChild tone="primary">
          <Link href="/register">{t("signUp")}</Link>
        </Button>
      </>
    );
  }
  const { name, email } = state.user;
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={t("account", { name })}
          className="flex size-8 items-center justify-center rounded-full bg-accent-soft font-semibold text-accent text-xs uppercase"
        >
          {name.trim().slice(0, 1)}
        </button>
      }
    >
      <div className="px-2.5 py-2">
        <p className="font-medium">{name}</p>
        <p className="text-[0.8125rem] text-faint">{email}</p>
      </div>
      <MenuLine />
      <MenuItem asChild>
        <Link href="/settings">
          <User aria-hidden />
          {t("profile")}
        </Link>
      </MenuItem>
      <MenuItem asChild>
        <Link href="/settings/security">
          <Settings aria-hidden />
          {t("security")}
        </Link>
      </MenuItem>
      <MenuLine />
      <MenuItem
        onSelect={() => {
          void session.end().finally(() => router.push("/"));
        }}
      >
        <LogOut aria-hidden />
        {t("signOut")}
      </MenuItem>
    </Menu>
  );
}
