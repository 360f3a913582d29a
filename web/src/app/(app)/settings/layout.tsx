import { SettingsFrame } from "@/features/account/settings-frame";
import { SignedIn } from "@/features/session/signed-in";

export default function SettingsLayout({ children }: { children: React.ReactNode }) {
  return (
    <SignedIn>
      <SettingsFrame>{children}</SettingsFrame>
    </SignedIn>
  );
}
