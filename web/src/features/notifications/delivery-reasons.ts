/** Why a message did not go out, as the server says it, and what the catalogues call it. `{code}` stands for a figure. */
export const DELIVERY_REASONS = [
  ["offByUser", "the channel is switched off"],
  ["notSetUp", "the channel is not set up"],
  ["unverified", "the e-mail address is not verified"],
  ["accountOff", "the account is disabled"],
  ["alertGone", "the alert was deleted"],
  ["notificationGone", "the notification was deleted"],
  ["nothingLeft", "nothing is left to tell"],
  ["mailCancelled", "the mail was cancelled"],
  ["linkExpired", "the link has expired"],
  ["userGone", "the user is gone"],
  ["userUnknown", "the user is not known"],
  ["redirect", "the target answered {code}; redirects are not followed"],
  ["gone", "the target answered {code}: the webhook was switched off"],
  ["answered", "the target answered {code}"],
  ["slow", "the target took too long"],
  ["unreachable", "the target can't be reached"],
  ["broken", "the connection to the target broke"],
  ["noRequest", "the request can't be made"],
  ["addressNotPublic", "the address must be on a public address"],
  ["addressPort", "the address must use port 443 or 8443"],
  ["addressScheme", "the address must begin with https://"],
  ["addressCredentials", "the address must not hold a user name or a password"],
  ["addressUnreadable", "the address must be a URL of at most 2,000 characters"],
  ["mailAnswered", "the mail server answered {code}"],
  ["mailSlow", "the mail server took too long"],
  ["mailTls", "the mail server's encryption can't be trusted"],
  ["mailUnreadable", "the mail server's answer can't be read"],
  ["mailUnreachable", "the connection to the mail server failed"],
  ["recipient", "the recipient's address is not valid"],
  ["accountsAway", "the accounts service does not answer"],
  ["ourFault", "a fault on our side"],
] as const;

export interface DeliveryReason {
  key: (typeof DELIVERY_REASONS)[number][0];
  /** The figure in it; empty where it has none. */
  code: string;
  /** After how many tries it was given up; null where it was not. */
  tries: number | null;
}

const GIVEN_UP = /^given up after (\d+) tries: /;
const PATTERNS = DELIVERY_REASONS.map(
  ([key, text]) => [key, new RegExp(`^${text.replace(".", "\\.").replace("{code}", "(\\d+)")}$`)] as const,
);

/** What a reason is called in the catalogues; null where they have no words for it. */
export function deliveryReason(text: string): DeliveryReason | null {
  const givenUp = GIVEN_UP.exec(text);
  const why = text.slice(givenUp?.[0].length ?? 0);
  for (const [key, pattern] of PATTERNS) {
    const found = pattern.exec(why);
    if (found) return { key, code: found[1] ?? "", tries: givenUp ? Number(givenUp[1]) : null };
  }
  return null;
}
