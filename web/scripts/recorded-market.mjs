// The market of the browser tests, as two tick files: `node scripts/recorded-market.mjs FOLDER` writes `past.csv`, days of
// prices up to now that a replay with `speed=max` plays at once, and `present.csv`, hours of prices for a replay with
// `speed=1&rebase=now` that goes on where the past ends. The same prices each time; only their times follow the clock.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
/** What an asset moves in a day, about. */
const DAILY = 0.03;
/** Traded with each price, about, in USD. */
const TRADED = 20_000;
/** A chart of quarters of an hour needs a while to come to its beginning; the others need a day to compare with. */
const LONGEST_DAYS = 16;
const DAYS = 1.5;
/** Far back there is a price every five minutes, and one a minute in the last hours. */
const STRIDE = 5 * MINUTE;
const FINE_FOR = 3 * 60 * MINUTE;
/** How long the present goes on, and how often each asset has a price in it. */
const PRESENT_FOR = 4 * 60 * MINUTE;
const EVERY = 2 * SECOND;

/** A replayed file knows tickers alone, and makes ids of them: here they are ids, and an administrator names the assets. */
export const ASSETS = [
  ["bitcoin", "BTC", "Bitcoin", 90_000],
  ["ethereum", "ETH", "Ethereum", 3_100],
  ["ripple", "XRP", "XRP", 2.1],
  ["solana", "SOL", "Solana", 135],
  ["dogecoin", "DOGE", "Dogecoin", 0.15],
  ["cardano", "ADA", "Cardano", 0.42],
  ["chainlink", "LINK", "Chainlink", 13.5],
  ["stellar", "XLM", "Stellar", 0.24],
  ["litecoin", "LTC", "Litecoin", 83],
  ["shiba-inu", "SHIB", "Shiba Inu", 0.0000085],
  ["pepe", "PEPE", "Pepe", 0.0000047],
  ["quant-network", "QNT", "Quant", 78],
].map(([asset_id, symbol, name, price]) => ({ asset_id, symbol, name, price }));

/** Both files as text; the past ends at `now`. */
export function recordedMarket(now) {
  const walks = ASSETS.map((asset, index) => ({ asset, price: asset.price, random: randomOf(index + 1), index }));
  const header = "timestamp_ms,symbol,price,quantity\n";
  return { past: header + pastOf(walks, now), present: header + presentOf(walks, now) };
}

function pastOf(walks, now) {
  const lines = [];
  for (let at = now - LONGEST_DAYS * DAY; at < now; ) {
    const stride = now - at > FINE_FOR ? STRIDE : MINUTE;
    for (const walk of walks) {
      if (walk.index === 0 || now - at <= DAYS * DAY) lines.push(line(walk, at + walk.index, stride));
    }
    at += stride;
  }
  return lines.join("");
}

function presentOf(walks, now) {
  const lines = [];
  const pause = EVERY / walks.length;
  for (let at = now; at < now + PRESENT_FOR; at += EVERY) {
    for (const walk of walks) lines.push(line(walk, at + Math.round(walk.index * pause), EVERY));
  }
  return lines.join("");
}

/** The asset's next price, so long after the one before. */
function line(walk, at, passed) {
  const moved = (walk.random() + walk.random() + walk.random() - 1.5) * 2;
  // A gentle pull back keeps the price near where it began.
  const pull = Math.log(walk.price / walk.asset.price) * (passed / DAY) * 0.2;
  walk.price *= Math.exp(moved * DAILY * Math.sqrt(passed / DAY) - pull);
  const traded = (TRADED * (0.2 + 1.6 * walk.random())) / walk.price;
  return `${at},${walk.asset.asset_id.toUpperCase()},${plain(walk.price)},${plain(traded)}\n`;
}

/** Six significant digits, without an exponent. */
function plain(value) {
  const digits = Math.max(0, Math.min(12, 5 - Math.floor(Math.log10(value))));
  return value.toFixed(digits);
}

/** Numbers between 0 and 1, the same for the same seed. */
function randomOf(seed) {
  let state = Math.imul(seed, 0x9e37_79b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [folder = "."] = process.argv.slice(2);
  const { past, present } = recordedMarket(Date.now());
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "past.csv"), past);
  writeFileSync(join(folder, "present.csv"), present);
}
