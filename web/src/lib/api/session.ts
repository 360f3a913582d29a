import { failureOf } from "./errors";
import type { Me } from "./types";

/** Whether somebody is signed in. */
export type SessionState =
  | { status: "unknown"; isUnreachable?: true }
  | { status: "anonymous" }
  | { status: "active"; user: Me }
  | { status: "expired" };

const REFRESH_TIMEOUT_MS = 15_000;
const RENEW_BEFORE_MS = 60_000;
const RETRY_MS = 3_000;
const REFRESH_LOCK = "candlewick-refresh";
const CHANNEL = "candlewick-session";

type Outcome = "renewed" | "ended" | "unreachable";

/**
 * The session of this tab. The access token lives in this object's memory and nowhere else; the refresh token is in a
 * cookie that scripts can't read.
 */
export class SessionStore {
  #state: SessionState = { status: "unknown" };
  #access: string | null = null;
  #renewal: Promise<Outcome> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #listeners = new Set<() => void>();
  #channel: BroadcastChannel | null = null;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly read = (): SessionState => this.#state;

  get access(): string | null {
    return this.#access;
  }

  /** Begins: with a cookie the session is taken up again, without one there is none. */
  async start(hasCookie: boolean): Promise<void> {
    if (this.#state.status !== "unknown") return;
    this.#listen();
    if (!hasCookie) {
      this.#set({ status: "anonymous" });
      return;
    }
    const outcome = await this.renew();
    // It is tried again until it is known; meanwhile the pages say why nothing is there.
    if (outcome === "unreachable") this.#set({ status: "unknown", isUnreachable: true });
  }

  /** A sign-in succeeded. */
  begin(access: string, expiresInSeconds: number, user: Me): void {
    this.#listen();
    this.#keep(access, expiresInSeconds);
    this.#set({ status: "active", user });
    this.#channel?.postMessage("began");
  }

  /** The user's own data changed. */
  update(user: Me): void {
    if (this.#state.status === "active") this.#set({ status: "active", user });
  }

  /** Signs out here and in other tabs. */
  async end(): Promise<void> {
    const access = this.#access;
    await fetch("/api/auth/logout/", {
      method: "POST",
      headers: access ? { authorization: `Bearer ${access}` } : {},
      signal: AbortSignal.timeout(REFRESH_TIMEOUT_MS),
    });
    this.forget("anonymous");
    this.#channel?.postMessage("ended");
  }

  /** Drops what is known of the user. */
  forget(status: "anonymous" | "expired"): void {
    clearTimeout(this.#timer);
    this.#access = null;
    this.#set({ status });
  }

  /** Gets a fresh access token, once for all who ask at the same time, and one tab after the other. */
  renew(): Promise<Outcome> {
    this.#renewal ??= this.#renewInTurn().finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #renewInTurn(): Promise<Outcome> {
    const outcome =
      typeof navigator !== "undefined" && navigator.locks
        ? await navigator.locks.request(REFRESH_LOCK, () => this.#refresh())
        : await this.#refresh();
    if (outcome === "ended" && this.#state.status === "active") this.forget("expired");
    if (outcome === "ended" && this.#state.status === "unknown") this.forget("anonymous");
    if (outcome === "unreachable") {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.renew(), RETRY_MS);
    }
    return outcome;
  }

  async #refresh(): Promise<Outcome> {
    try {
      const response = await fetch("/api/auth/refresh/", {
        method: "POST",
        signal: AbortSignal.timeout(REFRESH_TIMEOUT_MS),
      });
      if (response.status === 401 || response.status === 403) return "ended";
      const body = await response.json();
      if (!response.ok) throw failureOf(response, body);
      this.#keep(body.data.access, body.data.expires_in);
      if (this.#state.status !== "active") {
        const me = await fetch("/api/auth/me/", {
          headers: { authorization: `Bearer ${this.#access}` },
          signal: AbortSignal.timeout(REFRESH_TIMEOUT_MS),
        });
        if (!me.ok) throw failureOf(me, null);
        this.#set({ status: "active", user: (await me.json()).data });
      }
      return "renewed";
    } catch {
      // The network or the gateway; whoever asked decides whether to try again.
      return "unreachable";
    }
  }

  #keep(access: string, expiresInSeconds: number): void {
    this.#access = access;
    clearTimeout(this.#timer);
    const wait = Math.max(5_000, expiresInSeconds * 1_000 - RENEW_BEFORE_MS);
    this.#timer = setTimeout(() => void this.renew(), wait);
    for (const listener of this.#listeners) listener();
  }

  #set(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  #listen(): void {
    if (this.#channel || typeof BroadcastChannel === "undefined") return;
    this.#channel = new BroadcastChannel(CHANNEL);
    this.#channel.onmessage = ({ data }) => {
      if (data === "ended" && this.#state.status === "active") this.forget("anonymous");
      if (data !== "began") return;
      // Perhaps as somebody else: who it is must be read anew.
      this.#access = null;
      this.#set({ status: "unknown" });
      void this.renew();
    };
  }
}

export const session = new SessionStore();
