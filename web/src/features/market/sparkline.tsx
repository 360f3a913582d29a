import { classes } from "@/lib/classes";
import { forDrawing } from "@/lib/format";

const WIDTH = 112;
const HEIGHT = 32;
const EDGE = 2;

/** The path of a line through the points; null where there are too few. */
export function sparklinePath(points: readonly string[]): string | null {
  const values = points.map((point) => forDrawing(point) ?? 0);
  if (values.length < 2) return null;
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const step = WIDTH / (values.length - 1);
  return values
    .map((value, index) => {
      const y = HEIGHT - EDGE - ((value - low) / span) * (HEIGHT - 2 * EDGE);
      return `${index === 0 ? "M" : "L"}${(index * step).toFixed(1)} ${y.toFixed(1)}`;
    })
    .join("");
}

/** A week in a small line. */
export function Sparkline({
  points,
  label,
  className,
}: {
  points: readonly string[];
  label: string;
  className?: string;
}) {
  const path = sparklinePath(points);
  if (!path) return null;
  const isUp = Number(points.at(-1)) >= Number(points[0]);
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
      preserveAspectRatio="none"
      className={classes("h-8 w-28", isUp ? "text-up" : "text-down", className)}
    >
      <path d={path} fill="none" stroke="currentColor" strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
