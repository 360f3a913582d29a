import { TransactionsPage } from "@/features/admin/transactions-page";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("adminTransactions");

export default function Page() {
  return <TransactionsPage />;
}
