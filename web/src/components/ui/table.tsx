import type { ComponentProps } from "react";
import { classes } from "@/lib/classes";

/** A table that scrolls sideways by itself where it does not fit. */
export function Table({ className, label, ...rest }: ComponentProps<"table"> & { label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="relative overflow-x-auto" tabIndex={0} aria-label={label}>
      <table className={classes("w-full border-collapse text-left", className)} {...rest} />
    </section>
  );
}

/** A heading of a column. */
export function Th({ className, isNumeric, ...rest }: ComponentProps<"th"> & { isNumeric?: boolean }) {
  return (
    <th
      scope="col"
      className={classes(
        "h-9 whitespace-nowrap border-b px-2 font-medium text-faint text-xs first:pl-3 last:pr-3 sm:px-3 sm:last:pr-4 sm:first:pl-4",
        isNumeric && "text-right",
        className,
      )}
      {...rest}
    />
  );
}

/** A cell. */
export function Td({ className, isNumeric, ...rest }: ComponentProps<"td"> & { isNumeric?: boolean }) {
  return (
    <td
      className={classes(
        "h-11 whitespace-nowrap border-b px-2 py-1.5 first:pl-3 last:pr-3 sm:px-3 sm:last:pr-4 sm:first:pl-4 [tr:last-child>&]:border-b-0",
        isNumeric && "numeric text-right",
        className,
      )}
      {...rest}
    />
  );
}
