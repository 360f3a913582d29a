import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps } from "react";
import { classes } from "@/lib/classes";

const variants = cva(
  "inline-flex items-center gap-1 whitespace-nowrap rounded-full px-2 py-0.5 font-medium text-xs leading-4 [&_svg]:size-3",
  {
    variants: {
      tone: {
        neutral: "bg-raised text-muted",
        accent: "bg-accent-soft text-accent",
        up: "bg-up-soft text-up",
        down: "bg-down-soft text-down",
        warn: "bg-warn-soft text-warn",
      },
    },
    defaultVariants: { tone: "neutral" },
  },
);

export type Tone = NonNullable<VariantProps<typeof variants>["tone"]>;

/** A state in a word. */
export function Badge({ tone, className, ...rest }: ComponentProps<"span"> & { tone?: Tone }) {
  return <span className={classes(variants({ tone }), className)} {...rest} />;
}
