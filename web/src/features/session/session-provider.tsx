"use client";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useSyncExternalStore } from "react";
import { type SessionState, session } from "@/lib/api/session";
import { live } from "@/lib/live/hooks";

const UNKNOWN: SessionState = { status: "unknown" };

/** Whether somebody is signed in, and who. */
export function useSession(): SessionState {
  return useSyncExternalStore(session.subscribe, session.read, () => UNKNOWN);
}

/** Takes the session up, and lets the stream and the caches follow it. */
export function SessionProvider({ hasCookie, children }: { hasCookie: boolean; children: ReactNode }) {
  const queries = useQueryClient();
  const state = useSession();
  const owner = useRef<string | null>(null);

  useEffect(() => {
    void session.start(hasCookie);
  }, [hasCookie]);

  useEffect(() => session.subscribe(() => live.tokenChanged()), []);

  useEffect(() => {
    const wake = () => live.wake();
    window.addEventListener("online", wake);
    return () => window.removeEventListener("online", wake);
  }, []);

  useEffect(() => {
    // What happened while the stream was away is asked for: it tells only what happens from now on.
    let wasLost = false;
    return live.watch(() => {
      const status = live.status();
      if (status === "open" && wasLost) void queries.invalidateQueries();
      if (status !== "connecting") wasLost = status === "closed";
    });
  }, [queries]);

  const user = state.status === "active" ? state.user.id : null;
  useEffect(() => {
    // What one person saw is not the next one's to see.
    if (owner.current && owner.current !== user) queries.removeQueries({ queryKey: ["mine"] });
    owner.current = user;
  }, [user, queries]);

  return children;
}
