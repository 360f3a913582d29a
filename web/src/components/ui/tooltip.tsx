"use client";
import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";

export const TooltipProvider = Radix.Provider;

/** Says more about what it wraps, on hover and on focus. */
export function Tooltip({ text, children }: { text: ReactNode; children: ReactNode }) {
  return (
    <Radix.Root delayDuration={250}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          sideOffset={6}
          collisionPadding={8}
          className="appear z-50 max-w-72 rounded-md bg-text px-2.5 py-1.5 text-background text-xs leading-snug shadow-lg"
        >
          {text}
          <Radix.Arrow className="fill-text" />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
