/** A message of the stream. */
export interface StreamMessage {
  channel: string;
  type: "snapshot" | "update";
  seq: number;
  data: unknown;
}

export type StreamStatus = "idle" | "connecting" | "open" | "closed";

type Listener = (message: StreamMessage) => void;

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 20_000;
const PING_EVERY_MS = 25_000;
const SILENCE_MS = 60_000;
/** The code of a refusal that time heals. */
const PASSING = "unavailable";
const PRIVATE = new Set(["notifications", "portfolio", "orders"]);

/** What the socket needs of its surroundings. */
export interface SocketWorld {
  open: () => WebSocket;
  token: () => string | null;
  /** Gets a fresh token; it is told by `tokenChanged`. */
  renew: () => Promise<unknown>;
  random: () => number;
}

/** What the server could not do, or would not. */
interface Refusal {
  op?: string;
  code?: string;
}

/**
 * One connection for all who listen. It comes back by itself after a loss, subscribes again to whatever is listened to,
 * and asks for a fresh snapshot where a message is missing.
 */
export class LiveSocket {
  #world: SocketWorld;
  #socket: WebSocket | null = null;
  #status: StreamStatus = "idle";
  #attempts = 0;
  #channels = new Map<string, Set<Listener>>();
  #seen = new Map<string, number>();
  #isAuthenticated = false;
  #shown: string | null = null;
  #heardAt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #refusals = 0;
  #isRefused = false;
  #ping: ReturnType<typeof setInterval> | undefined;
  #watchers = new Set<() => void>();

  constructor(world: SocketWorld) {
    this.#world = world;
  }

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  readonly status = (): StreamStatus => this.#status;

  /** Hears a channel until the returned function is called. */
  subscribe(channel: string, listener: Listener): () => void {
    const listeners = this.#channels.get(channel) ?? new Set();
    const isFirst = listeners.size === 0;
    listeners.add(listener);
    this.#channels.set(channel, listeners);
    if (isFirst) this.#ask([channel]);
    else if (this.#status === "open") this.#restart(channel);
    this.#connect();
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0 || this.#channels.get(channel) !== listeners) return;
      this.#channels.delete(channel);
      this.#seen.delete(channel);
      if (this.#status === "open") this.#send({ op: "unsubscribe", channels: [channel] });
    };
  }

  /** The access token is new, or gone. */
  tokenChanged(): void {
    if (this.#status !== "open") return;
    const token = this.#world.token();
    if (token) this.#authenticate(token);
    else if (this.#isAuthenticated) this.#socket?.close(1000, "signed out");
  }

  /** Tries at once, for example because the network is back. */
  wake(): void {
    if (this.#status !== "closed") return;
    clearTimeout(this.#retry);
    this.#attempts = 0;
    this.#connect();
  }

  #connect(): void {
    if (this.#socket || this.#channels.size === 0) return;
    clearTimeout(this.#retry);
    this.#move("connecting");
    const socket = this.#world.open();
    this.#socket = socket;
    socket.onopen = () => this.#opened();
    socket.onmessage = (event) => this.#heard(String(event.data));
    socket.onclose = () => this.#lost(socket);
  }

  #opened(): void {
    this.#heardAt = Date.now();
    this.#seen.clear();
    this.#isAuthenticated = false;
    this.#refusals = 0;
    this.#isRefused = false;
    this.#move("open");
    this.#shown = null;
    const token = this.#world.token();
    if (token) this.#authenticate(token);
    this.#ask([...this.#channels.keys()]);
    clearInterval(this.#ping);
    this.#ping = setInterval(() => {
      if (Date.now() - this.#heardAt > SILENCE_MS) this.#socket?.close();
      else this.#send({ op: "ping" });
    }, PING_EVERY_MS);
  }

  #lost(socket: WebSocket): void {
    if (this.#socket !== socket) return;
    clearInterval(this.#ping);
    clearTimeout(this.#again);
    this.#again = undefined;
    this.#socket = null;
    this.#isAuthenticated = false;
    this.#move(this.#channels.size === 0 ? "idle" : "closed");
    if (this.#channels.size === 0) return;
    this.#retry = setTimeout(() => this.#connect(), this.#pause(this.#attempts));
    this.#attempts += 1;
  }

  #heard(text: string): void {
    this.#heardAt = Date.now();
    // Only what was said shows that the connection is good: some proxies accept and then drop.
    this.#attempts = 0;
    const message = JSON.parse(text) as { type: string; channel?: string; seq?: number } & Refusal;
    if (message.type === "authenticated") {
      const isFirst = !this.#isAuthenticated;
      this.#isAuthenticated = true;
      this.#isRefused = false;
      this.#refusals = 0;
      if (isFirst) this.#ask([...this.#channels.keys()].filter((channel) => PRIVATE.has(channel)));
      return;
    }
    if (message.type === "error") {
      this.#refused(message);
      return;
    }
    if (message.channel === undefined || message.seq === undefined) return;
    this.#deliver(message as StreamMessage);
  }

  /** A server that has just started knows no asset yet and may not reach who judges tokens: what it refuses is asked again. */
  #refused({ op, code }: Refusal): void {
    if (op === "auth") {
      // Its private channels ended with it.
      this.#isRefused = true;
      this.#isAuthenticated = false;
      for (const channel of PRIVATE) this.#seen.delete(channel);
    } else if (op !== "subscribe" || code !== PASSING) {
      return;
    }
    this.#again ??= setTimeout(() => void this.#tryAgain(), this.#pause(this.#refusals));
  }

  async #tryAgain(): Promise<void> {
    const socket = this.#socket;
    this.#refusals += 1;
    if (this.#isRefused) {
      // Also the same one may be good by now.
      this.#shown = null;
      await this.#world.renew();
      if (this.#socket !== socket) return;
      const token = this.#world.token();
      if (token) this.#authenticate(token);
    }
    this.#again = undefined;
    this.#ask([...this.#channels.keys()].filter((channel) => !this.#seen.has(channel)));
  }

  #pause(attempts: number): number {
    const ceiling = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempts);
    return ceiling / 2 + (this.#world.random() * ceiling) / 2;
  }

  #deliver(message: StreamMessage): void {
    const listeners = this.#channels.get(message.channel);
    if (!listeners) return;
    const last = this.#seen.get(message.channel);
    if (message.type === "update") {
      // A snapshot was asked for already; what was on its way before it belongs to the old count.
      if (last === undefined) return;
      if (message.seq !== last + 1) {
        this.#restart(message.channel);
        return;
      }
    }
    this.#seen.set(message.channel, message.seq);
    for (const listener of listeners) listener(message);
  }

  #restart(channel: string): void {
    this.#seen.delete(channel);
    this.#ask([channel]);
  }

  #ask(channels: string[]): void {
    if (this.#status !== "open") return;
    const wanted = channels.filter((channel) => this.#isAuthenticated || !PRIVATE.has(channel));
    if (wanted.length > 0) this.#send({ op: "subscribe", channels: wanted });
  }

  #authenticate(token: string): void {
    if (this.#shown === token) return;
    this.#shown = token;
    this.#send({ op: "auth", token });
  }

  #send(message: unknown): void {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  #move(status: StreamStatus): void {
    this.#status = status;
    for (const watcher of this.#watchers) watcher();
  }
}
