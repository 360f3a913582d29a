"use client";
import { useTranslations } from "next-intl";
import { LightTooltip } from "@/components/ui/tooltip";
import { programOf } from "@/lib/user-agent";

/** The browser or program of a `User-Agent` header; the header itself is told on hover and focus. */
export function ProgramName({ userAgent, className }: { userAgent: string | null | undefined; className?: string }) {
  const t = useTranslations("programs");
  if (!userAgent) return <span className={className}>{t("unknown")}</span>;
  const program = programOf(userAgent);
  const name = !program
    ? t("unknown")
    : program.system
      ? t("on", { program: program.name, system: program.system })
      : program.name;
  return (
    <LightTooltip text={<span className="break-words">{userAgent}</span>} className="cursor-default rounded">
      <span className={className}>{name}</span>
    </LightTooltip>
  );
}
