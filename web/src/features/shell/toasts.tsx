"use client";
import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { Toast } from "radix-ui";
import { createContext, type ReactNode, useCallback, useContext, useState } from "react";
import { classes } from "@/lib/classes";

type Tone = "good" | "bad" | "plain";
interface Message {
  id: number;
  tone: Tone;
  text: string;
}

const Context = createContext<(text: string, tone?: Tone) => void>(() => {});
const MOST = 4;

/** Says something in passing. */
export function useToast() {
  return useContext(Context);
}

/** Where passing messages appear. */
export function Toasts({ children }: { children: ReactNode }) {
  const t = useTranslations("shell");
  const [messages, setMessages] = useState<Message[]>([]);
  const say = useCallback((text: string, tone: Tone = "plain") => {
    setMessages((before) => [...before, { id: Date.now() + Math.random(), tone, text }].slice(-MOST));
  }, []);
  const drop = (id: number) => setMessages((before) => before.filter((message) => message.id !== id));
  return (
    <Context value={say}>
      <Toast.Provider duration={6_000} label={t("message")}>
        {children}
        {messages.map((message) => (
          <Toast.Root
            key={message.id}
            onOpenChange={(open) => {
              if (!open) drop(message.id);
            }}
            className={classes(
              "appear flex items-start gap-3 rounded-lg border border-line border-l-4 bg-surface py-3 pr-2 pl-4 shadow-xl",
              message.tone === "good" && "border-l-up",
              message.tone === "bad" && "border-l-down",
              message.tone === "plain" && "border-l-accent",
            )}
          >
            <Toast.Description className="min-w-0 flex-1 break-words">{message.text}</Toast.Description>
            <Toast.Close aria-label={t("close")} className="rounded p-1 text-faint hover:text-text">
              <X className="size-4" aria-hidden />
            </Toast.Close>
          </Toast.Root>
        ))}
        <Toast.Viewport className="fixed right-0 bottom-16 z-[60] flex w-full max-w-sm flex-col gap-2 p-4 lg:bottom-0" />
      </Toast.Provider>
    </Context>
  );
}
