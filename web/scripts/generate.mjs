// Writes the API's document and the types of the client from a running gateway: GATEWAY_URL=… npm run generate
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import openapiTS, { astToString } from "openapi-typescript";

const gateway = process.env.GATEWAY_URL ?? "http://127.0.0.1:8000";
const folder = join(import.meta.dirname, "..", "src", "lib", "api");

const kept = join(folder, "openapi.json");
if (!process.argv.includes("--offline")) {
  const answer = await fetch(`${gateway}/api/openapi.json`, { signal: AbortSignal.timeout(15_000) });
  if (!answer.ok) throw new Error(`${gateway} answered ${answer.status}`);
  writeFileSync(kept, `${JSON.stringify(await answer.json(), null, 1)}\n`);
}

// A reference that leads nowhere would stop the generator; it becomes a type about which nothing is known, and is told.
const document = JSON.parse(readFileSync(kept, "utf8"));
const { schemas } = document.components;
for (const [, name] of JSON.stringify(document).matchAll(/#\/components\/schemas\/([\w.]+)/g)) {
  if (schemas[name]) continue;
  console.warn(`the document has no schema ${name}`);
  schemas[name] = {};
}
writeFileSync(join(folder, "schema.d.ts"), astToString(await openapiTS(document)));
