import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { Button } from "@/components/ui/button";
import { Logo } from "@/features/shell/logo";

export default async function NotFound() {
  const t = await getTranslations("notFound");
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col items-center justify-center gap-3 px-4 text-center">
      <Logo className="size-10 text-accent" />
      <h1 className="font-semibold text-xl">{t("title")}</h1>
      <p className="text-muted">{t("text")}</p>
      <Button asChild tone="primary">
        <Link href="/">{t("home")}</Link>
      </Button>
    </main>
  );
}
