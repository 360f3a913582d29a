import { VerifyEmail } from "@/features/auth/verify-email";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("verify");

export default function Page() {
  return <VerifyEmail />;
}
