import { SignIn } from "@/features/auth/sign-in";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("signIn");

export default function Page() {
  return <SignIn />;
}
