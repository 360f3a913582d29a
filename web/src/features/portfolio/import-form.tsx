"use client";
import { FileUp } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ChangeEvent, type DragEvent, type FormEvent, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field, TextArea } from "@/components/ui/field";
import { classes } from "@/lib/classes";
import { LONGEST_BODY, SOURCES } from "./import-model";

export interface ImportFormProps {
  text: string;
  failure: string | null;
  isBusy: boolean;
  onText: (text: string) => void;
  onRefused: (why: "tooLong" | "unreadable") => void;
  onLook: (csv: string) => void;
}

/** Where the file comes from: chosen, dropped or pasted. A file is looked at as soon as it is chosen. */
export function ImportForm({ text, failure, isBusy, onText, onRefused, onLook }: ImportFormProps) {
  const t = useTranslations("import");
  const picker = useRef<HTMLInputElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const [name, setName] = useState<string | null>(null);
  const [isOver, setOver] = useState(false);

  const take = async (file: File | undefined) => {
    if (!file || isBusy) return;
    setName(file.name);
    // Sent as JSON it only grows, so a file that is too long by itself is not read.
    if (file.size > LONGEST_BODY) return onRefused("tooLong");
    try {
      onLook(await file.text());
    } catch {
      onRefused("unreadable");
    }
  };
  const pick = (event: ChangeEvent<HTMLInputElement>) => {
    void take(event.target.files?.[0]);
    // The same file can be chosen again once it was corrected.
    event.target.value = "";
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onLook(text);
    if (text.trim() === "") area.current?.focus();
  };
  return (
    <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,1fr)_24rem]">
      <Card title={t("file")} description={t("fileText")}>
        <form
          noValidate
          className="space-y-4"
          onSubmit={submit}
          onDrop={drop}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
        >
          <div
            className={classes(
              "flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md border border-edge border-dashed p-4",
              isOver && "border-accent bg-accent-soft",
            )}
          >
            <Button onClick={() => picker.current?.click()} disabled={isBusy}>
              <FileUp aria-hidden />
              {t("choose")}
            </Button>
            <span role="status" className="min-w-0 break-words text-muted">
              {name ?? t("orDrop")}
            </span>
            <input
              ref={picker}
              type="file"
              accept=".csv,.txt,text/csv,text/plain"
              className="hidden"
              aria-label={t("choose")}
              tabIndex={-1}
              onChange={pick}
            />
          </div>
          <Field label={t("paste")} error={failure ?? undefined} hint={t("pasteHint")}>
            {(control) => (
              <TextArea
                {...control}
                ref={area}
                rows={8}
                spellCheck={false}
                autoComplete="off"
                wrap="off"
                className="min-h-44 resize-y font-mono text-xs leading-relaxed"
                value={text}
                onChange={(event) => {
                  setName(null);
                  onText(event.target.value);
                }}
              />
            )}
          </Field>
          <Button type="submit" tone="primary" isBusy={isBusy} className="w-full sm:w-auto">
            {t("look")}
          </Button>
        </form>
      </Card>
      <Card title={t("formats")} description={t("formatsText")}>
        <dl className="space-y-3">
          {(Object.keys(SOURCES) as (keyof typeof SOURCES)[]).map((source) => (
            <div key={source}>
              <dt className="font-medium">{SOURCES[source]}</dt>
              <dd className="text-[0.8125rem] text-muted">{t(`format_${source}`)}</dd>
            </div>
          ))}
        </dl>
        <p className="mt-4 border-t pt-3 text-[0.8125rem] text-muted">{t("cashText")}</p>
      </Card>
    </div>
  );
}
