import { SecurityPage } from "@/features/account/security-page";
import { SignedIn } from "@/features/session/signed-in";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("security");

export default function Page() {
  return (
    <SignedIn>
      <SecurityPage />
    </SignedIn>
  );
}
