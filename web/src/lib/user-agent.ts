/** A program that speaks HTTP, as far as it tells. */
export interface Program {
  /** Its name, with the version where that says something. */
  name: string;
  /** What it runs on; null where it does not tell. */
  system: string | null;
}

// The first that is found counts: nearly all browsers also call themselves by the names of those further down.
const BROWSERS = [
  [/\bEdg(?:e|A|iOS)?\/(\d+)/, "Edge"],
  [/\b(?:OPR|OPiOS|Opera)\/(\d+)/, "Opera"],
  [/\bSamsungBrowser\/(\d+)/, "Samsung Internet"],
  [/\bVivaldi\/(\d+)/, "Vivaldi"],
  [/\bYaBrowser\/(\d+)/, "Yandex Browser"],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, "Firefox"],
  [/\b(?:Headless)?(?:Chrome|CriOS|Chromium)\/(\d+)/, "Chrome"],
  [/\bVersion\/(\d+)[\d.]* (?:Mobile\/\S+ )?Safari\//, "Safari"],
] as const;

const SYSTEMS = [
  [/\biPhone\b/, "iOS"],
  [/\biPad\b/, "iPadOS"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bMac(?:intosh| OS X)\b/, "macOS"],
  [/\bLinux\b|\bX11\b/, "Linux"],
] as const;

/** What is no browser calls itself by a name, most with a version behind it. */
const TOOL = /^([\w.+-]{1,40})(?:\/v?(\d[\w.+-]{0,20}))?(?: |$)/;

/** The browser or other program that a `User-Agent` header names; null where it names none. */
export function programOf(userAgent: string): Program | null {
  const system = SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
  for (const [pattern, name] of BROWSERS) {
    const version = pattern.exec(userAgent)?.[1];
    if (version) return { name: `${name} ${version}`, system };
  }
  const tool = TOOL.exec(userAgent);
  if (!tool?.[1] || tool[1] === "Mozilla") return null;
  return { name: [tool[1], tool[2]].filter(Boolean).join(" "), system };
}
