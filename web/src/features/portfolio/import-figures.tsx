"use client";
import { useLocale, useTranslations } from "next-intl";
import { type ReactNode, useEffect, useRef } from "react";
import type { Import } from "@/lib/api/types";
import { formatCount, formatMoney } from "@/lib/format";

/** The head of a step that follows another: it takes the focus, so that it is read out and seen. */
export function StepHead({ children }: { children: ReactNode }) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), []);
  return (
    <h2 ref={head} tabIndex={-1} className="font-semibold text-[0.9375rem] leading-tight outline-none">
      {children}
    </h2>
  );
}

/** How many rows, and what they do to the cash. */
export function ImportFigures({ of, more = [] }: { of: Import; more?: readonly [string, ReactNode][] }) {
  const t = useTranslations("import");
  const locale = useLocale();
  const figures: readonly [string, ReactNode][] = [
    [t(of.preview ? "new" : "booked"), formatCount(locale, of.new)],
    [t("known"), formatCount(locale, of.known)],
    ...(of.preview
      ? [
          [
            t("wrong"),
            <span key="wrong" className={of.wrong > 0 ? "text-down" : ""}>
              {formatCount(locale, of.wrong)}
            </span>,
          ] as [string, ReactNode],
        ]
      : []),
    [t("deposit"), formatMoney(locale, of.deposit)],
    [t("withdrawal"), formatMoney(locale, of.withdrawal)],
    ...more,
  ];
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-3 lg:grid-cols-6">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt className="text-faint text-xs">{name}</dt>
          <dd className="numeric font-medium">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
