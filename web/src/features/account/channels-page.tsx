"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { QueryView } from "@/components/query-view";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CheckField, Field, Input, Select } from "@/components/ui/field";
import { Failure } from "@/features/auth/doors";
import { Deliveries } from "@/features/notifications/deliveries";
import { PREFERENCES_KEY, usePreferences } from "@/features/notifications/preferences";
import { useProblem } from "@/features/session/problem";
import { useToast } from "@/features/shell/toasts";
import { api, unwrap } from "@/lib/api/client";
import type { Preferences, PreferencesBody } from "@/lib/api/types";
import { ChannelCard } from "./channel-card";

/** Ways to be told, and when not to be. */
export function ChannelsPage() {
  const query = usePreferences();
  return (
    <QueryView query={query} skeletonClassName="h-[36rem]">
      {(preferences) => <Channels preferences={preferences} />}
    </QueryView>
  );
}

function Channels({ preferences }: { preferences: Preferences }) {
  const t = useTranslations("channels");
  const queries = useQueryClient();
  const patch = useMutation({
    mutationFn: (change: PreferencesBody) =>
      unwrap(api.PATCH("/api/notifications/preferences/", { body: { ...change, version: preferences.version } })),
    onSuccess: (changed) => queries.setQueryData(PREFERENCES_KEY, changed),
  });
  const save = (change: PreferencesBody) => patch.mutateAsync(change);
  const { webhook, telegram, discord, ntfy } = preferences;
  return (
    <div className="space-y-3">
      <ChannelCard
        name="in_app"
        isOn={preferences.in_app.enabled}
        fields={[]}
        onSave={(enabled) => save({ in_app: { enabled } })}
      />
      <ChannelCard
        name="email"
        isOn={preferences.email.enabled}
        fields={[]}
        onSave={(enabled) => save({ email: { enabled } })}
      />
      <ChannelCard
        name="webhook"
        isOn={webhook.enabled}
        fields={[
          { key: "url", label: t("webhookUrl"), value: webhook.url, type: "url" },
          {
            key: "secret",
            label: t("webhookSecret"),
            value: null,
            isSecret: true,
            isSet: webhook.secret_set,
            hint: t("webhookSecretHint"),
          },
        ]}
        shown={webhook.secret}
        onSave={(enabled, { url, secret }) =>
          save({ webhook: { enabled, ...(url === undefined ? {} : { url }), ...(secret ? { secret } : {}) } })
        }
      />
      <ChannelCard
        name="telegram"
        isOn={telegram.enabled}
        fields={[
          { key: "bot_token", label: t("telegramToken"), value: null, isSecret: true, isSet: telegram.bot_token_set },
          { key: "chat_id", label: t("telegramChat"), value: telegram.chat_id },
        ]}
        onSave={(enabled, { bot_token, chat_id }) =>
          save({
            telegram: { enabled, ...(chat_id === undefined ? {} : { chat_id }), ...(bot_token ? { bot_token } : {}) },
          })
        }
      />
      <ChannelCard
        name="discord"
        isOn={discord.enabled}
        fields={[{ key: "url", label: t("discordUrl"), value: null, isSecret: true, isSet: discord.url !== null }]}
        onSave={(enabled, { url }) => save({ discord: { enabled, ...(url ? { url } : {}) } })}
      />
      <ChannelCard
        name="ntfy"
        isOn={ntfy.enabled}
        fields={[
          { key: "server", label: t("ntfyServer"), value: ntfy.server, type: "url", hint: t("ntfyServerHint") },
          { key: "topic", label: t("ntfyTopic"), value: ntfy.topic },
          { key: "token", label: t("ntfyToken"), value: null, isSecret: true, isSet: ntfy.token_set },
        ]}
        onSave={(enabled, { server, topic, token }) =>
          save({
            ntfy: {
              enabled,
              ...(server === undefined ? {} : { server: server || null }),
              ...(topic === undefined ? {} : { topic: topic || null }),
              ...(token ? { token } : {}),
            },
          })
        }
      />
      <QuietHours preferences={preferences} onSave={save} />
      <TestCard />
    </div>
  );
}

function QuietHours({
  preferences,
  onSave,
}: {
  preferences: Preferences;
  onSave: (change: PreferencesBody) => Promise<unknown>;
}) {
  const t = useTranslations("channels");
  const toast = useToast();
  const problem = useProblem();
  const quiet = preferences.quiet_hours;
  const [isQuiet, setQuiet] = useState(quiet != null);
  const [start, setStart] = useState(quiet?.start ?? "22:00");
  const [end, setEnd] = useState(quiet?.end ?? "07:00");
  const [zone, setZone] = useState(quiet?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [digest, setDigest] = useState(preferences.digest);
  const [failure, setFailure] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(null);
    try {
      await onSave({ quiet_hours: isQuiet ? { start, end, time_zone: zone } : null, digest });
      toast(t("saved"), "good");
    } catch (error) {
      setFailure(problem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card title={t("quietTitle")} description={t("quietText")}>
      <form onSubmit={submit} className="max-w-2xl space-y-3">
        <CheckField label={t("quietOn")} checked={isQuiet} onChange={(event) => setQuiet(event.target.checked)} />
        {isQuiet ? (
          <div className="grid gap-3 sm:grid-cols-3">
            <Field label={t("start")}>
              {(field) => (
                <Input
                  {...field}
                  type="time"
                  required
                  value={start}
                  onChange={(event) => setStart(event.target.value)}
                />
              )}
            </Field>
            <Field label={t("end")}>
              {(field) => (
                <Input {...field} type="time" required value={end} onChange={(event) => setEnd(event.target.value)} />
              )}
            </Field>
            <Field label={t("zone")}>
              {(field) => (
                <Select {...field} value={zone} onChange={(event) => setZone(event.target.value)}>
                  {[...new Set(["UTC", zone, ...Intl.supportedValuesOf("timeZone")])].map((name) => (
                    <option key={name}>{name}</option>
                  ))}
                </Select>
              )}
            </Field>
          </div>
        ) : null}
        <Field label={t("digest")} hint={t("digestHint")} className="sm:max-w-60">
          {(field) => (
            <Select
              {...field}
              value={digest}
              onChange={(event) => setDigest(event.target.value as Preferences["digest"])}
            >
              {(["off", "hourly", "daily"] as const).map((mode) => (
                <option key={mode} value={mode}>
                  {t(`digest_${mode}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Failure>{failure}</Failure>
        <Button type="submit" isBusy={isBusy}>
          {t("save")}
        </Button>
      </form>
    </Card>
  );
}

function TestCard() {
  const t = useTranslations("channels");
  const problem = useProblem();
  const test = useMutation({ mutationFn: () => unwrap(api.POST("/api/notifications/test/")) });
  return (
    <Card title={t("testTitle")} description={t("testText")}>
      <div className="space-y-3">
        <Button isBusy={test.isPending} onClick={() => test.mutate()}>
          {t("test")}
        </Button>
        <Failure>{test.isError ? problem(test.error) : null}</Failure>
        {test.data ? <Deliveries deliveries={test.data.deliveries} /> : null}
      </div>
    </Card>
  );
}
