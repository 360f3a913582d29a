import { AuditPage } from "@/features/admin/audit-page";
import { titleOf } from "@/lib/title";

export const generateMetadata = () => titleOf("adminAudit");

export default function Page() {
  return <AuditPage />;
}
