"use client";
import dynamic from "next/dynamic";
import { Skeleton } from "@/components/ui/skeleton";

/** The chart, fetched when it is first needed. */
export const LazyPriceChart = dynamic(() => import("./price-chart").then((module) => module.PriceChart), {
  ssr: false,
  loading: () => <Skeleton className="size-full min-h-40" />,
});
