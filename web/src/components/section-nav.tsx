"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";

export interface SectionNavProps {
  label: string;
  places: readonly { href: string; name: string }[];
}

/** On a phone the tab of the page may lie outside of what is seen. */
function bringIntoView(tab: HTMLElement | null): void {
  tab?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** The parts of a section, as tabs that are pages. */
export function SectionNav({ label, places }: SectionNavProps) {
  const path = usePathname();
  return (
    <nav aria-label={label} className="mb-4 flex gap-1 overflow-x-auto border-b">
      {places.map(({ href, name }) => (
        <Link
          key={href}
          href={href}
          ref={path === href ? bringIntoView : undefined}
          aria-current={path === href ? "page" : undefined}
          className="-mb-px flex h-10 shrink-0 items-center border-transparent border-b-2 px-3 font-medium text-muted outline-offset-[-2px]! hover:text-text aria-[current]:border-accent aria-[current]:text-text"
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}
