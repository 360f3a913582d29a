import { SignUp } from "@/features/auth/sign-up";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("signUp");

export default function Page() {
  return <SignUp />;
}
