"use client";
import { useTranslations } from "next-intl";
import { Badge, type Tone } from "@/components/ui/badge";
import { Tooltip } from "@/components/ui/tooltip";
import { useMarketStatus } from "@/features/market/queries";
import { useStreamLost, useStreamStatus } from "@/lib/live/hooks";

const TONES = {
  live: "up",
  degraded: "warn",
  interrupted: "warn",
  down: "down",
  unknown: "neutral",
} as const satisfies Record<string, Tone>;

/** Where prices come from, and whether they come. */
export function FeedState() {
  const t = useTranslations("feed");
  const status = useMarketStatus();
  const stream = useStreamStatus();
  const providers = status.data?.providers ?? [];
  const live = providers.filter((provider) => provider.state === "live").length;
  const word = useStreamLost() ? "interrupted" : status.data ? feedWord(live, providers.length) : "unknown";
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
          <Badge tone={TONES[word]}>
            <span aria-hidden className="size-1.5 rounded-full bg-current" />
            <span className="max-[26rem]:sr-only">{t(word)}</span>
          </Badge>
        </button>
      </Tooltip>
    </div>
  );
}

function feedWord(live: number, providers: number): "live" | "degraded" | "down" {
  if (live === 0) return "down";
  return live < providers ? "degraded" : "live";
}
