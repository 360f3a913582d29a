"use client";
import { Cell, Pie, PieChart } from "recharts";
import type { Slice } from "./allocation";

const SIZE = 168;

/** The shares as a ring; the table beside it says the same in figures. */
export function AllocationRing({ slices, label }: { slices: readonly Slice[]; label: string }) {
  return (
    <div role="img" aria-label={label}>
      <PieChart width={SIZE} height={SIZE} accessibilityLayer={false}>
        <Pie
          data={slices.map(({ name, percent }) => ({ name, percent: Math.max(0, percent) }))}
          dataKey="percent"
          nameKey="name"
          innerRadius={54}
          outerRadius={80}
          paddingAngle={1}
          startAngle={90}
          endAngle={-270}
          stroke="var(--surface)"
          isAnimationActive={false}
          rootTabIndex={-1}
        >
          {slices.map((slice) => (
            <Cell key={slice.name} fill={slice.color} />
          ))}
        </Pie>
      </PieChart>
    </div>
  );
}
