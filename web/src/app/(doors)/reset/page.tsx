import { ResetPassword } from "@/features/auth/reset-password";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("reset");

export default function Page() {
  return <ResetPassword />;
}
