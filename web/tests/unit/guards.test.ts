import { describe, expect, it } from "vitest";
import { safeNext } from "@/features/auth/safe-next";
import { preferredLocale } from "@/i18n/locales";
import { contentSecurityPolicy } from "@/lib/csp";

describe("the policy of a page", () => {
  const policy = contentSecurityPolicy("abc", false);

  it("lets only scripts and style elements with the page's nonce in, and nothing from elsewhere", () => {
    expect(policy).toContain("script-src 'self' 'nonce-abc' 'strict-dynamic';");
    expect(policy).toContain("style-src 'self' 'nonce-abc';");
    expect(policy).toContain("default-src 'none';");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
  });

  it("lets no other site frame it", () => {
    expect(policy).toContain("frame-ancestors 'none'");
  });
});

describe("the way back after signing in", () => {
  it("leads to a page of this app", () => {
    expect(safeNext("/assets/bitcoin?x=1")).toBe("/assets/bitcoin?x=1");
  });

  it("never leads elsewhere", () => {
    for (const next of [null, "", "https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]) {
      expect(safeNext(next)).toBe("/");
    }
  });
});

describe("the language", () => {
  it("is the first that the browser asks for and the app speaks", () => {
    expect(preferredLocale("fr-CA,fr;q=0.9,en;q=0.8")).toBe("fr");
    expect(preferredLocale("de,en;q=0.5,fr;q=0.9")).toBe("fr");
    expect(preferredLocale("de")).toBe("en");
    expect(preferredLocale("fr;q=0")).toBe("en");
    expect(preferredLocale(null)).toBe("en");
  });
});
