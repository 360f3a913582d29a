"use client";
import { useCallback, useSyncExternalStore } from "react";

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A choice about the display that this browser keeps. Nothing secret belongs here. */
export function useKept<T>(name: string, initial: T): [T, (value: T) => void] {
  const text = useSyncExternalStore(
    subscribe,
    () => localStorage.getItem(name),
    () => null,
  );
  const keep = useCallback(
    (value: T) => {
      localStorage.setItem(name, JSON.stringify(value));
      for (const listener of listeners) listener();
    },
    [name],
  );
  return [parsed(text, initial), keep];
}

const cache = new Map<string, unknown>();

function parsed<T>(text: string | null, initial: T): T {
  if (text === null) return initial;
  // The same text gives the same object, so that effects don't run for nothing.
  if (!cache.has(text)) cache.set(text, JSON.parse(text));
  return cache.get(text) as T;
}
