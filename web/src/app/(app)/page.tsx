import { Dashboard } from "@/features/market/dashboard";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("dashboard");

export default function DashboardPage() {
  return <Dashboard />;
}
