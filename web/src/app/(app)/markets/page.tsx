import { MarketsPage } from "@/features/market/markets";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("markets");

export default function Page() {
  return <MarketsPage />;
}
