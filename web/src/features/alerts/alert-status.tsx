"use client";
import { useTranslations } from "next-intl";
import { Badge, type Tone } from "@/components/ui/badge";
import { awaitedWindow, type Standing } from "./waiting";

const TONES: Record<string, Tone> = {
  armed: "up",
  triggered: "accent",
  cooling: "warn",
  no_data: "down",
  paused: "neutral",
  expired: "neutral",
  draft: "neutral",
};
export const STATUSES = ["armed", "triggered", "cooling", "no_data", "paused", "expired"] as const;

/** How an alert stands, in a word. */
export function AlertStatus({ alert }: { alert: Standing }) {
  const t = useTranslations("alerts");
  const { status } = alert;
  if (awaitedWindow(alert, Date.now())) return <Badge>{t("state_waiting")}</Badge>;
  const known = STATUSES.find((one) => one === status);
  return <Badge tone={TONES[status] ?? "neutral"}>{known ? t(`state_${known}`) : status}</Badge>;
}
