"use client";
import { useLocale } from "next-intl";
import { classes } from "@/lib/classes";
import { directionOf, formatMoney } from "@/lib/format";

/** A profit or a loss. */
export function Gain({ amount, className }: { amount: string | null; className?: string }) {
  const locale = useLocale();
  const direction = directionOf(amount);
  return (
    <span
      className={classes(
        "numeric whitespace-nowrap",
        direction === "up" && "text-up",
        direction === "down" && "text-down",
        className,
      )}
    >
      {formatMoney(locale, amount, { isSigned: true })}
    </span>
  );
}
