import type { Tone } from "@/components/ui/badge";

/** The colour of a service's state. */
export const SERVICE_TONES = {
  ready: "up",
  degraded: "warn",
  not_ready: "down",
  draining: "neutral",
  down: "down",
} as const satisfies Record<string, Tone>;
