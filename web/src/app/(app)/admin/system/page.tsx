import { SystemPage } from "@/features/admin/system-page";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("adminSystem");

export default function Page() {
  return <SystemPage />;
}
