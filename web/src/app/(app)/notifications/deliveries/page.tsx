import { DeliveryLogPage } from "@/features/notifications/delivery-log-page";
import { SignedIn } from "@/features/session/signed-in";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("deliveryLog");

export default function Page() {
  return (
    <SignedIn>
      <DeliveryLogPage />
    </SignedIn>
  );
}
