/** The languages of the app. */
export const LOCALES = ["en", "fr"] as const;
export type Locale = (typeof LOCALES)[number];

/** Remembers the language; no secret, so scripts may write it. */
export const LOCALE_COOKIE = "candlewick-locale";

/** Whether a text names a language of the app. */
export function isLocale(text: string | undefined): text is Locale {
  return LOCALES.some((locale) => locale === text);
}

/** The first language of an Accept-Language header that the app speaks; English otherwise. */
export function preferredLocale(acceptLanguage: string | null): Locale {
  const asked = (acceptLanguage ?? "")
    .split(",")
    .map((part) => {
      const [tag = "", ...parameters] = part.trim().split(";");
      const quality = parameters.find((parameter) => parameter.trim().startsWith("q="));
      return { language: tag.toLowerCase().split("-")[0], quality: quality ? Number(quality.trim().slice(2)) : 1 };
    })
    .sort((left, right) => right.quality - left.quality);
  const known = asked.find((entry) => isLocale(entry.language) && entry.quality > 0);
  return isLocale(known?.language) ? known.language : "en";
}
