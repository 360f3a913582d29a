import { ProfilePage } from "@/features/account/profile-page";
import { SignedIn } from "@/features/session/signed-in";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("profile");

export default function Page() {
  return (
    <SignedIn>
      <ProfilePage />
    </SignedIn>
  );
}
