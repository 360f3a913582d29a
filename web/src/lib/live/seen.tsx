"use client";
import { createContext, useContext } from "react";

const Seen = createContext(true);

/** Says to what is inside whether it can be seen. */
export const SeenProvider = Seen.Provider;

/** Whether this can be seen: what can't be need not be drawn again with every tick. */
export function useIsSeen(): boolean {
  return useContext(Seen);
}

/** How far from the edge of the screen something counts as seen: it is up to date when it is scrolled in. */
const AHEAD = "150px 0px";

const watched = new WeakMap<Element, (isSeen: boolean) => void>();
let observer: IntersectionObserver | undefined;

/** Calls back whenever the element comes near the screen or leaves it. One observer serves all. */
export function watchSeen(element: Element, listener: (isSeen: boolean) => void): () => void {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) watched.get(target)?.(isIntersecting);
    },
    { rootMargin: AHEAD },
  );
  watched.set(element, listener);
  observer.observe(element);
  return () => {
    watched.delete(element);
    observer?.unobserve(element);
  };
}
