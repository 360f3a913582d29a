"use client";
import { useLocale, useTranslations } from "next-intl";
import { ApiError } from "@/lib/api/errors";
import { formatQuantity } from "@/lib/format";
import { knownReason } from "./reasons";

/** Codes of failures that the catalogues have a sentence for. */
const KNOWN = [
  "account_disabled",
  "alert_expired",
  "alert_quota_reached",
  "below_min_notional",
  "busy",
  "cannot_change_yourself",
  "client_order_id_reused",
  "conflict",
  "email_unverified",
  "forbidden",
  "idempotency_in_progress",
  "insufficient_funds",
  "insufficient_holding",
  "internal",
  "invalid_credentials",
  "invalid_token",
  "last_admin",
  "limit_reached",
  "locked_out",
  "max_slippage_exceeded",
  "mfa_enabled",
  "name_taken",
  "no_enrolment",
  "no_price",
  "not_found",
  "offline",
  "order_final",
  "origin_not_allowed",
  "otp_required",
  "portfolio_busy",
  "session_ended",
  "stale_price",
  "too_many_requests",
  "unauthorized",
  "unavailable",
  "validation_failed",
  "version_conflict",
] as const;

/** In seconds. */
const MINUTE = 60;

type Known = (typeof KNOWN)[number];

function isKnown(code: string): code is Known {
  return KNOWN.some((known) => known === code);
}

/** Says in the reader's language why a value was refused; null where the catalogues have no words for it. */
export function useReason(): (reason: string) => string | null {
  const t = useTranslations("reasons");
  const locale = useLocale();
  return (reason) => {
    const known = knownReason(reason);
    return known && t(known.key, { count: formatQuantity(locale, known.count || "0") });
  };
}

/** Says in the reader's language what went wrong. */
export function useProblem(): (error: unknown) => string {
  const t = useTranslations("problems");
  const reasonOf = useReason();
  return (error) => {
    if (!(error instanceof ApiError)) return t("unexpected");
    if (error.code === "validation_failed") {
      const reasons = Object.entries(error.fields).flatMap(([field, all]) => all.map((why) => ({ field, why })));
      const known = reasons.flatMap(({ why }) => reasonOf(why) ?? []);
      if (reasons.length > 0 && known.length === reasons.length) return [...new Set(known)].join(" ");
      const told = reasons.map(({ field, why }) => `${field} ${why}`);
      return told.length > 0 ? t("fields", { fields: told.join("; ") }) : t("validation_failed");
    }
    if (error.retryAfterSeconds) {
      const seconds = error.retryAfterSeconds;
      const minutes = Math.ceil(seconds / MINUTE);
      if (error.code === "locked_out") return t("lockedFor", { minutes });
      if (error.code === "too_many_requests") {
        return seconds < 2 * MINUTE ? t("waitFor", { seconds }) : t("waitForMinutes", { minutes });
      }
    }
    return isKnown(error.code) ? t(error.code) : t("said", { message: error.message });
  };
}
