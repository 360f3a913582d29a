"use client";
import { Tooltip as Radix } from "radix-ui";
import { type PointerEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { classes } from "@/lib/classes";

export const TooltipProvider = Radix.Provider;

const DELAY_MS = 250;

/** Says more about what it wraps, on hover and on focus. */
export function Tooltip({ text, children }: { text: ReactNode; children: ReactNode }) {
  return (
    <Radix.Root delayDuration={DELAY_MS}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Bubble>{text}</Bubble>
    </Radix.Root>
  );
}

/**
 * The same for things of which a page shows hundreds: all that there is of it, until it is pointed at or focused, is one
 * element. It is in the order of the tab key.
 */
export function LightTooltip({
  text,
  className,
  children,
}: {
  text: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const enter = (event: PointerEvent) => {
    if (event.pointerType !== "touch") timer.current = setTimeout(() => setOpen(true), DELAY_MS);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing at it only tells more
    <span
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what it says must be reachable by keyboard
      tabIndex={0}
      aria-describedby={isOpen ? id : undefined}
      className={classes("relative", className)}
      onPointerEnter={enter}
      onPointerLeave={() => clearTimeout(timer.current)}
      onFocus={() => setOpen(true)}
      onBlur={() => setOpen(false)}
    >
      {children}
      {isOpen ? (
        <Radix.Root open onOpenChange={setOpen}>
          <Radix.Trigger asChild>
            <span aria-hidden className="absolute inset-0" />
          </Radix.Trigger>
          <Bubble>
            <span id={id}>{text}</span>
          </Bubble>
        </Radix.Root>
      ) : null}
    </span>
  );
}

function Bubble({ children }: { children: ReactNode }) {
  return (
    <Radix.Portal>
      <Radix.Content
        sideOffset={6}
        collisionPadding={8}
        className="appear z-50 max-w-72 rounded-md bg-text px-2.5 py-1.5 text-background text-xs leading-snug shadow-lg"
      >
        {children}
        <Radix.Arrow className="fill-text" />
      </Radix.Content>
    </Radix.Portal>
  );
}
