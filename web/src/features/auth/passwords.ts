import { z } from "zod/mini";

export const SHORTEST_PASSWORD = 12;
export const LONGEST_PASSWORD = 128;

export type PasswordProblem = "passwordLength" | "required" | "email";

/** A password that is new. */
export const newPassword = z
  .string()
  .check(
    z.minLength(SHORTEST_PASSWORD, "passwordLength" satisfies PasswordProblem),
    z.maxLength(LONGEST_PASSWORD, "passwordLength" satisfies PasswordProblem),
  );

/** A text that must be there. */
export const required = z.string().check(z.trim(), z.minLength(1, "required" satisfies PasswordProblem));

/** An address. */
export const email = z.email("email" satisfies PasswordProblem);
