import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, failureOf } from "@/lib/api/errors";
import { SessionStore } from "@/lib/api/session";
import type { Me } from "@/lib/api/types";

const ME = { id: "1", email: "a@example.com", name: "A" } as Me;

function answer(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

function serve(routes: Record<string, () => Response>) {
  const fetched = vi.fn(async (path: RequestInfo | URL, _init?: RequestInit) => {
    const route = routes[String(path)];
    if (!route) throw new TypeError("network");
    return route();
  });
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

const RENEWED = { "/api/auth/refresh/": () => answer(200, { data: { access: "fresh", expires_in: 900 } }) };

describe("the session", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    // The stores of these tests are no tabs of one browser.
    vi.stubGlobal("BroadcastChannel", undefined);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("is taken up again where the browser has a cookie, and asks nothing where it has none", async () => {
    const fetched = serve({ ...RENEWED, "/api/auth/me/": () => answer(200, { data: ME }) });
    const anonymous = new SessionStore();
    await anonymous.start(false);
    expect(anonymous.read()).toEqual({ status: "anonymous" });
    expect(fetched).not.toHaveBeenCalled();
    const session = new SessionStore();
    await session.start(true);
    expect(session.read()).toEqual({ status: "active", user: ME });
    expect(session.access).toBe("fresh");
  });

  it("keeps its token out of every storage that scripts can read", async () => {
    serve({});
    const session = new SessionStore();
    session.begin("secret-token", 900, ME);
    expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain("secret-token");
    expect(document.cookie).not.toContain("secret-token");
    expect(JSON.stringify(session)).not.toContain("secret-token");
  });

  it("is renewed once for all who ask at the same time", async () => {
    const fetched = serve(RENEWED);
    const session = new SessionStore();
    session.begin("old", 900, ME);
    expect(await Promise.all([session.renew(), session.renew(), session.renew()])).toEqual([
      "renewed",
      "renewed",
      "renewed",
    ]);
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it("renews itself a minute before the token ends", async () => {
    const fetched = serve(RENEWED);
    new SessionStore().begin("old", 900, ME);
    await vi.advanceTimersByTimeAsync(839_000);
    expect(fetched).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it("says when the server is away as it is taken up, and is there once the server is", async () => {
    serve({});
    const session = new SessionStore();
    await session.start(true);
    expect(session.read()).toEqual({ status: "unknown", isUnreachable: true });
    serve({ ...RENEWED, "/api/auth/me/": () => answer(200, { data: ME }) });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(session.read()).toEqual({ status: "active", user: ME });
  });

  it("tries a renewal that did not come through once more", async () => {
    serve({});
    const session = new SessionStore();
    session.begin("old", 900, ME);
    await vi.advanceTimersByTimeAsync(841_000);
    serve(RENEWED);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(session.access).toBe("fresh");
  });

  it("says that it has expired when the server ends it, and stays when the server is away", async () => {
    const session = new SessionStore();
    session.begin("old", 900, ME);
    serve({});
    expect(await session.renew()).toBe("unreachable");
    expect(session.read().status).toBe("active");
    serve({ "/api/auth/refresh/": () => answer(401, {}) });
    expect(await session.renew()).toBe("ended");
    expect(session.read()).toEqual({ status: "expired" });
    expect(session.access).toBeNull();
  });
});

describe("a failure", () => {
  it("is read from the body of the API", () => {
    const error = failureOf(new Response(null, { status: 422, headers: { "retry-after": "7" } }), {
      message: "a field is wrong",
      error: { code: "validation_failed", fields: { price: ["must be positive"] }, request_id: "r1" },
    });
    expect(error).toMatchObject({ code: "validation_failed", requestId: "r1", retryAfterSeconds: 7 });
    expect(error.fields).toEqual({ price: ["must be positive"] });
    expect(error.isPassing).toBe(false);
  });

  it("of a proxy in between is understood too", () => {
    expect(failureOf(new Response("<html>", { status: 502, statusText: "Bad Gateway" }), "<html>")).toMatchObject({
      code: "unknown",
      message: "Bad Gateway",
      isPassing: true,
    });
  });

  it("without an answer means that one is offline", () => {
    expect(new ApiError(0, "offline", "x")).toMatchObject({ isOffline: true, isPassing: true });
  });
});
