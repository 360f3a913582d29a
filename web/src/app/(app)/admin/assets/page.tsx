import { AssetsPage } from "@/features/admin/assets-page";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("adminAssets");

export default function Page() {
  return <AssetsPage />;
}
