import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import type en from "../../messages/en.json";

/** The title of a page, from the catalogue. */
export async function titleOf(key: keyof (typeof en)["titles"]): Promise<Metadata> {
  const t = await getTranslations("titles");
  return { title: t(key) };
}
