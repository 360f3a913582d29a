"use client";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Confirm } from "@/components/confirm";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field, Input } from "@/components/ui/field";
import { Failure } from "@/features/auth/doors";
import { useProblem } from "@/features/session/problem";
import { api, body, download } from "@/lib/api/client";
import { session } from "@/lib/api/session";
import { save } from "@/lib/save";

/** Taking everything along, and leaving. */
export function DataPage() {
  return (
    <div className="space-y-3">
      <ExportCard />
      <DeleteCard />
    </div>
  );
}

function ExportCard() {
  const t = useTranslations("data");
  const problem = useProblem();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const exportAll = async () => {
    setBusy(true);
    setFailure(null);
    try {
      save(await download("/api/auth/export/", "application/json"), "candlewick-export.json");
    } catch (error) {
      setFailure(problem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card title={t("exportTitle")} description={t("exportText")}>
      <div className="space-y-3">
        <Failure>{failure}</Failure>
        <Button isBusy={isBusy} onClick={() => void exportAll()}>
          {t("export")}
        </Button>
      </div>
    </Card>
  );
}

function DeleteCard() {
  const t = useTranslations("data");
  const router = useRouter();
  const [isConfirming, setConfirming] = useState(false);
  const [password, setPassword] = useState("");
  return (
    <Card title={t("deleteTitle")} description={t("deleteText")}>
      <Button tone="danger" onClick={() => setConfirming(true)}>
        {t("delete")}
      </Button>
      <Confirm
        open={isConfirming}
        onOpenChange={setConfirming}
        title={t("confirmTitle")}
        text={t("confirmText")}
        action={t("delete")}
        onConfirm={async () => {
          await body(api.DELETE("/api/auth/me/", { body: { password } }));
          session.forget("anonymous");
          router.push("/");
        }}
      >
        <Field label={t("password")}>
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
      </Confirm>
    </Card>
  );
}
