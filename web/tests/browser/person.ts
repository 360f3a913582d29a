import { randomUUID } from "node:crypto";
import type { BrowserContext, Page } from "playwright-core";
import { inject } from "vitest";
import { apiOf, linkInMail } from "../../scripts/browser.mjs";

export interface Person {
  name: string;
  email: string;
  password: string;
}

export const web = inject("web");
export const gateway = inject("gateway");
export const inbox = inject("inbox");
/** Who says the prices. */
export const source = inject("source");

const relay = inject("relay");

/** The gateway goes away, as far as the web server can tell: what it said is cut off, and nothing new gets through. */
export async function takeGatewayAway(): Promise<void> {
  await fetch(`${relay}/cut`, { method: "POST" });
}

/** The gateway is there again. */
export async function bringGatewayBack(): Promise<void> {
  await fetch(`${relay}/mend`, { method: "POST" });
}

/** Somebody nobody has met. */
export function stranger(): Person {
  const id = randomUUID().slice(0, 8);
  return { name: `Ana ${id}`, email: `ana-${id}@example.com`, password: `long-enough-${id}` };
}

/** The token of the newest verification mail. */
export async function verificationOf(person: Person): Promise<string> {
  const link = await linkInMail(inbox, person.email, /\/verify\?token=[\w-]+/);
  return link.split("token=")[1] ?? "";
}

/** Somebody with a confirmed account. */
export async function member(): Promise<Person> {
  const person = stranger();
  await apiOf(gateway)("POST", "/api/auth/register/", person);
  await apiOf(gateway)("POST", "/api/auth/verify-email/", { token: await verificationOf(person) });
  return person;
}

/** The API, called as this person from elsewhere. */
export async function apiAs(person: Pick<Person, "email" | "password">) {
  const { data } = await apiOf(gateway)("POST", "/api/auth/login/", { ...credentials(person), token_delivery: "body" });
  return apiOf(gateway, data.access);
}

function credentials({ email, password }: Pick<Person, "email" | "password">) {
  return { email, password };
}

/** Signs in through the page. */
export async function signIn(page: Page, person: Pick<Person, "email" | "password">): Promise<void> {
  await page.goto(`${web}/login`);
  await page.getByLabel("E-mail address").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${web}/`);
}

/** Chooses the language of the pages. */
export function speak(browser: BrowserContext, locale: "en" | "fr"): Promise<void> {
  return browser.addCookies([{ name: "candlewick-locale", value: locale, url: web }]);
}

/** Collects what the browser complains about: scripts that broke, and what the page's policy refused. */
export function complaints(page: Page): string[] {
  const found: string[] = [];
  page.on("pageerror", (error) => found.push(error.message));
  page.on("console", (message) => {
    if (/content security policy|refused to|hydration/i.test(message.text())) found.push(message.text());
  });
  return found;
}
