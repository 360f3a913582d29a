"use client";
import { useLocale, useTranslations } from "next-intl";
import { Badge, type Tone } from "@/components/ui/badge";
import type { Delivery } from "@/lib/api/types";
import { formatMoment } from "@/lib/time";

const TONES: Record<Delivery["state"], Tone> = { pending: "warn", sent: "up", failed: "down", suppressed: "neutral" };

/** Per channel: how it stands, how often it was tried, and what went wrong. */
export function Deliveries({ deliveries }: { deliveries: readonly Delivery[] }) {
  const t = useTranslations("deliveries");
  const locale = useLocale();
  return (
    <ul className="mt-2 space-y-1 rounded-md bg-background p-3 text-[0.8125rem]">
      {deliveries.map((delivery) => (
        <li key={delivery.channel} className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="w-20 font-medium">{t(`channel_${delivery.channel}`)}</span>
          <Badge tone={TONES[delivery.state]}>{t(`state_${delivery.state}`)}</Badge>
          <span className="text-muted">{t("attempts", { count: delivery.attempts })}</span>
          {delivery.sent_at ? (
            <span className="numeric text-muted">{formatMoment(locale, delivery.sent_at)}</span>
          ) : null}
          {delivery.next_attempt_at ? (
            <span className="numeric text-muted">
              {t("next", { moment: formatMoment(locale, delivery.next_attempt_at) ?? "" })}
            </span>
          ) : null}
          {delivery.last_error ? <span className="text-down">{delivery.last_error}</span> : null}
        </li>
      ))}
    </ul>
  );
}
