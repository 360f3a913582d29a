import { Doors } from "@/features/auth/doors";

export default function DoorsLayout({ children }: { children: React.ReactNode }) {
  return <Doors>{children}</Doors>;
}
