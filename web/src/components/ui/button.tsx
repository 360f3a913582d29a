import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { classes } from "@/lib/classes";

const variants = cva(
  "inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors disabled:cursor-not-allowed disabled:opacity-55 aria-busy:cursor-progress [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      tone: {
        primary: "bg-accent-solid text-on-accent hover:brightness-110",
        plain: "border border-line bg-surface text-text hover:bg-raised",
        ghost: "text-muted hover:bg-raised hover:text-text",
        danger: "border border-line bg-surface text-down hover:bg-down-soft",
        buy: "bg-up text-surface hover:brightness-110",
        sell: "bg-down text-surface hover:brightness-110",
      },
      size: { small: "h-8 px-2.5 text-[0.8125rem]", normal: "h-9 px-3.5", large: "h-11 px-5", icon: "size-9" },
    },
    defaultVariants: { tone: "plain", size: "normal" },
  },
);

export type ButtonProps = ComponentProps<"button"> &
  VariantProps<typeof variants> & { asChild?: boolean; isBusy?: boolean };

/** A button; with `asChild` its child looks like one. */
export function Button({ className, tone, size, asChild, isBusy, disabled, type, ...rest }: ButtonProps) {
  const Element = asChild ? Slot.Root : "button";
  return (
    <Element
      className={classes(variants({ tone, size }), className)}
      aria-busy={isBusy || undefined}
      {...(asChild ? {} : { type: type ?? "button", disabled: disabled || isBusy })}
      {...rest}
    />
  );
}
