import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { openRelay } from "./relay";

declare module "vitest" {
  interface ProvidedContext {
    web: string;
    gateway: string;
    /** Where the way from the web server to the gateway is cut and mended. */
    relay: string;
    inbox: string;
    admin: { email: string; password: string };
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
  return () => {
    server.kill("SIGTERM");
    relay.close();
  };
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    server.stdout?.on("data", (text) => String(text).includes("ready") && resolve());
    server.on("exit", () => reject(new Error("the web server did not start")));
    setTimeout(() => reject(new Error("the web server was not ready in a minute")), READY_MS).unref();
  });
}
