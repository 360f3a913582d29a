"use client";
import { useLocale, useTranslations } from "next-intl";
import { nameOf } from "@/features/charts/indicator-name";
import { formatNumber, formatPrice } from "@/lib/format";
import { formatMinute } from "@/lib/time";
import {
  type Channel,
  type Condition,
  isLevel,
  partsOf,
  type SimpleCondition,
  type Trigger,
  triggerParts,
} from "./conditions";
import type { Window } from "./waiting";

/** Lines of indicators that have several, where their names are words. */
const COMPONENTS = ["signal", "histogram", "upper", "middle", "lower"] as const;
const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

export interface Plan {
  symbol: string;
  condition: Condition;
  trigger: Trigger;
  cooldownSeconds: number;
  channels: readonly Channel[];
  expiresAt: string | null;
}

/** Says conditions and alerts in words. */
export function useSentences() {
  const t = useTranslations("alertWords");
  const intervals = useTranslations("intervals");
  const locale = useLocale();
  const list = new Intl.ListFormat(locale, { type: "conjunction" });

  /** `macd:12:26:9.histogram`, as people write it. */
  const indicator = (spec: string): string => {
    const { name, component } = nameOf(spec);
    const known = COMPONENTS.find((one) => one === component);
    if (!component) return name;
    return t("component", { indicator: name, component: known ? t(`component_${known}`) : component });
  };

  /** How long a change may take. */
  const window = (length: Window): string => t(`window_${length}`);

  const part = (condition: SimpleCondition): string => {
    if (isLevel(condition.type) && "price" in condition) {
      return t(condition.type, { price: formatPrice(locale, String(condition.price)) });
    }
    switch (condition.type) {
      case "channel":
        return t(`channel_${condition.op}`, {
          low: formatPrice(locale, String(condition.low)),
          high: formatPrice(locale, String(condition.high)),
        });
      case "change_pct":
        return t(`change_${condition.direction}`, {
          percent: formatNumber(locale, condition.percent, 4),
          window: window(condition.window),
        });
      case "indicator":
        return t(`indicator_${condition.op}`, {
          indicator: indicator(condition.indicator),
          interval: intervals(condition.interval),
          value: formatNumber(locale, condition.value, 8),
        });
      case "volume_spike":
        return t("volume", {
          interval: intervals(condition.interval),
          multiple: formatNumber(locale, condition.multiple, 4),
        });
      default:
        return "";
    }
  };

  const condition = (whole: Condition): string => list.format(partsOf(whole).map(part));

  const trigger = (value: Trigger): string => {
    const { mode, interval } = triggerParts(value);
    return t(`trigger_${mode}`, { interval: interval ? intervals(interval) : "" });
  };

  const duration = (seconds: number): string => {
    if (seconds % DAY === 0) return t("days", { count: seconds / DAY });
    if (seconds % HOUR === 0) return t("hours", { count: seconds / HOUR });
    if (seconds % MINUTE === 0) return t("minutes", { count: seconds / MINUTE });
    return t("seconds", { count: seconds });
  };

  /** What will happen, as a sentence. */
  const plan = (alert: Plan): string => {
    const first =
      alert.channels.length > 0
        ? t("plan", { symbol: alert.symbol, condition: condition(alert.condition), ways: ways(alert) })
        : t("planSilent", { symbol: alert.symbol, condition: condition(alert.condition) });
    return `${first} ${course(alert)}`;
  };

  const ways = (alert: Plan): string => list.format(alert.channels.map((channel) => t(`by_${channel}`)));

  /** How often, how quiet in between, until when. */
  const course = (alert: Plan): string => {
    const { mode, interval } = triggerParts(alert.trigger);
    const sentences = [t(`then_${mode}`, { interval: interval ? intervals(interval) : "" })];
    if (alert.cooldownSeconds > 0) sentences.push(t("cooldown", { duration: duration(alert.cooldownSeconds) }));
    if (alert.expiresAt) {
      const end = Date.parse(alert.expiresAt) > Date.now() ? "until" : "ended";
      sentences.push(t(end, { moment: formatMinute(locale, alert.expiresAt) }));
    } else sentences.push(t("forever"));
    return sentences.join(" ");
  };

  /** The condition as a line of its own. */
  const headline = (whole: Condition): string => {
    const text = condition(whole);
    return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
  };

  /** What follows from it. */
  const consequence = (alert: Plan): string =>
    `${alert.channels.length > 0 ? t("told", { ways: ways(alert) }) : t("untold")} ${course(alert)}`;

  return { condition, indicator, window, headline, trigger, plan, consequence };
}
