"use client";
import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field, Input } from "@/components/ui/field";
import { Failure } from "@/features/auth/doors";
import { useProblem } from "@/features/session/problem";
import { useSession } from "@/features/session/session-provider";
import { useToast } from "@/features/shell/toasts";
import { api, body, unwrap } from "@/lib/api/client";
import { session } from "@/lib/api/session";

async function readMe(): Promise<void> {
  session.update(await unwrap(api.GET("/api/auth/me/")));
}

/** The authenticator app. */
export function SecondFactor() {
  const t = useTranslations("mfa");
  const state = useSession();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  if (state.status !== "active") return null;
  const isOn = state.user.mfa_enabled;
  return (
    <Card
      title={
        <span className="flex items-center gap-2">
          {t("title")} <Badge tone={isOn ? "up" : "neutral"}>{t(isOn ? "on" : "off")}</Badge>
        </span>
      }
      description={t("description")}
    >
      {codes ? (
        <RecoveryCodes codes={codes} onDone={() => setCodes(null)} />
      ) : isOn ? (
        <Remove />
      ) : (
        <Enrol onCodes={setCodes} />
      )}
    </Card>
  );
}

function Enrol({ onCodes }: { onCodes: (codes: readonly string[]) => void }) {
  const t = useTranslations("mfa");
  const problem = useProblem();
  const [password, setPassword] = useState("");
  const [otp, setOtp] = useState("");
  const begin = useMutation({
    mutationFn: () => unwrap(api.POST("/api/auth/mfa/totp/", { body: { password } })),
  });
  const confirm = useMutation({
    mutationFn: () => unwrap(api.POST("/api/auth/mfa/totp/confirm/", { body: { otp: otp.replace(/\s/g, "") } })),
    onSuccess: async ({ recovery_codes }) => {
      onCodes(recovery_codes);
      await readMe();
    },
  });
  if (!begin.data) {
    return (
      <form
        className="max-w-sm space-y-3"
        onSubmit={(event) => {
          event.preventDefault();
          begin.mutate();
        }}
      >
        <Field label={t("password")}>
          {(field) => (
            <Input
              {...field}
              type="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        <Failure>{begin.isError ? problem(begin.error) : null}</Failure>
        <Button type="submit" isBusy={begin.isPending} disabled={password === ""}>
          {t("begin")}
        </Button>
      </form>
    );
  }
  const { qr_svg, secret } = begin.data;
  return (
    <form
      className="flex flex-wrap gap-6"
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate();
      }}
    >
      {/* biome-ignore lint/performance/noImgElement: an image that is already here needs no optimiser */}
      <img
        src={`data:image/svg+xml;utf8,${encodeURIComponent(qr_svg)}`}
        alt={t("qr")}
        width={200}
        height={200}
        className="rounded-md bg-white p-2"
      />
      <div className="min-w-56 max-w-sm flex-1 space-y-3">
        <p className="text-muted">{t("scan")}</p>
        <p className="break-all font-mono text-[0.8125rem]">{secret}</p>
        <Field label={t("code")} error={confirm.isError ? problem(confirm.error) : undefined}>
          {(field) => (
            <Input
              {...field}
              inputMode="numeric"
              autoComplete="one-time-code"
              className="numeric"
              value={otp}
              onChange={(event) => setOtp(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" tone="primary" isBusy={confirm.isPending} disabled={otp.trim() === ""}>
          {t("confirm")}
        </Button>
      </div>
    </form>
  );
}

function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const t = useTranslations("mfa");
  return (
    <div className="space-y-3">
      <p className="font-medium text-warn">{t("keepCodes")}</p>
      <ul className="grid max-w-md grid-cols-2 gap-x-6 gap-y-1 rounded-md bg-raised p-4 font-mono">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Button onClick={onDone}>{t("kept")}</Button>
    </div>
  );
}

function Remove() {
  const t = useTranslations("mfa");
  const toast = useToast();
  const problem = useProblem();
  const [password, setPassword] = useState("");
  const remove = useMutation({
    mutationFn: () => body(api.DELETE("/api/auth/mfa/totp/", { body: { password } })),
    onSuccess: async () => {
      toast(t("removed"), "good");
      await readMe();
    },
  });
  return (
    <form
      className="max-w-sm space-y-3"
      onSubmit={(event) => {
        event.preventDefault();
        remove.mutate();
      }}
    >
      <Field label={t("passwordToRemove")} error={remove.isError ? problem(remove.error) : undefined}>
        {(field) => (
          <Input
            {...field}
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" tone="danger" isBusy={remove.isPending} disabled={password === ""}>
        {t("remove")}
      </Button>
    </form>
  );
}
