"use client";
import { Switch as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { classes } from "@/lib/classes";

/** On or off, at once. */
export function Switch({ className, ...rest }: ComponentProps<typeof Radix.Root>) {
  return (
    <Radix.Root
      className={classes(
        "relative h-6 w-10 shrink-0 align-middle rounded-full bg-edge transition-colors disabled:opacity-50 data-[state=checked]:bg-accent-solid",
        className,
      )}
      {...rest}
    >
      <Radix.Thumb className="block size-5 translate-x-0.5 rounded-full bg-white shadow transition-transform data-[state=checked]:translate-x-[1.125rem] dark:data-[state=checked]:bg-on-accent" />
    </Radix.Root>
  );
}
