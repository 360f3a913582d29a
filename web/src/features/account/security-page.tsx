"use client";
import dynamic from "next/dynamic";
import { Skeleton } from "@/components/ui/skeleton";
import { PasswordCard } from "./password-card";
import { SecondFactor } from "./second-factor";

// The last cards of the page; the first ones need not wait for them.
const Sessions = dynamic(() => import("./sessions").then((module) => module.Sessions), {
  ssr: false,
  loading: () => <Skeleton className="h-40" />,
});
const ApiTokens = dynamic(() => import("./api-tokens").then((module) => module.ApiTokens), {
  ssr: false,
  loading: () => <Skeleton className="h-64" />,
});

/** What keeps others out. */
export function SecurityPage() {
  return (
    <div className="space-y-3">
      <PasswordCard />
      <SecondFactor />
      <Sessions />
      <ApiTokens />
    </div>
  );
}
