import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** In Chromium, against a running platform. */
const IN_A_BROWSER = {
  globalSetup: ["tests/browser/setup.ts"],
  testTimeout: 90_000,
  hookTimeout: 60_000,
  fileParallelism: false,
};
const alias = { "@": new URL("./src", import.meta.url).pathname };

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [react()],
        resolve: { alias },
        test: { name: "unit", environment: "jsdom", include: ["tests/unit/**/*.test.{ts,tsx}"] },
      },
      {
        resolve: { alias },
        test: { ...IN_A_BROWSER, name: "browser", include: ["tests/browser/**/*.test.ts"] },
      },
      {
        resolve: { alias },
        // What a person does from the first visit on, with live prices: also where they are a recording.
        test: { ...IN_A_BROWSER, name: "replay", include: ["tests/browser/story.test.ts"] },
      },
    ],
  },
});
