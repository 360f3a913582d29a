import { classes } from "@/lib/classes";

const HUES = [18, 52, 140, 172, 205, 238, 276, 330] as const;

function hueOf(symbol: string): number {
  let sum = 0;
  for (const character of symbol) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 997;
  return HUES[sum % HUES.length] ?? 18;
}

/** A mark by which an asset is found again; drawn here, since no picture is fetched from elsewhere. */
export function AssetMark({ symbol, className }: { symbol: string; className?: string }) {
  const hue = hueOf(symbol);
  return (
    <span
      aria-hidden
      style={{ "--mark": `${hue}` } as React.CSSProperties}
      className={classes(
        "inline-flex size-6 shrink-0 items-center justify-center rounded-full bg-[hsl(var(--mark)_45%_88%)] font-semibold text-[0.5625rem] text-[hsl(var(--mark)_60%_24%)] dark:bg-[hsl(var(--mark)_35%_20%)] dark:text-[hsl(var(--mark)_60%_82%)]",
        className,
      )}
    >
      {symbol.slice(0, 3)}
    </span>
  );
}

/** An asset's mark, name and ticker; on a phone the ticker is below the name, so that the name has room. */
export function AssetName({ symbol, name }: { symbol: string; name: string }) {
  return (
    <span className="flex min-w-0 items-center gap-2.5">
      <AssetMark symbol={symbol} />
      <span className="flex min-w-0 flex-col leading-tight sm:flex-row sm:items-baseline sm:gap-2.5">
        <span className="min-w-0 truncate font-medium">{name}</span>{" "}
        <span className="shrink-0 text-faint text-xs">{symbol}</span>
      </span>
    </span>
  );
}
