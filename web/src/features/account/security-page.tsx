"use client";
import { ApiTokens } from "./api-tokens";
import { PasswordCard } from "./password-card";
import { SecondFactor } from "./second-factor";
import { Sessions } from "./sessions";

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
