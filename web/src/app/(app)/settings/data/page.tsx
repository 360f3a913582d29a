import { DataPage } from "@/features/account/data-page";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("data");

export default function Page() {
  return <DataPage />;
}
