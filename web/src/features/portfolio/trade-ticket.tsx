"use client";
import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useLocale, useTranslations } from "next-intl";
import { type ReactNode, useRef, useState } from "react";
import { type UseFormReturn, useForm, useWatch } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field, Input, Select } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { useNewestPrice } from "@/features/market/price";
import { useServerErrors } from "@/features/session/form-errors";
import { signInAddress } from "@/features/session/require-session";
import { useSession } from "@/features/session/session-provider";
import { useToast } from "@/features/shell/toasts";
import type { AssetDetail } from "@/lib/api/types";
import { formatMoney, formatPrice, formatQuantity } from "@/lib/format";
import { ORDER_TYPES } from "./order-types";
import { usePortfolio, usePortfolioChanges } from "./queries";
import {
  EMPTY_TICKET,
  estimate,
  freeOf,
  pricesOf,
  TIMES_IN_FORCE,
  type TicketForm,
  ticketForm,
  toOrder,
  toTrade,
} from "./ticket-model";

/** Buys and sells; the server finds the price. */
export function TradeTicket({ asset }: { asset: AssetDetail }) {
  const t = useTranslations("ticket");
  const path = usePathname();
  const session = useSession();
  return (
    <Card title={t("title", { symbol: asset.symbol })} description={t("paper")}>
      {session.status === "active" ? (
        <Ticket asset={asset} />
      ) : (
        <div className="space-y-3">
          <p className="text-muted">{t("signInFirst")}</p>
          <Button asChild tone="primary" className="w-full">
            <Link href={signInAddress(path)}>{t("signIn")}</Link>
          </Button>
        </div>
      )}
    </Card>
  );
}

function Ticket({ asset }: { asset: AssetDetail }) {
  const t = useTranslations("ticket");
  const locale = useLocale();
  const toast = useToast();
  const { trade, place } = usePortfolioChanges();
  const key = useRef(crypto.randomUUID());
  const [failure, setFailure] = useState<ReactNode>(null);
  const form = useForm<TicketForm>({ resolver: standardSchemaResolver(ticketForm), defaultValues: EMPTY_TICKET });
  const [side, type] = useWatch({ control: form.control, name: ["side", "type"] });
  const serverErrors = useServerErrors(form.setError, {
    quantity: "size",
    quote_amount: "size",
    limit_price: "limitPrice",
    stop_price: "stopPrice",
    trail_pct: "trailPct",
    expires_at: "expiresAt",
    time_in_force: "timeInForce",
    "take_profit.limit_price": "limitPrice",
    "stop_loss.stop_price": "stopPrice",
    "stop_loss.limit_price": "stopLimitPrice",
  });

  const submit = form.handleSubmit(async (values) => {
    setFailure(null);
    try {
      if (values.type === "market") {
        const { trade: fill } = await trade.mutateAsync({ order: toTrade(values, asset.asset_id), key: key.current });
        const filled = {
          quantity: formatQuantity(locale, fill.quantity),
          symbol: fill.symbol,
          price: formatPrice(locale, fill.price),
        };
        toast(t(fill.side === "buy" ? "bought" : "sold", filled), "good");
      } else {
        const order = await place.mutateAsync({ order: toOrder(values, asset.asset_id), key: key.current });
        toast(t(order.status === "filled" ? "placedFilled" : "placed"), "good");
      }
      form.resetField("size");
    } catch (error) {
      setFailure(serverErrors(error));
    } finally {
      key.current = crypto.randomUUID();
    }
  });

  return (
    <form onSubmit={submit} noValidate className="space-y-3">
      <Segmented
        className="flex w-full"
        label={t("side")}
        value={side}
        onChange={(value) => form.setValue("side", value)}
        options={[
          { value: "buy", label: t("buy") },
          { value: "sell", label: t("sell") },
        ]}
      />
      <Field label={t("type")}>
        {(control) => (
          <Select
            {...control}
            {...form.register("type", {
              onChange: (event) => {
                if (event.target.value !== "market") form.setValue("unit", "quantity");
                form.clearErrors();
              },
            })}
          >
            {ORDER_TYPES.map((value) => (
              <option key={value} value={value}>
                {t(`type_${value}`)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <p className="text-[0.8125rem] text-muted">{t(`about_${type}`)}</p>
      <SizeField form={form} asset={asset} />
      <PriceFields form={form} />
      {type === "market" ? null : <LifeFields form={form} />}
      <Estimate form={form} asset={asset} />
      {failure ? (
        <p role="alert" className="rounded-md bg-down-soft px-3 py-2 text-down">
          {failure}
        </p>
      ) : null}
      <Button type="submit" tone={side} size="large" className="w-full" isBusy={form.formState.isSubmitting}>
        {t(side === "buy" ? "buySymbol" : "sellSymbol", { symbol: asset.symbol })}
      </Button>
    </form>
  );
}

type Form = UseFormReturn<TicketForm>;

function useTicketProblem(form: Form) {
  const t = useTranslations("ticket");
  return (field: keyof TicketForm): string | undefined => {
    const message = form.formState.errors[field]?.message;
    if (!message) return undefined;
    const known = (["required", "decimal", "positive", "steps", "cents", "future", "trail"] as const).find(
      (one) => one === message,
    );
    return known ? t(`problem_${known}`) : message;
  };
}

function SizeField({ form, asset }: { form: Form; asset: AssetDetail }) {
  const t = useTranslations("ticket");
  const locale = useLocale();
  const problem = useTicketProblem(form);
  const portfolio = usePortfolio();
  const [side, type, unit] = useWatch({ control: form.control, name: ["side", "type", "unit"] });
  const most = portfolio.data ? freeOf(portfolio.data, side, asset.asset_id) : null;
  const available =
    side === "buy"
      ? t("availableCash", { amount: formatMoney(locale, most) })
      : t("availableAsset", { quantity: formatQuantity(locale, most), symbol: asset.symbol });
  // How much the cash buys hangs on the price, which the server finds: only a market order can be told in dollars.
  const canTakeAll = most !== null && Number(most) > 0 && (side === "sell" || type === "market");
  const takeAll = () => {
    form.setValue("unit", side === "sell" ? "quantity" : "amount");
    form.setValue("size", most ?? "", { shouldValidate: form.formState.isSubmitted });
  };
  return (
    <Field
      label={unit === "amount" ? t("amount") : t("quantity", { symbol: asset.symbol })}
      error={problem("size")}
      hint={
        most === null ? undefined : (
          <span className="flex flex-wrap items-center gap-x-2">
            {available}
            {canTakeAll ? (
              <button type="button" className="min-h-6 underline hover:text-text" onClick={takeAll}>
                {t("all")}
              </button>
            ) : null}
          </span>
        )
      }
    >
      {(control) => (
        <span className="flex gap-2">
          <Input
            {...control}
            inputMode="decimal"
            autoComplete="off"
            placeholder="0"
            className="numeric text-base"
            {...form.register("size")}
          />
          {type === "market" ? (
            <Segmented
              label={t("unit")}
              className="shrink-0 items-center"
              value={unit}
              onChange={(value) => form.setValue("unit", value)}
              options={[
                { value: "amount", label: "USD" },
                { value: "quantity", label: asset.symbol },
              ]}
            />
          ) : null}
        </span>
      )}
    </Field>
  );
}

function PriceFields({ form }: { form: Form }) {
  const t = useTranslations("ticket");
  const problem = useTicketProblem(form);
  const type = useWatch({ control: form.control, name: "type" });
  const fields = type === "oco" ? (["limitPrice", "stopPrice", "stopLimitPrice"] as const) : pricesOf(type);
  return fields.map((field) => (
    <Field
      key={`${type}.${field}`}
      label={t(type === "oco" ? `oco_${field as "limitPrice"}` : (field as "limitPrice"))}
      error={problem(field)}
    >
      {(control) => (
        <Input {...control} inputMode="decimal" autoComplete="off" className="numeric" {...form.register(field)} />
      )}
    </Field>
  ));
}

function LifeFields({ form }: { form: Form }) {
  const t = useTranslations("ticket");
  const problem = useTicketProblem(form);
  const [type, life] = useWatch({ control: form.control, name: ["type", "timeInForce"] });
  const choices = type === "limit" ? TIMES_IN_FORCE : TIMES_IN_FORCE.filter((one) => one === "gtc" || one === "gtd");
  return (
    <>
      <Field label={t("timeInForce")} error={problem("timeInForce")}>
        {(control) => (
          <Select {...control} {...form.register("timeInForce")}>
            {choices.map((value) => (
              <option key={value} value={value}>
                {t(`life_${value}`)}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {life === "gtd" ? (
        <Field label={t("expiresAt")} error={problem("expiresAt")}>
          {(control) => <Input {...control} type="datetime-local" {...form.register("expiresAt")} />}
        </Field>
      ) : null}
    </>
  );
}

function Estimate({ form, asset }: { form: Form; asset: AssetDetail }) {
  const t = useTranslations("ticket");
  const locale = useLocale();
  const newest = useNewestPrice(asset);
  const values = useWatch({ control: form.control }) as TicketForm;
  const price = values.type === "market" || !values.limitPrice ? newest.price : values.limitPrice;
  const other = estimate(values, price);
  const isAmount = values.type === "market" && values.unit === "amount";
  return (
    <div className="space-y-1 rounded-md bg-raised px-3 py-2 text-[0.8125rem]">
      <dl className="space-y-1">
        <div className="flex justify-between gap-3">
          <dt className="text-muted">{t("newestPrice")}</dt>
          <dd className="numeric">{formatPrice(locale, newest.price)}</dd>
        </div>
        <div className="flex justify-between gap-3">
          <dt className="text-muted">{isAmount ? t("aboutQuantity") : t("aboutValue")}</dt>
          <dd className="numeric">
            {other ? (isAmount ? `${formatQuantity(locale, other)} ${asset.symbol}` : formatMoney(locale, other)) : "–"}
          </dd>
        </div>
      </dl>
      {newest.stale ? <p className="text-warn">{t("stale")}</p> : <p className="text-faint">{t("costs")}</p>}
    </div>
  );
}
