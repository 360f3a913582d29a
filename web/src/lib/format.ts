import Big from "big.js";

/** Exact arithmetic on what the API writes as texts. */
export function decimal(value: string | number): Big {
  return new Big(value);
}

/** The number for drawing; never for money that is shown or sent. */
export function forDrawing(value: string | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

const formats = new Map<string, Intl.NumberFormat>();

function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale + JSON.stringify(options);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, options);
    formats.set(key, format);
  }
  return format;
}

// Intl takes a decimal text exactly, without a detour through a float.
function exact(format: Intl.NumberFormat, value: string): string {
  return format.format(value as Intl.StringNumericLiteral);
}

/** Shown where nothing is known. */
export const UNKNOWN = "–";

/** How many decimals a price of this size is shown with. */
export function priceDecimals(price: string | number): number {
  const size = Math.abs(Number(price));
  if (size === 0 || size >= 1) return 2;
  // Four significant digits.
  return Math.min(18, 3 - Math.floor(Math.log10(size)));
}

/** A price in USD. */
export function formatPrice(locale: string, price: string | null | undefined): string {
  if (price === null || price === undefined) return UNKNOWN;
  const decimals = priceDecimals(price);
  return exact(
    numberFormat(locale, {
      style: "currency",
      currency: "USD",
      currencyDisplay: "narrowSymbol",
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    }),
    price,
  );
}

/** An amount of USD, to the cent. */
export function formatMoney(
  locale: string,
  amount: string | null | undefined,
  options: { isSigned?: boolean } = {},
): string {
  if (amount === null || amount === undefined) return UNKNOWN;
  return exact(
    numberFormat(locale, {
      style: "currency",
      currency: "USD",
      currencyDisplay: "narrowSymbol",
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
      signDisplay: options.isSigned ? "exceptZero" : "auto",
    }),
    amount,
  );
}

const MILLIARD = 1e9;
const BILLION = 1e12;

/** French counts on in milliards from a million millions up: its own word for them, “Bn”, is taken for a thousandth. */
function inMilliards(locale: string, value: string): string | null {
  if (locale !== "fr" || Math.abs(Number(value)) < BILLION) return null;
  return `${exact(numberFormat(locale, {}), decimal(value).div(MILLIARD).toFixed(0))}\u00a0Md`;
}

/** A large amount of USD in few characters. */
export function formatCompactMoney(locale: string, amount: string | null | undefined): string {
  if (amount === null || amount === undefined) return UNKNOWN;
  const milliards = inMilliards(locale, amount);
  if (milliards) return `${milliards}\u00a0$`;
  return exact(
    numberFormat(locale, {
      style: "currency",
      currency: "USD",
      currencyDisplay: "narrowSymbol",
      notation: "compact",
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
    }),
    amount,
  );
}

/** How much of an asset. */
export function formatQuantity(locale: string, quantity: string | null | undefined): string {
  if (quantity === null || quantity === undefined) return UNKNOWN;
  return exact(numberFormat(locale, { maximumFractionDigits: 8 }), quantity);
}

/** A large quantity in few characters. */
export function formatCompact(locale: string, value: string | number | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN;
  return (
    inMilliards(locale, String(value)) ??
    exact(numberFormat(locale, { notation: "compact", maximumSignificantDigits: 4 }), String(value))
  );
}

/** A count. */
export function formatCount(locale: string, count: number | null | undefined): string {
  return count === null || count === undefined ? UNKNOWN : numberFormat(locale, {}).format(count);
}

/** A change in percent, with its sign. */
export function formatChange(locale: string, percent: number | null | undefined): string {
  if (percent === null || percent === undefined) return UNKNOWN;
  return numberFormat(locale, {
    style: "percent",
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
    signDisplay: "exceptZero",
  }).format(percent / 100);
}

/** A share in percent. */
export function formatPercent(locale: string, percent: number | null | undefined, decimals = 1): string {
  if (percent === null || percent === undefined) return UNKNOWN;
  return numberFormat(locale, {
    style: "percent",
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(percent / 100);
}

/** An indicator's value. */
export function formatNumber(locale: string, value: number | null | undefined, decimals = 2): string {
  if (value === null || value === undefined) return UNKNOWN;
  return numberFormat(locale, { maximumFractionDigits: decimals }).format(value);
}

/** A number with so many decimals, as at the axis of a chart. */
export function formatFixed(locale: string, value: number, decimals: number): string {
  return numberFormat(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value);
}

/** From here on an axis has no room for all digits. */
const LONG = 1_000_000;

/** A number at an axis that goes up to `most`: as many decimals as tell its steps apart, few digits where it is large. */
export function formatScale(locale: string, value: number, most: number): string {
  if (most >= LONG) return formatCompact(locale, value);
  return formatFixed(locale, value, priceDecimals(most));
}

/** Which way a value goes. */
export function directionOf(value: string | number | null | undefined): "up" | "down" | "flat" {
  if (value === null || value === undefined) return "flat";
  const number = Number(value);
  return number > 0 ? "up" : number < 0 ? "down" : "flat";
}

/** What may stand around an amount that was copied from a page. */
const AROUND = /[\s$’']|USD/g;
/** Digits in groups of three, by the same mark. */
const GROUPED = /^\d{1,3}(?:([,.])\d{3})(?:\1\d{3})*$/;

/**
 * A decimal text that a person typed or pasted, as the API wants it; null where it is none. Both marks are understood, and
 * groups of three digits; the reader's language decides where a text could be read in two ways (`90,000`).
 */
export function parseDecimal(text: string, locale = spokenLocale()): string | null {
  const bare = text.replace(AROUND, "");
  const last = Math.max(bare.lastIndexOf(","), bare.lastIndexOf("."));
  const mark = bare[last];
  const marks = bare.match(/[,.]/g) ?? [];
  const isOne = marks.length === 1;
  const isMixed = new Set(marks).size > 1;
  const isDecimal = isMixed || (isOne && (mark === "." || locale === "fr" || !/^[1-9]\d{0,2},\d{3}$/.test(bare)));
  const [whole, fraction] = isDecimal ? [bare.slice(0, last), bare.slice(last + 1)] : [bare, null];
  const groups = whole.match(GROUPED);
  const digits = groups ? whole.replaceAll(/[,.]/g, "") : whole === "" && fraction ? "0" : whole;
  if (!/^\d+$/.test(digits) || !/^\d*$/.test(fraction ?? "")) return null;
  return fraction ? `${digits}.${fraction}` : digits;
}

/** The same, where the number may be below zero. */
export function parseSigned(text: string): number | null {
  const sign = /^\s*[-−]/.test(text) ? -1 : 1;
  const size = parseDecimal(text.replace(/^\s*[-−]/, ""));
  return size === null ? null : sign * Number(size);
}

/** The language of the page, where there is one. */
function spokenLocale(): string {
  return typeof document === "undefined" ? "en" : document.documentElement.lang;
}
