/** Kinds that traders don't write in capitals. */
const WRITTEN: Readonly<Record<string, string>> = { stoch: "Stoch", willr: "Williams %R" };
/** Lines that have a sign of their own, in every language. */
const SIGNS: Readonly<Record<string, string>> = { k: "%K", d: "%D", plus_di: "+DI", minus_di: "−DI" };

export interface IndicatorName {
  /** `MACD`. */
  kind: string;
  /** `MACD 12 26 9`. */
  name: string;
  /** Of an indicator with several lines the one that is meant, unless it is called like the indicator itself. */
  component: string | null;
}

/** What a specification such as `macd:12:26:9.signal` is called by traders. */
export function nameOf(spec: string): IndicatorName {
  // `sar:0.02:0.2` has points of its own; a component begins with a letter.
  const [, whole = spec, component = null] = /^(.*?)(?:\.([a-z]\w*))?$/.exec(spec) ?? [];
  const [id = whole, ...parameters] = whole.split(":");
  const kind = WRITTEN[id] ?? id.toUpperCase();
  const isOther = component !== null && component !== id;
  return {
    kind,
    name: [kind, ...parameters].join(" "),
    component: isOther ? (SIGNS[component] ?? component.replaceAll("_", " ")) : null,
  };
}
