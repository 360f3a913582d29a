"use client";
import { useTranslations } from "next-intl";
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from "./passwords";

/** Says what is wrong with a field: our own words for our own checks, the server's for the server's. */
export function useFormProblem(): (message: string | undefined) => string | undefined {
  const t = useTranslations("formProblems");
  return (message) => {
    if (message === "passwordLength") return t("passwordLength", { least: SHORTEST_PASSWORD, most: LONGEST_PASSWORD });
    if (message === "required" || message === "email") return t(message);
    return message;
  };
}
