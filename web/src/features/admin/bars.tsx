"use client";
import { useLocale } from "next-intl";
import type { ReactNode } from "react";
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { formatCompact, formatCount } from "@/lib/format";
import { pageScale } from "@/lib/page-scale";

export interface BarsProps {
  label: string;
  rows: readonly { name: string; first: number; second?: number }[];
  first: string;
  second?: string;
  /** What is to be known about the counts. */
  note?: string | undefined;
}

/** Counts over time; a table for screen readers says the same. */
export function Bars({ label, rows, first, second, note }: BarsProps) {
  const locale = useLocale();
  return (
    <>
      <div className="h-52" aria-hidden>
        <ResponsiveContainer width="100%" height="100%">
          <BarChart data={[...rows]} margin={{ top: 4, right: 4, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid stroke="var(--line)" strokeDasharray="2 4" vertical={false} />
            <XAxis dataKey="name" stroke="var(--faint)" fontSize="0.6875rem" tickLine={false} minTickGap={24} />
            <YAxis
              allowDecimals={false}
              tickFormatter={(value: number) => formatCompact(locale, value)}
              stroke="var(--faint)"
              fontSize="0.6875rem"
              tickLine={false}
              axisLine={false}
              width={44 * pageScale()}
            />
            <Tooltip
              cursor={{ fill: "var(--raised)" }}
              content={({ active, payload, label: name }) =>
                active && payload?.length ? (
                  <div className="numeric rounded-md border bg-surface px-3 py-2 text-xs shadow-lg">
                    <p className="text-faint">{name}</p>
                    {payload.map((entry) => (
                      <p key={String(entry.dataKey)}>
                        {entry.name}: {formatCount(locale, Number(entry.value))}
                      </p>
                    ))}
                  </div>
                ) : null
              }
            />
            <Bar
              dataKey="first"
              name={first}
              fill="var(--chart-1)"
              radius={[2, 2, 0, 0]}
              isAnimationActive={false}
              maxBarSize={28 * pageScale()}
            />
            {second ? (
              <Bar
                dataKey="second"
                name={second}
                fill="var(--chart-2)"
                radius={[2, 2, 0, 0]}
                isAnimationActive={false}
                maxBarSize={28 * pageScale()}
              />
            ) : null}
          </BarChart>
        </ResponsiveContainer>
      </div>
      {second ? (
        <p className="mt-2 flex flex-wrap gap-x-4 text-muted text-xs" aria-hidden>
          <Mark colour="bg-(--chart-1)">{first}</Mark>
          <Mark colour="bg-(--chart-2)">{second}</Mark>
        </p>
      ) : null}
      {note ? <p className="mt-2 text-muted text-xs">{note}</p> : null}
      {/* A table is never smaller than its content, so what hides it must be around it. */}
      <div className="sr-only">
        <table>
          <caption>{label}</caption>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name}>
                <th scope="row">{row.name}</th>
                <td>{row.first}</td>
                {second ? <td>{row.second}</td> : null}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Mark({ colour, children }: { colour: string; children: ReactNode }) {
  return (
    <span className="flex items-center gap-1.5">
      <span className={`size-2.5 rounded-sm ${colour}`} />
      {children}
    </span>
  );
}
