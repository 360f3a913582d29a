import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { apiOf } from "../../scripts/browser.mjs";
import { ASSETS } from "../../scripts/recorded-market.mjs";
import { openRelay } from "./relay";

declare module "vitest" {
  interface ProvidedContext {
    web: string;
    gateway: string;
    /** Where the way from the web server to the gateway is cut and mended. */
    relay: string;
    inbox: string;
    admin: { email: string; password: string };
    /** Who says the prices: `replay`, or `simulator` where the tests are pointed at one. */
    source: string;
  }
}

const ROOT = join(import.meta.dirname, "../..");
const READY_MS = 60_000;

function needed(name: string, hint: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: ${hint}`);
  return value;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}

/** Starts the built app in front of a running platform, and stops it afterwards. */
export default async function setup(project: TestProject): Promise<() => void> {
  const gateway = needed("GATEWAY_URL", "the address of a running gateway, such as http://127.0.0.1:8000");
  const inbox = needed("INBOX_URL", "the address of its development inbox, such as http://127.0.0.1:8025");
  const admin = {
    email: needed("ADMIN_EMAIL", "an administrator, made by `candlewick admin create`"),
    password: needed("ADMIN_PASSWORD", "the administrator's password"),
  };
  if (!existsSync(join(ROOT, ".next/BUILD_ID"))) throw new Error("the app is not built: npm run build");
  const source = await sourceOf(gateway);
  if (source === "replay") await nameAssets(gateway, admin);
  const port = Number(process.env.WEB_PORT ?? (await freePort()));
  const relay = await openRelay(gateway);
  const server = spawn("node", ["server.mjs"], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: "production", PORT: String(port), HOST: "127.0.0.1", GATEWAY_URL: relay.url },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await ready(server);
  project.provide("web", `http://127.0.0.1:${port}`);
  project.provide("gateway", gateway);
  project.provide("relay", relay.control);
  project.provide("inbox", inbox);
  project.provide("admin", admin);
  project.provide("source", source);
  return () => {
    server.kill("SIGTERM");
    relay.close();
  };
}

async function sourceOf(gateway: string): Promise<string> {
  const { data } = await apiOf(gateway)("GET", "/api/market/status/");
  return data.providers[0]?.name ?? "none";
}

/** A replayed file knows tickers alone; the administrator says what its assets are called. */
async function nameAssets(gateway: string, admin: { email: string; password: string }): Promise<void> {
  const { data: session } = await apiOf(gateway)("POST", "/api/auth/login/", { ...admin, token_delivery: "body" });
  const api = apiOf(gateway, session.access);
  const { data: known } = await api("GET", "/api/assets/?limit=200");
  for (const { asset_id, symbol, name } of ASSETS) {
    const asset = known.find((one: { asset_id: string }) => one.asset_id === asset_id);
    if (!asset)
      throw new Error(`the replayed file has no prices of ${asset_id}: scripts/recorded-market.mjs makes one`);
    if (asset.symbol !== symbol || asset.name !== name) {
      await api("PATCH", `/api/admin/assets/${asset_id}/`, { symbol, name });
    }
  }
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    server.stdout?.on("data", (text) => String(text).includes("ready") && resolve());
    server.on("exit", () => reject(new Error("the web server did not start")));
    setTimeout(() => reject(new Error("the web server was not ready in a minute")), READY_MS).unref();
  });
}
