/** The most bytes that the server takes as one request's body. */
export const LONGEST_BODY = 262_144;

/** Whose exports can be read, and what they call themselves. */
export const SOURCES = {
  candlewick: "Candlewick",
  binance: "Binance",
  coinbase: "Coinbase",
  kraken: "Kraken",
} as const;

/** The name of a source; a new one is told as the server writes it. */
export function sourceName(source: string): string {
  return source in SOURCES ? SOURCES[source as keyof typeof SOURCES] : source;
}

/** How many bytes a text has when it is sent: line ends and quotes count twice. */
export function sentBytes(csv: string): number {
  return new TextEncoder().encode(JSON.stringify({ csv })).length;
}

/** What keeps a text from being sent at all; null where nothing does. */
export function textProblem(csv: string): "empty" | "tooLong" | null {
  if (csv.trim() === "") return "empty";
  return csv.length > LONGEST_BODY || sentBytes(csv) > LONGEST_BODY ? "tooLong" : null;
}

/** Why the server can't read a file as a whole; null where it says something else. */
export function fileProblem(reasons: readonly string[] | undefined): "unknownHeader" | "noRows" | null {
  if (reasons?.some((reason) => reason.startsWith("has no header"))) return "unknownHeader";
  return reasons?.includes("has no rows") ? "noRows" : null;
}
