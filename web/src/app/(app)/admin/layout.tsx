import { AdminFrame } from "@/features/admin/admin-frame";
import { SignedIn } from "@/features/session/signed-in";

export default function AdminLayout({ children }: { children: React.ReactNode }) {
  return (
    <SignedIn isAdmin>
      <AdminFrame>{children}</AdminFrame>
    </SignedIn>
  );
}
