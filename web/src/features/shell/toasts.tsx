"use client";
import { X } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from "react";
import { classes } from "@/lib/classes";

type Tone = "good" | "bad" | "plain";
interface Message {
  id: number;
  tone: Tone;
  text: string;
  /** Where it leads. */
  href?: string | undefined;
}

const Context = createContext<(text: string, tone?: Tone, href?: string) => void>(() => {});
const MOST = 4;
const SHOWN_MS = 7_000;
let count = 0;

/** Says something in passing. */
export function useToast() {
  return useContext(Context);
}

/** Where passing messages appear. They are read out, wait while they are pointed at, and can be closed. */
export function Toasts({ children }: { children: ReactNode }) {
  const t = useTranslations("shell");
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const say = useCallback((text: string, tone: Tone = "plain", href?: string) => {
    count += 1;
    const id = count;
    setMessages((before) => [...before, { id, tone, text, href }].slice(-MOST));
  }, []);
  const drop = useCallback((id: number) => setMessages((before) => before.filter((message) => message.id !== id)), []);
  return (
    <Context value={say}>
      {children}
      <section
        aria-label={t("messages")}
        aria-live="polite"
        className="pointer-events-none fixed right-0 bottom-16 z-[60] max-sm:top-14 max-sm:bottom-auto flex w-full max-w-sm flex-col gap-2 p-4 lg:bottom-0"
      >
        {messages.map((message) => (
          <ToastCard key={message.id} message={message} onDrop={drop} />
        ))}
      </section>
    </Context>
  );
}

function ToastCard({ message, onDrop }: { message: Message; onDrop: (id: number) => void }) {
  const t = useTranslations("shell");
  const [isHeld, setHeld] = useState(false);
  const { id, tone, text, href } = message;
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(() => onDrop(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [id, isHeld, onDrop]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing at a message only keeps it from going
    <div
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className={classes(
        "appear pointer-events-auto flex items-start gap-3 rounded-lg border border-line border-l-4 bg-surface py-3 pr-2 pl-4 shadow-xl",
        tone === "good" && "border-l-up",
        tone === "bad" && "border-l-down",
        tone === "plain" && "border-l-accent",
      )}
    >
      <p className="min-w-0 flex-1 break-words">
        {href ? (
          <Link href={href} className="hover:underline" onClick={() => onDrop(id)}>
            {text}
          </Link>
        ) : (
          text
        )}
      </p>
      <button
        type="button"
        aria-label={t("close")}
        onClick={() => onDrop(id)}
        className="rounded p-1.5 text-faint hover:text-text"
      >
        <X className="size-4" aria-hidden />
      </button>
    </div>
  );
}
