import { PortfolioPage } from "@/features/portfolio/portfolio-page";
import { SignedIn } from "@/features/session/signed-in";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("portfolio");

export default function Page() {
  return (
    <SignedIn>
      <PortfolioPage />
    </SignedIn>
  );
}
