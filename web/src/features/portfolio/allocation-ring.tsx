"use client";
import { Cell, Pie, PieChart } from "recharts";
import { pageScale } from "@/lib/page-scale";
import type { Slice } from "./allocation";

const SIZE_PX = 168;
const INNER_PX = 54;
const OUTER_PX = 80;

/** The shares as a ring; the table beside it says the same in figures. */
export function AllocationRing({ slices, label }: { slices: readonly Slice[]; label: string }) {
  const scale = pageScale();
  return (
    <div role="img" aria-label={label}>
      <PieChart width={SIZE_PX * scale} height={SIZE_PX * scale} accessibilityLayer={false}>
        <Pie
          data={slices.map(({ name, percent }) => ({ name, percent: Math.max(0, percent) }))}
          dataKey="percent"
          nameKey="name"
          innerRadius={INNER_PX * scale}
          outerRadius={OUTER_PX * scale}
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
