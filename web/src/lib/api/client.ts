import createClient from "openapi-fetch";
import { ApiError, failureOf } from "./errors";
import { reach } from "./reach";
import type { paths } from "./schema";
import { session } from "./session";

const TIMEOUT_MS = 20_000;
/** Who waits for longer is told so. */
const SILENCE_MS = 8_000;

async function send(request: Request): Promise<Response> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const silence = setTimeout(() => reach.note(null), SILENCE_MS);
  try {
    const response = await fetch(new Request(request, { signal }));
    reach.note(response);
    return response;
  } catch (error) {
    if (request.signal.aborted) throw error;
    reach.note(null);
    throw new ApiError(0, "offline", "the server was not reached");
  } finally {
    clearTimeout(silence);
  }
}

function withToken(request: Request): Request {
  const copy = request.clone();
  if (session.access) copy.headers.set("authorization", `Bearer ${session.access}`);
  return copy;
}

/** Sends with the access token; renews it once where it has run out. */
async function authorized(request: Request): Promise<Response> {
  const used = session.access;
  const first = await send(withToken(request));
  if (first.status !== 401 || !used) return first;
  // Another call may have renewed it meanwhile.
  if (session.access === used && (await session.renew()) !== "renewed") return first;
  return session.access ? send(withToken(request)) : first;
}

/** The API, as its OpenAPI document describes it. */
export const api = createClient<paths, "application/json">({ baseUrl: "", fetch: authorized });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of an answer; throws an [`ApiError`] where there is none. */
export async function body<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (response.ok && data !== undefined) return data;
  throw failureOf(response, error);
}

/** What is inside the envelope of an answer. */
export async function unwrap<T>(answer: Promise<Answer<{ data: T }>>): Promise<T> {
  return (await body(answer)).data;
}

/** An answer that is JSON, of a route that can also answer with a text. */
export function notText<T>(answer: T | string): T {
  if (typeof answer === "string") throw new ApiError(502, "unknown", "the answer is no JSON");
  return answer;
}

/** A header that lets a repeated request count once. */
export function once(key: string = crypto.randomUUID()): { "Idempotency-Key": string } {
  return { "Idempotency-Key": key };
}

/** Sends with the access token, for answers that are not JSON. */
export async function download(path: string, accept: string): Promise<Blob> {
  const response = await authorized(new Request(path, { headers: { accept } }));
  if (!response.ok) throw failureOf(response, await response.json().catch(() => null));
  return response.blob();
}
