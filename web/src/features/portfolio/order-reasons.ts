/** Why an order ended, as the server says it, and what the catalogues call it. */
export const ORDER_REASONS = [
  ["below_minimum", "it is worth too little at this price"],
  ["slippage", "the price moves too far"],
  ["too_large", "the amount is too large at this price"],
  ["funds", "insufficient funds at this price"],
  ["not_at_once", "it could not be filled at once"],
  ["impossible", "it could not be carried out"],
  ["time", "its time ran out"],
  ["pair", "the other half of its pair came first"],
  ["closed", "the portfolio was closed"],
  ["owner", "cancelled by its owner"],
] as const;

/** What a reason is called in the catalogues; null where they have no words for it. */
export function orderReason(reason: string): (typeof ORDER_REASONS)[number][0] | null {
  return ORDER_REASONS.find(([, text]) => text === reason)?.[0] ?? null;
}
