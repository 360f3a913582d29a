import { ImportPage } from "@/features/portfolio/import-page";
import { SignedIn } from "@/features/session/signed-in";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("import");

export default function Page() {
  return (
    <SignedIn>
      <ImportPage />
    </SignedIn>
  );
}
