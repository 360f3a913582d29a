"use client";
import { Clock } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { LightTooltip } from "@/components/ui/tooltip";
import { classes } from "@/lib/classes";
import { directionOf, formatChange, formatPrice } from "@/lib/format";
import { useLivePrice } from "@/lib/live/hooks";
import { formatAgo, formatMoment } from "@/lib/time";

export interface PriceSource {
  asset_id: string;
  price: string | null;
  source?: string | null;
  updated_at: string | null;
  stale: boolean;
}

/** The newer of what was asked for and what the stream said. */
export function useNewestPrice(asset: PriceSource) {
  const live = useLivePrice(asset.asset_id);
  const isLiveNewer = live && (!asset.updated_at || Date.parse(live.event_at) >= Date.parse(asset.updated_at));
  if (live && isLiveNewer) {
    // The same price may have grown old since the stream told it.
    const stale = live.stale || (asset.stale && live.event_at === asset.updated_at);
    return {
      ...live,
      stale,
      at: live.event_at,
      price: live.price as string | null,
      source: live.source as string | null,
    };
  }
  return {
    price: asset.price,
    at: asset.updated_at,
    source: asset.source ?? null,
    stale: asset.stale,
    move: null,
    changes: 0,
  };
}

/** A live price that flashes when it moves; who said it and when is told on hover and focus. */
export function LivePriceText({ asset, className }: { asset: PriceSource; className?: string }) {
  const locale = useLocale();
  const newest = useNewestPrice(asset);
  return (
    <Provenance source={newest.source} at={newest.at} isStale={newest.stale}>
      <span
        key={newest.changes}
        className={classes(
          "numeric inline-flex items-center gap-1 rounded px-1 -mx-1",
          newest.changes > 0 && newest.move === "up" && "flash-up",
          newest.changes > 0 && newest.move === "down" && "flash-down",
          newest.stale && "text-faint",
          className,
        )}
      >
        {newest.stale ? <Clock className="size-3" aria-hidden /> : null}
        {formatPrice(locale, newest.price)}
      </span>
    </Provenance>
  );
}

/** Tells where a price comes from. */
export function Provenance({
  source,
  at,
  isStale,
  children,
}: {
  source: string | null | undefined;
  at: string | null;
  isStale: boolean;
  children: ReactNode;
}) {
  const t = useTranslations("price");
  return (
    <LightTooltip
      text={<ProvenanceText source={source} at={at} isStale={isStale} />}
      className="cursor-default rounded"
    >
      {children}
      {isStale ? <span className="sr-only"> {t("stale")}</span> : null}
    </LightTooltip>
  );
}

/** Put into words only while it is seen: a list of prices would write a hundred of them with every tick. */
function ProvenanceText({
  source,
  at,
  isStale,
}: {
  source: string | null | undefined;
  at: string | null;
  isStale: boolean;
}) {
  const t = useTranslations("price");
  const locale = useLocale();
  if (!at) return t("never");
  return t(isStale ? "staleSince" : "from", {
    source: source ?? t("unknownSource"),
    moment: formatMoment(locale, at) ?? "",
    age: formatAgo(locale, at, Date.now()),
  });
}

/** A change in percent: sign, arrow and colour say the same. */
export function ChangeText({ value, className }: { value: number | null | undefined; className?: string }) {
  const locale = useLocale();
  // What is shown as 0.00 % has no direction.
  const direction = directionOf(value?.toFixed(2));
  return (
    <span
      className={classes(
        "numeric whitespace-nowrap",
        direction === "up" && "text-up",
        direction === "down" && "text-down",
        direction === "flat" && "text-muted",
        className,
      )}
    >
      {formatChange(locale, value)}
    </span>
  );
}

/** The change in 24 hours, live where the stream tells it. */
export function LiveChangeText({ assetId, value }: { assetId: string; value: number | null }) {
  const live = useLivePrice(assetId);
  return <ChangeText value={live?.change_24h ?? value} />;
}
