"use client";
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { session } from "@/lib/api/session";
import { type LivePrice, PriceBoard, type Ticker } from "./prices";
import { useIsSeen } from "./seen";
import { LiveSocket, type StreamMessage, type StreamStatus } from "./socket";

const ALL_TICKERS = "ticker:*";
/** A loss that is shorter is mended before it can be read. */
const LOST_AFTER_MS = 4_000;

function openStream(): WebSocket {
  const address = new URL("/api/stream", window.location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(address);
}

export const live = new LiveSocket({
  open: openStream,
  token: () => session.access,
  renew: () => session.renew(),
  random: Math.random,
});
export const prices = new PriceBoard((run) => requestAnimationFrame(run));

let lookers = 0;
let leave: (() => void) | null = null;

function hearTickers(message: StreamMessage): void {
  const data = message.data as (Ticker | null)[] | Ticker | null;
  const tickers = Array.isArray(data) ? data : [data];
  // An asset without a price yet has a row too.
  prices.put(tickers.filter((ticker): ticker is Ticker => Boolean(ticker?.price && ticker.event_at)));
}

/** All tickers come over one channel, for as long as anything on the page shows a price. */
function joinTickers(): () => void {
  lookers += 1;
  leave ??= live.subscribe(ALL_TICKERS, hearTickers);
  return () => {
    lookers -= 1;
    if (lookers > 0) return;
    leave?.();
    leave = null;
  };
}

const deaf = () => () => {};

/** The live price of an asset; undefined until the stream has said one. What can't be seen follows once it can. */
export function useLivePrice(assetId: string | undefined): LivePrice | undefined {
  const isSeen = useIsSeen();
  useEffect(joinTickers, []);
  const subscribe = useCallback(
    (listener: () => void) => (assetId ? prices.subscribe(assetId, listener) : () => {}),
    [assetId],
  );
  return useSyncExternalStore(
    isSeen ? subscribe : deaf,
    () => (assetId ? prices.read(assetId) : undefined),
    () => undefined,
  );
}

/** Hears a channel of the stream while the component is there. */
export function useChannel(channel: string | null, listener: (message: StreamMessage) => void): void {
  const newest = useRef(listener);
  useEffect(() => {
    newest.current = listener;
  });
  useEffect(() => {
    if (!channel) return;
    return live.subscribe(channel, (message) => newest.current(message));
  }, [channel]);
}

/** Whether the stream is connected. */
export function useStreamStatus(): StreamStatus {
  return useSyncExternalStore(live.watch, live.status, () => "idle");
}

/** Whether the stream has been away for so long that the reader should know. */
export function useStreamLost(): boolean {
  const status = useStreamStatus();
  const isAway = status === "connecting" || status === "closed";
  const [isLost, setLost] = useState(false);
  useEffect(() => {
    if (!isAway) return;
    const timer = setTimeout(() => setLost(true), LOST_AFTER_MS);
    return () => {
      clearTimeout(timer);
      setLost(false);
    };
  }, [isAway]);
  return isLost;
}
