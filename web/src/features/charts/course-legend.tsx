import type { LineShape } from "./chart-data";
import type { ChartColors } from "./chart-theme";

/** The colour and the shape of a line beside its name. */
export function Swatch({ color, shape = "solid" }: { color: string | undefined; shape?: LineShape }) {
  return color ? (
    <span aria-hidden className="w-3.5 border-t-2" style={{ borderColor: color, borderStyle: shape }} />
  ) : null;
}

/** Which line is whose, where courses are compared. */
export function CourseLegend({ names, colors }: { names: readonly string[]; colors: ChartColors | null }) {
  return (
    <ul className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1 border-b px-4 py-2 font-medium text-[0.8125rem]">
      {names.map((name, index) => (
        <li key={name} className="inline-flex items-center gap-1.5">
          <Swatch color={colors?.series[index % colors.series.length]} />
          {name}
        </li>
      ))}
    </ul>
  );
}
