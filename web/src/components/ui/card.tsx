import type { ReactNode } from "react";
import { classes } from "@/lib/classes";

export interface CardProps {
  title?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  className?: string;
  bodyClassName?: string;
  children: ReactNode;
}

/** A titled region of a page. */
export function Card({ title, description, actions, className, bodyClassName, children }: CardProps) {
  return (
    <section className={classes("card flex min-w-0 flex-col", className)}>
      {title || actions ? (
        <header className="flex min-h-12 flex-wrap items-center justify-between gap-x-3 gap-y-1 px-4 pt-3 pb-2">
          <div className="min-w-0 flex-1 basis-40">
            {title ? <h2 className="font-semibold text-[0.9375rem] leading-tight">{title}</h2> : null}
            {description ? <p className="mt-0.5 text-[0.8125rem] text-faint">{description}</p> : null}
          </div>
          {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
        </header>
      ) : null}
      <div className={classes("min-w-0 flex-1 px-4 pb-4", !title && !actions && "pt-4", bodyClassName)}>{children}</div>
    </section>
  );
}

/** The head of a page. */
export function PageHead({
  title,
  description,
  actions,
}: {
  title: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className="mb-4 flex flex-wrap items-end justify-between gap-3">
      <div className="min-w-0">
        <h1 className="font-semibold text-[1.375rem] leading-tight tracking-tight">{title}</h1>
        {description ? <p className="mt-1 max-w-[70ch] text-muted">{description}</p> : null}
      </div>
      {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
    </div>
  );
}
