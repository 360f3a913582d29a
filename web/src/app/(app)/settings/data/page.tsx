import { DataPage } from "@/features/account/data-page";
import { SignedIn } from "@/features/session/signed-in";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("data");

export default function Page() {
  return (
    <SignedIn>
      <DataPage />
    </SignedIn>
  );
}
