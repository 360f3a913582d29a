import { ChannelsPage } from "@/features/account/channels-page";
import { SignedIn } from "@/features/session/signed-in";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("channels");

export default function Page() {
  return (
    <SignedIn>
      <ChannelsPage />
    </SignedIn>
  );
}
