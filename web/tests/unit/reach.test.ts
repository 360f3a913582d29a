import { describe, expect, it, vi } from "vitest";
import { Reach } from "@/lib/api/reach";

function answer(status: number, headers: Record<string, string> = {}): Response {
  return new Response("{}", { status, headers });
}

describe("the gateway, as far as the page has heard of it", () => {
  it("is away while nothing answers, or somebody else does in its stead", () => {
    const reach = new Reach();
    const told = vi.fn();
    reach.subscribe(told);
    expect(reach.isAway()).toBe(false);
    reach.note(null);
    expect(reach.isAway()).toBe(true);
    reach.note(answer(503));
    expect(reach.isAway()).toBe(true);
    reach.note(answer(200));
    expect(reach.isAway()).toBe(false);
    expect(told).toHaveBeenCalledTimes(2);
  });

  it("is not away where a service behind it is", () => {
    const reach = new Reach();
    reach.note(answer(503, { "x-request-id": "r1" }));
    expect(reach.isAway()).toBe(false);
  });

  it("is left to the stream once it was reached", () => {
    const reach = new Reach();
    reach.note(answer(401));
    reach.note(null);
    expect(reach.isAway()).toBe(false);
  });
});
