import { DeadLettersPage } from "@/features/admin/dead-letters-page";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("adminDeadLetters");

export default function Page() {
  return <DeadLettersPage />;
}
