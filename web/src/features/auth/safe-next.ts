/** Where to go after signing in: a page of this app, whatever the address says. */
export function safeNext(next: string | null): string {
  if (!next?.startsWith("/") || next.startsWith("//") || next.includes("\\")) return "/";
  const address = new URL(next, "http://localhost");
  return address.origin === "http://localhost" ? `${address.pathname}${address.search}` : "/";
}
