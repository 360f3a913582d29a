"use client";
import { useTranslations } from "next-intl";
import { Badge, type Tone } from "@/components/ui/badge";
import { Tooltip } from "@/components/ui/tooltip";
import { useMarketStatus } from "@/features/market/queries";
import { useStreamStatus } from "@/lib/live/hooks";

/** Where prices come from, and whether they come. */
export function FeedState() {
  const t = useTranslations("feed");
  const status = useMarketStatus();
  const stream = useStreamStatus();
  const providers = status.data?.providers ?? [];
  const live = providers.filter((provider) => provider.state === "live").length;
  const tone: Tone = !status.data ? "neutral" : live === 0 ? "down" : live < providers.length ? "warn" : "up";
  const word = !status.data ? "unknown" : live === 0 ? "down" : live < providers.length ? "degraded" : "live";
  const kind = providers.some((provider) => provider.name === "replay")
    ? "replayed"
    : providers.some((provider) => provider.name === "tail")
      ? "fromFile"
      : "simulated";
  return (
    <div className="flex items-center gap-1.5">
      {status.data?.simulated ? (
        <Badge tone="accent">
          <span className="max-[26rem]:hidden">{t(kind)}</span>
          <span className="min-[26rem]:hidden">{t(`${kind}Short`)}</span>
        </Badge>
      ) : null}
      <Tooltip
        text={
          <span className="block space-y-0.5">
            {providers.map((provider) => (
              <span key={provider.name} className="block">
                {t("provider", { name: provider.name, state: t(`state_${provider.state}`) })}
                {provider.error ? ` (${provider.error})` : ""}
              </span>
            ))}
            <span className="block">{t(`stream_${stream}`)}</span>
          </span>
        }
      >
        <button type="button" className="flex min-h-6 min-w-6 items-center justify-center rounded-full">
          <Badge tone={tone}>
            <span aria-hidden className="size-1.5 rounded-full bg-current" />
            <span className="max-[26rem]:sr-only">{t(word)}</span>
          </Badge>
        </button>
      </Tooltip>
    </div>
  );
}
