"use client";
import {
  Bell,
  BriefcaseBusiness,
  CandlestickChart,
  Gauge,
  LayoutDashboard,
  ListOrdered,
  type LucideIcon,
  Menu as MenuIcon,
  Settings,
  Shield,
} from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { useSession } from "@/features/session/session-provider";
import { classes } from "@/lib/classes";

interface Place {
  href: string;
  key: "dashboard" | "markets" | "alerts" | "portfolio" | "watchlists" | "notifications" | "settings" | "admin";
  icon: LucideIcon;
}

const PLACES: readonly Place[] = [
  { href: "/", key: "dashboard", icon: LayoutDashboard },
  { href: "/markets", key: "markets", icon: CandlestickChart },
  { href: "/alerts", key: "alerts", icon: Gauge },
  { href: "/portfolio", key: "portfolio", icon: BriefcaseBusiness },
  { href: "/watchlists", key: "watchlists", icon: ListOrdered },
  { href: "/notifications", key: "notifications", icon: Bell },
];
const OWN: readonly Place[] = [{ href: "/settings", key: "settings", icon: Settings }];
const ADMIN: Place = { href: "/admin", key: "admin", icon: Shield };
/** How many places fit at the foot of a phone. */
const AT_THE_FOOT = 4;

function isHere(path: string, href: string): boolean {
  if (href === "/") return path === "/";
  return path === href || path.startsWith(`${href}/`) || (href === "/markets" && path.startsWith("/assets/"));
}

function usePlaces(): readonly Place[] {
  const session = useSession();
  const isAdmin = session.status === "active" && session.user.role === "admin";
  return [...PLACES, ...OWN, ...(isAdmin ? [ADMIN] : [])];
}

/** All places, at the side of a wide screen. */
export function Sidebar() {
  const t = useTranslations("navigation");
  const path = usePathname();
  return (
    <nav aria-label={t("label")} className="hidden w-48 shrink-0 border-r px-3 lg:block">
      <ul className="sticky top-14 flex flex-col gap-0.5 py-4">
        {usePlaces().map(({ href, key, icon: Icon }) => (
          <li key={href}>
            <Link
              href={href}
              aria-current={isHere(path, href) ? "page" : undefined}
              className="flex h-9 items-center gap-2.5 rounded-md px-2.5 font-medium text-muted hover:bg-raised hover:text-text aria-[current]:bg-accent-soft aria-[current]:text-accent"
            >
              <Icon className="size-4" aria-hidden />
              {t(key)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** The first places at the foot of a phone's screen, the others in a menu. */
export function FootBar() {
  const t = useTranslations("navigation");
  const path = usePathname();
  const places = usePlaces();
  const item =
    "flex h-14 w-full flex-col items-center justify-center gap-0.5 text-[0.6875rem] font-medium text-muted aria-[current]:text-accent";
  return (
    <nav
      aria-label={t("label")}
      className="fixed inset-x-0 bottom-0 z-30 border-t bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden"
    >
      <ul className="grid grid-cols-5">
        {places.slice(0, AT_THE_FOOT).map(({ href, key, icon: Icon }) => (
          <li key={href}>
            <Link href={href} aria-current={isHere(path, href) ? "page" : undefined} className={item}>
              <Icon className="size-5" aria-hidden />
              {t(key)}
            </Link>
          </li>
        ))}
        <li>
          <Menu
            trigger={
              <Button tone="ghost" className={classes(item, "rounded-none px-0 [&_svg]:size-5")}>
                <MenuIcon aria-hidden />
                {t("more")}
              </Button>
            }
          >
            {places.slice(AT_THE_FOOT).map(({ href, key, icon: Icon }) => (
              <MenuItem key={href} asChild>
                <Link href={href}>
                  <Icon aria-hidden />
                  {t(key)}
                </Link>
              </MenuItem>
            ))}
          </Menu>
        </li>
      </ul>
    </nav>
  );
}
