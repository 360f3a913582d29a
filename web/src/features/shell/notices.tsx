"use client";
import { CloudOff, KeyRound, MailWarning, PlugZap } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { type ReactNode, useSyncExternalStore } from "react";
import { isForEverybody, signInAddress } from "@/features/session/require-session";
import { useSession } from "@/features/session/session-provider";
import { reach } from "@/lib/api/reach";
import { useStreamLost } from "@/lib/live/hooks";

function watchNetwork(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}

function Notice({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <div
      role="status"
      className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg bg-warn-soft px-4 py-2.5 text-warn [&_svg]:size-4"
    >
      {icon}
      {children}
    </div>
  );
}

/** What the reader must know wherever they are. */
export function Notices() {
  const t = useTranslations("notices");
  const path = usePathname();
  const session = useSession();
  const isOnline = useSyncExternalStore(
    watchNetwork,
    () => navigator.onLine,
    () => true,
  );
  const isStreamLost = useStreamLost();
  const isNothingReached = useSyncExternalStore(reach.subscribe, reach.isAway, () => false);
  const isServerAway = isNothingReached || (session.status === "unknown" && session.isUnreachable === true);
  return (
    <>
      {isOnline && (isStreamLost || isServerAway) ? (
        <Notice icon={<PlugZap aria-hidden />}>
          <p>{t(isServerAway ? "serverAway" : "streamLost")}</p>
        </Notice>
      ) : null}
      {isOnline ? null : (
        <Notice icon={<CloudOff aria-hidden />}>
          <p>{t("offline")}</p>
        </Notice>
      )}
      {session.status === "expired" && isForEverybody(path) ? (
        <Notice icon={<KeyRound aria-hidden />}>
          <p>{t("expired")}</p>
          <Link className="font-medium underline" href={signInAddress(path)}>
            {t("signIn")}
          </Link>
        </Notice>
      ) : null}
      {session.status === "active" && !session.user.email_verified ? (
        <Notice icon={<MailWarning aria-hidden />}>
          <p>{t("unverified", { email: session.user.email })}</p>
        </Notice>
      ) : null}
    </>
  );
}
