"use client";
import { useLocale, useTranslations } from "next-intl";
import { Badge, type Tone } from "@/components/ui/badge";
import type { Delivery } from "@/lib/api/types";
import { formatMoment } from "@/lib/time";
import { deliveryReason } from "./delivery-reasons";

/** How a state is coloured. */
export const STATE_TONES: Record<Delivery["state"], Tone> = {
  pending: "warn",
  sent: "up",
  failed: "down",
  suppressed: "neutral",
};

/** Per channel: how it stands, how often it was tried, and what went wrong. */
export function Deliveries({ deliveries }: { deliveries: readonly Delivery[] }) {
  const t = useTranslations("deliveries");
  const locale = useLocale();
  return (
    <ul className="mt-2 space-y-1 rounded-md bg-background p-3 text-[0.8125rem]">
      {deliveries.map((delivery) => (
        <li key={delivery.channel} className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="w-20 font-medium">{t(`channel_${delivery.channel}`)}</span>
          <Badge tone={STATE_TONES[delivery.state]}>{t(`state_${delivery.state}`)}</Badge>
          <span className="text-muted">{t("attempts", { count: delivery.attempts })}</span>
          {delivery.sent_at ? (
            <span className="numeric text-muted">{formatMoment(locale, delivery.sent_at)}</span>
          ) : null}
          {delivery.next_attempt_at ? (
            <span className="numeric text-muted">
              {t("next", { moment: formatMoment(locale, delivery.next_attempt_at) ?? "" })}
            </span>
          ) : null}
          {delivery.last_error ? (
            <span className={delivery.state === "suppressed" ? "text-muted" : "text-down"}>
              <Reason text={delivery.last_error} />
            </span>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

/** Every try of a delivery, and what is planned. */
export function Attempts({ delivery }: { delivery: Delivery }) {
  const t = useTranslations("deliveries");
  const locale = useLocale();
  return (
    <ul className="space-y-1">
      {delivery.history.map((attempt) => (
        <li key={attempt.started_at} className="flex flex-wrap gap-x-3 gap-y-1">
          <span className="numeric text-muted">{formatMoment(locale, attempt.started_at)}</span>
          <span>{t(`outcome_${outcomeOf(attempt.outcome)}`)}</span>
          {attempt.error ? (
            <span className={attempt.outcome === "suppressed" ? "text-muted" : "text-down"}>
              <Reason text={attempt.error} />
            </span>
          ) : null}
        </li>
      ))}
      {delivery.history.length === 0 && delivery.last_error ? (
        <li>
          <Reason text={delivery.last_error} />
        </li>
      ) : null}
      {delivery.history.length === 0 && !delivery.last_error ? <li className="text-faint">{t("notTried")}</li> : null}
      {delivery.next_attempt_at ? (
        <li className="numeric text-muted">
          {t("next", { moment: formatMoment(locale, delivery.next_attempt_at) ?? "" })}
        </li>
      ) : null}
    </ul>
  );
}

/** What went wrong, in the reader's language where the catalogues have words for it; else as it came, marked as English. */
function Reason({ text }: { text: string }) {
  const t = useTranslations("deliveries");
  const reason = deliveryReason(text);
  if (!reason) return <span lang="en">{text}</span>;
  const { key, code, tries } = reason;
  const why = t(`reason_${key}`, { code });
  return tries === null ? why : t("givenUp", { count: tries, reason: why });
}

function outcomeOf(outcome: string): "sent" | "temporary" | "permanent" | "suppressed" {
  return outcome === "sent" || outcome === "permanent" || outcome === "suppressed" ? outcome : "temporary";
}
