"use client";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { FieldValues, Path, UseFormSetError } from "react-hook-form";
import { ApiError } from "@/lib/api/errors";
import { useProblem, useReason } from "./problem";

/**
 * Puts what the server said about fields beside these fields; returns what is left to say about the form as a whole.
 * A reason that the catalogues don't know is marked as English.
 */
export function useServerErrors<T extends FieldValues>(
  setError: UseFormSetError<T>,
  places: Readonly<Record<string, Path<T>>>,
): (error: unknown) => ReactNode {
  const t = useTranslations("problems");
  const problem = useProblem();
  const reasonOf = useReason();
  return (error) => {
    if (!(error instanceof ApiError) || Object.keys(error.fields).length === 0) return problem(error);
    const foreign: string[] = [];
    for (const [field, reasons] of Object.entries(error.fields)) {
      const place = places[field];
      const known = reasons.flatMap((reason) => reasonOf(reason) ?? []);
      const isKnown = place && known.length === reasons.length;
      if (place) setError(place, { type: "server", message: isKnown ? known.join(" ") : t("refusedField") });
      if (!isKnown) foreign.push(`${field} ${reasons.join("; ")}`);
    }
    if (foreign.length === 0) return null;
    return (
      <>
        {t("saidInEnglish")} <span lang="en">{foreign.join("; ")}</span>
      </>
    );
  };
}
