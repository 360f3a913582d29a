/** The types of orders, as the API names them. */
export const ORDER_TYPES = ["market", "limit", "stop", "stop_limit", "take_profit", "trailing_stop", "oco"] as const;
export type OrderType = (typeof ORDER_TYPES)[number];
