"use client";
import type { ReactNode } from "react";
import { RequireSession } from "./require-session";

/** A page that only who is signed in sees; with `isAdmin` only administrators. */
export function SignedIn({ children, isAdmin }: { children: ReactNode; isAdmin?: boolean }) {
  return <RequireSession isAdmin={isAdmin ?? false}>{() => children}</RequireSession>;
}
