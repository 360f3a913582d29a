// Writes the API's document and the types of the client from a running gateway: GATEWAY_URL=… npm run generate
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const gateway = process.env.GATEWAY_URL ?? "http://127.0.0.1:8000";
const folder = join(import.meta.dirname, "..", "src", "lib", "api");

if (!process.argv.includes("--offline")) {
  const answer = await fetch(`${gateway}/api/openapi.json`, { signal: AbortSignal.timeout(15_000) });
  if (!answer.ok) throw new Error(`${gateway} answered ${answer.status}`);
  writeFileSync(join(folder, "openapi.json"), `${JSON.stringify(await answer.json(), null, 1)}\n`);
}
execFileSync("npx", ["openapi-typescript", join(folder, "openapi.json"), "-o", join(folder, "schema.d.ts")], {
  stdio: "inherit",
});
