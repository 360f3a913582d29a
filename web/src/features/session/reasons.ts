/**
 * Why the server refuses a value, as far as the catalogues have words for it. It says so in English sentences without a
 * code; one that is not among these is shown as it came.
 */
const KNOWN = [
  ["breached", /^is among the passwords that attackers try first/],
  ["likeName", /^must not be your name or e-mail address$/],
  ["tooShort", /^must have at least (?<count>\d+) characters$/],
  ["tooLong", /^must have at most (?<count>\d+) characters$/],
  ["notYourPassword", /^is not your password$/],
  ["notTheCode", /^is not the present code of your app$/],
  ["notEmail", /^must be an e-mail address/],
  ["notPhone", /^must be a telephone number/],
  ["nameLength", /^must (?:be|have) 1 to 100 characters/],
  ["minimum", /^an order must be worth (?<count>[\d.]+) USD or more$/],
  ["required", /^is required(?: for this type of order)?$/],
  ["positive", /^must be greater than 0$/],
  ["notNegative", /^must not be negative$/],
  ["atMost", /^must be at most (?<count>[\d.]+)$/],
  ["decimals", /^must have at most (?<count>\d+) decimals$/],
  ["digits", /^must have at most 28 significant digits and 18 decimals$/],
  ["notDecimal", /^must be a decimal number in plain notation/],
  ["above", /^must be above the present price of (?<count>[\d.]+)$/],
  ["below", /^must be below the present price of (?<count>[\d.]+)$/],
  ["noFreshPrice", /^needs a fresh price$/],
  ["sellOnly", /^is no longer offered; it can only be sold$/],
  ["notOffered", /^is not offered any more$/],
  ["future", /^must (?:be|lie) in the future$/],
  ["https", /^must begin with https:\/\/$/],
  ["publicAddress", /^must be on a public address$/],
  ["port", /^must use port 443 or 8443$/],
  ["channelNeeds", /^is needed to switch this channel on$/],
  ["botToken", /^must be a bot's token such as /],
  ["chat", /^must be a chat's number or @name$/],
  ["discord", /^must be a channel's webhook, https:/],
  ["topic", /^must be 1 to 64 of A-Z a-z 0-9 _ -$/],
  ["url", /^must be a URL of at most 2,000 characters$/],
  ["urlPassword", /^must not hold a user name or a password$/],
  ["listed", /^(?:\S+ )?is in the list already$/],
] as const;

export interface KnownReason {
  key: (typeof KNOWN)[number][0];
  /** The figure in it; empty where it has none. */
  count: string;
}

/** What a reason of the server is called in the catalogues; null where they have no words for it. */
export function knownReason(reason: string): KnownReason | null {
  for (const [key, pattern] of KNOWN) {
    const found = pattern.exec(reason);
    if (found) return { key, count: found.groups?.count ?? "" };
  }
  return null;
}
