/** What a notification may be about. */
export const KINDS = [
  "alert_fired",
  "alert_expired",
  "alert_paused",
  "alert_no_data",
  "order_filled",
  "order_rejected",
  "order_expired",
  "feed_degraded",
  "security",
  "test",
  "digest",
] as const;
