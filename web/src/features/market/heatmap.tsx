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
import { pageScale } from "@/lib/page-scale";
import { type ChangeRange, useHeatmap } from "./queries";

const RANGES: readonly ChangeRange[] = ["1h", "24h", "7d"];
/** The change at which a colour is at its strongest, in percent. */
const STRONGEST: Record<ChangeRange, number> = { "1h": 2, "24h": 6, "7d": 15 };

export interface PlacedTile {
  /** The asset; null for all the others together. */
  tile: HeatmapTile | null;
  /** How many assets it stands for. */
  count: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What is smaller can't be hit with a finger: it is seen, but leads nowhere. */
const TARGET_SIDE = 24;
/** What is smaller can't be seen. */
const LEAST_SIDE = 9;
const FEWEST = 4;
const GAP = 2;

/** Something that takes a part of the whole. */
interface Share {
  tile: HeatmapTile;
  size: number;
}

/**
 * Shares a rectangle out by market cap; what has no known market cap has no place, unless none is known at all, as where
 * a file is replayed: then all parts are equal. Assets whose tiles would be too small to see share one.
 */
export function placeTiles(tiles: readonly HeatmapTile[], width: number, height: number): PlacedTile[] {
  if (tiles.length === 0 || width <= 0 || height <= 0) return [];
  const shares = sharesOf(tiles);
  for (let shown = shares.length; shown > FEWEST; shown = Math.floor(shown * 0.85)) {
    const placed = layOut(shares, shown, width, height);
    if (placed.every((one) => Math.min(one.width, one.height) >= LEAST_SIDE)) return placed;
  }
  return layOut(shares, Math.min(FEWEST, shares.length), width, height);
}

function sharesOf(tiles: readonly HeatmapTile[]): Share[] {
  if (!hasCaps(tiles)) return tiles.map((tile) => ({ tile, size: 1 }));
  return tiles
    .map((tile) => ({ tile, size: capOf(tile) }))
    .filter((share) => share.size > 0)
    .sort((left, right) => right.size - left.size);
}

function hasCaps(tiles: readonly HeatmapTile[]): boolean {
  return tiles.some((tile) => capOf(tile) > 0);
}

function capOf(tile: HeatmapTile): number {
  return forDrawing(tile.market_cap) ?? 0;
}

function layOut(shares: readonly Share[], shown: number, width: number, height: number): PlacedTile[] {
  type Node = { children?: Node[]; tile: HeatmapTile | null; count: number; size: number };
  const others = shares.slice(shown);
  const nodes: Node[] = shares.slice(0, shown).map(({ tile, size }) => ({ tile, count: 1, size }));
  if (others.length > 0) {
    nodes.push({ tile: null, count: others.length, size: others.reduce((sum, share) => sum + share.size, 0) });
  }
  const root = hierarchy<Node>({ children: nodes, tile: null, count: 0, size: 0 })
    .sum((node) => node.size)
    .sort((left, right) => (right.value ?? 0) - (left.value ?? 0));
  return treemap<Node>()
    .size([width, height])
    .paddingInner(GAP)
    .tile(treemapSquarify.ratio(1.4))(root)
    .leaves()
    .map(({ data: { tile, count }, x0, y0, x1, y1 }) => ({
      tile,
      count,
      x: x0,
      y: y0,
      width: x1 - x0,
      height: y1 - y0,
    }));
}

/** From 0, grey, to 1; grey too when the price is stale: its change is no longer the market's. */
function strengthOf({ change, stale }: HeatmapTile, range: ChangeRange): number {
  return stale ? 0 : Math.sqrt(Math.min(1, Math.abs(change ?? 0) / STRONGEST[range]));
}

/** The market as a map: area is market cap where it is known, colour is change. */
export function Heatmap() {
  const t = useTranslations("heatmap");
  const [range, setRange] = useState<ChangeRange>("24h");
  const query = useHeatmap(range);
  return (
    <Card
      title={t("title")}
      description={t(!query.data || hasCaps(query.data) ? "description" : "descriptionEqual")}
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
        skeletonClassName="h-72 w-full md:h-96 xl:h-[max(24rem,100dvh-37rem)]"
        isEmpty={(tiles) => tiles.length === 0}
      >
        {(tiles) => <Tiles tiles={tiles} range={range} />}
      </QueryView>
    </Card>
  );
}

function Tiles({ tiles, range }: { tiles: readonly HeatmapTile[]; range: ChangeRange }) {
  const t = useTranslations("heatmap");
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
  const scale = pageScale();
  return (
    <ul
      ref={frame}
      aria-label={t("title")}
      className="relative min-h-72 w-full flex-1 overflow-hidden rounded-md md:min-h-96 xl:min-h-[max(24rem,100dvh-37rem)]"
    >
      {placed.map((one) => (
        <li
          key={one.tile?.asset_id ?? "others"}
          className="absolute"
          style={{ left: one.x, top: one.y, width: one.width, height: one.height }}
        >
          {one.tile ? (
            <Tile tile={one.tile} width={one.width / scale} height={one.height / scale} range={range} />
          ) : (
            <Others count={one.count} />
          )}
        </li>
      ))}
    </ul>
  );
}

const TILE =
  "flex size-full flex-col items-center justify-center overflow-hidden rounded-[3px] text-center text-(--tile-text) leading-tight outline-(color:--tile-text) outline-offset-[-3px]";

interface TileProps {
  tile: HeatmapTile;
  width: number;
  height: number;
  range: ChangeRange;
}

function Tile({ tile, width, height, range }: TileProps) {
  const locale = useLocale();
  const t = useTranslations("price");
  const change = formatChange(locale, tile.change);
  const isRoomy = width > 46 && height > 34;
  const isLarge = width > 110 && height > 70;
  const isTarget = Math.min(width, height) >= TARGET_SIDE;
  const look = {
    title: tile.stale ? `${tile.name} ${change} ${t("stale")}` : `${tile.name} ${change}`,
    style: { "--strength": `${Math.round(strengthOf(tile, range) * 100)}%` } as React.CSSProperties,
    className: classes(
      TILE,
      "bg-[color-mix(in_oklab,var(--tile)_var(--strength),var(--tile-calm))]",
      (tile.change ?? 0) >= 0 ? "[--tile:var(--tile-up)]" : "[--tile:var(--tile-down)]",
      tile.stale && "border border-(--tile-text)/60 border-dashed",
    ),
  };
  const words = (
    <>
      <span
        className={classes(
          "font-semibold",
          isLarge ? "text-lg" : width < 44 ? "text-[0.625rem]" : "text-xs",
          (!isTarget || width < 28) && "sr-only",
        )}
      >
        {tile.symbol}
      </span>
      <span className={classes("numeric text-xs", !isRoomy && "sr-only")}>{change}</span>
      <span className="sr-only">
        {tile.name}, {formatPrice(locale, tile.price)}
        {tile.stale ? ` ${t("stale")}` : null}
      </span>
    </>
  );
  return isTarget ? (
    <Link href={`/assets/${tile.asset_id}`} {...look}>
      {words}
    </Link>
  ) : (
    <span {...look}>{words}</span>
  );
}

function Others({ count }: { count: number }) {
  const t = useTranslations("heatmap");
  return (
    <Link href="/markets" className={classes(TILE, "min-h-6 min-w-6 bg-(--tile-calm) px-1 text-xs")}>
      {t("others", { count })}
    </Link>
  );
}
