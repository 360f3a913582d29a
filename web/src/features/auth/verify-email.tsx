"use client";
import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { useProblem } from "@/features/session/problem";
import { useSession } from "@/features/session/session-provider";
import { api, unwrap } from "@/lib/api/client";
import { session } from "@/lib/api/session";
import { DoorHead, Failure } from "./doors";

/** Proves an address. Only the button spends the token: mail scanners open links too. */
export function VerifyEmail() {
  const t = useTranslations("verify");
  const token = useSearchParams().get("token") ?? "";
  const problem = useProblem();
  const state = useSession();
  const verify = useMutation({
    mutationFn: async () => {
      await unwrap(api.POST("/api/auth/verify-email/", { body: { token } }));
      if (session.access) session.update(await unwrap(api.GET("/api/auth/me/")));
    },
  });
  if (verify.isSuccess) {
    const isIn = state.status === "active";
    return (
      <>
        <DoorHead title={t("doneTitle")} text={t("doneText")} />
        <Button asChild tone="primary" size="large" className="w-full">
          <Link href={isIn ? "/" : "/login"}>{t(isIn ? "home" : "signIn")}</Link>
        </Button>
      </>
    );
  }
  return (
    <>
      <DoorHead title={t("title")} text={token ? t("text") : t("noToken")} />
      <div className="space-y-4">
        <Failure>{verify.isError ? problem(verify.error) : null}</Failure>
        {token ? (
          <Button
            tone="primary"
            size="large"
            className="w-full"
            isBusy={verify.isPending}
            onClick={() => verify.mutate()}
          >
            {t("submit")}
          </Button>
        ) : null}
      </div>
    </>
  );
}
