/** Where a notification leads. */
export function placeOf(kind: string): string | null {
  if (kind === "alert_fired") return "/alerts/history";
  if (kind.startsWith("alert_")) return "/alerts";
  if (kind.startsWith("order_")) return "/portfolio";
  if (kind === "security") return "/settings/security";
  return null;
}
