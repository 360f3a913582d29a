import type { BrowserContext } from "playwright-core";

export function openBrowser(options?: Record<string, unknown>): Promise<BrowserContext>;
export function apiOf(
  gateway: string,
  access?: string,
): // biome-ignore lint/suspicious/noExplicitAny: whatever the API answers
(method: string, path: string, body?: unknown) => Promise<any>;
export function linkInMail(inbox: string, address: string, pattern: RegExp, deadlineMs?: number): Promise<string>;
