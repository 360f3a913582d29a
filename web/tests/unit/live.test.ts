import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PriceBoard, type Ticker } from "@/lib/live/prices";
import { LiveSocket, type StreamMessage } from "@/lib/live/socket";

/** The server's end of a connection. */
class Wire {
  static all: Wire[] = [];
  readyState = 0;
  sent: { op: string; channels?: string[]; token?: string }[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor() {
    Wire.all.push(this);
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  say(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = 3;
    this.onclose?.();
  }

  asked(op: string): string[] {
    return this.sent.filter((message) => message.op === op).flatMap((message) => message.channels ?? []);
  }
}

let token: string | null = null;
const renew = vi.fn(async () => {});

function connect(): LiveSocket {
  return new LiveSocket({ open: () => new Wire() as unknown as WebSocket, token: () => token, renew, random: () => 1 });
}

const last = (): Wire => {
  const wire = Wire.all.at(-1);
  if (!wire) throw new Error("nothing was opened");
  return wire;
};

describe("the live connection", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    Wire.all = [];
    token = null;
  });
  afterEach(() => vi.useRealTimers());

  it("is opened when somebody listens, and once for all", () => {
    const socket = connect();
    expect(Wire.all).toHaveLength(0);
    socket.subscribe("ticker:*", () => {});
    socket.subscribe("candles:bitcoin:1h", () => {});
    last().accept();
    expect(Wire.all).toHaveLength(1);
    expect(last().asked("subscribe")).toEqual(["ticker:*", "candles:bitcoin:1h"]);
  });

  it("comes back after a loss, later each time, and asks for the same channels", () => {
    const socket = connect();
    socket.subscribe("ticker:*", () => {});
    last().accept();
    last().close();
    expect(socket.status()).toBe("closed");
    vi.advanceTimersByTime(499);
    expect(Wire.all).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(Wire.all).toHaveLength(2);
    last().close();
    vi.advanceTimersByTime(999);
    expect(Wire.all).toHaveLength(2);
    vi.advanceTimersByTime(1);
    last().accept();
    expect(last().asked("subscribe")).toEqual(["ticker:*"]);
  });

  it("comes back at once when the network does", () => {
    const socket = connect();
    socket.subscribe("ticker:*", () => {});
    last().close();
    socket.wake();
    expect(Wire.all).toHaveLength(2);
  });

  it("asks for a fresh snapshot where a message is missing, and delivers nothing in between", () => {
    const heard: StreamMessage[] = [];
    const socket = connect();
    socket.subscribe("ticker:*", (message) => heard.push(message));
    last().accept();
    last().say({ channel: "ticker:*", type: "snapshot", seq: 1, data: [] });
    last().say({ channel: "ticker:*", type: "update", seq: 2, data: {} });
    last().say({ channel: "ticker:*", type: "update", seq: 4, data: {} });
    expect(heard.map((message) => message.seq)).toEqual([1, 2]);
    last().say({ channel: "ticker:*", type: "update", seq: 5, data: {} });
    expect(last().asked("subscribe"), "what was on its way asks for no second one").toEqual(["ticker:*", "ticker:*"]);
    last().say({ channel: "ticker:*", type: "snapshot", seq: 1, data: [] });
    expect(heard.map((message) => message.seq)).toEqual([1, 2, 1]);
  });

  it("asks for private channels only once it has shown who it is", () => {
    token = "t1";
    const socket = connect();
    socket.subscribe("notifications", () => {});
    last().accept();
    expect(last().sent).toEqual([{ op: "auth", token: "t1" }]);
    last().say({ type: "authenticated", expires_at: "2099-01-01T00:00:00.000Z" });
    expect(last().asked("subscribe")).toEqual(["notifications"]);
    token = "t2";
    socket.tokenChanged();
    socket.tokenChanged();
    expect(last().sent.filter((message) => message.op === "auth")).toHaveLength(2);
  });

  it("loses no private channel when its token runs out before there is a new one", async () => {
    token = "t1";
    const socket = connect();
    socket.subscribe("orders", () => {});
    last().accept();
    last().say({ type: "authenticated", expires_at: "2099-01-01T00:00:00.000Z" });
    renew.mockImplementationOnce(async () => {
      token = "t2";
      socket.tokenChanged();
    });
    last().say({ type: "error", op: "auth", code: "token_expired", message: "" });
    await vi.advanceTimersByTimeAsync(500);
    expect(last().sent.filter((one) => one.op === "auth")).toEqual([
      { op: "auth", token: "t1" },
      { op: "auth", token: "t2" },
    ]);
    last().say({ type: "authenticated", expires_at: "2099-01-01T00:00:00.000Z" });
    expect(last().asked("subscribe")).toEqual(["orders", "orders"]);
  });

  it("asks again for what a server that has just started could not give, later each time", async () => {
    token = "t1";
    const socket = connect();
    socket.subscribe("candles:bitcoin:1h", () => {});
    socket.subscribe("notifications", () => {});
    last().accept();
    last().say({ type: "error", op: "subscribe", code: "unavailable", message: "" });
    last().say({ type: "error", op: "auth", code: "unavailable", message: "" });
    await vi.advanceTimersByTimeAsync(500);
    expect(last().asked("subscribe")).toEqual(["candles:bitcoin:1h", "candles:bitcoin:1h"]);
    expect(last().sent.filter((one) => one.op === "auth")).toHaveLength(2);
    last().say({ type: "error", op: "auth", code: "unavailable", message: "" });
    await vi.advanceTimersByTimeAsync(999);
    expect(last().sent.filter((one) => one.op === "auth")).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(last().sent.filter((one) => one.op === "auth")).toHaveLength(3);
    last().say({ type: "authenticated", expires_at: "2099-01-01T00:00:00.000Z" });
    expect(last().asked("subscribe").at(-1)).toBe("notifications");
    await vi.advanceTimersByTimeAsync(30_000);
    expect(last().sent.filter((one) => one.op === "auth")).toHaveLength(3);
  });

  it("stops hearing a channel that nobody listens to", () => {
    const socket = connect();
    const leave = socket.subscribe("ticker:*", () => {});
    last().accept();
    leave();
    expect(last().asked("unsubscribe")).toEqual(["ticker:*"]);
    last().close();
    expect(socket.status()).toBe("idle");
    vi.advanceTimersByTime(60_000);
    expect(Wire.all).toHaveLength(1);
  });

  it("is given up when it has been silent for a minute", () => {
    const socket = connect();
    socket.subscribe("ticker:*", () => {});
    last().accept();
    vi.advanceTimersByTime(75_000);
    expect(socket.status()).toBe("closed");
  });
});

function ticker(price: string, asset = "bitcoin"): Ticker {
  const at = "2026-11-26T10:00:00.000Z";
  return {
    asset_id: asset,
    symbol: "BTC",
    price,
    event_at: at,
    received_at: at,
    source: "x",
    change_24h: 1,
    stale: false,
  };
}

describe("the board of prices", () => {
  it("tells each listener once a frame, however many ticks came", () => {
    const plans: (() => void)[] = [];
    const board = new PriceBoard((run) => plans.push(run));
    const told = vi.fn();
    board.subscribe("bitcoin", told);
    for (let price = 1; price <= 100; price += 1) board.put([ticker(String(price)), ticker("1", "ethereum")]);
    expect(plans).toHaveLength(1);
    expect(told).not.toHaveBeenCalled();
    plans[0]?.();
    expect(told).toHaveBeenCalledTimes(1);
    expect(board.read("bitcoin")?.price).toBe("100");
  });

  it("knows which way a price went, and counts changes only", () => {
    const board = new PriceBoard((run) => run());
    board.put([ticker("10")]);
    expect(board.read("bitcoin")).toMatchObject({ move: null, changes: 0 });
    board.put([ticker("11")]);
    board.put([ticker("11")]);
    expect(board.read("bitcoin")).toMatchObject({ move: "up", changes: 1 });
    board.put([ticker("9")]);
    expect(board.read("bitcoin")).toMatchObject({ move: "down", changes: 2 });
  });
});
