"use client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { setNonce } from "get-nonce";
import { ThemeProvider } from "next-themes";
import { type ReactNode, useState } from "react";
import { TooltipProvider } from "@/components/ui/tooltip";
import { SessionProvider } from "@/features/session/session-provider";
import { ApiError } from "@/lib/api/errors";
import { Toasts } from "./toasts";

const TRIES = 3;

function makeClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        retry: (count, error) => count < TRIES && (!(error instanceof ApiError) || error.isPassing),
        retryDelay: (attempt, error) =>
          error instanceof ApiError && error.retryAfterSeconds
            ? error.retryAfterSeconds * 1_000
            : Math.min(10_000, 500 * 2 ** attempt),
        // The app says itself that it is offline; a paused query would show a skeleton for ever.
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
}

/** What every page stands on. */
export function Providers({ nonce, hasCookie, children }: { nonce: string; hasCookie: boolean; children: ReactNode }) {
  const [client] = useState(makeClient);
  // Radix locks scrolling by a style element, which needs the page's nonce.
  if (typeof window !== "undefined") setNonce(nonce);
  return (
    <ThemeProvider attribute="class" defaultTheme="system" enableSystem disableTransitionOnChange nonce={nonce}>
      <QueryClientProvider client={client}>
        <TooltipProvider>
          <Toasts>
            <SessionProvider hasCookie={hasCookie}>{children}</SessionProvider>
          </Toasts>
        </TooltipProvider>
      </QueryClientProvider>
    </ThemeProvider>
  );
}
