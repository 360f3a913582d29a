import { UsersPage } from "@/features/admin/users-page";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("adminUsers");

export default function Page() {
  return <UsersPage />;
}
