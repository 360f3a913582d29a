"use client";
import { useTranslations } from "next-intl";
import { useEffect } from "react";
import { Button } from "@/components/ui/button";

/** Something in the page itself broke. */
export function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const t = useTranslations("errorPage");
  useEffect(() => console.error(error), [error]);
  return (
    <div role="alert" className="card mx-auto mt-10 max-w-md p-8 text-center">
      <h1 className="font-semibold text-lg">{t("title")}</h1>
      <p className="mt-2 text-muted">{t("text")}</p>
      <Button tone="primary" className="mt-5" onClick={reset}>
        {t("retry")}
      </Button>
    </div>
  );
}
