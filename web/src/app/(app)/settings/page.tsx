import { ProfilePage } from "@/features/account/profile-page";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("profile");

export default function Page() {
  return <ProfilePage />;
}
