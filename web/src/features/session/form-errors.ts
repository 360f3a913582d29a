"use client";
import { useTranslations } from "next-intl";
import type { FieldValues, Path, UseFormSetError } from "react-hook-form";
import { ApiError } from "@/lib/api/errors";
import { useProblem } from "./problem";

/**
 * Puts what the server said about fields beside these fields; returns what is left to say about the form as a whole.
 */
export function useServerErrors<T extends FieldValues>(
  setError: UseFormSetError<T>,
  places: Readonly<Record<string, Path<T>>>,
): (error: unknown) => string | null {
  const t = useTranslations("problems");
  const problem = useProblem();
  return (error) => {
    if (!(error instanceof ApiError) || Object.keys(error.fields).length === 0) return problem(error);
    const unplaced: string[] = [];
    for (const [field, reasons] of Object.entries(error.fields)) {
      const place = places[field];
      if (place) setError(place, { type: "server", message: t("field", { reason: reasons.join("; ") }) });
      else unplaced.push(`${field} ${reasons.join("; ")}`);
    }
    return unplaced.length > 0 ? t("fields", { fields: unplaced.join("; ") }) : null;
  };
}
