"use client";
import { ToggleGroup } from "radix-ui";
import type { ReactNode } from "react";
import { classes } from "@/lib/classes";

export interface SegmentedProps<T extends string> {
  value: T;
  onChange: (value: T) => void;
  label: string;
  options: readonly { value: T; label: ReactNode }[];
  className?: string;
}

/** A few choices side by side, one of them taken. */
export function Segmented<T extends string>({ value, onChange, label, options, className }: SegmentedProps<T>) {
  return (
    <ToggleGroup.Root
      type="single"
      value={value}
      aria-label={label}
      onValueChange={(next) => {
        const option = options.find((option) => option.value === next);
        if (option) onChange(option.value);
      }}
      className={classes("inline-flex max-w-full overflow-x-auto rounded-md bg-raised p-0.5", className)}
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          className="numeric h-7 min-w-8 shrink-0 grow rounded-[5px] px-2 sm:min-w-9 sm:px-2.5 font-medium text-[0.8125rem] text-muted outline-offset-[-2px]! hover:text-text data-[state=on]:bg-surface data-[state=on]:text-text data-[state=on]:shadow-sm dark:data-[state=on]:bg-edge/50"
        >
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
