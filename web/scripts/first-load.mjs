// Fails when a page asks for more JavaScript than the budget before it can be used. Starts the built app by itself and
// counts what the HTML of each page names, compressed as browsers get it.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { DOORS, PLACES } from "./places.mjs";

const BUDGET_KB = 250;
const KB = 1024;
const root = join(import.meta.dirname, "..");
const PAGES = [...PLACES.map((place) => place.path), ...DOORS];

/** A port that is free now. */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** The sizes of a script, computed once. */
const sizes = new Map();
function sizeOf(address) {
  if (!sizes.has(address)) {
    const code = readFileSync(join(root, ".next", address.replace(/^\/_next\//, "").split("?")[0]));
    sizes.set(address, { gzip: gzipSync(code).length, brotli: brotliCompressSync(code).length });
  }
  return sizes.get(address);
}

const port = await freePort();
const web = `http://127.0.0.1:${port}`;
const server = spawn("node", ["server.mjs"], {
  cwd: root,
  env: { ...process.env, PORT: String(port), HOST: "127.0.0.1" },
  stdio: ["ignore", "pipe", "inherit"],
});
await new Promise((resolve, reject) => {
  server.stdout.on("data", (text) => String(text).includes("ready") && resolve());
  server.on("exit", () => reject(new Error("the web server did not start")));
  setTimeout(() => reject(new Error("the web server was not ready in a minute")), 60_000).unref();
});

// All pages first: compressing takes a while, in which the server would close a connection that is about to be used.
const pages = new Map();
try {
  for (const page of PAGES) {
    const answer = await fetch(`${web}${page}`, { signal: AbortSignal.timeout(30_000) });
    if (!answer.ok) throw new Error(`${page} answered ${answer.status}`);
    pages.set(page, await answer.text());
  }
} finally {
  server.kill("SIGTERM");
}

let isOver = false;
for (const [page, html] of pages) {
  const scripts = new Set(
    [...html.matchAll(/<script[^>]+src="(\/_next\/[^"]+)"[^>]*>/g)].flatMap(([tag, address]) =>
      // Browsers that know modules don't fetch these.
      /nomodule/i.test(tag) ? [] : [address],
    ),
  );
  const sum = (kind) => [...scripts].reduce((total, address) => total + sizeOf(address)[kind], 0) / KB;
  const gzip = sum("gzip");
  isOver ||= gzip > BUDGET_KB;
  console.log(
    `${gzip > BUDGET_KB ? "OVER" : "ok  "} ${gzip.toFixed(0).padStart(4)} kB gzip ${sum("brotli").toFixed(0).padStart(4)} kB brotli  ${page}`,
  );
}
if (isOver) {
  console.error(`a page's first load is over ${BUDGET_KB} kB of compressed JavaScript`);
  process.exit(1);
}
