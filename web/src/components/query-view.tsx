"use client";
import type { UseQueryResult } from "@tanstack/react-query";
import { RotateCw, TriangleAlert } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useProblem } from "@/features/session/problem";
import { ApiError } from "@/lib/api/errors";

export interface QueryViewProps<T> {
  query: UseQueryResult<T>;
  /** How tall the place is while nothing is there. */
  skeletonClassName?: string;
  isEmpty?: (data: T) => boolean;
  empty?: ReactNode;
  children: (data: T) => ReactNode;
}

/** What a query brought; until then a skeleton, otherwise what went wrong and a way to try again. */
export function QueryView<T>({ query, skeletonClassName, isEmpty, empty, children }: QueryViewProps<T>) {
  const t = useTranslations("states");
  const problem = useProblem();
  const trouble = useTrouble(query);
  if (query.data !== undefined) {
    if (isEmpty?.(query.data)) return empty ?? <Empty>{t("empty")}</Empty>;
    return (
      <>
        {query.isError ? (
          <p role="status" className="mb-2 rounded-md bg-warn-soft px-3 py-1.5 text-[0.8125rem] text-warn">
            {t("outdated", { problem: problem(query.error) })}
          </p>
        ) : null}
        {children(query.data)}
      </>
    );
  }
  if (trouble) {
    return (
      <div role="alert" className="flex flex-col items-center gap-2 px-4 py-8 text-center">
        <TriangleAlert className="size-5 text-down" aria-hidden />
        <p className="max-w-prose">{problem(trouble)}</p>
        {trouble instanceof ApiError && trouble.requestId ? (
          <p className="text-faint text-xs">{t("requestId", { id: trouble.requestId })}</p>
        ) : null}
        <Button size="small" onClick={() => void query.refetch()} isBusy={query.isFetching}>
          <RotateCw aria-hidden />
          {t("retry")}
        </Button>
      </div>
    );
  }
  return (
    <div role="status" aria-label={t("loading")}>
      <Skeleton className={skeletonClassName ?? "h-32 w-full"} />
    </div>
  );
}

/** Why a query brought nothing; also while it is asked again, or the place would change to and fro. */
export function useTrouble({ error, errorUpdateCount }: UseQueryResult<unknown>): Error | null {
  const [last, setLast] = useState<Error | null>(null);
  if (error && error !== last) setLast(error);
  return error ?? (errorUpdateCount > 0 ? last : null);
}

/** Says that there is nothing, and what to do about it. */
export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-3 px-4 py-8 text-center text-muted">
      <div className="max-w-[52ch]">{children}</div>
      {action}
    </div>
  );
}
