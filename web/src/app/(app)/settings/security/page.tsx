import { SecurityPage } from "@/features/account/security-page";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("security");

export default function Page() {
  return <SecurityPage />;
}
