/** An asset of the recorded market, and what an administrator calls it. */
export interface RecordedAsset {
  asset_id: string;
  symbol: string;
  name: string;
  price: number;
}

export const ASSETS: readonly RecordedAsset[];
export function recordedMarket(now: number): { past: string; present: string };
