import { AlertsPage } from "@/features/alerts/alerts-page";
import { SignedIn } from "@/features/session/signed-in";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("alerts");

export default function Page() {
  return (
    <SignedIn>
      <AlertsPage />
    </SignedIn>
  );
}
