/** What can be drawn, with its parameters as the API names them. */
export interface IndicatorKind {
  kind: string;
  /** Drawn over the candles, or in a pane of its own. */
  place: "overlay" | "pane";
  parameters: readonly {
    key: "period" | "fast" | "slow" | "signal" | "width" | "smooth" | "step" | "most";
    initial: number;
  }[];
}

const period = (initial: number) => ({ key: "period", initial }) as const;

export const INDICATOR_KINDS = [
  { kind: "sma", place: "overlay", parameters: [period(20)] },
  { kind: "ema", place: "overlay", parameters: [period(20)] },
  { kind: "wma", place: "overlay", parameters: [period(20)] },
  { kind: "bb", place: "overlay", parameters: [period(20), { key: "width", initial: 2 }] },
  { kind: "vwap", place: "overlay", parameters: [] },
  {
    kind: "sar",
    place: "overlay",
    parameters: [
      { key: "step", initial: 0.02 },
      { key: "most", initial: 0.2 },
    ],
  },
  { kind: "rsi", place: "pane", parameters: [period(14)] },
  {
    kind: "macd",
    place: "pane",
    parameters: [
      { key: "fast", initial: 12 },
      { key: "slow", initial: 26 },
      { key: "signal", initial: 9 },
    ],
  },
  {
    kind: "stoch",
    place: "pane",
    parameters: [period(14), { key: "smooth", initial: 3 }, { key: "signal", initial: 3 }],
  },
  { kind: "adx", place: "pane", parameters: [period(14)] },
  { kind: "atr", place: "pane", parameters: [period(14)] },
  { kind: "cci", place: "pane", parameters: [period(14)] },
  { kind: "mfi", place: "pane", parameters: [period(14)] },
  { kind: "willr", place: "pane", parameters: [period(14)] },
  { kind: "roc", place: "pane", parameters: [period(10)] },
  { kind: "obv", place: "pane", parameters: [] },
] as const satisfies readonly IndicatorKind[];

export type KindName = (typeof INDICATOR_KINDS)[number]["kind"];

/** The kind of a specification such as `rsi:14`. */
export function kindOf(spec: string): IndicatorKind | undefined {
  const name = spec.split(":")[0];
  return INDICATOR_KINDS.find((kind) => kind.kind === name);
}

/** The specification of a kind with these parameters. */
export function specOf(kind: string, parameters: readonly number[]): string {
  return [kind, ...parameters].join(":");
}

/** The most indicators that one chart shows; the API takes 20. */
export const MOST_INDICATORS = 8;
