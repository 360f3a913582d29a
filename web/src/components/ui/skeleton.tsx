import { classes } from "@/lib/classes";

/** Stands where something is about to be. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={classes("animate-pulse rounded-md bg-raised", className)} />;
}
