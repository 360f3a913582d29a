import { format, formatDistance, isThisYear, type Locale } from "date-fns";
import { enGB, fr } from "date-fns/locale";

function dateLocale(locale: string): Locale {
  return locale === "fr" ? fr : enGB;
}

/** The day of a month; French says the first one as an ordinal. */
function dayPattern(locale: string, at: Date): string {
  return locale === "fr" && at.getDate() === 1 ? "d'er'" : "d";
}

/** Day and time, in the reader's time zone. */
export function formatMoment(locale: string, at: string | null | undefined): string | null {
  if (!at) return null;
  const date = new Date(at);
  return format(date, `${dayPattern(locale, date)} MMM yyyy, HH:mm:ss`, { locale: dateLocale(locale) });
}

/** Day and time to the minute; with its year where that is not the present one. */
export function formatMinute(locale: string, at: string | number): string {
  const date = new Date(at);
  const pattern = isThisYear(date) ? "MMM, HH:mm" : "MMM yyyy, HH:mm";
  return format(date, `${dayPattern(locale, date)} ${pattern}`, { locale: dateLocale(locale) });
}

/** A day. */
export function formatDay(locale: string, at: string | number): string {
  const date = new Date(at);
  return format(date, `${dayPattern(locale, date)} MMM yyyy`, { locale: dateLocale(locale) });
}

/** A month that the API writes as year and month. */
export function formatMonth(locale: string, month: string): string {
  return format(new Date(`${month}-01T00:00`), "MMM yyyy", { locale: dateLocale(locale) });
}

/** How long ago, in words. */
export function formatAgo(locale: string, at: string, now: number): string {
  return formatDistance(new Date(at), now, { addSuffix: true, includeSeconds: true, locale: dateLocale(locale) });
}

/** A moment for a `datetime-local` field. */
export function toLocalField(at: string | Date): string {
  return format(new Date(at), "yyyy-MM-dd'T'HH:mm");
}
