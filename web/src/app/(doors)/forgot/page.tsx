import { ForgotPassword } from "@/features/auth/forgot-password";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("forgot");

export default function Page() {
  return <ForgotPassword />;
}
