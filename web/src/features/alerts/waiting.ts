import type { Alert } from "@/lib/api/types";
import { partsOf, type WINDOWS } from "./conditions";

export type Window = (typeof WINDOWS)[number];

const MINUTE_MS = 60_000;
const WINDOW_MS: Record<Window, number> = { "5m": 5 * MINUTE_MS, "1h": 60 * MINUTE_MS, "24h": 1_440 * MINUTE_MS };
/** By so much the price to compare with may be older than its window, and by a minute at least. */
const LENIENCE = 0.1;

export type Standing = Pick<Alert, "status" | "condition" | "version" | "created_at" | "updated_at">;

/**
 * From how long ago the alert still needs a price to compare with; null where it waits for none. The API says `no_data`
 * of it, as of one whose prices have stopped: but while its window has not passed once nothing is amiss.
 */
export function awaitedWindow(alert: Standing, now: number): Window | null {
  if (alert.status !== "no_data") return null;
  // A new version begins to watch when it is saved.
  const since = Date.parse(alert.version > 1 ? alert.updated_at : alert.created_at);
  const windows = partsOf(alert.condition).flatMap((part) => (part.type === "change_pct" ? [part.window] : []));
  const awaited = windows.filter((window) => now < since + patience(window));
  return awaited.sort((left, right) => WINDOW_MS[right] - WINDOW_MS[left])[0] ?? null;
}

function patience(window: Window): number {
  return WINDOW_MS[window] + Math.max(MINUTE_MS, WINDOW_MS[window] * LENIENCE);
}
