import { StatisticsPage } from "@/features/admin/statistics-page";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("adminStatistics");

export default function Page() {
  return <StatisticsPage />;
}
