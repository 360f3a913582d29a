"use client";
import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

export const PREFERENCES_KEY = ["mine", "preferences"] as const;

/** Which channels are on, what they need, and when they are silent. */
export function usePreferences() {
  return useQuery({
    queryKey: PREFERENCES_KEY,
    queryFn: ({ signal }) => unwrap(api.GET("/api/notifications/preferences/", { signal })),
  });
}
