"use client";
import { useSyncExternalStore } from "react";

/** The colours of charts: those of the page. */
export interface ChartColors {
  text: string;
  faint: string;
  line: string;
  surface: string;
  up: string;
  down: string;
  upSoft: string;
  downSoft: string;
  accent: string;
  series: readonly [string, ...string[]];
}

function read(): ChartColors {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: color("--muted"),
    faint: color("--faint"),
    line: color("--line"),
    surface: color("--surface"),
    up: color("--up"),
    down: color("--down"),
    upSoft: `${color("--up")}66`,
    downSoft: `${color("--down")}66`,
    accent: color("--accent"),
    series: [
      color("--chart-1"),
      color("--chart-2"),
      color("--chart-4"),
      color("--chart-3"),
      color("--chart-7"),
      color("--chart-6"),
      color("--chart-8"),
      color("--chart-5"),
    ],
  };
}

let kept: { theme: string; colors: ChartColors } | null = null;

function present(): ChartColors {
  const theme = document.documentElement.className;
  if (kept?.theme !== theme) kept = { theme, colors: read() };
  return kept.colors;
}

/** A theme counts once its class stands on the page; that it was chosen is known before. */
function watchTheme(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
  return () => observer.disconnect();
}

/** The page's colours, for what is drawn on a canvas; null until the page is there. */
export function useChartColors(): ChartColors | null {
  return useSyncExternalStore(watchTheme, present, () => null);
}
