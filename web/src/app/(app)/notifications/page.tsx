import { NotificationsPage } from "@/features/notifications/notifications-page";
import { SignedIn } from "@/features/session/signed-in";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("notifications");

export default function Page() {
  return (
    <SignedIn>
      <NotificationsPage />
    </SignedIn>
  );
}
