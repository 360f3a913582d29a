import { ChannelsPage } from "@/features/account/channels-page";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("channels");

export default function Page() {
  return <ChannelsPage />;
}
