import { LOCALE_COOKIE, type Locale } from "./locales";

const A_YEAR_SECONDS = 31_536_000;

/** Keeps the language for the next pages. */
export function rememberLocale(locale: Locale): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox and Safari
  document.cookie = `${LOCALE_COOKIE}=${locale}; path=/; max-age=${A_YEAR_SECONDS}; samesite=lax`;
}
