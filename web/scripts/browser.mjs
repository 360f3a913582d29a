// What the browser tests and the screenshots share: Chromium, a person with an account, and their inbox.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A browser with a profile of its own. */
export function openBrowser(options = {}) {
  return chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), "candlewick-browser-")), {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: FLAGS,
    ...options,
  });
}

async function asJson(answer) {
  const body = await answer.json();
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}: ${JSON.stringify(body)}`);
  return body;
}

/** A way to call the API as somebody. */
export function apiOf(gateway, access) {
  return async (method, path, body) => {
    const headers = { "content-type": "application/json", ...(access ? { authorization: `Bearer ${access}` } : {}) };
    const answer = await fetch(`${gateway}${path}`, {
      method,
      headers,
      signal: AbortSignal.timeout(20_000),
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return asJson(answer);
  };
}

/** The link in the newest mail to this address that matches; waits for it to come. */
export async function linkInMail(inbox, address, pattern, deadlineMs = 20_000) {
  const end = Date.now() + deadlineMs;
  const read = async (path) => asJson(await fetch(`${inbox}${path}`, { signal: AbortSignal.timeout(5_000) }));
  for (;;) {
    const { mails } = await read("/api/mails");
    for (const mail of mails.filter((one) => one.to.includes(address))) {
      const link = JSON.stringify(await read(`/api/mails/${mail.id}`)).match(pattern);
      if (link) return link[0];
    }
    if (Date.now() > end) throw new Error(`no mail to ${address} with ${pattern} among ${mails.length}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
