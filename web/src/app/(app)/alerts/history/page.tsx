import { AlertHistoryPage } from "@/features/alerts/history-page";
import { SignedIn } from "@/features/session/signed-in";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("alertHistory");

export default function Page() {
  return (
    <SignedIn>
      <AlertHistoryPage />
    </SignedIn>
  );
}
