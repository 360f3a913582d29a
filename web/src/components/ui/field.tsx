import { type ComponentProps, type ReactNode, useId } from "react";
import { classes } from "@/lib/classes";

/** A text field. */
export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input className={classes("field", className)} {...rest} />;
}

/** A longer text. */
export function TextArea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea className={classes("field min-h-20 py-2", className)} {...rest} />;
}

/** A list to choose one of; the browser's own, which phones and screen readers know best. */
export function Select({ className, ...rest }: ComponentProps<"select">) {
  return <select className={classes("field pr-2 pl-1.5", className)} {...rest} />;
}

export interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  className?: string;
  children: (control: {
    id: string;
    "aria-invalid": boolean | undefined;
    "aria-describedby": string | undefined;
  }) => ReactNode;
}

/** A label, its control, and what is wrong with it. */
export function Field({ label, hint, error, className, children }: FieldProps) {
  const id = useId();
  const described = [error ? `${id}-error` : null, hint ? `${id}-hint` : null].filter(Boolean).join(" ");
  return (
    <div className={classes("flex flex-col gap-1", className)}>
      <label htmlFor={id} className="font-medium text-[0.8125rem] text-muted">
        {label}
      </label>
      {children({ id, "aria-invalid": error ? true : undefined, "aria-describedby": described || undefined })}
      {error ? (
        <p id={`${id}-error`} role="alert" className="text-[0.8125rem] text-down">
          {error}
        </p>
      ) : null}
      {hint ? (
        <p id={`${id}-hint`} className="text-[0.8125rem] text-faint">
          {hint}
        </p>
      ) : null}
    </div>
  );
}

/** A box to tick, with its label beside it. */
export function CheckField({
  label,
  className,
  ...rest
}: Omit<ComponentProps<"input">, "type"> & { label: ReactNode }) {
  return (
    <label className={classes("flex min-h-8 items-center gap-2.5", className)}>
      <input type="checkbox" className="size-4 accent-(--accent-solid)" {...rest} />
      <span>{label}</span>
    </label>
  );
}
