export const SHORTEST_PASSWORD = 12;
export const LONGEST_PASSWORD = 128;

export type PasswordProblem = "passwordLength" | "required" | "email";

type Rule = { validate: (value: string) => true | PasswordProblem };

// The doors are what a newcomer waits for: these three rules spare them a library of rules.

/** A password that is new. */
export const newPassword: Rule = {
  validate: (value) => (value.length >= SHORTEST_PASSWORD && value.length <= LONGEST_PASSWORD) || "passwordLength",
};

/** A text that must be there. */
export const required: Rule = { validate: (value) => value.trim() !== "" || "required" };

/** An address; whether somebody reads it is found out by a mail. */
export const email: Rule = { validate: (value) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value.trim()) || "email" };
