"use client";
import { useStreamStatus } from "./hooks";

const WITHOUT_STREAM_MS = 5_000;

/** How often to ask again: seldom while the stream tells of changes, often while it does not. */
export function usePollInterval(withStreamMs: number): number {
  return useStreamStatus() === "open" ? withStreamMs : Math.min(withStreamMs, WITHOUT_STREAM_MS);
}
