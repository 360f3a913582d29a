import { SignedIn } from "@/features/session/signed-in";
import { WatchlistsPage } from "@/features/watchlists/watchlists-page";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("watchlists");

export default function Page() {
  return (
    <SignedIn>
      <WatchlistsPage />
    </SignedIn>
  );
}
