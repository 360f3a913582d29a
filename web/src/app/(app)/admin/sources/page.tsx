import { SourcesPage } from "@/features/admin/sources-page";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("adminSources");

export default function Page() {
  return <SourcesPage />;
}
