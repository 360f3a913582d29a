import type { Metadata } from "next";
import { AssetPage } from "@/features/market/asset-page";

interface Props {
  params: Promise<{ symbol: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { symbol } = await params;
  return { title: decodeURIComponent(symbol) };
}

export default async function Page({ params }: Props) {
  const { symbol } = await params;
  return <AssetPage symbol={decodeURIComponent(symbol)} />;
}
