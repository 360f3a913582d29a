"use client";
import { hierarchy, treemap, treemapSquarify } from "d3-hierarchy";
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { useEffect, useMemo, useRef, useState } from "react";
import { QueryView } from "@/components/query-view";
import { Card } from "@/components/ui/card";
import { Segmented } from "@/components/ui/segmented";
import type { HeatmapTile } from "@/lib/api/types";
import { classes } from "@/lib/classes";
import { forDrawing, formatChange, formatPrice } from "@/lib/format";
import { type ChangeRange, useHeatmap } from "./queries";

const RANGES: readonly ChangeRange[] = ["1h", "24h", "7d"];
/** The change at which a colour is at its strongest, in percent. */
const STRONGEST: Record<ChangeRange, number> = { "1h": 2, "24h": 6, "7d": 15 };

export interface PlacedTile {
  tile: HeatmapTile;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Shares a rectangle out by market cap; what has no known market cap has no place. */
export function placeTiles(tiles: readonly HeatmapTile[], width: number, height: number): PlacedTile[] {
  const known = tiles.filter((tile) => (forDrawing(tile.market_cap) ?? 0) > 0);
  if (known.length === 0 || width <= 0 || height <= 0) return [];
  type Node = { children?: Node[]; tile?: HeatmapTile };
  const root = hierarchy<Node>({ children: known.map((tile) => ({ tile })) })
    .sum((node) => forDrawing(node.tile?.market_cap) ?? 0)
    .sort((left, right) => (right.value ?? 0) - (left.value ?? 0));
  const layout = treemap<Node>().size([width, height]).paddingInner(2).tile(treemapSquarify.ratio(1.4));
  return layout(root)
    .leaves()
    .flatMap((leaf) =>
      leaf.data.tile
        ? [{ tile: leaf.data.tile, x: leaf.x0, y: leaf.y0, width: leaf.x1 - leaf.x0, height: leaf.y1 - leaf.y0 }]
        : [],
    );
}

function strengthOf(change: number | null, range: ChangeRange): number {
  return Math.sqrt(Math.min(1, Math.abs(change ?? 0) / STRONGEST[range]));
}

/** The market as a map: area is market cap, colour is change. */
export function Heatmap() {
  const t = useTranslations("heatmap");
  const [range, setRange] = useState<ChangeRange>("24h");
  const query = useHeatmap(range);
  return (
    <Card
      title={t("title")}
      description={t("description")}
      className="h-full"
      bodyClassName="flex flex-col"
      actions={
        <Segmented
          label={t("range")}
          value={range}
          onChange={setRange}
          options={RANGES.map((value) => ({ value, label: t(`range_${value}`) }))}
        />
      }
    >
      <QueryView
        query={query}
        skeletonClassName="h-72 w-full md:h-96"
        isEmpty={(tiles) => placeTiles(tiles, 1, 1).length === 0}
      >
        {(tiles) => <Tiles tiles={tiles} range={range} />}
      </QueryView>
    </Card>
  );
}

function Tiles({ tiles, range }: { tiles: readonly HeatmapTile[]; range: ChangeRange }) {
  const t = useTranslations("heatmap");
  const locale = useLocale();
  const frame = useRef<HTMLUListElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const placed = useMemo(() => placeTiles(tiles, size.width, size.height), [tiles, size]);
  return (
    <ul
      ref={frame}
      aria-label={t("title")}
      className="relative min-h-72 w-full flex-1 overflow-hidden rounded-md md:min-h-96"
    >
      {placed.map(({ tile, x, y, width, height }) => {
        const change = formatChange(locale, tile.change);
        const isRoomy = width > 46 && height > 34;
        const isTiny = width < 26 || height < 16;
        return (
          <li key={tile.asset_id} className="absolute" style={{ left: x, top: y, width, height }}>
            <Link
              href={`/assets/${tile.asset_id}`}
              aria-label={t("tile", { name: tile.name, change, price: formatPrice(locale, tile.price) })}
              title={`${tile.name} ${change}`}
              style={{ "--strength": `${Math.round(strengthOf(tile.change, range) * 100)}%` } as React.CSSProperties}
              className={classes(
                "flex size-full flex-col items-center justify-center overflow-hidden rounded-[3px] text-center leading-tight outline-offset-[-2px]",
                "bg-[color-mix(in_oklab,var(--tile)_var(--strength),var(--tile-calm))] text-(--tile-text)",
                (tile.change ?? 0) >= 0 ? "[--tile:var(--tile-up)]" : "[--tile:var(--tile-down)]",
                tile.stale && "opacity-60",
              )}
            >
              {isTiny ? null : (
                <span
                  className={classes(
                    "font-semibold",
                    width > 110 && height > 70 ? "text-lg" : width < 44 ? "text-[0.625rem]" : "text-xs",
                  )}
                >
                  {tile.symbol}
                </span>
              )}
              {isRoomy ? <span className="numeric text-xs">{change}</span> : null}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
