/** The newest price of an asset, as the stream says it. */
export interface Ticker {
  asset_id: string;
  symbol: string;
  price: string;
  event_at: string;
  received_at: string;
  source: string;
  change_24h: number | null;
  stale: boolean;
}

/** A ticker, and which way its price went last. */
export interface LivePrice extends Ticker {
  move: "up" | "down" | null;
  /** Counts changes of the price. */
  changes: number;
}

/** Hands changes to those who look, at most once for each frame of the screen. */
export class PriceBoard {
  #prices = new Map<string, LivePrice>();
  #listeners = new Map<string, Set<() => void>>();
  #dirty = new Set<string>();
  #isPlanned = false;
  #plan: (run: () => void) => void;

  constructor(plan: (run: () => void) => void) {
    this.#plan = plan;
  }

  /** Calls back when the asset's price changed. */
  subscribe(assetId: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(assetId) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(assetId, listeners);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(assetId);
    };
  }

  read(assetId: string): LivePrice | undefined {
    return this.#prices.get(assetId);
  }

  /** Takes over what the stream said. */
  put(tickers: readonly Ticker[]): void {
    for (const ticker of tickers) {
      const before = this.#prices.get(ticker.asset_id);
      const difference = before ? Number(ticker.price) - Number(before.price) : 0;
      this.#prices.set(ticker.asset_id, {
        ...ticker,
        move: difference > 0 ? "up" : difference < 0 ? "down" : (before?.move ?? null),
        changes: (before?.changes ?? 0) + (difference === 0 ? 0 : 1),
      });
      this.#dirty.add(ticker.asset_id);
    }
    if (this.#isPlanned || this.#dirty.size === 0) return;
    this.#isPlanned = true;
    this.#plan(() => this.#tell());
  }

  #tell(): void {
    this.#isPlanned = false;
    const dirty = this.#dirty;
    this.#dirty = new Set();
    for (const assetId of dirty) {
      for (const listener of this.#listeners.get(assetId) ?? []) listener();
    }
  }
}
