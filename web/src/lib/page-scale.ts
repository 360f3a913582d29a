const USUAL_FONT_PX = 16;

/** How much larger the page is drawn than usual, as on a screen of 4K: what is counted in pixels grows with it. */
export function pageScale(): number {
  if (typeof document === "undefined") return 1;
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / USUAL_FONT_PX || 1;
}
